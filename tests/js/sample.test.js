/** Sample's tables and map against known answers. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { centresOf, rowsOf, scalesOf } from "../../views/sample/layout.js";
import { headingOf, judgedHtml } from "../../views/sample/words.js";

/** @typedef {import("../../views/sample/layout.js").Place} Place */

const ORIGIN = {
  there: true,
  note: "Told.",
  shares: { drawn: [0.25, 0.75], real: [0.5, 0.5], protocol: "of many <b>" },
  measures: [
    { title: "FID", digits: 1, deviation: 1.25, average: { value: 50.84, protocol: "by us" } },
    { title: "recall", digits: 2, deviation: null, average: { value: 0.5, protocol: "by them" } },
  ],
};

test("counts are of 1,000 pictures, their bars of the largest share", () => {
  const html = String(judgedHtml(ORIGIN, true));
  assert.match(html, /<td style="--share:0\.333">250<\/td><td style="--share:1\.000">750<\/td>/);
  assert.match(html, /<th>real<\/th><td style="--share:0\.667">500</);
  assert.match(html, /title="of many &lt;b&gt;"/);
  assert.match(html, /pictures at temperature 1</);
  assert.doesNotMatch(String(judgedHtml(ORIGIN, false)), /temperature/);
});

test("a measure has its deviation where it was drawn more than once", () => {
  const html = String(judgedHtml(ORIGIN, false));
  assert.match(
    html,
    /<span title="by us">FID <b>50\.8 ± 1\.3<\/b><\/span>, <span title="by them">recall <b>0\.50<\/b>/,
  );
  assert.equal(judgedHtml({ ...ORIGIN, shares: null }, false), "");
});

test("a checkpoint that somebody added says its name and data, as text", () => {
  const model = { name: "<mine>", family: "vae", title: "VAE", origins: {}, map: null };
  assert.doesNotMatch(String(headingOf({ ...model, trained_on: null })), /mine/);
  assert.match(String(headingOf({ ...model, trained_on: "digits" })), /, &lt;mine&gt; on digits/);
});

const frame = { left: 30, right: 330, top: 0, bottom: 100 };

test("one unit is as long across as up, and everything is inside", () => {
  const places = /** @type {Place[]} */ ([
    [-10, 1],
    [4, 7],
  ]);
  const { x, y } = scalesOf(places, frame);
  assert.ok(Math.abs(x.at(1) - x.at(0) - (y.at(0) - y.at(1))) < 1e-9);
  for (const [a, b] of [...places, [2, 2], [-2, -2]]) {
    assert.ok(x.at(a) >= frame.left && x.at(a) <= frame.right);
    assert.ok(y.at(b) >= frame.top && y.at(b) <= frame.bottom);
  }
});

test("without a code the map shows the circles of N(0, I)", () => {
  const { x, y } = scalesOf([], frame);
  assert.deepEqual([x.at(0), y.at(0)], [180, 50]);
  assert.ok(y.at(2) > frame.top);
});

test("a class is written at the median of its codes", () => {
  const points = /** @type {Place[]} */ ([
    [0, 0],
    [1, 9],
    [2, 4],
    [5, 5],
    [7, 6],
  ]);
  assert.deepEqual(centresOf(points, [3, 3, 3, 8, 8]), [
    { name: 3, at: [1, 4] },
    { name: 8, at: [6, 5.5] },
  ]);
});

test("codes are read row by row", () => {
  assert.deepEqual(rowsOf(Float32Array.from([1, 2, 3, 4, 5, 6]), 3), [
    [1, 2, 3],
    [4, 5, 6],
  ]);
});
