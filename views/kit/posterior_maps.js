/** Two maps of the latent plane: the window with q over the posterior, and the plane around it. */
import { drawInside, latentPlot, TILE } from "./plot.js";
import { channels, colour, thick } from "./theme.js";
import { widthOf } from "./units.js";
import { logNormal } from "./importance.js";
import { BOTH, densityIn, paintDensity } from "./posterior_density.js";

/** @typedef {import("./importance.js").Gaussian} Gaussian */
/** @typedef {import("./importance.js").Window} Window */
/** @typedef {{ z: number[], share: number }} Disc a sample and its share of the weight */
/** @typedef {{ codes: Float32Array, classes: Uint8Array, half: number }} Codes of test images */

/**
 * @typedef {object} Seen what is known of a digit's posterior
 * @property {Window} window
 * @property {number} log_p
 * @property {number} peak the largest log p(x, z)
 * @property {number[][]} spots rows [z1, z2, mass]
 * @property {boolean} live is it summed on a coarse grid?
 */

/**
 * A part of the picture that can be lit: a heat map of the window, or q. `joint` is p(x|z) p(z), which
 * looks like the posterior.
 * @typedef {"posterior" | "joint" | "likelihood" | "prior" | "q"} Area
 */

const HEATS = {
  posterior: { ink: "--p", factors: BOTH },
  joint: { ink: "--ink", factors: BOTH },
  likelihood: { ink: "--z", factors: { likelihood: true, prior: false } },
  prior: { ink: "--ink", factors: { likelihood: false, prior: true } },
};
const DIM = 0.25; // of the colour of what is not lit, where something is
const FILLS = [0.3, 0.15]; // how opaque q and the prior are within one and two standard deviations
const WIDEST = { zoom: 428, overview: 204 }; // units
const PIXELS = 380; // along a side of the density, about
const MOVING_PIXELS = 190;
const FARTHER = 0.3; // that the plane reaches beyond the posterior

/**
 * Discs of samples, their areas as the weights.
 * @param {CanvasRenderingContext2D} pen
 * @param {Disc[]} discs
 * @param {(z: number[]) => [number, number]} toPixel
 */
const drawDiscs = (pen, discs, toPixel) => {
  for (const { z, share } of discs) {
    pen.beginPath();
    pen.arc(...toPixel(z), 1 + 16 * Math.sqrt(share), 0, 2 * Math.PI);
    pen.globalAlpha = 0.55;
    pen.fillStyle = colour("--z");
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = colour("--raised");
    pen.lineWidth = 1;
    pen.stroke();
  }
};

/**
 * Lines of a path that are seen over anything.
 * @param {CanvasRenderingContext2D} pen
 * @param {() => void} trace
 * @param {number} width
 * @param {number} halo
 */
const outlined = (pen, trace, width, halo) => {
  for (const [ink, wide] of /** @type {const} */ ([
    ["--raised", halo],
    ["--q", width],
  ])) {
    pen.beginPath();
    trace();
    pen.strokeStyle = colour(ink);
    pen.lineWidth = thick(wide);
    pen.stroke();
  }
};

/** The logarithm of what is painted in the full colour. @param {Seen} seen @param {keyof typeof HEATS} heat */
const highest = ({ window, peak }, heat) => {
  if (heat === "prior") return 2 * logNormal(0, 0, 1);
  return heat === "likelihood" ? window.values.reduce((a, b) => Math.max(a, b)) : peak;
};

/**
 * Paint the path of an ellipse at one and at two standard deviations.
 * @param {CanvasRenderingContext2D} pen
 * @param {[number, number]} at
 * @param {number[]} sigma in units
 * @param {string} ink
 */
const fillEllipses = (pen, [x, y], [a, b], ink) => {
  pen.fillStyle = colour(ink);
  FILLS.forEach((opacity, i) => {
    pen.beginPath();
    pen.ellipse(x, y, (i + 1) * a, (i + 1) * b, 0, 0, 2 * Math.PI);
    pen.globalAlpha = opacity;
    pen.fill();
  });
  pen.globalAlpha = 1;
};

/**
 * @param {(selector: string) => HTMLElement} find
 */
