/**
 * The list of views: it opens them, and the link names the open one.
 *
 * A view is a tab of Gradio's, whose own buttons are hidden and pressed from here. Gradio's events
 * could open one, too, but they wait for as long as the server is gone.
 */
import { link } from "../kit/link.js";
import { folderOf } from "../kit/keys.js";
import { chosenDigit, openView, requestedView } from "../kit/page.js";
import { finder, linkedValue } from "../kit/view.js";

/** @typedef {import("../kit/routes.js").Props["shell/navigation"]} Props */

const LATER = 2000; // ms: what the first view fetches comes first
const GRADIO_TABS = "#views .tab-container button[data-tab-id]";

const makeButton = (/** @type {[string, string]} */ [view, title]) => {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    textContent: title,
  });
  button.setAttribute("role", "tab");
  button.dataset.view = view;
  return button;
};

const makeGroup = (/** @type {string} */ group, /** @type {Record<string, string>} */ titles) => {
  const part = Object.assign(document.createElement("span"), { className: "part" });
  const heading = Object.assign(document.createElement("span"), {
    className: "group",
    textContent: group,
  });
  for (const each of [part, heading]) each.setAttribute("role", "presentation");
  part.append(heading, ...Object.entries(titles).map(makeButton));
  return part;
};

/** Fetch scripts for later, without running them. @param {string[]} addresses */
const fetchScripts = (addresses) =>
  document.head.append(
    ...addresses.map((href) =>
      Object.assign(document.createElement("link"), { rel: "modulepreload", href }),
    ),
  );

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const bar = finder(element)("nav");
  const views = Object.values(props.groups).flatMap(Object.keys);
  bar.append(...Object.entries(props.groups).map(([group, titles]) => makeGroup(group, titles)));
  const buttons = [...bar.querySelectorAll("button")];
  link.restrict(views);

  // One stop for the Tab key: arrows move among the views, as in any list of tabs.
  const mark = (/** @type {string} */ view) => {
    for (const each of buttons) {
      const open = each.dataset.view === view;
      each.setAttribute("aria-selected", String(open));
      each.tabIndex = open ? 0 : -1;
    }
  };
  const open = (/** @type {string} */ view) => {
    const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(GRADIO_TABS)]);
    const tab = tabs.find(({ dataset }) => dataset.tabId === view);
    if (!tab) {
      requestAnimationFrame(() => open(view)); // Gradio has not laid it out yet
      return;
    }
    tab.click();
    // Once Gradio shows it: views measure their size when they open.
    setTimeout(() => {
      openView.value = view;
    });
  };
  // Who chooses a view does not want the one that the link names any more.
  const choose = (/** @type {string} */ view) => {
    awaited = null;
    open(view);
  };
  bar.addEventListener("click", ({ target }) => {
    const { view } = /** @type {HTMLElement} */ (target).dataset;
    if (view) choose(view);
  });
  bar.addEventListener("keydown", (event) => {
    const at = buttons.findIndex((each) => each === event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = buttons.at(to % buttons.length);
    next?.focus();
    choose(next?.dataset.view ?? views[0]);
  });

  requestedView.subscribe(choose);

  // Until the view that a link names has opened, the address keeps its name: the first opens before.
  const linked = linkedValue("view", folderOf(views));
  let awaited = linked.value === views[0] ? null : linked.value;
  const follow = (/** @type {string} */ view) => {
    mark(view);
    document.body.dataset.view = view;
    if (awaited && view !== awaited) return;
    awaited = null;
    linked.remember(view);
  };
  openView.subscribe(follow);
  openView.value = views[0];

  // Once the digit is there: a view that opens before it would be answered twice, in any order.
  const goOn = () => {
    if (awaited) open(awaited);
    setTimeout(() => fetchScripts(props.scripts), LATER);
  };
  if (chosenDigit.value) setTimeout(goOn);
  else {
    const stop = chosenDigit.subscribe(() => {
      stop();
      setTimeout(goOn);
    });
  }
}
