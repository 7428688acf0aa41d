/** log p(x) = ELBO + KL(q || p(z|x)) in words and numbers, which add up as they are written. */
import { html } from "../kit/markup.js";
import { addingUp, format, powerOfTen, sum } from "../kit/numbers.js";

/**
 * @typedef {object} Terms in nats
 * @property {number} logP
 * @property {number} elbo
 * @property {number} gap
 */

// Nats that the bar shows: the first for nearly all digits and models, so that their bars compare.
const SPANS = [20, 40, 100, 200, 400, 1000, 2000, 4000, 10_000, 100_000];
const TICKS = [-0.75, -0.5, -0.25]; // of the span, between the axis's ends
const LABELLED = 0.16; // a share that has room for a word

/** The terms to the last digit that is written. @param {Terms} terms @returns {Terms} */
export const roundedIdentity = ({ elbo, gap }) => {
  const { parts, sum: logP } = addingUp([elbo, gap], 2);
  return { logP, elbo: parts[0], gap: parts[1] };
};

/** How many nats below log p(x) the bar begins: so many for a gap of that size. @param {number} gap */
export const spanOf = (gap) => SPANS.find((span) => gap <= span) ?? 1e6;

/**
 * ELBO and gap stacked up to log p(x), over an axis of nats below it, as HTML.
 * @param {Terms} terms
 * @param {number} gap as it is written
 */
export const levels = ({ logP, elbo }, gap) => {
  const span = spanOf(logP - elbo);
  const share = Math.min((logP - elbo) / span, 1);
  const label = (/** @type {string} */ text, /** @type {number} */ room) =>
    room > LABELLED ? text : "";
  const words = [`${format(-span, 0)} nats`, ...TICKS.map((k) => format(k * span, 0)), "log p(x)"];
  const ticks = words.map((text, k) => html`<span style="left: ${25 * k}%">${text}</span>`);
  return html`
    <div class="stack"><span title="cut off at the left" style="flex: ${1 - share}">${label("… ELBO", 1 - share)}</span><span style="flex: ${share}">${label(`KL ${format(gap)}`, share)}</span></div>
    <div class="nats-axis">${ticks}</div>`;
};

/**
 * The parts of the ELBO, which add up to it as it is written, as HTML.
 * @param {{ reconstruction: number, kl: number }} terms
 * @param {number} elbo as it is written
 */
export const elboParts = (terms, elbo) => {
  const [reconstruction, kl] = addingUp([terms.reconstruction, -terms.kl], 2, elbo).parts;
  return html`ELBO = E[log p(x|z)] − KL(q‖p(z)) for z ~ q, where E[log p(x|z)] = ${format(reconstruction)} and KL(q‖p(z)) = ${format(-kl)}.`;
};

/**
 * How much of a posterior lies in a square.
 * @param {number[][]} spots rows [z1, z2, mass]
 * @param {number[]} centre
 * @param {number} half
 */
export const shareWithin = (spots, centre, half) => {
  const massOf = (/** @type {number[][]} */ rows) => sum(rows.map(([, , mass]) => mass));
  const isInside = (/** @type {number[]} */ [x, y]) =>
    Math.max(Math.abs(x - centre[0]), Math.abs(y - centre[1])) <= half;
  return massOf(spots.filter(isInside)) / massOf(spots);
};

/**
 * How well the sums agree: over q, and over the window instead of the whole plane.
 * @param {Terms} terms
 * @param {import("../kit/importance.js").Window} window
 * @param {number} share of the posterior within the window
 */
export const checked = ({ logP, elbo, gap }, window, share) => {
  const off = Math.abs(elbo + gap - logP);
  const close = off < 1e-9 ? "10⁻⁹" : powerOfTen(off);
  const again =
    share > 0.9999
      ? `log p(x) over the whole plane is ${format(logP, 4)}; over these decodes alone, ${format(window.logP, 4)}.`
      : "log p(x) is summed over the whole plane: these decodes miss a part of the posterior.";
  return `The sums over q, on ${(window.n ** 2).toLocaleString("en")} decodes, close to within ${close}. ${again}`;
};

/** Where the posterior is. @param {number} share of it within the box */
export const whereabouts = (share) => {
  if (share > 0.995) return "The window is the box; the posterior lies in it.";
  if (share < 0.0005) return "The posterior is not in the box but at the dots.";
  return `Only ${format(100 * share, share < 0.01 ? 1 : 0)} % of the posterior is in the box: the other dots hold the rest.`;
};
