/** "About": what this is, its source and documents, the lecture's topics, the papers, how to cite it. */
import { html } from "../kit/markup.js";
import { requestedView } from "../kit/page.js";
import { finder } from "../kit/view.js";
import { createSheet, leadOut } from "./dialog.js";

/** @typedef {import("../kit/routes.js").Files["shell/header/About"]} About */
/** @typedef {{ view: string, title: string }} Entry a view: its folder and its title */

const linkOf = (/** @type {About["documents"][0]} */ { title, address }) =>
  html`<li><a data-address="${address}">${title}</a></li>`;

const paperOf = (/** @type {About["papers"][0]} */ { name, title, address }) =>
  html`<li>${address ? html`<a data-address="${address}">${name}</a>` : name}: ${title}</li>`;

/** @param {Entry[]} views */
const topicOf = (views) => (/** @type {About["topics"][0]} */ topic) =>
  html`<li>${topic.title}: ${topic.views.map((view, i) => [
    i > 0 && ", ",
    html`<button type="button" class="to-view" data-view="${view}">${views.find((each) => each.view === view)?.title}</button>`,
  ])}</li>`;

const contentOf = (/** @type {About} */ about, /** @type {Entry[]} */ views) =>
  html`<div class="heading">
      <h2>About Latent Lab</h2>
      <button type="button" class="action" data-do="close">Close</button>
    </div>
    <div class="sheet" tabindex="0" role="region" aria-label="About Latent Lab">
      <p>
        A page that shows what autoencoders know. Every number and picture on it comes from a trained
        network that ships with it, or from a closed form; nothing is scripted to look right, and
        nothing is fetched from another host.
      </p>
      <section>
        <h3>Source and documents</h3>
        <p>
          <a data-address="${about.source}">The source of this page, as a zip</a>, under the
          <a data-address="${about.licence}">MIT licence</a>.
        </p>
        <ul class="several">
          ${about.documents.map(linkOf)}
        </ul>
      </section>
      <section>
        <h3>The lecture's topics</h3>
        <ol>
          ${about.topics.map(topicOf(views))}
        </ol>
      </section>
      <section>
        <h3>How to cite it</h3>
        <pre class="bibtex" tabindex="0">${about.bibtex}</pre>
      </section>
      <section>
        <h3>Papers</h3>
        <ul>
          ${about.papers.map(paperOf)}
        </ul>
      </section>
    </div>`;

/**
 * @param {About} about
 * @param {Entry[]} views all views
 */
export const createAboutDialog = (about, views) => {
  const dialog = createSheet("About Latent Lab", contentOf(about, views));
  leadOut(dialog);
  const bibtex = finder(dialog)(".bibtex");
  // A click takes all of it, to be copied.
  bibtex.addEventListener("click", () => getSelection()?.selectAllChildren(bibtex));
  dialog.addEventListener("click", ({ target }) => {
    const chosen = target instanceof HTMLElement && target.dataset.view;
    if (!chosen) return;
    dialog.close();
    requestedView.value = chosen;
  });
  return dialog;
};
