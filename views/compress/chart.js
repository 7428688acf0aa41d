/** The chart of the error against the code size, the table under it, and what both say in words. */
import { axisBottom, axisLeft, axisRight, linear, logarithmic, places } from "../kit/chart.js";
import { html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";

/** @typedef {import("../kit/routes.js").Props["compress/compress"]["facts"][string]} Facts */
/** @typedef {import("../kit/chart.js").Scale} Scale */
/** @typedef {{ x: Scale, y: Scale, width: number, height: number }} Chart scales of code size and error */

/** @type {Record<string, string>} */
export const TITLES = { pca: "PCA", linear: "linear AE", ae: "AE", vae: "VAE" };
export const KINDS = Object.keys(TITLES);
/** @type {Record<string, string>} */
const GLYPHS = { pca: "—", linear: "○", ae: "●", vae: "●" };
const MARGIN = { left: 46, right: 52, top: 30, bottom: 42 };
const LOST = [0, 0.25, 0.5, 0.75, 1]; // shares of the variance, at the ticks

const percent = (/** @type {number} */ share, digits = 1) => `${format(100 * share, digits)} %`;

/** The error of a kind at size k on the test images, if such a network was trained. */
const errorOf = (
  /** @type {Facts} */ { pca, errors },
  /** @type {string} */ kind,
  /** @type {number} */ k,
) => /** @type {number | undefined} */ (kind === "pca" ? pca[k] : errors[kind]?.[k]);

/** The size that is nearest by its ratio. @param {number[]} sizes @param {number} size */
export const nearest = (sizes, size) => {
  const distance = (/** @type {number} */ other) => Math.abs(Math.log(other / size));
  return sizes.reduce((a, b) => (distance(b) < distance(a) ? b : a));
};

/**
 * The scales of a chart as wide as there is room: k doubles from step to step, 0 error is at the
 * bottom, and the variance, which is the error with no component, at the top.
 * @param {Facts} facts
 * @param {number} width in units
 * @returns {Chart}
 */
export const chartOf = ({ pca }, width) => {
  const height = Math.max(250, Math.min(330, 0.56 * width));
  return {
    x: logarithmic([1, pca.length - 1], [MARGIN.left, width - MARGIN.right]),
    y: linear([0, pca[0]], [height - MARGIN.bottom, MARGIN.top]),
    width,
    height,
  };
};

/** @param {Chart} chart @param {Facts} facts @param {number} k */
const drawAxes = ({ x, y, width }, { pca, sizes }, k) => {
  const [variance] = pca;
  const [left, right] = x.range;
  const [bottom] = y.range;
  const values = LOST.map((lost) => lost * variance);
  const error = (/** @type {number} */ v) => (v ? format(v, 3).slice(1) : "0");
  const kept = (/** @type {number} */ v) => `${Math.round(100 - (100 * v) / variance)} %`;
  return html`${axisLeft(y, left, { values, write: error, grid: true, across: right })}
    ${axisRight(y, right, { values, write: kept })}
    ${axisBottom(x, bottom, { values: sizes.filter((size) => size !== k), write: String })}
    <text class="k" x="${x.at(k)}" y="${bottom}" dy="1.3em" text-anchor="middle">${k}</text>
    <text x="0" y="14">squared error per pixel</text>
    <text x="${width}" y="14" text-anchor="end">variance kept</text>
    <text x="${(left + right) / 2}" y="${bottom + 38}" text-anchor="middle">code size k, each step twice the one before</text>`;
};

/** What networks of one kind leave at the sizes that were trained. */
const drawTrained = (
  /** @type {Chart} */ { x, y },
  /** @type {string} */ kind,
  /** @type {Record<string, number>} */ found,
  /** @type {number} */ k,
) => {
  const points = Object.entries(found).map(([size, mse]) => [Number(size), mse]);
  const dots = points.map(
    ([size, mse]) =>
      html`<circle class="${kind}" cx="${x.at(size)}" cy="${y.at(mse)}" r="${(kind === "linear" ? 5.5 : 4) + (size === k ? 1.5 : 0)}"/>`,
  );
  // The linear autoencoder's points lie on PCA's curve.
  const line =
    kind === "linear"
      ? ""
      : html`<polyline class="line ${kind}" points="${places(x, y, points)}"/>`;
  return [line, dots];
};

/** @param {Chart} chart @param {Facts} facts @param {number} k */
const drawCurves = (chart, { pca, pixels, errors, random }, k) => {
  const { x, y } = chart;
  const sizes = pca.map((_, size) => size).slice(1);
  const byChance = (/** @type {number} */ size) => pca[0] * (1 - size / pixels);
  const curve = (/** @type {(size: number) => number} */ error) =>
    places(
      x,
      y,
      sizes.map((size) => [size, error(size)]),
    );
  const label = random ? `broad: 1 − k/${pixels} of the variance` : "if pixels were independent";
  const under = y.at(byChance(pca.length - 1)) + (random ? 36 : 22);
  return html`<polyline class="chance" points="${curve(byChance)}"/>
    <text x="${x.range[1] - 4}" y="${under}" text-anchor="end">${label}</text>
    <polyline class="pca" points="${curve((size) => pca[size])}"/>
    ${Object.entries(errors).map(([kind, found]) => drawTrained(chart, kind, found, k))}`;
};

/** The whole chart as SVG. @param {Facts} facts @param {number} k @param {number} width */
export const drawChart = (facts, k, width) => {
  const chart = chartOf(facts, width);
  const x = chart.x.at(k);
  const [bottom, top] = chart.y.range;
  return html`${drawAxes(chart, facts, k)}<line class="at" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/>
    ${drawCurves(chart, facts, k)}<circle class="handle" cx="${x}" cy="${bottom}" r="6"/>`;
};

/** @param {string} title @param {string[]} cells */
const row = (title, cells) =>
  html`<tr><th scope="row">${title}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;

/** Head and body of the table at size k. @param {Facts} facts @param {number} k */
export const tableOf = (facts, k) => {
  const cells = (/** @type {(mse: number) => string} */ write) =>
    KINDS.map((kind) => errorOf(facts, kind, k)).map((mse) =>
      mse === undefined ? "not trained" : write(mse),
    );
  const heads = KINDS.map(
    (kind) => html`<th scope="col" class="${kind}">${GLYPHS[kind]} ${TITLES[kind]}</th>`,
  );
  return {
    head: html`<tr><th>at k = ${k}</th>${heads}</tr>`,
    body: html`${[
      row(
        "error, 10,000 test images",
        cells((mse) => format(mse, 5)),
      ),
      row(
        "variance kept",
        cells((mse) => percent(1 - mse / facts.pca[0])),
      ),
    ]}`,
  };
};

/** How far the linear autoencoder is from PCA, if one was trained. */
const linearInWords = (/** @type {Facts} */ facts, /** @type {number} */ k) => {
  const angle = /** @type {number | undefined} */ (facts.angles[k]);
  const error = errorOf(facts, "linear", k);
  if (angle === undefined || error === undefined) return "";
  const apart = percent(Math.abs(error / facts.pca[k] - 1), 3);
  return html`Linear AE and PCA: their subspaces are at most <b class="angle">${format(angle, 5)}</b> radians
    (${format((180 * angle) / Math.PI, 3)}°) apart, their test errors differ by <b>${apart}</b>. `;
};

/** Why a VAE keeps nothing of fair coins: no model's expected -log p(x) is below the entropy of x. */
const vaeInWords = (
  /** @type {Facts} */ { entropy, bounds, errors, pixels },
  /** @type {number} */ k,
) => {
  const found = /** @type {Facts["bounds"][string] | undefined} */ (bounds[k]);
  if (!errors.vae) return "No AE or VAE was trained on these; the best linear code is known.";
  if (!entropy || !found?.elbo || !found.kl)
    return "The VAE pays nats for every number it uses, and leaves unused those that save too little.";
  return html`No VAE can gain here: its pixels are fair coins, and −ELBO ≥ H(x) = ${pixels} log 2 = ${format(entropy)} nats. This one has
    <span class="bound" title="${found.elbo.protocol}">${format(-found.elbo.value)}</span>, with a <span title="${found.kl.protocol}">KL of ${format(found.kl.value)}</span>.`;
};

/** What the numbers say at size k. @param {Facts} facts @param {number} k */
export const inWords = (facts, k) =>
  html`${k}/${facts.pixels} = <b>${percent(k / facts.pixels)}</b>: that share of independent pixels is the most a linear code keeps. ${linearInWords(facts, k)}${vaeInWords(facts, k)}`;
