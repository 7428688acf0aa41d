import assert from "node:assert/strict";
import test from "node:test";
import { swipeOf } from "../../views/shell/swipe.js";

const at = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ time) => ({
  x,
  y,
  time,
});

test("to the left is the next, to the right the previous", () => {
  assert.equal(swipeOf(at(300, 400, 0), at(150, 410, 200), 390), 1);
  assert.equal(swipeOf(at(150, 400, 0), at(300, 390, 200), 390), -1);
});

test("what is short, slow, steep or from the edge of the screen leafs nowhere", () => {
  assert.equal(swipeOf(at(300, 400, 0), at(260, 400, 200), 390), 0);
  assert.equal(swipeOf(at(300, 400, 0), at(150, 400, 900), 390), 0);
  assert.equal(swipeOf(at(300, 400, 0), at(150, 500, 200), 390), 0);
  assert.equal(swipeOf(at(10, 400, 0), at(200, 400, 200), 390), 0);
  assert.equal(swipeOf(at(380, 400, 0), at(200, 400, 200), 390), 0);
});
