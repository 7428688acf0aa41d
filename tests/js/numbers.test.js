import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addingUp,
  clamp,
  exact,
  format,
  powerOfTen,
  signed,
  sum,
} from "../../views/kit/numbers.js";
import { uniforms } from "../../views/kit/random.js";

test("a written number has a true minus sign, and none before a zero", () => {
  assert.equal(format(-1.256), "−1.26");
  assert.equal(format(-0.004), "0.00");
  assert.equal(format(-0.4, 0), "0");
  assert.equal(format(-0.5, 1), "−0.5");
  assert.equal(format(12, 0), "12");
});

test("all digits, and powers of ten, are written as people write them", () => {
  assert.equal(exact(-0.1725), "−0.1725");
  assert.equal(exact(3), "3");
  assert.equal(powerOfTen(3.2e-7), "3 · 10⁻⁷");
  assert.equal(powerOfTen(4e12), "4 · 10¹²");
});

test("a signed number says plus where it is not negative", () => {
  assert.equal(signed(1.5, 1), "+1.5");
  assert.equal(signed(0), "+0.00");
  assert.equal(signed(-1.5, 1), "−1.5");
});

test("clamp keeps a number between its bounds", () => {
  assert.deepEqual(
    [-2, 0.5, 3].map((v) => clamp(v, -1, 1)),
    [-1, 0.5, 1],
  );
});

test("rounded parts sum to their rounded total, each within one unit of what it was", () => {
  const next = uniforms(3);
  for (let trial = 0; trial < 2000; trial++) {
    const digits = trial % 4;
    const values = Array.from({ length: 1 + (trial % 17) }, () => 200 * (next() - 0.5));
    const { parts, sum: total } = addingUp(values, digits);
    const unit = 10 ** -digits;
    const units = parts.map((v) => Math.round(v / unit));
    assert.equal(sum(units), Math.round(total / unit));
    assert.ok(Math.abs(total - sum(values)) <= 0.5 * unit + 1e-9);
    values.forEach((v, i) => assert.ok(Math.abs(parts[i] - v) < unit + 1e-9));
  }
});

test("the largest remainders are rounded up", () => {
  assert.deepEqual(addingUp([0.4, 0.3, 0.3], 0), { parts: [1, 0, 0], sum: 1 });
  assert.deepEqual(addingUp([1.26, 1.26], 1, 2.6), { parts: [1.3, 1.3], sum: 2.6 });
});
