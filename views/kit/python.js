/** Values of a view's state as Python, for the lines that compute the same (take_home.js). */
import { packPixels } from "./packing.js";

/** @param {number} v */
const numberOf = (v) => {
  if (Number.isNaN(v)) return 'float("nan")';
  if (!Number.isFinite(v)) return v > 0 ? 'float("inf")' : 'float("-inf")';
  return String(v);
};

/** @typedef {null | boolean | number | string | readonly Value[]} Value */

/** A value as a literal: numbers with all their digits, lists within lists. @param {Value} value @returns {string} */
export const literal = (value) => {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return numberOf(value);
  if (typeof value === "string") return JSON.stringify(value); // which Python reads as it is meant
  return `[${value.map(literal).join(", ")}]`;
};

/** Numbers as a tensor. @param {Value} values */
export const tensor = (values) => `torch.tensor(${literal(values)})`;

/** The entry of a checkpoint: its card, its codes, its model. Needs IMPORT_LOAD. @param {string} name */
export const entry = (name) => `load(CHECKPOINTS / ${literal(name)})`;

/** The model of a checkpoint. Needs IMPORT_LOAD. @param {string} name */
export const model = (name) => `${entry(name)}.model`;

export const IMPORT_LOAD = "from models.zoo import CHECKPOINTS, load";

/** What `digitLines` needs. */
export const IMPORT_DIGIT = ["import base64", "import zlib", "", "import torch", ""];

/**
 * A digit as a tensor [C, H, W] from 0 to 1; its bytes are deflated, in base64url.
 * @param {string} name of the variable
 * @param {{ pixels: Uint8Array, shape: number[] }} digit
 */
export const digitLines = async (name, { pixels, shape }) => {
  const packed = await packPixels(Uint8Array.from(pixels));
  return [
    `pixels = zlib.decompress(base64.urlsafe_b64decode("${packed}=="), -15)`,
    `${name} = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).reshape(${shape.join(", ")}) / 255`,
  ];
};

/** Print the rows of a list, a line each, as the table has them. @param {string} name of the list */
export const printRows = (name = "rows") => [`for row in ${name}:`, `    print(*row, sep=",")`];
