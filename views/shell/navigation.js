/** The list of views; it asks Gradio to open one, and the link names the open one. */
import { link } from "../kit/link.js";
import { oneOf } from "../kit/keys.js";
import { chosenDigit, openView, requestedView } from "../kit/page.js";
import { finder, linkedValue } from "../kit/view.js";

/** @typedef {import("../kit/routes.js").Props["shell/navigation"] & { value: { view: string } }} Props */

const makeButton = (/** @type {string} */ view) => {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    textContent: view,
  });
  button.setAttribute("role", "tab");
  button.dataset.view = view;
  return button;
};

const makeGroup = (/** @type {string} */ group, /** @type {string[]} */ titles) => {
  const part = Object.assign(document.createElement("span"), { className: "part" });
  const heading = Object.assign(document.createElement("span"), {
    className: "group",
    textContent: group,
  });
  for (const each of [part, heading]) each.setAttribute("role", "presentation");
  part.append(heading, ...titles.map(makeButton));
  return part;
};

/** @param {import("../kit/view.js").Mounting<Props> & { trigger: (event: string) => void }} mounting */
export default function mount({ element, props, trigger }) {
  const bar = finder(element)("nav");
  const views = Object.values(props.groups).flat();
  bar.append(...Object.entries(props.groups).map(([group, titles]) => makeGroup(group, titles)));
  const buttons = [...bar.querySelectorAll("button")];
  link.restrict(Object.values(props.views));

  // One stop for the Tab key: arrows move among the views, as in any list of tabs.
  const mark = (/** @type {string} */ view) => {
    for (const each of buttons) {
      const open = each.dataset.view === view;
      each.setAttribute("aria-selected", String(open));
      each.tabIndex = open ? 0 : -1;
    }
  };
  const open = (/** @type {string} */ view) => {
    props.value = { view };
    trigger("select");
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

  requestedView.subscribe((folder) => {
    const found = views.find((view) => props.views[view] === folder);
    if (found) choose(found);
  });

  // Until the view that a link names has opened, the address keeps its name: the first opens before.
  const linked = linkedValue("view", oneOf(views));
  let awaited = linked.value === views[0] ? null : linked.value;
  const follow = (/** @type {string} */ view) => {
    mark(view);
    if (awaited && view !== awaited) return;
    awaited = null;
    linked.remember(view);
  };
  openView.subscribe(follow);
  mark(openView.value || views[0]);

  // Once the digit is there: a view that opens before it would be answered twice, in any order.
  const openAwaited = () => {
    if (awaited) open(awaited);
  };
  if (chosenDigit.value) setTimeout(openAwaited);
  else {
    const stop = chosenDigit.subscribe(() => {
      stop();
      setTimeout(openAwaited);
    });
  }
}
