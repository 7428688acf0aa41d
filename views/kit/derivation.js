/** Whether a view's derivation is open: Gradio folds it, and the link says so. */
import { flag } from "./keys.js";
import { linkedValue } from "./view.js";

/** @param {import("./view.js").Mounting<import("./routes.js").Props["kit/derivation"]>} mounting */
export default function mount({ element, props }) {
  const tab = element.closest(".tabitem");
  const button = /** @type {HTMLElement | null | undefined} */ (
    tab?.querySelector(".derivation > button")
  );
  if (!button) throw new Error("There is no derivation to fold.");
  const isOpen = () => button.classList.contains("open");
  const open = linkedValue(`${props.section}.derivation`, flag());
  button.addEventListener("click", () => requestAnimationFrame(() => open.remember(isOpen())));
  if (open.value && !isOpen()) button.click();
}
