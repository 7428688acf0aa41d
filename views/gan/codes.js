/** The codes on the way from one draw to the next. */
import { standardNormals } from "../kit/random.js";

/**
 * `count` draws from N(0, I), by a seed.
 * @param {number} seed
 * @param {number} count
 * @param {number} latent how many numbers each has
 */
export const priorCodes = (seed, count, latent) => {
  const all = standardNormals(seed, latent * count);
  return Array.from({ length: count }, (_, i) => [...all.subarray(latent * i, latent * (i + 1))]);
};

/**
 * Turning from one draw of N(0, I) to another, all codes on the way are draws of it, too; a straight
 * line would pass too close to the origin.
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} share of the way, 0 to 1
 */
export const turned = (a, b, share) => {
  const angle = (share * Math.PI) / 2;
  return a.map((v, i) => v * Math.cos(angle) + b[i] * Math.sin(angle));
};

/**
 * On the straight line between two codes; between draws of a mixture, or codes, there lie no draws.
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} share of the way, 0 to 1
 */
export const straight = (a, b, share) => a.map((v, i) => v + (b[i] - v) * share);
