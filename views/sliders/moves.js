/** How a slider moves a code: one number of it, or all along a direction. */
import { format, replaced, signed, sum } from "../kit/numbers.js";

/** @typedef {import("../kit/routes.js").Files["sliders/sliders/ModelSliders"]} ModelSliders */
/** @typedef {ModelSliders["rows"][number]} Row */
/** @typedef {ModelSliders["named"][number]} NamedRow */

/**
 * What a slider is to a code z.
 * @typedef {object} Move
 * @property {[number, number]} range of its usual values
 * @property {number} step
 * @property {(z: number[]) => number} valueOf where it stands
 * @property {(z: number[], value: number) => number[]} moved z once it stands at that value
 * @property {(value: number) => string} write
 */

export const FAR = 3; // standard deviations from the mean digit, where a named slider ends
const STEP = 0.05; // of a named slider
const STEPS = 400; // of a numbered one

/**
 * One number of the code; the others stay.
 * @param {Row} row
 * @returns {Move}
 */
export const alongNumber = ({ index, low, high }) => ({
  range: [low, high],
  step: (high - low) / STEPS,
  valueOf: (z) => z[index],
  moved: (z, value) => replaced(z, index, value),
  write: (value) => format(value),
});

/**
 * A direction: its value is what the code says of its measure, in standard deviations, which is
 * linear in z and 0 at the mean code.
 * @param {Pick<NamedRow, "step" | "prediction">} direction
 * @param {number[]} mean of all codes
 * @returns {Move}
 */
export const alongDirection = ({ step, prediction }, mean) => {
  const valueOf = (/** @type {number[]} */ z) =>
    sum(prediction.map((weight, i) => weight * (z[i] - mean[i])));
  return {
    range: [-FAR, FAR],
    step: STEP,
    valueOf,
    moved: (z, value) => {
      const steps = value - valueOf(z);
      return z.map((v, i) => v + steps * step[i]);
    },
    write: (value) => signed(value, 1),
  };
};

/**
 * The codes that a slider passes through on its way from end to end.
 * @param {Move} move
 * @param {number[]} z
 * @param {number} count
 */
export const sweep = ({ range: [low, high], moved }, z, count) =>
  Array.from({ length: count }, (_, i) => moved(z, low + ((high - low) * i) / (count - 1)));

/** @param {number[]} z */
export const describe = (z) => `z = (${z.map((v) => format(v, 2)).join(", ")})`;

/**
 * A measure of the picture: in standard deviations from the mean digit, and in its own unit.
 * @param {number} value
 * @param {Pick<NamedRow, "mean" | "deviation" | "unit">} row
 */
export const describeMeasure = (value, { mean, deviation, unit }) =>
  `${signed((value - mean) / deviation, 1)} (${format(value, 1)}${unit})`;
