/**
 * Charts in SVG and on canvases: scales, ticks, axes, lines and dragging, written once.
 *
 * Ticks are d3-array's, vendored as it is (vendor/d3-array): choosing round numbers is what it is
 * known for, and the page has no build that could fetch it.
 */
import { html } from "./markup.js";
import { format } from "./numbers.js";
import ticks, { tickIncrement } from "./vendor/d3-array/ticks.js";

/**
 * A map from values to places on the screen.
 * @typedef {object} Scale
 * @property {(value: number) => number} at
 * @property {(place: number) => number} invert
 * @property {(count: number) => number[]} ticks about so many round values, within the domain
 * @property {[number, number]} domain
 * @property {[number, number]} range
 */

/**
 * @param {[number, number]} domain
 * @param {[number, number]} range
 * @returns {Scale}
 */
export const linear = (domain, range) => {
  const [low, high] = domain;
  const [from, to] = range;
  const slope = (to - from) / (high - low);
  return {
    at: (value) => from + slope * (value - low),
    invert: (place) => low + (place - from) / slope,
    ticks: (count) => ticks(low, high, count),
    domain,
    range,
  };
};

/**
 * Equal ratios take equal room; the domain must be positive. Its ticks are powers of ten.
 * @param {[number, number]} domain
 * @param {[number, number]} range
 * @returns {Scale}
 */
export const logarithmic = (domain, range) => {
  const inner = linear([Math.log10(domain[0]), Math.log10(domain[1])], range);
  return {
    at: (value) => inner.at(Math.log10(value)),
    invert: (place) => 10 ** inner.invert(place),
    ticks: () => {
      const first = Math.ceil(Math.log10(domain[0]) - 1e-9);
      const last = Math.floor(Math.log10(domain[1]) + 1e-9);
      return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
    },
    domain,
    range,
  };
};

/**
 * How many decimals the ticks of a scale need.
 * @param {Scale} scale
 * @param {number} count as it is given to `ticks`
 */
export const decimals = ({ domain: [low, high] }, count) => {
  const step = tickIncrement(low, high, count);
  return step < 0 ? Math.ceil(Math.log10(-step) - 1e-9) : 0;
};

/**
 * The places of points as SVG's and canvases' polylines take them.
 * @param {Scale} x
 * @param {Scale} y
 * @param {number[][]} points pairs of values
 */
export const places = (x, y, points) =>
  points.map(([a, b]) => `${x.at(a).toFixed(1)},${y.at(b).toFixed(1)}`).join(" ");

/**
 * Places of labels at least `room` apart, in the order of the places that they were meant for: what
 * is too near is moved down.
 * @param {number[]} wanted
 * @param {number} room
 */
export const apart = (wanted, room) => {
  const found = [...wanted];
  const order = [...wanted.keys()].sort((a, b) => wanted[a] - wanted[b]);
  for (let i = 1; i < order.length; i++)
    found[order[i]] = Math.max(found[order[i]], found[order[i - 1]] + room);
  return found;
};

/**
 * @typedef {object} AxisOptions
 * @property {number[]} [values] the ticks; else about `count` round ones
 * @property {number} [count]
 * @property {(value: number) => string} [write]
 * @property {boolean} [grid] a line across the chart at each tick
 * @property {number} [across] where these lines end
 * @property {number} [marks] length of a mark outwards at each tick
 */

const mark = (/** @type {string} */ place, /** @type {string} */ way, length = 0) =>
  length > 0 && html`<path class="axis" stroke="var(--line)" d="M${place}${way}${length}"/>`;

/** @param {Scale} scale @param {AxisOptions} options */
const labelled = (scale, { values, count = 5, write }) => {
  const found = values ?? scale.ticks(count);
  const digits = decimals(scale, count);
  return found.map((value) => ({
    place: scale.at(value),
    text: write ? write(value) : format(value, digits),
  }));
};

/**
 * The axis under a chart as SVG: labels in the class "quiet".
 * @param {Scale} scale
 * @param {number} y where it lies
 * @param {AxisOptions} [options]
 */
