/** The values of the terms, and the Python that computes them. */
import { IMPORT_LOAD, model, quantityLines, quantityRows, script, tensor } from "../kit/python.js";

/** @typedef {import("../kit/importance.js").Gaussian} Gaussian */
/** @typedef {import("./lines.js").Values} Values */

/**
 * @param {Values} values of the terms, in nats
 * @param {object} asked
 * @param {string} asked.name the model's
 * @param {import("../kit/page.js").Digit} asked.digit
 * @param {Gaussian | null} asked.own the visitor's q; null for the encoder's
 * @param {number} asked.side the most points along a side of the window
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (values, { name, digit, own, side }) => {
  /** @type {import("../kit/python.js").Quantity[]} */
  const quantities = [
    ["log p(x)", values.evidence, "terms.evidence"],
    ["E_q[log p(x|z)]", values.likelihood, "terms.likelihood"],
    ["E_q[log p(z)]", values.prior, "terms.prior"],
    ["E_q[log p(z|x)]", values.posterior, "terms.posterior"],
    ["E_q[log q(z|x)]", values.q, "terms.q"],
    ["KL(q||p(z))", values.klPrior, "terms.kl_prior"],
    ["KL(q||p(z|x))", values.gap, "terms.gap"],
    ["ELBO", values.elbo, "terms.elbo"],
  ];
  return {
    columns: ["term", "value in nats"],
    rows: quantityRows(quantities),
    protocol: `${name}, one digit made binary with seed 0, ${own ? "a q set by hand" : "the encoder's q"}; sums over one grid of the latent plane.`,
    python: () =>
      script({
        imports: [
          "from data.binarize import binarize",
          "from explore import elbo, gap, latent",
          "from models import quadrature",
          IMPORT_LOAD,
        ],
        digits: { x: digit },
        body: [
          `model = ${model(name)}`,
          "x = binarize(x, seed=0)",
          own
            ? `q = gap.gaussian(${tensor(own.mu)}, ${tensor(own.sigma)})`
            : "q = gap.gaussian(*latent.posterior(model, x))  # the encoder's",
          "found = quadrature.posterior(model, x)",
          `window = gap.window_around(model, x, found, q, quadrature.EXACT, most=${side})`,
          "terms = elbo.terms(q, window, found.log_p)",
          ...quantityLines(quantities),
        ],
      }),
  };
};
