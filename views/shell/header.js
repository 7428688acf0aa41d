/** The top of the page: the ways to its views, a notice, and what is done with the whole page. */
import { link, reload } from "../kit/link.js";
import { oneOf } from "../kit/keys.js";
import { lectureKey } from "../lectures/link.js";
import { notice, onServer, openView } from "../kit/page.js";
import { finder, linkedValue } from "../kit/view.js";
import { mountAbout } from "./about.js";
import { copyText, currentLink } from "./copying.js";
import { mountLights } from "./lights.js";
import { mountLooks } from "./look.js";
import { mountNavigation } from "./navigation.js";
import { openPanel } from "./open_panel.js";
import { mountPresenter } from "./presenter.js";
import { mountTakeHome } from "./take_home_button.js";
import { mountWords } from "./words.js";

/** @typedef {import("../kit/routes.js").Props["shell/header"]} Props */

const LATER = 2000; // ms: what the first view fetches comes first
const COPIED_FOR = 1500; // ms that the button says so

/**
 * Gradio calls all of the page its main part. That is the views; before them come the header and the
 * digit.
 */
const nameLandmarks = () => {
  document.querySelector("main")?.setAttribute("role", "presentation");
  document.querySelector("#views")?.setAttribute("role", "main");
  const rail = document.querySelector("#rail");
  rail?.setAttribute("role", "region");
  rail?.setAttribute("aria-label", "The digit");
};

/** Put the focus on the open view, past what stands before it. */
const skipToView = () => {
  const panel = openPanel();
  if (!panel) return;
  panel.tabIndex = -1;
  panel.focus();
};

/**
 * The lectures' script is fetched when it is asked for, or once the first view is there.
 * @param {HTMLElement} button
 * @param {Props} props
 * @param {Promise<unknown>} arrived
 */
const mountLectures = (button, { lectures, home, chapters }, arrived) => {
  const views = [home, ...chapters.flatMap((chapter) => chapter.views)].map(({ view }) => view);
  /** @type {ReturnType<typeof begin> | undefined} */
  let begun;
  const begin = async () => {
    const { createLectures } = await import("../lectures/lectures.js");
    return createLectures(views, lectures);
  };
  /** @param {(found: Awaited<ReturnType<typeof begin>>) => void} act @param {() => void} [complain] */
  const load = async (act, complain = () => {}) => {
    const found = await (begun ??= begin()).catch(() => null);
    if (found) return act(found);
    begun = undefined; // who asks again tries again
    complain();
  };
  const complain = () => {
    notice.value = "The lectures did not load; ask again once the server answers.";
  };
  button.addEventListener("click", () => load(({ open }) => open(), complain));
  if (linkedValue("lecture", lectureKey).value)
    arrived.then(() => load(({ resume }) => resume(), complain));
  arrived.then(() => setTimeout(() => load(({ fetchAhead }) => fetchAhead()), LATER));
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const find = finder(element);
  const sentence = find(".notice");
  const show = (/** @type {string} */ text) => {
    sentence.textContent = text;
  };
  show(notice.value);
  notice.subscribe(show);

  nameLandmarks();
  find(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    skipToView();
  });
  mountLights(find("[data-do=lights]"));
  mountPresenter(find("[data-do=present]"));
  const glossary = mountWords(props.words);
  const about = mountAbout(
    props.about,
    props.chapters.flatMap(({ views }) => views),
  );
  const arrived = mountNavigation(element, props, [
    { title: "Words and symbols", open: glossary.open },
    { title: "About", open: about.open },
  ]);
  mountLooks();

  mountLectures(find("[data-do=lecture]"), props, arrived);

  const decoding = linkedValue("decoding", oneOf(["page", "server"]));
  onServer.value = decoding.value === "server";
  onServer.subscribe((server) => decoding.remember(server ? "server" : "page"));

  const copyLink = find("[data-do=copy]");
  const words = finder(copyLink)(".words");
  const copy = async () => {
    const done = await copyText(element, currentLink());
    copyLink.focus();
    words.textContent = done ? "copied" : "copy link";
    copyLink.classList.toggle("done", done);
    show(done ? "" : "Your browser keeps pages from copying; take the link from its address bar.");
    setTimeout(() => {
      words.textContent = "copy link";
      copyLink.classList.remove("done");
    }, COPIED_FOR);
  };
  copyLink.addEventListener("click", copy);

  mountTakeHome(find("[data-do=home]"));

  find("[data-do=reset]").addEventListener("click", () => {
    link.reset(openView.value);
    reload();
  });
}
