/** A pad as large as the screen, for fingers. The views behind it follow the stroke. */
import { paint, sizeOf } from "../kit/images.js";
import { html } from "../kit/markup.js";
import { createPad } from "../kit/pad.js";
import { chosenDigit } from "../kit/page.js";
import { finder } from "../kit/view.js";
import { createDialog } from "./dialog.js";

const INK = 448; // pixels of the pad's side

const CONTENT = html`<div class="heading">
    <h2>Draw a digit</h2>
    <figure>
      <canvas class="seen" role="img" aria-label="Your digit, as the models see it"></canvas>
      <figcaption>as the models see it</figcaption>
    </figure>
  </div>
  <div class="sheet">
    <canvas class="shown" aria-hidden="true"></canvas>
    <canvas
      class="strokes"
      width="${INK}"
      height="${INK}"
      aria-label="Draw a digit here with mouse, finger or pen"
    ></canvas>
  </div>
  <div class="choices">
    <button type="button" data-do="wipe">Clear</button>
    <button type="button" data-do="done">Done</button>
  </div>`;

/**
 * @param {HTMLElement} root that the dialog becomes a child of
 * @param {number[]} shape [C, H, W] of a digit
 * @returns {{ open: () => void }} `open` shows it, with the chosen digit
 */
export const createPadDialog = (root, shape) => {
  const dialog = createDialog(root, "large-pad", "Draw a digit", CONTENT);
  const find = finder(dialog);
  const seen = /** @type {HTMLCanvasElement} */ (find(".seen"));

  const choose = (/** @type {Uint8Array} */ pixels, /** @type {boolean} */ live) => {
    paint(seen, pixels, shape);
    chosenDigit.value = { pixels, shape, label: "", live, opening: false };
  };
  const pad = createPad({
    picture: /** @type {HTMLCanvasElement} */ (find(".shown")),
    ink: /** @type {HTMLCanvasElement} */ (find(".strokes")),
    shape,
    onBegin: () => {},
    onMove: ({ digit }) => choose(digit.pixels, true),
    onEnd: ({ digit }) => choose(digit.pixels, false),
  });
  const show = (/** @type {Uint8Array} */ pixels) => {
    pad.show(pixels);
    paint(seen, pixels, shape);
  };
  const nothing = () => new Uint8Array(sizeOf(shape));

  dialog.addEventListener("click", (event) => {
    // Else the digit input, which it is a part of, would take it for one of its own.
    event.stopPropagation();
    const { do: action } = /** @type {HTMLElement} */ (event.target).dataset;
    if (action === "done") dialog.close();
    if (action !== "wipe") return;
    pad.show(nothing());
    choose(nothing(), false);
  });
  return {
    open: () => {
      show(chosenDigit.value?.pixels ?? nothing());
      dialog.showModal();
    },
  };
};
