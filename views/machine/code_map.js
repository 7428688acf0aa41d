/** The code as a place on a map, for codes of two numbers. */
import { drag } from "../kit/chart.js";
import { decodeBytes, decodeHalves } from "../kit/encoding.js";
import { rounded } from "../kit/numbers.js";
import { latentPlot } from "../kit/plot.js";
import { fetchJson } from "../kit/request.js";
import { inUnits, unit } from "../kit/units.js";

/** @typedef {import("../kit/routes.js").Files["machine/machine/MapCodes"]} MapCodes */
/** @typedef {import("./network.js").Machine} Machine */
/** @typedef {import("./network.js").Code} Code */

const STEP = 0.01; // of the map's side, that an arrow key moves the point

/**
 * @param {object} options
 * @param {HTMLElement} options.target holds two canvases, .ground and .top
 * @param {number} options.digits decimals of a place
 * @param {(z: number[]) => void} options.onMove the visitor moves the point
 * @param {(z: number[] | null) => void} options.onLook a mouse passes over a place; null: it has left
 * @param {() => number[] | null} options.place where it is
 */
export const createCodeMap = ({ target, digits, onMove, onLook, place }) => {
  const canvas = (/** @type {string} */ name) =>
    /** @type {HTMLCanvasElement} */ (target.querySelector(name));
  /** @type {ReturnType<typeof latentPlot> | null} */
  let plot = null;
  let shown = /** @type {Machine | null} */ (null);
  let scale = 1; // CSS pixels of a unit: read once, because reading it lays the page out

  const under = (/** @type {number} */ x, /** @type {number} */ y) =>
    plot && rounded(plot.within(plot.toCode(...inUnits([x, y]))), digits);
  drag(target, {
    move: (at) => {
      const z = under(...at);
      if (z) onMove(z);
    },
    step: (step) => {
      const from = place();
      if (!plot || !from) return;
      const { half } = plot;
      onMove(rounded(plot.within(from.map((v, i) => v + step[i] * STEP * 2 * half)), digits));
    },
  });

  target.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || target.hasPointerCapture(event.pointerId)) return;
    const { left, top } = target.getBoundingClientRect();
    onLook(under(event.clientX - left, event.clientY - top));
  });
  target.addEventListener("pointerleave", () => onLook(null));

  return {
    /** Show a machine's map; its dots come when they are there. @param {Machine} machine @param {number} width */
    show: (machine, width) => {
      const { map } = machine;
      if (!map) return;
      const data = {
        centre: map.centre,
        half: map.half,
        codes: /** @type {ArrayLike<number>} */ ([]),
        classes: /** @type {ArrayLike<number>} */ ([]),
        prior: machine.family === "vae",
      };
      const mine = latentPlot(canvas(".ground"), canvas(".top"), data);
      plot = mine;
      shown = machine;
      canvas(".ground").dataset.density = ""; // another map's size is not this one's
      scale = unit();
      mine.resize(width / scale);
      mine.drawGround();
      return fetchJson(map.codes).then((/** @type {MapCodes} */ found) => {
        if (shown !== machine || plot !== mine) return;
        mine.become({ codes: decodeHalves(found.codes), classes: decodeBytes(found.classes) });
        mine.drawGround();
      });
    },
    redraw: () => plot?.drawGround(),
    /** Draw what moves. @param {Code | null} code of the digit @param {number[] | null} z */
    draw: (code, z) => {
      const landing = code && { z: code.mu, std: code.sigma };
      plot?.drawTop({ z, landing, pins: {}, paths: [], draws: [] });
    },
    /** Where a code is on the map, in CSS pixels. @param {number[]} z @returns {[number, number]} */
    pixelOf: (z) => {
      const [x, y] = plot?.toPixel(plot.within(z)) ?? [0, 0];
      return [x * scale, y * scale];
    },
  };
};
