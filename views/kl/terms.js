/** The closed form of KL between two Gaussians as rows of a table, with its numbers put in. */
import { html } from "../kit/markup.js";
import { addingUp, format, signed, sum } from "../kit/numbers.js";
import { digitsFor, short } from "./curves.js";
import { klTerms } from "./gaussians.js";

/** @typedef {import("./gaussians.js").Gaussian} Gaussian */

const symbol = (/** @type {string} */ letter, /** @type {string} */ who) =>
  html`<span class="${letter === "μ" ? "mu" : "sigma"}">${letter}</span><sub class="${who}">${who}</sub>`;

/** The four terms as formulas. @param {string} a @param {string} b */
const formulas = (a, b) => {
  const [ma, sa, mb, sb] = [symbol("μ", a), symbol("σ", a), symbol("μ", b), symbol("σ", b)];
  return [html`log(${sb}/${sa})`, html`${sa}²/(2${sb}²)`, html`(${ma}−${mb})²/(2${sb}²)`, "−½"];
};

/** The same with numbers in place of symbols. @param {Gaussian} a @param {Gaussian} b */
const substituted = (a, b) => [
  `log(${short(b.sigma)}/${short(a.sigma)})`,
  `${short(a.sigma)}²/(2·${short(b.sigma)}²)`,
  `(${short(a.mu - b.mu)})²/(2·${short(b.sigma)}²)`,
  "",
];

/**
 * KL(a || b): its value, how many decimals it is written with, and the table's rows, which add up.
 * @param {Gaussian} a
 * @param {Gaussian} b
 * @param {string[]} names of both
 */
export const closedForm = (a, b, names) => {
  const terms = klTerms(a, b);
  const total = Math.max(0, sum(terms));
  const digits = digitsFor(Math.max(...terms.map(Math.abs)));
  const rounded = addingUp(terms, digits).parts;
  const low = Math.min(0, ...terms);
  const high = Math.max(...terms, total);
  const share = (/** @type {number} */ v) => (100 * (v - low)) / (high - low);
  const bar = (/** @type {number} */ v) =>
    html`<div style="--zero: ${share(0)}%"><i class="${v < 0 ? "minus" : ""}" style="left: ${share(Math.min(v, 0))}%; width: ${share(Math.abs(v) + low)}%"></i></div>`;
  const numbers = substituted(a, b);
  const [first, second] = names;
  const rows = formulas(first, second).map(
    (formula, i) =>
      html`<tr><th scope="row"><span class="formula">${formula}</span></th><td>${numbers[i]}</td><td class="sized">${bar(terms[i])}</td><td class="value">${signed(rounded[i], digits)}</td></tr>`,
  );
  rows.push(
    html`<tr class="total"><th scope="row">sum</th><td></td><td class="sized">${bar(total)}</td><td class="value">${format(total, digits)}</td></tr>`,
  );
  return { total, digits, rows: html`${rows}` };
};
