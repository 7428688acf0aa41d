/** What one number of a layer does: everything after it is run again with that number raised. */
import { endsOf } from "./network.js";

/** @typedef {import("../kit/decoding.js").Network} Network */
/** @typedef {import("./network.js").Machine} Machine */

/**
 * The network's output, if one number of a stage's were higher by `rise`.
 * @param {Network} network
 * @param {import("./network.js").Stage[]} stages
 * @param {number} stage
 * @param {Float32Array} values of that stage
 * @param {number} unit
 * @param {number} rise
 */
const raised = (network, stages, stage, values, unit, rise) => {
  const changed = values.slice();
  changed[unit] += rise;
  return network.featuresAfter(endsOf(stages)[stage], changed).slice();
};

/** How far each number is from another. @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
const difference = (a, b) => Float32Array.from(a, (v, i) => v - b[i]);

/**
 * How the picture changes, [C, H, W] flattened, if a number of the decoder were higher by `rise`.
 * @param {Network} decoder
 * @param {Machine} machine
 * @param {number} stage
 * @param {Float32Array} values
 * @param {number} unit
 * @param {ArrayLike<number>} picture as it is
 * @param {number} rise
 */
export const changeOfPicture = (decoder, machine, stage, values, unit, picture, rise) =>
  difference(decoder.mean(raised(decoder, machine.decoder, stage, values, unit, rise)), picture);

/**
 * How the code moves, if a number of the encoder were higher by `rise`: mu, or z, alone.
 * @param {Network} encoder
 * @param {Machine} machine
 * @param {number} stage
 * @param {Float32Array} values
 * @param {number} unit
 * @param {number[]} mu as it is
 * @param {number} rise
 */
export const changeOfCode = (encoder, machine, stage, values, unit, mu, rise) =>
  Array.from(
    difference(
      raised(encoder, machine.encoder, stage, values, unit, rise).subarray(0, mu.length),
      mu,
    ),
  );

/**
 * What a unit of a first dense layer looks for: its weights, in the order of the picture's pixels.
 * undefined where the first layer is a convolution.
 * @param {Network} encoder
 * @param {Machine} machine
 * @param {number} unit
 */
export const weightsOfUnit = (encoder, machine, unit) => {
  const pixels = machine.shape.reduce((a, b) => a * b);
  const layers = Array.from({ length: machine.encoder[0].layers }, (_, i) => i);
  const found = layers.map((layer) => encoder.weight(layer)).find((weight) => weight);
  return found?.subarray(unit * pixels, (unit + 1) * pixels);
};
