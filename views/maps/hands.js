/** Mouse, finger, pen and keys on a map. */
import { drag } from "../kit/chart.js";
import { rounded } from "../kit/numbers.js";
import { inUnits } from "../kit/units.js";
import { DIGITS, isPlace } from "./places.js";

const STEP = 0.01; // of a map's side, that an arrow key moves the cursor

/**
 * @param {import("./board.js").Board} board
 * @param {import("./cell.js").Cell} cell
 * @param {(name: "A" | "B") => void} pin
 */
export const addHands = (board, cell, pin) => {
  const { state, isHiding, placeOf, look, move, refresh, settle } = board;
  const { plot, map } = cell;
  const target = cell.find(".plot");
  const go = (/** @type {number[]} */ z) => {
    if (!isHiding()) return move({ z, on: map.name });
    state.guess = { ...state.guess, [map.name]: rounded(z, DIGITS) };
    refresh();
    settle(true);
  };
  // The place that was chosen here, not the image beside it that a linked cursor may sit on: steps add up.
  const chosen = () => (state.on === map.name ? state.z : null);
  const under = (/** @type {number} */ x, /** @type {number} */ y) =>
    plot.within(plot.toCode(...inUnits([x, y])));
  drag(target, {
    move: (place) => go(under(...place)),
    step: (step) => {
      const from = (isHiding() ? state.guess[map.name] : (chosen() ?? placeOf(cell))) ?? [0, 0];
      go(plot.within(from.map((v, i) => v + step[i] * STEP * 2 * plot.half)));
    },
  });
  target.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || target.hasPointerCapture(event.pointerId)) return;
    const { left, top } = target.getBoundingClientRect();
    const z = under(event.clientX - left, event.clientY - top);
    if (isPlace(z)) look({ z: rounded(z, DIGITS), on: map.name });
  });
  target.addEventListener("pointerleave", () => look(null));
  target.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const name = event.key.toUpperCase();
    if (event.key === "Home") go([0, 0]);
    else if (name === "A" || name === "B") pin(name);
    else return;
    event.preventDefault();
  });
};
