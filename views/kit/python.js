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
export const tensor = (values) => `torch.tensor(${literal(values)}, dtype=torch.float32)`;

/** The entry of a checkpoint: its card, its codes, its model. Needs IMPORT_LOAD. @param {string} name */
export const entry = (name) => `load(CHECKPOINTS / ${literal(name)})`;

/** The model of a checkpoint. Needs IMPORT_LOAD. @param {string} name */
export const model = (name) => `${entry(name)}.model`;

export const IMPORT_LOAD = "from models.zoo import CHECKPOINTS, load";

/**
 * A digit as a tensor [C, H, W] from 0 to 1; its bytes are deflated, in base64url.
 * @param {string} name of the variable
 * @param {{ pixels: Uint8Array, shape: number[] }} digit
 */
const digitLines = async (name, { pixels, shape }) => {
  const packed = await packPixels(Uint8Array.from(pixels));
  return [
    `pixels = zlib.decompress(base64.urlsafe_b64decode("${packed}=="), -15)`,
    `${name} = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).reshape(${shape.join(", ")}) / 255`,
  ];
};

const STANDARD = ["base64", "csv", "math", "sys", "zlib"];
const LAST = "csv.writer(sys.stdout).writerows(rows)";

/**
 * A whole script: imports, digits as tensors, what computes `rows`, and what prints them, a line each,
 * as the table has them.
 * @param {object} parts
 * @param {string[]} parts.imports of the project's own modules
 * @param {Record<string, { pixels: Uint8Array, shape: number[] }>} [parts.digits] by their variables
 * @param {string[]} parts.body
 */
export const script = async ({ imports, digits = {}, body }) => {
  const pictures = await Promise.all(
    Object.entries(digits).map(([name, digit]) => digitLines(name, digit)),
  );
  const lines = [...pictures.flat(), ...body];
  const used = (/** @type {string} */ module) =>
    lines.some((line) => new RegExp(`\\b${module}\\.`).test(line));
  const blocks = [
    STANDARD.filter((module) => used(module) || LAST.includes(module)).map(
      (module) => `import ${module}`,
    ),
    used("torch") ? ["import torch"] : [],
    imports,
    [...lines, LAST],
  ].filter(({ length }) => length);
  return blocks.flatMap((block, i) => (i ? ["", ...block] : block));
};

/**
 * Numbers with their names, and the Python that computes each: an expression, of a tensor [D] where
 * the value is a list, whose numbers are named name1, name2, ...
 * @typedef {[name: string, value: number | readonly number[], expression: string]} Quantity
 */

/** The rows of a table of quantities. @param {readonly Quantity[]} quantities */
export const quantityRows = (quantities) =>
  quantities.flatMap(([name, value]) =>
    typeof value === "number" ? [[name, value]] : value.map((v, i) => [`${name}${i + 1}`, v]),
  );

const inBrackets = (/** @type {string} */ expression) =>
  expression.includes(" ") ? `(${expression})` : expression;

/** The Python that makes the same rows. @param {readonly Quantity[]} quantities */
export const quantityLines = (quantities) => {
  const line = (/** @type {Quantity} */ [name, value, expression]) =>
    typeof value === "number"
      ? `rows.append((${literal(name)}, float(${expression})))`
      : `rows += [(${literal(name)} + str(i), v) for i, v in enumerate(${inBrackets(expression)}.tolist(), 1)]`;
  return ["rows = []", ...quantities.map(line)];
};
