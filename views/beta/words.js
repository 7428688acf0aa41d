/** The words beside the pictures; every number is the cards', or follows from it. */
import { html } from "../kit/markup.js";
import { addingUp, format } from "../kit/numbers.js";

/** @typedef {import("../kit/markup.js").Markup} Markup */
/** @typedef {import("../kit/routes.js").Props["beta/beta"]} Props */
/** @typedef {Props["stops"][number]} Stop */
/** @typedef {import("../kit/routes.js").Routes["beta/places"]["answer"]["places"][number]} Place */
/** @typedef {import("./plane.js").Point} Point */

const COLLAPSED = 0.05; // nats: a code of less, or a number of it, says nothing

/** @param {Stop} stop @returns {Point} */
export const pointOf = ({ metrics }) => ({
  rate: metrics.kl.value,
  distortion: metrics.reconstruction.value,
});

const bold = (/** @type {string | number} */ text, name = "") =>
  html`<b class="${name}">${text}</b>`;
const explained = (/** @type {string} */ protocol, /** @type {Markup} */ words) =>
  html`<span title="${protocol}">${words}</span>`;

/** What the network minimised, and where that brought it. @param {Stop} stop */
export const caption = (stop) => {
  const { name, beta, metrics } = stop;
  const { rate, distortion } = pointOf(stop);
  const { parts, sum } = addingUp([rate, distortion], 1);
  const [r, d] = parts.map((v) => format(v, 1));
  return html`${bold(name)} minimised D + ${bold(beta, "r")} · R. Code:
    ${explained(metrics.kl.protocol, html`rate R = ${bold(r, "r")}`)}; picture:
    ${explained(metrics.reconstruction.protocol, html`distortion D = ${bold(d, "d")}`)};
    ELBO = −(D + R) = ${bold(format(-sum, 1), "e")} nats per test digit.`;
};

/** How far all codes together are from the prior. @param {Stop} stop */
export const together = ({ metrics }) => {
  const { "aggregate kl": kl, "aggregate mmd": mmd } = metrics;
  return html`Circles: 1, 2 σ of N(0, I); × z decoded beside. All codes are
    ${explained(kl.protocol, html`KL ${bold(format(kl.value))}`)},
    ${explained(mmd.protocol, html`MMD² ${bold(format(mmd.value, 4))}`)} from N(0, I).`;
};

/** What the draws are like; null where nobody has judged them. @param {Stop} stop */
export const judged = ({ metrics }) => {
  const { "classifier FID": fid, "effective classes": classes } = metrics;
  if (!fid || !classes) return null;
  const varied = `As varied as so many classes drawn equally often: ${classes.protocol}`;
  const real = (/** @type {number | null | undefined} */ value) => format(value ?? NaN, 1);
  return html`${explained(fid.protocol, html`FID ${bold(format(fid.value, 0))}, real ${real(fid.real)}`)};
    ${explained(varied, html`<span class="formula">e<sup>H</sup></span> ${bold(format(classes.value, 1))} of ${real(classes.real)} classes`)}`;
};

/** The slope of the curve there, and between which slopes it would lie. @param {Stop[]} stops @param {number} at */
export const slopes = (stops, at) => {
  const i = Math.min(at, stops.length - 2);
  const [a, b] = [stops[i], stops[i + 1]].map(pointOf);
  const [low, high] = [stops[i].beta, stops[i + 1].beta];
  const { beta } = stops[at];
  const slope = (b.distortion - a.distortion) / (b.rate - a.rate);
  return html`Dashed: slope −β = ${bold(format(-beta, beta % 1 ? 1 : 0))}. From β = ${low} to ${high} the networks' own slope is
    ${bold(format(slope))}; between optimal ones it lies from −${high} to ${low ? `−${low}` : "0"}.`;
};

/** How many classes the draws show, as the cards have it, beside those of the usual beta. @param {Stop} stop @param {Stop} usual */
const varied = ({ metrics }, usual) => {
  const [own, other] = [metrics, usual.metrics].map((each) => each["effective classes"]);
  return own && other
    ? `, ${format(own.value, 1)} classes against ${format(other.value, 1)} at β = ${usual.beta}`
    : "";
};

const dead = (/** @type {Stop} */ { dimensions }) => {
  const costs = dimensions.filter((kl) => kl < COLLAPSED);
  return costs.length
    ? `One of its two numbers has died: its q is N(0, 1) for every digit, at ${format(costs[0], 4)} nats. `
    : "";
};

/** @param {Stop} stop @param {Stop} usual @param {Place | null} place @param {number} floor */
const free = (stop, usual, place, floor) => {
  const least = format(floor, 4);
  const sigma = place
    ? `σ of your digit is (${place.std.map((v) => format(v, 4)).join(", ")}), and cannot fall below ${least}`
    : `σ falls to its floor of ${least}`;
  return `The code is free, so nothing ties it to N(0, I): ${sigma}. This is an autoencoder with a tiny noise. The codes spread far beyond the circles, and z from N(0, I) meets few of them${varied(stop, usual)}.`;
};

/**
 * What there is to be learned from the network at `at`.
 * @param {Pick<Props, "stops" | "lead" | "floor">} props
 * @param {number} at
 * @param {number} usual the place of the network that the others are compared with
 * @param {Place | null} place where the digit lies
 */
export const lesson = ({ stops, lead, floor }, at, usual, place) => {
  const [stop, other] = [stops[at], stops[usual]];
  const [point, one] = [stop, other].map(pointOf);
  const nats = (/** @type {number} */ v) => format(Math.abs(v), 1);
  const [rate, distortion] = [point.rate - one.rate, point.distortion - one.distortion];
  if (point.rate < COLLAPSED)
    return "The code has collapsed: it says nothing about the digit, every z gives the same picture, and that is the cheapest answer at this price.";
  if (stop.beta === 0) return free(stop, other, place, floor);
  if (stop.beta < 1)
    return `Nats are cheap: the code takes ${nats(rate)} more of them than at β = 1 and wins only ${nats(distortion)} in the pictures. The codes spread beyond N(0, I): its draws see only the middle of them${varied(stop, other)}.`;
  if (stop.beta === 1)
    return `The VAE: D + R is the negative ELBO, and it alone was trained on it. The highest ELBO of these networks has β = ${stops[lead.best].beta}, by ${format(lead.nats)} nats over β = ${stops[lead.second].beta}, ${lead.sure}.`;
  return `Nats are dear: the code gives up ${nats(rate)} of them against β = 1 and loses ${nats(distortion)} in the pictures. ${dead(stop)}Wide q(z|x) overlap: each z stands for many digits, and their best single picture is a blur.`;
};

/** What the code of the digit costs, and how sure it is. @param {Place | null} place */
export const digitFacts = (place) =>
  place
    ? html`KL(q‖p) ${bold(format(place.kl))} nats<br>σ ${place.std.map((v) => format(v, v < 0.01 ? 4 : 2)).join(", ")}`
    : "";

/** The point in words, for screen readers. @param {Point} point */
export const spoken = ({ rate, distortion }) =>
  `rate ${format(rate, 1)}, distortion ${format(distortion, 1)}, ELBO ${format(-rate - distortion, 1)} nats`;
