/**
 * A lecture as it is written: blocks of front matter between lines of ---, and Markdown beneath each.
 * docs/lectures.md describes the format by an example.
 *
 * A file may be anybody's. What is wrong in it is told with its line, and nothing of it is HTML.
 */
import { lexer } from "../kit/vendor/marked/marked.js";

/** @typedef {import("../kit/vendor/marked/marked.js").Token} Token */
/** @typedef {{ line: number, sentence: string }} Fault */
/** @typedef {Record<string, { text: string, line: number }>} Fields */

/**
 * What a view is to show: its folder, texts of its settings as in a link, and a digit's, if any.
 * @typedef {object} State
 * @property {string} view
 * @property {[string, string][]} settings
 * @property {string} digit "" leaves the digit as it is
 */

/**
 * @typedef {object} Question
 * @property {{ tokens: Token[], right: boolean }[]} answers
 * @property {Token[]} why in Markdown's blocks; without any there is nothing to say
 */

/**
 * @typedef {object} Slide
 * @property {number} line where it begins
 * @property {string} chapter that begins with it; "" if none does
 * @property {State} state
 * @property {string} light selectors of what stays bright, or is seen beside a question; "" for all
 * @property {State | null} answer what the view shows once the answer of a question is shown
 * @property {{ file: string, words: string } | null} picture
 * @property {Token[]} blocks paragraphs and tables
 * @property {Question | null} question
 */

/** @typedef {{ title: string, minutes: string, about: string, slides: Slide[], faults: Fault[] }} Lecture */

export const MOST_BYTES = 200_000;
const MOST_SLIDES = 300;
const MOST_LETTERS = 240; // of a slide's first paragraph
const MOST_BODY = 2000; // letters beneath a slide's front matter
const LEAST_ANSWERS = 2;
const MOST_ANSWERS = 4;
const OF_LECTURE = ["title", "minutes", "about"];
const OF_SLIDE = ["chapter", "state", "light", "answer", "claim", "picture"];
const PICTURE = /^([\w-]+\.svg) *\| *(.+)$/;
const BLOCKS = new Set(["paragraph", "table", "list", "blockquote", "space"]);
const INLINE = new Set(["text", "escape", "strong", "em", "codespan", "br", "link", "checkbox"]);
const BEGINNING = "A lecture begins with ---, a line title: with its title, and --- again.";

const linesIn = (/** @type {string} */ text) => text.split("\n").length - 1;

/** @param {string} sentence @param {number} line @returns {Fault} */
const fault = (sentence, line) => ({ line, sentence });

/**
 * Front matter and body by turns.
 * @param {string[]} lines
 * @param {Fault[]} faults
 */
const blocksOf = (lines, faults) => {
  const bars = lines.flatMap((line, i) => (/^---\s*$/.test(line) ? [i] : []));
  if (bars.length < 2 || lines.slice(0, bars[0]).some((line) => line.trim())) {
    faults.push(fault(BEGINNING, 1));
    return [];
  }
  if (bars.length % 2) {
    faults.push(fault("The block that begins here lacks its second ---.", (bars.at(-1) ?? 0) + 1));
    lines.splice(bars.pop() ?? 0);
  }
  return Array.from({ length: bars.length / 2 }, (_, i) => {
    const [from, to, next = lines.length] = bars.slice(2 * i);
    const before = faults.length;
    const fields = fieldsOf(lines.slice(from + 1, to), from + 2, i ? OF_SLIDE : OF_LECTURE, faults);
    return {
      line: from + 1,
      fields,
      isFaulty: faults.length > before,
      body: lines.slice(to + 1, next).join("\n"),
      bodyLine: to + 2,
    };
  });
};

/**
 * Lines of `name: text`.
 * @param {string[]} lines
 * @param {number} first the first one's line in the file
 * @param {string[]} known
 * @param {Fault[]} faults
 */
