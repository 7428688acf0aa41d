/** Denoise's chart: the measured error of each model against the strength of the corruption. */
import { apart, axisBottom, axisLeft, linear, places } from "../kit/chart.js";
import { html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";

/** @typedef {import("../kit/routes.js").Props["denoise/denoise"]["models"][number]["curves"][string]} Curve */
/** @typedef {{ family: string, curve: Curve }} Measured of one model */

// In units: room around the chart, within its axes and from its titles, and between two names.
const ROOM = { left: 44, right: 48, top: 24, bottom: 46 };
const INSET = 16;
const LIFT = 8;
const HEIGHT = 250;
const LINE = 17;

/**
 * The value of a curve at x: the line through its points, flat beyond them.
 * @param {Pick<Curve, "strength" | "value">} curve with strengths in rising order
 * @param {number} x
 */
export const valueAt = ({ strength, value }, x) => {
  const next = strength.findIndex((s) => s >= x);
  if (next < 0) return value[value.length - 1];
  if (next === 0) return value[0];
  const share = (x - strength[next - 1]) / (strength[next] - strength[next - 1]);
  return value[next - 1] + share * (value[next] - value[next - 1]);
};

/**
 * The values at a strength in words, and how all of them were measured.
 * @param {Measured[]} measured at least one
 * @param {number} strength
 */
export const curveWords = (measured, strength) => {
  const values = measured.map(
    ({ family, curve }) => `${family.toUpperCase()} ${format(valueAt(curve, strength), 4)}`,
  );
  return html`<p>At strength ${format(strength)}, squared error per pixel:<br><b>${values.join(", ")}</b></p>
    <p class="aside">Measured on images ${measured[0].curve.protocol}, in tenths of strength.</p>`;
};

/**
 * The chart as SVG, and its height.
 * @param {Measured[]} measured at least one
 * @param {number} at the strength that is marked
 * @param {string} axis what the strength is
 * @param {number} width in units
 */
export const curvesChart = (measured, at, axis, width) => {
  const most = Math.max(...measured.flatMap(({ curve }) => curve.value));
  const { left, top } = ROOM;
  const [right, bottom] = [width - ROOM.right, HEIGHT - ROOM.bottom];
  const x = linear([0, 1], [left + INSET, right - INSET]);
  const y = linear([0, 1.05 * most], [bottom, top]);
  const lines = measured.map(({ family, curve: { strength, value } }) => {
    const points = strength.map((s, i) => [s, value[i]]);
    return html`<polyline points="${places(x, y, points)}" fill="none" stroke="var(--${family})" stroke-width="calc(2.5px * var(--stroke))"/>`;
  });
  const marks = measured.map(
    ({ family, curve }) =>
      html`<circle cx="${x.at(at)}" cy="${y.at(valueAt(curve, at))}" r="4.5" fill="var(--${family})"/>`,
  );
  const ends = measured.map(({ curve: { value } }) => y.at(value[value.length - 1]));
  const heights = apart(ends, LINE);
  const names = measured.map(
    ({ family }, i) =>
      html`<text x="${x.at(1) + 8}" y="${heights[i]}" dy="0.35em" style="fill: var(--${family})">${family.toUpperCase()}</text>`,
  );
  const frame = html`<path d="M${left},${top}V${bottom}H${right}" fill="none" stroke="var(--faint)"/>
    <line x1="${x.at(at)}" x2="${x.at(at)}" y1="${top}" y2="${bottom}" stroke="var(--faint)" stroke-dasharray="4 4"/>`;
  const titles = html`<text x="${left}" y="${top - LIFT}">squared error per pixel</text>
    <text x="${(x.at(0) + x.at(1)) / 2}" y="${HEIGHT - LIFT}" text-anchor="middle">${axis}</text>`;
  return {
    height: HEIGHT,
    svg: html`${frame}${axisLeft(y, left)}${axisBottom(x, bottom)}${titles}${lines}${marks}${names}`,
  };
};
