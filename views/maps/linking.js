/** How a place on one map is found on another: each has coordinates of its own, and none is privileged. */
import { nearest } from "../kit/density.js";
import { clamp } from "../kit/numbers.js";

/** @typedef {import("../kit/density.js").Codes & { bandwidth: number }} Codes */
/** @typedef {"z" | "quantile" | "digit"} Linked */

/** @type {{ value: Linked, title: string }[]} */
export const LINKS = [
  { value: "z", title: "the same z" },
  { value: "quantile", title: "the same quantile" },
  { value: "digit", title: "the same digit" },
];

/** What it means that the maps are linked so. @type {Record<Linked, string>} */
export const MEANINGS = {
  z: "Each map has coordinates of its own: the same z means something else in each.",
  quantile:
    "Each map has coordinates of its own: along each, as many test images lie below the cursor on every map.",
  digit:
    "Each map has coordinates of its own: on every map the cursor is at the code of one and the same test image.",
};

/** @type {WeakMap<object, Float64Array[]>} */
const sorted = new WeakMap(); // by the codes: the cursor asks many times a second

/** Both coordinates of all codes, each in rising order. @param {ArrayLike<number>} codes */
export const sortedCoordinates = (codes) =>
  [0, 1].map((axis) =>
    Float64Array.from({ length: codes.length / 2 }, (_, i) => codes[2 * i + axis]).sort(),
  );

/**
 * Which share of sorted values lies below a value: 0 at the least and 1 at the largest of them, and
 * linear between two neighbours.
 * @param {Float64Array} sorted
 * @param {number} value
 */
export const quantileOf = (sorted, value) => {
  const last = sorted.length - 1;
  if (value <= sorted[0]) return 0;
  if (value >= sorted[last]) return 1;
  let [low, high] = [0, last]; // sorted[low] <= value < sorted[high]
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle;
  }
  return (low + (value - sorted[low]) / (sorted[high] - sorted[low])) / last;
};

/** The other way round. @param {Float64Array} sorted @param {number} quantile */
export const valueAt = (sorted, quantile) => {
  const place = clamp(quantile, 0, 1) * (sorted.length - 1);
  const below = Math.min(Math.floor(place), sorted.length - 2);
  return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
};

/** Are these the codes of the same images? @param {Codes} a @param {Codes} b */
const ofSameImages = ({ classes: a }, { classes: b }) =>
  a.length === b.length && Array.from(a).every((y, i) => y === b[i]);

/**
 * Where a place of one map lies on another; null where nothing corresponds to it.
 * @param {Linked} linked
 * @param {number[]} z on the map `from`
 * @param {Codes} from
 * @param {Codes} to
 * @returns {number[] | null}
 */
export const linkedPlace = (linked, z, from, to) => {
  if (linked === "z" || (linked === "quantile" && from === to)) return z;
  if (!from.classes.length || !to.classes.length) return null; // the codes are on their way
  if (linked === "digit") {
    const { index } = nearest(from, z);
    return ofSameImages(from, to) ? [to.codes[2 * index], to.codes[2 * index + 1]] : null;
  }
  const [there, here] = [from, to].map(({ codes }) => {
    const found = sorted.get(codes) ?? sortedCoordinates(codes);
    sorted.set(codes, found);
    return found;
  });
  return z.map((v, axis) => valueAt(here[axis], quantileOf(there[axis], v)));
};
