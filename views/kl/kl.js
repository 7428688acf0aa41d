/** KL: two Gaussians that are dragged, and KL in both directions in three ways. */
import { drag } from "../kit/chart.js";
import { oncePerFrame } from "../kit/frames.js";
import { encodePicture } from "../kit/images.js";
import { flag, numbersWithin, oneOf, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { clamp, format, rounded } from "../kit/numbers.js";
import { standardNormals } from "../kit/random.js";
import { ask, latestOnly } from "../kit/request.js";
import { countInUnits, unit, widthOf } from "../kit/units.js";
import { finder, mountView } from "../kit/view.js";
import {
  across,
  areasText,
  densityCurves,
  estimatesLine,
  heights,
  HIGH,
  integrandCurve,
  LOW,
  short,
} from "./curves.js";
import { integrals, monteCarlo } from "./gaussians.js";
import { homeOf } from "./take_home.js";
import { closedForm } from "./terms.js";

/** @typedef {import("../kit/routes.js").Props["kl/kl"]} Props */
/** @typedef {import("../kit/routes.js").Routes["kl/encoder"]["answer"]} Encoded */
/** @typedef {import("./gaussians.js").Gaussian} Gaussian */
/** @typedef {"q" | "p"} Who */
/** @typedef {"mu" | "sigma"} What */
/** @typedef {{ root: SVGGElement, who: Who, what: What, limits: [number, number] }} Handle */
/** @typedef {{ find: ReturnType<typeof finder>, names: [Who, Who] }} Direction of KL, and its part of the page */

const SVG = "http://www.w3.org/2000/svg";
const MOST_MU = 4; // that a handle reaches
const SIGMAS = /** @type {[number, number]} */ ([0.05, 3]);
const STEP = 0.05;
const DIGITS = 6; // decimals in a link
// What a link may say: the encoder's q may be narrower, and farther out, than hands make one.
const RANGES = /** @type {[number, number][]} */ ([
  [-20, 20],
  [0.001, 3],
]);
const COUNTS = ["10", "100", "1000", "10000"];
const MOST_DRAWS = 10_000;
const MOST_TURNS = 1000; // times that a visitor may draw anew
/** Mean and standard deviation of q and of p. @type {Record<string, Record<Who, number[]>>} */
const EXAMPLES = {
  apart: { q: [-1, 0.8], p: [0.5, 1.5] },
  equal: { q: [0, 1], p: [0, 1] },
  narrower: { q: [0, 0.5], p: [0, 1.5] },
  wider: { q: [0, 1.5], p: [0, 0.5] },
};

const gaussian = (/** @type {number[]} */ [mu, sigma]) => ({ mu, sigma });

/**
 * The handles of both curves. p's width is held at its left, so that of two equal curves both can be
 * taken.
 * @returns {Handle[]}
 */
const createHandles = () => {
  const order = /** @type {[Who, What][]} */ ([
    ["p", "mu"],
    ["p", "sigma"],
    ["q", "mu"],
    ["q", "sigma"],
  ]);
  return order.map(([who, what]) => {
    const root = /** @type {SVGGElement} */ (document.createElementNS(SVG, "g"));
    const limits = what === "mu" ? /** @type {[number, number]} */ ([-MOST_MU, MOST_MU]) : SIGMAS;
    const attributes = {
      class: `handle ${who}`,
      tabindex: "0",
      role: "slider",
      "aria-label": `${what} of ${who}`,
      "aria-valuemin": String(limits[0]),
      "aria-valuemax": String(limits[1]),
    };
    for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, value);
    const beside = what === "mu" ? html`y="-14"` : html`x="${who === "q" ? 18 : -18}" y="2"`;
    fill(
      root,
      html`<circle class="reach" r="20"/><circle class="ring" r="${what === "mu" ? 9 : 7}"/>
    <text class="${what}" ${beside}>${what === "mu" ? "μ" : "σ"}</text>`,
    );
    return { root, who, what, limits };
  });
};

/**
 * One direction's part of the page: its integrand, the closed form with its numbers, and two checks.
 * @param {[Who, Who]} names
 */
