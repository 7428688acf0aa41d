/* What routes are asked and answer, and what components are given: make lint writes this. */

export interface Wire {
  routes: Routes;
  props: Props;
}
export interface Routes {
  "compress/pictures": {
    question: PictureToCompress;
    answer: CompressedPicture;
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
  "iwae/samples": {
    question: Samples;
    answer: DrawnSamples;
  };
  "ledger/terms": {
    question: CodeToCharge;
    answer: LedgerOfDigit;
  };
  "likelihood/rows": {
    question: DigitToDecode;
    answer: DecodedDigit;
  };
  "score/digit": {
    question: NoisyDigit;
    answer: ScoredDigit;
  };
}
/**
 * A picture of one kind of data: a digit, or else what the seed draws.
 */
export interface PictureToCompress {
  data: string;
  digit: Picture | null;
  seed: number | null;
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
 * The reconstructions at every code size: {kind: {size: ...}}.
 */
export interface CompressedPicture {
  input: Picture;
  pictures: {
    [k: string]: {
      [k: string]: Reconstruction;
    };
  };
}
/**
 * A picture of the input's shape, base64 of one byte a value, and its error.
 *
 * mse: per pixel, taken before the picture is cut off to what a screen can show.
 */
export interface Reconstruction {
  pixels: string;
  mse: number;
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
 * A digit, a model, and where q is: mu and log_var [D], or null for the encoder's own.
 *
 * draw: which epsilon z is drawn with, or null for z = mu.
 */
export interface CodeToCharge {
  model: string;
  digit: Picture;
  mu: number[] | null;
  log_var: number[] | null;
  draw: number | null;
}
/**
 * The ledger, in nats, with the q and the z that it is of; a point mass has no log_var.
 *
 * per_dimension [D]; per_pixel: base64 of eight bytes a value, in the order of the picture's
 * shape.
 */
export interface LedgerOfDigit {
  mu: number[];
  log_var: number[] | null;
  z: number[];
  per_dimension: number[];
  per_pixel: string;
  picture: Picture;
}
/**
 * A digit, where its code comes from, and how many draws of the seed are averaged.
 */
export interface DigitToDecode {
  digit: Picture;
  code: "mean" | "draw" | "prior";
  count: number;
  seed: number;
}
/**
 * A row for each model, in the order of the page.
 */
export interface DecodedDigit {
  rows: Views_Likelihood_Likelihood__Row[];
}
/**
 * p(x|z) of one model, in base64: bytes of what is only seen, else four bytes a value.
 *
 * location and scale: of every pixel where these are rounded logistics. log_p: log p(x|z) of the
 * digit, nats summed over pixels; log_mass: that of its grey levels, null of black and white.
 * rmse: root mean square of the mean's difference from the digit, per pixel.
 */
export interface Views_Likelihood_Likelihood__Row {
  mean: string;
  deviation: string;
  sample: string;
  average: string;
  location: string | null;
  scale: string | null;
  log_p: number;
  log_mass: number | null;
  rmse: number;
}
/**
 * A digit, whether noise of the seed is added to it, and `steps` of a share of the full one.
 */
export interface NoisyDigit {
  digit: Picture;
  noisy: boolean;
  seed: number;
  share: number;
  steps: number;
}
/**
 * What the denoiser sees, what it answers, and the picture after the steps.
 *
 * slope: the score of what it sees, (r(x~) - x~) / sigma^2 in nats per unit of grey, base64 of
 * four bytes a value in the order of the picture's shape; slope_size: its root mean square.
 */
export interface ScoredDigit {
  seen: Compared;
  restored: Compared;
  after: Compared;
  slope: string;
  slope_size: number;
}
/**
 * A picture, and the root mean square per pixel of what it differs from the clean digit by.
 */
export interface Compared {
  picture: Picture;
  error: number;
}
export interface Props {
  "compress/compress": Views_Compress_Compress__Props;
  "iwae/iwae": Views_Iwae_Iwae__Props;
  "kit/derivation": DerivationProps;
  "ledger/ledger": Views_Ledger_Ledger__Props;
  "likelihood/likelihood": Views_Likelihood_Likelihood__Props;
  "score/digit": DigitProps;
  "score/field": FieldProps;
  "shell/digit_input": DigitInputProps;
  "shell/header": HeaderProps;
  "shell/navigation": NavigationProps;
}
/**
 * `facts` by the data's name; `shape` [C, H, W] of a picture; `tiles`: directions shown.
 */
export interface Views_Compress_Compress__Props {
  facts: {
    [k: string]: Facts;
  };
  shape: number[];
  tiles: number;
  most_seed: number;
}
/**
 * What was measured on the test images of one kind of data. Sizes that are keys are text.
 *
 * random: are pictures of it drawn from a seed? pixels: values in a picture. pca: its squared
 * error per pixel with 0, 1, 2 ... components, 0 being the variance; errors: {kind: {size: that of
 * a network}}; angles: {size: the largest one, radians, from the linear autoencoder's subspace to
 * PCA's}; entropy: of an image as the VAE sees it, nats, where it is known; bounds: {size: of the
 * VAE}; directions: the address of what `directions_of` gives.
 */
export interface Facts {
  name: string;
  random: boolean;
  sizes: number[];
  pixels: number;
  pca: number[];
  errors: {
    [k: string]: {
      [k: string]: number;
    };
  };
  entropy: number | null;
  bounds: {
    [k: string]: Bound;
  };
  angles: {
    [k: string]: number;
  };
  directions: string;
}
/**
 * What a VAE's card says of its ELBO and KL, nats per image.
 */
export interface Bound {
  elbo: Average | null;
  kl: Average | null;
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
 * `control` answers in HTML whether it is the bound or the number of samples that helps.
 */
export interface Views_Iwae_Iwae__Props {
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
 * `section`: the folder of the view whose derivation it is.
 */
export interface DerivationProps {
  section: string;
}
/**
 * `groups`: {heading: names of the models under it}; `shape` [C, H, W] of a digit.
 *
 * code_bounds and pixel_bounds: of log sigma^2 of q and of a pixel. draws: of epsilon. noise: the
 * address of what `noise_of` gives.
 */
export interface Views_Ledger_Ledger__Props {
  models: {
    [k: string]: ModelFacts;
  };
  groups: {
    [k: string]: string[];
  };
  start: string;
  shape: number[];
  /**
   * @minItems 2
   * @maxItems 2
   */
  code_bounds: [number, number];
  /**
   * @minItems 2
   * @maxItems 2
   */
  pixel_bounds: [number, number];
  draws: number;
  noise: string;
}
/**
 * What the script needs to compute a model's ledger; no more of it depends on the family.
 *
 * binary: are its pixels black or white? log_var: log sigma^2 of every pixel of a Gaussian, to
 * which a decoder with two channels, where it is `predicted`, adds one for each. weights: of the
 * reconstruction and of the other term, as in training. order: the dimensions, most important
 * first; dead: those that say nothing; spans: from where to where each dimension's handle goes.
 * shifted: is its encoder shown a corrupted digit? The addresses of its networks are null where
 * only the server can run them.
 */
export interface ModelFacts {
  family: string;
  prior: boolean;
  binary: boolean;
  log_var: number;
  predicted: boolean;
  /**
   * @minItems 2
   * @maxItems 2
   */
  weights: [number, number];
  order: number[];
  dead: boolean[];
  spans: [number, number][];
  shifted: boolean;
  decoder: string | null;
  encoder: string | null;
}
/**
 * `shape` [C, H, W] of a digit; `floor`: the least sigma that a network may predict.
 */
export interface Views_Likelihood_Likelihood__Props {
  rows: Likelihood[];
  shape: number[];
  counts: number[];
  most_deviation: number;
  floor: number;
  most_seed: number;
}
/**
 * What is said of one model's p(x|z) whatever the digit.
 *
 * sigma: of every pixel, fixed or learned; null where pixels differ. error: the root mean square
 * per pixel that the mean misses test digits by, measured by `protocol`. bits: per pixel of test
 * digits, where they were measured.
 */
export interface Likelihood {
  name: string;
  kind: "bernoulli" | "fixed" | "shared" | "predicted" | "discretized-logistic";
  sigma: number | null;
  error: number;
  protocol: string;
  bits: Average | null;
}
/**
 * `sigma`: of the noise, in grey levels; `limit`: the score that has the full colour, in nats
 * per unit of grey.
 */
export interface DigitProps {
  sigma: number;
  limit: number;
  most_steps: number;
  most_seed: number;
}
/**
 * All a browser needs of the mixture of Gaussians and of the network that learned its slope.
 *
 * `means` [K][2] and `weights` [K] of the clusters, `std` of each; `sigma` of the noise that the
 * network saw. `size` and `difference`: root mean squares under p_sigma, per unit, of the exact
 * score and of the network's difference from it. The addresses are null where only the server
 * could run a network.
 */
export interface FieldProps {
  weights: number[];
  means: number[][];
  std: number;
  sigma: number;
  size: number;
  difference: number;
  encoder?: string | null;
  decoder?: string | null;
  most_seed: number;
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