export const axisBottom = (scale, y, options = {}) =>
  html`${labelled(scale, options).map(({ place, text }) => [
    options.grid &&
      html`<line x1="${place}" x2="${place}" y1="${options.across ?? y}" y2="${y}" stroke="var(--line)"/>`,
    mark(`${place} ${y}`, "v", options.marks),
    html`<text class="quiet" x="${place}" y="${y}" dy="1.3em" text-anchor="middle">${text}</text>`,
  ])}`;

/**
 * The axis at the left of a chart as SVG.
 * @param {Scale} scale
 * @param {number} x where it lies
 * @param {AxisOptions} [options]
 */
export const axisLeft = (scale, x, options = {}) =>
  html`${labelled(scale, options).map(({ place, text }) => [
    options.grid &&
      html`<line x1="${x}" x2="${options.across ?? x}" y1="${place}" y2="${place}" stroke="var(--line)"/>`,
    mark(`${x} ${place}`, "h-", options.marks),
    html`<text class="quiet" x="${x}" y="${place}" dx="-0.5em" dy="0.35em" text-anchor="end">${text}</text>`,
  ])}`;

/**
 * Places of labels, moved so that none covers another: two that would give way, each by half.
 * @param {[number, number][]} places
 * @param {number} room between two, in the same units
 * @returns {[number, number][]}
 */
export const keptApart = (places, room) => {
  const moved = places.map(([x, y]) => /** @type {[number, number]} */ ([x, y]));
  for (let round = 0; round < 40; round++)
    for (const [i, a] of moved.entries())
      for (const b of moved.slice(i + 1)) {
        const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
        const gap = Math.hypot(dx, dy) || 1e-3;
        const push = Math.max(0, room - gap) / 2 / gap;
        a[0] -= push * dx;
        a[1] -= push * dy;
        b[0] += push * dx;
        b[1] += push * dy;
      }
  return moved;
};

/**
 * The axis at the right of a chart as SVG.
 * @param {Scale} scale
 * @param {number} x where it lies
 * @param {AxisOptions} [options]
 */
export const axisRight = (scale, x, options = {}) =>
  html`${labelled(scale, options).map(
    ({ place, text }) =>
      html`<text class="quiet" x="${x}" y="${place}" dx="0.5em" dy="0.35em">${text}</text>`,
  )}`;

/**
 * Follow mouse, finger and pen, one at a time, and the arrow keys.
 * @param {HTMLElement | SVGElement} target
 * @param {object} hands
 * @param {(place: [number, number], event: PointerEvent) => void} hands.move called with the place in
 *   CSS pixels from the target's upper left corner when the pointer comes down and while it moves
 * @param {(place: [number, number], event: PointerEvent) => boolean} [hands.start] called in place of
 *   `move` when the pointer comes down; false: there is nothing to be dragged
 * @param {(event: PointerEvent) => void} [hands.end] the pointer has left, or was taken away
 * @param {(step: [number, number], event: KeyboardEvent) => void} [hands.step] an arrow key, as a step
 *   of 1, or with Shift of 10, to the right and upwards
 */
export const drag = (target, { start, move, end, step }) => {
  /** @type {number | null} */
  let pointer = null;
  const place = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    const box = target.getBoundingClientRect();
    return /** @type {[number, number]} */ ([clientX - box.left, clientY - box.top]);
  };
  target.addEventListener("pointerdown", (/** @type {any} */ event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    if (start && !start(place(event), event)) return;
    pointer = event.pointerId;
    target.setPointerCapture(event.pointerId);
    if (!start) move(place(event), event);
  });
  target.addEventListener("pointermove", (/** @type {any} */ event) => {
    if (event.pointerId === pointer) move(place(event), event);
  });
  const finish = (/** @type {any} */ event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    end?.(event);
  };
  for (const kind of ["pointerup", "pointercancel"]) target.addEventListener(kind, finish);
  target.addEventListener("keydown", (/** @type {any} */ event) => {
    const by = event.shiftKey ? 10 : 1;
    const steps = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, by],
      ArrowDown: [0, -by],
    };
    const found = /** @type {[number, number] | undefined} */ (
      /** @type {any} */ (steps)[event.key]
    );
    if (!step || !found || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step(found, event);
  });
};
