/**
 * What the digit has on a phone, where it is a strip at the top of the page: a button for a pad as
 * large as the screen, and one that unfolds the samples. On wider screens nobody sees either.
 */
import { makeElement } from "../kit/elements.js";
import { finder } from "../kit/view.js";
import { createPadDialog } from "./pad_dialog.js";

const NARROW = matchMedia("(max-width: 700px)"); // as in the style sheets

const button = (/** @type {string} */ text, /** @type {() => void} */ act) => {
  const made = makeElement("button", text, { type: "button", class: "on-strip" });
  made.addEventListener("click", act);
  return made;
};

/** @param {HTMLElement} element the digit input @param {number[]} shape [C, H, W] of a digit */
export const mountStrip = (element, shape) => {
  const find = finder(element);
  const dialog = createPadDialog(element, shape);
  const unfold = (/** @type {boolean} */ unfolded) => {
    element.classList.toggle("unfolded", unfolded);
    samples.setAttribute("aria-expanded", String(unfolded));
  };
  const fold = () => unfold(false);
  const draw = () => {
    fold();
    dialog.open();
  };
  const samples = button("Samples", () => unfold(samples.ariaExpanded !== "true"));
  fold();
  find(".tools").prepend(button("Draw", draw));
  find(".tools").append(samples);
  // The digit is too small to be drawn on: it opens the large pad.
  find(".pad").addEventListener("click", () => {
    if (NARROW.matches) draw();
  });
  const back = () => {
    fold();
    samples.focus({ preventScroll: true });
  };
  // Who has chosen wants to see what the view makes of it; who goes on elsewhere, too.
  find(".samples").addEventListener("click", () => {
    if (samples.ariaExpanded === "true") back();
  });
  addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Node && !element.contains(target)) fold();
  });
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && samples.ariaExpanded === "true") back();
  });
};
