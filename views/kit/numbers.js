/** Numbers as they are written on the page. */

/**
 * A number with `digits` decimals, a true minus sign, and none before a zero.
 * @param {number} v
 * @param {number} [digits]
 */
export const format = (v, digits = 2) =>
  v
    .toFixed(digits)
    .replace("-", "−")
    .replace(/^−(0(\.0*)?)$/, "$1");

/** A number with the digits that it has, and a true minus sign. @param {number} v */
export const exact = (v) => String(v).replace("-", "−");

/** A small number as 3 · 10⁻⁷. @param {number} v above 0 */
export const powerOfTen = (v) => {
  const [digit, power] = v.toExponential(0).split("e");
  const raised = [...power].map(
    (sign) => ({ "-": "⁻", "+": "" })[sign] ?? "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)],
  );
  return `${digit} · 10${raised.join("")}`;
};

/**
 * As `format`, with a plus sign before what is not negative.
 * @param {number} v
 * @param {number} [digits]
 */
export const signed = (v, digits) => (v < 0 ? "" : "+") + format(v, digits);

/**
 * @param {number} v
 * @param {number} low
 * @param {number} high
 */
export const clamp = (v, low, high) => Math.min(Math.max(v, low), high);

/** @param {number[]} values */
export const sum = (values) => values.reduce((a, b) => a + b, 0);

/** Values to at most `digits` decimals, as a link keeps them. @param {ArrayLike<number>} values @param {number} digits */
export const rounded = (values, digits) => Array.from(values, (v) => Number(v.toFixed(digits)));

/** A copy with another value in one place. @param {number[]} values @param {number} place @param {number} value */
export const replaced = (values, place, value) => values.map((v, i) => (i === place ? value : v));

/** Probabilities of log-odds, which sum to one. @param {ArrayLike<number>} logits */
export const softmax = (logits) => {
  const values = Array.from(logits);
  const most = Math.max(...values);
  const powers = values.map((v) => Math.exp(v - most));
  const total = sum(powers);
  return powers.map((v) => v / total);
};

/** The place of the largest value; -1 where there is none. @param {number[]} values */
export const indexOfLargest = (values) => values.indexOf(Math.max(...values));

/**
 * Rounded numbers that still add up: each part is rounded down or up to `digits`, and their sum is
 * the rounded total. As many are rounded up as the total needs, those with the largest remainders
 * first (Hamilton's method). A total that was rounded elsewhere, down or up, may be given instead.
 * @param {number[]} parts
 * @param {number} digits
 * @param {number} [total]
 */
export const addingUp = (parts, digits, total = sum(parts)) => {
  const unit = 10 ** digits;
  const scaled = parts.map((v) => v * unit);
  const units = scaled.map(Math.floor);
  const wanted = Math.round(total * unit);
  const left = wanted - sum(units);
  const remainder = (/** @type {number} */ i) => scaled[i] - units[i];
  const order = [...parts.keys()].sort((a, b) => remainder(b) - remainder(a));
  for (const i of order.slice(0, left)) units[i] += 1;
  return { parts: units.map((v) => v / unit), sum: wanted / unit };
};
