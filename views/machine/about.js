/** What is said of the layer that is pointed at, and of the one number of it. */
import { paint, signedColours, sizeOf } from "../kit/images.js";
import { fill, html } from "../kit/markup.js";
import { format, signed } from "../kit/numbers.js";
import { sizeInWords } from "./layers.js";
import { changeOfCode, changeOfPicture, weightsOfUnit } from "./probe.js";

/** @typedef {import("./layers.js").Pointed} Pointed */
/** @typedef {import("./network.js").Machine} Machine */
/** @typedef {import("./network.js").Networks} Networks */
/** @typedef {import("./network.js").Activity} Activity */
/** @typedef {import("./network.js").Code} Code */
/** @typedef {import("./network.js").Drawn} Drawn */
/** @typedef {{ sentence: string, values: ArrayLike<number> | null }} Effect what a number does, in words and as a picture */

const RISE = 1; // by which a number is raised to see what it does

/**
 * The machine as it is now.
 * @typedef {object} State
 * @property {Machine} machine
 * @property {Networks} networks
 * @property {Activity[] | null} encoded
 * @property {Code | null} code
 * @property {Drawn | null} drawn
 */

const WAITING = "Its weights are on their way.";

/** @param {State} state @param {Pointed} pointed @returns {Effect} */
const effectInDecoder = ({ machine, networks, drawn }, { stage, unit }) => {
  const { run } = networks.decoder;
  if (!run || !drawn) return { sentence: WAITING, values: null };
  const { values } = drawn.stages[stage];
  const change = changeOfPicture(run, machine, stage, values, unit, drawn.picture, RISE);
  return {
    sentence: `If it were ${RISE} higher, the picture would become brighter where it is orange here, and darker where it is blue.`,
    values: change,
  };
};

/** @param {State} state @param {Pointed} pointed @returns {Effect} */
const effectInEncoder = ({ machine, networks, encoded, code }, { stage, unit }) => {
  const { run } = networks.encoder;
  if (!run || !encoded || !code) return { sentence: WAITING, values: null };
  if (stage === 0) {
    const weights = weightsOfUnit(run, machine, unit);
    if (weights)
      return {
        sentence:
          "What it looks for, its weight for each pixel: ink on orange raises it, ink on blue lowers it.",
        values: weights,
      };
  }
  const moves = changeOfCode(run, machine, stage, encoded[stage].values, unit, code.mu, RISE);
  const most = moves.reduce((best, v, i) => (Math.abs(v) > Math.abs(moves[best]) ? i : best), 0);
  const sentence =
    moves.length === 2
      ? `If it were ${RISE} higher, the code would move by (${moves.map((v) => signed(v)).join(", ")})`
      : `If it were ${RISE} higher, z${most + 1} would change most, by ${signed(moves[most])}`;
  const decoder = networks.decoder.run;
  if (!decoder) return { sentence: `${sentence}.`, values: null };
  const before = decoder(code.mu).slice();
  const after = decoder(code.mu.map((v, i) => v + moves[i]));
  return {
    sentence: `${sentence}, and the picture would change so.`,
    values: Float32Array.from(after, (v, i) => v - before[i]),
  };
};

/** A picture of an effect, whose full colour is its largest value. @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} values @param {number[]} shape */
const show = (canvas, values, shape) => {
  let most = 1e-9;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  paint(canvas, signedColours(values, shape, most), [3, shape[1], shape[2]]);
  return most;
};

/**
 * Say it; what is said, as one text.
 * @param {HTMLElement} root
 * @param {State} state
 * @param {Pointed} pointed
 */
export const sayAbout = (root, state, pointed) => {
  const { machine, encoded, drawn } = state;
  const { half, stage, unit } = pointed;
  const { lines, weights, shape } = machine[half][stage];
  const activity = half === "encoder" ? encoded?.[stage] : drawn?.stages[stage];
  const value = activity ? format(activity.values[unit]) : "not known yet";
  const effect =
    half === "encoder" ? effectInEncoder(state, pointed) : effectInDecoder(state, pointed);
  const title = `${half === "encoder" ? "Encoder" : "Decoder"}, layer ${stage + 1}`;
  const facts = `${sizeInWords(shape)}, made with ${weights.toLocaleString("en")} weights`;
  const isPicture = effect.values && effect.values.length === sizeOf(machine.shape);
  fill(
    root,
    html`<canvas role="img" aria-label="What this number does to the picture"></canvas>
      <div class="unit"><p><b>Number ${unit + 1} is ${value}.</b> ${effect.sentence}</p><p class="scale quiet"></p></div>
      <div class="layer"><p><b>${title}</b>: ${facts}</p><pre>${lines.join("\n")}</pre></div>`,
  );
  const canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"));
  canvas.hidden = !isPicture;
  if (isPicture && effect.values) {
    const most = show(canvas, effect.values, machine.shape);
    const scale = /** @type {HTMLElement} */ (root.querySelector(".scale"));
    scale.textContent = `full colour: ±${Number(most.toPrecision(2))}. Click the layer to keep this number; click it again to let go.`;
  }
  return `${title}: ${facts}. Number ${unit + 1} is ${value}. ${effect.sentence}`;
};
