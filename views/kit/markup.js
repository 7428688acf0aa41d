/** Pieces of HTML that several views show. */

/** @type {Record<string, string>} */
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text that may be anybody's, such as the name of a checkpoint, as HTML. @param {string} text */
export const escapeHtml = (text) => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]);

/**
 * Which model it is, in its colour.
 * @param {{ family: string, title: string }} model
 * @param {string} [more] text behind the family's full name
 */
export const modelHeading = ({ family, title }, more = "") =>
  `<h3 class="model ${family}">${family.toUpperCase()}<span class="full-name">${escapeHtml(title + more)}</span></h3>`;

/** A line for each checkpoint that could not be loaded. @param {string[]} reasons */
export const notices = (reasons) =>
  reasons.map((reason) => `<p class="notice">${escapeHtml(reason)}</p>`).join("");

/** @param {number | null} psnr in dB; null where there is no error at all */
export const decibels = (psnr) => (psnr === null ? "no error" : `${psnr.toFixed(1)} dB`);
