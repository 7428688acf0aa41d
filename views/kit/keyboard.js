/** Which keys belong to what has the focus, and not to the page. */

/** What letters are typed into, or does something of its own with keys. */
const TAKES_KEYS = `textarea, select, input:not([type="radio"], [type="checkbox"]),
  [contenteditable], [role="slider"], [role="application"]`;

/** @param {KeyboardEvent} event */
export const takesKeys = ({ target, ctrlKey, metaKey, altKey }) =>
  ctrlKey ||
  metaKey ||
  altKey ||
  (target instanceof Element && target.closest(TAKES_KEYS) !== null);
