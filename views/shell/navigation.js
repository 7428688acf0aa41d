const bar = element.querySelector("nav");
const views = Object.values(props.groups).flat();

const button = (view) => {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: view });
  made.setAttribute("role", "tab");
  made.dataset.view = view;
  return made;
};
for (const [group, names] of Object.entries(props.groups)) {
  const part = Object.assign(document.createElement("span"), { className: "part" });
  const heading = Object.assign(document.createElement("span"), { className: "group", textContent: group });
  for (const each of [part, heading]) each.setAttribute("role", "presentation");
  part.append(heading, ...names.map(button));
  bar.append(part);
}
const buttons = [...bar.querySelectorAll("button")];

// One stop for the Tab key: arrows move among the views, as in any list of tabs.
const mark = (view) => {
  for (const each of buttons) {
    const open = each.dataset.view === view;
    each.setAttribute("aria-selected", String(open));
    each.tabIndex = open ? 0 : -1;
  }
};
const ask = (view) => {
  props.value = { view };
  trigger("select");
};
bar.addEventListener("click", ({ target }) => { if (target.dataset.view) ask(target.dataset.view); });
bar.addEventListener("keydown", (event) => {
  const at = buttons.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  const next = buttons.at(to % buttons.length);
  next.focus();
  ask(next.dataset.view);
});

// The view that is open: Python draws no other, links name it unless it is the first. Until the view
// a link names has opened, the address keeps its name: the first view opens before it.
let awaited = linked("view", (text) => (views.includes(text) ? text : undefined));
document.addEventListener("latent-lab:view", ({ detail }) => {
  props.value = { view: detail };
  mark(detail);
  if (awaited && detail !== awaited) return;
  awaited = null;
  remember({ view: detail === views[0] ? "" : detail });
});
mark(views[0]);
// Once the digit is there: a view that opens before it would be answered twice, in any order.
const openLinked = (view) => setTimeout(() => ask(view));
const view = awaited;
if (view && window.latentLabDigit) openLinked(view);
else if (view) document.addEventListener("latent-lab:digit", () => openLinked(view), { once: true });
