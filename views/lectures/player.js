/**
 * A lecture that is being given: a slide beside the open view, and a bar below. Space and the arrow
 * keys go on, B blanks the screen, Escape leaves the visitor where he is. The link holds the slide.
 */
import { DAMAGED } from "../kit/link.js";
import { lecturing, notice } from "../kit/page.js";
import { createBar } from "./bar.js";
import { lightUp } from "./light.js";
import { showSlide } from "./slide.js";
import { createStage } from "./stage.js";

/** @typedef {import("./lecture_file.js").Lecture} Lecture */

/**
 * @typedef {object} Given
 * @property {Lecture} lecture with at least one slide
 * @property {string} folder the address of the folder that its pictures lie in
 * @property {number} at the slide that it begins with, from 0
 * @property {(at: number) => void} onSlide told of each slide that is shown
 * @property {() => void} onLeave
 */

const LEAFING = 200; // ms between slides, below which one leafs through them
const WIDE = matchMedia("(min-width: 1001px)"); // where a slide has room beside a view
const FORWARD = ["PageDown", "ArrowRight", "ArrowDown", " "];
const BACK = ["PageUp", "ArrowLeft", "ArrowUp"];

/** What letters and numbers are typed into. */
const TYPED =
  "textarea, select, [contenteditable], input:not([type=range], [type=radio], [type=checkbox])";

/** Has somebody come by keyboard to what has the focus? Who has clicked on it goes on with the lecture. */
const followKeyboard = (/** @type {AbortSignal} */ signal) => {
  let byKeyboard = false;
  const note = (/** @type {boolean} */ tabbed) => {
    byKeyboard = tabbed;
  };
  addEventListener("pointerdown", () => note(false), { capture: true, signal });
  addEventListener("keydown", ({ key }) => key === "Tab" && note(true), { capture: true, signal });
  return () => byKeyboard;
};

const isWithin = (/** @type {EventTarget | null} */ target, /** @type {string} */ selector) =>
  target instanceof Element && target.closest(selector) !== null;

const createElement = (/** @type {string} */ name) =>
  Object.assign(document.createElement("div"), { className: name });

/** @param {Given} given */
export const giveLecture = ({ lecture, folder, at: first, onSlide, onLeave }) => {
  const { slides } = lecture;
  const end = new AbortController();
  const byKeyboard = followKeyboard(end.signal);
  const stage = createStage();
  const words = createElement("slide");
  words.setAttribute("role", "region");
  words.setAttribute("aria-label", "Slide");
  words.setAttribute("aria-live", "polite");
  const blank = createElement("blank-screen");
  blank.hidden = true;
  let at = -1;
  let reveal = () => false;
  let darken = () => {};
  let answered = -1; // the slide whose answer is shown
  /** The whole view is seen once a question is answered, as the slide says. */
  const answer = async () => {
    const slide = slides[at];
    answered = at;
    darken();
    darken = () => {};
    if (slide.answer) await stage.show(slide.answer);
  };
  let leafed = -LEAFING; // when the last slide was asked for, ms
  let turn = 0; // counts the slides asked for: a view that opens late is another slide's

  const show = async (/** @type {number} */ next) => {
    if (next < 0 || next >= slides.length || next === at) return;
    at = next;
    answered = -1;
    const mine = ++turn;
    const slide = slides[at];
    darken();
    darken = () => {};
    delete words.dataset.shown;
    ({ reveal } = showSlide(words, slide, folder, answer));
    bar.tell(at);
    bar.say("");
    onSlide(at);
    // Who leafs on at once wants the view of the slide where he stays, and no other asks the server.
    const pause = Math.max(0, leafed + LEAFING - performance.now());
    leafed = performance.now();
    if (pause) await new Promise((done) => setTimeout(done, pause));
    if (mine !== turn) return;
    // The answer is not to be seen for a moment, either.
    document.body.classList.toggle("asking", slide.question !== null && slide.light !== "");
    const shown = await stage.show(slide.state);
    if (mine !== turn) return;
    // Where the view does not lie beside, what is dimmed would be most of what one sees. What would
    // answer a question is not to be seen at all.
    if (shown && slide.light && answered !== at && (WIDE.matches || slide.question))
      darken = lightUp(shown.panel, slide.light, slide.question ? "unseen" : "dimmed");
    document.body.classList.remove("asking");
    words.dataset.shown = String(at + 1);
    if (!shown?.unread.length) return;
    // Said here, with the line, in place of the page's own sentence about a damaged link.
    if (notice.value === DAMAGED) notice.value = "";
    bar.say(
      `Line ${slide.line}: the view cannot read ${shown.unread.join(", ")}; copy its link anew.`,
    );
  };

  const leave = () => {
    turn++;
    end.abort();
    stage.end();
    darken();
    bar.remove();
    words.remove();
    blank.remove();
    document.body.classList.remove("lecturing", "beside", "asking");
    lecturing.value = false;
    onLeave();
  };
  const next = () => {
    if (!reveal()) show(at + 1);
  };
  const back = () => show(at - 1);
  const full = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    // A browser, or the page around this one, may forbid it.
    else document.documentElement.requestFullscreen?.().catch(() => {});
  };
  const bar = createBar(lecture, { leave, full, back, next, goTo: show });

  const press = (/** @type {KeyboardEvent} */ event) => {
    const { key, target } = event;
    const isTaken =
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      isWithin(target, TYPED) ||
      isWithin(target, "dialog[open]") ||
      // Space and arrows are a control's own; a clicker's keys never are.
      (!key.startsWith("Page") && byKeyboard() && isWithin(target, "button, a, input, [tabindex]"));
    const act = () => {
      if (!blank.hidden) return () => (blank.hidden = true);
      if (key === "Escape") return leave;
      if (key.toLowerCase() === "b") return () => (blank.hidden = false);
      if (FORWARD.includes(key)) return next;
      if (BACK.includes(key)) return back;
      return null;
    };
    if (isTaken && (key !== "Escape" || isWithin(target, "dialog[open]"))) return;
    const done = act();
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
    done();
  };
  // Before whoever else hears of keys: Escape leaves the lecture, and nothing more.
  addEventListener("keydown", press, { capture: true, signal: end.signal });
  blank.addEventListener("click", () => (blank.hidden = true));

  lecturing.value = true;
  document.body.classList.add("lecturing");
  const place = () => {
    const isBeside = WIDE.matches;
    document.body.classList.toggle("beside", isBeside);
    document.querySelector(isBeside ? "#rail" : "#views")?.prepend(words);
  };
  place();
  WIDE.addEventListener("change", place, { signal: end.signal });
  document.body.append(blank);
  show(first);
  return { leave };
};
