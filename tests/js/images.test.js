import assert from "node:assert/strict";
import { test } from "node:test";
import { signedColours } from "../../views/kit/images.js";

test("signed values are orange above 0, blue below, black at 0 and full at the limit", () => {
  const [above, below, none, beyond] = [0, 1, 2, 3];
  const bytes = signedColours([1, -2, 0, 9], [1, 2, 2], 2);
  const colour = (/** @type {number} */ i) => [bytes[i], bytes[4 + i], bytes[8 + i]];
  assert.deepEqual(colour(above), [128, 80, 14]);
  assert.deepEqual(colour(below), [64, 156, 255]);
  assert.deepEqual(colour(none), [0, 0, 0]);
  assert.deepEqual(colour(beyond), [255, 159, 28]);
});

test("channels of signed values are averaged", () => {
  assert.deepEqual(signedColours([1, -2, 4], [3, 1, 1]), signedColours([1], [1, 1, 1]));
});
