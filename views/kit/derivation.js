/** Whether a view's derivation is open: Gradio folds it, and the link says so. */
import { flag } from "./keys.js";
import { linkedValue } from "./view.js";

/**
 * Call it with what the selector finds, now or once it is there: Gradio lays out its components one
 * by one, and on a slow machine the fold comes after this script.
 * @param {Element} root
 * @param {string} selector
 * @param {(found: HTMLElement) => void} act
 */
const onceThere = (root, selector, act) => {
  const look = () => {
    const found = /** @type {HTMLElement | null} */ (root.querySelector(selector));
    if (found) act(found);
    return found !== null;
  };
  if (look()) return;
  const observer = new MutationObserver(() => {
    if (look()) observer.disconnect();
  });
  observer.observe(root, { childList: true, subtree: true });
};

/** @param {import("./view.js").Mounting<import("./routes.js").Props["kit/derivation"]>} mounting */
export default function mount({ element, props }) {
  const tab = element.closest(".tabitem");
  if (!tab) throw new Error("A derivation belongs to a view.");
  const open = linkedValue(`${props.section}.derivation`, flag());
  onceThere(tab, ".derivation > button", (button) => {
    const isOpen = () => button.classList.contains("open");
    const follow = () =>
      button.addEventListener("click", () => requestAnimationFrame(() => open.remember(isOpen())));
    // The button may be there before Gradio listens to it: click until it opens.
    const unfold = () => {
      if (isOpen()) return follow();
      button.click();
      requestAnimationFrame(unfold);
    };
    if (open.value) unfold();
    else follow();
  });
}
