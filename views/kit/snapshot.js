/**
 * What is seen of an element as one SVG that stands alone: text stays text, canvases become images.
 *
 * Each element is copied as a plain one that bears the style which the browser computed for it, so that
 * no style sheet is needed. It is done within one task: who prints by the browser's menu waits for
 * nothing, which rules out the libraries that do the same, for they fetch and await.
 */

import { createLines, lineBreak } from "./snapshot_lines.js";
import { contentOf, knob, wordsOf } from "./snapshot_stand_ins.js";
import { initialStyle, written } from "./snapshot_style.js";

const XHTML = "http://www.w3.org/1999/xhtml";
const SVG = "http://www.w3.org/2000/svg";

const LEFT_OUT = new Set(["SCRIPT", "STYLE", "TEMPLATE", "DIALOG", "LINK"]);

/** Of an element with this class take_home.css leaves out what makes no sense on paper. */
const ON_PAPER = "on-paper";

/** What `::before` or `::after` shows, as an element. @param {Element} element @param {string} which @param {Map<string, string>} initial */
const pseudo = (element, which, initial) => {
  const style = getComputedStyle(element, which);
  const [, text] = /^"(.*)"$/s.exec(style.content) ?? [];
  if (text === undefined || style.display === "none") return [];
  const made = document.createElementNS(XHTML, "span");
  made.textContent = text.replace(/\\(.)/gs, "$1");
  made.setAttribute("style", written(style, getComputedStyle(element), initial));
  return [made];
};

/** @typedef {import("./snapshot_lines.js").Lines} Lines */

/** What is in an element, copied. @param {Element} element @param {CSSStyleDeclaration} style @param {Map<string, string>} initial @param {Lines} lines of the block that it is in */
const copiesWithin = (element, style, initial, lines) => {
  const isText = element.namespaceURI !== SVG && !style.whiteSpace.startsWith("pre");
  return [...element.childNodes].flatMap((child) => {
    if (child instanceof Text) return isText ? lines.split(child) : [child.cloneNode()];
    if (!(child instanceof Element)) return [];
    if (child.tagName === "BR") {
      lines.end();
      return [lineBreak()];
    }
    const { display, position } = getComputedStyle(child);
    const isInline = display === "inline" && !(child instanceof HTMLCanvasElement);
    const isOut = position === "absolute" || position === "fixed";
    const breaks = !isInline && !isOut && display.startsWith("inline") && lines.begins(child);
    const copied = copyOf(child, style, initial, isInline ? lines : createLines());
    if (!display.startsWith("inline") && !isOut) lines.end();
    return copied ? [...(breaks ? [lineBreak()] : []), copied] : [];
  });
};

/** A canvas or an image as an image. @param {HTMLCanvasElement | HTMLImageElement} element @param {string} css */
const imageOf = (element, css) => {
  const image = document.createElementNS(XHTML, "img");
  const alt = element.getAttribute("aria-label") ?? element.getAttribute("alt") ?? "";
  for (const [name, value] of Object.entries({
    src: contentOf(element) || "data:,",
    alt,
    style: css,
  }))
    image.setAttribute(name, value);
  return image;
};

/** A slider, drawn without the ground that its style may name, as browsers do. @param {HTMLInputElement} element @param {string} css @param {string} position */
const sliderOf = (element, css, position) => {
  const made = document.createElementNS(XHTML, "span");
  const place = position === "static" ? ";position:relative" : "";
  made.setAttribute("style", `${css};background:none;border:none;box-shadow:none${place}`);
  made.append(knob(element));
  return made;
};

/** An element of SVG, without what is in it. @param {Element} element @param {string} css @param {string} overflow */
const svgPartOf = (element, css, overflow) => {
  const made = /** @type {Element} */ (element.cloneNode(false));
  for (const name of ["class", "tabindex"]) made.removeAttribute(name);
  // A link leads nowhere on paper; the address of a picture holds it.
  if (!made.getAttribute("href")?.startsWith("data:")) made.removeAttribute("href");
  // Elsewhere than here browsers cut an SVG at its edge unless told otherwise.
  const edge = element instanceof SVGSVGElement ? `;overflow:${overflow}` : "";
  made.setAttribute("style", css + edge);
  return made;
};

/** @param {Element} element @param {CSSStyleDeclaration | null} above @param {Map<string, string>} initial @param {Lines} lines @returns {Element | null} */
const copyOf = (element, above, initial, lines) => {
  const style = getComputedStyle(element);
  if (LEFT_OUT.has(element.tagName) || style.display === "none") return null;
  const css = written(style, above, initial);
  if (element instanceof HTMLCanvasElement || element instanceof HTMLImageElement)
    return imageOf(element, css);
  if (element instanceof HTMLInputElement && element.type === "range")
    return sliderOf(element, css, style.position);
  if (element.namespaceURI === SVG) {
    const made = svgPartOf(element, css, style.overflowX);
    made.append(...copiesWithin(element, style, initial, lines));
    return made;
  }
  const made = document.createElementNS(XHTML, "span");
  made.setAttribute("style", css);
  const words = wordsOf(element);
  if (words === null)
    made.append(
      ...pseudo(element, "::before", initial),
      ...copiesWithin(element, style, initial, lines),
      ...pseudo(element, "::after", initial),
    );
  else made.textContent = words;
  return made;
};

/**
 * An element as an SVG element of its size, with nothing of it that makes no sense on paper.
 * @param {HTMLElement} element that is shown
 */
export const snapshot = (element) => {
  element.classList.add(ON_PAPER);
  try {
    const { width } = element.getBoundingClientRect();
    const size = { width: Math.ceil(width), height: Math.ceil(element.scrollHeight) };
    const copied = copyOf(element, null, initialStyle(), createLines());
    const svg = document.createElementNS(SVG, "svg");
    const outside = document.createElementNS(SVG, "foreignObject");
    for (const [name, value] of Object.entries(size)) {
      svg.setAttribute(name, String(value));
      outside.setAttribute(name, String(value));
    }
    svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    // A chart's outermost words may stand a little over the edge.
    for (const each of [svg, outside]) each.setAttribute("style", "overflow:visible");
    if (copied) outside.append(copied);
    svg.append(outside);
    return svg;
  } finally {
    element.classList.remove(ON_PAPER);
  }
};

/** The SVG as the text of a file. @param {SVGSVGElement} svg */
export const svgText = (svg) => new XMLSerializer().serializeToString(svg);

/**
 * The SVG as a PNG. Rejects where the browser cannot draw one so large.
 * @param {SVGSVGElement} svg
 * @param {number} scale pixels of the PNG for one of the page
 */
export const pngOf = async (svg, scale) => {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width * scale, image.height * scale];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise(
    (/** @type {(blob: Blob) => void} */ done, /** @type {(error: Error) => void} */ fail) =>
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png"),
  );
};
