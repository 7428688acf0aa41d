/**
 * The link to what is shown: a store (store.js) that follows the page's address. What stands after
 * the # never reaches the server.
 */
import { notice } from "./page.js";
import { createStore, saysOurs } from "./store.js";

export const DAMAGED =
  "Part of that link is incomplete or damaged and was left out; copy the link again.";
const QUIET = 250; // ms: browsers refuse to hear of every move, so the address follows a pause

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

/**
 * The address with another fragment. Written out: a bare #... is read against the page's <base>, and
 * would lose the query, which may hold a theme or a Space's token.
 * @param {string} text without the #
 */
export const addressWith = (text) => location.pathname + location.search + (text ? `#${text}` : "");

const fragment = () => location.hash.slice(1);

/** Make the address say what the store says, unless it is another page's to write. */
export const writeAddress = () => {
  clearTimeout(waiting);
  if (!fragment() || saysOurs(fragment()))
    history.replaceState(history.state, "", addressWith(link.text()));
};

/** @type {import("./store.js").Store} */
export const link = createStore({
  text: fragment(),
  onNonsense: () => {
    notice.value = DAMAGED;
  },
  onChange: () => {
    clearTimeout(waiting);
    waiting = setTimeout(writeAddress, QUIET);
  },
});

/** Write down what the link says now and begin anew with it. */
export const reload = () => {
  writeAddress();
  location.reload();
};

// An entry of the browser's history holds the view that it shows and the load of the page that made
// it. Of what another load showed there is only the address left.
const LOAD = performance.timeOrigin;
const isOfThisLoad = () => history.state?.load === LOAD;

/** Say which view the browser's entry of now shows, and what the link says. @param {string} view */
export const markEntry = (view) => {
  history.replaceState({ view, load: LOAD }, "");
  writeAddress();
};

/** Begin another entry, so that the browser's "back" returns to what is shown now. */
export const beginEntry = () => {
  writeAddress();
  history.pushState(null, "");
};

/** Call it with the view to show when the browser goes to another entry. @param {(view: string) => void} act */
export const onOtherEntry = (act) =>
  addEventListener("popstate", () => {
    if (isOfThisLoad()) act(history.state.view);
  });

// Another link pasted into the same tab changes only what stands after the #: begin anew with it.
addEventListener("hashchange", () => {
  if (isOfThisLoad() || !saysOurs(fragment())) return;
  clearTimeout(waiting); // what this page still has to write would overwrite it
  location.reload();
});
