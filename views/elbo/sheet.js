/** The sheet of lines: terms to point at, and between two lines a button that names the step. */
import { fill, html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";
import { finder } from "../kit/view.js";
import { isTerm, LINES, ORIGINS, leftOf, TERMS } from "./lines.js";

/** @typedef {import("../kit/posterior_maps.js").Area} Area */
/** @typedef {import("./lines.js").Line} Line */
/** @typedef {import("./lines.js").Name} Name */
/** @typedef {import("./lines.js").Piece} Piece */
/** @typedef {import("./lines.js").Values} Values */

const UNFOLDS = 350; // ms

const termOf = (/** @type {Name} */ name) =>
  html`<button type="button" class="term ${name}" data-term="${name}"><span class="formula">${TERMS[name].symbol}</span><output></output></button>`;

const pieceOf = (/** @type {Piece} */ piece) =>
  isTerm(piece) ? termOf(piece.term) : html`<span class="sign formula">${piece}</span>`;

const lineOf = (/** @type {Line} */ { relation, pieces, why }) =>
  html`<li><output class="sum"></output><span class="relation">${relation}</span><span class="pieces">${pieces.map(pieceOf)}</span>${why && html`<button type="button" class="action why" aria-expanded="false">${why}</button>`}</li>`;

/**
 * @param {HTMLElement} element
 * @param {object} hands
 * @param {(steps: number) => void} hands.unfold called when a visitor wants so many steps unfolded
 * @param {(areas: readonly Area[], sentence: string) => void} hands.light called with what the term
 *   that is pointed at, or has the focus, is about; with nothing where there is none
 */
export const createSheet = (element, { unfold, light }) => {
  const list = finder(element)(".lines");
  fill(list, html`${LINES.map(lineOf)}`);
  const lines = /** @type {HTMLElement[]} */ ([...list.children]);
  const terms = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".term")]);
  const whys = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".why")]);
  const nameOf = (/** @type {HTMLElement} */ term) => /** @type {Name} */ (term.dataset.term);

  // Lighting: what is pointed at comes before what has the focus.
  const point = () => {
    const lit =
      terms.find((term) => term.matches(":hover")) ?? terms.find((t) => t.matches(":focus"));
    for (const term of terms) term.classList.toggle("lit", nameOf(term) === (lit && nameOf(lit)));
    if (lit) light(TERMS[nameOf(lit)].lights, TERMS[nameOf(lit)].says);
    else light([], "");
  };
  for (const term of terms)
    for (const kind of ["pointerenter", "pointerleave", "focus", "blur"])
      term.addEventListener(kind, point);

  // Unfolding: each term comes from where it stood in the line above.
  const slide = (/** @type {HTMLElement} */ line, /** @type {HTMLElement} */ above) => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const term of /** @type {NodeListOf<HTMLElement>} */ (line.querySelectorAll(".term"))) {
      const origin = ORIGINS[nameOf(term)] ?? "";
      const from =
        above.querySelector(`.${nameOf(term)}`) ?? (origin && above.querySelector(`.${origin}`));
      const [to, start] = [term, from || above].map((each) => each.getBoundingClientRect());
      const x = from ? start.left - to.left : 0;
      term.animate(
        [
          { transform: `translate(${x}px, ${start.top - to.top}px)`, opacity: 0.2 },
          { transform: "none", opacity: 1 },
        ],
        { duration: UNFOLDS, easing: "ease-out" },
      );
    }
  };
  const show = (/** @type {number} */ steps, /** @type {boolean} */ moved) => {
    lines.forEach((line, i) => {
      const isNew = line.hidden && i <= steps;
      line.hidden = i > steps;
      if (moved && isNew && i > 0) slide(line, lines[i - 1]);
    });
    whys.forEach((why, i) => why.setAttribute("aria-expanded", String(i < steps)));
  };
  whys.forEach((why, i) =>
    why.addEventListener("click", () => {
      const isFolded = why.getAttribute("aria-expanded") === "false";
      unfold(isFolded ? i + 1 : i);
      if (isFolded) whys[i + 1]?.focus(); // the same key goes on
    }),
  );
  light([], "");

  return {
    /** Show the lines after so many steps. @param {number} steps @param {boolean} moved do the new ones move to their places? */
    unfold: show,
    /** Write the values under the terms. @param {Values} values */
    show: (values) => {
      for (const term of terms) finder(term)("output").textContent = format(values[nameOf(term)]);
      lines.forEach((line, i) => {
        finder(line)(".sum").textContent = format(leftOf(LINES[i], values));
      });
    },
    /** The line that was unfolded last, as it is read aloud. @param {number} steps */
    told: (steps) => {
      const line = lines[steps];
      const said = [...line.querySelectorAll(".term")].map((term) =>
        [...term.children].map(({ textContent }) => textContent).join(" "),
      );
      return `${LINES[steps].relation} ${said.join(", ")}`;
    },
  };
};
