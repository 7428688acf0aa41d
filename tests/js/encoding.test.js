import assert from "node:assert/strict";
import { test } from "node:test";

import {
  decodeBytes,
  decodeDoubles,
  decodeFloats,
  decodeHalves,
  encodeBytes,
  fromHalf,
} from "../../views/kit/encoding.js";

/** Bits of half precision and the number that IEEE 754 gives them. @type {[number, number][]} */
const HALVES = [
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 2 ** -24], // the smallest
  [0x8001, -(2 ** -24)],
  [0x03ff, 1023 * 2 ** -24], // the largest that is subnormal
  [0x0400, 2 ** -14], // the smallest that is not
  [0x2e66, 1638 / 2 ** 14], // the nearest to 0.1
  [0x3555, 1365 / 2 ** 12], // the nearest to 1 / 3
  [0x3c00, 1],
  [0x3c01, 1 + 2 ** -10],
  [0xc000, -2],
  [0x4248, 3.140625],
  [0x7bff, 65504], // the largest
  [0xfbff, -65504],
];

/** @param {ArrayBufferView} values */
const encode = ({ buffer, byteOffset, byteLength }) =>
  encodeBytes(new Uint8Array(/** @type {ArrayBuffer} */ (buffer), byteOffset, byteLength));

test("half precision is read to the last bit", () => {
  const values = fromHalf(Uint16Array.from(HALVES, ([bits]) => bits));
  HALVES.forEach(([bits, expected], i) =>
    assert.ok(Object.is(values[i], expected), `${bits.toString(16)}: ${values[i]}`),
  );
});

test("all finite numbers of half precision are in order", () => {
  const values = fromHalf(Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits));
  for (let i = 1; i < values.length; i++) assert.ok(values[i] > values[i - 1], `${i}`);
});

test("bytes survive their way as text", () => {
  for (let length = 0; length < 5; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => 251 + i);
    assert.deepEqual(decodeBytes(encodeBytes(bytes)), bytes);
  }
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.equal(encodeBytes(all), Buffer.from(all).toString("base64"));
  assert.deepEqual(decodeBytes(encodeBytes(new Uint8ClampedArray(all))), all);
});

test("numbers of every size survive their way as text", () => {
  const floats = Float32Array.of(0, -1.5, Math.PI, 3e38, NaN);
  assert.deepEqual(decodeFloats(encode(floats)), floats);
  const doubles = Float64Array.of(0, -1.5, Math.PI, 1e308, -Infinity);
  assert.deepEqual(decodeDoubles(encode(doubles)), doubles);
  assert.deepEqual(decodeHalves(encode(Uint16Array.of(0x3c00, 0xc000))), Float32Array.of(1, -2));
});

test("what is no base64 throws", () => {
  assert.throws(() => decodeBytes("!"));
});
