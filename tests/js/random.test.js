import assert from "node:assert/strict";
import { test } from "node:test";

import { normalPair, standardNormals, uniforms } from "../../views/kit/random.js";

// The first outputs of mulberry32 by seed, from its definition in 32-bit unsigned arithmetic.
const MULBERRY32 = new Map([
  [0, [1144304738, 1416247, 958946056, 627933444]],
  [1, [2693262067, 11749833, 2265367787, 4213581821]],
  [42, [2581720956, 1925393290, 3661312704, 2876485805]],
  [2 ** 32 - 1, [3850105811, 813802916, 3073704848, 4054706436]],
]);

test("uniforms are mulberry32's", () => {
  for (const [seed, outputs] of MULBERRY32) {
    const next = uniforms(seed);
    assert.deepEqual(
      outputs.map(() => next() * 2 ** 32),
      outputs,
    );
  }
});

test("a pair of normals is finite even where a uniform is zero", () => {
  for (const z of normalPair(() => 0)) assert.equal(Math.abs(z), 0);
});

test("normals have the moments of N(0, 1)", () => {
  const z = standardNormals(5, 100_000);
  const moment = (/** @type {number} */ k) => z.reduce((all, v) => all + v ** k, 0) / z.length;
  // Five standard errors: the variances of z, z^2, z^3 and z^4 are 1, 2, 15 and 96.
  [0, 1, 0, 3].forEach((expected, i) => {
    const error = Math.sqrt([1, 2, 15, 96][i] / z.length);
    assert.ok(Math.abs(moment(i + 1) - expected) < 5 * error, `moment ${i + 1}`);
  });
});

test("equal seeds give equal normals", () => {
  assert.deepEqual(standardNormals(7, 9), standardNormals(7, 9));
  assert.notDeepEqual(standardNormals(7, 9), standardNormals(8, 9));
});
