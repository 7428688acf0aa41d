/** The score's numbers, of the point and of the digit, and the Python that computes them. */
import { IMPORT_LOAD, literal, model, quantityLines, quantityRows, script } from "../kit/python.js";

/** @typedef {import("../kit/take_home.js").Home} Home */
/** @typedef {import("../kit/python.js").Quantity} Quantity */
/** @typedef {import("../kit/routes.js").Routes["score/digit"]} Route */

const COLUMNS = ["quantity", "value"];

/**
 * @param {string} name of the network
 * @param {{ x: number[], sigma: number, exact: number[], learned: number[] | null }} at `learned`: null
 *   where the network is not shown
 * @returns {Home}
 */
export const pointHome = (name, { x, sigma, exact, learned }) => {
  /** @type {Quantity[]} */
  const quantities = [["exact score ", exact, "MIXTURE.blurred(sigma).score(x)[0]"]];
  if (learned) quantities.push(["network's score ", learned, "score.point_score(model, x)[0]"]);
  return {
    columns: COLUMNS,
    rows: quantityRows(quantities),
    protocol: `The slope of the log density in the plane at (${x.join(", ")}), noise of ${sigma}, nats per unit.`,
    python: () =>
      script({
        imports: [
          "from data.mixture import MIXTURE",
          ...(learned ? ["from explore import score", IMPORT_LOAD] : []),
        ],
        body: [
          `x = torch.tensor(${literal([x])}, dtype=torch.float64)`,
          `sigma = ${literal(sigma)}`,
          ...(learned ? [`model = ${model(name)}`] : []),
          ...quantityLines(quantities),
        ],
      }),
  };
};

/**
 * @param {string} name of the network
 * @param {Route["answer"]} answer
 * @param {import("./digit.js").Asked} asked
 * @returns {Home}
 */
export const digitHome = (name, answer, { digit, noisy, seed, share, steps }) => {
  /** @type {Quantity[]} */
  const quantities = [
    ["error of what it sees", answer.seen.error, "error(seen[0])"],
    ["error of its answer", answer.restored.error, "error(model.reconstruct(seen)[0])"],
    [
      "error after the steps",
      answer.after.error,
      `error(score.climb(model, seen, ${share}, ${steps})[0])`,
    ],
    ["size of the score", answer.slope_size, "score.score(model, seen).square().mean().sqrt()"],
  ];
  return {
    columns: COLUMNS,
    rows: quantityRows(quantities),
    protocol: `The digit ${noisy ? `under noise, seed ${seed}` : "without noise"}, then ${steps} steps of ${share}; root mean squares over pixels.`,
    python: () =>
      script({
        imports: ["from explore import score", IMPORT_LOAD],
        digits: { digit },
        body: [
          `model = ${model(name)}`,
          ...(noisy
            ? [
                `generator = torch.Generator().manual_seed(${seed})`,
                "noise = torch.randn(digit.shape, generator=generator)",
                "seen = (digit + score.noise_level(model) * noise)[None]",
              ]
            : ["seen = digit[None]"]),
          "",
          "",
          "def error(picture):",
          "    return (picture - digit).square().mean().sqrt()",
          "",
          "",
          ...quantityLines(quantities),
        ],
      }),
  };
};
