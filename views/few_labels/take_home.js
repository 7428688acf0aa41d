/** What both networks read in the digit, and the Python that computes it. */
import { IMPORT_LOAD, model, quantityLines, quantityRows, script } from "../kit/python.js";

/** @typedef {import("../kit/python.js").Quantity} Quantity */

/**
 * @param {string[]} names of M2 and of the classifier
 * @param {import("../kit/page.js").Digit} digit
 * @param {{ posteriors: number[][], bounds: number[] }} found
 * @param {number} labels that both know
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = ([m2, classifier], digit, { posteriors, bounds }, labels) => {
  /** @type {Quantity[]} */
  const quantities = [
    [`${m2}: q(y|x) of class number `, posteriors[0], "found.posterior"],
    [`${classifier}: q(y|x) of class number `, posteriors[1], "alone"],
    ["log p(x|y) in nats is at least for class number ", bounds, "found.bounds"],
  ];
  return {
    columns: ["quantity", "value"],
    rows: quantityRows(quantities),
    protocol: `Both networks know ${labels} labels. Class number 1 is the digit 0, and so on.`,
    python: () =>
      script({
        imports: ["from explore import few_labels", IMPORT_LOAD],
        digits: { x: digit },
        body: [
          `found = few_labels.explain(${model(m2)}, x)`,
          `alone = few_labels.posterior(${model(classifier)}, x)`,
          ...quantityLines(quantities),
        ],
      }),
  };
};
