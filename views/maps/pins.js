/** Two pins, A and B, and the shortest path between them. */
import { rounded } from "../kit/numbers.js";
import { ask, isRefusal } from "../kit/request.js";
import { FRAMES } from "./films.js";
import { DIGITS } from "./places.js";

/** @typedef {import("./cell.js").Cell} Cell */

const SEEKING = "Finding the shortest path …";
const FOUND =
  "The metric counts how much the picture changes on the way (Arvanitidis et al. 2018); it does not grow where no digit lies, so a path may lead through.";

/**
 * @param {import("./board.js").Board} board
 * @param {(cell: Cell) => void} showFilms
 */
export const createPins = (board, showFilms) => {
  const { state, view, cells, shown, placeOf, refresh, settle } = board;

  // A search that keeps a core busy: Python does it, and only where there is a prior.
  const findShortest = async (/** @type {Cell} */ cell) => {
    const { name, prior } = cell.map;
    const [a, b] = [state.a?.[name], state.b?.[name]];
    const ends = a && b && prior ? String([a, b]) : "";
    if (ends === cell.ends) return;
    Object.assign(cell, { ends, shortest: null });
    if (!a || !b || !prior) return;
    view.say(SEEKING);
    const answer = await ask("maps/path", { model: name, a, b, frames: FRAMES });
    if (ends !== cell.ends) return;
    if (isRefusal(answer)) {
      cell.ends = "";
      return view.complain(answer.error);
    }
    if (view.find(".said").textContent === SEEKING) view.say(FOUND);
    cell.shortest = answer;
    showFilms(cell);
    refresh();
  };

  const repin = () => {
    const buttons = { A: state.a, B: state.b };
    for (const [pin, places] of Object.entries(buttons))
      view.find(`[data-do=${pin}]`).setAttribute("aria-pressed", String(places !== null));
    for (const cell of shown()) {
      findShortest(cell);
      showFilms(cell);
    }
    refresh();
    settle();
  };

  const pin = (/** @type {"A" | "B"} */ name) => {
    if (shown().some((cell) => !placeOf(cell)))
      return view.say("Go to a place on the maps, or draw or pick a digit; then pin it.");
    const places = Object.fromEntries(
      [...cells.values()].map((cell) => [cell.map.name, rounded(placeOf(cell) ?? [0, 0], DIGITS)]),
    );
    if (name === "A") state.a = places;
    else state.b = places;
    const next = `Pinned ${name}; move on and pin ${name === "A" ? "B" : "A"} for the path between them.`;
    view.say(state.a && state.b ? "" : next);
    repin();
  };
  return { pin, repin };
};
