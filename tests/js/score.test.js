import assert from "node:assert/strict";
import { test } from "node:test";
import { uniforms } from "../../views/kit/random.js";
import {
  exactScore,
  langevinStep,
  nearestShares,
  plus,
  relativeDensity,
} from "../../views/score/mixture.js";

const ONE = { weights: [1], means: [[0.3, 0.4]], std: 0.06 };
const TWO = {
  weights: [0.75, 0.25],
  means: [
    [0.3, 0.4],
    [0.7, 0.6],
  ],
  std: 0.06,
};

test("the score of one Gaussian is (mean - x) / variance", () => {
  const [a, b] = exactScore(ONE, [0.5, 0.1], 0.08);
  assert.ok(Math.abs(a - (0.3 - 0.5) / 0.01) < 1e-9);
  assert.ok(Math.abs(b - (0.4 - 0.1) / 0.01) < 1e-9);
});

test("the score is the slope of the log density", () => {
  const sigma = 0.1;
  const h = 1e-5;
  for (const x of /** @type {[number, number][]} */ ([
    [0.45, 0.5],
    [0.6, 0.55],
    [0.2, 0.9],
  ])) {
    const log = (/** @type {[number, number]} */ step) =>
      Math.log(relativeDensity(TWO, plus(x, step, h), sigma));
    const slope = [log([1, 0]) - log([-1, 0]), log([0, 1]) - log([0, -1])].map((v) => v / (2 * h));
    exactScore(TWO, x, sigma).forEach((v, i) => assert.ok(Math.abs(v - slope[i]) < 1e-4));
  }
});

test("far from all Gaussians the score is 0, not no number", () => {
  assert.deepEqual(exactScore(ONE, [50, 50], 0.02), [0, 0]);
});

test("Langevin steps of many points keep the Gaussian they were drawn from", () => {
  const next = uniforms(1);
  const field = (/** @type {[number, number]} */ x) => exactScore(ONE, x, 0.08);
  let points = Array.from({ length: 4000 }, () => /** @type {[number, number]} */ ([0.3, 0.4]));
  for (let i = 0; i < 100; i++) points = langevinStep(points, field, 0.001, next);
  const mean = points.reduce((sum, [a]) => sum + a, 0) / points.length;
  const variance = points.reduce((sum, [a]) => sum + (a - mean) ** 2, 0) / points.length;
  assert.ok(Math.abs(mean - 0.3) < 4 * (0.1 / Math.sqrt(4000)));
  // The stationary variance of the discrete chain is s^2 / (1 - stride / (4 s^2)), s = 0.1.
  assert.ok(Math.abs(variance / (0.01 / (1 - 0.001 / 0.04)) - 1) < 4 * Math.sqrt(2 / 4000));
});

test("points are counted with the Gaussian whose middle is nearest", () => {
  assert.deepEqual(
    nearestShares(TWO, [
      [0.3, 0.4],
      [0.35, 0.3],
      [0.2, 0.2],
      [0.9, 0.9],
    ]),
    [0.75, 0.25],
  );
});
