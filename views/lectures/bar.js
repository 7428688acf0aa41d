/** The bar below a lecture: where one is in it, and the ways on, back and out. */
import { fill, html } from "../kit/markup.js";
import { finder } from "../kit/view.js";

/** @typedef {import("./lecture_file.js").Lecture} Lecture */

const CONTENT = html`<button type="button" data-do="leave" title="Leave the lecture here (Escape)">
    Leave
  </button>
  <button type="button" data-do="full" title="Fill the screen">Full screen</button>
  <p class="place"><span class="chapter"></span><span class="said" role="status"></span></p>
  <nav class="chapters" aria-label="Chapters"></nav>
  <span class="count"></span>
  <button type="button" data-do="back" aria-label="Back">‹</button>
  <button type="button" data-do="next" aria-label="Next">›</button>`;

/** The first slide of each chapter; what comes before the first chapter belongs to the title. @param {Lecture} lecture */
const chaptersOf = ({ title, slides }) => {
  const found = slides.flatMap(({ chapter }, at) => (chapter ? [{ at, title: chapter }] : []));
  return found[0]?.at === 0 ? found : [{ at: 0, title }, ...found];
};

/**
 * @param {Lecture} lecture
 * @param {Record<"leave" | "full" | "back" | "next", () => void> & { goTo: (at: number) => void }} acts
 */
export const createBar = (lecture, acts) => {
  const bar = document.createElement("div");
  bar.className = "lecture-bar";
  bar.setAttribute("role", "region");
  bar.setAttribute("aria-label", `Lecture: ${lecture.title}`);
  fill(bar, CONTENT);
  const find = finder(bar);
  const chapters = chaptersOf(lecture);
  fill(
    find(".chapters"),
    chapters.map(
      ({ at, title }) =>
        html`<button type="button" data-at="${at}" aria-label="${title}" title="${title}"></button>`,
    ),
  );
  const dots = [...find(".chapters").children];
  bar.addEventListener("click", ({ target }) => {
    const button = /** @type {HTMLElement} */ (target).closest("button");
    const { do: act, at } = button?.dataset ?? {};
    if (at !== undefined) acts.goTo(Number(at));
    else if (act) acts[/** @type {"leave" | "full" | "back" | "next"} */ (act)]();
  });
  document.body.append(bar);

  /** Say which slide is shown. @param {number} at */
  const tell = (at) => {
    const chapter = chapters.filter((each) => each.at <= at).length - 1;
    dots.forEach((dot, i) => {
      dot.classList.toggle("past", i < chapter);
      dot.ariaCurrent = i === chapter ? "step" : null;
    });
    find(".chapter").textContent = chapters[chapter].title;
    find(".count").textContent = `${at + 1} of ${lecture.slides.length}`;
    /** @type {HTMLButtonElement} */ (find("[data-do=back]")).disabled = at === 0;
    /** @type {HTMLButtonElement} */ (find("[data-do=next]")).disabled =
      at === lecture.slides.length - 1;
  };
  /** A sentence about a fault; "" for none. @param {string} sentence */
  const say = (sentence) => {
    find(".said").textContent = sentence;
  };
  return { tell, say, remove: () => bar.remove() };
};
