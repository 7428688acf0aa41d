/** Trick: gradients that add up as written, hands on the plane, moments, and a step downhill. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { descend } from "../../views/trick/descent.js";
import { addValues, freshStatistics, variance } from "../../views/trick/estimators.js";
import { computationGraph, layoutFor, roundedGradients } from "../../views/trick/graph.js";
import {
  dragged,
  frameFor,
  gripAt,
  placeOf,
  roundBelow,
  significant,
  toCode,
} from "../../views/trick/plane.js";

/** @typedef {[number, number]} Range */
const LIMITS = {
  mu: /** @type {Range} */ ([-3, 3]),
  sigma: /** @type {Range} */ ([0.005, 2]),
  epsilon: /** @type {Range} */ ([-3, 3]),
};
const DRAW = { mu: [-0.4, 0.2], sigma: [0.02, 0.01], epsilon: [0.8, -0.6] };
const FOUND = {
  reconstruction: 138.24,
  kl: 7.77,
  by_z: [150.777, -67.888],
  through: [
    [150.777, -67.888],
    [120.6216, 40.7328],
  ],
  by_kl: [
    [-0.4, 0.2],
    [-49.98, -99.99],
  ],
  total: [
    [150.377, -67.688],
    [70.6416, -59.2572],
  ],
};

test("what reaches mu and sigma and the KL's part add up to the totals as written", () => {
  const { digits, through, byKl, total } = roundedGradients(FOUND);
  for (const row of [0, 1])
    for (const i of [0, 1])
      assert.equal(
        ((through?.[row][i] ?? NaN) + byKl[row][i]).toFixed(digits),
        total[row][i].toFixed(digits),
      );
});

test("without the trick no path leads to mu and sigma, and there is no epsilon", () => {
  const shown = { ...DRAW, z: placeOf(DRAW), x: null, picture: "data:," };
  for (const width of [400, 1200]) {
    const layout = layoutFor(width);
    const graphOf = (/** @type {object} */ more) =>
      String(computationGraph(layout, { ...shown, reparameterized: true, found: FOUND, ...more }));
    const trick = graphOf({});
    assert.match(trick, /∂f\/∂z · ε/);
    assert.doesNotMatch(trick, /NaN|undefined/);
    const cut = graphOf({
      reparameterized: false,
      found: { ...FOUND, through: null, total: FOUND.by_kl },
    });
    assert.equal(cut.match(/class="cross"/g)?.length, 2);
    assert.match(cut, /no path to μ/);
    assert.doesNotMatch(cut, /ε|NaN|undefined/);
  }
});

test("what a hand takes stays under it", () => {
  const frame = frameFor(DRAW, { centre: [0, 0], half: 1 });
  assert.deepEqual(frame, { centre: DRAW.mu, half: 3.4 * 0.02 });
  assert.equal(frameFor({ ...DRAW, mu: [-0.41, 0.2] }, frame), frame);
  const middle = [46 + 131, 4 + 131];
  toCode(frame, middle).forEach((v, i) => assert.ok(Math.abs(v - DRAW.mu[i]) < 1e-12));
  assert.equal(gripAt(frame, DRAW, middle), "mu");
  assert.equal(gripAt(frame, DRAW, [47, 5]), null);
  const at = [-0.39, 0.21];
  const moved = dragged(DRAW, "z", at, LIMITS);
  placeOf(moved).forEach((v, i) => assert.ok(Math.abs(v - at[i]) < 1e-12));
  assert.deepEqual(dragged(DRAW, "sigma1", [0, 0.25], LIMITS).sigma[0], 0.02);
  assert.ok(Math.abs(dragged(DRAW, "sigma1", [0, 0.25], LIMITS).sigma[1] - 0.05) < 1e-12);
  assert.deepEqual(dragged(DRAW, "mu", [9, 0], LIMITS).mu, [3, 0]);
});

test("running moments are those of all values", () => {
  const { pathwise } = freshStatistics();
  const values = Array.from({ length: 300 }, (_, i) => 1e6 + Math.sin(i));
  addValues(pathwise[0], values.slice(0, 64));
  addValues(pathwise[0], values.slice(64));
  const mean = values.reduce((a, b) => a + b) / 300;
  const expected = values.reduce((a, v) => a + (v - mean) ** 2, 0) / 299;
  assert.ok(Math.abs(pathwise[0].mean - mean) < 1e-6);
  assert.ok(Math.abs(variance(pathwise[0]) - expected) < 1e-6);
  assert.equal(pathwise[0].last.length, 256);
});

test("a step goes downhill, and no further than half a standard deviation", () => {
  const q = { mu: [0, 0], sigma: [0.1, 0.1] };
  const small = descend(
    q,
    [
      [1, -1],
      [0, 0],
    ],
    LIMITS,
  );
  assert.ok(Math.abs(small.mu[0] + 0.3 * 0.01) < 1e-12 && small.mu[1] > 0);
  const far = descend(
    q,
    [
      [1e6, 0],
      [1e6, -1e6],
    ],
    LIMITS,
  );
  assert.ok(Math.abs(far.mu[0] + 0.05) < 1e-12);
  assert.ok(Math.abs(far.sigma[0] - 0.1 * Math.exp(-0.5)) < 1e-12);
  assert.ok(far.sigma[1] > 0.1);
});

test("numbers for people", () => {
  assert.deepEqual([0.0123456, -1234.5, 7e7].map(significant), ["0.0123", "−1,230", "70,000,000"]);
  assert.deepEqual([7, 0.034, 1, 5e4].map(roundBelow), [5, 0.02, 1, 50_000]);
});
