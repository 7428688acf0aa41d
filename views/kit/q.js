/** A q that is dragged: a Gaussian with a diagonal covariance over a 2-D code. */
import { numbersWithin, optional } from "./keys.js";
import { clamp, rounded } from "./numbers.js";

/** @typedef {import("./importance.js").Gaussian} Gaussian */
/** @typedef {import("./importance.js").Window} Window */
/** @typedef {{ most_mu: number, least_sigma: number, most_sigma: number }} Bounds that the server has */

const REACH = 6; // standard deviations of q that the window must hold
const DIGITS = 6; // decimals in a link

/** The lowest and highest mu_1, mu_2, sigma_1, sigma_2. @param {Bounds} bounds */
const rangesOf = ({ most_mu: most, least_sigma, most_sigma }) => {
  const mu = /** @type {[number, number]} */ ([-most, most]);
  const sigma = /** @type {[number, number]} */ ([least_sigma, most_sigma]);
  return [mu, mu, sigma, sigma];
};

/** What a link says of q: both means, then both standard deviations. @param {Bounds} bounds */
export const qKey = (bounds) => optional(numbersWithin(rangesOf(bounds), [], DIGITS));

/** q as a link holds it, within its bounds. @param {Gaussian} q @param {Bounds} bounds */
export const toNumbers = ({ mu, sigma }, bounds) => {
  const ranges = rangesOf(bounds);
  return rounded([...mu, ...sigma], DIGITS).map((v, i) => clamp(v, ...ranges[i]));
};

/** The other way round. @param {number[]} values @returns {Gaussian} */
export const fromNumbers = (values) => ({ mu: values.slice(0, 2), sigma: values.slice(2) });

/** q, or what is nearest to it that a window can sum. @param {Gaussian} q @param {Window} window @returns {Gaussian} */
export const held = ({ mu, sigma }, { centre, half, step }) => {
  const s = sigma.map((v) => clamp(v, step, half / REACH));
  const m = mu.map((v, d) =>
    clamp(v, centre[d] - half + REACH * s[d], centre[d] + half - REACH * s[d]),
  );
  return { mu: m, sigma: s };
};

/** Has q reached an edge of the window, or is it small in it? @param {Gaussian} q @param {Window} window */
export const isAtEdge = ({ mu, sigma }, { centre, half, view, step }) =>
  mu.some((v, d) => Math.abs(v - centre[d]) + REACH * sigma[d] > 0.98 * half) ||
  mu.some((v, d) => Math.abs(v - centre[d]) > 0.8 * view) ||
  sigma.some((s) => s < 1.02 * step);

/**
 * q with one of its handles at z.
 * @param {Gaussian} q
 * @param {string} handle "mean", or "0" or "1" for the end of two standard deviations on that axis
 * @param {number[]} z
 * @returns {Gaussian}
 */
export const dragged = ({ mu, sigma }, handle, z) => {
  if (handle === "mean") return { mu: z, sigma };
  const axis = Number(handle);
  const width = Math.abs(z[axis] - mu[axis]) / 2;
  return { mu, sigma: sigma.map((s, i) => (i === axis ? width : s)) };
};

/**
 * q with one of its handles moved by a step: the mean along both axes, a width by either.
 * @param {Gaussian} q
 * @param {string} handle
 * @param {number[]} by
 * @returns {Gaussian}
 */
export const stepped = ({ mu, sigma }, handle, by) => {
  if (handle === "mean") return { mu: mu.map((v, i) => v + by[i]), sigma };
  const axis = Number(handle);
  return { mu, sigma: sigma.map((s, i) => (i === axis ? s + by[0] + by[1] : s)) };
};
