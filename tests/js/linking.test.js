/** Maps: how a place on one map is found on another. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { linkedPlace, quantileOf, sortedCoordinates, valueAt } from "../../views/maps/linking.js";
import { standardNormals } from "../../views/kit/random.js";

const map = (/** @type {ArrayLike<number>} */ codes, /** @type {number[]} */ classes) => ({
  codes,
  classes,
  bandwidth: 1,
});
const COUNT = 200;
const CLASSES = Array.from({ length: COUNT }, (_, i) => i % 10);
const ONE = map(standardNormals(1, 2 * COUNT), CLASSES);
// The same images, stretched, moved, and with the axes' signs as they are: quantiles stay.
const OTHER = map(
  Float64Array.from(ONE.codes, (v, i) => (i % 2 ? 5 * v - 3 : 0.1 * v + 40)),
  CLASSES,
);

test("a quantile is the share of codes below, and leads back to its value", () => {
  const [first] = sortedCoordinates([3, 0, 1, 0, 2, 0]);
  assert.deepEqual([...first], [1, 2, 3]);
  assert.equal(quantileOf(first, 2), 0.5);
  assert.equal(quantileOf(first, 2.5), 0.75);
  assert.equal(quantileOf(first, -9), 0);
  assert.equal(quantileOf(first, 9), 1);
  for (const v of [1, 1.25, 2, 2.9, 3]) assert.equal(valueAt(first, quantileOf(first, v)), v);
  const tied = Float64Array.from([1, 2, 2, 2, 3]);
  for (const v of [1, 1.5, 2, 2.5, 3]) assert.equal(valueAt(tied, quantileOf(tied, v)), v);
});

test("the same quantile there and back is the same place, and follows a map that is stretched", () => {
  const z = [0.31, -0.77];
  const there = /** @type {number[]} */ (linkedPlace("quantile", z, ONE, OTHER));
  const back = /** @type {number[]} */ (linkedPlace("quantile", there, OTHER, ONE));
  assert.ok(Math.abs(there[0] - (0.1 * z[0] + 40)) < 1e-9);
  assert.ok(Math.abs(there[1] - (5 * z[1] - 3)) < 1e-9);
  for (const i of [0, 1]) assert.ok(Math.abs(back[i] - z[i]) < 1e-9);
});

test("the same digit is at its own code on every map, the one under the pointer too", () => {
  const at = [ONE.codes[14] + 1e-6, ONE.codes[15]];
  assert.deepEqual(linkedPlace("digit", at, ONE, ONE), [ONE.codes[14], ONE.codes[15]]);
  assert.deepEqual(linkedPlace("digit", at, ONE, OTHER), [OTHER.codes[14], OTHER.codes[15]]);
  const foreign = map(OTHER.codes, [...CLASSES].reverse());
  assert.equal(linkedPlace("digit", at, ONE, foreign), null);
});

test("the same z asks for no codes, the others wait for them", () => {
  const empty = map([], []);
  assert.deepEqual(linkedPlace("z", [1, 2], ONE, empty), [1, 2]);
  assert.equal(linkedPlace("quantile", [1, 2], ONE, empty), null);
  assert.equal(linkedPlace("digit", [1, 2], empty, ONE), null);
});
