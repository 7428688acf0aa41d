/** Dialogs of the page: how they are made, and how a link in them leads to another site. */
import { fill } from "../kit/markup.js";

/**
 * A dialog, not yet shown.
 * @param {HTMLElement} root that it becomes a child of
 * @param {string} className
 * @param {string} label its name
 * @param {import("../kit/markup.js").Value} content
 */
export const createDialog = (root, className, label, content) => {
  const dialog = document.createElement("dialog");
  dialog.className = className;
  dialog.setAttribute("aria-label", label);
  fill(dialog, content);
  root.append(dialog);
  return dialog;
};

/**
 * A sheet to be read: closed by its button, by Escape, and by a click beside it.
 * @param {string} label
 * @param {import("../kit/markup.js").Value} content with a button [data-do=close]
 */
export const createSheet = (label, content) => {
  const dialog = createDialog(document.body, "page-sheet", label, content);
  dialog.addEventListener("click", ({ target }) => {
    const closes = target instanceof Element && target.closest("[data-do=close]");
    if (target === dialog || closes) dialog.close();
  });
  return dialog;
};

/** Let every a[data-address] lead there, in another tab that knows nothing of this one. @param {Element} root */
export const leadOut = (root) => {
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (
    root.querySelectorAll("a[data-address]")
  )) {
    link.href = link.dataset.address ?? "";
    link.target = "_blank";
    link.rel = "noopener";
  }
};
