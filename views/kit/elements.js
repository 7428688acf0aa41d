/** Elements with their text and attributes, which may be anybody's words: nothing is read as HTML. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {Element} T
 * @param {T} element
 * @param {string} text
 * @param {Record<string, string | number | boolean>} attributes
 */
const dress = (element, text, attributes) => {
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
};

/**
 * An element of HTML.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [text]
 * @param {Record<string, string | number | boolean>} [attributes]
 */
export const makeElement = (tag, text = "", attributes = {}) =>
  dress(document.createElement(tag), text, attributes);

/**
 * An element of SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean>} [attributes]
 * @param {string} [text]
 */
export const makeSvg = (tag, attributes = {}, text = "") =>
  dress(document.createElementNS(SVG, tag), text, attributes);
