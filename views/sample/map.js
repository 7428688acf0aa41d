/** Sample's map: codes of test images by class under the draws, to one scale on both axes. */
import { decimals, keptApart } from "../kit/chart.js";
import { context } from "../kit/images.js";
import { format } from "../kit/numbers.js";
import { classColours, colour, dotOpacity, font, nameScale, thick } from "../kit/theme.js";
import { sharpness, unit } from "../kit/units.js";
import { centresOf, RADII, scalesOf } from "./layout.js";

/** @typedef {import("./layout.js").Place} Place */
/** @typedef {import("./layout.js").Scales} Scales */

/**
 * What a map shows.
 * @typedef {object} Content
 * @property {Place[]} points codes
 * @property {number[]} classes of each of them
 * @property {Place[]} draws
 * @property {string[]} names of the two axes
 */

const ARM = 3.5; // units of a cross
const ROOM = 13; // units between the names of two classes
const DOT = 1.2; // units: the radius of a code

const TICKS = { across: 5, up: 3 }; // about so many

/** @param {CanvasRenderingContext2D} pen @param {Scales} scales @param {string[]} names */
const drawAxes = (pen, { x, y }, names) => {
  const [left, right] = x.range;
  const [bottom, top] = y.range;
  pen.strokeStyle = colour("--faint");
  pen.lineWidth = thick(1);
  pen.beginPath();
  pen.moveTo(left, top);
  pen.lineTo(left, bottom);
  pen.lineTo(right, bottom);
  pen.stroke();
  pen.font = font(0.875);
  pen.fillStyle = colour("--faint-ink");
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const v of x.ticks(TICKS.across)) {
    pen.fillRect(x.at(v), bottom, 1, 3);
    if (x.at(v) < right - 24)
      pen.fillText(format(v, decimals(x, TICKS.across)), x.at(v), bottom + 5);
  }
  pen.textAlign = "right";
  pen.fillText(names[0], right, bottom + 5);
  pen.textBaseline = "middle";
  for (const v of y.ticks(TICKS.up)) {
    pen.fillRect(left - 3, y.at(v), 3, 1);
    if (y.at(v) > top + 20) pen.fillText(format(v, decimals(y, TICKS.up)), left - 6, y.at(v));
  }
  pen.fillText(names[1], left - 6, top + 6.4);
};

/** @param {CanvasRenderingContext2D} pen @param {Scales} scales @param {Content} content */
const drawCodes = (pen, { x, y }, { points, classes }) => {
  const colours = classColours();
  pen.globalAlpha = dotOpacity();
  points.forEach(([a, b], i) => {
    pen.fillStyle = colours[classes[i] % colours.length];
    pen.beginPath();
    pen.arc(x.at(a), y.at(b), DOT, 0, 2 * Math.PI);
    pen.fill();
  });
  pen.globalAlpha = 1;
  pen.font = font(0.875 * nameScale(), "bold");
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.strokeStyle = colour("--ground");
  pen.fillStyle = colour("--ink");
  const named = centresOf(points, classes);
  const places = keptApart(
    named.map(({ at }) => [x.at(at[0]), y.at(at[1])]),
    ROOM * nameScale(),
  );
  named.forEach(({ name }, i) => {
    pen.strokeText(String(name), ...places[i]);
    pen.fillText(String(name), ...places[i]);
  });
};

/** The circles of N(0, I) and the draws. @param {CanvasRenderingContext2D} pen @param {Scales} scales @param {Place[]} draws */
const drawDraws = (pen, { x, y }, draws) => {
  pen.strokeStyle = colour("--ink");
  pen.lineWidth = thick(1.2);
  for (const radius of RADII) {
    pen.beginPath();
    pen.arc(x.at(0), y.at(0), x.at(radius) - x.at(0), 0, 2 * Math.PI);
    pen.stroke();
  }
  pen.lineWidth = thick(2);
  pen.beginPath();
  for (const [a, b] of draws)
    for (const sign of [-1, 1]) {
      pen.moveTo(x.at(a) - ARM, y.at(b) - sign * ARM);
      pen.lineTo(x.at(a) + ARM, y.at(b) + sign * ARM);
    }
  pen.stroke();
};

/**
 * Draw the map on a canvas that has its place and size on the page.
 * @param {HTMLCanvasElement} canvas
 * @param {Content} content
 */
export const drawMap = (canvas, content) => {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => side / unit());
  const density = sharpness();
  canvas.width = width * density;
  canvas.height = height * density;
  if (!width) return; // it is in a view that is closed
  const pen = context(canvas);
  pen.scale(density, density);
  const frame = { left: 36, right: width - 2, top: 2, bottom: height - 24 };
  const scales = scalesOf([...content.points, ...content.draws], frame);
  drawAxes(pen, scales, content.names);
  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
  pen.clip();
  drawCodes(pen, scales, content);
  drawDraws(pen, scales, content.draws);
  pen.restore();
};
