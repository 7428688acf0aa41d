/** What a row says of one model's p(x|z), as the server answers it. */
import { decodeBytes, decodeFloats } from "../kit/encoding.js";
import { html } from "../kit/markup.js";
import { format, sum } from "../kit/numbers.js";

/** @typedef {import("../kit/routes.js").Props["likelihood/likelihood"]["rows"][number]} Likelihood */

const SIGMA = [255, 162, 92]; // the colour of sigma, on black

/**
 * An answer's row with its numbers read.
 * @typedef {object} Row
 * @property {Float32Array} mean
 * @property {Float32Array} deviation
 * @property {Float32Array | null} location
 * @property {Float32Array | null} scale
 * @property {Uint8Array} sample
 * @property {Uint8Array} average
 * @property {number} logP nats summed over pixels
 * @property {number | null} logMass
 * @property {number} rmse
 */

/** @param {import("../kit/routes.js").Routes["likelihood/rows"]["answer"]["rows"][number]} row @returns {Row} */
export const readRow = (row) => ({
  mean: decodeFloats(row.mean),
  deviation: decodeFloats(row.deviation),
  location: row.location === null ? null : decodeFloats(row.location),
  scale: row.scale === null ? null : decodeFloats(row.scale),
  sample: decodeBytes(row.sample),
  average: decodeBytes(row.average),
  logP: row.log_p,
  logMass: row.log_mass,
  rmse: row.rmse,
});

/**
 * Deviations in the colour of sigma, as the bytes of a picture [3, H, W]. Of several channels the
 * largest is shown.
 * @param {Float32Array} deviation
 * @param {number[]} shape [C, H, W]
 * @param {number} most that has the full colour
 */
export const deviationColours = (deviation, [channels, height, width], most) => {
  const plane = height * width;
  const bytes = new Uint8ClampedArray(3 * plane);
  for (let i = 0; i < plane; i++) {
    let v = 0;
    for (let c = 0; c < channels; c++) v = Math.max(v, deviation[c * plane + i]);
    for (let c = 0; c < 3; c++) bytes[c * plane + i] = SIGMA[c] * Math.min(v / most, 1);
  }
  return bytes;
};

/**
 * Of the pixels whose sigma is the least that there may be: their share of all, and the nats that
 * they add to log p(x|z).
 * @param {Pick<Row, "mean" | "deviation">} row
 * @param {Uint8Array} pixels of the digit
 * @param {number} floor
 */
export const onTheFloor = ({ mean, deviation }, pixels, floor) => {
  const there = [...deviation.keys()].filter((i) => deviation[i] < 1.0001 * floor);
  const nats = there.map(
    (i) =>
      -0.5 * ((pixels[i] / 255 - mean[i]) / deviation[i]) ** 2 -
      Math.log(deviation[i] * Math.sqrt(2 * Math.PI)),
  );
  return { share: there.length / deviation.length, nats: sum(nats) };
};

/** What sigma is, and what it should be. */
export const sigmaInWords = (
  /** @type {Likelihood} */ { kind, sigma, error, protocol },
  /** @type {Row} */ row,
  /** @type {Uint8Array} */ pixels,
  /** @type {number} */ floor,
) => {
  const low = format(Math.min(...row.deviation), 3);
  const high = format(Math.max(...row.deviation), 3);
  const { share, nats } = onTheFloor(row, pixels, floor);
  return {
    bernoulli: html`<b>σ</b> = √(p(1 − p)), from ${low} to ${high}`,
    fixed: html`<b>σ = ${format(sigma ?? 0, 3)}</b>; the mean misses this digit by ${format(row.rmse, 3)}`,
    shared: html`<b>σ = ${format(sigma ?? 0, 4)}</b>; mean misses <span title="${protocol}">test digits by ${format(error, 4)}</span>`,
    predicted: html`<b title="${format(floor, 3)}">σ</b> at its floor in ${Math.round(100 * share)} % of pixels: ${format(nats, 0)} nats`,
    "discretized-logistic": html`<b>σ</b> from ${low} to ${high}, of the grey levels`,
  }[kind];
};

export const massInWords = (
  /** @type {Likelihood} */ { bits },
  /** @type {Row} */ { logMass, mean },
) => {
  if (logMass === null) return "a probability, of the digit in black and white";
  const known = bits
    ? html` (<span title="${bits.protocol}">test digits ${format(bits.value)}</span>)`
    : "";
  return html`<b title="log P(x|z) of its grey levels = ${format(logMass, 1)} nats">${format(-logMass / (mean.length * Math.LN2))} bits per pixel</b>${known}`;
};
