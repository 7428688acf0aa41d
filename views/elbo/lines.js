/** The derivation of the ELBO: its terms, its lines, and their values for one q. */
import { expectationsOf } from "../kit/importance.js";
import { html } from "../kit/markup.js";
import { addingUp, sum } from "../kit/numbers.js";

/** @typedef {import("../kit/importance.js").Gaussian} Gaussian */
/** @typedef {import("../kit/importance.js").Window} Window */
/** @typedef {import("../kit/markup.js").Markup} Markup */
/** @typedef {import("../kit/posterior_maps.js").Area} Area */
/** @typedef {keyof typeof TERMS} Name */
/** @typedef {Record<Name, number>} Values in nats: of p(x|z), p(z), p(z|x) and q, E_q of the logarithm */

/**
 * @typedef {object} Term
 * @property {Markup} symbol
 * @property {Area[]} lights what of the picture it is about
 * @property {string} says what it is, in one sentence
 */

const E_LOG = html`E<sub>q</sub>[log `;

/** Every term by its name, which is also the class that gives it its colour. */
export const TERMS = /** @satisfies {Record<string, Term>} */ ({
  evidence: {
    symbol: html`log p(x)`,
    lights: ["joint"],
    says: "How probable the model finds this image, whatever code z it came from; q plays no part in it.",
  },
  integral: {
    symbol: html`log ∫ p(x|z) p(z) dz`,
    lights: ["joint"],
    says: "The sum over all codes: a grid can do it in two dimensions, as here; with more it is out of reach.",
  },
  likelihood: {
    symbol: html`p(x|z)`,
    lights: ["likelihood"],
    says: "The decoder's answer: how probable this image is if it comes from the code z.",
  },
  prior: {
    symbol: html`p(z)`,
    lights: ["prior"],
    says: "The prior, a unit Gaussian: how probable the code z is before any image is seen.",
  },
  posterior: {
    symbol: html`p(z|x)`,
    lights: ["posterior"],
    says: "The true posterior: how probable it is that this image came from the code z.",
  },
  q: {
    symbol: html`q`,
    lights: ["q"],
    says: "The Gaussian q(z|x) that stands in for the true posterior: the encoder's, until you drag it.",
  },
  reconstruction: {
    symbol: html`${E_LOG}p(x|z)]`,
    lights: ["q", "likelihood"],
    says: "How well codes drawn from q give this image back, on average: the reconstruction term.",
  },
  priorRatio: {
    symbol: html`${E_LOG}q/p(z)]`,
    lights: ["q", "prior"],
    says: "By how much log q exceeds the prior's logarithm at q's own codes, on average.",
  },
  posteriorRatio: {
    symbol: html`${E_LOG}q/p(z|x)]`,
    lights: ["q", "posterior"],
    says: "By how much log q exceeds the true posterior's logarithm at q's own codes, on average.",
  },
  klPrior: {
    symbol: html`KL(q‖p(z))`,
    lights: ["q", "prior"],
    says: "How far q is from the prior, in closed form as both are Gaussians: what the code costs.",
  },
  gap: {
    symbol: html`KL(q‖p(z|x))`,
    lights: ["q", "posterior"],
    says: "How far q is from the true posterior: never below 0, and 0 only if they are the same.",
  },
  elbo: {
    symbol: html`ELBO`,
    lights: ["q", "likelihood", "prior"],
    says: "Reconstruction less KL to the prior: it needs no integral, so this is what training raises.",
  },
});

/**
 * A part of a line: a term that is added (1) or taken off (-1), or signs between terms.
 * @typedef {{ term: Name, sign: number } | Markup | string} Piece
 */

/** Is it a term? @param {Piece} piece @returns {piece is { term: Name, sign: number }} */
export const isTerm = (piece) => typeof piece === "object" && "term" in piece;

/**
 * @typedef {object} Line
 * @property {"" | "=" | "≥"} relation to the line above
 * @property {Piece[]} pieces
 * @property {string} why the step to the next line; "" after the last
 */

