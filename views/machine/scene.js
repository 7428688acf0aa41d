/** The whole picture: where everything stands, and how it is drawn. */
import { MARGIN, sideFor } from "../kit/square.js";
import { unit } from "../kit/units.js";
import { layOut } from "./layout.js";
import { createSheet, entryOf, exitOf } from "./sheet.js";

/** @typedef {import("./layout.js").Box} Box */
/** @typedef {import("./layout.js").Flow} Flow */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./network.js").Machine} Machine */
/** @typedef {import("./network.js").Activity} Activity */
/** @typedef {import("./sheet.js").Step} Step */
/** @typedef {import("./sheet.js").Filled} Filled */
/** @typedef {import("./sheet.js").Place} Place */

const NARROW = matchMedia("(max-width: 700px)"); // there a digit flows downwards
const NUMBER = { width: 76, height: 30 }; // units, of one number of the code in words

/** A map's width and height, of the largest that fits. @param {number} room @returns {[number, number]} */
const mapIn = (room) => {
  const side = sideFor(room / unit() + MARGIN.left);
  const { left, right, top, bottom } = MARGIN;
  return [(side + left + right) * unit(), (side + top + bottom) * unit()];
};

/** How many numbers the code is written as: z, or mu, sigma and epsilon. @param {Machine} machine */
export const numbersOf = ({ family, size }) => (family === "vae" ? 3 * size : size);

/** In how many rows they stand where a digit flows downwards: mu, sigma and epsilon side by side. @param {Machine} machine */
export const numberRowsOf = ({ family, size }) => (family === "vae" ? size : 1);

/**
 * How large the parts are that are not made of cells.
 * @param {Machine} machine
 * @param {number} width
 * @param {number} height
 * @param {Flow} flow
 */
const sizesOf = (machine, width, height, flow) => {
  const { map, family } = machine;
  const count = numbersOf(machine);
  const [w, h] = [NUMBER.width * unit(), NUMBER.height * unit()];
  if (flow === "down") {
    const rows = numberRowsOf(machine);
    return {
      picture: 56,
      gate: family === "dae" ? 56 : 0,
      code: map ? mapIn(Math.min(width, height * 0.3)) : pair(width, height * 0.44),
      numbers: map ? pair((w * count) / rows, h * rows) : null,
    };
  }
  const pixel = Math.max(3, Math.floor(Math.min(width * 0.145, height * 0.5) / 28));
  return {
    picture: 28 * pixel,
    gate: family === "dae" ? 28 * Math.max(2, Math.floor(pixel * 0.55)) : 0,
    code: map ? mapIn(Math.min(height, width * 0.3)) : pair(width * 0.2, height),
    numbers: map ? pair(w, h * count) : null,
  };
};

/** @param {number} a @param {number} b @returns {[number, number]} */
const pair = (a, b) => [a, b];

/** Put an element where a box is. @param {HTMLElement} element @param {Box | null} box */
const place = (element, box) => {
  element.hidden = !box;
  if (!box) return;
  for (const side of /** @type {const} */ (["width", "height"]))
    element.style[side] = `${box[side]}px`;
  element.style.left = `${box.x}px`;
  element.style.top = `${box.y}px`;
};

/** Where pixel `i` of a picture leaves it towards the next part. @param {Box} box @param {number[]} shape @param {number} i @param {Flow} flow @returns {Place} */
const exitOfPicture = (box, [, height, width], i, flow) => {
  const pixel = i % (height * width);
  return flow === "across"
    ? [box.x + box.width, box.y + ((Math.floor(pixel / width) + 0.5) * box.height) / height]
    : [box.x + (((pixel % width) + 0.5) * box.width) / width, box.y + box.height];
};

/**
 * @param {object} parts
 * @param {HTMLElement} parts.root holds all the others
 * @param {HTMLElement} parts.pad
 * @param {HTMLElement} parts.damaged
 * @param {HTMLElement} parts.numbers
 * @param {HTMLElement} parts.code
 * @param {HTMLElement} parts.drawn
 * @param {HTMLCanvasElement} parts.encoder
 * @param {HTMLCanvasElement} parts.decoder
 */