const fieldsOf = (lines, first, known, faults) => {
  /** @type {Fields} */
  const fields = {};
  lines.forEach((written, i) => {
    if (!written.trim()) return;
    const [, name, text] = /^([a-z]+): *(.*?)\s*$/.exec(written) ?? [];
    const line = first + i;
    if (!name) faults.push(fault("Between two --- each line is a name, a colon and a text.", line));
    else if (!known.includes(name))
      faults.push(fault(`There is no "${name}" here; there may be ${known.join(", ")}.`, line));
    else if (name in fields) faults.push(fault(`"${name}" stands here twice; remove one.`, line));
    else if (!text)
      faults.push(fault(`"${name}" says nothing; write it, or remove the line.`, line));
    else fields[name] = { text, line };
  });
  return fields;
};

/**
 * @param {Fields[string]} field
 * @param {string[]} views
 * @param {Fault[]} faults
 * @returns {State | null}
 */
const stateOf = ({ text, line }, views, faults) => {
  const parts = [...new URLSearchParams(text.replace(/^#/, ""))];
  const { view = "", digit = "", ...others } = Object.fromEntries(parts);
  const wrong = (/** @type {string} */ sentence) => {
    faults.push(fault(sentence, line));
    return null;
  };
  if (!view) return wrong("A state names a view first, as in view=gap; copy it from a link.");
  if (!views.includes(view)) return wrong(`There is no view "${view}"; copy its link anew.`);
  // What a copied link says of the page, or of other views, is not a slide's.
  const settings = Object.entries(others).filter(([name]) => name.startsWith(`${view}.`));
  const foreign = Object.keys(others).find(
    (name) => !/^(theme|decoding|lecture|slide|[a-z_]+\..*)$/.test(name),
  );
  if (foreign) return wrong(`"${foreign}" is no setting of the view ${view}; remove it.`);
  return { view, settings, digit };
};

/** @param {Fields[string]} field @param {Fault[]} faults */
const pictureOf = ({ text, line }, faults) => {
  const [, file, words] = PICTURE.exec(text) ?? [];
  if (file) return { file, words };
  faults.push(
    fault("A picture is the name of an .svg file beside the lecture, | and words.", line),
  );
  return null;
};

/**
 * The first thing in Markdown that a slide does not show.
 * @param {Token[]} tokens
 * @returns {string | undefined}
 */
const unshown = (tokens) => {
  for (const token of tokens) {
    const { type } = token;
    if (type === "html") return "HTML is not shown in a lecture; write it in Markdown.";
    if (type === "image")
      return "A picture stands in the front matter, as picture: name.svg | words.";
    if (type === "heading")
      return "A # makes no heading here; chapter: stands in the front matter.";
    if (!INLINE.has(type))
      return "A slide holds paragraphs, one table, answers and the reason why.";
    if (type === "link" && !/^https:\/\//.test(token.href))
      return "A link in a lecture begins with https://.";
    const found = "tokens" in token && token.tokens ? unshown(token.tokens) : undefined;
    if (found) return found;
  }
  return undefined;
};

/** The texts that a block of Markdown holds. @param {any} block @returns {Token[][]} */
const textsOf = (block) => {
  if (block.type === "table")
    return [...block.header, ...block.rows.flat()].map(({ tokens }) => tokens);
  if (block.type === "list") return block.items.map(answerTokens);
  if (block.type === "blockquote") return block.tokens.flatMap(textsOf);
  return [block.tokens ?? []];
};

/** What an answer says: marked wraps it into a text, behind its box. @param {any} item @returns {Token[]} */
const answerTokens = (item) =>
  item.tokens.flatMap((/** @type {any} */ token) =>
    token.type === "checkbox" ? [] : (token.tokens ?? [token]),
  );

/**
 * @param {any} list
 * @param {Token[]} why
 * @param {(sentence: string) => void} tell
 * @returns {Question}
 */
const questionOf = (list, why, tell) => {
  const answers = list.items.map((/** @type {any} */ item) => ({
    tokens: answerTokens(item),
    right: item.checked === true,
  }));
  if (answers.length < LEAST_ANSWERS || answers.length > MOST_ANSWERS)
    tell(`A question has ${LEAST_ANSWERS} to ${MOST_ANSWERS} answers.`);
  else if (answers.filter((/** @type {any} */ { right }) => right).length !== 1)
    tell("Exactly one answer is right: mark it with [x], and the others with [ ].");
  return { answers, why };
};

/**
 * @param {string} body
 * @param {number} line its first line in the file
 * @param {Fault[]} faults
 */
const readBody = (body, line, faults) => {
  const before = faults.length;
  // Before it is read: what is nested a thousand times would take seconds.
  if (body.length > MOST_BODY) {
    faults.push(fault(`A slide has at most ${MOST_BODY} letters; make two of it.`, line));
    return { blocks: [], question: null };
  }
  const blocks = /** @type {any[]} */ ([...lexer(body)]);
  let at = line;
  let list = /** @type {{ block: any, at: number } | null} */ (null);
  let quote = /** @type {{ block: any, at: number } | null} */ (null);
  const shown = [];
  for (const block of blocks) {
    const from = at + (/^\n*/.exec(block.raw)?.[0].length ?? 0);
    const found = BLOCKS.has(block.type)
      ? textsOf(block).map(unshown).find(Boolean)
      : unshown([block]);
    if (found) faults.push(fault(found, from));
    else if (block.type === "list") list = { block, at: from };
    else if (block.type === "blockquote") quote = { block, at: from };
    else if (block.type !== "space") shown.push(block);
    at += linesIn(block.raw);
  }
  const why = quote ? quote.block.tokens : [];
  if (quote && !list)
    faults.push(fault("A reason why belongs to a question; write its answers above.", quote.at));
  const first = shown[0];
  if (faults.length === before && first?.type !== "paragraph")
    faults.push(fault("This slide has no sentence; write one first under its second ---.", line));
  else if (first?.text?.length > MOST_LETTERS)
    faults.push(fault(`A sentence has at most ${MOST_LETTERS} letters; shorten it.`, line));
  const tell = (/** @type {string} */ sentence) => faults.push(fault(sentence, list?.at ?? line));
  return { blocks: shown, question: list && questionOf(list.block, why, tell) };
};

/**
 * @param {string} text of the file
 * @param {string[]} views the folders of all views
 * @param {(text: string) => boolean} isSelector
 * @returns {Lecture} with the slides that can be shown, and what is wrong with the others
 */
export const readLecture = (text, views, isSelector) => {
  /** @type {Fault[]} */
  const faults = [];
  const blocks = blocksOf(text.replaceAll("\r\n", "\n").split("\n"), faults);
  const [head, ...rest] = blocks;
  const { title, minutes, about } = head?.fields ?? {};
  if (head && !title) faults.push(fault("The lecture has no title; write title: and its name.", 1));
  if (minutes && !/^[1-9]\d{0,2}$/.test(minutes.text))
    faults.push(fault("minutes: is a whole number, such as 90.", minutes.line));
  if (head && !rest.length) faults.push(fault("The lecture has no slide.", head.bodyLine));
  if (rest.length > MOST_SLIDES)
    faults.push(fault(`A lecture has at most ${MOST_SLIDES} slides.`, rest[MOST_SLIDES].line));

  let state = /** @type {State | null} */ (null);
  const slides = rest
    .slice(0, MOST_SLIDES)
    .flatMap(({ line, fields, isFaulty, body, bodyLine }) => {
      const before = faults.length;
      // Where no state is written, the view stays as the slide before has set it.
      if (fields.state) state = stateOf(fields.state, views, faults) ?? state;
      else if (!state)
        faults.push(fault("The first slide needs a state: such as view=maps.", line));
      const { chapter, light } = fields;
      const answer = fields.answer ? stateOf(fields.answer, views, faults) : null;
      if (light && !isSelector(light.text))
        faults.push(fault(`"${light.text}" is no list of CSS selectors.`, light.line));
      const picture = fields.picture ? pictureOf(fields.picture, faults) : null;
      const content = readBody(body, bodyLine, faults);
      if (!state || isFaulty || faults.length > before) return [];
      return [
        {
          line,
          chapter: chapter?.text ?? "",
          state,
          light: light?.text ?? "",
          answer,
          picture,
          ...content,
        },
      ];
    });
  faults.sort((a, b) => a.line - b.line);
  return {
    title: title?.text ?? "",
    minutes: minutes?.text ?? "",
    about: about?.text ?? "",
    slides,
    faults,
  };
};
