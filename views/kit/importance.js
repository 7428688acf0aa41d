/** Sums over a window of the latent plane, as explore/gap.py makes them, and over importance weights. */
import { decodeFloats } from "./encoding.js";
import { sum } from "./numbers.js";

/** @typedef {{ mu: number[], sigma: number[] }} Gaussian independent: means and standard deviations */

/**
 * log p(x|z) in nats at the midpoints of n x n cells of the square centre -+ half, z1 running fastest.
 * @typedef {object} Window
 * @property {number[]} centre
 * @property {number} half
 * @property {number} view the half side of the inner part that is worth a look
 * @property {number} n
 * @property {number} step the side of a cell
 * @property {Float64Array} values log p(x|z) [n * n]
 * @property {Float64Array[]} axes the midpoints along both axes, [n] each
 * @property {number} logP log p(x) by the midpoint rule over this window alone
 */

const LOG_TWO_PI = Math.log(2 * Math.PI);
const NO_MASS = 1e-20; // rows in which q has less add nothing

/** log N(z; mu, sigma^2). @param {number} z @param {number} mu @param {number} sigma */
export const logNormal = (z, mu, sigma) =>
  -0.5 * (((z - mu) / sigma) ** 2 + LOG_TWO_PI) - Math.log(sigma);

/**
 * A window as the server sends it: `below` holds its values as they lie below the largest, `top`.
 * @param {{ centre: number[], half: number, view: number, n: number, top: number, below: string }} sent
 * @returns {Window}
 */
export const readWindow = ({ centre, half, view, n, top, below }) => {
  const values = Float64Array.from(decodeFloats(below), (v) => top + v);
  const step = (2 * half) / n;
  const axes = centre.map((c) =>
    Float64Array.from({ length: n }, (_, i) => c - half + (i + 0.5) * step),
  );
  const logP = evidenceIn(n, step, values, axes);
  return { centre, half, view, n, step, values, axes, logP };
};

/**
 * log p(x) by the midpoint rule over a window alone, which must hold the posterior's mass.
 * @param {number} n
 * @param {number} step
 * @param {Float64Array} values
 * @param {Float64Array[]} axes
 */
const evidenceIn = (n, step, values, axes) => {
  const prior = axes.map((axis) => axis.map((z) => logNormal(z, 0, 1)));
  const logJoint = values.map((v, i) => v + prior[0][i % n] + prior[1][Math.floor(i / n)]);
  return logMean(logJoint) + 2 * Math.log(n * step);
};

/**
 * Expectations under q on the grid, where its mass is made to add up to 1, in nats: of log p(x|z), of
 * log p(z) and of log q(z). Of the last two each is a sum over both axes.
 * @param {Gaussian} q
 * @param {Window} window
 */
export const expectationsOf = ({ mu, sigma }, { n, step, values, axes }) => {
  const logs = axes.map((axis, d) => axis.map((z) => logNormal(z, mu[d], sigma[d])));
  const mass = logs.map((log) => {
    const cells = log.map((v) => Math.exp(v) * step);
    const whole = sum([...cells]);
    return cells.map((m) => m / whole);
  });
  const along = (/** @type {(d: number, i: number) => number} */ value) =>
    sum(mass.map((cells, d) => cells.reduce((all, m, i) => all + m * value(d, i), 0)));
  let likelihood = 0;
  for (let j = 0; j < n; j++) {
    if (mass[1][j] < NO_MASS) continue;
    let inRow = 0;
    for (let i = 0; i < n; i++) inRow += mass[0][i] * values[j * n + i];
    likelihood += mass[1][j] * inRow;
  }
  return {
    likelihood,
    prior: along((d, i) => logNormal(axes[d][i], 0, 1)),
    q: along((d, i) => logs[d][i]),
  };
};

/**
 * The terms of the ELBO of one digit, and the gap, in nats: the reconstruction E_q[log p(x|z)] on the
 * grid, KL(q||p(z)) in closed form, and KL(q||p(z|x)) on the grid as the mean of
 * log q(z) - log p(x|z) - log p(z) + log p(x).
 * @param {Gaussian} q
 * @param {Window} window
 * @param {number} logP log p(x)
 */
