/** The button "take home", and printing by the browser's own menu: what they need is fetched later. */
import { openView } from "../kit/page.js";

const LATER = 3000; // ms after the first view: what that fetches comes first

const sheet = () => import("./take_home.js");

/** @param {HTMLElement} button */
export const mountTakeHome = (button) => {
  button.addEventListener("click", async () => (await sheet()).openSheet());
  // A print does not wait for a script: it has to be there before.
  const stop = openView.subscribe(() => {
    stop();
    setTimeout(() => import("./printing.js"), LATER);
  });
};
