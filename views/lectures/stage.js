/** The page under a lecture: it shows a slide's view as a link with the slide's state would. */
import { nextFrame } from "../kit/frames.js";
import { link } from "../kit/link.js";
import { isMounted, remountView } from "../kit/mounting.js";
import { chosenDigit, openView, requestedView } from "../kit/page.js";
import { unpackPixels } from "../kit/packing.js";
import { digitKey } from "../shell/digit_link.js";
import { openPanel } from "../shell/open_panel.js";

/** @typedef {import("./lecture_file.js").State} State */
/** @typedef {import("../kit/page.js").Digit} Digit */

/** Does the link say this of the view already, and nothing else? @param {State} state */
const isSaid = ({ view, settings }) => {
  const said = link.said(view);
  return (
    said.length === settings.length &&
    settings.every(([name, text]) => said.some(([key, value]) => key === name && value === text))
  );
};

/** The digit that a state names; null if the text is none. @param {string} text @param {number[]} shape @returns {Promise<Digit | null>} */
const digitOf = async (text, shape) => {
  const named = digitKey.read(text);
  if (!named) return null;
  const size = shape.reduce((a, b) => a * b);
  const pixels = await unpackPixels(named.packed, size).catch(() => undefined);
  // What a link says about a digit is said of this one.
  return pixels ? { pixels, shape, label: named.label, live: false, opening: true } : null;
};

/**
 * The panel of this view, once it is open and there; null if nobody waits for it any more.
 * @param {string} view
 * @param {() => boolean} isAwaited
 */
const opened = async (view, isAwaited) => {
  while (isAwaited()) {
    const panel = openPanel();
    if (openView.value === view && panel && isMounted(view)) return panel;
    await nextFrame();
  }
  return null;
};

export const createStage = () => {
  /** The visitor's own digit, while a slide shows another. */
  let own = /** @type {Digit | null} */ (null);
  let given = /** @type {Digit | null} */ (null);
  let digitShown = "";
  let turn = 0; // counts the states asked for: one that comes late is not wanted any more

  const showDigit = async (/** @type {string} */ text) => {
    const now = chosenDigit.value;
    if (!now || text === digitShown) return true;
    digitShown = text;
    if (now !== given) own = now; // the visitor has chosen another since
    given = text ? await digitOf(text, now.shape) : null;
    const next = given ?? own;
    if (next && next !== now) chosenDigit.value = next;
    return !text || given !== null;
  };

  /**
   * Show a state.
   * @param {State} state
   * @returns {Promise<{ panel: Element, unread: string[] } | null>} the view's panel, and the names of
   *   what could not be read; null if another state was asked for meanwhile
   */
  const show = async (state) => {
    const mine = ++turn;
    const isAwaited = () => mine === turn;
    const { view, settings, digit } = state;
    const digitIsRead = await showDigit(digit);
    if (!isAwaited()) return null;
    const changes = !isSaid(state);
    if (changes) {
      link.reset(view);
      for (const [name, text] of settings) link.put(name, text);
    }
    if (changes) await remountView(view);
    if (!isAwaited()) return null;
    if (openView.value !== view) requestedView.value = view;
    const panel = await opened(view, isAwaited);
    if (!panel) return null;
    const unread = settings.map(([name]) => name).filter((name) => !link.isRead(name));
    return { panel, unread: digitIsRead ? unread : ["digit", ...unread] };
  };
  /** Nobody waits for a state any more. */
  const end = () => {
    turn++;
  };
  return { show, end };
};
