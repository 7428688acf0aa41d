/**
 * Where the parts of a network stand in its picture. Every number of a layer is a cell of the same
 * size, so areas tell how many numbers there are; the input, the code and the output are larger.
 */

/** @typedef {"across" | "down"} Flow from left to right, or on a narrow screen from top to bottom */
/** @typedef {{ x: number, y: number, width: number, height: number }} Box in CSS pixels */

/**
 * How the numbers of a layer are arranged, in cells.
 * @typedef {object} Grid
 * @property {number} columns
 * @property {number} rows
 * @property {(i: number) => [number, number]} at column and row of a number
 * @property {(column: number, row: number) => number} numberAt the other way round; -1 between maps
 */

/** @typedef {Box & { cell: number, grid: Grid }} Block a layer's numbers, and where they stand */

const THICKNESS = 8; // cells along the flow, of a layer without height and width
const MOST_CELLS = 128; // across the flow
const LEAST_CELL = 1;
const GAP = { across: 14, down: 7 }; // the least between two parts, in CSS pixels

/** @param {number} count @param {Flow} flow @returns {Grid} */
const gridOfVector = (count, flow) => {
  const thick = Math.max(THICKNESS, Math.ceil(count / MOST_CELLS));
  const long = Math.ceil(count / thick);
  const turn = (/** @type {number} */ along, /** @type {number} */ over) =>
    /** @type {[number, number]} */ (flow === "across" ? [along, over] : [over, along]);
  const [columns, rows] = turn(thick, long);
  return {
    columns,
    rows,
    at: (i) => turn(i % thick, Math.floor(i / thick)),
    numberAt: (column, row) => {
      const [along, over] = turn(column, row);
      const i = over * thick + along;
      return i < count ? i : -1;
    },
  };
};

/** @param {number[]} shape [C, H, W] @param {Flow} flow @returns {Grid} */
const gridOfMaps = ([maps, height, width], flow) => {
  const over = flow === "across" ? height : width;
  const most = Math.max(1, Math.floor((MOST_CELLS + 1) / (over + 1)));
  const thick = Math.ceil(maps / most);
  const long = Math.ceil(maps / thick);
  const [across, down] = flow === "across" ? [thick, long] : [long, thick];
  return {
    columns: across * (width + 1) - 1,
    rows: down * (height + 1) - 1,
    at: (i) => {
      const map = Math.floor(i / (height * width));
      const cell = i % (height * width);
      return [
        (map % across) * (width + 1) + (cell % width),
        Math.floor(map / across) * (height + 1) + Math.floor(cell / width),
      ];
    },
    numberAt: (column, row) => {
      const [x, y] = [column % (width + 1), row % (height + 1)];
      const map = Math.floor(row / (height + 1)) * across + Math.floor(column / (width + 1));
      return x < width && y < height && map < maps ? (map * height + y) * width + x : -1;
    },
  };
};

/** @param {number[]} shape [n] or [C, H, W] @param {Flow} flow */
export const gridOf = (shape, flow) =>
  shape.length === 1 ? gridOfVector(shape[0], flow) : gridOfMaps(shape, flow);

/**
 * The largest cell, in whole pixels of the screen, with which everything fits.
 * @param {Grid[]} grids
 * @param {Flow} flow
 * @param {number} along CSS pixels that there are for the grids, along the flow
 * @param {number} over across it
 * @param {number} density pixels of the screen in a CSS pixel
 */
const cellFor = (grids, flow, along, over, density) => {
  const [length, thickness] =
    flow === "across"
      ? /** @type {const} */ (["columns", "rows"])
      : /** @type {const} */ (["rows", "columns"]);
  const total = grids.reduce((sum, grid) => sum + grid[length], 0);
  const widest = Math.max(...grids.map((grid) => grid[thickness]));
  const cell = Math.min(along / total, over / widest);
  return Math.max(LEAST_CELL, Math.floor(cell * density)) / density;
};

/**
 * @typedef {object} Sizes
 * @property {number} width of the picture, in CSS pixels
 * @property {number} height
 * @property {Flow} flow
 * @property {number} density pixels of the screen in a CSS pixel
 * @property {number} picture the side of the input and of the output
 * @property {number} gate the side of the damaged input; 0 without one
 * @property {[number, number]} code width and height of its map, or of its sliders
 * @property {[number, number] | null} numbers width and height of the code written as numbers
 */

/**
 * Boxes in the order in which a digit meets them.
 * @param {number[][]} encoder shapes of the encoder's hidden layers
 * @param {number[][]} decoder shapes of the decoder's
 * @param {Sizes} sizes
 */
export const layOut = (encoder, decoder, sizes) => {
  const { width, height, flow, density, picture, gate, code, numbers } = sizes;
  const [along, over] = flow === "across" ? [width, height] : [height, width];
  const before = encoder.map((shape) => gridOf(shape, flow));
  const after = decoder.map((shape) => gridOf(shape, flow));
  const grids = [...before, ...after];
  const side = flow === "across" ? 0 : 1;
  const fixed = [picture, gate, numbers?.[side] ?? 0, code[side], picture].filter(Boolean);
  const gaps = fixed.length + grids.length - 1;
  const taken = fixed.reduce((a, b) => a + b) + gaps * GAP[flow];
  const cell = cellFor(grids, flow, along - taken, over, density);
  const length = (/** @type {Grid} */ { columns, rows }) =>
    cell * (flow === "across" ? columns : rows);
  const used = grids.reduce((total, grid) => total + length(grid), 0);
  const gap = GAP[flow] + Math.max(0, (along - taken - used) / gaps);

  let at = 0;
  const put = (/** @type {number} */ w, /** @type {number} */ h) => {
    const box =
      flow === "across"
        ? { x: at, y: (over - h) / 2, width: w, height: h }
        : { x: (over - w) / 2, y: at, width: w, height: h };
    at += (flow === "across" ? w : h) + gap;
    return /** @type {Box} */ ({ ...box, x: Math.round(box.x), y: Math.round(box.y) });
  };
  const square = (/** @type {number} */ side) => put(side, side);
  const block = (/** @type {Grid} */ grid) =>
    /** @type {Block} */ ({ ...put(cell * grid.columns, cell * grid.rows), cell, grid });
  return {
    input: square(picture),
    gate: gate ? square(gate) : null,
    encoder: before.map(block),
    numbers: numbers ? put(...numbers) : null,
    code: put(...code),
    decoder: after.map(block),
    output: square(picture),
    cell,
  };
};

/** @typedef {ReturnType<typeof layOut>} Layout */

/** The centre of a number's cell. @param {Block} block @param {number} i @returns {[number, number]} */
export const placeOf = ({ x, y, cell, grid }, i) => {
  const [column, row] = grid.at(i);
  return [x + (column + 0.5) * cell, y + (row + 0.5) * cell];
};

/** The number under a place; -1 where there is none. @param {Block} block @param {number} x @param {number} y */
export const numberUnder = ({ x: left, y: top, width, height, cell, grid }, x, y) => {
  if (x < left || y < top || x >= left + width || y >= top + height) return -1;
  return grid.numberAt(Math.floor((x - left) / cell), Math.floor((y - top) / cell));
};
