/** How sharp a picture is: see data/sharpness.py. */
import { sum } from "../kit/numbers.js";

/**
 * The sum of the four neighbours minus four times the pixel, in each channel; black is around.
 * @param {Float32Array} x a picture
 * @param {number[]} shape [C, H, W]
 */
export const laplacian = (x, [, height, width]) =>
  x.map((v, i) => {
    const column = i % width;
    const row = Math.floor(i / width) % height;
    return (
      (row ? x[i - width] : 0) +
      (row < height - 1 ? x[i + width] : 0) +
      (column ? x[i - 1] : 0) +
      (column < width - 1 ? x[i + 1] : 0) -
      4 * v
    );
  });

/** The mean square distance from the mean. @param {Float32Array} values */
export const variance = (values) => {
  const mean = sum([...values]) / values.length;
  return values.reduce((total, v) => total + (v - mean) ** 2, 0) / values.length;
};

/**
 * The variance of the Laplacian over all pixels.
 * @param {Float32Array} x a picture
 * @param {number[]} shape [C, H, W]
 */
export const sharpness = (x, shape) => variance(laplacian(x, shape));
