/** What is decoded beside the cursor's picture: films of draws and paths, and the lattice. */
import { decodeMany, runsHere, serverDecodes } from "../kit/decoding.js";
import { context, paint, sizeOf } from "../kit/images.js";
import { fill, html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";
import { straightPath } from "./places.js";

/** @typedef {import("./cell.js").Cell} Cell */
/** @typedef {import("./places.js").Places} Places */
/** @typedef {{ title: string, places: number[][] }} Film */

export const FRAMES = 9; // of a film of a path

/**
 * Ten draws, the straight path between the pins, and the shortest one where it is known.
 * @param {Pick<Cell["map"], "name" | "reached" | "drawn">} map
 * @param {Cell["shortest"]} shortest
 * @param {number[][]} draws
 * @param {Places | null} a
 * @param {Places | null} b
 * @returns {Film[]}
 */
const filmsOf = ({ name, reached, drawn }, shortest, draws, a, b) => {
  const films = [];
  if (draws.length) {
    const share = `ten draws; 95 % fall where ${Math.round(100 * reached)} % of codes lie`;
    films.push({ title: `${share}${drawn && `; ${drawn}`}`, places: draws });
  }
  if (!a || !b) return films;
  const length = format(Math.hypot(b[name][0] - a[name][0], b[name][1] - a[name][1]));
  const metric = shortest ? `, metric ${format(shortest.straight, 1)}` : "";
  films.push({
    title: `straight (dashed): ${length} on the map${metric}`,
    places: straightPath(a[name], b[name], FRAMES),
  });
  if (shortest)
    films.push({
      title: `shortest (solid): metric ${format(shortest.length, 1)}`,
      places: shortest.film,
    });
  return films;
};

/** @param {string} title @param {Uint8ClampedArray} bytes @param {number[]} shape @param {number} count */
const createFigure = (title, bytes, shape, count) => {
  const figure = document.createElement("figure");
  fill(figure, html`<canvas class="film" role="img"></canvas><figcaption></figcaption>`);
  const [canvas, caption] = figure.children;
  canvas.setAttribute("aria-label", title);
  caption.textContent = title;
  paint(/** @type {HTMLCanvasElement} */ (canvas), bytes, shape, count);
  return figure;
};

/**
 * The pictures of n x n tiles on a canvas.
 * @param {Uint8ClampedArray} bytes
 * @param {number[]} shape of each
 * @param {number} n
 */
const createLattice = (bytes, shape, n) => {
  const [, height, width] = shape;
  const size = sizeOf(shape);
  const lattice = document.createElement("canvas");
  Object.assign(lattice, { width: width * n, height: height * n });
  const pen = context(lattice);
  const tile = document.createElement("canvas");
  for (let i = 0; i < n * n; i++) {
    paint(tile, bytes.subarray(size * i, size * (i + 1)), shape);
    pen.drawImage(tile, width * (i % n), height * Math.floor(i / n));
  }
  return lattice;
};

/** @param {import("./board.js").Board} board */
export const createFilms = ({ state, draws, view, drawGround }) => {
  const decodeAll = async (
    /** @type {Cell} */ { decoder, map },
    /** @type {number[][]} */ places,
    /** @type {() => boolean} */ isWanted,
  ) => {
    await decoder.load();
    const run = runsHere(decoder) ? decoder.run : null;
    const askServer = serverDecodes(map.name, view.complain);
    return decodeMany(run, places, map.shape, askServer, isWanted);
  };

  const showFilms = async (/** @type {Cell} */ cell) => {
    const mine = ++cell.filming;
    const { map, shortest } = cell;
    const figures = [];
    for (const { title, places } of filmsOf(map, shortest, draws(), state.a, state.b)) {
      const bytes = await decodeAll(cell, places, () => mine === cell.filming);
      if (!bytes) return;
      figures.push(createFigure(title, bytes, map.shape, places.length));
    }
    if (mine === cell.filming) cell.find(".films").replaceChildren(...figures);
  };

  // What the decoder draws everywhere, tile by tile.
  const showLattice = async (/** @type {Cell} */ cell) => {
    const { plot, map } = cell;
    const mine = ++cell.tiling;
    const n = plot.tiles();
    if (!state.lattice || cell.lattice?.width === map.shape[2] * n) return drawGround(cell);
    const isWanted = () => state.lattice && mine === cell.tiling;
    const bytes = await decodeAll(cell, plot.latticePlaces(), isWanted);
    if (!bytes) return;
    cell.lattice = createLattice(bytes, map.shape, n);
    drawGround(cell);
  };
  return { showFilms, showLattice };
};
