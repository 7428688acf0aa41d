/** The ledger of a digit, and the Python that computes it. */
import { IMPORT_LOAD, model, quantityLines, quantityRows, script } from "../kit/python.js";
import { objectiveOf } from "./terms.js";

/** @typedef {import("./terms.js").Ledger} Ledger */
/** @typedef {import("./terms.js").Model} Model */
/** @typedef {import("../kit/python.js").Quantity} Quantity */

/**
 * What was asked: a model, a digit, which draw of epsilon z is made with, and what a hand has moved.
 * @typedef {object} Asked
 * @property {string} name
 * @property {import("../kit/page.js").Digit} digit
 * @property {number | null} draw null for z = mu
 * @property {number} draws of epsilon that there are
 * @property {ReadonlyMap<number, number>} mu
 * @property {ReadonlyMap<number, number>} logVar
 */

/**
 * @param {Ledger} found
 * @param {Model} facts
 * @param {Asked} asked
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (found, facts, { name, digit, draw, draws, mu, logVar }) => {
  const other = facts.prior ? "KL(q(z|x)||p(z))" : "|z|^2 / 2";
  const sum = (/** @type {ArrayLike<number>} */ values) =>
    Array.from(values).reduce((a, b) => a + b, 0);
  /** @type {Quantity[]} */
  const quantities = [
    ["reconstruction -log p(x|z)", sum(found.perPixel), "found.per_pixel.sum()"],
    [other, sum(found.perDimension), "found.per_dimension.sum()"],
    ["objective", objectiveOf(facts, found), "found.objective"],
    ["mu", found.mu, "mu"],
    ["z", found.z, "found.z"],
    ["nats of z", found.perDimension, "found.per_dimension"],
  ];
  const moved = mu.size + logVar.size > 0;
  const moves = (/** @type {string} */ of, /** @type {ReadonlyMap<number, number>} */ values) =>
    [...values].map(([i, value]) => `${of}[${i}] = ${value}`);
  return {
    columns: ["quantity", "value in nats; mu and z without unit"],
    rows: quantityRows(quantities),
    protocol: `${name}, one digit, ${moved ? "q moved by hand" : "the encoder's q"}, z ${draw === null ? "its mean" : `draw ${draw}`}; summed over pixels and dimensions.`,
    python: () =>
      script({
        imports: [
          "from data.binarize import SEED",
          `from explore import ${draw === null ? "" : "latent, "}ledger`,
          IMPORT_LOAD,
        ],
        digits: { x: digit },
        body: [
          `model = ${model(name)}`,
          "x = ledger.target(model, x, SEED)",
          "mu, log_var = ledger.encoded(model, x, ledger.noise_shift(model, SEED))",
          ...moves("mu", mu),
          ...moves("log_var", logVar),
          draw === null
            ? "epsilon = torch.zeros_like(mu)"
            : `epsilon = latent.prior_draws(len(mu), ${draws}, 1.0, SEED)[${draw}]`,
          "found = ledger.ledger(model, x, mu, log_var, epsilon)",
          ...quantityLines(quantities),
        ],
      }),
  };
};
