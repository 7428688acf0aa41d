/** The ways from a part of the picture to the views that are about it. */
import { addressWith } from "../kit/link.js";
import { fill, html } from "../kit/markup.js";
import { requestedView } from "../kit/page.js";

/** @typedef {import("../kit/routes.js").Props["machine/machine"]["doors"][number]} Door */

const EDGE = 12; // CSS pixels that a list keeps from the edge of the window

/**
 * A part's name as a button, which opens the list of its views.
 * @param {Door} door
 * @param {string} name
 */
export const createDoor = ({ views }, name) => {
  const root = document.createElement("span");
  root.className = "door";
  fill(
    root,
    html`<button type="button" aria-haspopup="true">${name} <span class="more" aria-hidden="true">▾</span></button>
      <div class="list" popover>
        <ul>${views.map(
          ({ view, title, question }) =>
            html`<li><a data-view="${view}"><b>${title}</b> <span>${question}</span></a></li>`,
        )}</ul>
      </div>`,
  );
  for (const link of root.querySelectorAll("a"))
    link.href = addressWith(`view=${link.dataset.view}`);
  const button = /** @type {HTMLButtonElement} */ (root.querySelector("button"));
  const list = /** @type {HTMLElement} */ (root.querySelector(".list"));
  button.popoverTargetElement = list;
  list.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== "open") return;
    const { left, top, bottom } = button.getBoundingClientRect();
    const { width, height } = list.getBoundingClientRect();
    const most = document.documentElement.clientWidth - width - EDGE;
    list.style.left = `${Math.max(EDGE, Math.min(left, most))}px`;
    const below = bottom + height + EDGE <= innerHeight;
    list.style.top = `${below ? bottom + 4 : Math.max(EDGE, top - height - 4)}px`;
  });
  list.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    list.hidePopover();
    requestedView.value = String(link.dataset.view);
  });
  return root;
};
