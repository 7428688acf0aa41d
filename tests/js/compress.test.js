import assert from "node:assert/strict";
import { test } from "node:test";
import { chartOf, drawChart, inWords, nearest, tableOf } from "../../views/compress/chart.js";

/** @type {import("../../views/compress/chart.js").Facts} */
const FACTS = {
  name: "digits",
  random: false,
  sizes: [2, 8, 32],
  pixels: 784,
  pca: Array.from({ length: 65 }, (_, k) => 0.08 * (1 - k / 80)),
  errors: { linear: { 2: 0.078, 8: 0.072, 32: 0.048 }, ae: { 8: 0.04 } },
  entropy: null,
  bounds: {},
  angles: { 8: 0.001 },
  networks: { pca: { 64: "pca-64" } },
  directions: "",
};

test("the nearest size is nearest by its ratio", () => {
  assert.equal(nearest([2, 8, 32], 15), 8);
  assert.equal(nearest([2, 8, 32], 17), 32);
  assert.equal(nearest([2, 8, 32], 0.1), 2);
});

test("a chart's scale takes places back to sizes", () => {
  const { x, y } = chartOf(FACTS, 600);
  for (const k of FACTS.sizes) assert.ok(Math.abs(x.invert(x.at(k)) - k) < 1e-9);
  assert.ok(y.at(0) > y.at(0.08)); // no error is at the bottom
  assert.match(String(drawChart(FACTS, 8, 600)), /class="handle"/);
});

test("the table says what was not trained", () => {
  const { head, body } = tableOf(FACTS, 8);
  assert.match(String(head), /at k = 8/);
  const cells = [...String(body).matchAll(/<td>(.*?)<\/td>/g)].map(([, text]) => text);
  assert.deepEqual(cells, [
    ...["0.07200", "0.07200", "0.04000", "not trained"],
    ...["10.0 %", "10.0 %", "50.0 %", "not trained"],
  ]);
});

test("in words: k of all pixels, and the angle to PCA", () => {
  assert.match(String(inWords(FACTS, 8)), /8\/784 = <b>1\.0 %<\/b>/);
  assert.match(String(inWords(FACTS, 8)), /0\.00100<\/b> radians\s+\(0\.057°\) apart/);
  assert.match(String(inWords(FACTS, 2)), /No AE or VAE was trained/);
  const bound = { value: -543.44, unit: "nats", protocol: "all" };
  const kl = { value: 0.01, unit: "nats", protocol: "all" };
  const coins = {
    ...FACTS,
    errors: { vae: { 8: 0.08 } },
    entropy: 784 * Math.LN2,
    bounds: { 8: { elbo: bound, kl } },
  };
  assert.match(String(inWords(coins, 8)), /784 log 2 = 543\.43 nats\. This one has\s+<.*>543\.44</);
});
