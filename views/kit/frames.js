/** Work in step with the screen. */

export const nextFrame = () => new Promise(requestAnimationFrame);

/**
 * Draw at once, but no more than once a frame: what else comes in a frame is drawn with the next.
 * @param {() => void} draw
 */
export const oncePerFrame = (draw) => {
  let drawn = false;
  let stale = false;
  const refresh = () => {
    if (drawn) {
      stale = true;
      return;
    }
    drawn = true;
    requestAnimationFrame(() => {
      drawn = false;
      if (stale) {
        stale = false;
        refresh();
      }
    });
    draw();
  };
  return refresh;
};
