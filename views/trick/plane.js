/** The plane of z as SVG: q, the draw, and arrows as long as the loss is steep. */
import { axisBottom, axisLeft, decimals, linear } from "../kit/chart.js";
import { html } from "../kit/markup.js";
import { clamp, exact, format } from "../kit/numbers.js";

/** @typedef {import("../kit/markup.js").Value} Value */
/** @typedef {import("./graph.js").Gradients} Gradients */
/** @typedef {{ centre: number[], half: number }} Frame the square of the plane that is shown */
/** @typedef {{ mu: number[], sigma: number[], epsilon: number[] }} Draw of z = mu + sigma * epsilon */
/** @typedef {"z" | "mu" | "sigma0" | "sigma1"} Grip what a hand may take */

const LEFT = 46; // units around the square
const TOP = 4;
const SIDE = 262;
const TICKS = 4; // about so many on an axis
const NEAR = 40; // units within which a grip is taken
const ROOM = 3.4; // standard deviations from the centre to a side

/** @param {Draw} draw */
export const placeOf = ({ mu, sigma, epsilon }) => mu.map((m, i) => m + sigma[i] * epsilon[i]);

/**
 * The frame for a q: the last one, unless q is too small or too large in it, or near its edge.
 * @param {Draw} draw
 * @param {Frame} last
 * @returns {Frame}
 */
export const frameFor = ({ mu, sigma }, last) => {
  const wanted = ROOM * Math.max(...sigma);
  const far = Math.max(...mu.map((m, i) => Math.abs(m - last.centre[i])));
  const fits = last.half <= 2.2 * wanted && last.half >= wanted / 1.6 && far <= 0.7 * last.half;
  return fits ? last : { centre: [...mu], half: wanted };
};

/** From codes to places on the plot, one for each axis. @param {Frame} frame */
const scalesOf = ({ centre: [a, b], half }) => ({
  x: linear([a - half, a + half], [LEFT, LEFT + SIDE]),
  y: linear([b - half, b + half], [TOP + SIDE, TOP]),
});

/** The code at a place. @param {Frame} frame @param {number[]} place */
export const toCode = (frame, [left, top]) => {
  const { x, y } = scalesOf(frame);
  return [x.invert(left), y.invert(top)];
};

/** The grip that is nearest to a place, or null if none is near. @param {Frame} frame @param {Draw} draw @param {number[]} place @returns {Grip | null} */
export const gripAt = (frame, draw, [left, top]) => {
  const { mu, sigma } = draw;
  const { x, y } = scalesOf(frame);
  /** @type {[Grip, number[]][]} */
  const grips = [
    ["z", placeOf(draw)],
    ["mu", mu],
    ["sigma0", [mu[0] + sigma[0], mu[1]]],
    ["sigma1", [mu[0], mu[1] + sigma[1]]],
  ];
  const away = grips.map(([grip, [a, b]]) => ({
    grip,
    distance: Math.hypot(x.at(a) - left, y.at(b) - top),
  }));
  const [nearest] = away.sort((one, other) => one.distance - other.distance);
  return nearest.distance < NEAR ? nearest.grip : null;
};

/**
 * What a hand makes of a draw that has taken one of its grips to a place.
 * @param {Draw} draw
 * @param {Grip} grip
 * @param {number[]} at
 * @param {Record<"mu" | "sigma" | "epsilon", [number, number]>} limits
 * @returns {Draw}
 */
export const dragged = ({ mu, sigma, epsilon }, grip, at, limits) => {
  if (grip === "mu") return { mu: at.map((v) => clamp(v, ...limits.mu)), sigma, epsilon };
  if (grip === "z") {
    const noise = at.map((v, i) => clamp((v - mu[i]) / sigma[i], ...limits.epsilon));
    return { mu, sigma, epsilon: noise };
  }
  const axis = grip === "sigma0" ? 0 : 1;
  const width = clamp(Math.abs(at[axis] - mu[axis]), ...limits.sigma);
  return { mu, sigma: sigma.map((s, i) => (i === axis ? width : s)), epsilon };
};

/** Three significant digits, no exponent. @param {number} v */
export const significant = (v) => {
  const round = Number(v.toPrecision(3));
  return Math.abs(round) >= 1000 ? round.toLocaleString("en").replace("-", "−") : exact(round);
};

/** The largest of 1, 2, 5, 10, ... that is not above v. @param {number} v */
export const roundBelow = (v) => {
  const power = 10 ** Math.floor(Math.log10(v));
  return power * ([5, 2, 1].find((m) => m * power <= v * (1 + 1e-9)) ?? 1);
};

/** @param {Frame} frame */
const axes = (frame) => {
  const { x, y } = scalesOf(frame);
  const [right, bottom] = [LEFT + SIDE, TOP + SIDE];
  const digits = decimals(x, TICKS);
  // Not where the axis's name stands.
  const writeX = (/** @type {number} */ v) => (x.at(v) < right - 34 ? format(v, digits) : "");
  const writeY = (/** @type {number} */ v) => (y.at(v) > TOP + 24 ? format(v, digits) : "");
  return [
    axisBottom(x, bottom, { count: TICKS, marks: 4, write: writeX }),
    axisLeft(y, LEFT, { count: TICKS, marks: 4, write: writeY }),
    html`<text x="${right}" y="${bottom}" dy="1.3em" text-anchor="end">z₁</text><text x="${LEFT - 6}" y="${TOP + 14}" text-anchor="end">z₂</text>`,
  ];
};

