/** A ring around the pointer, which is seen from the back of a room. */
import { lecturing, presenting } from "../kit/page.js";

const RESTS = 3000; // ms without a move, after which it is in the way of what is pointed at
const FIELDS = 'textarea, select, input:not([type="range"], [type="radio"], [type="checkbox"])';

export const mountPointerRing = () => {
  const ring = Object.assign(document.createElement("div"), { className: "pointer-ring" });
  ring.ariaHidden = "true";
  ring.hidden = true;
  document.body.append(ring);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;

  const hide = () => {
    ring.hidden = true;
  };
  const follow = (/** @type {PointerEvent} */ { target, clientX, clientY }) => {
    if (!presenting.value && !lecturing.value) return;
    ring.hidden = target instanceof Element && target.closest(FIELDS) !== null;
    ring.style.translate = `${clientX}px ${clientY}px`;
    clearTimeout(resting);
    resting = setTimeout(hide, RESTS);
  };
  addEventListener("pointermove", follow, true);
  addEventListener("pointerdown", follow, true);
  document.documentElement.addEventListener("pointerleave", hide);
  // A finger that is lifted points no more.
  for (const kind of /** @type {const} */ (["pointerup", "pointercancel"]))
    addEventListener(kind, ({ pointerType }) => pointerType === "mouse" || hide(), true);
  for (const mode of [presenting, lecturing]) mode.subscribe(hide);
};
