import assert from "node:assert/strict";
import test from "node:test";

import { keptApart } from "../../views/kit/chart.js";
import { classCentres, densities, nearest } from "../../views/kit/density.js";
import {
  holds,
  latticePlaces,
  MARGIN,
  TILE,
  toCode,
  toPixel,
  within,
} from "../../views/kit/square.js";

const SQUARE = { centre: [1, -2], half: 3, side: 5 * TILE };

test("codes go to places and back, upwards on the screen", () => {
  for (const z of [
    [1, -2],
    [-1.5, 0.25],
    [9, 9],
  ])
    toCode(SQUARE, ...toPixel(SQUARE, z)).forEach((v, i) => assert.ok(Math.abs(v - z[i]) < 1e-12));
  assert.deepEqual(toPixel(SQUARE, [-2, 1]), [MARGIN.left, MARGIN.top]);
});

test("what is beyond the square comes to its edge", () => {
  assert.deepEqual(within(SQUARE, [9, -9]), [4, -5]);
  assert.equal(holds(SQUARE, [9, -9]), false);
  assert.equal(holds(SQUARE, [4, -5]), true);
});

test("the lattice has a place at the middle of each tile", () => {
  const places = latticePlaces(SQUARE);
  assert.equal(places.length, 25);
  const [x, y] = toPixel(SQUARE, places[7]); // the third of the second row
  assert.ok(Math.abs(x - MARGIN.left - 2.5 * TILE) < 1e-9);
  assert.ok(Math.abs(y - MARGIN.top - 1.5 * TILE) < 1e-9);
});

test("the density of cells is that of their centres", () => {
  const data = { codes: [0, 0, 1, -1, 2.5, -3, -1, -4.2], classes: [3, 3, 8, 8], bandwidth: 0.4 };
  const [n, step] = [12, 0.5];
  const cells = densities(data, SQUARE, n, step);
  cells.forEach((density, i) => {
    const place = [-2 + ((i % n) + 0.5) * step, 1 - (Math.floor(i / n) + 0.5) * step];
    assert.ok(Math.abs(density - nearest(data, place).density) < 1e-5);
  });
});

test("the nearest image and its class's middle", () => {
  const data = { codes: [0, 0, 2, 2, 4, 8, 5, 5], classes: [3, 3, 3, 0], bandwidth: 1 };
  const { digit, distance } = nearest(data, [5, 6]);
  assert.deepEqual([digit, distance], [0, 1]);
  assert.deepEqual(classCentres(data, 4), [[5, 5], null, null, [2, 2]]);
});

test("labels in one place move apart, those that are far stay", () => {
  const places = /** @type {[number, number][]} */ ([
    [10, 10],
    [10, 12],
    [90, 90],
  ]);
  const [a, b, far] = keptApart(places, 15);
  assert.ok(Math.hypot(a[0] - b[0], a[1] - b[1]) > 14.9);
  assert.deepEqual(far, [90, 90]);
});
