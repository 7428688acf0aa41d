/** The link to what is shown, and how a text gets to the clipboard. */
import { addressWith, link, writeAddress } from "../kit/link.js";

/** The link to what is shown, whole; the address says the same from now on. */
export const currentLink = () => {
  writeAddress();
  return new URL(addressWith(link.text()), location.href).href;
};

/** Outside a secure context, as on a classroom's plain http, there is no clipboard but this. */
const copyBySelection = (/** @type {HTMLElement} */ root, /** @type {string} */ text) => {
  const field = Object.assign(document.createElement("textarea"), { value: text });
  root.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
};

/**
 * Copy a text; false where the browser keeps pages from it.
 * @param {HTMLElement} root that can hold what is selected: while a dialog is open, that
 * @param {string} text
 */
export const copyText = async (root, text) => {
  const written = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  return written || copyBySelection(root, text);
};
