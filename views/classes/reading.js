/** What is said about the class of a digit. */
import { html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";

/**
 * @typedef {object} Reading
 * @property {number[]} shares q(y|x), by the classifier
 * @property {number | null} read the class of the largest share; null where nothing was read
 * @property {number | null} said the class that the visitor says it is
 * @property {number | null} label a sample's class
 */

const percent = (/** @type {number} */ share) =>
  share > 0.999 ? "over 99.9 %" : `${format(100 * share, 1)} %`;
const withArticle = (/** @type {number} */ y) => (y === 8 ? "an 8" : `a ${y}`);

/** What is said, in HTML, about the digit and its class. @param {Reading} reading */
export const readingOf = ({ shares, read, said, label }) => {
  if (read === null) return "This digit has not been read.";
  const sure = `${percent(shares[read])} sure`;
  if (said !== null)
    return `You say ${withArticle(said)}. The classifier read ${withArticle(read)}, ${sure}.`;
  if (label !== null)
    return `A sample, labelled ${label}. The classifier reads ${withArticle(read)}, ${sure}.`;
  return html`<b>Read as ${withArticle(read)}</b>, ${sure}. Wrong? Click the right class.`;
};
