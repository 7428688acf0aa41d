/** The table of all models as elements: rows are made once, and then only moved and marked. */
import { makeElement } from "../kit/elements.js";
import { addressWith } from "../kit/link.js";
import { NOT_MEASURED, TEXTS, betterOf, exactOf, isOther, writeNumber } from "./table.js";

/** @typedef {import("./table.js").Table} Table */
/** @typedef {import("./table.js").Row} Row */
/** @typedef {import("./table.js").Column} Column */
/** @typedef {import("./table.js").Place} Place */

const isText = (/** @type {string} */ key) => key === "name" || TEXTS.some((text) => text === key);

/** The row's name: a link to where it is at work, if there is such a place. @param {Row} row */
const nameCell = ({ name, title, link, opens }) => {
  const who = link
    ? makeElement("a", name, {
        href: addressWith(link),
        tabindex: -1,
        title: `${title}: open it in ${opens}`,
      })
    : makeElement("span", name, { title });
  who.className = "who";
  const cell = makeElement("th", "", { scope: "row" });
  cell.append(who);
  return cell;
};

const numberCell = (/** @type {Row} */ { cells }, /** @type {Column} */ column) => {
  const cell = cells[column.key];
  const text = cell ? writeNumber(column, cell.value) : "–";
  const made = makeElement("td", text, { "data-key": column.key, tabindex: -1 });
  if (cell) made.title = `${exactOf(cell)}: ${cell.protocol}`;
  else {
    made.title = NOT_MEASURED;
    made.className = "none";
    made.setAttribute("aria-label", NOT_MEASURED);
  }
  return made;
};

const lineOf = (/** @type {Row} */ row, /** @type {Column[]} */ columns) => {
  const line = makeElement("tr", "", { "data-name": row.name, "data-family": row.family });
  const numbers = columns.map((column) => numberCell(row, column));
  const texts = TEXTS.map((key) => makeElement("td", row[key], { class: "text" }));
  line.append(nameCell(row), ...numbers, ...texts);
  return line;
};

const headingOf = (/** @type {string} */ key, /** @type {Column | undefined} */ column) => {
  const title = key === "name" ? "model" : (column?.title ?? key);
  const heading = makeElement("th", "", { scope: "col" });
  heading.classList.toggle("text", isText(key));
  const button = makeElement("button", title, {
    type: "button",
    "data-sort": key,
    title: ["sort", betterOf(column)].filter(Boolean).join(": "),
  });
  heading.append(button);
  return { heading, button, title };
};

/**
 * @param {HTMLElement} sheet around a table with an empty row in its head
 * @param {Table} table
 * @param {object} hands
 * @param {(key: string) => void} hands.sort a heading is chosen
 * @param {(place: Place) => void} hands.choose a number is chosen
 * @param {(name: string | null) => void} hands.approach the pointer is over a row
 */
export const createSheet = (sheet, { columns, rows }, { sort, choose, approach }) => {
  const head = /** @type {HTMLElement} */ (sheet.querySelector("thead tr"));
  const body = /** @type {HTMLElement} */ (sheet.querySelector("tbody"));
  const keys = ["name", ...columns.map(({ key }) => key), ...TEXTS];
  const headings = new Map(
    keys.map((key) => [
      key,
      headingOf(
        key,
        columns.find((column) => column.key === key),
      ),
    ]),
  );
  const lines = new Map(rows.map((row) => [row.name, lineOf(row, columns)]));
  head.append(...[...headings.values()].map(({ heading }) => heading));

  const showHeadings = (/** @type {string} */ sorted, /** @type {boolean} */ down) => {
    for (const [key, { heading, button, title }] of headings) {
      const isSorted = key === sorted;
      if (isSorted) heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
      button.textContent = title + (isSorted ? (down ? " ▾" : " ▴") : "");
    }
  };
  const cellsOf = (/** @type {Element} */ root) =>
    /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-key]")]);
  /**
   * Show these rows, in this order.
   * @param {Row[]} visible
   * @param {{ sort: string, down: boolean, cell: Place | null }} shown
   * @param {Map<string, import("./table.js").Usual>} usual
   */
  const show = (visible, shown, usual) => {
    const { cell } = shown;
    showHeadings(shown.sort, shown.down);
    body.replaceChildren(...visible.flatMap(({ name }) => lines.get(name) ?? []));
    for (const row of visible) {
      const line = lines.get(row.name);
      if (!line) continue;
      line.classList.toggle("chosen", cell?.name === row.name);
      for (const each of cellsOf(line)) {
        const key = String(each.dataset.key);
        const isChosen = cell?.name === row.name && cell.key === key;
        each.classList.toggle("other", isOther(row, key, usual));
        each.setAttribute("aria-selected", String(isChosen));
        each.tabIndex = -1;
      }
    }
    const all = cellsOf(body);
    const stop = all.find((each) => each.getAttribute("aria-selected") === "true") ?? all[0];
    if (stop) stop.tabIndex = 0;
  };

  const placeOf = (/** @type {HTMLElement} */ cell) => ({
    name: String(cell.closest("tr")?.dataset.name),
    key: String(cell.dataset.key),
  });
  head.addEventListener("click", ({ target }) => {
    const key = /** @type {HTMLElement} */ (target).dataset.sort;
    if (!key) return;
    sort(key);
    sheet.scrollTop = 0;
  });
  body.addEventListener("click", ({ target }) => {
    const cell = /** @type {HTMLElement} */ (target);
    if (!cell.dataset.key) return;
    choose(placeOf(cell));
    cell.focus();
  });
  // The table is one stop for the Tab key, arrows move in it; left of the numbers is the model's link.
  const neighbour = (/** @type {HTMLTableCellElement} */ cell, /** @type {string} */ arrow) => {
    const line = /** @type {HTMLTableRowElement} */ (cell.parentElement);
    const inLine = (/** @type {Element | null} */ other) =>
      /** @type {HTMLTableRowElement | null} */ (other)?.cells[cell.cellIndex];
    if (arrow === "ArrowLeft") return cell.previousElementSibling;
    if (arrow === "ArrowRight") return cell.nextElementSibling;
    if (arrow === "ArrowUp") return inLine(line.previousElementSibling);
    return arrow === "ArrowDown" ? inLine(line.nextElementSibling) : null;
  };
  body.addEventListener("keydown", (event) => {
    const at = /** @type {HTMLElement} */ (event.target).closest("td, th");
    const next = /** @type {HTMLElement | null | undefined} */ (
      at && neighbour(/** @type {HTMLTableCellElement} */ (at), event.key)
    );
    const link = next?.querySelector("a");
    if (!next || (!link && !next.dataset.key)) return;
    event.preventDefault();
    if (!link) choose(placeOf(next));
    (link ?? next).focus();
  });
  body.addEventListener("pointerover", ({ target }) =>
    approach(/** @type {HTMLElement} */ (target).closest("tr")?.dataset.name ?? null),
  );
  body.addEventListener("pointerleave", () => approach(null));

  // Where the table goes on, its frame says so.
  const frame = /** @type {HTMLElement} */ (sheet.parentElement);
  const showEdges = () => {
    const { scrollLeft, scrollTop, clientWidth, clientHeight, scrollWidth, scrollHeight } = sheet;
    frame.classList.toggle("right", scrollLeft + clientWidth < scrollWidth - 1);
    frame.classList.toggle("below", scrollTop + clientHeight < scrollHeight - 1);
  };
  sheet.addEventListener("scroll", showEdges, { passive: true });
  const resized = new ResizeObserver(showEdges);
  for (const each of [sheet, body]) resized.observe(each);
  return { show };
};
