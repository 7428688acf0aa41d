/** The table of all models: how its numbers are written, compared, and sorted. */
import { exact, format } from "../kit/numbers.js";

/** @typedef {import("../kit/routes.js").Files["compare/compare/Table"]} Table */
/** @typedef {Table["columns"][number]} Column */
/** @typedef {Table["rows"][number]} Row */
/** @typedef {Row["cells"][string]} Cell */
/** @typedef {{ name: string, key: string }} Place of a number: its row and its column */
/** @typedef {{ way: string | undefined, count: number, all: number }} Usual the way that counts in a column, how many numbers are measured in it, and how many there are */

/** Columns of words. */
export const TEXTS = /** @type {const} */ (["family", "data"]);
export const NOT_MEASURED = "not measured";

/** @type {Record<string, (v: number) => string>} */
const WRITERS = {
  nats: (v) => format(v, 2),
  plain: (v) => format(v, 2),
  fine: (v) => format(v, 4),
  share: (v) => `${format(100 * v, 1)} %`,
  count: (v) => (v < 1e5 ? v.toLocaleString("en") : `${format(v / 1e6)} M`),
  bytes: (v) => (v < 1e6 ? `${Math.ceil(v / 1e3)} kB` : `${format(v / 1e6, 1)} MB`),
  time: (v) => (v < 90 ? `${Math.round(v)} s` : `${Math.round(v / 60)} min`),
};

/** A number of a column as people write it. */
export const writeNumber = (/** @type {Column} */ { kind }, /** @type {number} */ v) =>
  WRITERS[kind](v);

/** Which way is better in a column; "" where neither is. @param {{ better: number } | undefined} column */
export const betterOf = (column) => {
  if (!column?.better) return "";
  return column.better > 0 ? "more is better" : "less is better";
};

/** What a row has in a column; undefined where it was not measured. */
export const valueOf = (/** @type {Row} */ row, /** @type {string} */ key) => {
  if (key === "name" || key === "family" || key === "data") return row[key];
  return row.cells[key]?.value;
};

/** Is a row among those that are asked for? An empty list, and "all", let all through. */
export const matches = (
  /** @type {Row} */ { name, family, title, data, part },
  /** @type {{ families: readonly string[], part: string, text: string }} */ asked,
) =>
  (!asked.families.length || asked.families.includes(family)) &&
  (asked.part === "all" || asked.part === part) &&
  [name, family, title, data, part].some((text) =>
    text.toLowerCase().includes(asked.text.toLowerCase()),
  );

/**
 * Numbers of one column may be compared when they were taken in one way. The way that counts is that
 * of the chosen number, else the one most of the main models shown have, else most models.
 * @param {Row[]} rows that are shown
 * @param {string} key the column's
 * @param {string | undefined} chosen the way of the chosen number, if it is of this column
 * @returns {Usual}
 */
export const usualWay = (rows, key, chosen) => {
  /** @type {Map<string, number>} */
  const ways = new Map();
  const having = rows.filter(({ cells }) => cells[key]);
  for (const { cells } of having) ways.set(cells[key].way, (ways.get(cells[key].way) ?? 0) + 1);
  const mains = new Set(
    having.filter(({ part }) => part === "main").map(({ cells }) => cells[key].way),
  );
  const order = [...ways].sort(
    ([a, m], [b, n]) => Number(mains.has(b)) - Number(mains.has(a)) || n - m,
  );
  const way = chosen ?? order[0]?.[0];
  return { way, count: ways.get(way ?? "") ?? 0, all: having.length };
};

/** Was the row's number taken in another way than the one that counts? */
export const isOther = (
  /** @type {Row} */ { cells },
  /** @type {string} */ key,
  /** @type {Map<string, Usual>} */ usual,
) => cells[key] !== undefined && cells[key].way !== usual.get(key)?.way;

/**
 * Rows in order: what cannot be compared comes after what can, what is missing last.
 * @param {Row[]} rows
 * @param {{ sort: string, down: boolean }} order
 * @param {Map<string, Usual>} usual
 */
export const sortRows = (rows, { sort, down }, usual) => {
  const rank = (/** @type {Row} */ row) => {
    if (valueOf(row, sort) === undefined) return 2;
    return Number(isOther(row, sort, usual));
  };
  const byValue = (/** @type {Row} */ a, /** @type {Row} */ b) => {
    const [p, q] = [valueOf(a, sort), valueOf(b, sort)];
    if (typeof p === "string") return p.localeCompare(String(q), "en", { numeric: true });
    return Number(p) - Number(q);
  };
  return [...rows].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (rank(a) < 2 && (down ? -byValue(a, b) : byValue(a, b))) ||
      a.name.localeCompare(b.name, "en", { numeric: true }),
  );
};

/** Its standard deviation over sets of draws, where it has one. */
export const spreadOf = (/** @type {Cell} */ { std }) =>
  typeof std === "number" ? ` ± ${std}` : "";

/** All its digits, its deviation, and its unit. */
export const exactOf = (/** @type {Cell} */ cell) =>
  `${exact(cell.value)}${spreadOf(cell)} ${cell.unit}`;

/**
 * How the number in a place was measured, in words.
 * @param {string} name the row's
 * @param {Cell | undefined} cell
 * @param {Column} column
 * @param {Usual | undefined} usual of the column, where this number is the chosen one
 */
export const protocolOf = (name, cell, column, usual) => {
  const { title, note } = column;
  if (!cell) return `${title} of ${name}: ${NOT_MEASURED}.`;
  const alike =
    usual && usual.all > 1
      ? ` Comparable with ${usual.count - 1} of the ${usual.all - 1} other numbers shown in this column.`
      : "";
  const floor =
    typeof cell.real === "number" ? ` Real images give ${writeNumber(column, cell.real)}.` : "";
  const better = betterOf(column);
  const way = better && ` ${better[0].toUpperCase()}${better.slice(1)}.`;
  return `${title} of ${name} = ${writeNumber(column, cell.value)} (${exactOf(cell)}).${way}${floor}${note && ` ${note}`} How: ${cell.protocol}.${alike}`;
};

/**
 * The number that is chosen, in a link: the model's name, which may hold commas, and the column.
 * @param {string[]} names
 * @param {string[]} columns
 * @returns {import("../kit/store.js").Key<Place | null>}
 */
export const placeKey = (names, columns) => ({
  initial: null,
  read: (written) => {
    const [first, key, ...rest] = written.split(",");
    const name = names.find((each) => encodeURIComponent(each) === first);
    return name !== undefined && columns.includes(key) && !rest.length ? { name, key } : undefined;
  },
  write: (place) => (place ? `${encodeURIComponent(place.name)},${place.key}` : ""),
});
