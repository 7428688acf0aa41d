/** "Take it home": the open view as a link, a picture, numbers, Python, a page on paper, and a frame. */
import { csvFile } from "../kit/csv.js";
import { html } from "../kit/markup.js";
import { openView } from "../kit/page.js";
import { qrCode } from "../kit/qr.js";
import { saveFile } from "../kit/request.js";
import { pngOf, svgText } from "../kit/snapshot.js";
import { homeOf } from "../kit/take_home.js";
import { finder } from "../kit/view.js";
import { copyText, currentLink } from "./copying.js";
import { createSheet } from "./dialog.js";
import { paperOf, viewTitle, withoutDigit } from "./paper.js";
import { printPage } from "./printing.js";

const SCALE = 2; // pixels of a PNG for one of the page: sharp on paper

/** @typedef {{ text: string, code: import("../kit/markup.js").Markup | null, said: string }} LinkShown */

/** The link that is offered with its code, and what is to be said of it. @param {string} link @returns {LinkShown} */
const linkShown = (link) => {
  const whole = qrCode(link, "QR code of the link");
  if (whole) return { text: link, code: whole, said: "" };
  const short = withoutDigit(link);
  const code = qrCode(short, "QR code of the link without the drawing");
  const said = code
    ? "With the drawing in it the link is too long for a code that a camera reads: the code leads to the view without the drawing."
    : "This link is too long for a code that a camera reads; copy it instead.";
  return { text: link, code, said };
};

/** What a page of somebody else's is given to show this one in. @param {string} link @param {string} title */
const frameText = (link, title) =>
  // eslint-disable-next-line no-restricted-syntax -- it is shown as text, and leads to this page
  `${html`<iframe src="${link}" title="${title}" width="100%" height="800" loading="lazy" style="border: 0"></iframe>`}`;

/** @param {string} title @param {LinkShown} shown @param {import("../kit/take_home.js").Home | null} home @param {string} python */
const content = (title, { text, code, said }, home, python) => html`
  <div class="heading">
    <h2>Take home: ${title}</h2>
    <button type="button" class="action" data-do="close">Close</button>
  </div>
  <div class="sheet">
  <p class="told" role="status"></p>
  <div class="offers">
    <section class="link">
      <h3>Link</h3>
      <p><input class="address" readonly aria-label="Link to what is shown" value="${text}" />
        <button type="button" class="action" data-do="copy-link">Copy link</button></p>
      ${code && html`<div class="code">${code}</div>`}
      ${said && html`<p>${said}</p>`}
    </section>
    <section>
      <h3>Picture and paper</h3>
      <p>What is seen, with title, link and how its numbers came about.</p>
      <p><button type="button" class="action" data-do="png">Save PNG</button>
        <button type="button" class="action" data-do="svg">Save SVG</button>
        <button type="button" class="action" data-do="print">Print one page</button></p>
      <h3>Numbers</h3>
      ${
        home
          ? html`<p>${home.rows.length} rows of ${home.columns.length} columns. ${home.protocol}</p>
              <p><button type="button" class="action" data-do="csv">Save CSV</button></p>`
          : html`<p>This view has no numbers yet; close this, let it draw a digit, and come back.</p>`
      }
      <h3>In your own page</h3>
      <p><input class="frame" readonly aria-label="HTML that shows this view in a page" value="${frameText(text, `Latent Lab: ${title}`)}" />
        <button type="button" class="action" data-do="copy-frame">Copy HTML</button></p>
      <p>It shows in pages of this host, in files on your own machine and in Hugging Face Spaces;
        other sites must be named with --framed-by when the server starts.</p>
    </section>
    ${
      home &&
      html`<section class="python">
        <h3>Python</h3>
        <p>Run it in the project's folder: it prints the same numbers.
          <button type="button" class="action" data-do="copy-python">Copy Python</button>
          <button type="button" class="action" data-do="py">Save .py</button></p>
        <pre tabindex="0" aria-label="Python">${python}</pre>
      </section>`
    }
  </div></div>`;

/** @param {Blob} blob @param {string} name */
const save = (blob, name) => {
  const uri = URL.createObjectURL(blob);
  saveFile({ name, uri });
  setTimeout(() => URL.revokeObjectURL(uri), 1000);
};

/** @param {string} text @param {string} type @param {string} name */
const saveText = (text, type, name) =>
  save(new Blob([text], { type: `${type};charset=utf-8` }), name);

/** Show the sheet, for the state of the open view as it is. */
export const openSheet = async () => {
  const [title, link, view] = [viewTitle(), currentLink(), openView.value];
  const home = homeOf(view);
  const python = home ? `${(await home.python()).join("\n")}\n` : "";
  const name = `latent-lab-${view.replaceAll("_", "-")}`;
  if (document.querySelector("dialog.take-home")) return; // a second press was as fast as the script
  const dialog = createSheet(`Take home: ${title}`, content(title, linkShown(link), home, python));
  dialog.classList.add("take-home");
  const told = finder(dialog)(".told");
  const tell = (/** @type {string} */ text) => {
    told.textContent = text;
  };
  const copy = async (/** @type {string} */ text, /** @type {string} */ what) => {
    const done = await copyText(dialog, text);
    tell(done ? `${what} copied.` : "Your browser keeps pages from copying; select it by hand.");
  };

  /** @type {Record<string, () => void | Promise<void>>} */
  const actions = {
    "copy-link": () => copy(link, "The link is"),
    "copy-frame": () => copy(frameText(link, `Latent Lab: ${title}`), "The HTML is"),
    "copy-python": () => copy(python, "The Python is"),
    svg: () => saveText(svgText(paperOf()), "image/svg+xml", `${name}.svg`),
    png: () =>
      pngOf(paperOf(), SCALE).then(
        (blob) => save(blob, `${name}.png`),
        () => tell("Your browser cannot draw this picture; save the SVG instead."),
      ),
    csv: () => {
      if (!home) return;
      const remarks = [`Latent Lab: ${title}`, home.protocol, link];
      saveText(csvFile(remarks, home), "text/csv", `${name}.csv`);
    },
    py: () => saveText(python, "text/x-python", `${name}.py`),
    print: () => {
      dialog.close();
      printPage();
    },
  };
  dialog.addEventListener("click", (event) => {
    const action = actions[/** @type {HTMLElement} */ (event.target).dataset.do ?? ""];
    tell("");
    action?.();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the page has keys of its own
  dialog.showModal();
};
