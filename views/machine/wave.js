/** The digit on its way: how far it has come, frame by frame. */

const DURATION = 1100; // ms, from the input to the output
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @param {(front: number) => void} draw called with 0 to 1, the last time with 1
 */
export const createWave = (draw) => {
  let frame = 0;
  let front = 1;
  const stop = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    front = 1;
  };
  const run = () => {
    stop();
    if (calm.matches) return draw(1);
    front = 0;
    let started = 0;
    const step = (/** @type {number} */ time) => {
      started ||= time;
      front = Math.min(1, (time - started) / DURATION);
      draw(front);
      frame = front < 1 ? requestAnimationFrame(step) : 0;
    };
    frame = requestAnimationFrame(step);
  };
  return {
    run,
    /** The digit is there already. */
    stop,
    get front() {
      return front;
    },
  };
};
