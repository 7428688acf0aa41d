/** Lecture files: what is read from them, and what is said of a file with faults. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { readLecture } from "../../views/lectures/lecture_file.js";

const FOLDER = new URL("../../views/lectures/", import.meta.url);
const VIEWS = readdirSync(new URL("..", FOLDER));
const HEAD = "---\ntitle: One\nminutes: 5\nabout: Of it.\n---\n\n";

/** @param {string} text */
const read = (text) => readLecture(text, VIEWS, (selectors) => !selectors.includes("!"));

/** @param {string} text */
const faultsOf = (text) => read(text).faults.map(({ line, sentence }) => `${line}: ${sentence}`);

/** A slide on line 7. @param {string} front @param {string} body */
const slide = (front, body) => `${HEAD}---\n${front}\n---\n${body}\n`;

test("a lecture has a title, and slides with their states", () => {
  const text = `${HEAD}---
chapter: First
state: #view=gap&gap.q=0,1&theme=dark&beta.at=2
light: .map, .bar
picture: z.svg | z and x
---
A **sentence**.

More.

---
---
And the same view.
`;
  const { title, minutes, about, slides, faults } = read(text);
  assert.deepEqual(faults, []);
  assert.deepEqual([title, minutes, about], ["One", "5", "Of it."]);
  const [first, second] = slides;
  assert.deepEqual(first.state, { view: "gap", settings: [["gap.q", "0,1"]], digit: "" });
  assert.deepEqual(first.picture, { file: "z.svg", words: "z and x" });
  assert.equal(first.line, 7);
  assert.equal(first.blocks.length, 2);
  assert.equal(second.state, first.state);
  assert.equal(second.chapter, "");
  assert.equal(second.question, null);
});

test("a question has its answers, the right one, and why", () => {
  const body = "Which?\n\n- [ ] *a*\n- [x] b\n\n> Because of **b**.\n";
  const [{ question, blocks }] = read(slide("state: view=kl", body)).slides;
  assert.equal(blocks.length, 1);
  assert.deepEqual(
    question?.answers.map(({ right }) => right),
    [false, true],
  );
  assert.deepEqual(
    question?.answers.map(({ tokens }) => tokens[0].type),
    ["em", "text"],
  );
  assert.equal(question?.why.length, 1);
});

/** What is wrong with slides of line 7, each with the line and the words that say so. @type {[string, string, string, RegExp][]} */
const WRONG = [
  ["no view", "state: model=2", "A.", /^8: A state names a view first/],
  ["an unknown view", "state: view=gapp", "A.", /^8: There is no view "gapp"/],
  ["a foreign setting", "state: view=gap&colour=red", "A.", /^8: "colour" is no setting/],
  ["no state at all", "light: .map", "A.", /^7: The first slide needs a state/],
  ["an unknown field", "state: view=gap\nlights: .a", "A.", /^9: There is no "lights" here/],
  ["a field twice", "state: view=gap\nstate: view=kl", "A.", /^9: "state" stands here twice/],
  ["a field without text", "state: view=gap\nlight:", "A.", /^9: "light" says nothing/],
  ["no field", "state: view=gap\nnonsense", "A.", /^9: .* a name, a colon and a text/],
  ["no selector", "state: view=gap\nlight: !", "A.", /^9: "!" is no list of CSS selectors/],
  ["no picture", "state: view=gap\npicture: ../a.png", "A.", /^9: A picture is the name of an/],
  ["nothing said", "state: view=gap", "", /^10: This slide has no sentence/],
  ["too much said", "state: view=gap", "a".repeat(241), /^10: A sentence has at most 240/],
  ["one answer", "state: view=gap", "A?\n\n- [x] b", /^12: A question has 2 to 4 answers/],
  ["no right answer", "state: view=gap", "A?\n\n- [ ] b\n- [ ] c", /^12: Exactly one answer/],
  ["two right answers", "state: view=gap", "A?\n\n- [x] b\n- [x] c", /^12: Exactly one answer/],
  ["why nothing", "state: view=gap", "A.\n\n> b", /^12: A reason why belongs to a question/],
  ["HTML", "state: view=gap", "A <b onclick=alert(1)>b</b>.", /^10: HTML is not shown/],
  ["a block of HTML", "state: view=gap", "A.\n\n<script>alert(1)</script>", /^12: HTML is not/],
  ["a link that runs", "state: view=gap", "A [b](javascript:alert(1)).", /^10: A link .* https/],
  [
    "a picture of elsewhere",
    "state: view=gap",
    "A ![b](https://a.b/c.png).",
    /^10: A picture stands/,
  ],
  ["HTML in an answer", "state: view=gap", "A?\n\n- [x] <i>b</i>\n- [ ] c", /^12: HTML/],
  ["HTML in a table", "state: view=gap", "A.\n\n|a|b|\n|-|-|\n|<i>|c|", /^12: HTML/],
  ["a heading", "state: view=gap", "# A", /^10: A # makes no heading/],
];
for (const [name, front, body, told] of WRONG)
  test(`${name} is told with its line`, () => {
    const faults = faultsOf(slide(front, body));
    assert.match(faults.join("\n"), told);
    assert.equal(faults.length, 1);
    assert.equal(read(slide(front, body)).slides.length, 0);
  });

test("what is no lecture at all is told", () => {
  for (const text of ["", "Hello.", "# Hello\n\n---\ntitle: A\n---\n", "---\ntitle: A"])
    assert.match(faultsOf(text)[0], /^1: A lecture begins with ---/);
  assert.match(faultsOf(HEAD)[0], /The lecture has no slide/);
  assert.match(faultsOf(`${slide("state: view=kl", "A.")}---\nlight: .a\n`)[0], /lacks its second/);
  assert.match(faultsOf("---\nminutes: soon\n---\n---\nstate: view=kl\n---\nA.")[0], /no title/);
  assert.match(
    faultsOf("---\ntitle: A\nminutes: soon\n---\n---\nstate: view=kl\n---\nA.")[0],
    /^3:/,
  );
});

test("one slide's fault leaves the others, and faults are told in the file's order", () => {
  const text = `${slide("state: view=no", "A.")}\n---\nstate: view=kl\n---\nB.\n\n---\nwhat: 1\n---\n`;
  const { slides, faults } = read(text);
  assert.deepEqual(
    slides.map(({ blocks }) => blocks.length),
    [1],
  );
  assert.deepEqual(
    faults.map(({ line }) => line),
    [8, 18, 20],
  );
});

test("lectures from Windows are read", () => {
  assert.deepEqual(faultsOf(slide("state: view=kl", "A.").replaceAll("\n", "\r\n")), []);
});

test("a slide as long as may be, of anything, is read and told of", () => {
  for (const junk of ["> ", "- ", "- [x] a\n", "|a", "<b>", "[a](", "*_", "`", "\u0000\uffff"]) {
    const { slides, faults } = read(slide("state: view=kl", junk.repeat(1990 / junk.length)));
    assert.ok(faults.length + slides.length > 0);
  }
  const [told] = faultsOf(slide("state: view=kl", "> ".repeat(50_000)));
  assert.match(told, /^10: A slide has at most 2000 letters/);
});

for (const file of readdirSync(FOLDER).filter((each) => each.endsWith(".md")))
  test(`${file} is without a fault`, () => {
    const { faults, slides } = read(readFileSync(new URL(file, FOLDER), "utf-8"));
    assert.deepEqual(faults, []);
    assert.ok(slides.length > 2);
  });
