/** Where the digit lies on the maps. */
import { runsHere } from "../kit/decoding.js";
import { encodePicture, fromBytes } from "../kit/images.js";
import { onServer } from "../kit/page.js";
import { ask, latestOnly } from "../kit/request.js";
import { readPosterior } from "./places.js";

/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {import("./cell.js").Cell} Cell */

/**
 * The digit lands on every map that is shown, while it is being drawn, too.
 * @param {import("./board.js").Board} board
 * @param {ReturnType<typeof import("./game.js").createGame>} game
 */
export const createLandings = (board, game) => {
  const { state, cells, shown, refresh, settle, view } = board;
  let turns = 0;
  // Answers may come late: what a later turn of the digit has put on a map stays.
  const landAt = (
    /** @type {Cell} */ cell,
    /** @type {number} */ turn,
    /** @type {Cell["landing"]} */ landing,
  ) => {
    if (turn < cell.turn) return;
    Object.assign(cell, { landing, turn });
    if (state.revealed && cell.isReady) game.score(cell);
  };
  const askCodes = latestOnly(
    (/** @type {{ digit: Digit, models: string[], turn: number }} */ { digit, models }) =>
      ask("encode", { digit: encodePicture(digit), models }),
    ({ posteriors }, { models, turn }) => {
      models.forEach((name, i) => {
        const cell = cells.get(name);
        if (cell) landAt(cell, turn, posteriors[i]);
      });
      refresh();
      settle();
    },
    view.complain,
  );
  const land = () => {
    const digit = board.digit();
    if (!digit) return;
    const turn = ++turns;
    const models = [];
    for (const cell of shown()) {
      const { encoder } = cell;
      if (digit.live && !onServer.value) encoder.load(); // heavy, so only for those who draw
      if (runsHere(encoder) && encoder.run)
        landAt(cell, turn, readPosterior(encoder.run(fromBytes(digit.pixels))));
      else models.push(cell.map.name);
    }
    refresh();
    if (models.length) askCodes({ digit, models, turn });
  };
  /** There is no digit any more: it leaves the maps, and a game begins anew. */
  const leave = () => {
    board.setDigit(null);
    state.z = null;
    if (state.predict) game.start();
    turns += 1;
    for (const cell of cells.values()) landAt(cell, turns, null);
    refresh();
    settle(true);
  };
  /** Take another digit; `moves`: the maps go to where it lands. */
  const take = (/** @type {Digit} */ digit, /** @type {boolean} */ moves) => {
    board.setDigit(digit);
    if (moves) state.z = null;
    if (moves && state.predict && (state.revealed || !digit.live)) game.start();
    else if (!moves && state.predict) game.show();
    land();
    settle(true);
  };
  return { land, leave, take };
};
