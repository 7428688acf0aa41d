/** DRAW: what is said of a change, seen in the canvases. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { changeOf, unchangedOf } from "../../views/draw/changes.js";

test("which canvases stayed is seen in their pixels", () => {
  const before = Float32Array.from([0, 0, 1, 1, 2, 2]);
  const after = Float32Array.from([0, 0, 1, 1, 2, 2.5]);
  assert.deepEqual(unchangedOf(before, after, 3), [true, true, false]);
  assert.deepEqual(unchangedOf(before, before, 3), [true, true, true]);
});

test("a change is said with what stayed", () => {
  assert.equal(
    changeOf(3, [0.5, -1], [true, true, false, false]),
    "z of step 3 = (0.50, −1.00). Canvases 1 to 2 stay as they were; step 3 and all after it changed.",
  );
  assert.match(changeOf(2, [0], [true, false]), /Canvas 1 stays as it was; step 2 and all/);
  assert.match(changeOf(1, [0], [false, false]), /= \(0\.00\)\. step 1 and all/);
  assert.match(changeOf(2, [0], [true, true]), /Canvases 1 to 2 stay as they were; nothing/);
});
