/** A quick stroke of one finger to the side, as through the leaves of a book. */

/** @typedef {{ x: number, y: number, time: number }} Moment where a finger was, and when, in ms */

const LEAST = 60; // CSS pixels to the side
const STEEPEST = 0.5; // of its height by its width
const LONGEST = 600; // ms
const EDGE = 24; // CSS pixels at either side of the screen, where browsers have strokes of their own

/**
 * Which way a finger leafs: 1 to the next, -1 to the previous, 0 where it does something else.
 * @param {Moment} from
 * @param {Moment} to
 * @param {number} width of the screen, in CSS pixels
 */
export const swipeOf = (from, to, width) => {
  const across = to.x - from.x;
  const isFast = to.time - from.time <= LONGEST;
  const isLevel = Math.abs(to.y - from.y) <= STEEPEST * Math.abs(across);
  const isAtEdge = from.x < EDGE || from.x > width - EDGE;
  if (isAtEdge || !isFast || !isLevel || Math.abs(across) < LEAST) return 0;
  return across < 0 ? 1 : -1;
};

/** Does a finger that is put down here already move something else: a handle, a pad, a row? */
const isTaken = (/** @type {Element} */ target) => {
  if (target.closest("input, select, textarea, dialog, [popover]")) return true;
  for (let at = /** @type {Element | null} */ (target); at; at = at.parentElement) {
    const { touchAction, overflowX } = getComputedStyle(at);
    if (touchAction !== "auto" && touchAction !== "manipulation") return true;
    const scrolls = overflowX === "auto" || overflowX === "scroll";
    if (scrolls && at.scrollWidth > at.clientWidth) return true;
  }
  return false;
};

/** @param {(by: 1 | -1) => void} leaf called with 1 for the next, -1 for the previous */
export const mountSwipe = (leaf) => {
  let from = /** @type {Moment | null} */ (null);
  const momentOf = (/** @type {TouchEvent} */ { changedTouches: [touch], timeStamp }) => ({
    x: touch.clientX,
    y: touch.clientY,
    time: timeStamp,
  });
  // Touches, not pointers: a browser that scrolls ends the pointer, but tells of the finger.
  addEventListener(
    "touchstart",
    (event) => {
      const { target, touches } = event;
      const alone = touches.length === 1 && target instanceof Element;
      from = alone && !isTaken(target) ? momentOf(event) : null;
    },
    { passive: true },
  );
  addEventListener("touchend", (event) => {
    const by = from ? swipeOf(from, momentOf(event), document.documentElement.clientWidth) : 0;
    from = null;
    if (by) leaf(by);
  });
};
