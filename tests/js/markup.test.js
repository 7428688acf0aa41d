/** Markup: what is anybody's text stays text, and the gate refuses other ways into the page. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ESLint } from "eslint";

import { fill, html, joined, modelHeading, notices } from "../../views/kit/markup.js";

const STRANGE = `<img src=x onerror="f()">'&`;
const ESCAPED = "&lt;img src=x onerror=&quot;f()&quot;&gt;&#39;&amp;";

test("a value is escaped, for text and for attributes in quotes", () => {
  assert.equal(
    String(html`<p title="${STRANGE}">${STRANGE}</p>`),
    `<p title="${ESCAPED}">${ESCAPED}</p>`,
  );
  assert.equal(String(html`${-1.5} ${0} ${NaN}`), "-1.5 0 NaN");
});

test("what html made is taken as it is, also in lists", () => {
  const items = ["<a>", "<b>"].map((text) => html`<li>${text}</li>`);
  assert.equal(
    String(html`<ol>${items}${[[items[0]], "<c>"]}</ol>`),
    "<ol><li>&lt;a&gt;</li><li>&lt;b&gt;</li><li>&lt;a&gt;</li>&lt;c&gt;</ol>",
  );
  assert.equal(String(joined([items[0], "&"], "; ")), "<li>&lt;a&gt;</li>; &amp;");
});

test("nothing is written of what is not there", () => {
  assert.equal(String(html`<i>${null}${undefined}${false}${""}${[]}</i>`), "<i></i>");
});

test("an object that only looks like markup is text", () => {
  const forged = JSON.parse(JSON.stringify({ text: "<b>", "#text": "<b>" }));
  forged.toString = () => "<b>";
  Object.assign(forged, { constructor: html``.constructor });
  assert.equal(String(html`${forged}`), "&lt;b&gt;");
});

test("an element is filled with markup, or with text as text", () => {
  const element = /** @type {any} */ ({ innerHTML: "before" });
  fill(element, "<b>");
  assert.equal(element.innerHTML, "&lt;b&gt;");
  fill(element, html`<b></b>`);
  assert.equal(element.innerHTML, "<b></b>");
  fill(element, null);
  assert.equal(element.innerHTML, "");
});

test("headings and notices keep names and reasons text", () => {
  assert.equal(String(notices(["<i>"])), '<p class="notice">&lt;i&gt;</p>');
  const heading = modelHeading({ family: "vae", title: "VAE" }, ", <script>");
  assert.match(String(heading), /^<h3 class="model vae">VAE<span .*>VAE, &lt;script&gt;<\/span>/);
});

const CODE = `import { html } from "../kit/markup.js";
export const act = (/** @type {any} */ e, /** @type {string} */ t) => [`;
const REFUSED = [
  "(e.innerHTML = t)",
  '(e["outerHTML"] = t)',
  'e.insertAdjacentHTML("beforeend", t)',
  'new DOMParser().parseFromString(t, "text/html")',
  "html`<p title=${t}></p>`",
  'html`<a href="${t}"></a>`',
  'html`<p onclick="${t}"></p>`',
  "html`<script>${t}</script>`",
  "`<b>${t}</b>`",
  '"<b></b>"',
];

test("the linter refuses other ways into the page", async () => {
  const eslint = new ESLint();
  const complaints = async (/** @type {string} */ code) => {
    const [{ messages }] = await eslint.lintText(`${CODE}html\`\`, t, e, ${code}];\n`, {
      filePath: "views/maps/new.js",
    });
    return messages.map(({ ruleId }) => ruleId);
  };
  assert.deepEqual(await complaints('html`<p title="${t}">${t} = ${t}</p>`'), []);
  for (const code of REFUSED)
    assert.match((await complaints(code)).join(), /^no-restricted-(syntax|properties)\b/, code);
});
