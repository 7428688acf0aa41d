/**
 * The square of a 2-D latent space that a map shows: from codes to places on its canvas and back.
 *
 * Codes count to the right and upwards, pixels of the canvas from its top left.
 */
import { clamp } from "./numbers.js";

/** @typedef {[number, number]} Pixel a place on the canvas, in units (units.js) */
/** @typedef {ArrayLike<number>} Code two numbers */

/**
 * @typedef {object} Square
 * @property {number[]} centre as a code
 * @property {number} half half its side, as codes count
 * @property {number} side its side in units
 */

/** Units around the square: room for the axes' labels. */
export const MARGIN = { left: 34, right: 2, top: 2, bottom: 24 };
/** The side of a tile of the lattice, in units. */
export const TILE = 28;

/** Units of one step of 1 in a code. @param {Square} square */
export const scaleOf = ({ half, side }) => side / (2 * half);

/**
 * @param {Square} square
 * @param {Code} z
 * @returns {Pixel}
 */
export const toPixel = (square, z) => [
  MARGIN.left + (z[0] - square.centre[0] + square.half) * scaleOf(square),
  MARGIN.top + (square.centre[1] + square.half - z[1]) * scaleOf(square),
];

/**
 * @param {Square} square
 * @param {number} x in units
 * @param {number} y
 * @returns {Pixel} the code there
 */
export const toCode = (square, x, y) => [
  square.centre[0] - square.half + (x - MARGIN.left) / scaleOf(square),
  square.centre[1] + square.half - (y - MARGIN.top) / scaleOf(square),
];

/** The code within the square that is nearest to z. @param {Square} square @param {number[]} z */
export const within = ({ centre, half }, z) =>
  z.map((v, i) => clamp(v, centre[i] - half, centre[i] + half));

/** Is z within the square? @param {Square} square @param {number[]} z */
export const holds = (square, z) => within(square, z).every((v, i) => v === z[i]);

/** The side of the largest square of whole tiles on a canvas of that width. @param {number} width */
export const sideFor = (width) => Math.floor((width - MARGIN.left - MARGIN.right) / TILE) * TILE;

/** The codes at the centres of the lattice's tiles, row by row from the top left. @param {Square} square */
export const latticePlaces = ({ centre, half, side }) => {
  const n = side / TILE;
  const step = (2 * half) / n;
  return Array.from({ length: n * n }, (_, i) => [
    centre[0] - half + ((i % n) + 0.5) * step,
    centre[1] + half - (Math.floor(i / n) + 0.5) * step,
  ]);
};
