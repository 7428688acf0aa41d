/** The GAN view's codes and its measure of sharpness. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { priorCodes, straight, turned } from "../../views/gan/codes.js";
import { laplacian, sharpness, variance } from "../../views/gan/sharpness.js";

const SHAPE = [1, 3, 4];
const EVEN = Float32Array.from({ length: 12 }, () => 0.5);
const POINT = Float32Array.from({ length: 12 }, (_, i) => Number(i === 5)); // row 1, column 1

test("the Laplacian of a point is the kernel around it, and edges see black", () => {
  assert.deepEqual([...laplacian(POINT, SHAPE)], [0, 1, 0, 0, 1, -4, 1, 0, 0, 1, 0, 0]);
  const even = [...laplacian(EVEN, SHAPE)];
  assert.deepEqual(even.slice(4, 8), [-0.5, 0, 0, -0.5]);
  assert.equal(even[0], -1); // a corner lacks two neighbours
});

test("channels are measured apart", () => {
  const two = Float32Array.from([...POINT, ...POINT]);
  const once = [...laplacian(POINT, SHAPE)];
  assert.deepEqual([...laplacian(two, [2, 3, 4])], [...once, ...once]);
  assert.equal(sharpness(two, [2, 3, 4]), sharpness(POINT, SHAPE));
});

test("variance is the mean square distance from the mean", () => {
  assert.equal(variance(Float32Array.from([1, 3, 5, 7])), 5);
});

test("a turn from draw to draw keeps their spread, a straight line does not", () => {
  const count = 200;
  const [from, to] = [1, 2].map((seed) => priorCodes(seed, count, 50));
  const spread = (/** @type {number[][]} */ codes) => variance(Float32Array.from(codes.flat()));
  const half = from.map((a, i) => turned(a, to[i], 0.5));
  assert.ok(Math.abs(spread(half) - 1) < 0.03);
  assert.ok(Math.abs(spread(from.map((a, i) => straight(a, to[i], 0.5))) - 0.5) < 0.03);
  const close = (/** @type {number[]} */ a, /** @type {number[]} */ b) =>
    a.every((v, i) => Math.abs(v - b[i]) < 1e-12);
  for (const way of [turned, straight]) {
    assert.ok(close(way(from[0], to[0], 0), from[0]));
    assert.ok(close(way(from[0], to[0], 1), to[0]));
  }
});

test("the next seed's codes are those that the walk ends at", () => {
  assert.deepEqual(priorCodes(7, 3, 4), priorCodes(7, 3, 4));
  assert.notDeepEqual(priorCodes(7, 3, 4), priorCodes(8, 3, 4));
});
