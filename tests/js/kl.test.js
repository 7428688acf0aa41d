/** KL: four ways to one number, and numbers that add up as written. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { standardNormals } from "../../views/kit/random.js";
import { areasText, digitsFor, lookedAt } from "../../views/kl/curves.js";
import { deviation, integrals, klTerms, monteCarlo } from "../../views/kl/gaussians.js";
import { closedForm } from "../../views/kl/terms.js";
import { sum } from "../../views/kit/numbers.js";

const PAIRS = [
  [
    { mu: -1, sigma: 0.8 },
    { mu: 0.5, sigma: 1.5 },
  ],
  [
    { mu: 0.7, sigma: 2.5 },
    { mu: -0.2, sigma: 0.8 },
  ],
  [
    { mu: -0.039, sigma: 0.019 },
    { mu: 0, sigma: 1 },
  ],
];

test("closed form, integral and draws agree", () => {
  for (const [q, p] of PAIRS) {
    const exact = sum(klTerms(q, p));
    const { above, below, both } = integrals(q, p);
    assert.ok(Math.abs(both - exact) < 1e-9 * Math.max(1, exact));
    assert.ok(above > 0 && below <= 0);
    const { mean, error } = monteCarlo(q, p, standardNormals(3, 10_000));
    assert.ok(Math.abs(mean - exact) < 4 * error);
    assert.ok(Math.abs(error * 100 - deviation(q, p)) < 0.1 * deviation(q, p));
  }
  // Worked by hand from the closed form.
  const narrow = klTerms({ mu: 0, sigma: 0.5 }, { mu: 0, sigma: 2 });
  assert.ok(Math.abs(sum(narrow) - (Math.log(4) + 1 / 32 - 0.5)) < 1e-12);
});

test("a Gaussian is zero away from itself", () => {
  const same = { mu: 0.3, sigma: 0.1 };
  assert.equal(closedForm(same, same, ["q", "p"]).total, 0);
  assert.deepEqual(monteCarlo(same, same, standardNormals(0, 10)), { mean: 0, error: 0 });
});

test("the rows of the table and the areas add up as they are written", () => {
  const numbers = (/** @type {string} */ text) => Number(text.replace("−", "-").replace("+", ""));
  for (const [q, p] of PAIRS) {
    const { total, digits, rows } = closedForm(q, p, ["q", "p"]);
    const values = [...String(rows).matchAll(/class="value">([^<]+)</g)].map(([, text]) =>
      numbers(text),
    );
    assert.equal(sum(values.slice(0, 4)).toFixed(digits), values[4].toFixed(digits));
    assert.equal(values[4].toFixed(digits), total.toFixed(digits));
    const [gold, blue] = areasText(integrals(q, p), digits).map(numbers);
    assert.equal((gold - blue).toFixed(digits), total.toFixed(digits));
  }
  assert.deepEqual([50, 5000, 50_000].map(digitsFor), [4, 2, 0]);
});

test("a narrow peak is looked at closely, and nothing beyond the plot", () => {
  const zs = lookedAt({ mu: 0.2, sigma: 0.001 }, { mu: 9, sigma: 0.1 });
  assert.ok(zs.filter((z) => Math.abs(z - 0.2) < 0.005).length > 100);
  assert.ok(zs.every((z, i) => -5 <= z && z <= 5 && (i === 0 || z >= zs[i - 1])));
});
