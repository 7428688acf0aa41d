/**
 * Every word of the glossary explains itself where it stands. Those that the server has marked
 * (terms.py) can have the focus; all others are found under the pointer, whoever wrote them. The key
 * "?" lists them all.
 */
import { takesKeys } from "../kit/keyboard.js";
import { notice, openView } from "../kit/page.js";
import { fetchJson } from "../kit/request.js";
import { createGlossary } from "./glossary.js";
import { createNote } from "./word_note.js";

const REST = 400; // ms that the pointer rests on a word
const KEY = "?";
const TERM = "dfn.explained";
/** Whoever points here wants to act, is told something already, or reads code. */
const SILENT = "button, input, select, textarea, code, pre, [title], [title] *";
/** A tap here does something else. */
const ACTS = `${SILENT}, a, label, summary, [role="slider"], [role="application"], [role="option"]`;
const NOT_LOADED = "The words did not load; check that the server is still running.";

/** The text under a place on the screen, and the letter. @param {number} x @param {number} y @returns {[Node | null, number]} */
const caretAt = (x, y) => {
  if ("caretPositionFromPoint" in document) {
    const caret = document.caretPositionFromPoint(x, y);
    return [caret?.offsetNode ?? null, caret?.offset ?? 0];
  }
  const range = /** @type {Document} */ (document).caretRangeFromPoint(x, y); // Safari
  return [range?.startContainer ?? null, range?.startOffset ?? 0];
};

const holds = (/** @type {DOMRect} */ box, /** @type {number} */ x, /** @type {number} */ y) =>
  x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

/**
 * The word under a place on the screen, and where it stands.
 * @param {import("./glossary.js").Glossary} glossary
 * @param {number} x
 * @param {number} y
 * @param {string} closed where none is looked for
 */
const wordAt = (glossary, x, y, closed) => {
  const element = document.elementFromPoint(x, y);
  if (!element || element.closest(closed)) return null;
  // The room that a short mark has for a finger may lie over its neighbour: the letter comes first.
  const term = element.closest(TERM);
  return (
    letterAt(glossary, x, y, term?.parentElement ?? element) ?? (term && wordOf(glossary, term))
  );
};

/**
 * The same, if the place is on one of the word's letters.
 * @param {import("./glossary.js").Glossary} glossary
 * @param {number} x
 * @param {number} y
 * @param {Element} within
 */
const letterAt = (glossary, x, y, within) => {
  const [node, offset] = caretAt(x, y);
  if (!(node instanceof Text) || !within.contains(node)) return null;
  for (const { word, start, end } of glossary.find(node.data)) {
    if (offset < start || offset > end) continue;
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    const box = [...range.getClientRects()].find((each) => holds(each, x, y));
    if (box) return { word, box, term: null };
  }
  return null;
};

/** What a marked word is. @param {import("./glossary.js").Glossary} glossary @param {Element} term */
const wordOf = (glossary, term) => {
  const [found] = glossary.find(term.textContent);
  return found && { word: found.word, box: term.getClientRects()[0], term };
};

/**
 * @param {string} address of the glossary
 * @returns {{ open: () => void }} `open` shows the list
 */
export const mountWords = (address) => {
  const note = createNote(document.body);
  const read = () => fetchJson(address).then(createGlossary);
  /** @type {import("./glossary.js").Glossary | null} */
  let glossary = null;
  const fetchWords = async () => (glossary ??= await read());
  // At once, so that it is there when the server is gone; who wants it then asks again.
  fetchWords().catch(() => {});

  const explain = async (
    /** @type {(read: import("./glossary.js").Glossary) => ReturnType<typeof wordAt>} */ look,
  ) => {
    const found = look(glossary ?? (await fetchWords()));
    if (found) note.show(found.word, found.box, found.term);
  };
  const ignore = () => {}; // without the glossary words stay what they are

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  addEventListener("pointermove", ({ pointerType, buttons, clientX, clientY }) => {
    clearTimeout(resting);
    if (pointerType === "touch" || buttons) return;
    const isMarked = document.activeElement?.matches(TERM);
    if (note.isShown() && !isMarked && !note.isAt(clientX, clientY)) note.hide();
    resting = setTimeout(() => {
      if (!note.isAt(clientX, clientY))
        explain((words) => wordAt(words, clientX, clientY, SILENT)).catch(ignore);
    }, REST);
  });
  const end = () => {
    clearTimeout(resting);
    if (note.isShown()) note.hide();
  };
  for (const event of ["pointerdown", "resize", "blur"]) addEventListener(event, end);
  addEventListener("scroll", end, { capture: true, passive: true });
  openView.subscribe(end);

  addEventListener("click", ({ clientX, clientY, detail }) => {
    if (detail > 0) explain((words) => wordAt(words, clientX, clientY, ACTS)).catch(ignore);
  });
  addEventListener("focusin", ({ target }) => {
    if (target instanceof Element && target.matches(TERM))
      explain((words) => wordOf(words, target)).catch(ignore);
  });
  addEventListener("focusout", end);
  // First: what else Escape ends goes on.
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !note.isShown()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      end();
    },
    { capture: true },
  );

  /** @type {{ open: () => void } | null} */
  let list = null;
  const open = async () => {
    end();
    try {
      const [{ createWordsDialog }, words] = await Promise.all([
        import("./words_dialog.js"),
        fetchWords(),
      ]);
      list ??= createWordsDialog(words);
      list.open();
    } catch {
      notice.value = NOT_LOADED;
    }
  };
  addEventListener("keydown", (event) => {
    if (event.key === KEY && !event.defaultPrevented && !event.repeat && !takesKeys(event)) open();
  });
  return { open };
};
