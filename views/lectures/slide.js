/** What a slide says, and what it asks. */
import { fill, html } from "../kit/markup.js";
import { leadOut } from "../shell/dialog.js";

/** @typedef {import("./lecture_file.js").Slide} Slide */
/** @typedef {import("./lecture_file.js").Token} Token */
/** @typedef {import("../kit/markup.js").Markup} Markup */

/** @type {Record<string, (token: any) => Markup>} */
const INLINE = {
  strong: ({ tokens }) => html`<strong>${tokens.map(inline)}</strong>`,
  em: ({ tokens }) => html`<em>${tokens.map(inline)}</em>`,
  codespan: ({ text }) => html`<code>${text}</code>`,
  br: () => html`<br />`,
  link: ({ href, tokens }) => html`<a data-address="${href}">${tokens.map(inline)}</a>`,
};

/** @param {any} token @returns {Markup} */
const inline = (token) =>
  INLINE[token.type]?.(token) ??
  (token.tokens ? html`${token.tokens.map(inline)}` : html`${token.text}`);

/** @param {any} block @param {boolean} [isFirst] of the slide */
const blockOf = (block, isFirst = false) => {
  if (block.type !== "table")
    return html`<p class="${isFirst ? "sentence" : ""}">${block.tokens.map(inline)}</p>`;
  const row = (/** @type {any[]} */ cells) =>
    cells.map(({ tokens }, /** @type {number} */ j) =>
      j ? html`<td>${tokens.map(inline)}</td>` : html`<th scope="row">${tokens.map(inline)}</th>`,
    );
  const heads = block.header.map(
    (/** @type {any} */ { tokens }) => html`<th scope="col">${tokens.map(inline)}</th>`,
  );
  return html`<table>
    <thead><tr>${heads}</tr></thead>
    <tbody>${block.rows.map((/** @type {any[]} */ cells) => html`<tr>${row(cells)}</tr>`)}</tbody>
  </table>`;
};

/** @param {NonNullable<Slide["question"]>} question */
const questionOf = ({ answers, why }) => html`<ol class="answers">
    ${answers.map(({ tokens }) => html`<li><button type="button">${tokens.map(inline)}</button></li>`)}
  </ol>
  <div class="why" hidden>${why.map((block) => blockOf(block))}</div>`;

/**
 * Show a slide.
 * @param {HTMLElement} root
 * @param {Slide} slide
 * @param {string} folder the address of the folder that its picture lies in
 * @param {() => void} onAnswer called when the answer of its question is shown
 * @returns {{ reveal: () => boolean }} `reveal` shows the right answer; false if there is none to be
 *   shown any more
 */
export const showSlide = (root, slide, folder, onAnswer) => {
  const { blocks, picture, question } = slide;
  const drawn =
    picture && html`<img data-address="${folder + picture.file}" alt="${picture.words}" />`;
  root.classList.toggle(
    "wide",
    blocks.some(({ type }) => type === "table"),
  );
  fill(
    root,
    html`${blocks.map((block, i) => blockOf(block, i === 0))}${drawn}${question && questionOf(question)}`,
  );
  // Addresses are no text that could be escaped: lecture_file.js and `folder` vouch for them.
  leadOut(root);
  for (const image of root.querySelectorAll("img")) image.src = String(image.dataset.address);
  const buttons = [...root.querySelectorAll("button")];
  const why = /** @type {HTMLElement | null} */ (root.querySelector(".why"));
  let revealed = !question;

  const reveal = (/** @type {HTMLElement} */ chosen = root) => {
    if (revealed) return false;
    revealed = true;
    question?.answers.forEach(({ right }, i) => {
      const button = buttons[i];
      button.classList.add(right ? "right" : "wrong");
      button.classList.toggle("chosen", button === chosen);
      button.setAttribute("aria-disabled", "true");
      if (right) button.append(" ✓");
      else if (button === chosen) button.append(" ✗");
    });
    if (why) why.hidden = false;
    onAnswer();
    return true;
  };
  for (const button of buttons) button.addEventListener("click", () => reveal(button));
  return { reveal: () => reveal() };
};
