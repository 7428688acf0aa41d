/** The glossary in the browser: words in a text, and where the note that explains one stands. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createGlossary } from "../../views/shell/glossary.js";
import { placeNote } from "../../views/shell/word_note.js";

const word = (/** @type {string} */ name) => ({
  word: name,
  others: [],
  sentence: "It is so.",
  paper: null,
});
const glossary = createGlossary({
  pattern: "(?<![a-z])(?:(log p\\(x\\))|(densities)|([Dd]ensitys?)|(p\\(x\\)))(?![a-z])",
  owners: [1, 0, 0, 2],
  words: [word("density"), word("log p(x)"), word("p(x)")],
});

test("a word is found by each of its spellings, the longest first", () => {
  const text = "Density of p(x): log p(x), densities";
  const found = glossary
    .find(text)
    .map(({ word, start, end }) => [word.word, text.slice(start, end)]);
  assert.deepEqual(found, [
    ["density", "Density"],
    ["p(x)", "p(x)"],
    ["log p(x)", "log p(x)"],
    ["density", "densities"],
  ]);
  assert.deepEqual(glossary.find("intensity"), []);
});

test("words are split into those of the texts and the others, in the file's order", () => {
  const { here, elsewhere } = glossary.split(["log p(x) and", "a density"]);
  assert.deepEqual(
    here.map((each) => each.word),
    ["density", "log p(x)"],
  );
  assert.deepEqual(
    elsewhere.map((each) => each.word),
    ["p(x)"],
  );
});

const SCREEN = { width: 390, height: 844 };
const NOTE = { width: 300, height: 80 };
const wordAt = (/** @type {number} */ left, /** @type {number} */ top) => ({
  left,
  top,
  right: left + 40,
  bottom: top + 20,
});

test("a note stands under its word, and never beyond the screen's edge", () => {
  assert.deepEqual(placeNote(wordAt(20, 100), NOTE, SCREEN), { left: 20, top: 126 });
  assert.deepEqual(placeNote(wordAt(340, 100), NOTE, SCREEN), { left: 82, top: 126 });
  assert.deepEqual(placeNote(wordAt(-30, 800), NOTE, SCREEN), { left: 8, top: 714 });
});

test("where it fits neither under nor above its word, it stays on the screen", () => {
  const { top } = placeNote(
    wordAt(20, 40),
    { width: 300, height: 200 },
    { width: 390, height: 230 },
  );
  assert.equal(top, 22);
});
