import { clamp } from "./numbers.js";

// Thickness, slant, width and height of a picture of 28x28 greys: models/morphology.py, in the page.

const SIDE = 28,
  FINER = 3,
  FINE = SIDE * FINER,
  REACH = 5 * FINER,
  SHARE = 0.98;

// Steps to all pixels nearer than REACH on the finer grid, the nearest first.
const NEARBY = (() => {
  const steps = [];
  for (let down = -REACH; down <= REACH; down++)
    for (let right = -REACH; right <= REACH; right++) {
      const distance = Math.hypot(down, right);
      if (distance > 0 && distance < REACH) steps.push({ down, right, distance });
    }
  return steps.sort((a, b) => a.distance - b.distance);
})();

// Where a pixel of the finer grid lies between two of the picture.
const BETWEEN = Array.from({ length: FINE }, (_, i) => {
  const place = Math.max((i + 0.5) / FINER - 0.5, 0),
    low = Math.floor(place);
  return { low, high: Math.min(low + 1, SIDE - 1), part: place - low };
});

const thicknessOf = (x) => {
  const brightest = x.reduce((a, b) => Math.max(a, b), 0);
  if (!(brightest > 0)) return 0;
  const ink = new Uint8Array(FINE * FINE);
  BETWEEN.forEach((row, i) =>
    BETWEEN.forEach((column, j) => {
      const along = ({ low, high, part }, line) =>
        x[line * SIDE + low] * (1 - part) + x[line * SIDE + high] * part;
      const grey = along(column, row.low) * (1 - row.part) + along(column, row.high) * row.part;
      ink[i * FINE + j] = grey >= 0.5 * brightest;
    }),
  );
  const isInk = (i, j) => i >= 0 && j >= 0 && i < FINE && j < FINE && ink[i * FINE + j];
  let total = 0,
    count = 0;
  for (let i = 0; i < FINE; i++)
    for (let j = 0; j < FINE; j++) {
      if (!ink[i * FINE + j]) continue;
      const edge = NEARBY.find(({ down, right }) => !isInk(i + down, j + right));
      total += (edge ? edge.distance : REACH) - 0.5;
      count += 1;
    }
  return ((4 / FINER) * total) / Math.max(count, 1);
};

// Columns to the right for each row up: the regression of column on row.
const leanOf = (x) => {
  const total = Math.max(
    x.reduce((a, b) => a + b, 0),
    1e-12,
  );
  const mean = (f) => {
    let found = 0;
    for (let i = 0; i < SIDE * SIDE; i++)
      found += (x[i] / total) * f(Math.floor(i / SIDE), i % SIDE);
    return found;
  };
  const middle = mean((row) => row);
  return (
    -mean((row, column) => (row - middle) * column) /
    Math.max(
      mean((row) => (row - middle) ** 2),
      1e-12,
    )
  );
};

// The length that the middle SHARE of the ink takes along an axis on which a pixel has a place.
const extentOf = (x, placeOf) => {
  const below = new Float64Array(3 * SIDE + 3);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const place = placeOf(Math.floor(i / SIDE), i % SIDE),
      low = Math.floor(place);
    const to = clamp(low + SIDE, 0, 3 * SIDE);
    below[to + 1] += x[i] * (1 - (place - low));
    below[to + 2] += x[i] * (place - low);
  }
  for (let i = 1; i < below.length; i++) below[i] += below[i - 1];
  const whole = Math.max(below.at(-1), 1e-12);
  const passes = (level) => {
    const found = below.findIndex((ink) => ink / whole >= level);
    const after = clamp(found < 0 ? below.length : found, 1, below.length - 1);
    const left = below[after - 1] / whole,
      right = below[after] / whole;
    return after - 1 + (level - left) / Math.max(right - left, 1e-12);
  };
  return passes((1 + SHARE) / 2) - passes((1 - SHARE) / 2);
};

export const morphologyOf = (x) => {
  const lean = leanOf(x);
  return {
    thickness: thicknessOf(x),
    slant: (Math.atan(lean) * 180) / Math.PI,
    width: extentOf(x, (row, column) => column + lean * (row - SIDE / 2)),
    height: extentOf(x, (row) => row),
  };
};
