/** Readers and writers of what a link may say: see store.js. Each reader is strict. */

/**
 * @template T
 * @typedef {import("./store.js").Key<T>} Key
 */

const NUMBER = /^-?\d+(\.\d+)?$/;

/** @param {number} v @param {number} digits */
const short = (v, digits) => String(Number(v.toFixed(digits)));

/**
 * One of some texts.
 * @template {string} T
 * @param {readonly T[]} values
 * @param {T} [initial]
 * @returns {Key<T>}
 */
export const oneOf = (values, initial = values[0]) => ({
  initial,
  read: (text) => values.find((value) => value === text),
  write: (value) => value,
});

/**
 * A view's folder. Links of before named a view by a title, which was the folder but for its capitals
 * and spaces.
 * @param {readonly string[]} folders
 * @returns {Key<string>}
 */
export const folderOf = (folders) => {
  const { initial, read, write } = oneOf(folders);
  return { initial, read: (text) => read(text.toLowerCase().replaceAll(" ", "_")), write };
};

/**
 * Some of some texts, in any order, each once. A name may hold commas, so each is encoded by itself.
 * @param {readonly string[]} values
 * @param {string[]} initial
 * @param {number} [least] how many there must be
 * @returns {Key<string[]>}
 */
export const someOf = (values, initial, least = 1) => ({
  initial,
  read: (text) => {
    const names = decodeNames(text);
    const fits = names && names.length >= least && new Set(names).size === names.length;
    return fits && names.every((name) => values.includes(name)) ? names : undefined;
  },
  write: (names) => (names.length ? names.map(encodeURIComponent).join() : "none"),
});

/** @param {string} text */
const decodeNames = (text) => {
  try {
    return text === "none" ? [] : text.split(",").map(decodeURIComponent);
  } catch {
    return undefined;
  }
};

/**
 * Yes or no.
 * @param {boolean} [initial]
 * @returns {Key<boolean>}
 */
export const flag = (initial = false) => ({
  initial,
  read: (text) => (text === "1" ? true : text === "0" ? false : undefined),
  write: (value) => (value ? "1" : "0"),
});

/**
 * Any words, of at most `most` letters. They may be anybody's: never read them as HTML.
 * @param {number} most
 * @returns {Key<string>}
 */
export const text = (most) => ({
  initial: "",
  read: (written) => (written.length <= most ? written : undefined),
  write: (words) => words,
});

/**
 * A number from `low` to `high`, with at most `digits` decimals.
 * @param {number} low
 * @param {number} high
 * @param {number} initial
 * @param {number} [digits]
 * @returns {Key<number>}
 */
export const number = (low, high, initial, digits = 4) => ({
  initial,
  read: (text) => {
    const value = Number(text);
    return NUMBER.test(text) && low <= value && value <= high ? value : undefined;
  },
  write: (value) => short(value, digits),
});

/**
 * A whole number from `low` to `high`.
 * @param {number} low
 * @param {number} high
 * @param {number} initial
 * @returns {Key<number>}
 */
export const wholeNumber = (low, high, initial) => ({
  initial,
  read: (text) =>
    /^-?\d{1,10}$/.test(text) && low <= Number(text) && Number(text) <= high
      ? Number(text)
      : undefined,
  write: String,
});

/**
 * Places in lists: as many whole numbers as there are `lengths`, each from 0 to below its length.
 * @param {number[]} lengths
 * @param {number[]} initial
 * @returns {Key<number[]>}
 */
export const places = (lengths, initial) => ({
  initial,
  read: (text) => {
    const texts = text.split(",");
    const fits = texts.every((each, i) => /^\d{1,9}$/.test(each) && Number(each) < lengths[i]);
    return fits && texts.length === lengths.length ? texts.map(Number) : undefined;
  },
  write: (values) => values.join(),
});

/**
 * `count` numbers, each of at most `most` either way; a function where how many there are depends on
 * another key.
 * @param {number | (() => number)} count
 * @param {number} most
 * @param {number[]} initial
 * @param {number} [digits]
 * @returns {Key<number[]>}
 */
export const numbers = (count, most, initial, digits = 4) => ({
  initial,
  read: (text) => {
    const texts = text.split(",");
    const wanted = typeof count === "function" ? count() : count;
    const fits =
      texts.length === wanted &&
      texts.every((each) => NUMBER.test(each) && Math.abs(Number(each)) <= most);
    return fits ? texts.map(Number) : undefined;
  },
  write: (values) => values.map((v) => short(v, digits)).join(),
});

/**
 * As many numbers as there are ranges, each within its own.
 * @param {readonly (readonly [number, number])[]} ranges the lowest and the highest of each
 * @param {number[]} initial
 * @param {number} [digits]
 * @returns {Key<number[]>}
 */
export const numbersWithin = (ranges, initial, digits = 4) => ({
  initial,
  read: (text) => {
    const texts = text.split(",");
    const fits = (/** @type {string} */ each, /** @type {number} */ i) =>
      NUMBER.test(each) && ranges[i][0] <= Number(each) && Number(each) <= ranges[i][1];
    return texts.length === ranges.length && texts.every(fits) ? texts.map(Number) : undefined;
  },
  write: (values) => values.map((v) => short(v, digits)).join(),
});

/**
 * Some numbers of a list by their index, such as those of a code that somebody has moved, each from
 * `least` to `most`: "3_1.25,7_-0.4". Without any it is where it starts.
 * @param {number} count of the whole list
 * @param {number} least
 * @param {number} most
 * @param {number} [digits]
 * @returns {Key<ReadonlyMap<number, number>>}
 */
export const numbersByIndex = (count, least, most, digits = 4) => ({
  initial: new Map(),
  read: (text) => {
    const pairs = text.split(",").map((pair) => pair.split("_"));
    const isOne = (/** @type {string[]} */ [index, value, ...rest]) =>
      /^\d{1,4}$/.test(index) &&
      Number(index) < count &&
      NUMBER.test(value) &&
      least <= Number(value) &&
      Number(value) <= most &&
      !rest.length;
    if (!pairs.every(isOne)) return undefined;
    const found = new Map(pairs.map(([index, value]) => [Number(index), Number(value)]));
    return found.size === pairs.length ? found : undefined;
  },
  write: (values) => [...values].map(([index, v]) => `${index}_${short(v, digits)}`).join(),
});

/**
 * What is about the chosen digit: another digit puts it back to its initial value.
 * @template T
 * @param {Key<T>} key
 * @returns {Key<T>}
 */
export const ofDigit = (key) => ({ ...key, ofDigit: true });

/**
 * What may be unset, which is null and where it starts.
 * @template T
 * @param {Key<T>} key
 * @returns {Key<T | null>}
 */
export const optional = ({ read, write }) => ({
  initial: null,
  read,
  write: (value) => (value === null ? "" : write(value)),
});
