/** The code of a shape and the scores of its network, and the Python that computes them. */
import {
  IMPORT_LOAD,
  literal,
  entry,
  quantityLines,
  quantityRows,
  script,
  tensor,
} from "../kit/python.js";

/** @typedef {import("../kit/routes.js").Props["shapes/shapes"]["models"][number]} Model */
/** @typedef {import("../kit/python.js").Quantity} Quantity */

/**
 * @param {Model} model
 * @param {{ factors: number[], z: number[], turned: boolean }} shown places of the factors' values, the code, and whether a
 *   hand has turned it
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (model, { factors, z, turned }) => {
  /** @type {Quantity[]} */
  const quantities = [
    ["z", z, "z"],
    ...model.scores.map(
      ({ name, value }) =>
        /** @type {Quantity} */ ([
          name,
          value,
          `entry.card.metrics[${literal(name.toLowerCase())}].value`,
        ]),
    ),
  ];
  return {
    columns: ["quantity", "value"],
    rows: quantityRows(quantities),
    protocol: `${model.name}; ${turned ? "a code turned by hand" : `the code of the shape with the factors' values number ${factors.join(", ")}`}, and the network's scores of disentanglement.`,
    python: () =>
      script({
        imports: [...(turned ? [] : ["from explore import shapes"]), IMPORT_LOAD],
        body: [
          `entry = ${entry(model.name)}`,
          turned
            ? `z = ${tensor(z)}`
            : `x, z, sigma = shapes.encoded(entry.model, ${literal(factors)})`,
          ...quantityLines(quantities),
        ],
      }),
  };
};
