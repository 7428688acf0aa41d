/** The link's store: what is restored, remembered, left out and refused. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  flag,
  number,
  numbers,
  oneOf,
  optional,
  someOf,
  wholeNumber,
} from "../../views/kit/keys.js";
import { createState, createStore, saysOurs } from "../../views/kit/store.js";

/** @param {string} text */
const opened = (text) => {
  const told = { nonsense: 0, changes: 0 };
  const store = createStore({
    text,
    onNonsense: () => (told.nonsense += 1),
    onChange: () => (told.changes += 1),
  });
  return { store, told };
};

test("values come back from the link that they were written into", () => {
  const keys = {
    model: oneOf(["vae-2", "ae-2"]),
    shown: someOf(["a", "b,c", "d%"], ["a"], 0),
    k: wholeNumber(1, 500, 50),
    strength: number(0, 1, 0.5),
    z: optional(numbers(2, 10, [])),
    open: flag(),
  };
  const { store } = opened("");
  const state = createState(store, "gap", keys);
  assert.equal(store.text(), "");
  Object.assign(state, {
    model: "ae-2",
    shown: ["d%", "b,c"],
    k: 7,
    strength: 0.25,
    z: [-1.5, 2],
    open: true,
  });
  const again = createState(opened(store.text()).store, "gap", keys);
  assert.deepEqual({ ...again }, { ...state });
});

test("what stands at its initial value is left out", () => {
  const { store, told } = opened("");
  const state = createState(store, "iwae", { k: wholeNumber(1, 9, 5) });
  state.k = 6;
  assert.equal(store.text(), "iwae.k=6");
  state.k = 5;
  assert.equal(store.text(), "");
  assert.equal(told.changes, 2);
});

test("a later key's reader may ask for an earlier one's value", () => {
  const { store, told } = opened("s.model=b&s.code=1,2,3");
  const sizes = { a: 2, b: 3 };
  const { model } = createState(store, "s", { model: oneOf(/** @type {const} */ (["a", "b"])) });
  const { code } = createState(store, "s", { code: optional(numbers(() => sizes[model], 10, [])) });
  assert.deepEqual(code, [1, 2, 3]);
  assert.equal(told.nonsense, 0);
});

for (const [name, key, texts] of /** @type {const} */ ([
  ["oneOf", oneOf(["a", "b"]), ["c", "", "A", "a,b"]],
  ["someOf", someOf(["a", "b"], ["a"]), ["c", "a,a", "", "none", "%", "a,,b"]],
  [
    "wholeNumber",
    wholeNumber(0, 1000, 1),
    ["-1", "1001", "1.5", "1e2", "0x1", "", "NaN", " 1", "99999999999"],
  ],
  ["number", number(0, 1, 0), ["-0.1", "1.1", "1e-3", "Infinity", "", ".5", "1."]],
  [
    "numbers",
    numbers(2, 10, []),
    ["1", "1,2,3", "1,11", "1,,2", "nan,nan", "1;2", "1e400,0", "0x10,1", ""],
  ],
  ["flag", flag(), ["2", "true", "", "01"]],
])) {
  test(`${name} refuses what makes no sense, tells it and forgets it`, () => {
    for (const text of texts) {
      const { store, told } = opened(`v.k=${encodeURIComponent(text)}&v.other=1`);
      assert.deepEqual(store.take("v.k", /** @type {any} */ (key)), key.initial, text);
      assert.equal(told.nonsense, 1, text);
      assert.equal(store.text(), "v.other=1", text);
    }
  });
}

test("a part of a link that cannot be ours is told and left out; the rest stays", () => {
  for (const part of [
    "garbage=",
    "__proto__=1",
    "constructor=1",
    "view%00=1",
    "a.b.c=1",
    "<b>=1",
  ]) {
    const { store, told } = opened(`gap.k=1&${part}`);
    assert.equal(store.text(), "gap.k=1", part);
    assert.equal(told.nonsense, 1, part);
  }
});

test("a key of no view is found once the views are known", () => {
  const { store, told } = opened("view=gap&gap.k=1&nothing.k=2");
  assert.equal(told.nonsense, 0);
  store.restrict(["gap", "maps"]);
  assert.equal(told.nonsense, 1);
  assert.equal(store.text(), "view=gap&gap.k=1");
  const known = opened("view=gap&gap.k=1&theme=dark&digit=.a");
  known.store.restrict(["gap"]);
  assert.equal(known.told.nonsense, 0);
});

test("a fragment of a page around ours is left alone", () => {
  assert.equal(saysOurs("week3"), false);
  assert.equal(saysOurs(""), false);
  assert.equal(saysOurs("view=gap"), true);
  const { store, told } = opened("week3");
  assert.equal(store.text(), "");
  assert.equal(told.nonsense, 0);
});

test("resetting a view forgets its own keys", () => {
  const { store } = opened("view=gap&gap.k=1&gap.z=1,2&gape.k=3");
  store.reset("gap");
  assert.equal(store.text(), "view=gap&gape.k=3");
});

test("a store tells what it says of a view, and which keys somebody could read", () => {
  const { store } = opened("view=gap&gap.k=50&gap.model=none&gap.far=1&beta.at=2");
  assert.deepEqual(store.said("beta"), [["beta.at", "2"]]);
  createState(store, "gap", { model: oneOf(["vae-2"]), k: wholeNumber(1, 500, 5) });
  assert.deepEqual(store.said("gap"), [
    ["gap.k", "50"],
    ["gap.far", "1"],
  ]);
  assert.deepEqual(
    ["gap.k", "gap.model", "gap.far"].map((name) => store.isRead(name)),
    [true, false, false],
  );
});

test("what is set after the end of a state is not remembered", () => {
  const { store } = opened("");
  const end = new AbortController();
  const state = createState(store, "gap", { k: wholeNumber(1, 500, 5) }, end.signal);
  state.k = 7;
  end.abort();
  state.k = 9;
  assert.equal(state.k, 9);
  assert.equal(store.text(), "gap.k=7");
});
