/** The ELBO, line by line: each line adds up, against closed forms and as it is written. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  isTerm,
  LINES,
  ORIGINS,
  sumOf,
  TERMS,
  valuesOf,
  writtenOf,
} from "../../views/elbo/lines.js";
import { sum } from "../../views/kit/numbers.js";

/** @typedef {import("../../views/elbo/lines.js").Name} Name */

const near = (/** @type {number} */ a, /** @type {number} */ b, tolerance = 1e-9) =>
  assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

const A = [1, -0.4]; // log p(x|z) = C - |z - A|^2 / 2
const C = -123.456;
const POSTERIOR = { mu: A.map((a) => a / 2), sigma: [Math.SQRT1_2, Math.SQRT1_2] };
const LOG_P = C - Math.log(2) - (A[0] ** 2 + A[1] ** 2) / 4;
const QS = [
  { mu: [0.9, 0.1], sigma: [0.8, 0.5] },
  { mu: [-1.2, 0.7], sigma: [0.3, 0.9] },
  POSTERIOR,
];

/** A grid over that likelihood, whose posterior under N(0, I) is a Gaussian. */
const gaussianWindow = (n = 120, half = 8) => {
  const step = (2 * half) / n;
  const axis = Float64Array.from({ length: n }, (_, i) => -half + (i + 0.5) * step);
  const values = Float64Array.from({ length: n * n }, (_, i) => {
    const z = [axis[i % n], axis[Math.floor(i / n)]];
    return C - ((z[0] - A[0]) ** 2 + (z[1] - A[1]) ** 2) / 2;
  });
  return { centre: [0, 0], half, view: half, n, step, values, axes: [axis, axis], logP: NaN };
};

/** KL between Gaussians with diagonal covariances. */
const klOf = (/** @type {typeof POSTERIOR} */ q, /** @type {typeof POSTERIOR} */ p) =>
  sum(
    [0, 1].map(
      (d) =>
        Math.log(p.sigma[d] / q.sigma[d]) +
        (q.sigma[d] ** 2 + (q.mu[d] - p.mu[d]) ** 2) / (2 * p.sigma[d] ** 2) -
        0.5,
    ),
  );
const square = (/** @type {typeof POSTERIOR} */ { mu, sigma }, /** @type {number[]} */ at) =>
  sum([0, 1].map((d) => sigma[d] ** 2 + (mu[d] - at[d]) ** 2));
const ENTROPY = 1 + Math.log(2 * Math.PI); // of N(0, I) in two dimensions

test("every term is its closed form", () => {
  for (const q of QS) {
    const values = valuesOf(q, gaussianWindow(), LOG_P);
    const spread = Math.log(q.sigma[0] * q.sigma[1]);
    near(values.q, -ENTROPY - spread);
    near(values.likelihood, C - square(q, A) / 2);
    near(values.prior, -Math.log(2 * Math.PI) - square(q, [0, 0]) / 2);
    near(values.posterior, -Math.log(Math.PI) - square(q, POSTERIOR.mu));
    near(values.klPrior, klOf(q, { mu: [0, 0], sigma: [1, 1] }));
    near(values.gap, klOf(q, POSTERIOR));
    near(values.elbo, LOG_P - klOf(q, POSTERIOR));
    for (const [one, other] of /** @type {[Name, Name][]} */ ([
      ["reconstruction", "likelihood"],
      ["priorRatio", "klPrior"],
      ["posteriorRatio", "gap"],
      ["integral", "evidence"],
    ]))
      assert.equal(values[one], values[other]);
  }
});

test("every line that is equal adds up to log p(x), and the bound lies below it", () => {
  const window = gaussianWindow();
  for (const q of QS) {
    const values = valuesOf(q, window, LOG_P);
    const written = writtenOf(values);
    for (const line of LINES) {
      if (line.relation === "≥") continue;
      assert.equal(sumOf(line, values).toFixed(10), LOG_P.toFixed(10));
      assert.equal(sumOf(line, written).toFixed(2), LOG_P.toFixed(2));
    }
    assert.ok(sumOf(LINES[LINES.length - 1], values) <= LOG_P + 1e-9);
    for (const [name, value] of Object.entries(written))
      assert.ok(Math.abs(value - values[/** @type {Name} */ (name)]) < 0.0201, name);
  }
});

test("a coarse grid moves terms, but no sum", () => {
  const coarse = gaussianWindow(24);
  const values = valuesOf(QS[0], coarse, -500);
  for (const line of LINES) if (line.relation !== "≥") near(sumOf(line, values), -500, 1e-10);
});

test("lines are in the notes' order, each with the step to the next", () => {
  assert.deepEqual(
    LINES.map(({ why }) => why),
    [
      "marginalise over z",
      "it does not depend on z",
      "Bayes",
      "multiply by q/q",
      "split the log",
      "name the KLs",
      "name the ELBO",
      "the last is never negative",
      "",
    ],
  );
  const used = new Set(
    LINES.flatMap(({ pieces }) => pieces.filter(isTerm).map(({ term }) => term)),
  );
  assert.deepEqual([...used].sort(), Object.keys(TERMS).sort());
  for (const [name, origin] of Object.entries(ORIGINS)) assert.ok(name in TERMS && origin in TERMS);
  for (const { lights, says } of Object.values(TERMS)) {
    assert.ok(lights.length > 0);
    assert.match(says, /\.$/);
  }
});
