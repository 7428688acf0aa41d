import assert from "node:assert/strict";
import test from "node:test";

import { putOnSlider } from "../../views/kit/slider.js";

test("a value beyond the usual range has its place on the slider", () => {
  const slider = /** @type {HTMLInputElement} */ ({ min: "", max: "", value: "" });
  putOnSlider(slider, 1e4, [-1, 1]);
  assert.deepEqual({ ...slider }, { min: "-1", max: "10000", value: "10000" });
  putOnSlider(slider, -1e4, [-1, 1]);
  assert.deepEqual({ ...slider }, { min: "-10000", max: "1", value: "-10000" });
  putOnSlider(slider, 0.5, [-1, 1]);
  assert.deepEqual({ ...slider }, { min: "-1", max: "1", value: "0.5" });
});
