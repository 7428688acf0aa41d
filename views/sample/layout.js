/** Where Sample's map puts codes, and the codes themselves: numbers in, numbers out. */
import { linear } from "../kit/chart.js";

/** @typedef {[number, number]} Place */
/** @typedef {{ x: import("../kit/chart.js").Scale, y: import("../kit/chart.js").Scale }} Scales */

export const RADII = [1, 2]; // standard deviations of N(0, I) that have a circle
const PAD = 1.1; // how much more than the extent is shown

/** Rows of `size` numbers. @param {Float32Array} values @param {number} size */
export const rowsOf = (values, size) =>
  Array.from({ length: values.length / size }, (_, i) => [
    ...values.subarray(i * size, (i + 1) * size),
  ]);

/** The middle of some numbers. @param {number[]} values at least one */
const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/**
 * Where the name of each class is written: at the median of its codes.
 * @param {Place[]} points
 * @param {number[]} classes
 */
export const centresOf = (points, classes) =>
  [...new Set(classes)].map((name) => {
    const own = points.filter((_, i) => classes[i] === name);
    return {
      name,
      at: /** @type {Place} */ ([0, 1].map((axis) => median(own.map((p) => p[axis])))),
    };
  });

/**
 * Scales of one unit's length that hold all codes, draws and circles in a frame.
 * @param {Place[]} places
 * @param {{ left: number, right: number, top: number, bottom: number }} frame in CSS pixels
 * @returns {Scales}
 */
export const scalesOf = (places, { left, right, top, bottom }) => {
  const most = Math.max(...RADII);
  const ends = [0, 1].map((axis) => {
    const values = [...places.map((place) => place[axis]), -most, most];
    return [Math.min(...values), Math.max(...values)];
  });
  const room = [right - left, bottom - top];
  const unit = Math.min(...ends.map(([low, high], i) => room[i] / (PAD * (high - low))));
  const [across, up] = ends.map(([low, high], i) => {
    const half = room[i] / unit / 2;
    return /** @type {Place} */ ([(low + high) / 2 - half, (low + high) / 2 + half]);
  });
  return { x: linear(across, [left, right]), y: linear(up, [bottom, top]) };
};
