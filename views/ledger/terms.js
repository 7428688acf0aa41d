/** The terms of a loss, of one digit at one z: as explore/ledger.py has them, and in words. */
import { clamp, format, sum } from "../kit/numbers.js";

/** @typedef {import("../kit/routes.js").Props["ledger/ledger"]["models"][string]} Model */
/** @typedef {{ mu: number[], logVar: number[] | null }} Q a point mass has no logVar */
/** @typedef {"sum" | "pixels" | "both"} Loss how it is added up */

/**
 * The ledger of one digit: its parts in nats.
 * @typedef {object} Ledger
 * @property {number[]} mu of the q that it is of
 * @property {number[] | null} logVar
 * @property {number[]} z the code that is decoded
 * @property {Float64Array} perPixel -log p(x_i|z), in the order of the picture's shape
 * @property {number[]} perDimension KL(q(z_i|x) || p(z_i)), or z_i^2 / 2 without a prior
 * @property {Uint8Array | Uint8ClampedArray} picture the mean of p(x|z), in bytes
 */

/** The KL in two parts, of the mean and of the spread: they say which handle it comes from. */
export const ofMean = (/** @type {number} */ mu) => 0.5 * mu * mu;
export const ofSpread = (/** @type {number} */ logVar) => 0.5 * (Math.exp(logVar) - 1 - logVar);
export const sigmaOf = (/** @type {number} */ logVar) => Math.exp(0.5 * logVar);

/** @param {Q} q nats of each dimension */
export const perDimension = ({ mu, logVar }) =>
  mu.map((m, i) => ofMean(m) + (logVar ? ofSpread(logVar[i]) : 0));

/** z = mu + sigma * epsilon, or mu itself. @param {Q} q @param {ArrayLike<number> | null} epsilon */
export const codeOf = ({ mu, logVar }, epsilon) =>
  epsilon && logVar ? mu.map((m, i) => m + sigmaOf(logVar[i]) * epsilon[i]) : [...mu];

/**
 * -log p(x_i|z) of Bernoulli pixels, by the decoder's log-odds.
 * @param {ArrayLike<number>} x black or white, 0 or 1
 * @param {ArrayLike<number>} odds
 * @param {Float64Array} lost where it is written, nats
 */
export const lostBinary = (x, odds, lost) => {
  for (let i = 0; i < lost.length; i++)
    lost[i] = Math.max(odds[i], 0) - x[i] * odds[i] + Math.log1p(Math.exp(-Math.abs(odds[i])));
};

/**
 * -log p(x_i|z) of Gaussian pixels.
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} mean
 * @param {(i: number) => number} logVar of a pixel
 * @param {Float64Array} lost where it is written, nats
 */
export const lostGaussian = (x, mean, logVar, lost) => {
  for (let i = 0; i < lost.length; i++) {
    const v = logVar(i);
    lost[i] = 0.5 * (Math.log(2 * Math.PI) + v + (x[i] - mean[i]) ** 2 * Math.exp(-v));
  }
};

const rounded = (/** @type {number} */ v, /** @type {number} */ digits) =>
  Math.round(v * 10 ** digits) / 10 ** digits;

/**
 * The two terms: in nats, what each is divided by, and weighed and divided.
 * @typedef {object} Account
 * @property {number[]} raw
 * @property {number[]} divisors
 * @property {number[]} weighted
 */

/**
 * @param {Model} model
 * @param {Ledger} found
 * @param {Loss} loss
 * @returns {Account}
 */
export const accountOf = ({ weights }, found, loss) => {
  const raw = [found.perPixel.reduce((a, b) => a + b, 0), sum(found.perDimension)];
  const [pixels, dimensions] = [found.perPixel.length, found.mu.length];
  const divisors = {
    sum: [1, 1],
    pixels: [pixels, 1],
    both: [pixels, dimensions],
  }[loss];
  return { raw, divisors, weighted: raw.map((v, i) => (weights[i] * v) / divisors[i]) };
};

/** The objective that the model was trained on, nats. @param {Model} model @param {Ledger} found */
export const objectiveOf = (model, found) => sum(accountOf(model, found, "sum").weighted);

/**
 * The equation as it is written. Each term is rounded to the nearest, for the same one stands in
 * several places; what is written as their sum is the sum of what is written.
 * @param {Model} model
 * @param {Account} account
 * @param {Loss} loss
 */
