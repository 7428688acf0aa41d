/** The code that DRAW draws and what its steps cost, and the Python that computes them. */
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
 * @param {string} name of the checkpoint
 * @param {{ z: number[], kl: number[] | null, ink: number }} found `kl`: of each step, of a code that was inferred; `ink`: the mean of
 *   the last canvas
 * @param {{ digit: import("../kit/page.js").Digit | null, source: string, seed: number, moved: boolean }} asked
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (name, { z, kl, ink }, { digit, source, seed, moved }) => {
  const inferred = digit !== null && kl !== null;
  /** @type {Quantity[]} */
  const quantities = [
    ...(inferred ? [/** @type {Quantity} */ (["KL in nats of step ", kl, "found.kl"])] : []),
    ["mean of the last canvas", ink, "canvases[-1].mean()"],
    ["z", z, "z"],
  ];
  return {
    columns: ["quantity", "value"],
    rows: quantityRows(quantities),
    protocol: `${name}; the code is ${moved ? "moved by hand" : { mean: "the digit's, mean of q", draw: `the digit's, a draw from q, seed ${seed}`, prior: "a draw from N(0, I)" }[source]}.`,
    python: () =>
      script({
        imports: ["from explore import draw", IMPORT_LOAD],
        digits: inferred ? { x: digit } : {},
        body: [
          `model = ${model(name)}`,
          ...(inferred
            ? [
                `generator = torch.Generator().manual_seed(${seed})`,
                `found = draw.inferred(model, x, ${literal(source)}, generator)`,
              ]
            : []),
          inferred && !moved ? "z = found.z" : `z = ${tensor(z)}`,
          "canvases = draw.canvases(model, z)  # [steps + 1, C, H, W]",
          ...quantityLines(quantities),
        ],
      }),
  };
};
