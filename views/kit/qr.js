/** QR codes, drawn as SVG. */
import { html } from "./markup.js";
import { encode } from "./vendor/uqr/uqr.js";

/**
 * How much of a code may be damaged, by the bytes that it holds: a long text leaves no room for more
 * correction, or its modules become too small for a camera. [most bytes, level]
 */
const LEVELS = /** @type {const} */ ([
  [180, "Q"],
  [420, "M"],
  [1000, "L"], // 105 modules a side
]);
const QUIET = 4; // modules around a code, as the standard (ISO/IEC 18004) asks

/** The level of error correction; null for what is too long for a code that a camera reads. @param {string} text */
export const levelOf = (text) => {
  const bytes = new TextEncoder().encode(text).length;
  return LEVELS.find(([most]) => bytes <= most)?.[1] ?? null;
};

/**
 * The code of a text as rows of modules, true for dark; null where it is too long.
 * @param {string} text
 */
export const modulesOf = (text) => {
  const ecc = levelOf(text);
  return ecc && encode(text, { ecc, border: 0 }).data;
};

/** Dark runs of a row as a path. @param {boolean[]} row @param {number} y */
const rowPath = (row, y) => {
  let path = "";
  for (let x = 0; x < row.length; x++) {
    const from = x;
    while (row[x]) x++;
    if (x > from) path += `M${from} ${y}h${x - from}v1h${from - x}z`;
  }
  return path;
};

/**
 * The code as SVG, dark on light in any theme; null where the text is too long for one.
 * @param {string} text
 * @param {string} label for screen readers
 */
export const qrCode = (text, label) => {
  const rows = modulesOf(text);
  if (!rows) return null;
  const side = rows.length + 2 * QUIET;
  return html`<svg class="qr" viewBox="${-QUIET} ${-QUIET} ${side} ${side}" role="img" aria-label="${label}" shape-rendering="crispEdges"><rect x="${-QUIET}" y="${-QUIET}" width="${side}" height="${side}" fill="#fff"/><path d="${rows.map(rowPath).join("")}" fill="#000"/></svg>`;
};
