/** Places on the maps, and what is said of them; nothing here draws. */
import { clamp, rounded } from "../kit/numbers.js";
import { normalPair, uniforms } from "../kit/random.js";

/** @typedef {import("../kit/density.js").Codes} Codes */
/** @typedef {import("../kit/plot.js").Landing} Landing */
/** @typedef {Record<string, number[]>} Places a code for each of some maps, by their names */

/**
 * @template T
 * @typedef {import("../kit/store.js").Key<T>} Key
 */

export const MOST = 1e6; // that the server decodes
export const DIGITS = 4; // decimals of a place, here as in the link: so both are the same place
const MISSING = "_";
const NUMBER = /^-?\d+(\.\d+)?$/;

/** @param {number[]} z */
export const isPlace = (z) => z.length === 2 && z.every((v) => Math.abs(v) <= MOST); // false for NaN, too

/** @param {readonly string[]} names @param {number[]} z @returns {Places} */
export const everywhere = (names, z) => Object.fromEntries(names.map((name) => [name, z]));

/**
 * Places as a link tells them: one for all maps that are shown, or one for each in their order.
 * @param {Places} places
 * @param {readonly string[]} shown
 */
export const writePlaces = (places, shown) => {
  const own = shown.map((name) => places[name]?.map((v) => rounded([v], DIGITS)[0]).join());
  if (own.every((text) => text === undefined)) return "";
  const same = own.every((text) => text === own[0]);
  return same ? own[0] : own.map((text) => text ?? MISSING).join();
};

/**
 * The other way round; undefined for what makes no sense.
 * @param {string} text
 * @param {readonly string[]} shown
 * @returns {Places | undefined}
 */
export const readPlaces = (text, shown) => {
  const tokens = text.split(",");
  const take = () => {
    if (tokens[0] === MISSING) return tokens.shift() && null;
    const pair = tokens.splice(0, 2);
    const place = pair.every((token) => NUMBER.test(token)) ? pair.map(Number) : [];
    return isPlace(place) ? place : undefined;
  };
  if (tokens.length === 2 && tokens[0] !== MISSING) {
    const place = take();
    return place ? everywhere(shown, place) : undefined;
  }
  /** @type {Places} */
  const found = {};
  for (const name of shown) {
    const place = take();
    if (place === undefined) return undefined;
    if (place) found[name] = place;
  }
  return tokens.length ? undefined : found;
};

/**
 * A pin: a place on every map, those included that are not shown now.
 * @param {readonly string[]} names of all maps
 * @param {() => readonly string[]} shown
 * @returns {Key<Places | null>}
 */
export const pinKey = (names, shown) => ({
  initial: null,
  read: (text) => {
    const found = readPlaces(text, shown());
    if (!found || !shown().every((name) => found[name])) return undefined;
    return { ...everywhere(names, found[shown()[0]]), ...found };
  },
  write: (places) => (places ? writePlaces(places, shown()) : ""),
});

/**
 * Guesses: a place on some of the maps.
 * @param {() => readonly string[]} shown
 * @returns {Key<Places>}
 */
export const guessesKey = (shown) => ({
  initial: {},
  read: (text) => readPlaces(text, shown()),
  write: (places) => writePlaces(places, shown()),
});

/** Draws from N(0, I), `count` of them. @param {number} seed @param {number} count */
export const drawPlaces = (seed, count) => {
  const next = uniforms(seed);
  return Array.from({ length: count }, () => /** @type {number[]} */ (normalPair(next)));
};

/**
 * Places from a to b on the straight line.
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} count
 */
export const straightPath = (a, b, count) =>
  Array.from({ length: count }, (_, i) => a.map((v, k) => v + (i / (count - 1)) * (b[k] - v)));

/**
 * q(z|x) from what an encoder's network gives: the mean, and where there are as many more, the
 * logarithms of the variances, clamped as in models/vae.py.
 * @param {ArrayLike<number>} numbers
 * @returns {Landing}
 */
export const readPosterior = (numbers) => {
  const [a, b, ...logVariances] = Array.from(numbers);
  const std = logVariances.map((v) => Math.exp(0.5 * clamp(v, -14, 8)));
  return { z: [a, b], std: std.length ? std : null };
};

/**
 * How far the codes of a class lie from their centre: the root of the mean square.
 * @param {Codes} codes
 * @param {number} digit
 */
export const spreadOf = ({ codes, classes }, digit) => {
  const own = Array.from(classes, (y, i) => (y === digit ? i : -1)).filter((i) => i >= 0);
  const mean = (/** @type {(i: number) => number} */ of) =>
    own.reduce((total, i) => total + of(i), 0) / own.length;
  const centre = [0, 1].map((axis) => mean((i) => codes[2 * i + axis]));
  return Math.sqrt(
    mean((i) => (codes[2 * i] - centre[0]) ** 2 + (codes[2 * i + 1] - centre[1]) ** 2),
  );
};
