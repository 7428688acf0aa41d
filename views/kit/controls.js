/** Controls that several views have: radio buttons, tick boxes, and a range beside its number. */
import { clamp } from "./numbers.js";

/**
 * @typedef {object} Option
 * @property {string} value
 * @property {string} title the words on it
 */

let groups = 0; // radio buttons of one name exclude each other

/**
 * Labels with an input each, appended to a group that the template holds.
 * @param {HTMLElement} root
 * @param {"radio" | "checkbox"} type
 * @param {Option[]} options
 */
const appendInputs = (root, type, options) => {
  groups += 1;
  const name = `${type}-${groups}`;
  return options.map(({ value, title }) => {
    const input = Object.assign(document.createElement("input"), { type, name, value });
    const words = Object.assign(document.createElement("span"), { textContent: title });
    const label = document.createElement("label");
    label.append(input, words);
    root.append(label);
    return input;
  });
};

/**
 * Radio buttons in an element of class "choice" and role "radiogroup".
 * @param {HTMLElement} root
 * @param {Option[]} options
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
export const radioButtons = (root, options, chosen, choose) => {
  const inputs = appendInputs(root, "radio", options);
  const set = (/** @type {string} */ value) => {
    for (const input of inputs) input.checked = input.value === value;
  };
  for (const input of inputs) input.addEventListener("change", () => choose(input.value));
  set(chosen);
  return { set };
};

/**
 * Tick boxes in an element of class "ticks" and role "group".
 * @param {HTMLElement} root
 * @param {Option[]} options
 * @param {string[]} ticked
 * @param {(values: string[]) => void} choose called with those that are ticked, in their order
 */
export const tickBoxes = (root, options, ticked, choose) => {
  const inputs = appendInputs(root, "checkbox", options);
  const read = () => inputs.filter((input) => input.checked).map((input) => input.value);
  for (const input of inputs) {
    input.checked = ticked.includes(input.value);
    input.addEventListener("change", () => choose(read()));
  }
};

/**
 * The nearest whole number of steps within bounds, without the rounding errors of products.
 * @param {number} value
 * @param {{ low: number, high: number, step: number }} bounds
 */
export const snap = (value, { low, high, step }) =>
  clamp(Number((Math.round(value / step) * step).toFixed(6)), low, high);

/**
 * A number field whose value is a whole number of steps within its own bounds, whatever is typed.
 * @param {HTMLInputElement} field with min, max and step
 * @param {number} value what it holds at first
 * @param {(value: number) => void} change
 */
export const numberField = (field, value, change) => {
  const [low, high, step] = [field.min, field.max, field.step || "1"].map(Number);
  let last = value;
  const set = (/** @type {number} */ next) => {
    last = next;
    field.value = String(next);
  };
  field.addEventListener("change", () => {
    const typed = field.value === "" ? last : Number(field.value);
    const next = snap(typed, { low, high, step });
    set(next);
    change(next);
  });
  set(value);
  return { set };
};

/**
 * A range and a number field that hold one value: the field takes the range's bounds.
 * @param {HTMLInputElement} range
 * @param {HTMLInputElement} field
 * @param {number} value
 * @param {(value: number) => void} change
 */
export const rangeWithNumber = (range, field, value, change) => {
  for (const bound of /** @type {const} */ (["min", "max", "step"])) field[bound] = range[bound];
  const number = numberField(field, value, (next) => {
    range.value = String(next);
    change(next);
  });
  range.value = String(value);
  range.addEventListener("input", () => {
    number.set(Number(range.value));
    change(Number(range.value));
  });
};
