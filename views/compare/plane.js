/** The plot of all models: two of their numbers against each other, a point each. */
import { axisBottom, axisLeft } from "../kit/chart.js";
import { makeSvg } from "../kit/elements.js";
import { addressWith } from "../kit/link.js";
import { fill } from "../kit/markup.js";
import { scaleOf, tickText } from "./scales.js";
import { betterOf, isOther, writeNumber } from "./table.js";

/** @typedef {import("./table.js").Row} Row */
/** @typedef {import("./table.js").Column} Column */
/**
 * What is plotted.
 * @typedef {object} Plot
 * @property {Row[]} rows that are shown in the table
 * @property {Column} x
 * @property {Column} y
 * @property {boolean} others plot what was measured in another way, too
 * @property {Map<string, import("./table.js").Usual>} usual
 * @property {string | undefined} chosen the model whose number is chosen
 */
/** @typedef {{ row: Row, link: SVGAElement, at: [number, number], other: boolean }} Point */

const [LEFT, RIGHT, TOP, BOTTOM] = [62, 412, 26, 286]; // of the plot, in its own units
const REACH = 15; // of a finger around a point
const TURN = 260; // right of it a name stands at the left of its point

const axisLabel = (/** @type {Column} */ column, /** @type {boolean} */ isLog) =>
  [column.title, betterOf(column), isLog ? "logarithmic" : ""].filter(Boolean).join(", ");

/** Both numbers of a row, in words. */
const numbersOf = (/** @type {Row} */ { cells }, /** @type {Column[]} */ axes) =>
  axes
    .map((column) => `${column.title} ${writeNumber(column, cells[column.key].value)}`)
    .join(", ");

/** A model's point: a link to where it is at work, if there is such a place. */
const pointOf = (
  /** @type {Row} */ row,
  /** @type {[number, number]} */ [cx, cy],
  /** @type {boolean} */ other,
  /** @type {string} */ numbers,
) => {
  const link = makeSvg("a", {
    "data-name": row.name,
    "data-family": row.family,
    tabindex: -1,
    "aria-label": `${row.name}: ${numbers}`,
    ...(row.link ? { href: addressWith(row.link) } : {}),
  });
  link.classList.toggle("other", other);
  link.append(
    makeSvg("circle", { class: "reach", cx, cy, r: REACH }),
    makeSvg("circle", { cx, cy, r: 6.5 }),
  );
  return link;
};

/**
 * @param {SVGElement} plane
 * @param {HTMLElement} words where it is said what is plotted, or which model is near
 */
