/** The one note that explains a word: it lies above everything, never beyond the screen's edge. */
import { makeElement } from "../kit/elements.js";
import { fill, html } from "../kit/markup.js";

const GAP = 6; // px from the word
const EDGE = 8; // px from the screen's edge
const ID = "word-note";

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */

/** @param {Box} box @param {number} x @param {number} y */
const isIn = ({ left, top, right, bottom }, x, y) =>
  x >= left - GAP && x <= right + GAP && y >= top - GAP && y <= bottom + GAP;

/**
 * Where a note stands: under its word, or above it where there is no room.
 * @param {Box} word
 * @param {{ width: number, height: number }} note
 * @param {{ width: number, height: number }} screen
 */
export const placeNote = (word, note, screen) => {
  const below = word.bottom + GAP;
  const above = word.top - GAP - note.height;
  const fits = below + note.height <= screen.height - EDGE || above < EDGE;
  return {
    left: Math.max(EDGE, Math.min(word.left, screen.width - EDGE - note.width)),
    top: Math.max(EDGE, fits ? Math.min(below, screen.height - EDGE - note.height) : above),
  };
};

/** @param {HTMLElement} root that the note becomes a child of */
export const createNote = (root) => {
  const note = makeElement("div", "", { id: ID, class: ID, popover: "manual", role: "tooltip" });
  root.append(note);
  /** @type {Box | null} */
  let at = null;
  /** @type {Element | null} */
  let described = null;

  const hide = () => {
    described?.removeAttribute("aria-describedby");
    described = at = null;
    note.hidePopover();
  };
  return {
    isShown: () => at !== null,
    /** Is a place on the word that is explained, or on the note, or between them? @param {number} x @param {number} y */
    isAt: (x, y) => at !== null && (isIn(at, x, y) || isIn(note.getBoundingClientRect(), x, y)),
    hide,
    /**
     * @param {import("./glossary.js").Word} word
     * @param {Box} box where it stands
     * @param {Element | null} element that the note describes, if it is an element of its own
     */
    show: ({ word, sentence }, box, element) => {
      if (at) hide();
      fill(note, html`<b>${word}</b> ${sentence}`);
      note.showPopover();
      const { left, top } = placeNote(box, note.getBoundingClientRect(), {
        width: document.documentElement.getBoundingClientRect().width, // less the scrollbar's room
        height: innerHeight,
      });
      Object.assign(note.style, { left: `${left}px`, top: `${top}px` });
      element?.setAttribute("aria-describedby", ID);
      [at, described] = [box, element];
    },
  };
};
