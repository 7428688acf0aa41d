/** The game: guess where the digit lands before it is shown. */
import { nearest } from "../kit/density.js";
import { format } from "../kit/numbers.js";
import { spreadOf } from "./places.js";

/** @typedef {import("./cell.js").Cell} Cell */

/**
 * How far a guess is off, in the spread of the digit's class.
 * @param {import("../kit/density.js").Codes} codes
 * @param {number[]} guess
 * @param {number[]} z where the digit is
 * @param {number} digit its class
 */
const describeGuess = (codes, guess, z, digit) => {
  const off = Math.hypot(guess[0] - z[0], guess[1] - z[1]);
  const spread = spreadOf(codes, digit);
  return `your guess is ${format(off)} off: ${format(off / spread, 1)} times the spread of the ${digit}s, ${format(spread)}`;
};

/** @param {import("./board.js").Board} board */
export const createGame = ({ state, view, cells, shown, digit, refresh, settle }) => {
  const button = view.find("[data-do=reveal]");
  const theDigit = () => (digit()?.label ? `your ${digit()?.label}` : "your digit");
  const task = () => `Where will ${theDigit()} land? Choose a place on every map, then reveal.`;

  const score = (/** @type {Cell} */ { map, data, landing, find }) => {
    const guess = state.guess[map.name];
    if (!guess || !landing) return;
    const known = digit()?.label;
    const label = known ? Number(known) : nearest(data, landing.z).digit;
    find(".score").textContent = describeGuess(data, guess, landing.z, label);
  };
  /** Go on with what is: a task, a solution, or no game at all. */
  const show = () => {
    view.say(state.predict && !state.revealed ? task() : "");
    button.hidden = !state.predict || state.revealed;
    refresh();
  };
  const start = () => {
    state.revealed = false;
    state.guess = {};
    for (const cell of cells.values()) cell.find(".score").textContent = "";
    show();
  };
  const reveal = () => {
    if (!digit()) return view.say("Pick or draw a digit first; then guess where it lands.");
    const open = shown().find(({ map }) => !state.guess[map.name]);
    if (open)
      return view.say(
        `Choose a place on the map of ${open.map.family.toUpperCase()} too; then reveal.`,
      );
    if (shown().some(({ landing }) => !landing))
      return view.say("The digit has not landed yet; try again in a moment.");
    state.revealed = true;
    state.z = null;
    for (const cell of shown()) score(cell);
    show();
    view.say(`Here is ${theDigit()}. Pick or draw another digit for the next guess.`);
    settle();
  };
  return { score, show, start, reveal };
};
