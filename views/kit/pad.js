/** A pad to draw on with mouse, finger or pen; what is drawn becomes a digit like those of MNIST. */
import { context, paint, sizeOf } from "./images.js";
import { normalized } from "./normalize.js";

/** @typedef {import("./normalize.js").Grey} Grey */
/** @typedef {{ ink: Grey, cropped: Grey, digit: Grey }} Drawing the steps from a drawing to a digit */

const INK_WIDTH = 18 / 224; // as a share of the pad's side
const SIDE = 112; // of the canvas that a drawing is normalized from

/**
 * Let visitors draw on `ink`, which lies over `picture`. One pointer draws at a time; the next stroke
 * adds to the drawing, or begins another one where the pad shows anything else.
 * @param {object} pad
 * @param {HTMLCanvasElement} pad.picture shows a digit; black under a drawing
 * @param {HTMLCanvasElement} pad.ink holds the strokes
 * @param {number[]} pad.shape [C, H, W] of a digit
 * @param {() => void} pad.onBegin a stroke begins
 * @param {(drawing: Drawing) => void} pad.onMove the drawing so far, once a frame
 * @param {(drawing: Drawing) => void} pad.onEnd the stroke has ended
 */
export const createPad = ({ picture, ink, shape, onBegin, onMove, onEnd }) => {
  const pen = /** @type {CanvasRenderingContext2D} */ (
    ink.getContext("2d", { willReadFrequently: true })
  );
  const small = context(
    Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE }),
  );
  let drawing = false; // is what the pad shows a drawing that another stroke would add to?
  let finger = /** @type {number | null} */ (null); // the pointer that draws a stroke now
  let frame = 0; // the animation frame that will tell of the stroke so far

  const drawingSoFar = () => {
    small.fillRect(0, 0, SIDE, SIDE);
    small.drawImage(ink, 0, 0, SIDE, SIDE);
    const rgba = small.getImageData(0, 0, SIDE, SIDE).data;
    const grey = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => rgba[4 * i]);
    return normalized(grey, SIDE);
  };
  const rest = () => {
    finger = null;
    cancelAnimationFrame(frame);
    frame = 0;
  };
  const wipe = () => {
    rest();
    pen.clearRect(0, 0, ink.width, ink.height);
    drawing = false;
  };
  const follow = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      onMove(drawingSoFar());
    });
  };
  const place = (/** @type {PointerEvent} */ event) => {
    const box = ink.getBoundingClientRect();
    return /** @type {const} */ ([
      ((event.clientX - box.left) * ink.width) / box.width,
      ((event.clientY - box.top) * ink.height) / box.height,
    ]);
  };
  const begin = (/** @type {PointerEvent} */ event) => {
    if (!drawing) {
      wipe();
      paint(picture, new Uint8Array(sizeOf(shape)), shape);
      drawing = true;
    }
    finger = event.pointerId;
    ink.setPointerCapture(finger);
    pen.lineWidth = INK_WIDTH * ink.width;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = pen.fillStyle = "#fff";
    const here = place(event);
    pen.beginPath();
    pen.arc(...here, pen.lineWidth / 2, 0, 2 * Math.PI); // a line of no length would leave no dot
    pen.fill();
    pen.beginPath();
    pen.moveTo(...here);
    follow();
  };
  const drawTo = (/** @type {PointerEvent} */ event) => {
    const here = place(event);
    pen.lineTo(...here);
    pen.stroke();
    pen.beginPath(); // the next move draws only what is new
    pen.moveTo(...here);
    follow();
  };
  ink.addEventListener("pointerdown", (event) => {
    if (finger !== null || event.button) return;
    event.preventDefault();
    onBegin();
    begin(event);
  });
  ink.addEventListener("pointermove", (event) => {
    if (event.pointerId === finger) drawTo(event);
  });
  const end = (/** @type {PointerEvent} */ event) => {
    if (event.pointerId !== finger) return;
    rest();
    onEnd(drawingSoFar());
  };
  ink.addEventListener("pointerup", end);
  ink.addEventListener("pointercancel", end);

  return {
    /** Show a digit in place of the drawing. @param {Uint8Array} pixels */
    show: (pixels) => {
      wipe();
      paint(picture, pixels, shape);
    },
  };
};
