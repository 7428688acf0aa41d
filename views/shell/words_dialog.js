/** "Words and symbols": the whole glossary, first what stands in the open view. */
import { fill, html } from "../kit/markup.js";
import { finder } from "../kit/view.js";
import { createSheet, leadOut } from "./dialog.js";
import { openPanel } from "./open_panel.js";

/** @typedef {import("./glossary.js").Word} Word */

const TITLE = "Words and symbols";

const CONTENT = html`<div class="heading">
    <h2>${TITLE}</h2>
    <button type="button" class="action" data-do="close">Close</button>
  </div>
  <div class="sheet" tabindex="0" role="region" aria-label="${TITLE}"></div>`;

const paperOf = (/** @type {Word["paper"]} */ paper) =>
  paper &&
  html` <span class="paper">${
    paper.address ? html`<a data-address="${paper.address}">${paper.name}</a>` : paper.name
  }</span>`;

const entryOf = (/** @type {Word} */ { word, others, sentence, paper }) =>
  html`<div><dt>${word}${others.length > 0 && html`<small>${others.join(", ")}</small>`}</dt><dd>${sentence}${paperOf(paper)}</dd></div>`;

const listOf = (/** @type {string} */ title, /** @type {Word[]} */ words) =>
  words.length > 0 && html`<section><h3>${title}</h3><dl>${words.map(entryOf)}</dl></section>`;

/** The texts that are to be seen in an element. @param {Element} root */
function* textsIn(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (node.data.trim() && node.parentElement?.checkVisibility()) yield node.data;
  }
}

/**
 * @param {import("./glossary.js").Glossary} glossary
 * @returns {{ open: () => void }}
 */
export const createWordsDialog = (glossary) => {
  const dialog = createSheet(TITLE, CONTENT);
  const sheet = finder(dialog)(".sheet");
  return {
    open: () => {
      const panel = openPanel();
      const { here, elsewhere } = glossary.split(panel ? textsIn(panel) : []);
      fill(sheet, [listOf("In this view", here), listOf("Elsewhere", elsewhere)]);
      leadOut(sheet);
      if (!dialog.open) dialog.showModal();
      sheet.scrollTop = 0;
    },
  };
};
