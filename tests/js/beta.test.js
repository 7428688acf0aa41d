import assert from "node:assert/strict";
import test from "node:test";

import { codesShown, eased, mixed, toModel, toShown } from "../../views/beta/motion.js";
import { nearestPoint, placeOf, planeOf, tangentOf } from "../../views/beta/plane.js";

const MIRRORED = {
  axes: [
    { number: 1, sign: -1 },
    { number: 0, sign: 1 },
  ],
};
const POINTS = [
  { rate: 60, distortion: 130 },
  { rate: 10, distortion: 140 },
  { rate: 2, distortion: 170 },
];

test("axes that are swapped and mirrored come back", () => {
  assert.deepEqual(toShown(MIRRORED, [3, 5]), [-5, 3]);
  assert.deepEqual(toModel(MIRRORED, toShown(MIRRORED, [3, 5])), [3, 5]);
  assert.deepEqual(
    [...codesShown(MIRRORED, Float32Array.of(3, 5, 1, 0))].map((v) => v + 0),
    [-5, 3, 0, 1],
  );
});

test("halfway between two frames; sizes change by factors", () => {
  const frame = (/** @type {number} */ v) => ({
    codes: [v, -v],
    centre: [v, v],
    half: v,
    rate: v,
    distortion: v,
    landing: { z: [v, v], std: [v, v] },
  });
  const { half, codes, landing, rate } = mixed(frame(1), frame(4), 0.5);
  assert.deepEqual([half, codes, landing?.z, rate], [2, [2.5, -2.5], [2.5, 2.5], 2.5]);
  assert.deepEqual([0, 0.5, 1].map(eased), [0, 0.5, 1]);
  assert.equal(mixed({ ...frame(1), landing: null }, frame(4), 0.1).landing?.z[0], 4);
});

test("a rate far beyond the others stands at the edge of the plane", () => {
  const plane = planeOf(POINTS, 400);
  assert.equal(placeOf(plane, POINTS[0]).x, plane.x.range[1]);
  assert.ok(placeOf(plane, POINTS[1]).x < plane.x.range[1]);
  POINTS.forEach((point, i) => {
    const { x, y } = placeOf(plane, point);
    assert.equal(nearestPoint(plane, POINTS, [x + 3, y - 3]), i);
  });
});

test("the tangent has the slope -beta, as the axes count", () => {
  const plane = planeOf(POINTS, 400);
  const { x1, y1, x2, y2 } = tangentOf(plane, POINTS[1], 4);
  const rise = plane.y.invert(y2) - plane.y.invert(y1);
  const run = plane.x.invert(x2) - plane.x.invert(x1);
  assert.ok(Math.abs(rise / run + 4) < 1e-9);
});
