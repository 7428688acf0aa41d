/** Finds the words of the glossary in a text, by the pattern that the server has found them with. */

/** @typedef {import("../kit/routes.js").Files["shell/header/Words"]} Words */
/** @typedef {Words["words"][number]} Word */
/** @typedef {{ word: Word, start: number, end: number }} Found */

/** @typedef {ReturnType<typeof createGlossary>} Glossary */

/** @param {Words} read */
export const createGlossary = ({ pattern, owners, words }) => {
  const expression = new RegExp(pattern, "g");
  const ownerOf = (/** @type {RegExpMatchArray} */ match) =>
    words[owners[match.findIndex((group, i) => i > 0 && group !== undefined) - 1]];

  /** Every word in a text, from its beginning on. @param {string} text @returns {Found[]} */
  const find = (text) =>
    [...text.matchAll(expression)].map((match) => ({
      word: ownerOf(match),
      start: match.index,
      end: match.index + match[0].length,
    }));

  /** Those of all words that stand in one of these texts, and the others; both in the file's order. @param {Iterable<string>} texts */
  const split = (texts) => {
    const inTexts = new Set([...texts].flatMap((text) => find(text).map(({ word }) => word)));
    return {
      here: words.filter((word) => inTexts.has(word)),
      elsewhere: words.filter((word) => !inTexts.has(word)),
    };
  };
  return { find, split };
};
