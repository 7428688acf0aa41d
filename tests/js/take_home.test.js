/** What can be taken home: QR codes, Python, and the table and lines of views. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { homeOf as klHome } from "../../views/kl/take_home.js";
import { literal, quantityLines, quantityRows, script } from "../../views/kit/python.js";
import { levelOf, modulesOf, qrCode } from "../../views/kit/qr.js";
import { homeOf, offerHome } from "../../views/kit/take_home.js";
import { distance } from "../../views/interpolate/take_home.js";

const FINDER = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"];

test("a code has its three corners, and the timing lines between them", () => {
  const rows = modulesOf("http://127.0.0.1:7860/#view=gap") ?? [];
  const size = rows.length;
  assert.equal((size - 17) % 4, 0); // ISO/IEC 18004
  const corner = (/** @type {number} */ x, /** @type {number} */ y) =>
    FINDER.map((_, j) =>
      rows[y + j]
        .slice(x, x + 7)
        .map((dark) => (dark ? "#" : "."))
        .join(""),
    );
  for (const [x, y] of [
    [0, 0],
    [size - 7, 0],
    [0, size - 7],
  ])
    assert.deepEqual(corner(x, y), FINDER);
  for (let i = 8; i < size - 8; i++) assert.equal(rows[6][i], i % 2 === 0);
});

test("the longer the link, the less correction, and at last no code", () => {
  assert.deepEqual(
    [10, 180, 181, 420, 421, 1000, 1001].map((n) => levelOf("é".repeat(n / 2) + "x".repeat(n % 2))),
    ["Q", "Q", "M", "M", "L", "L", null],
  );
  assert.equal(qrCode("x".repeat(1001), "code"), null);
  const short = modulesOf("x".repeat(150))?.length ?? 0;
  assert.ok((modulesOf("x".repeat(1000))?.length ?? 0) > short);
});

test("a code as SVG has each dark module once", () => {
  const rows = modulesOf("latent") ?? [];
  const drawn = rows.map((row) => row.map(() => false));
  const path = /<path d="([^"]*)"/.exec(String(qrCode("latent", "code")))?.[1] ?? "";
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let i = 0; i < Number(width); i++) drawn[Number(y)][Number(x) + i] = true;
  assert.deepEqual(drawn, rows);
});

test("values are Python", () => {
  assert.equal(literal([1, -0.5, [true, false, null]]), "[1, -0.5, [True, False, None]]");
  assert.equal(literal('a "b" \\ \n'), '"a \\"b\\" \\\\ \\n"');
  assert.equal(literal([NaN, Infinity, -Infinity]), '[float("nan"), float("inf"), float("-inf")]');
  assert.equal(literal(0.1 + 0.2), "0.30000000000000004");
});

test("a name that would end a text stays in it", () => {
  const name = '"); import os; ("';
  assert.equal(literal(name), '"\\"); import os; (\\""');
});

test("a script imports what it uses, and no more", async () => {
  const short = await script({ imports: ["from explore import kl"], body: ["rows = []"] });
  assert.deepEqual(short, [
    ...["import csv", "import sys", "", "from explore import kl", ""],
    ...["rows = []", "csv.writer(sys.stdout).writerows(rows)"],
  ]);
  const digit = { pixels: new Uint8Array(4), shape: [1, 2, 2] };
  const long = await script({ imports: [], digits: { x: digit }, body: ["rows = [math.pi]"] });
  assert.deepEqual(long.slice(0, 5), [
    "import base64",
    "import csv",
    "import math",
    "import sys",
    "import zlib",
  ]);
  assert.ok(long.includes("import torch"));
  assert.ok(long.some((line) => line.endsWith(".reshape(1, 2, 2) / 255")));
});

test("a quantity's rows and its Python have the same names", () => {
  /** @type {import("../../views/kit/python.js").Quantity[]} */
  const quantities = [
    ["loss", 1.5, "found.loss"],
    ["z", [1, 2], "mu + sigma"],
  ];
  assert.deepEqual(quantityRows(quantities), [
    ["loss", 1.5],
    ["z1", 1],
    ["z2", 2],
  ]);
  assert.deepEqual(quantityLines(quantities), [
    "rows = []",
    'rows.append(("loss", float(found.loss)))',
    'rows += [("z" + str(i), v) for i, v in enumerate((mu + sigma).tolist(), 1)]',
  ]);
});

test("parts of one view give one table, and a view without numbers none", async () => {
  assert.equal(homeOf("nowhere"), null);
  const part = (/** @type {number} */ v) => ({
    columns: ["x"],
    rows: [[v]],
    protocol: `How ${v}.`,
    python: () => [`print(${v})`],
  });
  const { signal: ended } = new AbortController();
  offerHome("two", () => part(1), ended);
  offerHome("two", () => null, ended);
  assert.deepEqual(homeOf("two")?.rows, [[1]]);
  offerHome("two", () => part(2), ended);
  const both = homeOf("two");
  assert.deepEqual(both?.rows, [[1], [2]]);
  assert.equal(both?.protocol, "How 1. How 2.");
  assert.deepEqual(await both?.python(), ["print(1)", "", "print(2)"]);
});

test("KL's terms add up in the table, both ways", () => {
  const { rows } = klHome({ mu: -1, sigma: 0.8 }, { mu: 0.5, sigma: 1.5 });
  const value = (/** @type {string} */ name) => Number(rows.find(([title]) => title === name)?.[1]);
  for (const title of ["KL(q||p)", "KL(p||q)"]) {
    const terms = ["log ratio", "spread", "distance", "constant"];
    const sum = terms.reduce((all, term) => all + value(`${title}: ${term}`), 0);
    assert.ok(Math.abs(sum - value(title)) < 1e-12);
    assert.ok(Math.abs(value(`${title} by the integral`) - value(title)) < 1e-6);
  }
});

test("the distance of two pictures is the root of the mean square, in shares of white", () => {
  assert.equal(distance(Uint8Array.of(0, 255), Uint8Array.of(255, 255)), Math.SQRT1_2);
});
