/** Classes: what is said about a digit. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { indexOfLargest, softmax } from "../../views/kit/numbers.js";
import { readingOf } from "../../views/classes/reading.js";

const SHARES = [0.0005, 0.9, 0.0995];
const of = (/** @type {object} */ change) =>
  String(readingOf({ shares: SHARES, read: 1, said: null, label: null, ...change }));

test("the visitor's word comes before a sample's label, and that before what was read", () => {
  assert.equal(of({}), "<b>Read as a 1</b>, 90.0 % sure. Wrong? Click the right class.");
  assert.equal(of({ label: 2 }), "A sample, labelled 2. The classifier reads a 1, 90.0 % sure.");
  assert.equal(of({ said: 8, label: 2 }), "You say an 8. The classifier read a 1, 90.0 % sure.");
  assert.equal(of({ read: null }), "This digit has not been read.");
  assert.match(of({ shares: [0, 0.9999, 0.0001] }), /over 99\.9 % sure/);
});

test("softmax sums to one whatever is added to all log-odds, and finds the largest", () => {
  const shares = softmax([1000, 1001, 999]);
  assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-12);
  assert.deepEqual(shares, softmax([0, 1, -1]));
  assert.equal(indexOfLargest(shares), 1);
  assert.equal(indexOfLargest([]), -1);
});
