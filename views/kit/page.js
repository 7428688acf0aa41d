/**
 * What all views of the page share: the view that is open, the digit that is chosen, where pictures
 * are decoded, and a sentence for the top of the page.
 */
import { createSignal } from "./signal.js";

/**
 * @typedef {object} Digit
 * @property {Uint8Array} pixels one byte a value, 0 black to 255 white, in the order of `shape`
 * @property {number[]} shape [C, H, W]
 * @property {string} label the class as text, or "" where nobody knows it
 * @property {boolean} live is it still being drawn?
 * @property {boolean} opening did the page open with it, and so what a link says about a digit?
 */

/** The folder of the view that is open; "" until the first one is. */
export const openView = createSignal("");

/** The chosen digit; null until there is one. */
export const chosenDigit = createSignal(/** @type {Digit | null} */ (null));

/** The second digit, which one view asks for beside the chosen one. */
export const secondDigit = createSignal(/** @type {Digit | null} */ (null));

/** Is there something to be seen? There is not before the first digit, nor on a pad that was cleared. @param {Digit | null} digit @returns {digit is Digit} */
export const hasInk = (digit) => digit?.pixels.some((v) => v > 0) ?? false;

/** Is the page on a wall, before many people? Presenter mode: see views/shell/presenter.js. */
export const presenting = createSignal(false);

/** Is a lecture being given? See views/lectures/player.js. */
export const lecturing = createSignal(false);

/** Are pictures decoded by the server, though the browser could? */
export const onServer = createSignal(false);

/**
 * What one view hands to another: values of the other's keys.
 * @typedef {object} HandedOver
 * @property {string} view the folder of the view that is to take them
 * @property {Record<string, any>} values by the names of its keys, as its state holds them
 */

/** What a view has handed over; null once it is taken. Views listen by `onHandedOver` of view.js. */
export const handedOver = createSignal(/** @type {HandedOver | null} */ (null));

/** The folder of the view that a script asks for; the navigation opens it each time that it is set. */
export const requestedView = createSignal("");

/** A sentence that is shown at the top of the page; "" for none. */
export const notice = createSignal("");
