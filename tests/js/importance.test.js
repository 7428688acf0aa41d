/** Sums over a window and over importance weights, against known answers. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  evidenceOf,
  finer,
  iwaeOf,
  logMean,
  logNormal,
  termsOf,
} from "../../views/kit/importance.js";

const near = (/** @type {number} */ a, /** @type {number} */ b, tolerance = 1e-9) =>
  assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

/** log p(x|z) = c - |z - a|^2 / 2, whose posterior under N(0, I) is N(a / 2, I / 2). */
const gaussianWindow = (/** @type {number[]} */ a, c = -3, n = 120, half = 8) => {
  const step = (2 * half) / n;
  const axis = Float64Array.from({ length: n }, (_, i) => -half + (i + 0.5) * step);
  const values = Float64Array.from({ length: n * n }, (_, i) => {
    const z = [axis[i % n], axis[Math.floor(i / n)]];
    return c - ((z[0] - a[0]) ** 2 + (z[1] - a[1]) ** 2) / 2;
  });
  return { centre: [0, 0], half, view: half, n, step, values, axes: [axis, axis], logP: NaN };
};

test("ELBO and gap add up to log p(x), and the gap is KL from the posterior", () => {
  const a = [1, -0.4];
  const window = gaussianWindow(a);
  const logP = -3 - Math.log(2) - (a[0] ** 2 + a[1] ** 2) / 4;
  const best = { mu: a.map((v) => v / 2), sigma: [Math.SQRT1_2, Math.SQRT1_2] };
  near(termsOf(best, window, logP).gap, 0);
  near(termsOf(best, window, logP).elbo, logP);
  const q = { mu: [0.9, 0.1], sigma: [0.8, 0.5] };
  const { elbo, gap } = termsOf(q, window, logP);
  near(elbo + gap, logP);
  const klOf = (/** @type {number} */ d) =>
    Math.log(best.sigma[d] / q.sigma[d]) +
    (q.sigma[d] ** 2 + (q.mu[d] - best.mu[d]) ** 2) / (2 * best.sigma[d] ** 2) -
    0.5;
  near(gap, klOf(0) + klOf(1));
});

test("the bound of K samples is the mean of log means, and all weights estimate log p(x)", () => {
  const logs = Float64Array.from([0, Math.log(3), Math.log(2), Math.log(6)]);
  near(logMean(logs), Math.log(3));
  near(iwaeOf(logs, 1).mean, (Math.log(3) + Math.log(2) + Math.log(6)) / 4);
  near(iwaeOf(logs, 2).mean, (Math.log(2) + Math.log(4)) / 2);
  near(evidenceOf(logs).value, Math.log(3));
  near(evidenceOf(logs).effective, 144 / 50);
  assert.equal(evidenceOf(new Float64Array(100)).error, 0);
  near(logMean(Float64Array.from([-1000, -1000])), -1000);
});

test("splines keep a parabola away from the edge", () => {
  const [n, times] = [12, 4];
  const parabola = (/** @type {number} */ x, /** @type {number} */ y) =>
    3 - x * x - 0.5 * y * y + x;
  const values = Float32Array.from({ length: n * n }, (_, i) =>
    parabola((i % n) - 5, Math.floor(i / n) - 5),
  );
  const fine = finer(values, n, times);
  const at = (/** @type {number} */ i) => (i + 0.5) / times - 0.5 - 5;
  for (let row = 8; row < 40; row += 5)
    for (let column = 8; column < 40; column += 3)
      near(fine[row * n * times + column], parabola(at(column), at(row)), 1e-4);
});

test("the density of the normal", () => {
  near(logNormal(1, 1, 2), -0.5 * Math.log(8 * Math.PI));
});
