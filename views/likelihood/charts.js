/** p(x_i|z) of one pixel as SVG: two bars, a curve over grey levels, or a bar for each level. */
import { linear, places } from "../kit/chart.js";
import { html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";

export const WIDE = 186; // of the chart, in its own units
export const TALL = 82;
const BASE = 51; // the axis
const HIGH = 33; // of what stands on it
const LEVELS = 256; // grey levels

/** Grey levels from -0.4 to 1.4: a density gives some of itself to what no pixel can be. */
const across = linear([-0.4, 1.4], [0, WIDE]);

/**
 * What is known of one pixel.
 * @typedef {object} Pixel
 * @property {number} mean
 * @property {number} deviation
 * @property {number} [location] of a rounded logistic, with its scale
 * @property {number} [scale]
 */

const title = (/** @type {string} */ text) =>
  html`<text class="faint" x="${WIDE / 2}" y="13" text-anchor="middle">${text}</text>`;

/** P(black) and P(white). @param {number} p */
const bars = (p) =>
  [1 - p, p].map((share, value) => {
    const x = across.at(value);
    const top = BASE - HIGH * share;
    return html`<rect class="density" x="${x - 9}" y="${top}" width="18" height="${HIGH * share}"/>
    <text x="${x}" y="${top - 5}" text-anchor="middle">${format(share)}</text>`;
  });

/** @param {number} mean @param {number} deviation */
const curve = (mean, deviation) => {
  const [from, to] = across.domain;
  const height = linear([0, 1], [BASE, BASE - HIGH]);
  const regular = Array.from({ length: WIDE + 1 }, (_, i) => from + ((to - from) * i) / WIDE);
  // The peak itself, or a narrow curve would lose it between two places.
  const points = [...regular, mean]
    .sort((a, b) => a - b)
    .map((v) => [v, Math.exp(-0.5 * ((v - mean) / deviation) ** 2)]);
  const outline = places(across, height, [[from, 0], ...points, [to, 0]]);
  return html`<polygon class="density" points="${outline}"/>
    ${title(`peak ${format(1 / (deviation * Math.sqrt(2 * Math.PI)), 1)} per grey unit`)}`;
};

/**
 * P of each grey level under a rounded logistic, by its distribution function: as
 * models/likelihoods.py has it. The outer levels have all that lies beyond them.
 * @param {number} location
 * @param {number} scale
 */
export const massesOf = (location, scale) => {
  const below = (/** @type {number} */ level) =>
    1 / (1 + Math.exp((location - level / (LEVELS - 1)) / scale));
  return Array.from(
    { length: LEVELS },
    (_, k) => (k === LEVELS - 1 ? 1 : below(k + 0.5)) - (k === 0 ? 0 : below(k - 0.5)),
  );
};

/** @param {number} location @param {number} scale */
const levels = (location, scale) => {
  const masses = massesOf(location, scale);
  const most = Math.max(...masses);
  const lines = masses.map((mass, k) => {
    const x = across.at(k / (LEVELS - 1)).toFixed(1);
    return `M${x},${BASE} V${(BASE - (HIGH * mass) / most).toFixed(1)}`;
  });
  return html`<path class="density" d="${lines.join(" ")}"/>${title(`likeliest: P = ${format(most, 3)}`)}`;
};

/**
 * The chart of one pixel, and what it says in words.
 * @param {string} kind of the likelihood
 * @param {Pixel} pixel
 * @param {number} x the pixel of the digit, in [0, 1]
 */
export const drawPixel = (kind, { mean, deviation, location = 0, scale = 1 }, x) => {
  const binary = kind === "bernoulli";
  const shape = binary
    ? bars(mean)
    : kind === "discretized-logistic"
      ? levels(location, scale)
      : curve(mean, deviation);
  const words = binary
    ? `P(white) = ${format(mean)}, σ ${format(deviation)}`
    : `mean ${format(mean)}, σ ${format(deviation, 3)}`;
  const ticks = [0, 0.5, 1].map(
    (v) =>
      html`<text class="faint" x="${across.at(v)}" y="${BASE + 14}" text-anchor="middle">${v}</text>`,
  );
  const shown = across.at(binary ? Number(x >= 0.5) : x);
  const svg = html`<line class="axis" x1="0" x2="${WIDE}" y1="${BASE}" y2="${BASE}"/>${shape}
    <circle class="digit-here" cx="${shown}" cy="${BASE}" r="4.5"/>${ticks}
    <text x="${WIDE / 2}" y="${BASE + 29}" text-anchor="middle">${words}</text>`;
  return { svg, words };
};
