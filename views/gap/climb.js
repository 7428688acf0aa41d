/** The bound of K importance samples: a chart, and sentences about it. */
import { axisBottom, linear, logarithmic, places } from "../kit/chart.js";
import { iwaeOf, logMean } from "../kit/importance.js";
import { html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";

/** @typedef {{ count: number, mean: number, error: number }} Bound of `count` samples, in nats */
/** @typedef {ReturnType<typeof import("../kit/importance.js").evidenceOf>} Evidence */

export const COUNTS = [1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 100, 125, 200, 250, 500]; // divide the draws
const FEW = 30; // of so few effective samples not even the spread is known

/** The bound of each of the COUNTS. @param {Float64Array} logs log weights @returns {Bound[]} */
export const boundsOf = (logs) => COUNTS.map((count) => ({ count, ...iwaeOf(logs, count) }));

/**
 * The first K samples' shares of their weight.
 * @param {Float64Array} logs
 * @param {number} k
 */
export const sharesOf = (logs, k) => {
  const first = logs.subarray(0, k);
  const top = logMean(first) + Math.log(k);
  return Array.from(first, (log) => Math.exp(log - top));
};

/** A number as subscript. @param {number} k */
const subscript = (k) => [...String(k)].map((d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]).join("");
const errorText = (/** @type {number} */ e) => (e < 0.005 ? "< 0.01" : format(e));
const grouped = (/** @type {number} */ n) => n.toLocaleString("en");

/**
 * @param {Bound} now
 * @param {Evidence} found
 * @param {number} n samples
 */
export const boundSentence = (now, found, n) => {
  const doubt = found.effective < FEW ? ", too few to trust the error" : "";
  return (
    `L${subscript(now.count)} = ${format(now.mean)} ± ${errorText(now.error)}, the mean of ${grouped(Math.floor(n / now.count))} groups of ${now.count}. ` +
    `All ${grouped(n)}: ${format(found.value)} ± ${errorText(found.error)}, as good as ${grouped(Math.max(1, Math.round(found.effective)))} from the posterior itself${doubt}.`
  );
};

/**
 * Where there is no grid: standard errors of what the samples estimate.
 * @param {Evidence} found
 * @param {Bound} first that of one sample, which is the ELBO
 * @param {number} kl KL(q || p(z))
 */
export const errorsSentence = (found, first, kl) => {
  const error = Math.hypot(found.error, first.error);
  return `log p(x) ± ${format(found.error)}, ELBO ± ${format(first.error)}, KL ± ${format(error)} (standard errors). KL(q‖p(z)) ${format(kl)}.`;
};

/** @param {number} dimensions @param {number} n samples */
export const noGridSentence = (dimensions, n) =>
  `No grid in ${dimensions} dimensions: log p(x) is estimated by ${grouped(n)} samples, on average from below, and the KL is what is left.`;

/**
 * The bounds against K, from the ELBO towards log p(x), as SVG of 360 x 146.
 * @param {Bound[]} points
 * @param {Bound} now
 * @param {Evidence} found
 * @param {number | null} exact log p(x) by quadrature; null where only `found` estimates it
 */
export const climbChart = (points, now, found, exact) => {
  const truth = exact ?? found.value;
  const low = Math.min(points[0].mean, now.mean);
  const high = low + (Math.max(truth, points[points.length - 1].mean) - low || 1);
  const [left, right, top, bottom] = [56, 350, 18, 120];
  const x = logarithmic([1, COUNTS[COUNTS.length - 1]], [left, right]);
  const y = linear([low, high], [bottom, top]);
  const bars = points.map(
    ({ count, mean, error }) =>
      html`<line x1="${x.at(count)}" x2="${x.at(count)}" y1="${y.at(mean - error)}" y2="${y.at(mean + error)}" stroke="var(--q)" stroke-width="calc(2px * var(--stroke))"/>`,
  );
  const line = places(
    x,
    y,
    points.map(({ count, mean }) => [count, mean]),
  );
  return html`${axisBottom(x, bottom, { values: [1, 5, 20, 100, 500], write: String, marks: 5 })}
    <text x="${left - 8}" y="${bottom + 5}" text-anchor="end" class="quiet">${format(low, 1)}</text>
    <text x="${left - 8}" y="${y.at(truth) + 5}" text-anchor="end">${format(truth, 1)}</text>
    <line x1="${left}" x2="${right}" y1="${y.at(truth)}" y2="${y.at(truth)}" stroke="var(--ink)" stroke-width="calc(2px * var(--stroke))" stroke-dasharray="${exact === null ? "6 4" : "none"}"/>
    <text x="${left + 4}" y="${y.at(truth) - 5}">log p(x) ${exact === null ? `± ${format(found.error)}` : "by quadrature"}</text>
    <text x="${left + 40}" y="${bottom - 1}" style="fill: var(--elbo)">ELBO at K = 1</text>
    ${bars}<polyline points="${line}" fill="none" stroke="var(--q)" stroke-width="calc(2.5px * var(--stroke))"/>
    <circle cx="${x.at(now.count)}" cy="${y.at(now.mean)}" r="6" fill="var(--q)" stroke="var(--raised)" stroke-width="calc(2px * var(--stroke))"/>
    <text x="${left - 14}" y="${bottom}" dy="1.3em" text-anchor="end" class="quiet">K =</text>`;
};
