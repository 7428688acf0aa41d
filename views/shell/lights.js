/** The light switch. What it is set to is in the link, and kept for the next visit. */
import { oneOf, optional } from "../kit/keys.js";
import { linkedValue } from "../kit/view.js";

const THEMES = /** @type {const} */ (["dark", "light"]);
const KEPT = "latent-lab.theme";

/** A browser may refuse to keep anything: the page then forgets, and goes on. */
const kept = () => {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEPT)) ?? null;
  } catch {
    return null;
  }
};

const keep = (/** @type {string} */ theme) => {
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // Said above.
  }
};

/** What Gradio reads from the query of an address */
const isAsked = () => new URLSearchParams(location.search).has("__theme");

/** @param {HTMLElement} button */
export const mountLights = (button) => {
  const linked = linkedValue("theme", optional(oneOf(THEMES)));
  const theme = linked.value ?? (isAsked() ? null : kept());
  if (theme) document.body.classList.toggle("dark", theme === "dark");
  button.addEventListener("click", () => {
    const now = document.body.classList.toggle("dark") ? "dark" : "light";
    linked.remember(now);
    keep(now);
  });
};
