/** What is said of a machine, in sentences that follow from its sizes and its kind. */
import { format } from "../kit/numbers.js";
import { countOf } from "./layers.js";

/** @typedef {import("./network.js").Machine} Machine */
/** @typedef {"ae" | "dae" | "vae"} Family */

const written = (/** @type {number} */ n) => n.toLocaleString("en");

/** Numbers as a list in words. @param {number[]} numbers */
const listed = (numbers) => {
  const texts = numbers.map(written);
  return texts.length < 2
    ? texts.join("")
    : `${texts.slice(0, -1).join(", ")} and ${texts[texts.length - 1]}`;
};

const KINDS = {
  ae: "it was trained to give back what it gets, through a bottleneck.",
  dae: "it was trained to give back the clean digit, and gets a damaged one.",
  vae: "its code is drawn by chance, near where the encoder says, and was kept close to N(0, I).",
};

const TARGETS = {
  ae: "the digit itself",
  dae: "the digit without noise",
  vae: "the digit itself",
};

/** @param {Machine} machine */
const familyOf = ({ family }) => /** @type {Family} */ (family);

/** What kind of autoencoder it is. @param {Machine} machine */
export const kindOf = (machine) => KINDS[familyOf(machine)];

/** What the encoder does. @param {Machine} machine */
export const squeezeOf = (machine) => {
  const layers = listed(machine.encoder.slice(0, -1).map(({ shape }) => countOf(shape)));
  const pixels = written(countOf(machine.shape));
  const through = `through layers of ${layers} numbers`;
  if (machine.family === "vae")
    return `The encoder takes ${pixels} pixels ${through} to a mean μ and a width σ for each of ${machine.size} numbers: the bottleneck.`;
  const taken = machine.family === "dae" ? `what noise left of ${pixels}` : pixels;
  return `The encoder takes ${taken} pixels ${through} to ${machine.size}: the bottleneck.`;
};

/** What the code is. @param {Machine} machine */
export const placeOf = (machine) => {
  const where = machine.map
    ? "a place on this map. Digits that look alike to the network lie near one another."
    : "a place in a space of as many dimensions. Each slider moves one.";
  return machine.family === "vae"
    ? `The code, z = μ + σ ε with ε by chance, is ${where}`
    : `These ${machine.size} numbers, the code, are ${where}`;
};

/** What the decoder does. @param {Machine} machine */
export const redrawOf = (machine) =>
  `The decoder knows nothing but the code, and draws a picture from it. Both halves learned by backpropagation to make it like ${TARGETS[familyOf(machine)]}.`;

/** What pulls a VAE's code to the prior; nothing where there is none. @param {number | null} kl in nats */
export const pullOf = (kl) =>
  kl === null ? "" : `z = μ + σ ε, KL(q(z|x) ‖ p(z)) = ${format(kl, 1)} nats`;

/**
 * How far the picture is from its target.
 * @param {Machine} machine
 * @param {number | null} error as reconstructionOf; null where there is none
 * @param {boolean} moved is the code another than the digit's?
 */
export const costOf = (machine, error, moved) => {
  if (moved) return "you have moved the code: this picture is not meant to be the digit";
  const target = `the target is ${TARGETS[familyOf(machine)]}`;
  if (error === null) return target;
  const term = machine.probabilities ? "−log p(x|z)" : "Σ (x − x̂)²";
  return `${target}: ${term} = ${format(error, 1)}${machine.probabilities ? " nats" : ""}`;
};
