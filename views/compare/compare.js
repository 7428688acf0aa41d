/** Compare: every model's card in one table and one plot, each number with its protocol. */
import { makeElement } from "../kit/elements.js";
import { flag, oneOf, someOf, text } from "../kit/keys.js";
import { link, writeAddress } from "../kit/link.js";
import { fetchJson } from "../kit/request.js";
import { PAGE_KEYS } from "../kit/store.js";
import { finder, mountView } from "../kit/view.js";
import { createPlane } from "./plane.js";
import { createSheet } from "./sheet.js";
import { TEXTS, matches, placeKey, protocolOf, sortRows, usualWay } from "./table.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["compare/compare"]} Props */
/** @typedef {import("./table.js").Table} Table */
/** @typedef {import("./table.js").Row} Row */
/** @typedef {import("./table.js").Column} Column */
/** @typedef {import("./table.js").Place} Place */

const MOST_TEXT = 100; // letters of what is sought
const HINT =
  "Choose a heading to sort, the best first; a number to read how it was measured. –: not measured. ≠: measured in another way than the main models, so it is sorted apart.";

const unique = (/** @type {string[]} */ values) => [...new Set(values)];

/** @param {Table} table */
const keysOf = ({ columns, rows }) => {
  const keys = columns.map(({ key }) => key);
  const names = rows.map(({ name }) => name);
  return {
    sort: oneOf([...keys, "name", ...TEXTS], "log-p"),
    down: flag(true), // the largest first?
    x: oneOf(keys, "parameters"),
    y: oneOf(keys, "log-p"),
    others: flag(), // is what was measured in another way plotted, too?
    families: someOf(unique(rows.map(({ family }) => family)), [], 0), // without any, all are shown
    part: oneOf(["all", ...unique(rows.map(({ part }) => part))]),
    text: text(MOST_TEXT),
    cell: placeKey(names, keys),
  };
};

/** What goes along to another view of the same page: the digit, the light. @param {string} target a link */
const withPageKeys = (target) => {
  const parts = new URLSearchParams(link.text());
  const kept = PAGE_KEYS.filter((key) => key !== "view" && parts.has(key));
  return [target, ...kept.map((key) => `${key}=${parts.get(key)}`)].join("&");
};

/** Follow links within the page, with what goes along. @param {HTMLElement} element */
const followLinks = (element) =>
  element.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target).closest("a[href]");
    if (!target || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    writeAddress();
    location.hash = withPageKeys(String(target.getAttribute("href")).split("#")[1]);
  });

/** The options of the three lists, and a button for each family. */
const layOut = (
  /** @type {ReturnType<typeof finder>} */ find,
  /** @type {Table} */ { columns, rows },
) => {
  const axes = columns.filter(({ key }) => rows.some(({ cells }) => cells[key]));
  for (const axis of ["x", "y"])
    find(`[data-choice=${axis}]`).append(
      ...axes.map(({ key, title }) => makeElement("option", title, { value: key })),
    );
  const parts = unique(rows.map(({ part }) => part)).sort();
  find("[data-choice=part]").append(
    ...["all", ...parts].map((name) => makeElement("option", name, { value: name })),
  );
  find(".families").append(
    ...unique(rows.map(({ family }) => family)).map((family) =>
      makeElement("button", family, {
        type: "button",
        class: "action",
        "data-family": family,
        title: rows.find((row) => row.family === family)?.title ?? "",
      }),
    ),
  );
};

/**
 * @param {import("../kit/view.js").Mounting<Props>} mounting
 * @param {Table} table
 */
const showTable = ({ element, props }, table) => {
  const view = mountView({ element, props }, keysOf(table));
  const { find, state } = view;
  const rows = new Map(table.rows.map((row) => [row.name, row]));
  const columnOf = (/** @type {string} */ key) =>
    table.columns.find((column) => column.key === key) ?? table.columns[0];
  const usual = /** @type {Map<string, import("./table.js").Usual>} */ (new Map());
  layOut(find, table);
  const families = [...find(".families").querySelectorAll("button")];

  const shownRows = () => {
    const visible = table.rows.filter((row) => matches(row, state));
    for (const { key } of table.columns) {
      const chosen = state.cell?.key === key ? rows.get(state.cell.name)?.cells[key] : undefined;
      usual.set(key, usualWay(visible, key, chosen?.way));
    }
    return sortRows(visible, state, usual);
  };
  const protocol = () => {
    if (!state.cell) return HINT;
    const { name, key } = state.cell;
    return protocolOf(name, rows.get(name)?.cells[key], columnOf(key), usual.get(key));
  };
  const refresh = () => {
    const visible = shownRows();
    find(".count").textContent = `${visible.length} of ${rows.size} models`;
    for (const button of families)
      button.setAttribute(
        "aria-pressed",
        String(state.families.includes(String(button.dataset.family))),
      );
    sheet.show(visible, state, usual);
    plane.show({
      rows: visible,
      x: columnOf(state.x),
      y: columnOf(state.y),
      others: state.others,
      usual,
      chosen: state.cell?.name,
    });
    find(".protocol").textContent = protocol();
  };
  const choose = (/** @type {Partial<typeof state>} */ change) => {
    Object.assign(state, change);
    refresh();
  };

  const plane = createPlane(find(".plane"), find(".told"));
  const sheet = createSheet(find(".sheet"), table, {
    sort: (sort) => {
      const better = table.columns.find(({ key }) => key === sort)?.better ?? 0;
      choose({ sort, down: sort === state.sort ? !state.down : better > 0 }); // the best first
    },
    choose: (cell) => choose({ cell }),
    approach: plane.approach,
  });
  for (const name of /** @type {const} */ (["x", "y", "part", "text"])) {
    /** @type {HTMLInputElement} */
    const control = find(`[data-choice=${name}]`);
    control.value = state[name];
    control.addEventListener("input", () => choose({ [name]: control.value }));
  }
  /** @type {HTMLInputElement} */
  const others = find("[data-choice=others]");
  others.checked = state.others;
  others.addEventListener("input", () => choose({ others: others.checked }));
  find(".families").addEventListener("click", ({ target }) => {
    const { family } = /** @type {HTMLElement} */ (target).dataset;
    if (!family) return;
    const rest = state.families.filter((each) => each !== family);
    choose({ families: rest.length < state.families.length ? rest : [...rest, family] });
  });
  view.takeHome(() => homeOf(shownRows(), table.columns));
  followLinks(element);
  refresh();
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  fetchJson(props.table).then(
    (table) => showTable({ element, props }, table),
    (error) => {
      finder(element)(".said").textContent = error.message;
    },
  );
}