export const createPlane = (plane, words) => {
  let points = /** @type {Point[]} */ ([]); // from left to right
  let plot = /** @type {Plot | null} */ (null);
  let apart = 0; // models left out, for they were measured in another way
  let near = /** @type {string | null} */ (null); // the model under the pointer or the focus
  const numbers = (/** @type {Row} */ row) => (plot ? numbersOf(row, [plot.x, plot.y]) : "");

  const drawAxes = (
    /** @type {ReturnType<typeof scaleOf>} */ across,
    /** @type {ReturnType<typeof scaleOf>} */ up,
    /** @type {Plot} */ { x, y },
  ) => {
    const axes = makeSvg("g");
    fill(axes, [
      axisBottom(across.scale, BOTTOM, {
        values: across.ticks,
        write: (v) => tickText(x, v),
        grid: true,
        across: TOP,
      }),
      axisLeft(up.scale, LEFT, {
        values: up.ticks,
        write: (v) => tickText(y, v),
        grid: true,
        across: RIGHT,
      }),
    ]);
    const below = { x: RIGHT, y: BOTTOM + 38, "text-anchor": "end" };
    return [
      axes,
      makeSvg("text", below, `${axisLabel(x, across.isLog)} →`),
      makeSvg("text", { x: 0, y: 12 }, `↑ ${axisLabel(y, up.isLog)}`),
    ];
  };

  const show = (/** @type {Plot} */ next) => {
    plot = next;
    const { rows, x, y, others, usual } = next;
    const isApart = (/** @type {Row} */ row) =>
      isOther(row, x.key, usual) || isOther(row, y.key, usual);
    const both = rows.filter(({ cells }) => cells[x.key] && cells[y.key]);
    const plotted = both
      .filter((row) => others || !isApart(row))
      .sort((a, b) => a.cells[x.key].value - b.cells[x.key].value);
    apart = both.length - plotted.length;
    points = [];
    if (!plotted.length) {
      const middle = { x: 210, y: 150, "text-anchor": "middle" };
      plane.replaceChildren(makeSvg("text", middle, "No model shown has both of these numbers."));
      mark();
      return;
    }
    const valuesOf = (/** @type {Column} */ { key }) =>
      plotted.map(({ cells }) => cells[key].value);
    const across = scaleOf(valuesOf(x), [LEFT, RIGHT]);
    const up = scaleOf(valuesOf(y), [BOTTOM, TOP]);
    points = plotted.map((row) => {
      /** @type {[number, number]} */
      const at = [across.scale.at(row.cells[x.key].value), up.scale.at(row.cells[y.key].value)];
      return { row, at, other: isApart(row), link: pointOf(row, at, isApart(row), numbers(row)) };
    });
    points[0].link.setAttribute("tabindex", "0");
    plane.replaceChildren(...drawAxes(across, up, next), ...points.map(({ link }) => link));
    mark();
  };

  // Which model is near, else which is chosen: its name at its point, and its numbers in words.
  const mark = () => {
    plane.querySelector(".name")?.remove();
    const name = near ?? plot?.chosen;
    for (const { link, row } of points) link.classList.toggle("chosen", row.name === name);
    const found = points.find(({ row }) => row.name === name);
    words.textContent = found ? wordsOn(found) : wordsOnAll();
    if (!found) return;
    const { link, row, at } = found;
    const isRight = at[0] > TURN;
    const place = { x: at[0] + (isRight ? -11 : 11), y: at[1] + 5 };
    const anchor = isRight ? "end" : "start";
    plane.append(makeSvg("text", { class: "name", ...place, "text-anchor": anchor }, row.name));
    if (link !== document.activeElement) plane.append(link); // on top; what moves would lose the focus
  };
  const wordsOn = (/** @type {Point} */ { row, other }) => {
    const apartFrom = other ? " Measured in another way than the rest." : "";
    const open = row.link ? ` Click to open it in ${row.opens}.` : "";
    return `${row.name}, ${row.title} on ${row.data}: ${numbers(row)}.${apartFrom}${open}`;
  };
  const wordsOnAll = () => {
    const hollow = points.filter(({ other }) => other).length;
    let rest = "";
    if (hollow)
      rest = ` Hollow: ${hollow} measured in another way; do not rank them against the others.`;
    else if (apart)
      rest = ` ${apart} more were measured in another way: tick “plot ≠” to see them, too.`;
    return `${points.length} models have both numbers.${rest}`;
  };
  const approach = (/** @type {string | null} */ name) => {
    if (name === near) return;
    near = name;
    mark();
  };

  const nameAt = (/** @type {EventTarget | null} */ target) =>
    target instanceof Element
      ? (target.closest("a[data-name]")?.getAttribute("data-name") ?? null)
      : null;
  const step = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const from = points.findIndex(({ row }) => row.name === nameAt(event.target));
    const to = points[from + (by ?? 0)];
    if (from < 0 || !by || !to) return;
    event.preventDefault();
    for (const point of points) point.link.setAttribute("tabindex", point === to ? "0" : "-1");
    to.link.focus();
  };
  plane.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "mouse") approach(nameAt(target));
  });
  plane.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse") approach(null);
  });
  plane.addEventListener("focusin", ({ target }) => approach(nameAt(target)));
  plane.addEventListener("focusout", () => approach(null));
  plane.addEventListener("keydown", step);

  // A finger has no hovering: its first touch tells, the second opens.
  let touched = /** @type {string | null} */ (null);
  plane.addEventListener("pointerup", ({ target, pointerType }) => {
    const name = nameAt(target);
    touched = pointerType === "mouse" || near === name ? null : name;
  });
  plane.addEventListener("click", (event) => {
    const name = nameAt(event.target);
    if (!name || name !== touched) return;
    event.preventDefault();
    approach(name);
  });
  return { show, approach };
};
