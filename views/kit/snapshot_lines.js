/** Lines of text, kept as they are on the page: see snapshot.js. */

const XHTML = "http://www.w3.org/1999/xhtml";

/**
 * Where lines of text end. Elsewhere letters are a little broader or narrower than here: so that text
 * keeps its lines, each is ended where it ends on the page.
 */
export const createLines = () => {
  /** @type {DOMRect | null} */
  let last = null; // what stands before, in the same block
  const begins = (/** @type {DOMRect} */ box) => {
    const before = last;
    if (box.width) last = box;
    return before !== null && box.width > 0 && box.top > before.top + 2 && box.left < before.right;
  };
  return {
    /** @type {(text: Text) => Node[]} */
    split: (text) => {
      const range = document.createRange();
      const content = text.data;
      /** @type {Node[]} */
      const made = [];
      let from = 0;
      for (const { index, 0: word } of content.matchAll(/\S+/g)) {
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        if (!begins(range.getClientRects()[0] ?? new DOMRect())) continue;
        const line = content.slice(from, index);
        made.push(document.createTextNode(line.trimEnd() || line), lineBreak());
        from = index;
      }
      return [...made, document.createTextNode(content.slice(from))];
    },
    /** Does an element within the text begin a line? */
    begins: (/** @type {Element} */ element) => begins(element.getBoundingClientRect()),
    /** What comes is in another block, or after one. */
    end: () => {
      last = null;
    },
  };
};

export const lineBreak = () => document.createElementNS(XHTML, "br");

/** @typedef {ReturnType<typeof createLines>} Lines */
