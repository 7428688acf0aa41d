/** Kinds of keys that no other test holds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  folderOf,
  numbers,
  numbersByIndex,
  numbersWithin,
  oneOf,
  optional,
  places,
  text,
} from "../../views/kit/keys.js";
import { createState, createStore } from "../../views/kit/store.js";

test("numbers by their index come back as they were written", () => {
  const key = numbersByIndex(16, -3.5, 3.5);
  const moved = new Map([
    [3, 1.25],
    [15, -0.5],
  ]);
  assert.equal(key.write(moved), "3_1.25,15_-0.5");
  assert.deepEqual(key.read("3_1.25,15_-0.5"), moved);
  assert.equal(key.write(key.initial), "");
});

test("numbers by their index refuse what the list or the bounds do not hold", () => {
  const key = numbersByIndex(16, -3.5, 3.5);
  for (const text of ["", "3", "16_1", "3_4", "3_1_2", "3_1,3_2", "x_1", "3_NaN", "-1_1"])
    assert.equal(key.read(text), undefined, text);
});

test("numbers within ranges keep to their own range each", () => {
  const ranges = /** @type {[number, number][]} */ ([
    [0, 1],
    [-2, 2],
  ]);
  const key = numbersWithin(ranges, [0.5, 0.5], 3);
  assert.deepEqual(key.read("0,-2"), [0, -2]);
  for (const text of ["-0.1,1", "0", "0,1,2", "0,x"]) assert.equal(key.read(text), undefined, text);
});

/** @param {string} link */
const opened = (link) => {
  let nonsense = 0;
  const store = createStore({ text: link, onNonsense: () => (nonsense += 1), onChange: () => {} });
  return { store, nonsense: () => nonsense };
};

test("places are whole, each within its list, and all there", () => {
  const key = places([3, 5], [1, 2]);
  assert.deepEqual(key.read("2,4"), [2, 4]);
  for (const wrong of ["3,0", "0,5", "1", "1,2,0", "-1,0", "0.5,1", "", "a,b", "1e1,0"])
    assert.equal(key.read(wrong), undefined, wrong);
  assert.equal(key.write([2, 4]), "2,4");
});

test("any words are kept as they are, up to a length", () => {
  const key = text(5);
  const { store } = opened("");
  const state = createState(store, "compare", { text: key });
  state.text = "a&=#,";
  assert.equal(createState(opened(store.text()).store, "compare", { text: key }).text, "a&=#,");
  assert.equal(key.read("123456"), undefined);
});

test("what a key may say can depend on the keys before it", () => {
  const sizes = { small: 1, large: 2 };
  const keys = {
    model: oneOf(/** @type {("small" | "large")[]} */ (["small", "large"])),
    z: (/** @type {{ model: "small" | "large" }} */ { model }) =>
      optional(numbers(sizes[model], 9, [])),
  };
  const fits = opened("shapes.model=large&shapes.z=1,2");
  assert.deepEqual(createState(fits.store, "shapes", keys).z, [1, 2]);
  assert.equal(fits.nonsense(), 0);
  const small = opened("shapes.z=1,2");
  assert.equal(createState(small.store, "shapes", keys).z, null);
  assert.equal(small.nonsense(), 1);
});

test("every title that links of before named a view by still opens it", () => {
  const titles = {
    maps: "Maps",
    reconstruct: "Reconstruct",
    denoise: "Denoise",
    sliders: "Sliders",
    interpolate: "Interpolate",
    sample: "Sample",
    compress: "Compress",
    ledger: "Ledger",
    gap: "Gap",
    trick: "Trick",
    kl: "KL",
    likelihood: "Likelihood",
    score: "Score",
    classes: "Classes",
    beta: "Beta",
    shapes: "Shapes",
    iwae: "IWAE",
    few_labels: "Few labels",
    draw: "DRAW",
    gan: "GAN",
    compare: "Compare",
  };
  const key = folderOf(Object.keys(titles));
  for (const [folder, title] of Object.entries(titles)) {
    assert.equal(key.read(title), folder);
    assert.equal(key.read(folder), folder);
    assert.equal(key.write(folder), folder);
  }
  assert.equal(key.read("Nowhere"), undefined);
  assert.equal(key.read(""), undefined);
});
