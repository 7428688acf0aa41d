/** Denoise's curves: their values, their words and their chart. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { curvesChart, curveWords, valueAt } from "../../views/denoise/curves.js";
import { apart } from "../../views/kit/chart.js";
import { snap } from "../../views/kit/controls.js";

test("a curve is read along its lines and is flat beyond them", () => {
  const curve = { strength: [0, 0.5, 1], value: [1, 3, 0] };
  const found = [0, 0.25, 0.5, 1, -9, 9].map((x) => valueAt(curve, x));
  assert.deepEqual(found, [1, 2, 3, 0, 1, 0]);
});

const curveOf = (/** @type {number[]} */ value) => ({
  strength: [0, 0.5, 1],
  value,
  protocol: "by nobody",
});
const MEASURED = [
  { family: "ae", curve: curveOf([0.1, 0.2, 0.4]) },
  { family: "dae", curve: curveOf([0.1, 0.1, 0.3]) },
  { family: "vae", curve: curveOf([0.2, 0.3, 0.4]) },
];

test("the words say the values at the strength and how they were measured", () => {
  const words = String(curveWords(MEASURED, 0.75));
  assert.match(
    words,
    /At strength 0\.75, squared error per pixel:<br><b>AE 0\.3000, DAE 0\.2000, VAE 0\.3500<\/b>/,
  );
  assert.match(words, /Measured on images by nobody, in tenths of strength\./);
});

test("the chart is labelled, and coloured by the page alone", () => {
  const { svg, height } = curvesChart(MEASURED, 0.3, "sigma", 520);
  const text = String(svg);
  assert.ok(height > 0);
  for (const words of ["AE", "DAE", "VAE", "sigma", "squared error per pixel"])
    assert.ok(text.includes(`>${words}</text>`), words);
  const colours = new Set([...text.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name));
  assert.deepEqual([...colours].sort(), ["--ae", "--dae", "--faint", "--stroke", "--vae"]);
  assert.doesNotMatch(text, /#[0-9a-f]{3}|NaN/i);
  assert.equal(String(curvesChart(MEASURED, 0.3, "sigma", 520).svg), text);
});

test("a chart as narrow as a phone still has its points inside", () => {
  const text = String(curvesChart(MEASURED, 1, "v", 350).svg);
  const places = [...text.matchAll(/([\d.]+),([\d.]+)(?=[ "])/g)].map((found) => Number(found[1]));
  assert.ok(Math.max(...places) < 350 - 40);
});

test("labels keep their order and lie apart", () => {
  assert.deepEqual(apart([30, 10, 12, 100], 15), [40, 10, 25, 100]);
  assert.deepEqual(apart([], 15), []);
});

test("what is typed becomes a whole number of steps within the bounds", () => {
  const bounds = { low: 0, high: 1, step: 0.05 };
  assert.deepEqual(
    [0.349, 7, -1, 0.15].map((v) => snap(v, bounds)),
    [0.35, 1, 0, 0.15],
  );
  assert.equal(snap(4294967295, { low: 0, high: 4294967295, step: 1 }), 4294967295);
});
