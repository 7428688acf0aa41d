/** The page's colours by name, in light and in dark, and its font: for what draws on a canvas. */
import { createSignal } from "./signal.js";

/** @type {Map<string, string>} */
const known = new Map();

/** Is the page dark? Gradio says so by a class of the body. */
const isDark = () => document.body.classList.contains("dark");

/** Tells when the page turns dark or light. */
export const dark = createSignal(isDark());

new MutationObserver(() => {
  if (isDark() === dark.value) return;
  known.clear();
  dark.value = isDark();
}).observe(document.body, { attributeFilter: ["class"] });

/** A colour of kit.css, as in colour("--ink"). @param {string} name */
export const colour = (name) => {
  const found = known.get(name) ?? getComputedStyle(document.body).getPropertyValue(name).trim();
  known.set(name, found);
  return found;
};

export const CLASSES = 10;

/** The colours of the classes, which differ in light and in dark. */
export const classColours = () =>
  Array.from({ length: CLASSES }, (_, digit) => colour(`--class-${digit}`));

/** Red, green and blue of a colour of kit.css, 0 to 255. @param {string} name */
export const channels = (name) => {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return [0, 0, 0];
  pen.fillStyle = colour(name);
  return [1, 3, 5].map((i) => parseInt(pen.fillStyle.toString().slice(i, i + 2), 16));
};

/** The font of a canvas whose pen counts in units, `size` in rem. @param {number} size @param {string} [weight] */
export const font = (size, weight = "normal") => `${weight} ${16 * size}px system-ui, sans-serif`;
