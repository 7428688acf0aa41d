/**
 * The lectures: the list of those that ship, a file of one's own, and what is wrong with a file. The
 * link says which lecture is given, and which slide is shown.
 */
import { beginEntry, onOtherEntry } from "../kit/link.js";
import { fill, html } from "../kit/markup.js";
import { notice } from "../kit/page.js";
import { finder, linkedValue } from "../kit/view.js";
import { createSheet } from "../shell/dialog.js";
import { MOST_BYTES, readLecture } from "./lecture_file.js";
import { lectureKey, slideKey } from "./link.js";
import { giveLecture } from "./player.js";

/** @typedef {import("../kit/routes.js").Props["shell/header"]["lectures"]} Shipped */
/** @typedef {import("./lecture_file.js").Lecture} Lecture */
/** @typedef {{ lecture: Lecture, folder: string, name: string }} Read `name`: as in a link; "" for none */

const FOLDER = new URL("lectures/", document.baseURI).href;
const TOO_LARGE = `A lecture has at most ${MOST_BYTES / 1000} kB; shorten it, or split it.`;
const UNREACHED = "The lecture did not load; check its name, or ask again once the server answers.";

const isSelector = (/** @type {string} */ selectors) => {
  try {
    document.createDocumentFragment().querySelector(selectors);
    return true;
  } catch {
    return false;
  }
};

/** The address of a lecture that a link names; null for one of another host. @param {string} name */
const addressOf = (name) => {
  const isShipped = /^[a-z_]+$/.test(name);
  const path = isShipped ? `${FOLDER}${name}.md` : name;
  if (!URL.canParse(path, document.baseURI)) return null;
  const url = new URL(path, document.baseURI);
  return url.origin === location.origin ? url.href : null;
};

/** Texts that were fetched ahead: a lecture begins even when the server is gone. @type {Map<string, string>} */
const texts = new Map();

const fetchText = async (/** @type {string} */ address) => {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) throw new Error(UNREACHED);
  if (Number(answer.headers.get("content-length")) > MOST_BYTES) throw new Error(TOO_LARGE);
  return answer.text();
};

const CONTENT = html`<div class="heading">
    <h2>Lectures</h2>
    <button type="button" class="action" data-do="close">Close</button>
  </div>
  <div class="sheet"><div class="list"></div>
  <p class="own">
    <label class="action">Open a file of yours<input type="file" accept=".md,text/markdown" /></label>
    A lecture is a text file: see "How to write a lecture", and
    <a href="lectures/example.md" target="_blank">its text</a>.
  </p>
  <div class="faults" role="status"></div></div>`;

const entryOf = (/** @type {Shipped[0]} */ { name, title, minutes, about }) =>
  html`<button type="button" data-lecture="${name}">
    <strong>${title}</strong><span class="minutes">${minutes} minutes</span><small>${about}</small>
  </button>`;

/** @param {Lecture} lecture */
const faultsOf = ({
  faults,
  slides,
}) => html`<p>This file has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}; correct ${faults.length === 1 ? "it" : "them"} and open it again.</p>
  <ul>${faults.map(({ line, sentence }) => html`<li><b>Line ${line}:</b> ${sentence}</li>`)}</ul>
  ${slides.length > 0 && html`<button type="button" class="action" data-do="anyway">Show what is right: ${slides.length} ${slides.length === 1 ? "slide" : "slides"}</button>`}`;

/**
 * @param {string[]} views the folders of all views
 * @param {Shipped} shipped
 */
export const createLectures = (views, shipped) => {
  const linked = linkedValue("lecture", lectureKey);
  const slide = linkedValue("slide", slideKey);
  const dialog = createSheet("Lectures", CONTENT);
  dialog.classList.add("lectures");
  const find = finder(dialog);
  fill(find(".list"), shipped.map(entryOf));
  let given = /** @type {ReturnType<typeof giveLecture> | null} */ (null);
  let doubtful = /** @type {Read | null} */ (null);

  const forget = () => {
    given = null;
    linked.remember(null);
    slide.remember(1);
  };
  const give = (/** @type {Read} */ { lecture, folder, name }, at = 0) => {
    dialog.close();
    given?.leave();
    beginEntry();
    linked.remember(name || null);
    given = giveLecture({
      lecture,
      folder,
      at: Math.min(at, lecture.slides.length - 1),
      onSlide: (now) => slide.remember(name ? now + 1 : 1),
      onLeave: forget,
    });
  };
  const take = (/** @type {Read} */ read, at = 0) => {
    const { lecture } = read;
    fill(find(".faults"), lecture.faults.length > 0 && faultsOf(lecture));
    doubtful = read;
    if (!lecture.faults.length) give(read, at);
    else if (!dialog.open) dialog.showModal();
  };
  const complain = (/** @type {string} */ sentence) => {
    if (dialog.open) fill(find(".faults"), html`<p>${sentence}</p>`);
    else notice.value = sentence;
  };

  const openNamed = async (/** @type {string} */ name, at = 0) => {
    const address = addressOf(name);
    if (!address) return complain("A lecture lies on the page's own host; give its path there.");
    try {
      const written = texts.get(address) ?? (await fetchText(address));
      const lecture = readLecture(written, views, isSelector);
      take({ lecture, folder: new URL(".", address).href, name }, at);
    } catch (error) {
      complain(error instanceof Error ? error.message : UNREACHED);
    }
  };
  const openFile = async (/** @type {File} */ file) => {
    if (file.size > MOST_BYTES) return complain(TOO_LARGE);
    take({ lecture: readLecture(await file.text(), views, isSelector), folder: FOLDER, name: "" });
  };

  dialog.addEventListener("click", ({ target }) => {
    const button = /** @type {HTMLElement} */ (target).closest("button");
    const { do: act, lecture } = button?.dataset ?? {};
    if (lecture) openNamed(lecture);
    if (act === "anyway" && doubtful) give(doubtful);
  });
  const field = /** @type {HTMLInputElement} */ (find("input"));
  field.addEventListener("change", () => {
    const file = field.files?.[0];
    if (file) openFile(file);
    field.value = "";
  });
  onOtherEntry(() => given?.leave());

  return {
    open: () => {
      fill(find(".faults"), null);
      dialog.showModal();
    },
    fetchAhead: async () => {
      for (const { name } of shipped) {
        const address = String(addressOf(name));
        const text = await fetchText(address).catch(() => null);
        if (text) texts.set(address, text);
      }
    },
    /** Go on with the lecture that the link names, if it names one. */
    resume: () => {
      if (linked.value) openNamed(linked.value, slide.value - 1);
    },
  };
};