export const createMaps = (find) => {
  /** @type {readonly Area[]} what is lit; nothing, and all is seen as usual */
  let lit = [];
  const isSeen = (/** @type {Area} */ area) => !lit.length || lit.includes(area);
  /** @type {ReturnType<typeof latentPlot> | null} */
  let zoom = null;
  /** @type {{ plot: ReturnType<typeof latentPlot>, codes: Codes, half: number } | null} */
  let overview = null;
  const canvasOf = (/** @type {string} */ selector) =>
    /** @type {HTMLCanvasElement} */ (find(selector));

  const plotted = (
    /** @type {"zoom" | "overview"} */ name,
    /** @type {{ centre: number[], half: number, codes: ArrayLike<number>, classes: ArrayLike<number> }} */ shown,
  ) => {
    const [ground, top] = [canvasOf(`.${name} .ground`), canvasOf(`.${name} .top`)];
    const plot = latentPlot(ground, top, { ...shown, prior: true });
    plot.resize(Math.min(widthOf(find(`.${name} .plot`)), WIDEST[name]));
    return plot;
  };
  const drawOver = (
    /** @type {"zoom" | "overview"} */ name,
    /** @type {number} */ side,
    /** @type {(pen: CanvasRenderingContext2D) => void} */ draw,
  ) => drawInside(canvasOf(`.${name} .top`), { side }, draw);

  const drawWindow = (/** @type {Seen} */ seen) => {
    const { window, live } = seen;
    const heats = /** @type {(keyof typeof HEATS)[]} */ (Object.keys(HEATS));
    const heat = heats.find((each) => lit.includes(each)) ?? "posterior";
    const { ink, factors } = HEATS[heat];
    const density = densityIn(window, highest(seen, heat), live ? MOVING_PIXELS : PIXELS, factors);
    const { centre, view: half } = window;
    zoom = plotted("zoom", { centre, half, codes: [], classes: [] });
    const paper = channels("--raised");
    const strength = isSeen(heat) ? 1 : DIM;
    const full = channels(ink).map((v, c) => paper[c] + strength * (v - paper[c]));
    zoom.drawGround({ lattice: paintDensity(density, paper, full), showHoles: false });
  };

  const drawPlane = (/** @type {Seen} */ { spots, window }, /** @type {Codes} */ codes) => {
    const reach = spots.flatMap(([x, y]) => [Math.abs(x) + FARTHER, Math.abs(y) + FARTHER]);
    const half = Math.max(codes.half, ...reach);
    if (overview?.half !== half || overview.codes !== codes) {
      const plot = plotted("overview", { centre: [0, 0], ...codes, half });
      overview = { plot, codes, half };
      plot.drawGround({ lattice: null, showHoles: false });
    }
    drawSpots(overview.plot, spots, window);
  };
  const drawSpots = (
    /** @type {ReturnType<typeof latentPlot>} */ plot,
    /** @type {number[][]} */ spots,
    /** @type {Window} */ { centre, view },
  ) => {
    const side = plot.tiles() * TILE;
    drawOver("overview", side, (pen) => {
      const scale = side / (2 * plot.half);
      if (lit.includes("prior")) fillEllipses(pen, plot.toPixel([0, 0]), [scale, scale], "--ink");
      pen.globalAlpha = isSeen("posterior") || isSeen("joint") ? 1 : DIM;
      for (const [x, y, mass] of spots) {
        pen.beginPath();
        pen.arc(...plot.toPixel([x, y]), 3 + 5 * Math.sqrt(mass), 0, 2 * Math.PI);
        pen.fillStyle = colour("--p");
        pen.fill();
        pen.strokeStyle = colour("--raised");
        pen.lineWidth = 1.5;
        pen.stroke();
      }
      pen.globalAlpha = 1;
      const [x, y] = plot.toPixel(centre);
      const r = Math.max((view * side) / (2 * plot.half), 7); // a smaller box would not be seen
      outlined(pen, () => pen.rect(x - r, y - r, 2 * r, 2 * r), 2.5, 5);
    });
  };

  const drawQ = (/** @type {Gaussian} */ q, /** @type {Disc[]} */ discs) => {
    if (!zoom) return;
    const { toPixel, half } = zoom;
    const side = zoom.tiles() * TILE;
    drawOver("zoom", side, (pen) => {
      const [x, y] = toPixel(q.mu);
      const scale = side / (2 * half);
      const sigma = q.sigma.map((s) => s * scale);
      if (lit.includes("q")) fillEllipses(pen, [x, y], sigma, "--q");
      pen.globalAlpha = isSeen("q") ? 1 : DIM;
      for (const n of [1, 2]) {
        const [a, b] = sigma.map((s) => n * s);
        outlined(pen, () => pen.ellipse(x, y, a, b, 0, 0, 2 * Math.PI), n === 1 ? 2.5 : 1.5, 4);
      }
      pen.globalAlpha = 1;
      drawDiscs(pen, discs, toPixel);
    });
  };
  return {
    drawWindow,
    drawPlane,
    drawQ,
    /** Place on the window's canvas, in units. @param {number[]} z @returns {[number, number]} */
    toPixel: (z) => zoom?.toPixel(z) ?? [0, 0],
    /** The code there. @param {number} x @param {number} y @returns {number[]} */
    toCode: (x, y) => zoom?.toCode(x, y) ?? [0, 0],
    /** Light these from the next drawing on, and dim the rest. @param {readonly Area[]} areas */
    light: (areas) => {
      lit = areas;
    },
    /** Colours or sizes have changed: draw the plane anew, not only what is on it. */
    forget: () => {
      overview = null;
    },
  };
};
