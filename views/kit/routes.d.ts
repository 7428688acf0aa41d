/* What routes are asked and answer, and what components are given: make lint writes this. */

export interface Wire {
  routes: Routes;
  props: Props;
  files: Files;
}
export interface Routes {
  "beta/places": {
    question: OneDigit;
    answer: Places;
  };
  "classes/encoding": {
    question: Views_Classes_Classes__Question;
    answer: Views_Classes_Classes__Encoding;
  };
  "classes/pictures": {
    question: Views_Classes_Classes__Code;
    answer: Pictures;
  };
  "compress/pictures": {
    question: PictureToCompress;
    answer: CompressedPicture;
  };
  decode: {
    question: Codes;
    answer: DecodedCodes;
  };
  "denoise/digit": {
    question: Views_Denoise_Denoise__Question;
    answer: Views_Denoise_Denoise__Answer;
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
  encode: {
    question: DigitForModels;
    answer: Posteriors;
  };
  "few_labels/reading": {
    question: Views_FewLabels_FewLabels__Question;
    answer: Reading;
  };
  "gan/codes": {
    question: Views_Gan_Gan__Question;
    answer: DrawnCodes;
  };
  "gap/best": {
    question: BinarizedDigit;
    answer: Gaussian;
  };
  "gap/posterior": {
    question: PosteriorQuestion;
    answer: TruePosteriorSums;
  };
  "gap/weights": {
    question: WeightsQuestion;
    answer: DrawnWeights;
  };
  "interpolate/film": {
    question: Ends;
    answer: SavedFilm;
  };
  "interpolate/paths": {
    question: Ends;
    answer: Paths;
  };
  "iwae/samples": {
    question: Samples;
    answer: DrawnSamples;
  };
  "kl/encoder": {
    question: DigitQuestion;
    answer: FirstGaussian;
  };
  "ledger/terms": {
    question: CodeToCharge;
    answer: LedgerOfDigit;
  };
  "likelihood/rows": {
    question: DigitToDecode;
    answer: DecodedDigit;
  };
  "machine/activations": {
    question: Views_Machine_Machine__Question;
    answer: Views_Machine_Machine__Answer;
  };
  "maps/path": {
    question: Pins;
    answer: Path;
  };
  "reconstruct/digit": {
    question: Views_Reconstruct_Reconstruct__Question;
    answer: Views_Reconstruct_Reconstruct__Answer;
  };
  "sample/draw": {
    question: Views_Sample_Sample__Question;
    answer: Grids;
  };
  "score/digit": {
    question: NoisyDigit;
    answer: ScoredDigit;
  };
  "shapes/encoding": {
    question: Views_Shapes_Shapes__Question;
    answer: Views_Shapes_Shapes__Encoding;
  };
  "trick/encoder": {
    question: DigitQuestion;
    answer: EncodedDigit;
  };
  "trick/estimates": {
    question: EstimatesQuestion;
    answer: Estimates;
  };
  "trick/gradients": {
    question: GradientsQuestion;
    answer: LossGradients;
  };
}
/**
 * The digit whose place is asked for.
 */
export interface OneDigit {
  digit: Picture;
}
/**
 * One picture: its shape [C, H, W], and its pixels as base64 of one byte a value, 0 black.
 */
export interface Picture {
  shape: number[];
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
 * A digit, and the class that the encoder is told; null: what the classifier reads.
 */
export interface Views_Classes_Classes__Question {
  digit: Picture;
  y: number | null;
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
 * A picture of one kind of data: a digit, or else what the seed draws.
 */
export interface PictureToCompress {
  data: string;
  digit: Picture | null;
  seed: number | null;
}
/**
 * The reconstructions at every code size: {kind: {size: ...}}.
 */
export interface CompressedPicture {
  input: Picture;
  pictures: {
    [k: string]: {
      [k: string]: Views_Compress_Compress__Reconstruction;
    };
  };
}
/**
 * A picture of the input's shape, base64 of one byte a value, and its error.
 *
 * mse: per pixel, taken before the picture is cut off to what a screen can show.
 */
export interface Views_Compress_Compress__Reconstruction {
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
 * A digit, how it is to be corrupted, and the code size of the models that repair it.
 */
export interface Views_Denoise_Denoise__Question {
  digit: Picture;
  kind: string;
  strength: number;
  size: number;
  seed: number;
}
/**
 * The corrupted digit, its error, and a repair by each model of the code size, in order.
 */
export interface Views_Denoise_Denoise__Answer {
  corrupted: Picture;
  mse: number;
  repairs: Repair[];
}
/**
 * What one model makes of it, and its squared error per pixel against the clean digit.
 */
export interface Repair {
  name: string;
  picture: Picture;
  mse: number;
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
  columns: number;
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
 * A picture, and by which models it is to be encoded.
 */
export interface DigitForModels {
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
 * A model, and a digit whose grey pixels are drawn as black or white from the seed.
 */
export interface BinarizedDigit {
  model: string;
  digit: Picture;
  seed: number;
}
/**
 * Means and standard deviations [D] of a Gaussian with a diagonal covariance.
 */
export interface Gaussian {
  mu: number[];
  sigma: number[];
}
/**
 * `live` for what moves; `q` for another than the encoder's.
 */
export interface PosteriorQuestion {
  model: string;
  digit: Picture;
  seed: number;
  live: boolean;
  q: DraggedGaussian | null;
}
/**
 * A q with a diagonal covariance over a 2-D code, as a visitor drags it.
 */
export interface DraggedGaussian {
  mu: number[];
  sigma: number[];
}
/**
 * What quadrature finds of one digit made binary, in nats.
 *
 * `peak` is the largest log p(x, z); `spots` are rows [z1, z2, mass], see `gap.spots`.
 */
export interface TruePosteriorSums {
  digit: Picture;
  encoder: Gaussian;
  log_p: number;
  peak: number;
  spots: number[][];
  window: GridWindow;
}
/**
 * A window of the latent plane, see `gap.Window`.
 *
 * log p(x|z) [n * n] in nats is `top`, the largest, plus `below`: base64 of four bytes a number.
 */
export interface GridWindow {
  centre: number[];
  half: number;
  view: number;
  n: number;
  top: number;
  below: string;
}
/**
 * Part `part` of the `draw`-th set of samples from the encoder's q, or from another, `q`.
 */
export interface WeightsQuestion {
  model: string;
  digit: Picture;
  seed: number;
  q: DraggedGaussian | null;
  draw: number;
  part: number;
}
/**
 * PART importance samples of one digit made binary.
 *
 * `log_weights`: in nats, base64 of eight bytes a number; `z`: codes [PART, 2] where they can be
 * mapped; `kl`: KL(q || p(z)) of the q that they are from, in nats.
 */
export interface DrawnWeights {
  digit: Picture;
  log_weights: string;
  z: number[][] | null;
  kl: number;
}
/**
 * Two digits, and the models, by family and code size, that paths lead through.
 */
export interface Ends {
  a: Picture;
  b: Picture;
  families: string[];
  size: number;
}
/**
 * A file's name, and the file as a data URI.
 */
export interface SavedFilm {
  name: string;
  uri: string;
}
/**
 * The cross-fade, then a straight and a curved path per model; `shape` is a picture's.
 */
export interface Paths {
  shape: number[];
  paths: PathPictures[];
}
/**
 * STEPS pictures from A to B, base64 of one byte a value, and how they were made.
 */
export interface PathPictures {
  family: string;
  note: string;
  pixels: string;
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
 * A question that says no more than which digit it is about.
 */
export interface DigitQuestion {
  digit: Picture;
}
/**
 * Mean and standard deviation of z_1 under q(z|x).
 */
export interface FirstGaussian {
  mu: number;
  sigma: number;
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
 * A digit, and the model whose encoder is to read it.
 */
export interface Views_Machine_Machine__Question {
  digit: Picture;
  model: string;
}
/**
 * The encoder's stages, in order; the last holds the code, or mu and log_var.
 */
export interface Views_Machine_Machine__Answer {
  stages: Activity[];
}
/**
 * One stage: its activations, base64 of two bytes a number, and its connections, if any.
 */
export interface Activity {
  activations: string;
  connections: Connections | null;
}
/**
 * The strongest connections into a stage: see explore.machine.Connections.
 */
export interface Connections {
  source: number[];
  target: number[];
  value: number[];
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
/**
 * A digit through the models of one code size: is the mean of q(z|x) decoded, or a draw?
 */
export interface Views_Reconstruct_Reconstruct__Question {
  digit: Picture;
  size: number;
  code: "mean" | "draw";
  seed: number;
}
/**
 * A row for each model of that code size, in reading order.
 */
export interface Views_Reconstruct_Reconstruct__Answer {
  rows: Views_Reconstruct_Reconstruct__Reconstruction[];
}
/**
 * What one model makes of the digit.
 *
 * z, std [size]: the code, and the standard deviation of q(z|x), 0 for a point mass. error: base64
 * of four bytes a value, picture minus digit, [C, H, W]. mse: its mean square per pixel. less: the
 * share of pixels that are off by less than the root of it. kl: KL(q(z|x) || p(z)) in nats, or
 * None without a prior. read: what our classifier reads before and after, where these differ.
 */
export interface Views_Reconstruct_Reconstruct__Reconstruction {
  name: string;
  z: number[];
  std: number[];
  picture: Picture;
  error: string;
  mse: number;
  less: number;
  kl: number | null;
  read: number[] | null;
}
/**
 * Which draws: of models of a code size, from an origin, at a temperature if it is N(0, I).
 */
export interface Views_Sample_Sample__Question {
  size: number;
  origin: string;
  temperature: number;
  seed: number;
}
/**
 * A grid for each model of the code size, in order; `shape` is a picture's.
 */
export interface Grids {
  shape: number[];
  grids: Grid[];
}
/**
 * The draws of one model and their pictures; None where there is nothing to draw from.
 *
 * Base64 of four bytes a number [COUNT, size], and of one byte a value.
 */
export interface Grid {
  name: string;
  z: string | null;
  pixels: string | null;
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
/**
 * A digit made binary, and mean and standard deviation [D] of its q(z|x).
 */
export interface EncodedDigit {
  x: Picture;
  mu: number[];
  sigma: number[];
}
/**
 * How many draws, and their seed.
 */
export interface EstimatesQuestion {
  digit: Picture;
  mu: number[];
  sigma: number[];
  seed: number;
  count: number;
}
/**
 * The loss's gradient from each draw, by each estimator.
 *
 * For each it is one list per parameter: mu_1, mu_2, sigma_1, sigma_2. The KL's gradient is part
 * of all of them and the same in all.
 */
export interface Estimates {
  pathwise: number[][];
  score: number[][];
  baseline: number[][];
}
/**
 * One draw, z = mu + sigma * epsilon; `reparameterize`: is that how z came about?
 */
export interface GradientsQuestion {
  digit: Picture;
  mu: number[];
  sigma: number[];
  epsilon: number[];
  reparameterize: boolean;
}
/**
 * One draw's loss, nats, and its gradients: see `trick.Backward`.
 */
export interface LossGradients {
  reconstruction: number;
  kl: number;
  by_z: number[];
  through: number[][] | null;
  by_kl: number[][];
  total: number[][];
}
export interface Props {
  "beta/beta": Views_Beta_Beta__Props;
  "classes/classes": Views_Classes_Classes__Props;
  "compare/compare": Views_Compare_Compare__Props;
  "compress/compress": Views_Compress_Compress__Props;
  "denoise/denoise": Views_Denoise_Denoise__Props;
  "draw/draw": Views_Draw_Draw__Props;
  "elbo/elbo": Views_Elbo_Elbo__Props;
  "few_labels/few_labels": Views_FewLabels_FewLabels__Props;
  "gan/gan": Views_Gan_Gan__Props;
  "gap/gap": GapProps;
  "interpolate/interpolate": Views_Interpolate_Interpolate__Props;
  "iwae/iwae": Views_Iwae_Iwae__Props;
  "kit/derivation": DerivationProps;
  "kl/kl": KlProps;
  "ledger/ledger": Views_Ledger_Ledger__Props;
  "likelihood/likelihood": Views_Likelihood_Likelihood__Props;
  "machine/machine": Views_Machine_Machine__Props;
  "maps/maps": Views_Maps_Maps__Props;
  "reconstruct/reconstruct": Views_Reconstruct_Reconstruct__Props;
  "sample/sample": Views_Sample_Sample__Props;
  "score/digit": DigitProps;
  "score/field": FieldProps;
  "shapes/shapes": Views_Shapes_Shapes__Props;
  "shell/digit_input": DigitInputProps;
  "shell/header": HeaderProps;
  "sliders/sliders": Views_Sliders_Sliders__Props;
  "trick/trick": TrickProps;
}
/**
 * `shape` [C, H, W] of the pictures, `codes` the address of a file with the BetaCodes.
 *
 * `floor` is the least standard deviation that q(z|x) can have.
 */
export interface Views_Beta_Beta__Props {
  stops: Stop[];
  lead: Lead;
  shape: number[];
  codes: string;
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
    [k: string]: Views_Beta_Beta__Measured;
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
 * The same with what real pictures give, where that is known.
 */
export interface Views_Beta_Beta__Measured {
  value: number;
  unit: string;
  protocol: string;
  real: number | null;
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
 * Addresses of networks, null where a browser cannot run one, and what was measured.
 *
 * `model` and `judge`: the names of the conditional VAE and of the classifier.
 *
 * `shape` [C, H, W] of a picture. `class_embedding`: the address of a JSON text, base64 of two
 * bytes a value, of the pictures [classes, C, H, W] that the encoder adds to its input.
 */
export interface Views_Classes_Classes__Props {
  model: string;
  judge: string;
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
 * What knowing the class changes: a number, and words about it, with a protocol.
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
 * VAE}; directions: the address of what `directions_of` gives; networks: {kind: {size: the name of
 * its checkpoint}}, of PCA the one that holds all sizes.
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
    [k: string]: Views_Compress_Compress__Bound;
  };
  angles: {
    [k: string]: number;
  };
  directions: string;
  networks: {
    [k: string]: {
      [k: string]: string;
    };
  };
}
/**
 * What a VAE's card says of its ELBO and KL, nats per image.
 */
export interface Views_Compress_Compress__Bound {
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
 * The code sizes, the kinds of noise, the models, and the largest seed.
 */
export interface Views_Denoise_Denoise__Props {
  sizes: number[];
  kinds: Kind[];
  models: Views_Denoise_Denoise__Model[];
  most_seed: number;
}
/**
 * A corruption: its name, its title, and what its strength is.
 */
export interface Kind {
  name: string;
  title: string;
  axis: string;
}
/**
 * A model, and what was measured of it under each corruption, by the corruption's name.
 */
export interface Views_Denoise_Denoise__Model {
  name: string;
  family: string;
  size: number;
  curves: {
    [k: string]: Curve;
  };
}
/**
 * The mean squared error per pixel, `value`, at each `strength`, and how it was measured.
 */
export interface Curve {
  strength: number[];
  value: number[];
  protocol: string;
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
  ours: Views_Draw_Draw__Bound;
  rivals: {
    [k: string]: Views_Draw_Draw__Bound;
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
export interface Views_Draw_Draw__Bound {
  name: string;
  elbo: number;
  protocol: string;
  weights: number;
  epochs: number | null;
  seconds: number | null;
}
/**
 * `model`: the name of the VAE whose posterior is summed on a grid.
 *
 * `most_side`: of that grid, in points. `bounds`: of a q that is dragged.
 */
export interface Views_Elbo_Elbo__Props {
  model: string;
  most_side: number;
  bounds: Bounds;
}
/**
 * The bounds of a q that is dragged, which the script keeps.
 */
export interface Bounds {
  most_mu: number;
  least_sigma: number;
  most_sigma: number;
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
 * `names` of both; `unlabelled`: how many training images M2 saw without a label. `published`:
 * percent of test images that the paper's models misread, by their names.
 */
export interface Pair {
  labels: number;
  names: string[];
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
      [k: string]: Views_Gan_Gan__Measured;
    };
  };
}
/**
 * A measured number, and its standard deviation over sets of draws where that was taken.
 */
export interface Views_Gan_Gan__Measured {
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
 * `models`: the first is what the view opens with.
 *
 * `most_side`: of a window at rest, in points.
 */
export interface GapProps {
  models: GapModel[];
  draws: number;
  part: number;
  most_turns: number;
  most_side: number;
  bounds: Bounds;
}
/**
 * A model that is offered; `map` only where the code has two dimensions.
 */
export interface GapModel {
  name: string;
  latent: number;
  map: CodeMap | null;
}
/**
 * Codes of test images: the address of a file with them, see `codes_file`, and the half side of
 * a square around 0 that holds them.
 */
export interface CodeMap {
  file: string;
  half: number;
}
/**
 * `families`: the models that paths can lead through.
 */
export interface Views_Interpolate_Interpolate__Props {
  sizes: number[];
  families: string[];
  steps: number;
}
/**
 * `control` answers whether it is the bound or the number of samples that helps.
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
 * `model`: the name of the VAE whose q(z_1|x) can be shown.
 */
export interface KlProps {
  model: string;
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
  code_bounds: number[];
  pixel_bounds: number[];
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
  weights: number[];
  order: number[];
  dead: boolean[];
  spans: number[][];
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
 * The machines, in reading order, and the ways into every view.
 */
export interface Views_Machine_Machine__Props {
  machines: Machine[];
  doors: Door[];
}
/**
 * All that is drawn of one model. `ranges`: least and most of each number of the code.
 *
 * `probabilities`: is p(x|z) Bernoulli, so that the network ends in log-odds?
 */
export interface Machine {
  name: string;
  family: string;
  size: number;
  title: string;
  shape: number[];
  probabilities: boolean;
  encoder: Stage[];
  decoder: Stage[];
  ranges: number[][];
  map: Map | null;
  encoder_file: string | null;
  decoder_file: string | null;
}
/**
 * One drawn stage of a network: see explore.machine.Stage.
 */
export interface Stage {
  layers: number;
  lines: string[];
  weights: number;
  shape: number[];
}
/**
 * Which square of latent space the map shows; `codes`: the address of a file of MapCodes.
 */
export interface Map {
  codes: string;
  centre: number[];
  half: number;
}
/**
 * A part of the picture, and the views that are about it.
 */
export interface Door {
  part: string;
  views: Way[];
}
/**
 * A view that is about a part of the picture: its folder, its title, and what it answers.
 */
export interface Way {
  view: string;
  title: string;
  question: string;
}
/**
 * `start` are the maps that are shown at first.
 */
export interface Views_Maps_Maps__Props {
  maps: MapProps[];
  start: string[];
}
/**
 * All the script needs of one model. `codes` is the address of a file with its MapCodes.
 *
 * `centre` and `half` say which square of latent space the map shows, `drawn` is a sentence.
 * `reached` is the share of codes where N(0, I) has 95 % of its mass.
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
  reached: number;
  drawn: string;
  decoder: string | null;
  encoder: string | null;
}
/**
 * `unavailable`: a sentence for each checkpoint that could not be loaded.
 */
export interface Views_Reconstruct_Reconstruct__Props {
  sizes: number[];
  models: Views_Reconstruct_Reconstruct__Model[];
  unavailable: string[];
  most_seed: number;
}
/**
 * What is said of a model whatever the digit.
 *
 * `scale`: the value of a code that fills half the height of its bar. `typical`: its mean squared
 * error per pixel over the test images of `data`. `mirrored`: are the decoder's layers the
 * encoder's?
 */
export interface Views_Reconstruct_Reconstruct__Model {
  name: string;
  family: string;
  title: string;
  size: number;
  scale: number;
  typical: number;
  data: string;
  encoder: Layers;
  decoder: Layers;
  mirrored: boolean;
}
/**
 * The hidden layers of a network from the picture to the code: channels, then widths.
 */
export interface Layers {
  channels: number[];
  widths: number[];
}
/**
 * `origins`: where z may be drawn from, {name: title}.
 *
 * `facts`: for each code size the address of a JSON file, which holds what `facts_of` gives.
 */
export interface Views_Sample_Sample__Props {
  sizes: number[];
  start: number;
  origins: {
    [k: string]: string;
  };
  facts: {
    [k: string]: string;
  };
  columns: number;
  count: number;
  most_temperature: number;
  most_seed: number;
}
/**
 * `name` of the network; `sigma`: of the noise, in grey levels; `limit`: the score that has the
 * full colour, in nats per unit of grey.
 */
export interface DigitProps {
  name: string;
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
 * could run a network, whose name is `name`.
 */
export interface FieldProps {
  name: string;
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
 * What the top of the page says, and where it leads.
 *
 * `device`: where networks run. `trained`: the names of the checkpoints. `home`: the view that the
 * page opens with. `chapters`: all others, in the lecture's order; home may be among them.
 * `lectures`: those that ship. `scripts`: the addresses of the scripts of all views, of the
 * lectures and of the dialogs. They are fetched once the first view is there, so that the others
 * open even when the server is gone. `words` and `about`: the addresses of the files Words and
 * About.
 */
export interface HeaderProps {
  device: string;
  trained: string;
  home: Entry;
  chapters: Chapter[];
  lectures: ShippedLecture[];
  scripts: string[];
  words: string;
  about: string;
}
/**
 * A view in the index: its folder, its title, and the question that it answers.
 */
export interface Entry {
  view: string;
  title: string;
  question: string;
}
/**
 * A chapter of the lecture, and its views.
 */
export interface Chapter {
  title: string;
  views: Entry[];
}
/**
 * A lecture in the list: `name`, as in a link, is its file's stem; the rest stands in it.
 */
export interface ShippedLecture {
  name: string;
  title: string;
  minutes: string;
  about: string;
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
/**
 * The model whose gradients are shown; `decoder`: the address of its network, if a browser can
 * run it; `shape` [C, H, W] of its pictures.
 */
export interface TrickProps {
  model: string;
  decoder: string | null;
  shape: number[];
}
export interface Files {
  "beta/beta/BetaCodes": BetaCodes;
  "compare/compare/Table": Table;
  "machine/machine/MapCodes": MapCodes;
  "maps/maps/MapCodes": MapCodes;
  "shell/header/About": About;
  "shell/header/Words": Words;
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
 * `opens`: the title of the view that the link opens; "" without a link.
 */
export interface Views_Compare_Compare__Row {
  name: string;
  family: string;
  title: string;
  data: string;
  part: string;
  link: string | null;
  opens: string;
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
/**
 * Codes z [N, 2] of test images, base64 of two bytes a number, and their classes, one byte.
 *
 * `bandwidth` and `least` say what a hole is (explore.latent.KernelDensity), `shade` is a sentence
 * about them.
 */
export interface MapCodes {
  codes: string;
  classes: string;
  bandwidth: number;
  least: number;
  shade: string;
}
/**
 * What "About" lists: `source` is the address of a zip, `bibtex` how the page is cited.
 */
export interface About {
  source: string;
  documents: Link[];
  topics: Topic[];
  papers: Reference[];
  bibtex: string;
  licence: string;
}
/**
 * A title, and an address relative to the page.
 */
export interface Link {
  title: string;
  address: string;
}
/**
 * A topic of the lecture's notes, and the folders of the views that show it.
 */
export interface Topic {
  title: string;
  views: string[];
}
/**
 * A paper: how it is cited, its title, and its address, "" if it has none.
 */
export interface Reference {
  name: string;
  title: string;
  address: string;
}
/**
 * The glossary: a regular expression that finds its words, and whose word each group is.
 */
export interface Words {
  pattern: string;
  owners: number[];
  words: Word[];
}
/**
 * A word of the glossary, its other spellings, what explains it, and the paper it is of.
 */
export interface Word {
  word: string;
  others: string[];
  sentence: string;
  paper: Reference | null;
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
