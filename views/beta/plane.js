/** The plane of rate and distortion as SVG; all numbers are nats. */
import { axisBottom, axisLeft, linear, places } from "../kit/chart.js";
import { html } from "../kit/markup.js";
import { clamp, format } from "../kit/numbers.js";

/** @typedef {import("../kit/chart.js").Scale} Scale */
/** @typedef {{ rate: number, distortion: number }} Point */
/** @typedef {{ x: Scale, y: Scale, width: number }} Plane */

export const HEIGHT = 326; // units
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 50, 24, 42];
const FOOT = HEIGHT - BOTTOM;
const ROOM = 0.08; // of the range of distortions, above and below
const TANGENT = 60; // half its length

/**
 * How far the plane reaches. A rate far beyond the others does not count: it stands at the edge.
 * @param {Point[]} points
 */
const domainsOf = (points) => {
  const [most, next] = points.map(({ rate }) => rate).sort((a, b) => b - a);
  const distortions = points.map(({ distortion }) => distortion);
  const [low, high] = [Math.min(...distortions), Math.max(...distortions)];
  const room = ROOM * (high - low);
  return {
    rates: /** @type {[number, number]} */ ([0, 1.12 * (most > 2 * next ? next : most)]),
    distortions: /** @type {[number, number]} */ ([low - room, high + room]),
  };
};

/**
 * @param {Point[]} points
 * @param {number} width in units
 * @returns {Plane}
 */
export const planeOf = (points, width) => {
  const { rates, distortions } = domainsOf(points);
  return {
    x: linear(rates, [LEFT, width - RIGHT]),
    y: linear(distortions, [FOOT, TOP]),
    width,
  };
};

/** @param {Plane} plane @param {Point} point */
const isBeyond = ({ x }, { rate }) => rate > x.domain[1];

/** Where a point stands, in units. @param {Plane} plane @param {Point} point */
export const placeOf = ({ x, y }, { rate, distortion }) => ({
  x: x.at(Math.min(rate, x.domain[1])),
  y: y.at(distortion),
});

/** The point that stands nearest to a place. @param {Plane} plane @param {Point[]} points @param {number[]} place in units */
export const nearestPoint = (plane, points, [left, top]) => {
  const far = points.map((point) => {
    const { x, y } = placeOf(plane, point);
    return Math.hypot(x - left, y - top);
  });
  return far.indexOf(Math.min(...far));
};

/** Where the ELBO is the same, from where that line enters the frame to where it leaves it. @param {Plane} plane @param {number} sum D + R */
const isoLine = ({ x, y, width }, sum) => {
  const most = x.domain[1];
  const [from, to] = [y.domain[1], y.domain[0]].map((distortion) =>
    clamp(sum - distortion, 0, most),
  );
  const end = y.at(sum - to);
  const value = html`<text class="elbo" x="${width - RIGHT + 5}" y="${end + 5}">${format(-sum, 0)}</text>`;
  return html`<line class="iso" x1="${x.at(from)}" y1="${y.at(sum - from)}" x2="${x.at(to)}" y2="${end}"/>${to === most ? value : ""}`;
};

/** @param {Plane} plane @param {Point} point @param {string} name */
const mark = (plane, point, name) => {
  const { x, y } = placeOf(plane, point);
  return html`<circle class="stop" cx="${x}" cy="${y}" r="4.5"/><text class="name" x="${x + 6}" y="${y - 9}">${name}</text>`;
};

/** @param {Plane} plane @param {Point} point @param {string} name */
const arrow = (plane, point, name) => {
  const { x, y } = placeOf(plane, point);
  return html`<path class="stop" d="M${x - 9} ${y - 6}L${x} ${y}L${x - 9} ${y + 6}Z"/>
    <text class="name end" x="${x - 2}" y="${y + 17}">${name}, R = ${format(point.rate, 1)} →</text>`;
};

/**
 * All that does not move: frame, axes, lines of one ELBO, the networks, and their curve.
 * @param {Plane} plane
 * @param {Point[]} points
 * @param {number[]} betas
 */
export const drawPlane = (plane, points, betas) => {
  const { x, y, width } = plane;
  const frame = html`x="${LEFT}" y="${TOP}" width="${width - LEFT - RIGHT}" height="${FOOT - TOP}"`;
  const sums = linear([y.domain[0], y.domain[1] + x.domain[1]], [0, 1]).ticks(6);
  const shown = points.map(({ rate, distortion }) => [Math.min(rate, x.domain[1]), distortion]);
  const marks = points.map((point, i) =>
    isBeyond(plane, point)
      ? arrow(plane, point, `β = ${betas[i]}`)
      : mark(plane, point, `${i === points.length - 1 ? "β = " : ""}${betas[i]}`),
  );
  return html`<clipPath id="beta-frame"><rect ${frame}/></clipPath><rect class="frame" ${frame}/>
    ${sums.map((sum) => isoLine(plane, sum))}${axisBottom(x, FOOT)}${axisLeft(y, LEFT)}
    <text x="0" y="14">D = −E log p(x|z)</text><text class="elbo end" x="${width}" y="14">ELBO</text>
    <text class="middle" x="${(LEFT + width - RIGHT) / 2}" y="${HEIGHT - 6}">R = KL(q‖p)</text>
    <polyline class="curve" points="${places(x, y, shown)}"/><line class="tangent" clip-path="url(#beta-frame)"/>${marks}<circle class="here" r="9"/>`;
};

/** The ends of a short line of slope -beta through a point, in units. @param {Plane} plane @param {Point} point @param {number} beta */
export const tangentOf = (plane, point, beta) => {
  const { x, y } = placeOf(plane, point);
  const dx = plane.x.at(1) - plane.x.at(0);
  const dy = beta * (plane.y.at(0) - plane.y.at(1));
  const long = TANGENT / Math.hypot(dx, dy);
  return { x1: x - long * dx, y1: y - long * dy, x2: x + long * dx, y2: y + long * dy };
};
