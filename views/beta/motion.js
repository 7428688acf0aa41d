/** What the map and the plane show: one network's, or on the way from one network's to the next. */

/** @typedef {import("../kit/routes.js").Props["beta/beta"]["stops"][number]} Stop */
/** @typedef {{ z: number[], std: number[] }} Landing q(z|x) of the digit, its axes named as the map's */

/**
 * @typedef {object} Frame
 * @property {ArrayLike<number>} codes both numbers of the first image's, of the second's, and so on
 * @property {number[]} centre of the map's square
 * @property {number} half half its side
 * @property {number} rate nats
 * @property {number} distortion nats
 * @property {Landing | null} landing
 */

/** A code as the map shows it. @param {Pick<Stop, "axes">} stop @param {ArrayLike<number>} z */
export const toShown = ({ axes }, z) => axes.map(({ number, sign }) => sign * z[number]);

/** A code as the network takes it. @param {Pick<Stop, "axes">} stop @param {ArrayLike<number>} shown */
export const toModel = ({ axes }, shown) => {
  const z = axes.map(() => 0);
  axes.forEach(({ number, sign }, i) => {
    z[number] = sign * shown[i];
  });
  return z;
};

/** Standard deviations as the map shows them. @param {Pick<Stop, "axes">} stop @param {number[]} std */
export const spreadShown = ({ axes }, std) => axes.map(({ number }) => std[number]);

/** Codes of many images as the map shows them. @param {Pick<Stop, "axes">} stop @param {Float32Array} codes */
export const codesShown = (stop, codes) => {
  const shown = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i += 2) shown.set(toShown(stop, codes.subarray(i, i + 2)), i);
  return shown;
};

/** @param {number} a @param {number} b @param {number} t */
const between = (a, b, t) => a + (b - a) * t;

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b @param {number} t */
const allBetween = (a, b, t) => Array.from(a, (v, i) => between(v, b[i], t));

/**
 * A frame on the way from a to b; sizes change by factors. A digit that lands only at the end is there.
 * @param {Frame} a
 * @param {Frame} b
 * @param {number} t from 0 to 1
 * @returns {Frame}
 */
export const mixed = (a, b, t) => ({
  codes: allBetween(a.codes, b.codes, t),
  centre: allBetween(a.centre, b.centre, t),
  half: a.half ** (1 - t) * b.half ** t,
  rate: between(a.rate, b.rate, t),
  distortion: between(a.distortion, b.distortion, t),
  landing:
    a.landing && b.landing
      ? {
          z: allBetween(a.landing.z, b.landing.z, t),
          std: allBetween(a.landing.std, b.landing.std, t),
        }
      : b.landing,
});

/** Slow at both ends. @param {number} t from 0 to 1 */
export const eased = (t) => t * t * (3 - 2 * t);
