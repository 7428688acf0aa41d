/** A digit in a link: packed, unpacked, and refused where it is not exactly one. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { packPixels, unpackPixels } from "../../views/kit/packing.js";
import { digitKey } from "../../views/shell/digit_link.js";

const digit = Uint8Array.from({ length: 784 }, (_, i) => (i * i * 31) % 256);

test("pixels come back as they went in", async () => {
  const packed = await packPixels(digit);
  assert.deepEqual(digitKey.read(`4.${packed}`), { label: "4", packed });
  assert.deepEqual(await unpackPixels(packed, digit.length), digit);
});

test("more or fewer bytes than a digit's are no digit", async () => {
  const packed = await packPixels(digit);
  assert.equal(await unpackPixels(packed, 783), undefined);
  assert.equal(await unpackPixels(packed, 785), undefined);
  const bomb = await packPixels(new Uint8Array(10_000_000));
  assert.equal(await unpackPixels(bomb, 784), undefined);
  await assert.rejects(unpackPixels("abc", 784));
});

test("texts that cannot be a digit are refused unread", () => {
  for (const text of ["", ".", "..", "x-y.abc", ".%%%", `4.${"a".repeat(9000)}`])
    assert.equal(digitKey.read(text), undefined, text);
  assert.equal(digitKey.write(null), "");
});
