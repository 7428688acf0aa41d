/** A latent map on two canvases: the ground, drawn seldom, and over it what moves. */
import { decimals, keptApart, linear } from "./chart.js";
import { classCentres, densities } from "./density.js";
import { context } from "./images.js";
import { cross, ellipse, hatching, label, outline, polyline, ring, ticksAround } from "./marks.js";
import { clamp, format } from "./numbers.js";
import {
  holds,
  latticePlaces,
  MARGIN,
  scaleOf,
  sideFor,
  TILE,
  toCode,
  toPixel,
  within,
} from "./square.js";
import { CLASSES, classColours, colour, dotOpacity, font, nameScale, thick } from "./theme.js";
import { sharpness } from "./units.js";

export { MARGIN, TILE };

/** @typedef {import("./marks.js").Pen} Pen */
/** @typedef {import("./square.js").Pixel} Pixel */
/** @typedef {import("./square.js").Square} Square */
/** @typedef {{ z: number[], std?: number[] | null }} Landing where a digit lies: q(z|x), or a point */

/**
 * What a map shows.
 * @typedef {object} MapData
 * @property {number[]} centre of the square of latent space that it shows
 * @property {number} half half the side of that square
 * @property {ArrayLike<number>} codes of images: both numbers of the first, of the second, and so on
 * @property {ArrayLike<number>} classes of these images
 * @property {boolean} [prior] are there circles at one and at two standard deviations of N(0, I)?
 * @property {number} [bandwidth] of the codes' kernel density
 * @property {number} [least] the density below which a place is a hole
 */

/**
 * What moves on a map.
 * @typedef {object} Marks
 * @property {number[] | null} [z] the cursor
 * @property {Landing | null} [landing]
 * @property {number[] | null} [guess]
 * @property {Record<string, number[]>} pins places by their names
 * @property {{ places: number[][], dashed?: boolean }[]} paths
 * @property {number[][]} draws
 */

const TICKS = 5; // about so many on an axis
const CELL = 3; // units: the side of the cells in which densities are computed
const EDGE = 9; // units from the edge, where a cursor beyond the map is drawn
const ROOM = 15; // units between the labels of two classes
const SMALL = 200; // units: a square of a shorter side has smaller points and labels

/** Draw within the square. @param {HTMLCanvasElement} canvas @param {Pick<Square, "side">} square @param {(pen: Pen) => void} draw */
export const drawInside = (canvas, { side }, draw) => {
  const pen = context(canvas);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.save();
  pen.beginPath();
  pen.rect(MARGIN.left, MARGIN.top, side, side);
  pen.clip();
  draw(pen);
  pen.restore();
};

// The ground.

/** @param {Square} square @param {number} centre */
const ticksOf = ({ half, side }, centre) => {
  const axis = linear([centre - half, centre + half], [0, side]);
  return { values: axis.ticks(TICKS), digits: decimals(axis, TICKS) };
};

/** @param {Pen} pen @param {Square} square */
const drawAcross = (pen, square) => {
  const [bottom, right] = [MARGIN.top + square.side, MARGIN.left + square.side];
  const { values, digits } = ticksOf(square, square.centre[0]);
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const v of values) {
    const [x] = toPixel(square, [v, 0]);
    pen.fillRect(x, bottom, 1, 4);
    if (x < right - 30) pen.fillText(format(v, digits), x, bottom + 6);
  }
  pen.fillText("z₁", right - 8, bottom + 6);
};

/** @param {Pen} pen @param {Square} square */
const drawUp = (pen, square) => {
  const bottom = MARGIN.top + square.side;
  const { values, digits } = ticksOf(square, square.centre[1]);
  // There is little room.
  const short = (/** @type {number} */ v) =>
    v === 0 ? "0" : format(v, digits).replace(/^(−?)0\./, "$1.");
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const v of values) {
    const [, y] = toPixel(square, [0, v]);
    pen.fillRect(MARGIN.left - 4, y, 4, 1);
    if (y > MARGIN.top + 26 && y < bottom - 6) pen.fillText(short(v), MARGIN.left - 7, y);
  }
  pen.fillText("z₂", MARGIN.left - 7, MARGIN.top + 9);
};

/** @param {Pen} pen @param {Square} square */
const drawAxes = (pen, square) => {
  pen.font = font(0.875);
  pen.fillStyle = pen.strokeStyle = colour("--faint-ink");
  pen.lineWidth = thick(1);
  pen.strokeRect(MARGIN.left - 0.5, MARGIN.top - 0.5, square.side + 1, square.side + 1);
  drawAcross(pen, square);
  drawUp(pen, square);
};