export const createScene = (parts) => {
  const sheets = { encoder: createSheet(parts.encoder), decoder: createSheet(parts.decoder) };
  /** @type {{ machine: Machine, layout: Layout, flow: Flow, length: number } | null} */
  let now = null;
  /** @type {Map<string, number>} */
  const limits = new Map(); // the largest number that each stage has shown

  const limitOf = (/** @type {string} */ key, /** @type {Float32Array} */ values) => {
    let most = limits.get(key) ?? 1e-6;
    for (const v of values) most = Math.max(most, Math.abs(v));
    limits.set(key, most);
    return most;
  };

  /** Lay a machine out in the room that there is. @param {Machine} machine */
  const fit = (machine) => {
    const { clientWidth: width, clientHeight: height } = parts.root;
    if (!width || !height) return null;
    const flow = NARROW.matches ? "down" : "across";
    const density = devicePixelRatio || 1;
    const hidden = (/** @type {Machine["encoder"]} */ stages) =>
      stages.slice(0, -1).map(({ shape }) => shape);
    const layout = layOut(hidden(machine.encoder), hidden(machine.decoder), {
      ...sizesOf(machine, width, height, flow),
      width,
      height,
      flow,
      density,
    });
    if (now?.machine !== machine) limits.clear();
    now = { machine, layout, flow, length: flow === "across" ? width : height };
    place(parts.pad, layout.input);
    place(parts.damaged, layout.gate);
    place(parts.numbers, layout.numbers);
    place(parts.code, layout.code);
    place(parts.drawn, layout.output);
    for (const sheet of Object.values(sheets)) sheet.resize(width, height, density);
    return now;
  };

  const blocks = (
    /** @type {"encoder" | "decoder"} */ half,
    /** @type {Activity[] | null} */ activity,
  ) => {
    if (!now) return [];
    return now.layout[half].map((block, i) => {
      const values = activity?.[i]?.values ?? null;
      return { block, values, limit: values ? limitOf(`${half} ${i}`, values) : 1 };
    });
  };

  /**
   * The encoder's half.
   * @param {Activity[] | null} activity of its stages; null until it is known
   * @param {(i: number) => Place} arrival where the code's number i is
   * @param {number} front how far the digit has come, from 0 to 1
   */
  const drawEncoder = (activity, arrival, front) => {
    if (!now) return;
    const { machine, layout, flow, length } = now;
    const from = layout.gate ?? layout.input;
    const chain = [...layout.encoder];
    /** @type {Step[]} */
    const steps = chain.map((block, i) => ({
      before: i ? chain[i - 1] : from,
      after: block,
      connections: activity?.[i]?.connections ?? null,
      source: i
        ? (n) => exitOf(chain[i - 1], flow, n)
        : (n) => exitOfPicture(from, machine.shape, n, flow),
      target: (n) => entryOf(block, flow, n),
    }));
    const last = chain.length;
    steps.push({
      before: chain[last - 1],
      after: layout.numbers ?? layout.code,
      connections: activity?.[last]?.connections ?? null,
      source: (n) => exitOf(chain[last - 1], flow, n),
      target: arrival,
    });
    if (layout.gate)
      steps.unshift({
        before: layout.input,
        after: layout.gate,
        connections: null,
        source: () => [0, 0],
        target: () => [0, 0],
      });
    sheets.encoder.draw(steps, blocks("encoder", activity), flow, front * length);
  };

  /**
   * The decoder's half.
   * @param {Activity[] | null} activity
   * @param {(i: number) => Place} departure where the code's number i is
   * @param {number} front
   * @param {import("./sheet.js").Thread[]} threads from the code as numbers to its place
   */
  const drawDecoder = (activity, departure, front, threads) => {
    if (!now) return;
    const { layout, flow, length } = now;
    const chain = layout.decoder;
    const point = departure(0);
    /** @type {Step[]} */
    const steps = chain.map((block, i) => ({
      before: i ? chain[i - 1] : { x: point[0], y: point[1], width: 0, height: 0 },
      after: block,
      connections: activity?.[i]?.connections ?? null,
      source: i ? (n) => exitOf(chain[i - 1], flow, n) : departure,
      target: (n) => entryOf(block, flow, n),
    }));
    steps.push({
      before: chain[chain.length - 1],
      after: layout.output,
      connections: null,
      source: () => [0, 0],
      target: () => [0, 0],
    });
    sheets.decoder.draw(steps, blocks("decoder", activity), flow, front * length, threads);
  };

  return {
    fit,
    drawEncoder,
    drawDecoder,
    get layout() {
      return now?.layout ?? null;
    },
    get flow() {
      return now?.flow ?? "across";
    },
    /** How far along the flow a part stands, from 0 to 1. @param {Box} box */
    shareOf: ({ x, y, width, height }) => {
      if (!now) return 0;
      return (now.flow === "across" ? x + width / 2 : y + height / 2) / now.length;
    },
    limits,
  };
};

/** @typedef {ReturnType<typeof createScene>} Scene */
