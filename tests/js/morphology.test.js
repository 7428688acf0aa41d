import assert from "node:assert/strict";
import test from "node:test";

import { morphologyOf } from "../../views/kit/morphology.js";

/** A bar in the middle that leans `lean` columns to the right for each row up, drawn finely. */
const bar = (
  /** @type {number[]} */ [, height, width],
  /** @type {number} */ thick,
  /** @type {number} */ tall,
  lean = 0,
) => {
  const finer = 12;
  return Float64Array.from({ length: height * width }, (_, pixel) => {
    let inside = 0;
    for (let i = 0; i < finer; i++)
      for (let j = 0; j < finer; j++) {
        const down = Math.floor(pixel / width) + (i + 0.5) / finer - height / 2;
        const right = (pixel % width) + (j + 0.5) / finer - width / 2;
        if (Math.abs(right + lean * down) < thick / 2 && Math.abs(down) < tall / 2) inside += 1;
      }
    return inside / finer ** 2;
  });
};
const near = (
  /** @type {number} */ found,
  /** @type {number} */ wanted,
  /** @type {number} */ off,
) => assert.ok(Math.abs(found - wanted) < off, `${found} is not ${wanted}`);

for (const shape of [
  [1, 28, 28],
  [1, 32, 40],
]) {
  test(`a bar's sides, thickness and slant are its own in ${shape}`, () => {
    const found = morphologyOf(bar(shape, 4, 20), shape);
    near(found.thickness, 4, 0.4);
    near(found.width, 0.98 * 4, 0.2);
    near(found.height, 0.98 * 20, 0.2);
    near(found.slant, 0, 1e-9);
  });

  test(`a sheared bar leans as far as it was sheared in ${shape}`, () => {
    for (const degrees of [-30, 20]) {
      const x = bar(shape, 3, 16, Math.tan((degrees * Math.PI) / 180));
      near(morphologyOf(x, shape).slant, degrees, 0.5);
    }
  });
}

test("a picture without ink has no thickness", () => {
  assert.equal(morphologyOf(new Float64Array(784), [1, 28, 28]).thickness, 0);
});
