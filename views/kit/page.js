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
 */

/** The title of the view that is open; "" until the first one is. */
export const openView = createSignal("");

/** The chosen digit; null until there is one. */
export const chosenDigit = createSignal(/** @type {Digit | null} */ (null));

/** The second digit, which one view asks for beside the chosen one. */
export const secondDigit = createSignal(/** @type {Digit | null} */ (null));

/** Are pictures decoded by the server, though the browser could? */
export const onServer = createSignal(false);

/** A sentence that is shown at the top of the page; "" for none. */
export const notice = createSignal("");
