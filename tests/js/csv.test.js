/** Tables for spreadsheets: what they are given, and that none of it can run. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { csvFile, csvText } from "../../views/kit/csv.js";

test("every cell stands in quotation marks, and lines end as the standard says", () => {
  assert.equal(
    csvText([
      ["a", 0.5],
      ['b "c"', -1],
    ]),
    '"a","0.5"\r\n"b ""c""","-1"',
  );
});

test("a file begins with its remarks, then titles, then rows", () => {
  const text = csvFile(["View", "How, in words"], { columns: ["x"], rows: [[1], [2]] });
  assert.equal(text, '"# View"\r\n"# How, in words"\r\n"x"\r\n"1"\r\n"2"');
});

test("no text of a stranger begins a formula, and a negative number is a number", () => {
  for (const sign of ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]) {
    const strange = `${sign}1+1`;
    const text = csvFile([strange], { columns: [strange], rows: [[strange, -0.5]] });
    const cells = text.slice(1, -1).split(/","|"\r\n"/);
    assert.deepEqual(cells, [`# ${strange}`, `'${strange}`, `'${strange}`, "-0.5"]);
  }
});
