/** Tables for spreadsheets: comma-separated values in quotation marks (RFC 4180). */

const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/; // how a text begins that a spreadsheet may run

/** A cell in quotation marks. What a spreadsheet may run becomes text, but a number stays a number. */
const quoted = (/** @type {string | number} */ cell) => {
  const text = typeof cell === "string" ? cell.replace(FORMULA, "'$&") : String(cell);
  return `"${text.replaceAll('"', '""')}"`;
};

/** Lines of cells as text. @param {readonly (readonly (string | number)[])[]} lines */
export const csvText = (lines) => lines.map((line) => line.map(quoted).join()).join("\r\n");

/**
 * A table with what one needs to read it alone: lines that begin with #, then titles, then rows.
 * @param {readonly string[]} remarks
 * @param {{ columns: readonly string[], rows: readonly (readonly (string | number)[])[] }} table
 */
export const csvFile = (remarks, { columns, rows }) =>
  csvText([...remarks.map((remark) => [`# ${remark}`]), columns, ...rows]);