/**
 * An arrow, as long as the descent is steep.
 * @param {number[]} place
 * @param {number[]} by in units
 * @param {string} name
 */
const arrow = ([x, y], [dx, dy], name) => {
  const length = Math.hypot(dx, dy);
  if (length < 1) return "";
  const [ux, uy] = [dx / length, dy / length];
  const [ex, ey] = [x + dx, y + dy];
  const head = Math.min(11, 0.6 * length + 3);
  const [bx, by] = [ex - head * ux, ey - head * uy];
  return html`<path class="pull ${name}" d="M${x} ${y}L${bx} ${by}"/><path class="pull head ${name}" d="M${ex} ${ey}L${bx - 0.55 * head * uy} ${by + 0.55 * head * ux}L${bx + 0.55 * head * uy} ${by - 0.55 * head * ux}Z"/>`;
};

/**
 * Arrows downhill. All share one scale, a round one, and the steepest is about a third of the plane.
 * @param {Frame} frame
 * @param {Draw} draw
 * @param {Gradients} found
 */
const pulls = (frame, draw, { by_z, total }) => {
  const { mu, sigma } = draw;
  const { x, y } = scalesOf(frame);
  const steepest = Math.max(1e-9, ...by_z.map(Math.abs), ...total.flat().map(Math.abs));
  const unit = roundBelow(steepest * 1.5);
  const scale = SIDE / 4 / unit;
  const at = (/** @type {number[]} */ [a, b]) => [x.at(a), y.at(b)];
  const down = (/** @type {number[]} */ [gx, gy]) => [-gx * scale, gy * scale];
  const [byMu, [bySigma1, bySigma2]] = total;
  return [
    arrow(at([mu[0] + sigma[0], mu[1]]), down([bySigma1, 0]), "sigma"),
    arrow(at([mu[0], mu[1] + sigma[1]]), down([0, bySigma2]), "sigma"),
    arrow(at(placeOf(draw)), down(by_z), "z"),
    arrow(at(mu), down(byMu), "mu"),
    html`<path class="pull ink" d="M${LEFT + 10} ${TOP + SIDE - 12}h${SIDE / 4}"/><text x="${LEFT + 18 + SIDE / 4}" y="${TOP + SIDE - 7}">${significant(unit)} nats per unit</text>`,
  ];
};

/**
 * q at one and two standard deviations, the draw, and what may be taken.
 * @param {Frame} frame
 * @param {Draw} draw
 * @param {Value} arrows
 */
const marks = (frame, draw, arrows) => {
  const { x, y } = scalesOf(frame);
  const [mx, my] = [x.at(draw.mu[0]), y.at(draw.mu[1])];
  const [a, b] = placeOf(draw);
  const [zx, zy] = [x.at(a), y.at(b)];
  const [rx, ry] = draw.sigma.map((s) => (s * SIDE) / (2 * frame.half));
  const ellipse = (/** @type {number} */ n, /** @type {string} */ name) =>
    html`<ellipse class="spread ${name}" cx="${mx}" cy="${my}" rx="${n * rx}" ry="${n * ry}"/>`;
  const dot = (
    /** @type {number} */ u,
    /** @type {number} */ v,
    /** @type {number} */ r,
    /** @type {string} */ name,
  ) => html`<circle class="dot ${name}" cx="${u}" cy="${v}" r="${r}"/>`;
  const name = (
    /** @type {number} */ u,
    /** @type {number} */ v,
    /** @type {string} */ text,
    /** @type {string} */ whose,
  ) => html`<text class="name ${whose}" x="${u}" y="${v}" text-anchor="middle">${text}</text>`;
  const noise =
    Math.hypot(zx - mx, zy - my) > 60
      ? name((mx + zx) / 2 + 12, (my + zy) / 2 - 6, "σ·ε", "epsilon")
      : "";
  return html`${ellipse(2, "two")}${ellipse(1, "one")}
    <path class="noise" d="M${mx} ${my}L${zx} ${zy}"/>${noise}
    ${arrows}${dot(mx + rx, my, 6, "sigma")}${dot(mx, my - ry, 6, "sigma")}${dot(mx, my, 8, "mu")}${dot(zx, zy, 8, "z")}
    ${name(mx - 4, my - 14, "μ", "mu")}${name(mx + rx + 4, my + 24, "σ₁", "sigma")}${name(mx - 20, my - ry - 2, "σ₂", "sigma")}${name(zx, zy + 24, "z", "z")}`;
};

/**
 * The plane.
 * @param {Frame} frame
 * @param {Draw} draw
 * @param {Gradients | null} found
 * @param {string} clip an id that no other part of the page has
 */
export const planeOf = (frame, draw, found, clip) => {
  const square = html`x="${LEFT}" y="${TOP}" width="${SIDE}" height="${SIDE}"`;
  return html`<clipPath id="${clip}"><rect ${square}/></clipPath><rect class="ground" ${square}/>${axes(frame)}
    <g clip-path="url(#${clip})">${marks(frame, draw, found ? pulls(frame, draw, found) : "")}</g>`;
};
