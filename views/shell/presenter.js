/**
 * Presenter mode: the page on a wall. What only somebody who sits before it needs folds away, and all
 * else grows (presenter.css). A button of the header or the key P begins it, Escape ends it.
 */
import { takesKeys } from "../kit/keyboard.js";
import { lecturing, presenting } from "../kit/page.js";
import { finder } from "../kit/view.js";
import { mountPointerRing } from "./pointer_ring.js";
import { mountWakeLock } from "./wake_lock.js";

const KEY = "p";

const present = (/** @type {boolean} */ on) => {
  document.body.classList.toggle("presenting", on);
  presenting.value = on;
};

/** A browser, or the page around this one, may forbid it: one then presents in the window. */
const fillScreen = () => document.documentElement.requestFullscreen?.().catch(() => {});

const leave = () => {
  present(false);
  if (document.fullscreenElement) document.exitFullscreen();
};

/** @param {HTMLElement} button begins and ends it */
export const mountPresenter = (button) => {
  const words = finder(button)(".words");
  presenting.subscribe((on) => {
    button.ariaPressed = String(on);
    button.ariaLabel = on ? "leave presenter mode" : "present";
    words.textContent = on ? "leave" : "present";
  });
  button.addEventListener("click", () => {
    if (presenting.value) return leave();
    present(true);
    fillScreen();
  });
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat) return;
    if (event.key === "Escape" && presenting.value) leave();
    if (event.key.toLowerCase() !== KEY || takesKeys(event)) return;
    if (presenting.value) leave();
    else present(true);
  });
  // Escape, too, leaves the full screen, and the page does not hear it.
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && presenting.value) leave();
  });
  // A lecture has an order of its own for the screen.
  lecturing.subscribe((on) => {
    if (on && presenting.value) leave();
  });
  mountPointerRing();
  mountWakeLock();
};
