/** A screen that is presented on stays lit, where the browser can see to it. */
import { lecturing, presenting } from "../kit/page.js";

export const mountWakeLock = () => {
  /** @type {Promise<WakeLockSentinel | null>} */
  let held = Promise.resolve(null);
  const take = () => {
    if (navigator.wakeLock) held = navigator.wakeLock.request("screen").catch(() => null);
  };
  const release = async () => (await held)?.release();

  for (const mode of [presenting, lecturing])
    mode.subscribe((on) => {
      if (on) take();
      else release();
    });
  // The browser takes it back from a page that is hidden.
  document.addEventListener("visibilitychange", () => {
    if ((presenting.value || lecturing.value) && document.visibilityState === "visible") take();
  });
};
