/** The numbers of the true posterior, and the Python that computes them. */
import { IMPORT_DIGIT, IMPORT_LOAD, digitLines, model, printRows, tensor } from "../kit/python.js";

/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {import("../kit/importance.js").Gaussian} Gaussian */
/** @typedef {import("../kit/take_home.js").Home} Home */
/** @typedef {{ name: string, digit: Digit, seed: number, own: Gaussian | null }} Asked `own`: the visitor's q; null for the encoder's */

const LOG_P = "log p(x)";
const RECONSTRUCTION = "E[log p(x|z)]";
const KL = "KL(q||p(z))";
const ELBO = "ELBO";
const GAP = "KL(q||p(z|x))";
const COLUMNS = ["quantity", "value in nats"];

/** @param {Asked} asked */
const opening = async ({ name, digit, seed }) => [
  ...IMPORT_DIGIT,
  "from data.binarize import binarize",
  "from explore import gap, latent",
  "from models import quadrature",
  "from models.distributions import kl_to_standard_normal",
  IMPORT_LOAD,
  "",
  ...(await digitLines("x", digit)),
  `model = ${model(name)}`,
  `x = binarize(x, seed=${seed})`,
];

/** @param {Gaussian | null} own */
const qLine = (own) =>
  own
    ? `q = gap.gaussian(${tensor(own.mu)}, ${tensor(own.sigma)})`
    : "q = gap.gaussian(*latent.posterior(model, x))  # the encoder's";

const rows = (/** @type {Record<string, string>} */ values) => [
  "rows = [",
  ...Object.entries(values).map(([name, value]) => `    ("${name}", float(${value})),`),
  "]",
  ...printRows(),
];

/**
 * Where the code has two dimensions: sums over a grid.
 * @param {import("./identity.js").Terms & { reconstruction: number, kl: number }} terms
 * @param {Asked} asked
 * @param {number} side the most points along a side of the window
 * @returns {Home}
 */
export const gridHome = (terms, asked, side) => ({
  columns: COLUMNS,
  rows: [
    [LOG_P, terms.logP],
    [ELBO, terms.elbo],
    [GAP, terms.gap],
    [RECONSTRUCTION, terms.reconstruction],
    [KL, terms.kl],
  ],
  protocol: `${asked.name}, one digit made binary with seed ${asked.seed}, ${asked.own ? "a q set by hand" : "the encoder's q"}; sums over grids of the latent plane.`,
  python: async () => [
    ...(await opening(asked)),
    "found = quadrature.posterior(model, x)",
    qLine(asked.own),
    `window = gap.window_around(model, x, found, q, quadrature.EXACT, most=${side})`,
    "kl = kl_to_standard_normal(q).sum()",
    "elbo = gap.elbo(q, window)",
    ...rows({
      [LOG_P]: "found.log_p",
      [ELBO]: "elbo",
      [GAP]: "gap.gap(q, window, found.log_p)",
      [RECONSTRUCTION]: "elbo + kl",
      [KL]: "kl",
    }),
  ],
});

/**
 * Where it has more: estimates from importance samples.
 * @param {import("./identity.js").Terms} terms
 * @param {Asked} asked
 * @param {{ parts: number, part: number, draw: number }} samples how many parts of how many samples, and which set
 * @returns {Home}
 */
export const sampledHome = (terms, asked, { parts, part, draw }) => ({
  columns: COLUMNS,
  rows: [
    [LOG_P, terms.logP],
    [ELBO, terms.elbo],
    [GAP, terms.gap],
  ],
  protocol: `${asked.name}, one digit made binary with seed ${asked.seed}; estimated from ${parts * part} importance samples of the encoder's q, set ${draw}.`,
  python: async () => [
    ...(await opening(asked)).filter((line) => !/quadrature|kl_to/.test(line)),
    qLine(null),
    `seeds = range(${draw * parts}, ${draw * parts + parts})`,
    `drawn = [gap.importance_draws(model, x, q, ${part}, seed) for seed in seeds]`,
    "logs = torch.cat([log_weights for _, log_weights in drawn]).double()",
    `log_p = float(logs.logsumexp(0)) - torch.tensor(float(len(logs))).log()`,
    ...rows({ [LOG_P]: "log_p", [ELBO]: "logs.mean()", [GAP]: "log_p - logs.mean()" }),
  ],
});
