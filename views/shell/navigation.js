/**
 * The ways to every view: home, the index, and the neighbours of the open one. The link and the
 * browser's history say which is open.
 *
 * A view is a tab of Gradio's, whose own buttons are hidden and pressed from here. Gradio's events
 * could open one, too, but they wait for as long as the server is gone.
 */
import { folderOf } from "../kit/keys.js";
import { addressWith, beginEntry, link, markEntry, onOtherEntry } from "../kit/link.js";
import { chosenDigit, lecturing, openView, requestedView } from "../kit/page.js";
import { finder, linkedValue } from "../kit/view.js";
import { mountSwipe } from "./swipe.js";
import { createIndex } from "./view_index.js";

/** @typedef {import("../kit/routes.js").Props["shell/header"]} Props */
/** @typedef {Props["home"] & { chapter: string }} Place a view, and the chapter's title */

const LATER = 2000; // ms: what the first view fetches comes first
const GRADIO_TABS = "#views .tab-container button[data-tab-id]";

/** Fetch scripts for later, without running them. @param {string[]} addresses */
const fetchScripts = (addresses) =>
  document.head.append(
    ...addresses.map((href) =>
      Object.assign(document.createElement("link"), { rel: "modulepreload", href }),
    ),
  );

/** Every view in the lecture's order; home comes first unless it is in a chapter. @param {Props} props @returns {Place[]} */
const orderOf = ({ home, chapters }) => {
  const all = chapters.flatMap(({ title, views }) =>
    views.map((entry) => ({ ...entry, chapter: title })),
  );
  return all.some(({ view }) => view === home.view) ? all : [{ ...home, chapter: "" }, ...all];
};

/** Let a link lead to a view; without one it is not there. @param {HTMLAnchorElement} anchor @param {Place} [place] */
const lead = (anchor, place) => {
  anchor.classList.toggle("none", !place);
  if (!place) return anchor.removeAttribute("href");
  anchor.href = addressWith(`view=${place.view}`);
  anchor.dataset.view = place.view;
};

/**
 * @param {HTMLElement} element the header
 * @param {Props} props
 * @param {import("./view_index.js").Sheet[]} sheets what the foot of the index opens
 * @returns {Promise<unknown>} fulfilled once the digit is there, and the view that the link names is
 *   about to open
 */
export const mountNavigation = (element, props, sheets) => {
  const find = finder(element);
  const order = orderOf(props);
  const heading = find("h2");
  const home = /** @type {HTMLAnchorElement} */ (find(".home"));
  const steps = /** @type {NodeListOf<HTMLAnchorElement>} */ (element.querySelectorAll(".step"));
  const index = createIndex(find("#index"), find("[data-do=index]"), props.chapters, sheets);
  home.append(props.home.title);
  lead(home, { ...props.home, chapter: "" });
  link.restrict(order.map(({ view }) => view));

  const tell = (/** @type {string} */ view) => {
    const at = order.findIndex((place) => place.view === view);
    const { title, chapter } = order[at];
    heading.textContent = title;
    find(".chapter").textContent = chapter;
    document.title = `${title} · Latent Lab`;
    index.mark(view);
    home.ariaCurrent = view === props.home.view ? "page" : null;
    for (const step of steps) {
      const place = order[at + Number(step.dataset.step)];
      lead(step, place);
      step.title = place?.title ?? "";
      step.ariaLabel = `${step.dataset.step === "1" ? "Next" : "Previous"}: ${step.title}`;
    }
  };

  const open = (/** @type {string} */ view) => {
    const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(GRADIO_TABS)]);
    const tab = tabs.find(({ dataset }) => dataset.tabId === view);
    if (!tab) {
      requestAnimationFrame(() => open(view)); // Gradio has not laid it out yet
      return;
    }
    document.body.dataset.view = view; // first: styles that depend on it are not to come a frame late
    tab.click();
    // Once Gradio shows it: views measure their size when they open.
    setTimeout(() => {
      openView.value = view;
    });
  };
  // Who chooses a view does not want the one that the link names any more.
  const choose = (/** @type {string} */ view) => {
    awaited = null;
    // A lecture is one entry of the browser's history: "back" leaves it.
    if (view !== openView.value && !lecturing.value) beginEntry();
    open(view);
    scrollTo(0, 0);
  };
  requestedView.subscribe(choose);
  mountSwipe((by) => {
    const place = order[order.findIndex(({ view }) => view === openView.value) + by];
    if (place) choose(place.view);
  });
  onOtherEntry((view) => {
    awaited = null;
    open(view);
  });

  element.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target).closest("a");
    if (!target?.dataset.view || !target.hasAttribute("href")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    choose(target.dataset.view);
    if (!target.closest("#index")) return;
    // The link that had the focus is gone with the index: one goes on at the view's title.
    index.close();
    const stop = openView.subscribe(() => {
      stop();
      heading.focus();
    });
  });

  // Until the view that a link names has opened, the address keeps its name: home opens before.
  const linked = linkedValue("view", folderOf([props.home.view, ...order.map(({ view }) => view)]));
  let awaited = linked.value === props.home.view ? null : linked.value;
  const follow = (/** @type {string} */ view) => {
    tell(view);
    if (!awaited || view === awaited) {
      awaited = null;
      linked.remember(view);
      document.body.classList.add("arrived"); // from now on the views are seen: see head.py
    }
    markEntry(view);
  };
  openView.subscribe(follow);
  document.body.dataset.view = props.home.view;
  openView.value = props.home.view;

  // Once the digit is there: a view that opens before it would be answered twice, in any order.
  const goOn = () => {
    if (awaited) open(awaited);
    setTimeout(() => fetchScripts(props.scripts), LATER);
  };
  const digitIsThere = new Promise((there) => {
    if (chosenDigit.value) there(null);
    const stop = chosenDigit.subscribe(() => {
      stop();
      there(null);
    });
  });
  return digitIsThere.then(() => setTimeout(goOn));
};
