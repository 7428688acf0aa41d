/** The density p(z|x), or a factor of it, in a window of the latent plane as a picture. */
import { finer, logNormal } from "./importance.js";
import { context } from "./images.js";

const LOWEST = -60; // logarithms below are cut off there, so that splines do not swing
const PAPER = -12; // logarithms below are not to be seen
export const BOTH = { likelihood: true, prior: true };

/**
 * The density over its highest in the part of a window that is in view, row by row from the top left.
 * Only that part is made finer, and a point more on each side, which the splines need.
 * @param {import("./importance.js").Window} window
 * @param {number} peak the logarithm of what counts as the highest, such as the largest log p(x, z)
 * @param {number} pixels about so many along a side
 * @param {{ likelihood: boolean, prior: boolean }} [factors] of the density: the posterior has both
 * @returns {{ side: number, shares: Float32Array }} shares [side * side] in [0, 1]
 */
export const densityIn = ({ n, half, view, values, axes }, peak, pixels, factors = BOTH) => {
  const from = Math.max(0, Math.floor((n * (1 - view / half)) / 2) - 1);
  const count = n - 2 * from;
  const priors = axes.map((axis) => axis.map((z) => logNormal(z, 0, 1)));
  const logs = new Float32Array(count * count);
  for (let j = 0; j < count; j++)
    for (let i = 0; i < count; i++) {
      const likelihood = factors.likelihood ? values[(j + from) * n + i + from] : 0;
      const prior = factors.prior ? priors[0][i + from] + priors[1][j + from] : 0;
      logs[j * count + i] = Math.max(likelihood + prior - peak, LOWEST);
    }
  const times = Math.max(1, Math.ceil(pixels / count));
  return cropped(finer(logs, count, times), count * times, Math.round((n * times * view) / half));
};

/**
 * The middle of a grid of logarithms whose rows count upwards, as shares from the top.
 * @param {Float32Array} logs [m * m]
 * @param {number} m
 * @param {number} wanted along a side
 */
const cropped = (logs, m, wanted) => {
  const side = Math.min(m, wanted);
  const edge = (m - side) >> 1;
  const shares = new Float32Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const log = logs[(edge + side - 1 - y) * m + edge + x];
      shares[y * side + x] = log < PAPER ? 0 : Math.min(1, Math.exp(log));
    }
  return { side, shares };
};

/**
 * Shares as a picture from one colour to another.
 * @param {{ side: number, shares: Float32Array }} density
 * @param {number[]} paper red, green and blue of 0
 * @param {number[]} ink those of 1
 */
export const paintDensity = ({ side, shares }, paper, ink) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const image = new ImageData(side, side);
  shares.forEach((share, i) => {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = paper[c] + (ink[c] - paper[c]) * share;
    image.data[4 * i + 3] = 255;
  });
  context(canvas).putImageData(image, 0, 0);
  return canvas;
};
