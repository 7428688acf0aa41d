/** The toy's density in closed form, as data/mixture.py has it, and ways to walk along its slope. */
import { sum } from "../kit/numbers.js";
import { normalPair } from "../kit/random.js";

/** @typedef {[number, number]} Point */
/** @typedef {(x: Point) => Point} Field the slope of a log density, nats per unit */

/**
 * Gaussians of equal spread in the plane.
 * @typedef {object} Mixture
 * @property {number[]} weights [K], which add up to 1
 * @property {number[][]} means [K][2]
 * @property {number} std of each Gaussian, the same in both directions
 */

/** @param {Point} a @param {Point} b @param {number} [share] @returns {Point} a + share * b */
export const plus = ([a, b], [c, d], share = 1) => [a + share * c, b + share * d];

/**
 * What each Gaussian adds at x to the density blurred by noise of sigma, but for the factor
 * 1 / (2 pi variance) that all have.
 * @param {Mixture} mixture
 * @param {Point} x
 * @param {number} sigma
 */
const shares = ({ weights, means, std }, [x, y], sigma) => {
  const variance = std ** 2 + sigma ** 2;
  const all = means.map(
    ([a, b], k) => weights[k] * Math.exp((-0.5 * ((x - a) ** 2 + (y - b) ** 2)) / variance),
  );
  return { all, variance, total: sum(all) };
};

/**
 * p_sigma(x), as a share of what the heaviest Gaussian alone has at its middle.
 * @param {Mixture} mixture
 * @param {Point} x
 * @param {number} sigma
 */
export const relativeDensity = (mixture, x, sigma) =>
  shares(mixture, x, sigma).total / Math.max(...mixture.weights);

/**
 * grad log p_sigma(x), nats per unit; 0 where the density is too small for a number.
 * @param {Mixture} mixture
 * @param {Point} x
 * @param {number} sigma
 * @returns {Point}
 */
export const exactScore = (mixture, x, sigma) => {
  const { all, variance, total } = shares(mixture, x, sigma);
  if (total === 0) return [0, 0];
  const slope = (/** @type {0 | 1} */ axis) =>
    sum(all.map((w, k) => (w / total) * (mixture.means[k][axis] - x[axis]))) / variance;
  return [slope(0), slope(1)];
};

/**
 * Which Gaussian's middle is nearest to each point, as shares of all points, [K].
 * @param {Mixture} mixture
 * @param {Point[]} points
 */
export const nearestShares = ({ means }, points) => {
  const nearest = points.map(([a, b]) => {
    const distances = means.map(([c, d]) => (a - c) ** 2 + (b - d) ** 2);
    return distances.indexOf(Math.min(...distances));
  });
  return means.map((_, k) => nearest.filter((n) => n === k).length / points.length);
};

/**
 * One step of the unadjusted Langevin algorithm for each point: x + stride / 2 * score +
 * sqrt(stride) * epsilon. What it draws in the end is the field's density, for small strides.
 * @param {Point[]} points
 * @param {Field} score
 * @param {number} stride the variance of a step's noise
 * @param {() => number} next gives uniform numbers in [0, 1)
 * @returns {Point[]}
 */
export const langevinStep = (points, score, stride, next) =>
  points.map((x) => plus(plus(x, score(x), 0.5 * stride), normalPair(next), Math.sqrt(stride)));
