/** The digit's class and its code, and the Python that computes them. */
import { IMPORT_LOAD, model, quantityLines, quantityRows, script, tensor } from "../kit/python.js";

/** @typedef {import("../kit/python.js").Quantity} Quantity */

/**
 * @param {{ model: string, judge: string }} names
 * @param {import("../kit/page.js").Digit} digit
 * @param {{ shares: number[], y: number, z: number[] }} found
 * @param {boolean} own is z the digit's, not moved or drawn?
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (names, digit, { shares, y, z }, own) => {
  /** @type {Quantity[]} */
  const quantities = [
    ["q(y|x) of class number ", shares, "shares"],
    ["z", z, "z"],
  ];
  return {
    columns: ["quantity", "value"],
    rows: quantityRows(quantities),
    protocol: `${names.model} told the class ${y}; ${own ? "z is the digit's" : "z is moved or drawn"}. Class number 1 is the digit 0, and so on.`,
    python: () =>
      script({
        imports: ["from explore import classes, latent", IMPORT_LOAD],
        digits: { x: digit },
        body: [
          `model = ${model(names.model)}`,
          `shares = classes.class_posterior(${model(names.judge)}, x)`,
          own ? `z = latent.encode(model, x, torch.tensor([${y}]))` : `z = ${tensor(z)}`,
          "pictures = classes.every_class(model, z)  # [classes, C, H, W], as they are shown",
          ...quantityLines(quantities),
        ],
      }),
  };
};
