/** Compare: what may be compared, in which order, and how it is written and saved. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { linear } from "../../views/kit/chart.js";
import { logTicks, scaleOf, tickText } from "../../views/compare/scales.js";
import { homeOf } from "../../views/compare/take_home.js";
import {
  isOther,
  matches,
  placeKey,
  protocolOf,
  sortRows,
  usualWay,
  writeNumber,
} from "../../views/compare/table.js";

/** @typedef {import("../../views/compare/table.js").Row} Row */
/** @typedef {import("../../views/compare/table.js").Column} Column */

/** @param {string} name @param {number | null} value @param {string} [way] @param {string} [part] @returns {Row} */
const row = (name, value, way = "a", part = "main") => ({
  name,
  family: "vae",
  title: "Variational autoencoder",
  data: "mnist",
  part,
  link: null,
  opens: "",
  cells:
    value === null ? {} : { mse: { value, unit: "u", protocol: "p", way, real: null, std: null } },
});
/** @type {Column} */
const MSE = {
  key: "mse",
  title: "MSE",
  kind: "fine",
  better: -1,
  metric: "mse",
  density: null,
  note: "",
};
const ROWS = [
  row("missing", null),
  row("vae-10", 0.2),
  row("vae-9", 0.2),
  row("other", 0.01, "b", "gan"),
  row("best", 0.1),
  row("another", 0.02, "b", "gan"),
  row("third", 0.03, "b", "gan"),
  row("fourth", 0.03, "b", "gan"),
];
const usual = new Map([["mse", usualWay(ROWS, "mse", undefined)]]);

test("the way that counts is the main models', though more are measured in another", () => {
  assert.deepEqual(usual.get("mse"), { way: "a", count: 3, all: 7 });
  assert.deepEqual(usualWay(ROWS, "mse", "b"), { way: "b", count: 4, all: 7 });
  assert.deepEqual(usualWay([], "mse", undefined), { way: undefined, count: 0, all: 0 });
  assert.deepEqual(
    ROWS.filter((each) => isOther(each, "mse", usual)).map(({ name }) => name),
    ["other", "another", "third", "fourth"],
  );
});

test("what cannot be compared comes after what can, what is missing last, both ways round", () => {
  const names = (/** @type {boolean} */ down) =>
    sortRows(ROWS, { sort: "mse", down }, usual).map(({ name }) => name);
  const rest = ["other", "another", "fourth", "third", "missing"];
  assert.deepEqual(names(false), ["best", "vae-9", "vae-10", ...rest]);
  assert.deepEqual(names(true).slice(0, 4), ["vae-9", "vae-10", "best", "fourth"]);
  assert.equal(names(true).at(-1), "missing");
});

test("names sort as people count, and rows are filtered by what any of their words hold", () => {
  const sorted = sortRows(ROWS.slice(1, 3), { sort: "name", down: false }, usual);
  assert.deepEqual(
    sorted.map(({ name }) => name),
    ["vae-9", "vae-10"],
  );
  const all = { families: [], part: "all", text: "" };
  assert.ok(ROWS.every((each) => matches(each, all)));
  assert.ok(matches(ROWS[0], { ...all, text: "MNIST" }));
  assert.ok(!matches(ROWS[0], { ...all, families: ["gan"] }));
  assert.ok(!matches(ROWS[0], { ...all, part: "gan" }));
});

test("a number is said with its protocol, and what it may be compared with", () => {
  const said = protocolOf("best", ROWS[4].cells.mse, MSE, usual.get("mse"));
  assert.equal(
    said,
    "MSE of best = 0.1000 (0.1 u). Less is better. How: p. Comparable with 2 of the 6 other numbers shown in this column.",
  );
  assert.equal(protocolOf("x", undefined, MSE, undefined), "MSE of x: not measured.");
  assert.equal(writeNumber({ ...MSE, kind: "bytes" }, 1_250_000), "1.3 MB");
});

test("every number that is there is taken home with its unit and protocol", () => {
  const { columns, rows } = homeOf([row("a", 0.5), row("b", null)], [MSE]);
  assert.deepEqual(columns.slice(0, 4), ["model", "quantity", "value", "unit"]);
  assert.deepEqual(rows, [["a", "MSE", 0.5, "u", "", "vae", "mnist", "main", "p"]]);
});

test("an axis is logarithmic where its numbers span more than a factor of 20", () => {
  assert.ok(scaleOf([1, 21], [0, 100]).isLog);
  assert.ok(!scaleOf([1, 19], [0, 100]).isLog);
  assert.ok(!scaleOf([-5, 100], [0, 100]).isLog);
  const { scale } = scaleOf([1, 1000], [0, 112]);
  assert.deepEqual([1, 1000].map(scale.at).map(Math.round), [6, 106]); // 6 % of 106 free at each end
  assert.equal(Math.round(scaleOf([7], [0, 100]).scale.at(7)), 50); // one number stands in the middle
});

test("ticks are 1, 2 and 5 times powers of ten, over many decades the powers alone", () => {
  const over = (/** @type {[number, number]} */ domain) => logTicks(linear(domain, [0, 1]));
  assert.deepEqual(over([3, 60]), [5, 10, 20, 50]);
  assert.deepEqual(over([0.5, 9000]), [1, 10, 100, 1000]);
  assert.equal(tickText({ kind: "share" }, 0.85), "85 %");
  assert.equal(tickText({ kind: "count" }, 20000), "20 k");
  assert.equal(tickText({ kind: "time" }, 600), "10 min");
  assert.equal(tickText({ kind: "nats" }, -85), "−85");
});

test("the chosen number is restored by its model, whose name may hold a comma, and its column", () => {
  const key = placeKey(["a, b", "constructor"], ["mse"]);
  const place = { name: "a, b", key: "mse" };
  assert.deepEqual(key.read(key.write(place)), place);
  for (const wrong of ["a, b,mse", "nobody,mse", "constructor,toString", "constructor,mse,x"])
    assert.equal(key.read(wrong), undefined, wrong);
});
