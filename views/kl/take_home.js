/** KL of two Gaussians in both directions, and the Python that computes it. */
import { literal, quantityLines, quantityRows, script } from "../kit/python.js";
import { integrals, klTerms } from "./gaussians.js";

/** @typedef {import("./gaussians.js").Gaussian} Gaussian */
/** @typedef {import("../kit/python.js").Quantity} Quantity */

const TERMS = ["log ratio", "spread", "distance", "constant"];

/** @param {string} first @param {string} second @param {Gaussian} a @param {Gaussian} b @returns {Quantity[]} */
const direction = (first, second, a, b) => {
  const terms = klTerms(a, b);
  const [title, pair] = [`KL(${first}||${second})`, `${first}, ${second}`];
  return [
    [title, terms.reduce((sum, v) => sum + v, 0), `kl.kl(${pair})`],
    [`${title} by the integral`, integrals(a, b).both, `kl.integral(${pair})`],
    ...TERMS.map(
      (name, i) =>
        /** @type {Quantity} */ ([
          `${title}: ${name}`,
          terms[i],
          `kl.kl_terms(${pair})[${literal(name)}]`,
        ]),
    ),
  ];
};

/** @param {Gaussian} q @param {Gaussian} p @returns {import("../kit/take_home.js").Home} */
export const homeOf = (q, p) => {
  const quantities = [...direction("q", "p", q, p), ...direction("p", "q", p, q)];
  const gaussian = (/** @type {Gaussian} */ { mu, sigma }) => `kl.Gaussian(${mu}, ${sigma})`;
  return {
    columns: ["quantity", "value in nats"],
    rows: quantityRows(quantities),
    protocol: `q = N(${q.mu}, ${q.sigma}²), p = N(${p.mu}, ${p.sigma}²). The estimate from draws is left out: the page draws other numbers than PyTorch.`,
    python: () =>
      script({
        imports: ["from explore import kl"],
        body: [`q, p = ${gaussian(q)}, ${gaussian(p)}`, ...quantityLines(quantities)],
      }),
  };
};
