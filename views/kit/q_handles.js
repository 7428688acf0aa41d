/** Hands on a q over a map: three handles for mouse, finger, pen and the arrow keys. */
import { drag } from "./chart.js";
import { format } from "./numbers.js";
import { dragged, stepped } from "./q.js";
import { inUnits } from "./units.js";

/** @typedef {import("./importance.js").Gaussian} Gaussian */

const STEP = 0.02; // what an arrow key moves, as a share of the window's half side
const LARGE_STEP = 0.1; // with Shift

/**
 * The elements of class "handle" on a plot: one for the mean, and one for each axis, which stands at
 * two standard deviations.
 * @param {HTMLElement} plot
 * @param {object} hands
 * @param {ReturnType<typeof import("./posterior_maps.js").createMaps>} hands.maps
 * @param {() => Gaussian | null} hands.q the one that is shown
 * @param {() => number} hands.half the half side of the window that is shown
 * @param {(q: Gaussian) => void} hands.put called with where a hand moves it
 * @param {() => void} hands.settle called when the hand rests
 */
export const qHandles = (plot, { maps, q, half, put, settle }) => {
  const handles = /** @type {HTMLElement[]} */ ([...plot.querySelectorAll(".handle")]);
  for (const handle of handles) {
    const which = String(handle.dataset.handle);
    drag(handle, {
      start: (_, event) => {
        event.preventDefault();
        handle.focus();
        return q() !== null;
      },
      move: (_, { clientX, clientY }) => {
        const box = plot.getBoundingClientRect();
        const now = q();
        const place = inUnits([clientX - box.left, clientY - box.top]);
        if (now) put(dragged(now, which, maps.toCode(...place)));
      },
      end: settle,
      step: (step, { shiftKey }) => {
        const size = half() * (shiftKey ? LARGE_STEP : STEP);
        const now = q();
        const by = step.map((v) => Math.sign(v) * size);
        if (now) put(stepped(now, which, by));
      },
    });
    handle.addEventListener("keyup", settle);
  }
  return {
    /** Put the handles where q is. @param {Gaussian} now */
    place: ({ mu, sigma }) => {
      const ends = [mu, [mu[0] + 2 * sigma[0], mu[1]], [mu[0], mu[1] + 2 * sigma[1]]];
      ends.forEach((z, i) => {
        const [x, y] = maps.toPixel(z);
        const value = (i ? sigma[i - 1] : mu[0]).toFixed(4);
        const mean = `mean ${mu.map((v) => format(v, 3)).join(", ")}`;
        handles[i].style.transform = `translate(${x / 16}rem, ${y / 16}rem)`;
        handles[i].setAttribute("aria-valuenow", value);
        handles[i].setAttribute("aria-valuetext", i ? `sigma ${i} ${value}` : mean);
      });
    },
  };
};
