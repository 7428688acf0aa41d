/** Chance that a seed brings back. */

/**
 * A function that gives the next number in [0, 1) at each call (mulberry32).
 * @param {number} seed
 */
export const uniforms = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/**
 * Two independent draws from N(0, 1) (Box & Muller 1958).
 * @param {() => number} next gives uniform numbers in [0, 1)
 * @returns {[number, number]}
 */
export const normalPair = (next) => {
  const r = Math.sqrt(-2 * Math.log(1 - next()));
  const angle = 2 * Math.PI * next();
  return [r * Math.cos(angle), r * Math.sin(angle)];
};

/**
 * `count` draws from N(0, 1).
 * @param {number} seed
 * @param {number} count
 */
export const standardNormals = (seed, count) => {
  const next = uniforms(seed);
  return Float64Array.from({ length: count }, () => normalPair(next)[0]);
};