const createDirection = (names) => {
  const [a, b] = names;
  const root = document.createElement("section");
  root.className = "direction";
  root.dataset.direction = a + b;
  fill(
    root,
    html`<h3><span>KL(${a} ‖ ${b}) = <output></output> nats</span><small></small></h3>
    <svg class="integrand" role="img"></svg><table class="terms"><tbody></tbody></table>
    <svg class="estimates fold-when-presenting" role="img"></svg><p class="checks fold-when-presenting"></p>`,
  );
  return { root, names, find: finder(root) };
};

/** What a key of a handle's slider asks for; undefined for other keys. @param {string} key @param {number} value @param {[number, number]} limits */
const valueAfter = (key, value, limits) => {
  /** @type {Record<string, number>} */
  const steps = {
    ArrowRight: 1,
    ArrowUp: 1,
    ArrowLeft: -1,
    ArrowDown: -1,
    PageUp: 10,
    PageDown: -10,
  };
  if (key === "Home") return limits[0];
  if (key === "End") return limits[1];
  return key in steps ? value + steps[key] * STEP : undefined;
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView(
    { element, props },
    {
      q: numbersWithin(RANGES, EXAMPLES.apart.q, DIGITS),
      p: numbersWithin(RANGES, EXAMPLES.apart.p, DIGITS),
      encoder: flag(), // does q follow the digit?
      count: oneOf(COUNTS, "1000"),
      draw: wholeNumber(0, MOST_TURNS, 0),
    },
  );
  const { find, state } = view;
  const svg = find(".densities");
  const counts = /** @type {HTMLSelectElement} */ (find("select"));
  const handles = createHandles();
  const directions = [createDirection(["q", "p"]), createDirection(["p", "q"])];
  let digit = /** @type {import("../kit/page.js").Digit | null} */ (null);

  fill(svg, html`<g class="drawn"></g>`);
  svg.append(...handles.map(({ root }) => root));
  find(".directions").append(...directions.map(({ root }) => root));

  const drawDensities = () => {
    const pair = { q: gaussian(state.q), p: gaussian(state.p) };
    const width = countInUnits(svg);
    const x = across(width);
    const up = heights([pair.q, pair.p], width, state.encoder);
    fill(find(".drawn"), densityCurves(pair, width, state.encoder ? props.model : null));
    for (const { root, who, what } of handles) {
      const g = pair[who];
      const z = what === "mu" ? g.mu : g.mu + (who === "q" ? g.sigma : -g.sigma);
      root.setAttribute("transform", `translate(${x.at(clamp(z, LOW, HIGH))} ${up(g, z)})`);
    }
  };
  const tellHandles = () => {
    for (const { root, who, what } of handles) {
      const value = gaussian(state[who])[what];
      root.setAttribute("aria-valuenow", String(value));
      root.setAttribute("aria-valuetext", `${what} of ${who} is ${short(value)}`);
    }
  };

  // The draws do not change with mu and sigma: z = mu + sigma epsilon moves with them.
  let drawn = { seed: -1, normals: new Float64Array(0) };
  const epsilons = () => {
    if (drawn.seed !== state.draw)
      drawn = { seed: state.draw, normals: standardNormals(state.draw, MOST_DRAWS) };
    return drawn.normals.subarray(0, Number(state.count));
  };
  const drawDirection = (/** @type {Direction} */ { find: inPart, names }) => {
    const [from, to] = names.map((name) => gaussian(state[name]));
    const width = countInUnits(inPart(".integrand"));
    countInUnits(inPart(".estimates"));
    const { total, digits, rows } = closedForm(from, to, names);
    const areas = integrals(from, to);
    inPart("output").textContent = format(total, digits);
    fill(inPart(".terms tbody"), rows);
    const [gold, blue] = areasText(areas, digits);
    fill(
      inPart("small"),
      html`= areas <b class="above">${gold}</b> − <b class="below">${blue}</b>`,
    );
    const curve = inPart(".integrand");
    fill(curve, integrandCurve(from, to, width, names));
    curve.setAttribute("aria-label", `The integrand: area above zero ${gold}, below zero ${blue}`);
    const found = monteCarlo(from, to, epsilons());
    const numbers = { ...found, integral: areas.both, exact: total };
    const count = Number(state.count);
    const draws = `● ${count.toLocaleString("en")} draws: ${format(found.mean, digits)} ± ${format(found.error, digits)}`;
    inPart(".checks").textContent = `${draws} · ▲ integral: ${format(areas.both, digits)}`;
    Object.assign(inPart(".checks").dataset, numbers);
    const line = inPart(".estimates");
    fill(line, estimatesLine({ from, to, count, ...numbers }, width));
    line.setAttribute("aria-label", `Exact ${format(total, digits)}; ${draws}`);
  };

  const isShown = (/** @type {string} */ name) =>
    name === "digit"
      ? state.encoder
      : !state.encoder &&
        /** @type {Who[]} */ (["q", "p"]).every(
          (who) => String(state[who]) === String(EXAMPLES[name][who]),
        );
  const draw = () => {
    find(".shown").classList.toggle("of-digit", state.encoder);
    tellHandles();
    if (!svg.clientWidth) return; // the view is closed
    drawDensities();
    directions.forEach(drawDirection);
    for (const button of element.querySelectorAll("[data-preset]"))
      button.setAttribute(
        "aria-pressed",
        String(isShown(String(/** @type {HTMLElement} */ (button).dataset.preset))),
      );
  };
  const refresh = oncePerFrame(draw);

  const show = (/** @type {Record<Who, number[]>} */ { q, p }, encoder = false) => {
    Object.assign(state, { q, p, encoder });
    view.say("");
    refresh();
  };

  // Hands: a handle goes where the finger is, in steps of 0.05; arrow keys move it by one.
  const put = (/** @type {Handle} */ { who, what, limits }, /** @type {number} */ value) => {
    const [next] = rounded([clamp(Math.round(value / STEP) * STEP, ...limits)], DIGITS);
    const [mu, sigma] = state[who];
    show({ q: state.q, p: state.p, [who]: what === "mu" ? [next, sigma] : [mu, next] });
  };
  const moveTo = (/** @type {Handle} */ handle, /** @type {number} */ clientX) => {
    const z = across(widthOf(svg)).invert((clientX - svg.getBoundingClientRect().left) / unit());
    const [mu] = state[handle.who];
    const sigma = handle.who === "q" ? z - mu : mu - z;
    put(handle, handle.what === "mu" ? z : sigma);
  };
  for (const handle of handles) {
    const { root, who, what, limits } = handle;
    drag(root, {
      start: (_, event) => {
        event.preventDefault();
        root.focus({ focusVisible: false });
        return true;
      },
      move: (_, { clientX }) => moveTo(handle, clientX),
    });
    root.addEventListener("keydown", (event) => {
      const to = valueAfter(event.key, gaussian(state[who])[what], limits);
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      put(handle, to);
    });
  }

  // The encoder's q of the digit that is chosen.
  const take = (/** @type {Encoded} */ { mu, sigma }) => {
    if (!state.encoder) return;
    const [m, s] = rounded([mu, sigma], DIGITS);
    show({ q: [clamp(m, ...RANGES[0]), clamp(s, ...RANGES[1])], p: [0, 1] }, true);
  };
  const askEncoder = latestOnly(
    (/** @type {import("../kit/page.js").Digit} */ of) =>
      ask("kl/encoder", { digit: encodePicture(of) }),
    take,
    view.complain,
  );
  const followDigit = () => {
    if (state.encoder && digit) askEncoder(digit);
  };

  for (const [name, example] of Object.entries(EXAMPLES))
    find(`[data-preset=${name}]`).addEventListener("click", () => show(example));
  find("[data-preset=digit]").addEventListener("click", () => {
    state.encoder = true;
    followDigit();
  });
  find("[data-do=swap]").addEventListener("click", () => {
    const { q, p } = state;
    show({ q: [q[0], p[1]], p: [p[0], q[1]] });
  });
  find("[data-do=again]").addEventListener("click", () => {
    state.draw = (state.draw + 1) % (MOST_TURNS + 1);
    refresh();
  });
  counts.value = state.count;
  counts.addEventListener("change", () => {
    state.count = counts.value;
    refresh();
  });
  refresh();
  view.takeHome(() => homeOf(gaussian(state.q), gaussian(state.p)));
  new ResizeObserver(refresh).observe(svg);
  view.onDigit((next) => {
    digit = next;
    followDigit();
  });
}
