/** Few labels: the average, and whether this digit follows it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { verdictOf } from "../../views/few_labels/verdict.js";

const ERRORS = [{ percent: 7.44 }, { percent: 21.99 }];
const AVERAGE = "Of test digits M2 misreads 7.4 %, labels alone 22.0 %. ";

test("a sample's label says who is right", () => {
  const cases = /** @type {const} */ ([
    [3, 3, "both are right"],
    [3, 5, "M2 is right, labels alone are wrong"],
    [5, 3, "labels alone are right, M2 is wrong, against the average"],
    [5, 5, "both are wrong"],
  ]);
  for (const [m2, alone, verdict] of cases)
    assert.equal(verdictOf(ERRORS, "3", [m2, alone]), `${AVERAGE}This 3: ${verdict}.`);
});

test("nobody knows the class of a drawing, and of what was not read nothing is said", () => {
  assert.equal(verdictOf(ERRORS, "", [3, 3]), `${AVERAGE}Both read yours as 3.`);
  assert.match(verdictOf(ERRORS, "", [3, 5]), /M2 reads yours as 3, labels alone as 5: you know/);
  assert.equal(verdictOf(ERRORS, "3", [null, 3]), AVERAGE);
});
