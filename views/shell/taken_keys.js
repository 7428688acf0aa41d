/** Which keys are not the page's own: they are typed into something, or meant for what has the focus. */

/** What letters are typed into, or does something of its own with keys. */
const TAKES_KEYS = `textarea, select, input:not([type="radio"], [type="checkbox"]),
  [contenteditable], [role="slider"], [role="application"]`;

/** Is a key pressed for something else than the page as a whole? @param {KeyboardEvent} event */
export const isTakenElsewhere = ({ target, ctrlKey, metaKey, altKey }) =>
  ctrlKey ||
  metaKey ||
  altKey ||
  (target instanceof Element && target.closest(TAKES_KEYS) !== null);
