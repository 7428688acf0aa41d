/** The plane: the slope of a noise-blurred density, what a denoiser learned of it, and walks uphill. */
import { drag } from "../kit/chart.js";
import { lazyNetwork } from "../kit/decoding.js";
import { nextFrame, oncePerFrame } from "../kit/frames.js";
import { context } from "../kit/images.js";
import { flag, number, numbersWithin, oneOf, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { addingUp, clamp, format } from "../kit/numbers.js";
import { uniforms } from "../kit/random.js";
import { appearance, colour, isDark, thick } from "../kit/theme.js";
import { sharpness, widthOf } from "../kit/units.js";
import { mountView } from "../kit/view.js";
import { exactScore, langevinStep, nearestShares, plus, relativeDensity } from "./mixture.js";
import { pointHome } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["score/field"]} Props */
/** @typedef {import("./mixture.js").Point} Point */
/** @typedef {CanvasRenderingContext2D} Pen */

const SPACE = 25; // units between arrows
const SHRINK = 0.3; // a field's arrow is this share of its step
const SHADES = 105; // cells along each side of the shaded density
const WALKERS = 200; // of sampling
const STEPS = 300;
const STRIDE = 0.001; // the variance of a step's noise
const MOST_FOLLOWED = 60; // steps along the arrows
const REACHED = 2e-4; // a step shorter than this is the last
/** @type {Point} */
const START = [0.2, 0.62];
/** @type {[number, number][]} */
const SQUARE = [
  [0, 1],
  [0, 1],
];
const DECIMALS = 3; // of the point, so that its numbers can be checked by hand

const pair = (/** @type {Point} */ [a, b], digits = 3) =>
  `(${format(a, digits)}, ${format(b, digits)})`;
const percents = (/** @type {number[]} */ shares) => {
  const { parts } = addingUp(
    shares.map((v) => 100 * v),
    0,
  );
  return parts.join(", ");
};

/** Where the walkers are, in words. @param {Props} props @param {Point[]} walkers @param {number} steps */
const walkersInWords = (props, walkers, steps) =>
  `${walkers.length} points after ${steps} of ${STEPS} steps x ← x + ½δ·score + √δ·ε (δ = ${STRIDE}); the clusters hold ${percents(nearestShares(props, walkers))} %, of the data ${percents(props.weights)} %.`;

/** @param {Props} props */
const fitInWords = ({ sigma, difference, size }) =>
  html`Shaded: <span class="formula"><i>p</i><sub>σ</sub></span>, the data’s density blurred by noise of σ. The point’s arrows are whole steps, the others ${SHRINK} of one. The network saw only σ = ${sigma} and misses the exact field by ${format(difference)} of ${format(size, 1)} per unit (${format((100 * difference) / size, 1)} %, rms).`;

/** An arrow between places in CSS pixels; one shorter than a pixel is left out. */
const drawArrow = (
  /** @type {Pen} */ pen,
  /** @type {Point} */ [x0, y0],
  /** @type {Point} */ [x1, y1],
  /** @type {string} */ ink,
  /** @type {number} */ width,
) => {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 1) return;
  const head = Math.min(6 + width, 0.6 * length);
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  pen.strokeStyle = pen.fillStyle = ink;
  pen.lineWidth = thick(width);
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1 - 0.7 * head * dx, y1 - 0.7 * head * dy);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(x1, y1);
  for (const turn of [0.45, -0.45])
    pen.lineTo(x1 - head * (dx - turn * dy), y1 - head * (dy + turn * dx));
  pen.fill();
};

const drawDisc = (
  /** @type {Pen} */ pen,
  /** @type {Point} */ place,
  /** @type {number} */ radius,
  /** @type {string} */ ink,
  /** @type {string} */ rim = "",
) => {
  pen.beginPath();
  pen.arc(...place, radius, 0, 2 * Math.PI);
  pen.fillStyle = ink;
  pen.fill();
  if (!rim) return;
  pen.strokeStyle = rim;
  pen.lineWidth = thick(2);
  pen.stroke();
};

