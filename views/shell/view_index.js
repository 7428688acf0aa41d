/**
 * The index of views: a panel that lies over the page and holds every chapter with its views. It is
 * no dialog: whoever goes on elsewhere closes it.
 */
import { addressWith } from "../kit/link.js";
import { fill, html } from "../kit/markup.js";

/** @typedef {import("../kit/routes.js").Props["shell/header"]} Props */
/** @typedef {Props["home"]} Entry */
/** @typedef {{ title: string, open: () => void }} Sheet what the foot of the index opens */

const entryOf = (/** @type {Entry} */ { view, title, question }) =>
  html`<li><a data-view="${view}">${title}<small>${question}</small></a></li>`;

const chapterOf = (/** @type {Props["chapters"][0]} */ { title, views }, /** @type {number} */ i) =>
  html`<section><h3><span class="number">${i + 1}</span>${title}</h3><ul>${views.map(entryOf)}</ul></section>`;

const footOf = (/** @type {Sheet[]} */ sheets) =>
  html`<p class="foot">${sheets.map(({ title }, i) => html`<button type="button" data-sheet="${i}">${title}</button>`)}</p>`;

/**
 * @param {HTMLElement} panel
 * @param {HTMLElement} button opens and closes it
 * @param {Props["chapters"]} chapters
 * @param {Sheet[]} sheets
 * @returns {{ mark: (view: string) => void, close: () => void }} `mark` says which view is open
 */
export const createIndex = (panel, button, chapters, sheets) => {
  fill(panel, html`${chapters.map(chapterOf)}${footOf(sheets)}`);
  const links = [...panel.querySelectorAll("a")];
  for (const link of links) link.href = addressWith(`view=${link.dataset.view}`);
  const openOne = () => links.find((link) => link.ariaCurrent);

  const show = (/** @type {boolean} */ shown) => {
    panel.hidden = !shown;
    button.setAttribute("aria-expanded", String(shown));
  };
  const close = () => show(false);
  const isShown = () => !panel.hidden;
  const isAround = (/** @type {EventTarget | null} */ target) =>
    target instanceof Node && (panel.contains(target) || button.contains(target));

  // The button that was pressed is gone with the index: whoever closes the sheet is at the index's.
  for (const opener of /** @type {NodeListOf<HTMLElement>} */ (
    panel.querySelectorAll("[data-sheet]")
  ))
    opener.addEventListener("click", () => {
      close();
      button.focus();
      sheets[Number(opener.dataset.sheet)].open();
    });

  button.addEventListener("click", () => {
    show(!isShown());
    if (isShown()) (openOne() ?? links[0]).focus();
  });
  addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !isShown()) return;
    close();
    button.focus();
  });
  // A click elsewhere closes it, and the focus is where the click puts it; if nowhere, at the button.
  addEventListener("click", ({ target }) => {
    if (!isShown() || isAround(target)) return;
    close();
    if (document.activeElement === document.body) button.focus({ preventScroll: true });
  });
  addEventListener("focusin", ({ target }) => {
    if (!isAround(target)) close();
  });

  const mark = (/** @type {string} */ view) => {
    for (const link of links) link.ariaCurrent = link.dataset.view === view ? "page" : null;
  };
  return { mark, close };
};
