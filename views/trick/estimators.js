/** Three estimators of the loss's gradient: their running moments, strips of draws, and a verdict. */
import { html } from "../kit/markup.js";
import { significant } from "./plane.js";

/** @typedef {import("../kit/routes.js").Routes["trick/estimates"]["answer"]} Estimates */
/** @typedef {keyof Estimates} Name */
/** @typedef {{ count: number, mean: number, squares: number, last: number[] }} Moments */
/** @typedef {Record<Name, Moments[]>} Statistics of each estimator, for each parameter */

const KEPT = 256; // draws that a strip shows
const STRIP = 28; // its height in units

/** @type {{ name: Name, title: string, colour: string }[]} */
export const ESTIMATORS = [
  { name: "pathwise", title: "reparameterized", colour: "var(--z)" },
  { name: "score", title: "score function", colour: "var(--p)" },
  { name: "baseline", title: "with a mean baseline", colour: "var(--kl)" },
];

const noMoments = () =>
  Array.from({ length: 4 }, () => ({ count: 0, mean: 0, squares: 0, last: [] }));
/** Of no draw yet. @returns {Statistics} */
export const freshStatistics = () => ({
  pathwise: noMoments(),
  score: noMoments(),
  baseline: noMoments(),
});

/** Take more values in (Welford 1962). @param {Moments} moments @param {number[]} values */
export const addValues = (moments, values) => {
  for (const v of values) {
    const from = v - moments.mean;
    moments.count += 1;
    moments.mean += from / moments.count;
    moments.squares += from * (v - moments.mean);
  }
  moments.last = [...moments.last, ...values].slice(-KEPT);
};

/** Take the estimates from more draws in. @param {Statistics} statistics @param {Estimates} answer */
export const addEstimates = (statistics, answer) => {
  for (const { name } of ESTIMATORS)
    answer[name].forEach((values, parameter) => addValues(statistics[name][parameter], values));
};

/** @param {Moments} moments */
export const variance = ({ squares, count }) => squares / (count - 1);

/** What the strips span, to each side. @param {Moments[]} all */
export const spanOf = (all) => Math.max(1e-9, ...all.flatMap(({ last }) => last.map(Math.abs)));

/** @param {Moments} moments */
export const momentsText = (moments) => {
  if (!moments.count) return "";
  const error = Math.sqrt(variance(moments) / moments.count);
  return `mean ${significant(moments.mean)} ± ${significant(error)}, variance ${significant(variance(moments))}`;
};

/**
 * The last draws as dots on a line, and their mean, as SVG.
 * @param {Moments} moments
 * @param {number} span
 * @param {number} width
 */
export const strip = ({ last, mean, count }, span, width) => {
  const x = (/** @type {number} */ v) => width / 2 + (v / span) * (width / 2 - 8);
  // Spread over the strip's height, so that dots that are close can be told apart.
  const dots = last.map(
    (v, i) => html`<circle cx="${x(v).toFixed(1)}" cy="${6 + ((i * 7919) % 17)}" r="2.5"/>`,
  );
  const line = count ? html`<path class="mean" d="M${x(mean)} 2v24"/>` : "";
  return html`<path class="axis" d="M${width / 2} 0V${STRIP}"/>${dots}${line}`;
};

/** A variance as a share of the largest, on a log scale. @param {Moments} moments @param {number} largest */
export const varianceShare = (moments, largest) =>
  moments.count ? Math.log10(1 + variance(moments)) / Math.log10(1 + largest) : 0;

/**
 * What the draws show, in two sentences.
 * @param {Record<Name, Moments>} now
 * @param {number} span
 */
export const verdict = ({ pathwise, score, baseline }, span) => {
  if (!pathwise.count) return "";
  const error = Math.sqrt((variance(score) + variance(pathwise)) / score.count);
  const away = Math.abs(score.mean - pathwise.mean) / error;
  const ratio = (/** @type {Moments} */ other) =>
    `×${significant(variance(other) / variance(pathwise))}`;
  return (
    `${pathwise.count.toLocaleString("en")} draws. Strips span ±${significant(span)}; bars show the variance, log scale. The score function's is ` +
    `${ratio(score)}, with a baseline ${ratio(baseline)}. Its mean is ${away.toFixed(1)} standard errors from the reparameterized mean.`
  );
};
