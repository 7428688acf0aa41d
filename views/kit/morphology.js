/**
 * Thickness, slant, width and height of a stroke's picture, as data/morphology.py measures them. A
 * picture x is one channel of H x W greys in [0, 1], row by row, ink bright; its shape is [C, H, W].
 */
import { clamp } from "./numbers.js";

/** @typedef {ArrayLike<number>} Grey */

const FINER = 3; // edges are found on a grid this much finer than the picture
const REACH = 5 * FINER; // of its pixels: no stroke is thicker than twice this
const SHARE = 0.98; // of the ink lies within width and height; the rest may be a stray pixel

/** Steps to all pixels nearer than REACH on the finer grid, the nearest first. */
const NEARBY = (() => {
  const steps = [];
  for (let down = -REACH; down <= REACH; down++)
    for (let right = -REACH; right <= REACH; right++) {
      const distance = Math.hypot(down, right);
      if (distance > 0 && distance < REACH) steps.push({ down, right, distance });
    }
  return steps.sort((a, b) => a.distance - b.distance);
})();

/**
 * Where each pixel of the finer grid lies between two of `size` pixels of the picture.
 * @param {number} size
 */
const between = (size) =>
  Array.from({ length: size * FINER }, (_, i) => {
    const place = Math.max((i + 0.5) / FINER - 0.5, 0);
    const low = Math.floor(place);
    return { low, high: Math.min(low + 1, size - 1), part: place - low };
  });

/**
 * Which pixels of the finer grid are ink: at least half as bright as the brightest of the picture.
 * @param {Grey} x
 * @param {number} brightest
 * @param {ReturnType<typeof between>} rows
 * @param {ReturnType<typeof between>} columns
 */
const inkOf = (x, brightest, rows, columns) => {
  const wide = columns.length / FINER;
  const ink = new Uint8Array(rows.length * columns.length);
  rows.forEach((row, i) =>
    columns.forEach(({ low, high, part }, j) => {
      const along = (/** @type {number} */ line) =>
        x[line * wide + low] * (1 - part) + x[line * wide + high] * part;
      const grey = along(row.low) * (1 - row.part) + along(row.high) * row.part;
      ink[i * columns.length + j] = Number(grey >= 0.5 * brightest);
    }),
  );
  return ink;
};

/**
 * How broad strokes are, in pixels: four times the mean distance from ink to its edge. 0 without ink.
 * @param {Grey} x
 * @param {number[]} shape [C, H, W]
 */
const thicknessOf = (x, [, height, width]) => {
  let brightest = 0;
  for (let i = 0; i < height * width; i++) brightest = Math.max(brightest, x[i]);
  if (!(brightest > 0)) return 0;
  const [tall, wide] = [height * FINER, width * FINER];
  const ink = inkOf(x, brightest, between(height), between(width));
  const isInk = (/** @type {number} */ i, /** @type {number} */ j) =>
    i >= 0 && j >= 0 && i < tall && j < wide && ink[i * wide + j];
  let total = 0;
  let count = 0;
  for (let i = 0; i < tall; i++)
    for (let j = 0; j < wide; j++) {
      if (!ink[i * wide + j]) continue;
      const edge = NEARBY.find(({ down, right }) => !isInk(i + down, j + right));
      total += (edge ? edge.distance : REACH) - 0.5;
      count += 1;
    }
  return ((4 / FINER) * total) / Math.max(count, 1);
};

/**
 * Columns to the right for each row up: the regression of column on row.
 * @param {Grey} x
 * @param {number[]} shape
 */
const leanOf = (x, [, height, width]) => {
  let total = 0;
  for (let i = 0; i < height * width; i++) total += x[i];
  const mean = (/** @type {(row: number, column: number) => number} */ f) => {
    let found = 0;
    for (let i = 0; i < height * width; i++)
      found += (x[i] / Math.max(total, 1e-12)) * f(Math.floor(i / width), i % width);
    return found;
  };
  const middle = mean((row) => row);
  const crossed = mean((row, column) => (row - middle) * column);
  return (
    -crossed /
    Math.max(
      mean((row) => (row - middle) ** 2),
      1e-12,
    )
  );
};

/**
 * The length that the middle SHARE of the ink takes along an axis on which each pixel has a place.
 * @param {Grey} x
 * @param {number[]} shape
 * @param {(row: number, column: number) => number} placeOf
 */
const extentOf = (x, [, height, width], placeOf) => {
  const room = Math.max(height, width); // on either side, for what leans out of the picture
  const below = new Float64Array(3 * room + 3);
  for (let i = 0; i < height * width; i++) {
    const place = placeOf(Math.floor(i / width), i % width);
    const low = Math.floor(place);
    const to = clamp(low + room, 0, 3 * room);
    below[to + 1] += x[i] * (1 - (place - low));
    below[to + 2] += x[i] * (place - low);
  }
  for (let i = 1; i < below.length; i++) below[i] += below[i - 1];
  return passes(below, (1 + SHARE) / 2) - passes(below, (1 - SHARE) / 2);
};

/**
 * Where a rising sum, known at whole places, passes that share of its last value.
 * @param {Float64Array} below
 * @param {number} level
 */
const passes = (below, level) => {
  const whole = Math.max(below[below.length - 1], 1e-12);
  const found = below.findIndex((ink) => ink / whole >= level);
  const after = clamp(found < 0 ? below.length : found, 1, below.length - 1);
  const left = below[after - 1] / whole;
  const right = below[after] / whole;
  return after - 1 + (level - left) / Math.max(right - left, 1e-12);
};

/**
 * All measures of the first channel: lengths in pixels of the picture, the slant in degrees to the
 * right of upright.
 * @param {Grey} x
 * @param {number[]} shape [C, H, W]
 * @returns {Record<string, number>}
 */
export const morphologyOf = (x, shape) => {
  const lean = leanOf(x, shape);
  const [, tall] = shape;
  return {
    thickness: thicknessOf(x, shape),
    slant: (Math.atan(lean) * 180) / Math.PI,
    width: extentOf(x, shape, (row, column) => column + lean * (row - tall / 2)),
    height: extentOf(x, shape, (row) => row),
  };
};
