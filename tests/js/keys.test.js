/** Kinds of keys that no other test holds. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { numbers, oneOf, optional, places, text } from "../../views/kit/keys.js";
import { createState, createStore } from "../../views/kit/store.js";

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