const plus = (/** @type {Name} */ term) => ({ term, sign: 1 });
const minus = (/** @type {Name} */ term) => ({ term, sign: -1 });
const bayes = [E_LOG, plus("likelihood"), "·", plus("prior"), "/", minus("posterior")];

/** @type {Line[]} */
export const LINES = [
  { relation: "", pieces: [plus("evidence")], why: "marginalise over z" },
  { relation: "=", pieces: [plus("integral")], why: "it does not depend on z" },
  { relation: "=", pieces: [html`E<sub>q</sub>[`, plus("evidence"), "]"], why: "Bayes" },
  { relation: "=", pieces: [...bayes, "]"], why: "multiply by q/q" },
  {
    relation: "=",
    pieces: [...bayes, "·", plus("q"), "/", minus("q"), "]"],
    why: "split the log",
  },
  {
    relation: "=",
    pieces: [plus("reconstruction"), "−", minus("priorRatio"), "+", plus("posteriorRatio")],
    why: "name the KLs",
  },
  {
    relation: "=",
    pieces: [plus("reconstruction"), "−", minus("klPrior"), "+", plus("gap")],
    why: "name the ELBO",
  },
  { relation: "=", pieces: [plus("elbo"), "+", plus("gap")], why: "the last is never negative" },
  { relation: "≥", pieces: [plus("elbo")], why: "" },
];

/** What a term becomes a part of in the next line: from there it moves. @type {Partial<Record<Name, Name>>} */
export const ORIGINS = {
  integral: "evidence",
  likelihood: "evidence",
  reconstruction: "likelihood",
  priorRatio: "prior",
  posteriorRatio: "posterior",
  klPrior: "priorRatio",
  gap: "posteriorRatio",
  elbo: "reconstruction",
};

/**
 * The terms in nats. All are sums over the same cells with the same masses, so that what cancels on
 * paper cancels here.
 * @param {Gaussian} q
 * @param {Window} window
 * @param {number} logP log p(x)
 * @returns {Values}
 */
export const valuesOf = (q, window, logP) => {
  const found = expectationsOf(q, window);
  const posterior = found.likelihood + found.prior - logP; // Bayes, at every z
  const klPrior = found.q - found.prior;
  const gap = found.q - posterior;
  return {
    ...found,
    evidence: logP,
    integral: logP,
    posterior,
    reconstruction: found.likelihood,
    priorRatio: klPrior,
    klPrior,
    posteriorRatio: gap,
    gap,
    elbo: found.likelihood - klPrior,
  };
};

/**
 * The terms to two decimals, so that every line adds up as it is written; the ELBO and its parts are
 * rounded as in the view of the gap.
 * @param {Values} values
 * @returns {Values}
 */
export const writtenOf = (values) => {
  const round = (/** @type {number} */ v) => Number(v.toFixed(2));
  const whole = addingUp([values.elbo, values.gap], 2, values.evidence);
  const [elbo, gap] = whole.parts;
  const bought = addingUp([values.reconstruction, -values.klPrior], 2, elbo).parts;
  const [reconstruction, klPrior] = [bought[0], -bought[1]];
  const q = round(values.q);
  return {
    evidence: whole.sum,
    integral: whole.sum,
    likelihood: reconstruction,
    prior: round(q - klPrior),
    posterior: round(q - gap),
    q,
    reconstruction,
    priorRatio: klPrior,
    posteriorRatio: gap,
    klPrior,
    gap,
    elbo,
  };
};

/** What a line adds up to. @param {Line} line @param {Values} values */
export const sumOf = ({ pieces }, values) =>
  sum(pieces.filter(isTerm).map(({ term, sign }) => sign * values[term]));

/** What stands at the left of a line: log p(x), in every line; the last is below it. @param {Line} line @param {Values} values */
export const leftOf = (line, values) =>
  line.relation === "≥" ? values.evidence : sumOf(line, values);
