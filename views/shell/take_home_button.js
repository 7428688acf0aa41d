/** The button "take home", and printing by the browser's own menu: what they need is fetched later. */
import { notice, openView } from "../kit/page.js";

const LATER = 3000; // ms after the first view: what that fetches comes first

/** @param {HTMLElement} button */
export const mountTakeHome = (button) => {
  button.addEventListener("click", () => {
    import("./take_home.js").then(
      ({ openSheet }) => openSheet(),
      () => {
        notice.value =
          "What can be taken home did not load; check that the server runs, and reload the page.";
      },
    );
  });
  // A print does not wait for a script: it has to be there before.
  const stop = openView.subscribe(() => {
    stop();
    // With the server gone the page is printed as browsers print any page.
    setTimeout(() => import("./printing.js").catch(() => {}), LATER);
  });
};
