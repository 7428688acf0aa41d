/** The elements of a slider: its name, the range, its value, and a strip of pictures along it. */
import { fill, html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";
import { finder } from "../kit/view.js";
import { FAR } from "./moves.js";

/** @typedef {import("../kit/markup.js").Value} Value */
/** @typedef {import("./moves.js").Row} Row */
/** @typedef {import("./moves.js").NamedRow} NamedRow */

/**
 * @typedef {object} SliderRow
 * @property {HTMLElement} root
 * @property {HTMLInputElement} input
 * @property {HTMLOutputElement} output
 * @property {HTMLCanvasElement} strip
 */

/**
 * @param {string} kind its class
 * @param {string} id
 * @param {Value} between what stands between value and strip, as HTML
 * @returns {SliderRow & { label: HTMLLabelElement, small: HTMLElement }}
 */
const createRow = (kind, id, between = "") => {
  const root = Object.assign(document.createElement("div"), { className: kind });
  fill(
    root,
    html`<label><span></span> <small></small></label><input type="range">
    <output></output>${between}<canvas class="strip" role="img"></canvas>`,
  );
  const find = finder(root);
  const label = /** @type {HTMLLabelElement} */ (find("label"));
  const input = /** @type {HTMLInputElement} */ (find("input"));
  input.id = label.htmlFor = id;
  return {
    root,
    input,
    label,
    output: /** @type {HTMLOutputElement} */ (find("output")),
    small: find("small"),
    strip: /** @type {HTMLCanvasElement} */ (find(".strip")),
  };
};

/** @param {Row} row @param {string} id @returns {SliderRow} */
export const numberedRow = ({ name, worth, low, high, dead }, id) => {
  const { label, small, ...row } = createRow(`dimension${dead ? " dead" : ""}`, id);
  finder(label)("span").textContent = name;
  small.textContent = worth;
  const said = `${name} swept from ${format(low, 1)} to ${format(high, 1)}`;
  row.strip.setAttribute("aria-label", said);
  return row;
};

/** @param {NamedRow} row @param {string} id @returns {SliderRow & { measured: HTMLElement }} */
export const namedRow = ({ name, r2, hardly, told, followed }, id) => {
  const between = html`<span class="measured"></span>`;
  const { label, small, ...row } = createRow(`direction${hardly ? " hardly" : ""}`, id, between);
  const measured = finder(row.root)(".measured");
  finder(label)("span").textContent = name;
  small.textContent = r2;
  label.title = told;
  row.input.title = measured.title = followed;
  const said = `${name} swept from ${format(-FAR, 0)} to ${FAR} standard deviations`;
  row.strip.setAttribute("aria-label", said);
  return { ...row, measured };
};
