import assert from "node:assert/strict";
import { test } from "node:test";

import {
  apart,
  axisBottom,
  axisLeft,
  axisRight,
  decimals,
  keptApart,
  linear,
  logarithmic,
  places,
} from "../../views/kit/chart.js";

const near = (/** @type {number} */ a, /** @type {number} */ b) =>
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

/** What stands at an axis, in order. @param {string} svg */
const labelsOf = (svg) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

test("a linear scale maps its domain to its range, and back", () => {
  const scale = linear([-2, 6], [300, 100]);
  assert.equal(scale.at(-2), 300);
  assert.equal(scale.at(6), 100);
  assert.equal(scale.at(2), 200);
  assert.equal(scale.at(8), 50);
  for (const value of [-3.5, -2, 0, 1 / 3, 6, 11]) near(scale.invert(scale.at(value)), value);
});

test("a logarithmic scale gives equal ratios equal room, and back", () => {
  const scale = logarithmic([0.01, 100], [0, 400]);
  [0.01, 0.1, 1, 10, 100].forEach((value, i) => near(scale.at(value), 100 * i));
  near(scale.at(20) - scale.at(2), 100);
  for (const value of [0.001, 0.02, 1, 37, 100]) near(scale.invert(scale.at(value)), value);
});

test("ticks are round and within the domain", () => {
  assert.deepEqual(linear([0, 10], [0, 1]).ticks(5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(linear([-0.13, 0.62], [0, 1]).ticks(4), [0, 0.2, 0.4, 0.6]);
  assert.deepEqual(linear([-1730, 420], [0, 1]).ticks(5), [-1500, -1000, -500, 0]);
});

test("ticks of a logarithmic scale are the powers of ten within the domain", () => {
  const ticks = (/** @type {[number, number]} */ domain) => logarithmic(domain, [0, 1]).ticks(5);
  assert.deepEqual(ticks([1, 1000]), [1, 10, 100, 1000]);
  assert.deepEqual(ticks([0.5, 3000]), [1, 10, 100, 1000]);
  assert.deepEqual(ticks([2, 9]), []);
});

test("ticks are written with the decimals they need", () => {
  const of = (/** @type {[number, number]} */ domain, /** @type {number} */ count) =>
    decimals(linear(domain, [0, 1]), count);
  assert.equal(of([0, 100], 5), 0);
  assert.equal(of([0, 5], 5), 0);
  assert.equal(of([0, 1], 5), 1);
  assert.equal(of([0, 1], 20), 2);
  assert.equal(of([0, 0.004], 4), 3);
  assert.equal(of([-1.1, 1.3], 4), 1);
});

test("axes write their ticks, or the values they are given", () => {
  const scale = linear([-1, 1], [0, 200]);
  assert.deepEqual(labelsOf(String(axisBottom(scale, 90))), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
  const options = { values: [0, 1], write: (/** @type {number} */ v) => `${v} nats` };
  for (const axis of [axisBottom, axisLeft, axisRight])
    assert.deepEqual(labelsOf(String(axis(scale, 0, options))), ["0 nats", "1 nats"]);
  assert.match(String(axisBottom(scale, 90, { values: [0] })), /x="100" y="90"/);
  assert.match(String(axisLeft(scale, 30, { values: [0] })), /x="30" y="100"/);
});

test("a grid and marks are drawn only where they are asked for", () => {
  const scale = linear([0, 1], [0, 100]);
  const values = [0, 0.5, 1];
  const lines = (/** @type {string} */ svg) => svg.match(/<line /g)?.length ?? 0;
  const marks = (/** @type {string} */ svg) => svg.match(/<path /g)?.length ?? 0;
  for (const axis of [axisBottom, axisLeft]) {
    const plain = String(axis(scale, 50, { values }));
    assert.deepEqual([lines(plain), marks(plain)], [0, 0]);
    const full = String(axis(scale, 50, { values, grid: true, across: 10, marks: 4 }));
    assert.deepEqual([lines(full), marks(full)], [3, 3]);
  }
  const line = axisBottom(scale, 50, { values: [0.5], grid: true, across: 10 });
  assert.match(String(line), /y1="10" y2="50"/);
});

test("points are written as polylines take them", () => {
  const points = [
    [0, 1],
    [0.5, 0.25],
  ];
  assert.equal(
    places(linear([0, 1], [0, 200]), linear([0, 1], [100, 0]), points),
    "0.0,0.0 100.0,75.0",
  );
});

test("labels that are too near are moved down, in their order", () => {
  assert.deepEqual(apart([10, 50, 90], 15), [10, 50, 90]);
  assert.deepEqual(apart([50, 10, 52, 55], 15), [50, 10, 65, 80]);
});

test("labels in the plane give way to each other by half each", () => {
  /** @type {[number, number][]} */
  const wanted = [
    [0, 0],
    [10, 0],
    [100, 100],
  ];
  const found = keptApart(wanted, 20);
  found.flat().forEach((v, i) => near(v, [-5, 0, 15, 0, 100, 100][i]));
  assert.deepEqual(wanted[0], [0, 0]);
});