/** The density as a sheet of one pixel a cell. @param {Props} props @param {number} sigma */
const shadedSheet = (props, sigma) => {
  const image = new ImageData(SHADES, SHADES);
  const grey = isDark() ? 255 : 0;
  for (let i = 0; i < SHADES ** 2; i++) {
    const row = Math.floor(i / SHADES);
    const at = /** @type {Point} */ ([((i % SHADES) + 0.5) / SHADES, 1 - (row + 0.5) / SHADES]);
    const height = Math.min(relativeDensity(props, at, sigma), 1);
    image.data.set([grey, grey, grey, 95 * height], 4 * i);
  }
  const sheet = Object.assign(document.createElement("canvas"), { width: SHADES, height: SHADES });
  context(sheet).putImageData(image, 0, 0);
  return sheet;
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView(
    { element, props },
    {
      x: numbersWithin(SQUARE, START, DECIMALS),
      sigma: number(0.02, 0.3, props.sigma, 2),
      network: flag(true),
      exact: flag(true),
      walk: oneOf(["none", "follow", "sample"]),
      draw: wholeNumber(0, props.most_seed, 0),
    },
  );
  const { find, state } = view;
  const plot = find(".plot");
  /** @type {HTMLCanvasElement} */
  const ground = find(".ground");
  /** @type {HTMLCanvasElement} */
  const top = find(".top");
  /** @type {HTMLInputElement} */
  const level = find(".level input");
  const point = () => /** @type {Point} */ (state.x);

  // The denoiser, run in this page.
  const encoder = lazyNetwork(props.encoder);
  const decoder = lazyNetwork(props.decoder);
  const ready = () => encoder.run !== null && decoder.run !== null;
  const restored = (/** @type {Point} */ x) => {
    if (!encoder.run || !decoder.run) throw new Error("The network is not here yet.");
    const [a, b] = decoder.run(encoder.run(x));
    return /** @type {Point} */ ([a, b]);
  };
  const networkScore = (/** @type {Point} */ x) => {
    const [a, b] = plus(restored(x), x, -1);
    return /** @type {Point} */ ([a / props.sigma ** 2, b / props.sigma ** 2]);
  };
  const trained = () => Math.abs(state.sigma - props.sigma) < 1e-9;
  const learned = () => state.network && trained() && ready();
  const exact = (/** @type {Point} */ x) => exactScore(props, x, state.sigma);
  // What walks and samples: the network where it is shown, else the exact field.
  const walked = (/** @type {Point} */ x) => (learned() ? networkScore(x) : exact(x));

  // Drawing: the unit square with its origin at the lower left.
  let side = 0;
  const toPlace = (/** @type {Point} */ [x, y]) =>
    /** @type {Point} */ ([x * side, (1 - y) * side]);
  const drawStep = (
    /** @type {Pen} */ pen,
    /** @type {Point} */ x,
    /** @type {Point} */ slope,
    /** @type {number} */ share,
    /** @type {string} */ ink,
    /** @type {number} */ width,
  ) => drawArrow(pen, toPlace(x), toPlace(plus(x, slope, share)), colour(ink), width);
  const drawGround = () => {
    const pen = context(ground);
    pen.clearRect(0, 0, side, side);
    pen.drawImage(shadedSheet(props, state.sigma), 0, 0, side, side);
    const across = Math.floor(side / SPACE);
    const places = Array.from(
      { length: across ** 2 },
      (_, i) =>
        /** @type {Point} */ ([
          ((i % across) + 0.5) / across,
          (Math.floor(i / across) + 0.5) / across,
        ]),
    );
    const step = SHRINK * state.sigma ** 2;
    if (state.exact) for (const x of places) drawStep(pen, x, exact(x), step, "--p", 3.5);
    if (learned()) for (const x of places) drawStep(pen, x, networkScore(x), step, "--dae", 1.25);
  };

  // What walks: the steps along the arrows so far, or the walkers and how many steps they took.
  let path = /** @type {Point[]} */ ([]);
  let walkers = /** @type {Point[]} */ ([]);
  let steps = 0;
  const drawPath = (/** @type {Pen} */ pen) => {
    pen.beginPath();
    for (const place of path) pen.lineTo(...toPlace(place));
    pen.strokeStyle = colour("--ink");
    pen.lineWidth = thick(2);
    pen.stroke();
    for (const place of path) drawDisc(pen, toPlace(place), 3, colour("--ink"));
  };
  const drawTop = () => {
    const pen = context(top);
    const x = point();
    pen.clearRect(0, 0, side, side);
    for (const walker of walkers)
      drawDisc(pen, toPlace(walker), 2.5, colour("--accent"), colour("--ink"));
    if (path.length > 1) drawPath(pen);
    if (state.exact) drawStep(pen, x, exact(x), state.sigma ** 2, "--p", 5);
    if (learned()) drawStep(pen, x, networkScore(x), props.sigma ** 2, "--dae", 2.5);
    drawDisc(pen, toPlace(x), 6, colour("--raised"), colour("--ink"));
  };

  const inWords = () => {
    if (walkers.length) return walkersInWords(props, walkers, steps);
    const x = point();
    const last = path.at(-1);
    const after = last && path.length > 1 ? `; ${path.length - 1} steps to ${pair(last)}` : "";
    const truth = html`<span class="exact">exact: ${pair(exact(x), 1)}</span> per unit`;
    if (!learned()) return html`x = ${pair(x)}${after}<br>${truth}`;
    return html`x = ${pair(x)} → r(x) = ${pair(restored(x))}${after}<br><span class="dae">network: ${pair(networkScore(x), 1)}</span> · ${truth}`;
  };
  const refresh = oncePerFrame(() => {
    drawTop();
    fill(find(".at"), inWords());
    element.dataset.at = state.x.join();
  });
  const redraw = () => {
    const written = format(state.sigma);
    fill(
      find(".fit"),
      trained()
        ? fitInWords(props)
        : `The network was trained at σ = ${props.sigma} only, so at σ = ${written} only the exact field is drawn: less noise shows finer slopes, more noise one broad hill.`,
    );
    if (encoder.failed || decoder.failed)
      find(".fit").textContent =
        "The network did not arrive; reload the page. The exact field needs none.";
    find(".level output").textContent = written;
    /** @type {HTMLInputElement} */
    const box = find("[data-field=network]");
    box.disabled = !trained();
    find("label.dae").title = trained() ? "" : `Trained at σ = ${props.sigma} only`;
    drawGround();
    refresh();
  };
  const resize = () => {
    const width = widthOf(plot);
    const density = sharpness();
    if (!width || (width === side && top.dataset.density === String(density))) return;
    side = width;
    top.dataset.density = String(density);
    for (const canvas of [ground, top]) {
      canvas.width = canvas.height = Math.round(side * density);
      context(canvas).scale(density, density);
    }
    redraw();
  };

  // Walking, one step a frame (or at once, for those who want no motion). A walk that was cut off by
  // closing the view begins anew when it opens.
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let running = 0; // counts walks: an earlier one ends
  let cutOff = false;
  const stop = () => {
    running += 1;
    path = [];
    walkers = [];
    steps = 0;
    cutOff = false;
    delete element.dataset.rested;
  };
  const every = async (
    /** @type {number} */ most,
    /** @type {number} */ pause,
    /** @type {() => boolean} */ act,
  ) => {
    const mine = running;
    for (let step = 0; step < most && act(); step++) {
      if (still) continue;
      refresh();
      for (let frame = 0; frame < pause; frame++) await nextFrame();
      if (running !== mine) return;
      if (!view.isOpen()) {
        cutOff = true;
        return;
      }
    }
    refresh();
    element.dataset.rested = state.walk;
  };
  const follow = () => {
    let at = point();
    path = [at];
    every(MOST_FOLLOWED, 5, () => {
      const next = plus(at, walked(at), state.sigma ** 2);
      const length = Math.hypot(...plus(next, at, -1));
      at = next;
      path.push(at);
      return length > REACHED;
    });
  };
  const sample = () => {
    const next = uniforms(state.draw);
    walkers = Array.from({ length: WALKERS }, () => [next(), next()]);
    every(STEPS, 1, () => {
      steps += 1;
      walkers = langevinStep(walkers, walked, STRIDE, next);
      return true;
    });
  };
  // What is shown follows from what the link says, so a walk that changes begins anew.
  const walk = () => {
    stop();
    if (state.walk === "follow") follow();
    if (state.walk === "sample") sample();
    refresh();
  };
  const choose = (/** @type {"none" | "follow" | "sample"} */ kind) => {
    state.walk = kind;
    walk();
  };

  // Hands: mouse, finger, pen and keys.
  const move = (/** @type {Point} */ x) => {
    state.x = x.map((v) => Number(clamp(v, 0, 1).toFixed(DECIMALS)));
    choose("none");
  };
  drag(plot, {
    move: ([left, above]) => {
      const { width, height } = plot.getBoundingClientRect();
      move([left / width, 1 - above / height]);
    },
    step: (by) => move(plus(point(), by, 0.01)),
  });
  find("[data-do=follow]").addEventListener("click", () => choose("follow"));
  find("[data-do=sample]").addEventListener("click", () => {
    state.draw = (state.draw + 1) % (props.most_seed + 1);
    choose("sample");
  });
  find("[data-do=clear]").addEventListener("click", () => choose("none"));
  for (const name of /** @type {const} */ (["network", "exact"])) {
    /** @type {HTMLInputElement} */
    const box = find(`[data-field=${name}]`);
    box.checked = state[name];
    box.addEventListener("change", () => {
      state[name] = box.checked;
      redraw();
      if (name === "network") walk();
    });
  }
  level.value = String(state.sigma);
  level.addEventListener("input", () => {
    state.sigma = Number(level.value);
    choose("none");
    redraw();
  });

  view.takeHome(() => {
    const x = point();
    const slopes = { exact: exact(x), learned: learned() ? networkScore(x) : null };
    return pointHome(props.name, { x, sigma: state.sigma, ...slopes });
  });

  Promise.all([encoder.load(), decoder.load()]).then(() => {
    redraw();
    walk();
  });
  new ResizeObserver(resize).observe(plot);
  appearance.subscribe(redraw, view.ended);
  view.onOpen(() => (cutOff ? walk() : refresh()));
  resize();
}
