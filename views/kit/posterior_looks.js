/** Questions about the true posterior of a digit, live while something moves and exact at rest. */
import { ask, latestOnly } from "./request.js";

/** @typedef {import("./routes.js").Routes["gap/posterior"]} Route */
/** @typedef {Route["question"]["q"]} Dragged */

/**
 * A question about the posterior, counted.
 * @typedef {object} Look
 * @property {number} number
 * @property {number} turn how many digits and models there were before
 * @property {string} model
 * @property {boolean} live on a coarse grid, for what moves
 * @property {Dragged} q around which to look; null for the encoder's
 * @property {(() => void) | null} then what is to follow it
 */

/**
 * Of what moves two questions are out, so that the server is never idle; what is exact takes seconds,
 * and keeps nothing that moves waiting. An answer that is older than what is shown is dropped.
 * @param {object} asker
 * @param {() => string} asker.model the name of the model that is looked at now
 * @param {() => Pick<Route["question"], "model" | "digit" | "seed">} asker.question
 * @param {(answer: Route["answer"], look: Look) => void} asker.take
 * @param {(sentence: string) => void} asker.complain
 * @param {AbortSignal} asker.ended nobody wants an answer any more
 */
export const createLooks = ({ model, question, take, complain, ended }) => {
  let turn = 0;
  let looks = 0;
  let latest = 0; // the number of the look that is shown
  const isLate = (/** @type {Look} */ look) =>
    look.number < latest || look.model !== model() || (look.turn !== turn && !look.live);
  const send = async (/** @type {Look} */ look) =>
    isLate(look)
      ? null
      : ask("gap/posterior", { ...question(), live: look.live, q: look.q }, ended);
  const refuse = (/** @type {string} */ sentence, /** @type {Look} */ look) => {
    if (!isLate(look)) complain(sentence);
  };
  const show = (/** @type {Route["answer"]} */ answer, /** @type {Look} */ look) => {
    if (isLate(look)) return;
    latest = look.number;
    take(answer, look);
    look.then?.();
  };
  const lookLive = latestOnly(send, show, refuse, 2);
  const lookAtRest = latestOnly(send, show, refuse);
  return {
    /** Another digit or model: what was asked exactly of the one before is of no use. */
    begin: () => {
      turn += 1;
    },
    /** How many digits and models there were. */
    turn: () => turn,
    /**
     * @param {Dragged} q around which to look; null for the encoder's
     * @param {boolean} [live]
     * @param {(() => void) | null} [then] what is to follow
     */
    around: (q, live = false, then = null) => {
      looks += 1;
      const look = { number: looks, turn, model: model(), live, q, then };
      if (live) lookLive(look);
      else lookAtRest(look);
    },
  };
};
