import assert from "node:assert/strict";
import { test } from "node:test";
import { numbersByIndex, numbersWithin } from "../../views/kit/keys.js";

test("numbers by their index come back as they were written", () => {
  const key = numbersByIndex(16, -3.5, 3.5);
  const moved = new Map([
    [3, 1.25],
    [15, -0.5],
  ]);
  assert.equal(key.write(moved), "3_1.25,15_-0.5");
  assert.deepEqual(key.read("3_1.25,15_-0.5"), moved);
  assert.equal(key.write(key.initial), "");
});

test("numbers by their index refuse what the list or the bounds do not hold", () => {
  const key = numbersByIndex(16, -3.5, 3.5);
  for (const text of ["", "3", "16_1", "3_4", "3_1_2", "3_1,3_2", "x_1", "3_NaN", "-1_1"])
    assert.equal(key.read(text), undefined, text);
});

test("numbers within ranges keep to their own range each", () => {
  const ranges = /** @type {[number, number][]} */ ([
    [0, 1],
    [-2, 2],
  ]);
  const key = numbersWithin(ranges, [0.5, 0.5], 3);
  assert.deepEqual(key.read("0,-2"), [0, -2]);
  for (const text of ["-0.1,1", "0", "0,1,2", "0,x"]) assert.equal(key.read(text), undefined, text);
});
