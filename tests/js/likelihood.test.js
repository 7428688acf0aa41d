import assert from "node:assert/strict";
import { test } from "node:test";
import { sum } from "../../views/kit/numbers.js";
import { drawPixel, massesOf } from "../../views/likelihood/charts.js";
import { deviationColours, onTheFloor } from "../../views/likelihood/rows.js";

test("the masses of the grey levels are a distribution with its middle at the location", () => {
  for (const [location, scale] of [
    [0.5, 0.05],
    [-0.2, 0.3],
    [1, 0.001],
  ]) {
    const masses = massesOf(location, scale);
    assert.equal(masses.length, 256);
    assert.ok(Math.abs(sum(masses) - 1) < 1e-12);
    const likeliest = masses.indexOf(Math.max(...masses));
    assert.ok(location < 0 || location > 0.9 || Math.abs(likeliest / 255 - location) < 1 / 255);
  }
  assert.ok(massesOf(1, 0.001)[255] > 0.87); // all beyond the last level is its own
});

test("a pixel in words and on its axis", () => {
  const { svg, words } = drawPixel("bernoulli", { mean: 0.25, deviation: 0.433 }, 0.6);
  assert.equal(words, "P(white) = 0.25, σ 0.43");
  assert.match(String(svg), /0\.75[^]*0\.25/);
  const curve = drawPixel("fixed", { mean: 0.5, deviation: 0.3 }, 0.5);
  assert.equal(curve.words, "mean 0.50, σ 0.300");
  assert.match(String(curve.svg), /peak 1\.3 per grey unit/);
  assert.match(String(curve.svg), /93\.0,18\.0/); // the peak in the middle, as high as a curve is
});

test("of the pixels at the floor, their share and their nats", () => {
  const row = {
    mean: Float32Array.of(0, 1, 0.5, 0.5),
    deviation: Float32Array.of(0.1, 0.1, 0.2, 0.3),
  };
  const { share, nats } = onTheFloor(row, Uint8Array.of(0, 255, 0, 0), 0.1);
  assert.equal(share, 0.5);
  assert.ok(Math.abs(nats + 2 * Math.log(0.1 * Math.sqrt(2 * Math.PI))) < 1e-5);
});

test("deviations have the colour of sigma, full at the most", () => {
  const bytes = deviationColours(Float32Array.of(0, 0.25, 0.5, 2), [1, 2, 2], 0.5);
  assert.deepEqual([...bytes.subarray(0, 4)], [0, 128, 255, 255]);
  assert.deepEqual([bytes[3], bytes[7], bytes[11]], [255, 162, 92]);
});