/** A canvas that is opaque where codes are as frequent as `least`. @param {MapData} data @param {Square} square */
const denseMask = (data, square) => {
  const n = Math.ceil(square.side / CELL);
  const mask = Object.assign(document.createElement("canvas"), { width: n, height: n });
  const { bandwidth = 1, least = 0 } = data;
  const image = new ImageData(n, n);
  densities({ ...data, bandwidth }, square, n, CELL / scaleOf(square)).forEach((density, i) => {
    image.data[4 * i + 3] = density < least ? 0 : 255;
  });
  context(mask).putImageData(image, 0, 0);
  return mask;
};

/** Hatch whatever is not dense. @param {Pen} pen @param {MapData} data @param {Square} square */
const drawHoles = (pen, data, square) => {
  const { width, height } = pen.canvas;
  const sheet = Object.assign(document.createElement("canvas"), { width, height });
  const shade = context(sheet);
  const mask = denseMask(data, square);
  shade.setTransform(pen.getTransform());
  shade.fillStyle = hatching(shade);
  shade.fillRect(MARGIN.left, MARGIN.top, square.side, square.side);
  shade.globalCompositeOperation = "destination-out";
  shade.drawImage(mask, MARGIN.left, MARGIN.top, CELL * mask.width, CELL * mask.height);
  pen.save();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.drawImage(sheet, 0, 0);
  pen.restore();
};

/** @param {Pen} pen @param {MapData} data @param {Square} square */
const drawPoints = (pen, { codes, classes }, square) => {
  const colours = classColours();
  const radius = square.side < SMALL ? 1.1 : 1.6;
  for (let i = 0; i < classes.length; i++) {
    const [x, y] = toPixel(square, [codes[2 * i], codes[2 * i + 1]]);
    pen.fillStyle = colours[classes[i] % colours.length];
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fill();
  }
};

/** @param {Pen} pen @param {Square} square */
const drawPrior = (pen, square) => {
  const [x, y] = toPixel(square, [0, 0]);
  for (const radius of [1, 2]) {
    pen.beginPath();
    pen.arc(x, y, radius * scaleOf(square), 0, 2 * Math.PI);
    outline(pen, colour("--ink"), 1.5);
  }
};

/** @param {Pen} pen @param {([number, number] | null)[]} centres of the classes @param {Square} square */
const drawClasses = (pen, centres, square) => {
  const named = centres.flatMap((z, digit) => (z ? [{ digit, at: toPixel(square, z) }] : []));
  const scale = nameScale();
  const places = keptApart(
    named.map(({ at }) => at),
    ROOM * scale,
  );
  pen.font = font(scale * (square.side < SMALL ? 0.875 : 1), "bold");
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  named.forEach(({ digit }, i) => label(pen, String(digit), places[i]));
};

// What moves.

/** @param {Pen} pen @param {Square} square @param {number[]} z @param {string} name */
const drawNamed = (pen, square, z, name) => {
  ring(pen, toPixel(square, z), 4, colour("--ink"));
  const [x, y] = toPixel(square, within(square, z));
  const right = MARGIN.left + square.side - 16;
  pen.font = font(0.9375, "bold");
  pen.textAlign = "left";
  pen.textBaseline = "bottom";
  label(pen, name, [Math.min(x + 6, right), Math.max(y - 3, MARGIN.top + 18)]);
};

/** q(z|x) at one and two standard deviations, to the scale of the axes; or its point mass. @param {Pen} pen @param {Square} square @param {Landing} landing */
const drawLanding = (pen, square, { z, std }) => {
  const at = toPixel(square, z);
  if (!std) return ring(pen, at, 5, colour("--accent"));
  const scale = scaleOf(square);
  for (const n of [1, 2]) ellipse(pen, at, [n * std[0] * scale, n * std[1] * scale], colour("--z"));
};

/** The place inside the edge that is nearest to a code. @param {Square} square @param {number[]} z @returns {Pixel} */
const edgeOf = (square, z) => {
  const [x, y] = toPixel(square, within(square, z));
  const inside = (/** @type {number} */ v, /** @type {number} */ first) =>
    clamp(v, first + EDGE, first + square.side - EDGE);
  return [inside(x, MARGIN.left), inside(y, MARGIN.top)];
};

