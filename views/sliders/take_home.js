/** The code that the sliders stand at and what is measured of its picture, and the Python for it. */
import {
  IMPORT_LOAD,
  literal,
  model,
  quantityLines,
  quantityRows,
  script,
  tensor,
} from "../kit/python.js";

/** @typedef {import("../kit/python.js").Quantity} Quantity */

/**
 * @param {string} name of the model
 * @param {number[]} z
 * @param {Record<string, number> | null} measures of the picture; null while the page has no picture
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (name, z, measures) => {
  /** @type {Quantity[]} */
  const ofPicture = Object.entries(measures ?? {}).map(([measure, value]) => [
    measure,
    value,
    `MEASURES[${literal(measure)}](picture)`,
  ]);
  /** @type {Quantity[]} */
  const quantities = [["z", z, "z"], ...ofPicture];
  return {
    columns: ["quantity", "value"],
    rows: quantityRows(quantities),
    protocol: `A code of ${name} and what is measured of its picture: thickness, width and height in pixels, slant in degrees.`,
    python: () =>
      script({
        imports: [
          "from data.morphology import MEASURES",
          "from explore import latent",
          IMPORT_LOAD,
        ],
        body: [
          `z = ${tensor(z)}`,
          `picture = latent.decode(${model(name)}, z[None])[0]`,
          ...quantityLines(quantities),
        ],
      }),
  };
};
