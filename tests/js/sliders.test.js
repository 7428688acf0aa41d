import assert from "node:assert/strict";
import test from "node:test";

import { alongDirection, alongNumber, describeMeasure, sweep } from "../../views/sliders/moves.js";

const MEAN = [0.5, -1, 2];
const DIRECTION = { step: [1, 0.5, -0.25], prediction: [0.6, 0.4, -0.8] }; // their product is 1
const near = (/** @type {number} */ a, /** @type {number} */ b) =>
  assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);

test("a direction says 0 at the mean, and what it was asked for", () => {
  const move = alongDirection(DIRECTION, MEAN);
  near(move.valueOf(MEAN), 0);
  const z = move.moved([1, 2, 3], -1.5);
  near(move.valueOf(z), -1.5);
  move.moved(z, move.valueOf([1, 2, 3])).forEach((v, i) => near(v, [1, 2, 3][i]));
});

test("a numbered slider moves its number alone", () => {
  const move = alongNumber({ index: 1, name: "z2", worth: "", low: -2, high: 4, dead: false });
  assert.deepEqual(move.moved([1, 2, 3], 9), [1, 9, 3]);
  assert.equal(move.valueOf([1, 2, 3]), 2);
  assert.deepEqual(
    sweep(move, [1, 2, 3], 4).map((z) => z[1]),
    [-2, 0, 2, 4],
  );
});

test("a measure in deviations and in its unit", () => {
  assert.equal(describeMeasure(7, { mean: 10, deviation: 2, unit: " px" }), "−1.5 (7.0 px)");
});
