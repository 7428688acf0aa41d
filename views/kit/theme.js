/** The page's colours by name, its lines and its font, as it looks now: for what draws on a canvas. */
import { presenting } from "./page.js";
import { createSignal } from "./signal.js";

const BROADER = 1.6; // a line on a wall, as --stroke of presenter.css

/** @type {Map<string, string>} */
const known = new Map();

/** Is the page dark? Gradio says so by a class of the body. */
export const isDark = () => document.body.classList.contains("dark");

/** Tells when the page looks otherwise, and canvases are to be drawn anew. */
export const appearance = createSignal({ dark: isDark(), presented: presenting.value });

const look = () => {
  const { dark, presented } = appearance.value;
  if (isDark() === dark && presenting.value === presented) return;
  known.clear();
  appearance.value = { dark: isDark(), presented: presenting.value };
};
new MutationObserver(look).observe(document.body, { attributeFilter: ["class"] });
presenting.subscribe(look);

/** The width of a line, in units: broader on a wall. @param {number} width */
export const thick = (width) => (presenting.value ? BROADER : 1) * width;

/** How opaque the dots of a map are: on a wall one reads the names of the classes instead. */
export const dotOpacity = () => (presenting.value ? 0.22 : 1);

/** How many times as large as elsewhere these names are. */
export const nameScale = () => (presenting.value ? 1.75 : 1);

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