/** A ring; beyond the map a dashed one inside its edge; where a digit lies, ticks around its mark. @param {Pen} pen @param {Square} square @param {number[]} z @param {Landing | null} [landing] */
const drawCursor = (pen, square, z, landing) => {
  const inside = holds(square, z);
  const [x, y] = inside ? toPixel(square, z) : edgeOf(square, z);
  if (landing && inside && landing.z.every((v, i) => v === z[i])) {
    const radius = (/** @type {number} */ i) =>
      Math.max(8, 2 * (landing.std?.[i] ?? 0) * scaleOf(square) + 4);
    return ticksAround(pen, [x, y], [radius(0), radius(1)], colour("--z"));
  }
  if (!inside) pen.setLineDash([3, 3]);
  ring(pen, [x, y], 8, colour("--z"), 3);
  pen.setLineDash([]);
  pen.fillStyle = colour("--z");
  pen.beginPath();
  pen.arc(x, y, 2, 0, 2 * Math.PI);
  pen.fill();
};

/** @param {Pen} pen @param {Square} square @param {Marks} marks */
const drawMarks = (pen, square, { z, landing, guess, pins, paths, draws }) => {
  const pixels = (/** @type {number[][]} */ places) =>
    places.map((place) => toPixel(square, place));
  for (const { places, dashed } of paths)
    polyline(pen, pixels(places), colour("--ink"), dashed ? [6, 5] : []);
  for (const draw of pixels(draws)) cross(pen, draw, colour("--ink"));
  if (landing && guess) polyline(pen, pixels([guess, landing.z]), colour("--alarm"), [2, 4]);
  if (landing) drawLanding(pen, square, landing);
  if (guess) drawNamed(pen, square, guess, "guess");
  for (const [name, at] of Object.entries(pins)) drawNamed(pen, square, at, name);
  if (z) drawCursor(pen, square, z, landing);
};

/**
 * @param {HTMLCanvasElement} ground
 * @param {HTMLCanvasElement} top
 * @param {MapData} shown
 */
export const latentPlot = (ground, top, shown) => {
  const data = { ...shown, side: 0 };
  let centres = classCentres(data, CLASSES);

  /** Take the largest size of whole tiles that `width`, in units, has room for; true if it is another. @param {number} width */
  const resize = (width) => {
    const side = sideFor(width);
    const density = sharpness();
    const same = side === data.side && ground.dataset.density === String(density);
    if (side < TILE || same) return false;
    data.side = side;
    const size = [side + MARGIN.left + MARGIN.right, side + MARGIN.top + MARGIN.bottom];
    for (const canvas of [ground, top]) {
      [canvas.width, canvas.height] = size.map((n) => Math.round(n * density));
      [canvas.style.width, canvas.style.height] = size.map((n) => `${n / 16}rem`);
      context(canvas).setTransform(density, 0, 0, density, 0, 0);
    }
    ground.dataset.density = String(density);
    return true;
  };
  /** Show other codes, or another square. @param {Partial<MapData>} other */
  const become = (other) => {
    Object.assign(data, other);
    centres = classCentres(data, CLASSES);
  };
  /** @param {{ lattice?: HTMLCanvasElement | null, showHoles?: boolean }} [layers] */
  const drawGround = ({ lattice, showHoles } = {}) => {
    drawInside(ground, data, (pen) => {
      pen.fillStyle = colour("--raised");
      pen.fillRect(MARGIN.left, MARGIN.top, data.side, data.side);
      pen.imageSmoothingEnabled = false;
      if (lattice) pen.drawImage(lattice, MARGIN.left, MARGIN.top, data.side, data.side);
      if (showHoles) drawHoles(pen, data, data);
      pen.globalAlpha = dotOpacity();
      drawPoints(pen, data, data);
      pen.globalAlpha = 1;
      if (data.prior) drawPrior(pen, data);
      drawClasses(pen, centres, data);
    });
    drawAxes(context(ground), data);
  };
  return {
    resize,
    become,
    drawGround,
    drawTop: (/** @type {Marks} */ marks) =>
      drawInside(top, data, (pen) => drawMarks(pen, data, marks)),
    toCode: (/** @type {number} */ x, /** @type {number} */ y) => toCode(data, x, y),
    toPixel: (/** @type {ArrayLike<number>} */ z) => toPixel(data, z),
    within: (/** @type {number[]} */ z) => within(data, z),
    holds: (/** @type {number[]} */ z) => holds(data, z),
    latticePlaces: () => latticePlaces(data),
    /** How many tiles the lattice has along a side. */
    tiles: () => data.side / TILE,
    /** Half the side of the square, as codes count. */
    get half() {
      return data.half;
    },
  };
};
