/** What the page makes of a drawing is what data/normalize.py makes of it: see tests/drawings.py. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inflateSync } from "node:zlib";

import { normalized } from "../../views/kit/normalize.js";

/** @typedef {{ width: number, height: number, pixels: string }} Packed bytes deflated, in base64 */
/** @typedef {{ name: string, ink: Packed, cropped: Packed, digit: Packed }} Case */

/** @type {Case[]} */
const CASES = JSON.parse(readFileSync(new URL("drawings.json", import.meta.url), "utf-8")).cases;

const unpacked = (/** @type {Packed} */ { pixels }) =>
  new Uint8Array(inflateSync(Buffer.from(pixels, "base64")));
const caseOf = (/** @type {string} */ name) => {
  const found = CASES.find((one) => one.name === name);
  if (!found) throw new Error(`There is no drawing ${name}.`);
  return found;
};

test("every step agrees with Python's to one grey level", () => {
  assert.ok(CASES.length > 95);
  for (const { name, ...steps } of CASES) {
    const found = normalized(unpacked(steps.ink), steps.ink.width);
    for (const step of /** @type {const} */ (["ink", "cropped", "digit"])) {
      const { pixels, width, height } = found[step];
      assert.deepEqual(
        [width, height],
        [steps[step].width, steps[step].height],
        `${name}: ${step}`,
      );
      const off = unpacked(steps[step]).map((v, i) => Math.abs(v - pixels[i]));
      assert.equal(off.length, pixels.length);
      assert.ok(Math.max(...off) <= 1, `${name}: ${step}`);
    }
  }
});

test("an empty drawing is an empty digit", () => {
  const canvas = new Uint8Array(40 * 40);
  const { ink, cropped, digit } = normalized(canvas, 40);
  assert.equal(ink.pixels, canvas);
  assert.equal(cropped.pixels, canvas);
  assert.deepEqual(digit, { pixels: new Uint8Array(784), width: 28, height: 28 });
});

test("a digit reaches white, fits its box and has its centre of mass in the middle", () => {
  for (const name of ["scribble 0", "scribble 1", "disc 7", "rectangle 3"]) {
    const { pixels } = normalized(unpacked(caseOf(name).ink), caseOf(name).ink.width).digit;
    assert.equal(Math.max(...pixels), 255, name);
    const total = pixels.reduce((a, b) => a + b, 0);
    for (const place of [
      (/** @type {number} */ i) => i % 28,
      (/** @type {number} */ i) => Math.floor(i / 28),
    ]) {
      const inked = [...pixels.keys()].filter((i) => pixels[i]).map(place);
      assert.ok(Math.max(...inked) - Math.min(...inked) < 20, name);
      const mass = pixels.reduce((sum, v, i) => sum + v * place(i), 0) / total;
      assert.ok(mass >= 13.4 && mass < 14.6, `${name}: ${mass}`);
    }
  }
});

test("the digit does not depend on where it was drawn", () => {
  const side = 80;
  const bar = (/** @type {number} */ left, /** @type {number} */ top) =>
    Uint8Array.from({ length: side * side }, (_, i) => {
      const [x, y] = [(i % side) - left, Math.floor(i / side) - top];
      return x >= 0 && x < 9 && y >= 0 && y < 31 ? 200 + x : 0;
    });
  const { cropped, digit } = normalized(bar(0, 0), side);
  assert.deepEqual([cropped.width, cropped.height], [9, 31]);
  assert.deepEqual(normalized(bar(70, 49), side).cropped, cropped);
  assert.deepEqual(normalized(bar(70, 49), side).digit, digit);
});
