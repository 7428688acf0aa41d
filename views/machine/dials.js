/** The code as a row of sliders, for codes of more than two numbers. */
import { format, replaced, rounded } from "../kit/numbers.js";
import { putOnSlider } from "../kit/slider.js";

/**
 * @param {HTMLElement} root
 * @param {number} digits decimals of a number
 * @param {(z: number[]) => void} onMove the visitor moves one of them
 */
export const createDials = (root, digits, onMove) => {
  /** @type {HTMLInputElement[]} */
  let inputs = [];
  let ranges = /** @type {number[][]} */ ([]);
  let z = /** @type {number[]} */ ([]);

  const dial = (/** @type {number[]} */ [low, high], /** @type {number} */ i) => {
    const input = Object.assign(document.createElement("input"), {
      type: "range",
      min: String(low),
      max: String(high),
      step: "any",
      disabled: true, // until there is a code
    });
    input.setAttribute("aria-label", `z ${i + 1}`);
    input.addEventListener("input", () => {
      onMove(rounded(replaced(z, i, Number(input.value)), digits));
    });
    const label = document.createElement("label");
    const name = Object.assign(document.createElement("span"), { textContent: `z${i + 1}` });
    const value = document.createElement("output");
    const spread = Object.assign(document.createElement("i"), { className: "spread" });
    label.append(name, input, value, spread);
    return { label, input };
  };
  return {
    /** @param {number[][]} wanted least and most of each number */
    show: (wanted) => {
      ranges = wanted;
      const made = wanted.map(dial);
      inputs = made.map(({ input }) => input);
      root.replaceChildren(...made.map(({ label }) => label));
    },
    /** @param {number[] | null} next @param {number[] | null} sigma of q(z|x), if it has any */
    draw: (next, sigma) => {
      z = next ?? [];
      inputs.forEach((input, i) => {
        input.disabled = !next;
        if (next && input !== document.activeElement)
          putOnSlider(input, next[i], [ranges[i][0], ranges[i][1]]);
        const value = /** @type {HTMLElement} */ (input.nextElementSibling);
        value.textContent = next ? format(next[i], 1) : "";
        const spread = /** @type {HTMLElement} */ (value.nextElementSibling);
        spread.textContent = next && sigma ? `± ${format(sigma[i], 1)}` : "";
      });
    },
    /** Where a number's slider stands in `root`, from the top, as a share. @param {number} i */
    shareOf: (i) => (i + 0.5) / Math.max(1, inputs.length),
  };
};
