/* What routes are asked and answer, and what components are given: make lint writes this. */

export interface Wire {
  routes: Routes;
  props: Props;
  files: Files;
}
export interface Routes {
  "beta/places": {
    question: Views_Beta_Beta__Digit;
    answer: Places;
  };
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
  encode: {
    question: Views_Kit_Posteriors__Digit;
    answer: Posteriors;
  };
  "iwae/samples": {
    question: Samples;
    answer: DrawnSamples;
  };
  "maps/path": {
    question: Pins;
    answer: Path;
  };
}
/**
 * The digit whose place is asked for.
 */
export interface Views_Beta_Beta__Digit {
  digit: Picture;
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
 * One for each network.
 */
export interface Places {
  places: Place[];
}
/**
 * q(z|x) of one digit: mean and standard deviation [2], and KL(q || p), nats.
 */
export interface Place {
  z: number[];
  std: number[];
  kl: number;
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
 * A picture, and by which models it is to be encoded.
 */
export interface Views_Kit_Posteriors__Digit {
  digit: Picture;
  models: string[];
}
/**
 * One for each model, in the order in which they were named.
 */
export interface Posteriors {
  posteriors: Posterior[];
}
/**
 * Mean z [D] of q(z|x) and its standard deviation [D]; null for a point mass.
 */
export interface Posterior {
  z: number[];
  std: number[] | null;
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
 * The digit made binary, and a row for each model.
 */
export interface DrawnSamples {
  digit: Picture;
  rows: Views_Iwae_Iwae__Row[];
}
/**
 * Of one model: PART log weights in nats, and what the first SHOWN samples draw.
 *
 * Base64 of eight bytes a weight and of one byte a pixel. Only the first part brings pictures.
 */
export interface Views_Iwae_Iwae__Row {
  log_weights: string;
  pictures: string | null;
}
/**
 * Two codes a and b [2] of a model, and how many frames a film from a to b is to have.
 */
export interface Pins {
  model: string;
  a: number[];
  b: number[];
  frames: number;
}
/**
 * The shortest path from a to b as codes: fine, and at the film's frames.
 *
 * Its length and that of the straight path are those of explore.geodesic.
 */
export interface Path {
  path: number[][];
  film: number[][];
  length: number;
  straight: number;
}
export interface Props {
  "beta/beta": Views_Beta_Beta__Props;
  "iwae/iwae": Views_Iwae_Iwae__Props;
  "kit/derivation": DerivationProps;
  "maps/maps": Views_Maps_Maps__Props;
  "shell/digit_input": DigitInputProps;
  "shell/header": HeaderProps;
  "shell/navigation": NavigationProps;
  "sliders/sliders": Views_Sliders_Sliders__Props;
}
/**
 * `shape` [C, H, W] of the pictures, `codes` the address of a file with the BetaCodes.
 *
 * `floor` is the least standard deviation that q(z|x) can have, `colours` are the classes'.
 */
export interface Views_Beta_Beta__Props {
  stops: Stop[];
  lead: Lead;
  shape: number[];
  codes: string;
  colours: string[];
  floor: number;
}
/**
 * What the script is told of one network.
 *
 * `axes` say how the map names the axes, so that they are the neighbour's: see
 * explore.beta.same_axes; `centre` and `half` are those of the square that the map then shows.
 * `metrics` are the card's by their names, `dimensions` the KL of each number of the code, nats.
 */
export interface Stop {
  name: string;
  beta: number;
  axes: Axis[];
  centre: number[];
  half: number;
  metrics: {
    [k: string]: Average;
  };
  dimensions: number[];
  decoder: string | null;
}
/**
 * Which number of the network's code an axis of the map shows, and with which sign, 1 or -1.
 */
export interface Axis {
  number: number;
  sign: number;
}
/**
 * A measured number: its unit, how it was measured, as plain text, and what real data have.
 */
export interface Average {
  value: number;
  unit: string;
  protocol: string;
  real?: number | null;
}
/**
 * Whose ELBO is the highest, by how many nats over the next, and in words how sure that is.
 *
 * `best` and `second` are places among the stops.
 */
export interface Lead {
  best: number;
  second: number;
  nats: number;
  sure: string;
}
/**
 * `control` answers in HTML whether it is the bound or the number of samples that helps.
 */
export interface Views_Iwae_Iwae__Props {
  models: Views_Iwae_Iwae__Model[];
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
export interface Views_Iwae_Iwae__Model {
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
 * `section`: the folder of the view whose derivation it is.
 */
export interface DerivationProps {
  section: string;
}
/**
 * `start` are the maps that are shown at first, `colours` those of the classes.
 */
export interface Views_Maps_Maps__Props {
  maps: MapProps[];
  start: string[];
  colours: string[];
}
/**
 * All the script needs of one model. `codes` is the address of a file with its MapCodes.
 *
 * `title` is HTML. `centre` and `half` say which square of latent space the map shows,
 * `bandwidth` and `least` what a hole is (explore.latent.KernelDensity), `shade` and `drawn` are
 * sentences. `reached` is the share of codes where N(0, I) has 95 % of its mass.
 */
export interface MapProps {
  name: string;
  family: string;
  title: string;
  shape: number[];
  prior: boolean;
  codes: string;
  centre: number[];
  half: number;
  bandwidth: number;
  least: number;
  shade: string;
  reached: number;
  drawn: string;
  decoder: string | null;
  encoder: string | null;
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
/**
 * `first` is the model that the view opens with; null where there is none.
 */
export interface Views_Sliders_Sliders__Props {
  models: Views_Sliders_Sliders__Model[];
  first: string | null;
}
/**
 * What the script needs of a model before it is chosen.
 *
 * `title` says what it was trained on, too; `sliders` is the address of a file with its
 * ModelSliders.
 */
export interface Views_Sliders_Sliders__Model {
  name: string;
  title: string;
  size: number;
  shape: number[];
  sliders: string;
  decoder: string | null;
}
export interface Files {
  "beta/beta/BetaCodes": BetaCodes;
  "maps/maps/MapCodes": MapCodes;
  "sliders/sliders/ModelSliders": ModelSliders;
}
/**
 * Codes z [N, 2] of the same test images under every network, and their classes.
 *
 * Base64 of two bytes a number and of one byte a class.
 */
export interface BetaCodes {
  codes: string[];
  classes: string;
}
/**
 * Codes z [N, 2] of test images, base64 of two bytes a number, and their classes, one byte.
 */
export interface MapCodes {
  codes: string;
  classes: string;
}
/**
 * All sliders of one model; `rows` go from the most to the least important number.
 *
 * `mean` and `std` [D] are those of the codes of test images. `doubts` is a sentence, or "".
 */
export interface ModelSliders {
  rows: Views_Sliders_Sliders__Row[];
  named: NamedRow[];
  doubts: string;
  mean: number[];
  std: number[];
}
/**
 * The slider of dimension `index`, from `low` to `high`; `dead`: it says nothing of images.
 */
export interface Views_Sliders_Sliders__Row {
  index: number;
  name: string;
  worth: string;
  low: number;
  high: number;
  dead: boolean;
}
/**
 * A slider that is named by what it does: see explore.latent.NamedDirection.
 *
 * `step` and `prediction` are [D]; `mean` and `deviation` those of the measure, whose unit is
 * written as `unit`. `r2`, `told` and `followed` are words, `hardly`: it deserves little trust.
 */
export interface NamedRow {
  name: string;
  step: number[];
  prediction: number[];
  r2: string;
  hardly: boolean;
  told: string;
  followed: string;
  mean: number;
  deviation: number;
  unit: string;
}
