/** The networks of one machine, and what is in every layer of them. */
import { lazyNetwork } from "../kit/decoding.js";
import { strongestConnections } from "./connections.js";

/** @typedef {import("../kit/routes.js").Props["machine/machine"]["machines"][number]} Machine */
/** @typedef {Machine["encoder"][number]} Stage */
/** @typedef {import("../kit/decoding.js").Network} Network */
/** @typedef {import("./connections.js").Connections} Connections */

/**
 * One stage as it is now.
 * @typedef {object} Activity
 * @property {Float32Array} values of its numbers
 * @property {Connections | null} connections into it; null for a convolution
 */

/** @typedef {{ mu: number[], sigma: number[] | null }} Code q(z|x); no sigma: a point */

/** The index of each stage's last layer in the network's file. @param {Stage[]} stages */
export const endsOf = (stages) => {
  let end = -1;
  return stages.map(({ layers }) => (end += layers));
};

/**
 * What each stage held in the network's last run. The numbers are copies.
 * @param {Network} network
 * @param {Stage[]} stages
 * @param {Float32Array} x its input
 * @returns {Activity[]}
 */
const activityOf = (network, stages, x) => {
  let before = x;
  return endsOf(stages).map((end, s) => {
    const start = end - stages[s].layers + 1;
    const linear = Array.from({ length: stages[s].layers }, (_, i) => start + i).find(
      (layer) => network.weight(layer) !== undefined,
    );
    const weight = linear === undefined ? undefined : network.weight(linear);
    const connections = weight ? strongestConnections(weight, before) : null;
    const values = network.output(end).slice();
    before = values;
    return { values, connections };
  });
};

/**
 * q(z|x) of what an encoder gives: z, or mu and log sigma^2.
 * @param {ArrayLike<number>} values
 * @param {number} size numbers of a code
 * @returns {Code}
 */
export const codeOf = (values, size) => {
  const all = Array.from(values);
  const logVar = all.slice(size);
  return {
    mu: all.slice(0, size),
    sigma: logVar.length ? logVar.map((v) => Math.exp(v / 2)) : null,
  };
};

/** KL(q(z|x) || N(0, I)) in nats (Kingma & Welling 2014, appendix B). @param {Code} code */
export const klOf = ({ mu, sigma }) =>
  sigma
    ? mu.reduce((total, m, i) => total + (m * m + sigma[i] ** 2 - 1) / 2 - Math.log(sigma[i]), 0)
    : null;

/**
 * What it costs that x is drawn as the features say: -log p(x|z) of a Bernoulli in nats, whose features
 * are log-odds, or else the squared error, both summed over pixels.
 * @param {ArrayLike<number>} x in [0, 1]
 * @param {ArrayLike<number>} features
 * @param {boolean} probabilities
 */
export const reconstructionOf = (x, features, probabilities) => {
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    const v = features[i];
    total += probabilities
      ? Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))) - x[i] * v
      : (x[i] - v) ** 2;
  }
  return total;
};

/** @param {Machine} machine */
export const createNetworks = (machine) => {
  const encoder = lazyNetwork(machine.encoder_file);
  const decoder = lazyNetwork(machine.decoder_file);

  /** Every stage of the encoder for x. @param {Network} run @param {Float32Array} x */
  const encode = (run, x) => {
    run.features(x);
    return activityOf(run, machine.encoder, x);
  };
  /** Every stage of the decoder for z, the picture, and what x costs there. @param {Network} run @param {number[]} z */
  const decode = (run, z) => {
    const features = run.features(z).slice();
    const stages = activityOf(run, machine.decoder, Float32Array.from(z));
    const picture = run.mean(Float32Array.from(features)).slice();
    const error = (/** @type {Float32Array} */ x) =>
      reconstructionOf(x, machine.probabilities ? features : picture, machine.probabilities);
    return { stages, picture, error };
  };
  return { encoder, decoder, encode, decode };
};

/** @typedef {ReturnType<typeof createNetworks>} Networks */
/** @typedef {ReturnType<Networks["decode"]>} Drawn */