export const termsOf = (q, window, logP) => {
  const found = expectationsOf(q, window);
  const kl = sum(q.mu.map((m, d) => 0.5 * (m ** 2 + q.sigma[d] ** 2 - 1) - Math.log(q.sigma[d])));
  const gap = found.q - found.likelihood - found.prior + logP;
  return { reconstruction: found.likelihood, kl, elbo: found.likelihood - kl, gap, logP };
};

/** The logarithm of the mean of numbers given by their logarithms. @param {Float64Array} logs */
export const logMean = (logs) => {
  let top = -Infinity;
  let total = 0;
  for (const v of logs) top = Math.max(top, v);
  for (const v of logs) total += Math.exp(v - top);
  return top + Math.log(total / logs.length);
};

/**
 * IWAE_K in nats as the mean over disjoint groups of K draws, and the standard error of that mean.
 * @param {Float64Array} logs log weights
 * @param {number} k
 */
export const iwaeOf = (logs, k) => {
  const groups = Math.floor(logs.length / k);
  const bounds = Array.from({ length: groups }, (_, g) =>
    logMean(logs.subarray(g * k, (g + 1) * k)),
  );
  const mean = sum(bounds) / groups;
  const square = sum(bounds.map((b) => (b - mean) ** 2)) / Math.max(groups - 1, 1);
  return { mean, error: Math.sqrt(square / groups) };
};

/**
 * log p(x) in nats from all draws, its standard error by the delta method, and the effective sample
 * size: the square of the weights' sum over the sum of their squares.
 * @param {Float64Array} logs log weights
 */
export const evidenceOf = (logs) => {
  const value = logMean(logs);
  const n = logs.length;
  let square = 0;
  let total = 0;
  for (const v of logs) {
    const w = Math.exp(v - value);
    total += w;
    square += w * w;
  }
  const variance = (square - (total * total) / n) / (n - 1);
  return { value, error: Math.sqrt(variance / n), effective: (total * total) / square };
};

/**
 * For each of the m = n * times places on an axis the four points around it and their weights.
 * @param {number} n
 * @param {number} times
 */
const splineTaps = (n, times) =>
  Array.from({ length: n * times }, (_, place) => {
    const at = (place + 0.5) / times - 0.5;
    const first = Math.floor(at);
    const t = at - first;
    const points = [-1, 0, 1, 2].map((d) => Math.min(Math.max(first + d, 0), n - 1));
    const weights = [
      (((2 - t) * t - 1) * t) / 2,
      ((3 * t - 5) * t * t + 2) / 2,
      (((4 - 3 * t) * t + 1) * t) / 2,
      ((t - 1) * t * t) / 2,
    ];
    return { points, weights };
  });

/**
 * Values on n x n points, `times` as fine, by cubic splines (Catmull & Rom). For the logarithm of a
 * density: near a mode that is all but a parabola, which they keep.
 * @param {Float32Array} values
 * @param {number} n
 * @param {number} times
 */
export const finer = (values, n, times) => {
  const m = n * times;
  const half = new Float32Array(m * n);
  const all = new Float32Array(m * m);
  const taps = splineTaps(n, times);
  for (let j = 0; j < n; j++)
    for (let p = 0; p < m; p++) {
      const [a, b, c, d] = taps[p].points;
      const [u, v, w, x] = taps[p].weights;
      const row = j * n;
      half[j * m + p] =
        u * values[row + a] + v * values[row + b] + w * values[row + c] + x * values[row + d];
    }
  for (let r = 0; r < m; r++) {
    const [a, b, c, d] = taps[r].points;
    const [u, v, w, x] = taps[r].weights;
    for (let p = 0; p < m; p++)
      all[r * m + p] =
        u * half[a * m + p] + v * half[b * m + p] + w * half[c * m + p] + x * half[d * m + p];
  }
  return all;
};
