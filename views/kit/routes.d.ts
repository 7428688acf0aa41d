/* What routes are asked and answer, and what components are given: make lint writes this. */

export interface Wire {
  routes: Routes;
  props: Props;
  files: Files;
}
export interface Routes {
  "classes/encoding": {
    question: Views_Classes_Classes__Question;
    answer: Views_Classes_Classes__Encoding;
  };
  "classes/pictures": {
    question: Views_Classes_Classes__Code;
    answer: Pictures;
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
  "draw/canvases": {
    question: Views_Draw_Draw__Code;
    answer: Canvases;
  };
  "draw/code": {
    question: Views_Draw_Draw__Question;
    answer: Inferred;
  };
  "few_labels/reading": {
    question: Views_FewLabels_FewLabels__Question;
    answer: Reading;
  };
  "gan/codes": {
    question: Views_Gan_Gan__Question;
    answer: DrawnCodes;
  };
  "iwae/samples": {
    question: Samples;
    answer: DrawnSamples;
  };
  "shapes/encoding": {
    question: Views_Shapes_Shapes__Question;
    answer: Views_Shapes_Shapes__Encoding;
  };
}
/**
 * A digit, and the class that the encoder is told; null: what the classifier reads.
 */
export interface Views_Classes_Classes__Question {
  digit: Picture;
  y: number | null;
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
 * q(y|x) of each class by the classifier, and the mean of q(z|x, y), [D].
 */
export interface Views_Classes_Classes__Encoding {
  shares: number[];
  z: number[];
}
/**
 * A code z, [D].
 */
export interface Views_Classes_Classes__Code {
  z: number[];
}
/**
 * The pictures of one code with each class, as base64 of one byte a value.
 */
export interface Pictures {
  pixels: string;
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
 * A code z, [steps * numbers].
 */
export interface Views_Draw_Draw__Code {
  z: number[];
}
/**
 * The canvas before the first step and after each, as base64 of four bytes a value.
 */
export interface Canvases {
  canvases: string;
}
/**
 * A digit, and whether its code is the path of means or a draw from q(z|x), by a seed.
 */
export interface Views_Draw_Draw__Question {
  digit: Picture;
  code: "mean" | "draw";
  seed: number;
}
/**
 * A digit's code [steps * numbers], and the KL in nats that each step costs, [steps].
 */
export interface Inferred {
  z: number[];
  kl: number[];
}
/**
 * A digit, and how many labels the pair that reads it knows.
 */
export interface Views_FewLabels_FewLabels__Question {
  digit: Picture;
  labels: number;
}
/**
 * What M2 and the classifier make of a digit.
 *
 * posteriors: q(y|x) of each, [2, classes]. styled, fitted: pictures of each class, as base64 of
 * one byte a value. bounds: log p(x|y) is at least that, nats, [classes]. See explore.few_labels.
 */
export interface Reading {
  posteriors: number[][];
  styled: string;
  fitted: string;
  bounds: number[];
}
/**
 * From where codes are to be drawn, and the seed.
 */
export interface Views_Gan_Gan__Question {
  origin: string;
  seed: number;
}
/**
 * By model, those that know the origin: the codes [COUNT, D] of this seed, and of the next.
 */
export interface DrawnCodes {
  z: {
    [k: string]: number[][][];
  };
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
 * A model, and which value each of the true factors has, by its place.
 */
export interface Views_Shapes_Shapes__Question {
  model: string;
  factors: number[];
}
/**
 * The picture of these factors, and the mean of its q(z|x), [D].
 */
export interface Views_Shapes_Shapes__Encoding {
  picture: Picture;
  mean: number[];
}
export interface Props {
  "classes/classes": Views_Classes_Classes__Props;
  "compare/compare": Views_Compare_Compare__Props;
  "draw/draw": Views_Draw_Draw__Props;
  "few_labels/few_labels": Views_FewLabels_FewLabels__Props;
  "gan/gan": Views_Gan_Gan__Props;
  "iwae/iwae": Views_Iwae_Iwae__Props;
  "kit/derivation": DerivationProps;
  "shapes/shapes": Views_Shapes_Shapes__Props;
  "shell/digit_input": DigitInputProps;
  "shell/header": HeaderProps;
  "shell/navigation": NavigationProps;
}
/**
 * Addresses of networks, null where a browser cannot run one, and what was measured.
 *
 * `shape` [C, H, W] of a picture. `class_embedding`: the address of a JSON text, base64 of two
 * bytes a value, of the pictures [classes, C, H, W] that the encoder adds to its input.
 */
export interface Views_Classes_Classes__Props {
  size: number;
  classes: number;
  shape: number[];
  encoder: string | null;
  decoder: string | null;
  classifier: string | null;
  class_embedding: string;
  dimensions: Dimension[];
  facts: Fact[];
}
/**
 * A number of the code: its KL on average, in words, and whether that is enough to be used.
 */
export interface Dimension {
  index: number;
  nats: string;
  used: boolean;
}
/**
 * What knowing the class changes: a number, and words about it in HTML, with a protocol.
 */
export interface Fact {
  kind: string;
  number: string;
  words: string;
  protocol: string;
}
/**
 * `table`: the address of the Table.
 */
export interface Views_Compare_Compare__Props {
  table: string;
}
/**
 * The network that draws, and how it compares.
 *
 * `steps`: how many canvases after the first. `numbers`: of the code, in a step. `paths`: draws
 * that a step's KL is a mean of. `shape` [C, H, W] is that of a canvas. `ours`: the network shown;
 * `rivals`: one of as many "epochs" and one of less "time", where there is one; `leads`: how sure
 * the comparison with each is, in words.
 */
export interface Views_Draw_Draw__Props {
  steps: number;
  numbers: number;
  paths: number;
  shape: number[];
  decoder: string | null;
  ours: Bound;
  rivals: {
    [k: string]: Bound;
  };
  leads: {
    [k: string]: string;
  };
}
/**
 * The ELBO of a card, in nats, with its protocol, and what it took.
 *
 * `weights`: how many. `epochs` and `seconds` are null where the card does not tell.
 */
export interface Bound {
  name: string;
  elbo: number;
  protocol: string;
  weights: number;
  epochs: number | null;
  seconds: number | null;
}
/**
 * `shape` [C, H, W] is that of a picture; the pairs have few labels first.
 */
export interface Views_FewLabels_FewLabels__Props {
  classes: number;
  shape: number[];
  pairs: Pair[];
}
/**
 * M2 and the classifier that know as many labels; lists hold the former's, then the latter's.
 *
 * `unlabelled`: how many training images M2 saw without a label. `published`: percent of test
 * images that the paper's models misread, by their names.
 */
export interface Pair {
  labels: number;
  unlabelled: number;
  classifiers: (string | null)[];
  errors: ErrorRate[];
  published: {
    [k: string]: number;
  };
}
/**
 * The share of test images read wrongly, in percent, and how it was measured.
 */
export interface ErrorRate {
  percent: number;
  protocol: string;
}
/**
 * `count` samples stand in a column, of codes of `latent` numbers; `shape` [C, H, W] of each.
 *
 * `words` in text and `origins`, their titles, are by the origin of z.
 */
export interface Views_Gan_Gan__Props {
  models: Views_Gan_Gan__Model[];
  latent: number;
  shape: number[];
  count: number;
  most_seed: number;
  measures: Measure[];
  words: {
    [k: string]: string;
  };
  origins: {
    [k: string]: string;
  };
}
/**
 * One column. `metrics`: by the origin of z, then by the key of a measure.
 */
export interface Views_Gan_Gan__Model {
  name: string;
  family: string;
  title: string;
  decoder: string | null;
  encoder: string | null;
  metrics: {
    [k: string]: {
      [k: string]: Measured;
    };
  };
}
/**
 * A measured number, and its standard deviation over sets of draws where that was taken.
 */
export interface Measured {
  value: number;
  unit: string;
  protocol: string;
  std?: number | null;
}
/**
 * A measure under the columns: which way is better, its decimals, and what real digits reach.
 *
 * `says` leads to that number.
 */
export interface Measure {
  key: string;
  title: string;
  better: string;
  digits: number;
  real: number;
  says: string;
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
 * The models to choose from, and what their pictures are made of.
 */
export interface Views_Shapes_Shapes__Props {
  models: Views_Shapes_Shapes__Model[];
  factors: Factor[];
}
/**
 * All that is said of one model whatever the picture; `shape` [C, H, W] is that of a picture.
 *
 * `matrix` [factors, D]: mutual information of factor and number, over the factor's entropy.
 */
export interface Views_Shapes_Shapes__Model {
  name: string;
  title: string;
  shape: number[];
  decoder: string | null;
  latents: Latent[];
  matrix: number[][];
  protocol: string;
  scores: Score[];
}
/**
 * A number of a code: its index, the factor that it follows and what share of it, in [0, 1].
 *
 * `share` is of the factor's entropy; the slider runs from `low` to `high`.
 */
export interface Latent {
  index: number;
  factor: string | null;
  share: number;
  low: number;
  high: number;
}
/**
 * A measure of disentanglement and the best value that these factors allow.
 */
export interface Score {
  name: string;
  value: number;
  ceiling: number;
  protocol: string;
}
/**
 * A true factor: its name, and how each of its values is written.
 */
export interface Factor {
  name: string;
  values: string[];
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
export interface Files {
  "compare/table": Table;
}
/**
 * What the view shows, in a file of its own: the visitors of other views do not wait for it.
 */
export interface Table {
  columns: Column[];
  rows: Views_Compare_Compare__Row[];
}
/**
 * A number of every card. `metric` is its name among the metrics, None for what is counted.
 *
 * better: +1 where more is better, -1 where less is, 0 where neither. kind: how it is written.
 * density: of which p(x|z) it is taken: True of densities, False of probabilities, None of both.
 * note: what a reader must know of every number in the column.
 */
export interface Column {
  key: string;
  title: string;
  kind: string;
  better: number;
  metric?: string | null;
  density?: boolean | null;
  note?: string;
}
/**
 * A checkpoint: who it is, and its numbers by column.
 *
 * `link`: what stands after the # of the page's address to see it at work; None: nowhere.
 */
export interface Views_Compare_Compare__Row {
  name: string;
  family: string;
  title: string;
  data: string;
  exhibit: string;
  link: string | null;
  cells: {
    [k: string]: Cell;
  };
}
/**
 * A number of a checkpoint. Two may be compared when their `way` is the same.
 *
 * `way`: the test images and the protocol. `real`: what real images give; `std`: over sets of
 * draws; each where it was measured.
 */
export interface Cell {
  value: number;
  unit: string;
  protocol: string;
  way: string;
  real?: number | null;
  std?: number | null;
}
