/** Interpolate's film runs there and back again. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { nextStep } from "../../views/interpolate/film.js";

test("the film turns at both ends", () => {
  const shown = [0];
  let way = /** @type {1 | -1} */ (1);
  for (let i = 0; i < 8; i++) {
    const next = nextStep(shown[shown.length - 1], way, 3);
    shown.push(next.at);
    way = next.way;
  }
  assert.deepEqual(shown, [0, 1, 2, 3, 2, 1, 0, 1, 2]);
});
