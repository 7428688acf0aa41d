/* What routes are asked and answer, and what components are given: make lint writes this. */

export interface Wire {
  routes: Routes;
  props: Props;
}
export interface Routes {
  decode: {
    question: Codes;
    answer: DecodedCodes;
  };
  "digit/photo": {
    question: Photo;
    answer: NormalizedPhoto;
  };
  "digit/random": {
    question: Nothing;
    answer: Sample;
  };
  "digit/samples": {
    question: Nothing;
    answer: SampleDigits;
  };
  "iwae/samples": {
    question: Samples;
    answer: DrawnSamples;
  };
}
/**
 * Which models are to decode which codes: each model all of them.
 */
export interface Codes {
  models: string[];
  z: number[][];
}
/**
 * For each model the pictures of all codes, as base64 of one byte a value.
 */
export interface DecodedCodes {
  pixels: string[];
}
/**
 * A picture file's bytes in base64.
 */
export interface Photo {
  content: string;
}
/**
 * The steps from a photo to a digit, and whether it was inverted to white ink on black.
 */
export interface NormalizedPhoto {
  ink: Step;
  cropped: Step;
  digit: Step;
  inverted: boolean;
}
/**
 * A grey picture on the way to a digit, as base64 of one byte a pixel.
 */
export interface Step {
  pixels: string;
  width: number;
  height: number;
}
/**
 * A question that says no more than which.
 */
export interface Nothing {}
/**
 * A digit as base64 of one byte a pixel, and its class.
 */
export interface Sample {
  pixels: string;
  label: number;
}
/**
 * Sample digits row by row, a column per class, and where they come from, in words.
 */
export interface SampleDigits {
  digits: Sample[];
  name: string;
}
/**
 * Which samples are asked for: part `part` of the `draw`-th set for this digit.
 */
export interface Samples {
  digit: Picture;
  draw: number;
  part: number;
}
/**
 * One picture: its shape [C, H, W], and its pixels as base64 of one byte a value, 0 black.
 */
export interface Picture {
  /**
   * @minItems 3
   * @maxItems 3
   */
  shape: [number, number, number];
  pixels: string;
}
/**
 * The digit made binary, and a row for each model.
 */
export interface DrawnSamples {
  digit: Picture;
  rows: Row[];
}
/**
 * Of one model: PART log weights in nats, and what the first SHOWN samples draw.
 *
 * Base64 of eight bytes a weight and of one byte a pixel. Only the first part brings pictures.
 */
export interface Row {
  log_weights: string;
  pictures: string | null;
}
export interface Props {
  "iwae/iwae": Props1;
  "kit/derivation": DerivationProps;
  "shell/digit_input": DigitInputProps;
  "shell/header": HeaderProps;
  "shell/navigation": NavigationProps;
}
/**
 * `control` answers in HTML whether it is the bound or the number of samples that helps.
 */
export interface Props1 {
  models: Model[];
  draws: number;
  part: number;
  most_draws: number;
  pictures: number;
  threshold: number;
  control: string;
}
/**
 * What is said of a model whatever the digit; `averages` are its card's, by their names.
 */
export interface Model {
  name: string;
  family: string;
  samples: number;
  variances: number[];
  active: number;
  epochs: number;
  seconds: number | null;
  averages: {
    [k: string]: Average;
  };
}
/**
 * A measured number: its unit, and how it was measured, as plain text.
 */
export interface Average {
  value: number;
  unit: string;
  protocol: string;
}
/**
 * `section`: the folder of the view whose derivation it is.
 */
export interface DerivationProps {
  section: string;
}
/**
 * `shape` [C, H, W] of a digit; `start`: the sample it opens with; `second`: is it digit B?
 */
export interface DigitInputProps {
  shape: number[];
  start: number;
  second: boolean;
}
/**
 * `views`: the folder of each view by its title.
 */
export interface HeaderProps {
  device: string;
  trained: string;
  views: {
    [k: string]: string;
  };
}
/**
 * `groups`: the titles of each group's views; `views`: the folder of each view by its title.
 */
export interface NavigationProps {
  groups: {
    [k: string]: string[];
  };
  views: {
    [k: string]: string;
  };
}
