/** Marks on a canvas that can be seen over anything: each has a halo of the page's ground. */
import { colour, thick } from "./theme.js";

/** @typedef {CanvasRenderingContext2D} Pen */
/** @typedef {import("./square.js").Pixel} Pixel */

const HALO = 2.5; // how much broader the halo is than the line

/**
 * Draw the pen's path as a line over its halo.
 * @param {Pen} pen
 * @param {string} ink
 * @param {number} width
 * @param {number} [halo]
 */
export const outline = (pen, ink, width, halo = HALO) => {
  pen.strokeStyle = colour("--raised");
  pen.lineWidth = thick(width) + halo;
  pen.stroke();
  pen.strokeStyle = ink;
  pen.lineWidth = thick(width);
  pen.stroke();
};

/** @param {Pen} pen @param {string} text @param {Pixel} at */
export const label = (pen, text, [x, y]) => {
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.strokeStyle = colour("--raised");
  pen.strokeText(text, x, y);
  pen.fillStyle = colour("--ink");
  pen.fillText(text, x, y);
};

/** @param {Pen} pen @param {Pixel} at @param {number} radius @param {string} ink @param {number} [width] */
export const ring = (pen, [x, y], radius, ink, width = 2.5) => {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  outline(pen, ink, width);
};

/** @param {Pen} pen @param {Pixel} at @param {string} ink */
export const cross = (pen, [x, y], ink) => {
  const arm = 5;
  pen.beginPath();
  pen.moveTo(x - arm, y - arm);
  pen.lineTo(x + arm, y + arm);
  pen.moveTo(x - arm, y + arm);
  pen.lineTo(x + arm, y - arm);
  outline(pen, ink, 2);
};

/** Only the line is dashed, its halo is not. @param {Pen} pen @param {Pixel[]} path @param {string} ink @param {number[]} [dash] */
export const polyline = (pen, path, ink, dash = []) => {
  pen.beginPath();
  for (const [x, y] of path) pen.lineTo(x, y);
  pen.strokeStyle = colour("--raised");
  pen.lineWidth = thick(2.5) + HALO;
  pen.stroke();
  pen.setLineDash(dash);
  pen.strokeStyle = ink;
  pen.lineWidth = thick(2.5);
  pen.stroke();
  pen.setLineDash([]);
};

/** Four short lines around an ellipse, which leave what is within to be seen. @param {Pen} pen @param {Pixel} at @param {Pixel} radii @param {string} ink */
export const ticksAround = (pen, [x, y], [across, up], ink) => {
  pen.beginPath();
  for (const sign of [-1, 1]) {
    pen.moveTo(x + sign * across, y);
    pen.lineTo(x + sign * (across + 8), y);
    pen.moveTo(x, y + sign * up);
    pen.lineTo(x, y + sign * (up + 8));
  }
  outline(pen, ink, 3, 3);
};

/** An ellipse that lets what is below shine through. @param {Pen} pen @param {Pixel} at @param {Pixel} radii @param {string} fill */
export const ellipse = (pen, [x, y], [across, up], fill) => {
  pen.beginPath();
  pen.ellipse(x, y, across, up, 0, 0, 2 * Math.PI);
  pen.globalAlpha = 0.35;
  pen.fillStyle = fill;
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = colour("--ink");
  pen.lineWidth = thick(1.25);
  pen.stroke();
};

/**
 * Diagonal lines, to be told from paper and from pictures, in light and dark.
 * @param {Pen} pen
 * @returns {CanvasPattern | string}
 */
export const hatching = (pen) => {
  const tile = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  const line = /** @type {Pen} */ (tile.getContext("2d"));
  line.fillStyle = line.strokeStyle = colour("--faint");
  line.globalAlpha = 0.35;
  line.fillRect(0, 0, 8, 8);
  line.globalAlpha = 1;
  line.lineWidth = 1.5;
  for (const x of [-8, 0, 8]) {
    line.moveTo(x, 8);
    line.lineTo(x + 8, 0);
  }
  line.stroke();
  return pen.createPattern(tile, "repeat") ?? colour("--faint");
};
