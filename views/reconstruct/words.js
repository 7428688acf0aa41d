/** Reconstruct's words and bars: HTML of what a model made of a digit. */
import { html } from "../kit/markup.js";
import { clamp, format } from "../kit/numbers.js";

/** @typedef {import("../kit/routes.js").Props["reconstruct/reconstruct"]["models"][number]} Model */
/** @typedef {import("../kit/routes.js").Routes["reconstruct/digit"]["answer"]["rows"][number]} Row */

const LONG = 2; // of more numbers than this only the range is written

/**
 * Where a bar of a code begins and how tall it is, in percent of the height; 0 is in the middle.
 * @param {number} value
 * @param {number} scale the value that fills half the height; longer bars are cut
 */
export const barOf = (value, scale) => {
  const height = Math.min(Math.abs(value) / scale, 1) * 50;
  return { bottom: value >= 0 ? 50 : 50 - height, height };
};

/** The standard deviation of q(z|x) either way. @param {number} value @param {number} std @param {number} scale */
const whiskerOf = (value, std, scale) => {
  const [low, high] = [value - std, value + std].map((v) => clamp(50 + (50 * v) / scale, 0, 100));
  return html`<i class="whisker" style="bottom:${low.toFixed(1)}%;height:${(high - low).toFixed(1)}%"></i>`;
};

/**
 * One bar per number of the code from 0 to its value, with whiskers where q(z|x) has a width.
 * @param {number[]} z
 * @param {number[]} std
 * @param {number} scale
 */
export const codeBars = (z, std, scale) => {
  const bars = z.map((value, i) => {
    const { bottom, height } = barOf(value, scale);
    const whisker = std[i] > 0 ? whiskerOf(value, std[i], scale) : "";
    return html`<li title="z${i + 1} = ${format(value, 3)}"><b style="bottom:${bottom.toFixed(1)}%;height:${height.toFixed(1)}%"></b>${whisker}</li>`;
  });
  const spoken = z.map((value, i) => `z${i + 1} ${format(value)}`).join(", ");
  const [least, most] = [Math.min(...z), Math.max(...z)].map((v) => format(v));
  const written = z.length <= LONG ? spoken : `${z.length} numbers, from ${least} to ${most}`;
  return html`<figure class="code"><ol class="bars" role="img" aria-label="${spoken}">${bars}</ol><figcaption>${written}</figcaption></figure>`;
};

/**
 * What the error is in grey levels, in this model's own, and in digits.
 * @param {Row} row
 * @param {Model} model
 */
export const rowWords = ({ mse, less, kl, read }, { typical, data }) => {
  const levels = format(255 * Math.sqrt(mse), 0);
  const cost =
    kl === null
      ? ""
      : html`<p class="aside">KL(q‖p) ${format(kl, 1)} nats: what the code costs</p>`;
  const turned = read
    ? html`<p class="turned">Our classifier reads ${read[0]} going in, ${read[1]} coming out.</p>`
    : "";
  return html`<div class="words"><p><b>${format(mse, 4)}</b> squared error per pixel<span class="fold-when-presenting">: root mean square ${levels} of 255 grey levels; ${format(100 * less, 0)} % of pixels are off by less.</span></p>
    <p class="aside">${format(mse / typical, 1)} times this model's mean over ${data} test images, ${format(typical, 4)}</p>${cost}${turned}</div>`;
};

/** @param {Model["encoder"]} layers */
const stagesOf = ({ channels, widths }) => [...channels.map((n) => `${n} channels`), ...widths];

/** One way through the layers of both networks. @param {Model} model */
const wayOf = ({ encoder, decoder, mirrored, size }) => {
  const [there, back] = [stagesOf(encoder), stagesOf(decoder).reverse()];
  const arrows = (/** @type {(string | number)[]} */ stages) => stages.join(" → ") || "linear";
  const remark = mirrored ? "" : " A decoder need not mirror its encoder.";
  return `encoder ${arrows(there)} → ${size} numbers; decoder ${size} numbers → ${arrows(back)}.${remark}`;
};

/** The layers on both sides, said once of the models that share them. @param {Model[]} models */
export const networkWords = (models) => {
  /** @type {Map<string, string[]>} */
  const ways = new Map();
  for (const model of models) {
    const way = wayOf(model);
    ways.set(way, [...(ways.get(way) ?? []), model.family.toUpperCase()]);
  }
  return html`${[...ways].map(
    ([way, families]) => html`<p class="aside"><b>${families.join(", ")}</b>: ${way}</p>`,
  )}`;
};
