/** What KL draws, as SVG: both densities, an integrand, and three estimates of one number. */
import { axisBottom, linear } from "../kit/chart.js";
import { html } from "../kit/markup.js";
import { addingUp, clamp, format } from "../kit/numbers.js";
import { deviation, integrand, logDensity } from "./gaussians.js";

/** @typedef {import("./gaussians.js").Gaussian} Gaussian */
/** @typedef {import("../kit/chart.js").Scale} Scale */

export const LOW = -5; // what the plots show
export const HIGH = 5;
const FLOOR = 162; // where the densities' axis lies, in units
const INTEGRAND = 104; // heights
const ESTIMATES = 60;
const TICKS = Array.from({ length: HIGH - LOW - 1 }, (_, i) => LOW + 1 + i);
const WIDE = 600; // that there is room for the legend beside the curves

/** From z to places on a plot of that width. @param {number} width */
export const across = (width) => linear([LOW, HIGH], [0, width]);

/** A number as the formulas have it. @param {number} v */
export const short = (v) => format(v, Math.abs(v) < 0.1 && v !== 0 ? 3 : 2);

/** Decimals for numbers of that size. @param {number} size */
export const digitsFor = (size) => (size < 100 ? 4 : size < 10_000 ? 2 : 0);

/** z where curves are to be looked at: evenly, and densely about each peak. @param {Gaussian[]} gaussians */
export const lookedAt = (...gaussians) => {
  const even = Array.from({ length: 241 }, (_, i) => LOW + ((HIGH - LOW) * i) / 240);
  const dense = gaussians.flatMap(({ mu, sigma }) =>
    Array.from({ length: 121 }, (_, i) => mu + (sigma * (i - 60)) / 12),
  );
  return [...even, ...dense].filter((z) => z >= LOW && z <= HIGH).sort((a, b) => a - b);
};

/**
 * @param {number[]} zs
 * @param {(z: number) => number} height in units from the top
 * @param {Scale} x
 */
const pathOf = (zs, height, x) =>
  zs.map((z, i) => `${i ? "L" : "M"}${x.at(z).toFixed(2)} ${height(z).toFixed(2)}`).join("");

/**
 * How high the curves reach, which is below the legend where there is no room beside it.
 * @param {number} width
 * @param {boolean} encoder is there a third line of it?
 */
const ceiling = (width, encoder) => (width >= WIDE ? 30 : encoder ? 98 : 76);

/**
 * From a density at z to its height on the plot, common to both curves.
 * @param {Gaussian[]} gaussians
 * @param {number} width
 * @param {boolean} encoder
 * @returns {(gaussian: Gaussian, z: number) => number}
 */
export const heights = (gaussians, width, encoder) => {
  const most = Math.max(...gaussians.map((g) => Math.exp(logDensity(g, g.mu))));
  const y = linear([0, most], [FLOOR, ceiling(width, encoder)]);
  return (gaussian, z) => y.at(Math.exp(logDensity(gaussian, z)));
};

/**
 * Both densities with their axis and legend.
 * @param {{ q: Gaussian, p: Gaussian }} pair
 * @param {number} width
 * @param {string | null} model whose encoder's q is shown
 */
export const densityCurves = ({ q, p }, width, model) => {
  const x = across(width);
  const zs = lookedAt(q, p);
  const up = heights([q, p], width, model !== null);
  const curve = (/** @type {string} */ name, /** @type {Gaussian} */ g) => {
    const line = pathOf(zs, (z) => up(g, z), x);
    return html`<path class="under ${name}" d="${line}V${FLOOR}H0Z"/><path class="${name}" d="${line}"/>`;
  };
  const legend = (/** @type {string} */ name, /** @type {Gaussian} */ g, /** @type {number} */ y) =>
    html`<text class="${name}" x="14" y="${y}"><tspan font-weight="700">${name}</tspan> (μ = ${short(g.mu)}, σ = ${short(g.sigma)})</text>`;
  return html`<path class="axis" d="M0 ${FLOOR}H${width}"/>${axisBottom(x, FLOOR, { values: TICKS, write: (z) => format(z, 0), marks: 5 })}
    <text x="${width - 12}" y="${FLOOR - 6}" text-anchor="end">z</text>${curve("p", p)}${curve("q", q)}
    ${legend("q", q, 24)}${legend("p", p, 46)}
    ${model === null ? "" : html`<text x="14" y="68">q(z₁|x) of ${model} for your digit, p = N(0, 1)</text>`}`;
};

/**
 * What KL(from || to) sums up: the parts above 0 and below it.
 * @param {Gaussian} from
 * @param {Gaussian} to
 * @param {number} width
 * @param {string[]} names of both
 */
export const integrandCurve = (from, to, width, [a, b]) => {
  const x = across(width);
  const zs = lookedAt(from, to);
  const values = zs.map((z) => integrand(from, to, z));
  const y = linear([Math.min(...values, 0), Math.max(...values, 1e-12)], [INTEGRAND - 11, 11]);
  const zero = y.at(0);
  const side = (/** @type {(v: number) => number} */ keep) =>
    `${pathOf(zs, (z) => y.at(keep(integrand(from, to, z))), x)}L${width} ${zero}L0 ${zero}Z`;
  return html`<path class="above" d="${side((v) => Math.max(v, 0))}"/>
    <path class="below" d="${side((v) => Math.min(v, 0))}"/><path class="axis" d="M0 ${zero}H${width}"/>${axisBottom(x, zero, { values: TICKS, write: () => "", marks: 5 })}
    <text x="10" y="20">${a}(z) log(${a}(z)/${b}(z))</text>`;
};

/** Both areas as they are written, which differ by KL as it is written. @param {{ above: number, below: number }} areas @param {number} digits */
export const areasText = ({ above, below }, digits) =>
  addingUp([above, below], digits).parts.map((v) => format(Math.abs(v), digits));

/**
 * The exact value, the integral, and the mean of draws with its standard error, on one line.
 * @param {object} numbers
 * @param {Gaussian} numbers.from
 * @param {Gaussian} numbers.to
 * @param {number} numbers.count draws
 * @param {number} numbers.exact
 * @param {number} numbers.integral
 * @param {number} numbers.mean
 * @param {number} numbers.error
 * @param {number} width
 */
export const estimatesLine = ({ from, to, count, exact, integral, mean, error }, width) => {
  // Four standard errors to each side: the ends close in as the draws grow in number.
  const half = (4 * deviation(from, to)) / Math.sqrt(count) || 1;
  const end = (/** @type {number} */ v) => format(v, clamp(Math.ceil(1 - Math.log10(half)), 0, 4));
  const scale = linear([exact - half, exact + half], [12, width - 12]);
  const x = (/** @type {number} */ v) => clamp(scale.at(v), 4, width - 4);
  const [left, right] = [x(mean - error), x(mean + error)];
  const line = 42;
  return html`<path class="axis" d="M4 ${line}H${width - 4}"/>
    <path class="exact" d="M${x(exact)} 18V${ESTIMATES - 4}"/><text class="exact" x="${x(exact)}" y="13" text-anchor="middle">exact</text>
    <path class="tick" d="M${x(integral)} ${line + 6}l-6 11h12Z"/>
    <text x="4" y="13">${end(exact - half)}</text><text x="${width - 4}" y="13" text-anchor="end">${end(exact + half)}</text>
    <path class="bar-of-error" d="M${left} ${line}H${right}M${left} ${line - 6}v12M${right} ${line - 6}v12"/><circle cx="${x(mean)}" cy="${line}" r="4.5"/>`;
};