export const equationOf = ({ prior, binary, weights }, { raw, divisors, weighted }, loss) => {
  const digits = loss === "sum" ? 2 : 4;
  const parts = weighted.map((v) => rounded(v, digits));
  const total = sum(parts);
  // A term that nothing weighs or divides is written once: as its part of the sum.
  const terms = raw.map((v, i) => {
    const plain = weights[i] === 1 && divisors[i] === 1;
    const places = plain ? digits : i && loss !== "sum" ? 4 : 2;
    return { value: rounded(v, places), places };
  });
  const how = (/** @type {number} */ i, /** @type {string} */ whole) =>
    `${weights[i]} × ${format(terms[i].value, terms[i].places)} ${divisors[i] === 1 ? "nats" : `nats / ${divisors[i]} ${whole}`}`;
  const density = binary ? "" : ", a density";
  const nats = prior ? `nats; ELBO = ${format(-total, digits)}` : `nats${density}`;
  return {
    written: {
      rec: format(parts[0], digits),
      kl: format(parts[1], digits),
      all: format(total, digits),
      "rec-how": how(0, "pixels") + density,
      "kl-how": how(1, "dimensions"),
      "all-how": loss === "sum" ? nats : "no longer nats",
    },
    other: terms[1], // what the dimensions' shares add up to
  };
};

/** How far q was moved from where the encoder puts it: `off` nats of the objective. */
const movedInWords = (/** @type {boolean} */ prior, /** @type {number} */ off) =>
  Math.abs(off) < 0.005
    ? ""
    : ` You have moved ${prior ? "q" : "z"}: ${format(Math.abs(off))} nats ${off > 0 ? "worse" : "better"} than the encoder's.`;

/**
 * What the way of adding up means.
 * @param {Model} model
 * @param {Account} account
 * @param {Loss} loss
 * @param {number} off nats of the objective above the encoder's
 */
export const meaningOf = ({ prior, weights }, { raw, divisors }, loss, off) => {
  if (loss === "sum")
    return (
      (prior
        ? "Summed over pixels and dimensions, β = 1: the objective is −ELBO, estimated at this one z."
        : "Summed over pixels and dimensions, as it was trained.") + movedInWords(prior, off)
    );
  const [pixels, dimensions] = divisors;
  const beta = pixels / dimensions;
  const weight = weights[1];
  if (weight === 0)
    return "A mean only rescales this loss: its second term has the weight 0, so there is nothing to weigh the pixels against.";
  const rec = rounded(weights[0] * raw[0], 2);
  const other = rounded(beta * weight * raw[1], 2);
  const divided =
    loss === "both" ? `${pixels} pixels / ${dimensions} dimensions` : `${pixels} pixels`;
  const times = weight === 1 ? `${beta} ×` : `${beta} × ${weight} ×`;
  const counts = prior ? `the KL counts ${beta} times` : `½|z|² counts ${beta} times its weight`;
  return (
    `The mean hides ${prior ? "β" : "a factor"} = ${divided} = ${beta}. ${pixels} times this loss is ${format(rec)} + ${times} ${format(raw[1], 5)} = ` +
    `${format(rec)} + ${format(other)} = ${format(rec + other)} nats: ${counts}.`
  );
};

/** One pixel's colour [red, green, blue]: red above 0, blue below, which only a density can be. */
const lostColour = (/** @type {number} */ share) => {
  const level = Math.round(255 * Math.sqrt(Math.abs(share)));
  const faint = Math.round(0.35 * level);
  if (share <= 0) return [0, faint, level];
  const strong = share > 0.5 ? Math.round(510 * (share - 0.5)) : 0;
  return [level, Math.max(faint, strong), faint];
};

/**
 * Where the nats are lost, as the bytes of a coloured picture [3, H, W], and the most that one pixel
 * loses. The channels of a pixel add up.
 * @param {Float64Array} perPixel
 * @param {number[]} shape [C, H, W]
 * @param {number} full nats that have the full colour
 */
export const lostPicture = (perPixel, [channels, height, width], full) => {
  const plane = height * width;
  const bytes = new Uint8ClampedArray(3 * plane);
  let most = -Infinity;
  for (let i = 0; i < plane; i++) {
    let nats = 0;
    for (let c = 0; c < channels; c++) nats += perPixel[c * plane + i];
    lostColour(clamp(nats / full, -1, 1)).forEach((v, c) => {
      bytes[c * plane + i] = v;
    });
    most = Math.max(most, nats);
  }
  return { bytes, most };
};

/**
 * The mean that makes a row's bar end at so many nats: its part is what the spread leaves of them, and
 * it keeps its sign.
 * @param {number} nats
 * @param {number} mu as it is
 * @param {number | null} logVar
 * @param {number} most nats at the end of the scale
 */
export const meanOfNats = (nats, mu, logVar, most) => {
  const left = nats - (logVar === null ? 0 : ofSpread(logVar));
  return Math.sqrt(2 * clamp(left, 0, most)) * (mu < 0 ? -1 : 1);
};
