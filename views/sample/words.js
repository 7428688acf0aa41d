/** Sample's words and tables: HTML of what was measured of many draws. */
import { html, joined, modelHeading } from "../kit/markup.js";
import { format } from "../kit/numbers.js";

/**
 * What the server's file of a code size holds: see facts_of in sample.py.
 * @typedef {{ models: Model[], real: Record<string, string> }} Facts
 * @typedef {{ name: string, family: string, title: string, trained_on: string | null,
 *   origins: Record<string, Origin>, map: CodeMap | null }} Model
 * @typedef {{ there: boolean, note: string, shares: Shares | null, measures: Measure[] }} Origin
 * @typedef {{ drawn: number[], real: number[], protocol: string }} Shares
 * @typedef {{ title: string, digits: number, deviation: number | null,
 *   average: { value: number, protocol: string } }} Measure
 * @typedef {{ axes: number[], points: string, classes: number[] }} CodeMap
 */

/** Which model it is; of one that somebody added its name and data, too. @param {Model} model */
export const headingOf = (model) =>
  modelHeading(model, model.trained_on === null ? "" : `, ${model.name} on ${model.trained_on}`);

/** @param {Measure} measure */
const measureHtml = ({ title, digits, deviation, average: { value, protocol } }) => {
  const error = deviation === null ? "" : ` ± ${format(deviation, digits)}`;
  return html`<span title="${protocol}">${title} <b>${format(value, digits)}${error}</b></span>`;
};

/**
 * What was measured of many draws: counts of classes, and how good they are; "" where nothing was.
 * @param {Origin} origin
 * @param {boolean} isPrior are they drawn from N(0, I)?
 */
export const judgedHtml = ({ shares, measures }, isPrior) => {
  if (!shares) return "";
  const { drawn, real, protocol } = shares;
  const most = Math.max(...drawn, ...real);
  const cell = (/** @type {number} */ v) =>
    html`<td style="--share:${(v / most).toFixed(3)}">${format(1000 * v, 0)}</td>`;
  const row = (/** @type {string} */ name, /** @type {number[]} */ values) =>
    html`<tr><th>${name}</th>${values.map(cell)}</tr>`;
  const digits = drawn.map((_, digit) => html`<th>${digit}</th>`);
  const at = isPrior ? " at temperature 1" : "";
  return html`<table title="${protocol}"><caption>Classes of 1,000 pictures${at}</caption>
    <tr><th></th>${digits}</tr>${row("drawn", drawn)}${row("real", real)}</table><p>${joined(measures.map(measureHtml), ", ")}</p>`;
};
