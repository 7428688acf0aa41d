/**
 * HTML and SVG that are safe to put into the page, and pieces of them that several views show.
 *
 * A checkpoint's card, a folder's name and a link are anybody's words. The page reads as HTML only
 * what the scripts of the page wrote with `html`; all else that comes into it is text. `fill` is the
 * one way in: eslint refuses innerHTML and its like elsewhere.
 */

/** @type {Record<string, string>} */
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** What `html` has made, and nothing else: the class stays in this module. */
class Html {
  #text;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  toString() {
    return this.#text;
  }
}

/** @typedef {Html} Markup */

/**
 * What may stand in a template of `html`, and be filled into an element: text, a number, more
 * markup, a list of these, or nothing.
 * @typedef {string | number | Markup | null | undefined | false | readonly Value[]} Value
 */

/** A value as HTML: text is escaped, in a way that also suits attributes in quotes. @param {Value} value @returns {string} */
const written = (value) => {
  if (value instanceof Html) return String(value);
  if (Array.isArray(value)) return value.map(written).join("");
  if (value === null || value === undefined || value === false) return "";
  return String(value).replace(/[&<>"']/g, (sign) => ESCAPES[sign]);
};

/**
 * A tag for templates of HTML or SVG. Values may stand in an element's text and in attributes that
 * are in quotes, but for those that hold a script.
 * @param {readonly string[]} parts
 * @param {Value[]} values
 */
export const html = (parts, ...values) =>
  new Html(parts.reduce((all, part, i) => all + written(values[i - 1]) + part));

/** Let an element hold this and nothing else. @param {Element} element @param {Value} value */
export const fill = (element, value) => {
  element.innerHTML = written(value); // eslint-disable-line no-restricted-properties -- the one place
};

/**
 * Values with a separator between them, as an array's join.
 * @param {readonly Value[]} values
 * @param {string} separator
 */
export const joined = (values, separator) =>
  html`${values.map((value, i) => (i ? [separator, value] : value))}`;

/**
 * Which model it is, in its colour.
 * @param {{ family: string, title: string }} model
 * @param {string} [more] text behind the family's full name
 */
export const modelHeading = ({ family, title }, more = "") =>
  html`<h3 class="model ${family}">${family.toUpperCase()}<span class="full-name">${title + more}</span></h3>`;

/** A line for each checkpoint that could not be loaded. @param {string[]} reasons */
export const notices = (reasons) =>
  html`${reasons.map((reason) => html`<p class="notice">${reason}</p>`)}`;
