/** One half of the picture on a canvas: layers as blocks of cells, and the connections between them. */
import { context } from "../kit/images.js";
import { colour, thick } from "../kit/theme.js";
import { placeOf } from "./layout.js";

/** @typedef {import("./layout.js").Block} Block */
/** @typedef {import("./layout.js").Box} Box */
/** @typedef {import("./layout.js").Flow} Flow */
/** @typedef {import("./connections.js").Connections} Connections */
/** @typedef {[number, number]} Place in CSS pixels */

/**
 * What is drawn of one step from a part to the next.
 * @typedef {object} Step
 * @property {Box} before the part that it begins at
 * @property {Box} after and the one that it ends at
 * @property {Connections | null} connections
 * @property {(i: number) => Place} source where a connection leaves
 * @property {(i: number) => Place} target and where it arrives
 */

/** @typedef {{ from: Place, to: Place, ink: string }} Thread a line of one of the page's colours */

/** @typedef {{ block: Block, values: ArrayLike<number> | null, limit: number }} Filled values: null until they are known */

const ABOVE = [255, 166, 64]; // of a number above 0
const BELOW = [92, 168, 255];
const SHADES = 255;
const FAINT = 0.16; // of what the digit has not reached yet
const LINE = 1.2; // CSS pixels

/** Colours of values from -1 to 1, black at 0, as RGBA in one number. */
const PALETTE = Uint32Array.from({ length: 2 * SHADES + 1 }, (_, i) => {
  const share = (Math.abs(i - SHADES) / SHADES) ** 0.45; // small numbers are seen, too
  const [r, g, b] = (i < SHADES ? BELOW : ABOVE).map((v) => Math.round(share * v));
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
});

/** The picture of a layer's numbers, a pixel each, kept from frame to frame. @param {Block} block @param {number} count */
const createTile = ({ grid }, count) => {
  const canvas = document.createElement("canvas");
  canvas.width = grid.columns;
  canvas.height = grid.rows;
  const pen = context(canvas);
  const image = new ImageData(grid.columns, grid.rows);
  const pixels = new Uint32Array(image.data.buffer);
  const cells = Int32Array.from({ length: count }, (_, i) => {
    const [column, row] = grid.at(i);
    return row * grid.columns + column;
  });
  const fill = (/** @type {ArrayLike<number>} */ values, /** @type {number} */ limit) => {
    const scale = SHADES / limit;
    for (let i = 0; i < count; i++) {
      const shade = Math.max(-SHADES, Math.min(SHADES, Math.round(values[i] * scale)));
      pixels[cells[i]] = PALETTE[SHADES + shade];
    }
    pen.putImageData(image, 0, 0);
  };
  return { canvas, fill };
};

/** Where a connection leaves a block: at its far edge, beside the number. @param {Block} block @param {Flow} flow @param {number} i @returns {Place} */
export const exitOf = (block, flow, i) => {
  const [x, y] = placeOf(block, i);
  return flow === "across" ? [block.x + block.width, y] : [x, block.y + block.height];
};

/** Where one arrives: at the near edge. @param {Block} block @param {Flow} flow @param {number} i @returns {Place} */
export const entryOf = (block, flow, i) => {
  const [x, y] = placeOf(block, i);
  return flow === "across" ? [block.x, y] : [x, block.y];
};

/** The corners of the band from one part to the next. @param {Box} a @param {Box} b @param {Flow} flow @returns {Place[]} */
const bandOf = (a, b, flow) =>
  flow === "across"
    ? [
        [a.x + a.width, a.y],
        [b.x, b.y],
        [b.x, b.y + b.height],
        [a.x + a.width, a.y + a.height],
      ]
    : [
        [a.x, a.y + a.height],
        [b.x, b.y],
        [b.x + b.width, b.y],
        [a.x + a.width, a.y + a.height],
      ];

/** @param {CanvasRenderingContext2D} pen @param {Step} step @param {Flow} flow */
const drawBand = (pen, { before, after }, flow) => {
  pen.beginPath();
  for (const [x, y] of bandOf(before, after, flow)) pen.lineTo(x, y);
  pen.closePath();
  pen.fillStyle = colour("--line");
  pen.globalAlpha = 0.28;
  pen.fill();
  pen.globalAlpha = 1;
};

