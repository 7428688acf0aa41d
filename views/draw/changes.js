/** What a change of one step's z did to the canvases. */
import { format } from "../kit/numbers.js";

/**
 * Which canvases a change of one step's z left as they were: seen in the pictures, not assumed.
 * @param {Float32Array} before all canvases, one after another
 * @param {Float32Array} after
 * @param {number} count of the canvases
 */
export const unchangedOf = (before, after, count) => {
  const size = before.length / count;
  return Array.from({ length: count }, (_, t) =>
    before.subarray(t * size, (t + 1) * size).every((v, i) => v === after[t * size + i]),
  );
};

/**
 * What the change of a step did, in a sentence.
 * @param {number} step
 * @param {number[]} z of that step
 * @param {boolean[]} same for each step's canvas: is it as it was?
 */
export const changeOf = (step, z, same) => {
  const kept = same.filter(Boolean).length;
  const stayed =
    ["", "Canvas 1 stays as it was; "][kept] ?? `Canvases 1 to ${kept} stay as they were; `;
  const changed =
    kept < same.length ? `step ${kept + 1} and all after it changed.` : "nothing changed.";
  return `z of step ${step} = (${z.map((v) => format(v)).join(", ")}). ${stayed}${changed}`;
};
