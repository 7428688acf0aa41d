/** The numbers of the true posterior, and the Python that computes them. */
import { IMPORT_LOAD, model, quantityLines, quantityRows, script, tensor } from "../kit/python.js";

/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {import("../kit/importance.js").Gaussian} Gaussian */
/** @typedef {import("../kit/take_home.js").Home} Home */
/** @typedef {import("../kit/python.js").Quantity} Quantity */
/** @typedef {{ name: string, digit: Digit, seed: number, own: Gaussian | null }} Asked `own`: the visitor's q; null for the encoder's */

const COLUMNS = ["quantity", "value in nats"];

/** @param {Asked} asked */
const opening = ({ name, seed, own }) => [
  `model = ${model(name)}`,
  `x = binarize(x, seed=${seed})`,
  own
    ? `q = gap.gaussian(${tensor(own.mu)}, ${tensor(own.sigma)})`
    : "q = gap.gaussian(*latent.posterior(model, x))  # the encoder's",
];

/**
 * Where the code has two dimensions: sums over a grid.
 * @param {import("./identity.js").Terms & { reconstruction: number, kl: number }} terms
 * @param {Asked} asked
 * @param {number} side the most points along a side of the window
 * @returns {Home}
 */
export const gridHome = (terms, asked, side) => {
  /** @type {Quantity[]} */
  const quantities = [
    ["log p(x)", terms.logP, "found.log_p"],
    ["ELBO", terms.elbo, "elbo"],
    ["KL(q||p(z|x))", terms.gap, "gap.gap(q, window, found.log_p)"],
    ["E[log p(x|z)]", terms.reconstruction, "elbo + kl"],
    ["KL(q||p(z))", terms.kl, "kl"],
  ];
  return {
    columns: COLUMNS,
    rows: quantityRows(quantities),
    protocol: `${asked.name}, one digit made binary with seed ${asked.seed}, ${asked.own ? "a q set by hand" : "the encoder's q"}; sums over grids of the latent plane.`,
    python: () =>
      script({
        imports: [
          "from data.binarize import binarize",
          "from explore import gap, latent",
          "from models import quadrature",
          "from models.distributions import kl_to_standard_normal",
          IMPORT_LOAD,
        ],
        digits: { x: asked.digit },
        body: [
          ...opening(asked),
          "found = quadrature.posterior(model, x)",
          `window = gap.window_around(model, x, found, q, quadrature.EXACT, most=${side})`,
          "kl = kl_to_standard_normal(q).sum()",
          "elbo = gap.elbo(q, window)",
          ...quantityLines(quantities),
        ],
      }),
  };
};

/**
 * Where it has more: estimates from importance samples.
 * @param {import("./identity.js").Terms} terms
 * @param {Asked} asked
 * @param {{ parts: number, part: number, draw: number }} samples how many parts of how many samples, and which set
 * @returns {Home}
 */
export const sampledHome = (terms, asked, { parts, part, draw }) => {
  /** @type {Quantity[]} */
  const quantities = [
    ["log p(x)", terms.logP, "log_p"],
    ["ELBO", terms.elbo, "logs.mean()"],
    ["KL(q||p(z|x))", terms.gap, "log_p - logs.mean()"],
  ];
  return {
    columns: COLUMNS,
    rows: quantityRows(quantities),
    protocol: `${asked.name}, one digit made binary with seed ${asked.seed}; estimated from ${parts * part} importance samples of the encoder's q, set ${draw}.`,
    python: () =>
      script({
        imports: [
          "from data.binarize import binarize",
          "from explore import gap, latent",
          IMPORT_LOAD,
        ],
        digits: { x: asked.digit },
        body: [
          ...opening({ ...asked, own: null }),
          `seeds = range(${draw * parts}, ${(draw + 1) * parts})`,
          `drawn = [gap.importance_draws(model, x, q, ${part}, seed) for seed in seeds]`,
          "logs = torch.cat([log_weights for _, log_weights in drawn]).double()",
          "log_p = logs.logsumexp(0) - math.log(len(logs))",
          ...quantityLines(quantities),
        ],
      }),
  };
};