/** @param {CanvasRenderingContext2D} pen @param {Place} from @param {Place} to @param {Flow} flow */
const curve = (pen, [x, y], [u, v], flow) => {
  pen.beginPath();
  pen.moveTo(x, y);
  if (flow === "across") pen.bezierCurveTo((x + u) / 2, y, (x + u) / 2, v, u, v);
  else pen.bezierCurveTo(x, (y + v) / 2, u, (y + v) / 2, u, v);
  pen.stroke();
};

/** @param {CanvasRenderingContext2D} pen @param {Step} step @param {Flow} flow */
const drawConnections = (pen, { connections, source, target }, flow) => {
  if (!connections?.value.length) return;
  const most = Math.abs(connections.value[0]) || 1;
  pen.lineWidth = thick(LINE);
  const [positive, negative] = [colour("--above"), colour("--below")];
  for (let i = connections.value.length - 1; i >= 0; i--) {
    const value = connections.value[i];
    pen.strokeStyle = value > 0 ? positive : negative;
    pen.globalAlpha = 0.12 + 0.6 * Math.min(1, Math.abs(value) / most);
    curve(pen, source(connections.source[i]), target(connections.target[i]), flow);
  }
  pen.globalAlpha = 1;
};

/** @param {CanvasRenderingContext2D} pen @param {Thread[]} threads @param {Flow} flow */
const drawThreads = (pen, threads, flow) => {
  pen.lineWidth = thick(2);
  for (const { from, to, ink } of threads) {
    pen.strokeStyle = colour(ink);
    curve(pen, from, to, flow);
  }
};

/**
 * @param {HTMLCanvasElement} canvas
 */
export const createSheet = (canvas) => {
  const pen = context(canvas);
  /** @type {Map<Block, ReturnType<typeof createTile>>} */
  let tiles = new Map();
  let size = { width: 0, height: 0, density: 1 };

  const tileOf = (/** @type {Block} */ block, /** @type {number} */ count) => {
    const tile = tiles.get(block) ?? createTile(block, count);
    tiles.set(block, tile);
    return tile;
  };
  const drawBlocks = (/** @type {Filled[]} */ blocks) => {
    pen.imageSmoothingEnabled = false;
    for (const filled of blocks) {
      const { x, y, width, height } = filled.block;
      const { values, limit } = filled;
      pen.fillStyle = values ? "#000" : colour("--line");
      pen.fillRect(x, y, width, height);
      if (!values) continue;
      const tile = tileOf(filled.block, values.length);
      tile.fill(values, limit);
      pen.drawImage(tile.canvas, x, y, width, height);
    }
  };
  const drawAll = (
    /** @type {Step[]} */ steps,
    /** @type {Filled[]} */ blocks,
    /** @type {Flow} */ flow,
  ) => {
    for (const step of steps) drawBand(pen, step, flow);
    for (const step of steps) drawConnections(pen, step, flow);
    drawBlocks(blocks);
  };

  return {
    /** @param {number} width @param {number} height @param {number} density */
    resize: (width, height, density) => {
      size = { width, height, density };
      tiles = new Map();
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    },
    /**
     * Draw what the digit has reached, and the rest faintly.
     * @param {Step[]} steps
     * @param {Filled[]} blocks
     * @param {Flow} flow
     * @param {number} front how far the digit has come, in CSS pixels along the flow
     * @param {Thread[]} [threads]
     */
    draw: (steps, blocks, flow, front, threads = []) => {
      const { width, height, density } = size;
      pen.setTransform(density, 0, 0, density, 0, 0);
      pen.clearRect(0, 0, width, height);
      const whole = front >= (flow === "across" ? width : height);
      if (!whole) {
        for (const step of steps) drawBand(pen, step, flow);
        pen.globalAlpha = FAINT;
        for (const { block } of blocks) {
          pen.fillStyle = colour("--ink");
          pen.fillRect(block.x, block.y, block.width, block.height);
        }
        pen.globalAlpha = 1;
        pen.save();
        pen.beginPath();
        if (flow === "across") pen.rect(0, 0, front, height);
        else pen.rect(0, 0, width, front);
        pen.clip();
      }
      drawThreads(pen, threads, flow);
      drawAll(steps, blocks, flow);
      if (!whole) pen.restore();
    },
  };
};
