/** What every view does: it opens and closes, follows the digit, says a sentence, and is in the link. */
import { link } from "./link.js";
import { endOf } from "./mounting.js";
import { chosenDigit, handedOver, hasInk, onServer, openView } from "./page.js";
import { createState, linkedKey } from "./store.js";
import { offerHome } from "./take_home.js";

/** @typedef {import("./page.js").Digit} Digit */

/**
 * What Gradio gives to a component's script.
 * @template Props
 * @typedef {object} Mounting
 * @property {HTMLElement} element
 * @property {Props & { view: string }} props the view's folder, and what the component's Python
 *   class says
 */

/**
 * One element of a template; a template without it is a fault of ours.
 * @param {ParentNode} root
 */
export const finder =
  (root) =>
  /**
   * @template {Element} [T=HTMLElement]
   * @param {string} selector
   * @returns {T}
   */
  (selector) => {
    const found = root.querySelector(selector);
    if (!found) throw new Error(`The template has no ${selector}.`);
    return /** @type {T} */ (/** @type {unknown} */ (found));
  };

/**
 * The view that an element belongs to, with the values of its keys.
 *
 * Late answers are dropped by latestOnly, and what must not be drawn twice in a frame by oncePerFrame.
 * @template {Parameters<typeof createState>[2]} Keys
 * @param {Mounting<{}>} mounting
 * @param {Keys} keys what a link restores: see keys.js; every control has one
 */
export const mountView = ({ element, props }, keys) => {
  const find = finder(element);
  const ended = endOf(element);
  const state = createState(link, props.view, keys, ended);
  const isOpen = () => !ended.aborted && openView.value === props.view;

  /** A sentence to the visitor, under the controls. @param {string} sentence @param {boolean} [wrong] is it about a fault? */
  const say = (sentence, wrong = false) => {
    const said = find(".said");
    said.textContent = sentence;
    said.classList.toggle("wrong", wrong);
  };

  // Also while the view is closed, and before any act of onDigit: the link must not say of one digit
  // what was set for another.
  const dropOfDigit = (/** @type {Digit | null} */ digit) => {
    if (!digit || digit.opening) return;
    for (const [name, declared] of Object.entries(keys)) {
      const key = typeof declared === "function" ? declared(state) : declared;
      if (key.ofDigit) Object.assign(state, { [name]: key.initial });
    }
  };
  chosenDigit.subscribe(dropOfDigit, ended);
  dropOfDigit(chosenDigit.value);

  /** Call it now if the view is open, and each time that it opens. @param {() => void} act */
  const onOpen = (act) => {
    openView.subscribe(() => {
      if (isOpen()) act();
    }, ended);
    if (isOpen()) act();
  };

  /** Call it each time that another view opens, and when this one is mounted anew. @param {() => void} act */
  const onClose = (act) => {
    ended.addEventListener("abort", act);
    openView.subscribe(() => {
      if (!isOpen()) act();
    }, ended);
  };

  // While a digit that the view follows is missing, nothing is said of it: what stands in elements of
  // class "of-digit" is hidden (kit.css), with a sentence in its place once a pad was cleared.
  /** @type {Set<import("./signal.js").Signal<Digit | null>>} */
  const followed = new Set();
  const showWaiting = () => {
    const digits = [...followed].map(({ value }) => value);
    if (digits.every(hasInk)) delete element.dataset.waits;
    else element.dataset.waits = digits.includes(null) ? "first" : "ink";
  };
  const followInk = (/** @type {import("./signal.js").Signal<Digit | null>} */ chosen) => {
    followed.add(chosen);
    chosen.subscribe(showWaiting, ended);
    showWaiting();
  };

  /**
   * Call it with the digit when there is another one, or when the view opens and it has changed. An
   * empty pad is no digit: see `onNoDigit`.
   * @param {(digit: Digit) => void} act
   * @param {import("./signal.js").Signal<Digit | null>} [chosen] the chosen digit, or the second one
   */
  const onDigit = (act, chosen = chosenDigit) => {
    /** @type {Digit | null} */
    let last = null;
    const follow = () => {
      const digit = chosen.value;
      if (!isOpen() || digit === null || digit === last) return;
      last = digit;
      if (hasInk(digit)) act(digit);
      else say("");
    };
    followInk(chosen);
    chosen.subscribe(follow, ended);
    onOpen(follow);
  };

  /**
   * The same, but of a digit that is being drawn only when the stroke has ended: for what the server
   * answers, which would else be asked all the while.
   * @param {(digit: Digit) => void} act
   * @param {import("./signal.js").Signal<Digit | null>} [chosen]
   */
  const onFinishedDigit = (act, chosen) =>
    onDigit((digit) => {
      if (!digit.live) act(digit);
    }, chosen);

  /** Call it when the pad was cleared: at once, or when the view opens. @param {() => void} act */
  const onNoDigit = (act) => {
    const follow = () => {
      const digit = chosenDigit.value;
      if (isOpen() && digit !== null && !hasInk(digit)) act();
    };
    chosenDigit.subscribe(follow, ended);
    onOpen(follow);
  };

  /** Call it when decoding has moved into the page or to the server: at once, or when the view opens. @param {() => void} act */
  const onDecoding = (act) => {
    let last = onServer.value;
    const follow = () => {
      if (!isOpen() || onServer.value === last) return;
      last = onServer.value;
      act();
    };
    onServer.subscribe(follow, ended);
    openView.subscribe(follow, ended);
  };

  /**
   * Call it with what another view hands to this one, now or later; it is taken once.
   * @param {(values: Record<string, any>) => void} act
   */
  const onHandedOver = (act) => {
    const take = () => {
      const given = handedOver.value;
      if (given?.view !== props.view) return;
      handedOver.value = null;
      act(given.values);
    };
    handedOver.subscribe(take, ended);
    take();
  };

  /** Say what of the view can be taken home: see take_home.js. @param {import("./take_home.js").Give} give */
  const takeHome = (give) => offerHome(props.view, give, ended);

  const complain = (/** @type {string} */ sentence) => say(sentence, true);
  return {
    find,
    state,
    ended,
    isOpen,
    onOpen,
    onClose,
    onDigit,
    onFinishedDigit,
    onNoDigit,
    onDecoding,
    onHandedOver,
    takeHome,
    say,
    complain,
  };
};

/**
 * What a link says of a part of the page that is no view, such as the second digit of one.
 * @template T
 * @param {string} name
 * @param {import("./store.js").Key<T>} key
 */
export const linkedValue = (name, key) => linkedKey(link, name, key);
