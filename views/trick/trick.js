/**
 * Trick: one image's q(z|x) = N(mu, diag sigma^2) in a visitor's hands. The picture is decoded in the
 * page; the gradients are autograd's, on the server: nothing of them is worked out here.
 */
import { drag } from "../kit/chart.js";
import { lazyNetwork, runsHere, runsThere } from "../kit/decoding.js";
import { decodeBytes } from "../kit/encoding.js";
import { nextFrame, oncePerFrame } from "../kit/frames.js";
import { createScreen, encodePicture, paint } from "../kit/images.js";
import { flag, numbersWithin, ofDigit, oneOf, optional, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { clamp, format, rounded } from "../kit/numbers.js";
import { standardNormals } from "../kit/random.js";
import { ask, isRefusal, latestOnly } from "../kit/request.js";
import { countInUnits, inUnits, widthOf } from "../kit/units.js";
import { finder, mountView } from "../kit/view.js";
import { descend } from "./descent.js";
import {
  addEstimates,
  ESTIMATORS,
  freshStatistics,
  momentsText,
  spanOf,
  strip,
  variance,
  varianceShare,
  verdict,
} from "./estimators.js";
import { computationGraph, layoutFor } from "./graph.js";
import { dragged, frameFor, gripAt, placeOf, planeOf, toCode } from "./plane.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["trick/trick"]} Props */
/** @typedef {import("../kit/routes.js").Routes} Routes */
/** @typedef {Routes["trick/encoder"]["answer"]} Encoded */
/** @typedef {import("./graph.js").Gradients} Gradients */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {{ root: HTMLElement, show: () => void }} Dial */

const PARAMETERS = ["mu1", "mu2", "sigma1", "sigma2"];
/** What hands can reach. @type {Record<"mu" | "sigma" | "epsilon", [number, number]>} */
const LIMITS = { mu: [-3, 3], sigma: [0.005, 2], epsilon: [-3, 3] };
// What a link may say of q: an encoder's may be narrower, and farther out, than hands make one.
const RANGES = /** @type {[number, number][]} */ ([
  [-5, 5],
  [-5, 5],
  [0.001, 5],
  [0.001, 5],
]);
const DIGITS = 6; // decimals in a link
const UNKNOWN = { mu: [0, 0], sigma: [0.1, 0.1] }; // q until there is a digit
const PERIOD = 350; // ms between draws of epsilon while they play
const REST = 500; // ms without a move after which the estimators start
const BATCH = 64; // draws in one question
const FIRST = 4; // batches that are drawn by themselves
const MOST_BATCHES = 100; // that a link has drawn again
const MOST_TURNS = 10 ** 6; // times that epsilon may be drawn anew

const fromNumbers = (/** @type {number[]} */ values) => ({
  mu: values.slice(0, 2),
  sigma: values.slice(2),
});

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView(
    { element, props },
    {
      reparameterized: flag(true),
      q: ofDigit(optional(numbersWithin(RANGES, [], DIGITS))), // mu and sigma; null: the encoder's
      epsilon: numbersWithin([LIMITS.epsilon, LIMITS.epsilon], [0.8, -0.6], DIGITS),
      draw: wholeNumber(0, MOST_TURNS, 0), // how often epsilon was drawn
      parameter: oneOf(PARAMETERS), // whose gradient is compared
      batches: wholeNumber(FIRST, MOST_BATCHES, FIRST), // of draws for the estimators
    },
  );
  const { find, state } = view;
  const plane = find(".plane");
  const graph = find(".graph svg");
  const toggle = /** @type {HTMLInputElement} */ (find("[data-switch]"));
  const choice = /** @type {HTMLSelectElement} */ (find("select"));
  const decoder = lazyNetwork(props.decoder);
  const picture = document.createElement("canvas");
  const screen = createScreen(picture, props.shape);
  const binary = document.createElement("canvas");

  let digit = /** @type {Digit | null} */ (null);
  let encoded = /** @type {Encoded | null} */ (null);
  let found = /** @type {Gradients | null} */ (null);
  /** @type {(() => import("../kit/take_home.js").Home) | null} */
  let home = null; // of what is shown
  let frame = { centre: [0, 0], half: 1 };
  let grip = /** @type {import("./plane.js").Grip | null} */ (null);

  const drawNow = () => {
    const { mu, sigma } = state.q ? fromNumbers(state.q) : (encoded ?? UNKNOWN);
    return { mu, sigma, epsilon: state.epsilon };
  };
  const setQ = (/** @type {{ mu: number[], sigma: number[] }} */ { mu, sigma }) => {
    state.q = rounded([...mu, ...sigma], DIGITS);
    restartEstimators();
    refresh();
  };
  const setEpsilon = (/** @type {ArrayLike<number>} */ epsilon) => {
    const within = Array.from(epsilon, (e) => clamp(e, ...LIMITS.epsilon));
    state.epsilon = rounded(within, DIGITS);
    refresh();
  };

  // The graph and the plane.
  const drawGraph = () => {
    const now = drawNow();
    const layout = layoutFor(widthOf(find(".graph")));
    graph.style.maxWidth = layout.narrow ? "30rem" : "";
    graph.setAttribute("viewBox", `0 0 ${layout.size.join(" ")}`);
    fill(
      graph,
      computationGraph(layout, {
        ...now,
        z: placeOf(now),
        reparameterized: state.reparameterized,
        found,
        x: encoded && binary.toDataURL(),
        picture: picture.toDataURL(),
      }),
    );
  };
  const drawPlane = () => {
    const now = drawNow();
    if (!grip) frame = frameFor(now, frame);
    fill(plane, planeOf(frame, now, found, `${element.id}-clip`));
  };
  const askPicture = latestOnly(
    (/** @type {number[]} */ z) => ask("decode", { models: [props.model], z: [z] }),
    ({ pixels }) => {
      screen.showBytes(decodeBytes(pixels[0]));
      drawGraph();
    },
    view.complain,
  );
  const askGradients = latestOnly(
    (/** @type {Routes["trick/gradients"]["question"]} */ question) =>
      ask("trick/gradients", question, view.ended),
    (answer, question) => {
      found = answer;
      const of = digit;
      home = of && (() => homeOf(props.model, answer, question, of));
      drawGraph();
      drawPlane();
    },
    view.complain,
  );
  const question = () => {
    if (!digit) throw new Error("There is no digit yet.");
    return {
      digit: encodePicture(digit),
      ...drawNow(),
      reparameterize: state.reparameterized,
    };
  };
  const refresh = oncePerFrame(() => {
    if (!encoded || !view.isOpen()) return;
    const z = placeOf(drawNow());
    if (decoder.run && runsHere(decoder)) screen.show(decoder.run(z));
    else if (runsThere(decoder)) askPicture(z);
    for (const dial of dials) dial.show();
    drawPlane();
    drawGraph();
    askGradients(question());
  });

  // Hands: what is nearest to where the finger comes down moves with it.
  drag(plane, {
    start: (place) => {
      grip = encoded && gripAt(frame, drawNow(), inUnits(place));
      return grip !== null;
    },
    move: (place) => {
      if (!grip) return;
      const next = dragged(drawNow(), grip, toCode(frame, inUnits(place)), LIMITS);
      if (grip === "z") setEpsilon(next.epsilon);
      else setQ(next);
    },
    end: () => {
      grip = null;
      refresh();
    },
  });

  // A slider for each number; sigma's is logarithmic.
  const dialOf = (
    /** @type {"mu" | "sigma" | "epsilon"} */ name,
    /** @type {string} */ letter,
    /** @type {number} */ i,
  ) => {
    const [read, write] = name === "sigma" ? [Math.exp, Math.log] : [Number, Number];
    const [low, high] = LIMITS[name].map(write);
    const root = document.createElement("div");
    root.className = "dial";
    root.style.setProperty("--own", `var(--${name})`);
    const id = `${element.id}-${name}-${i}`;
    fill(
      root,
      html`<label for="${id}">${letter}${"₁₂"[i]}</label><input id="${id}" type="range" min="${low}" max="${high}" step="any"><output></output>`,
    );
    const inRoot = finder(root);
    const input = /** @type {HTMLInputElement} */ (inRoot("input"));
    const put = (/** @type {number} */ position) => {
      const now = drawNow();
      const value = clamp(read(position), ...LIMITS[name]);
      now[name] = now[name].map((v, at) => (at === i ? value : v));
      if (name === "epsilon") setEpsilon(now.epsilon);
      else setQ(now);
    };
    input.addEventListener("input", () => put(Number(input.value)));
    // Steps for the keys; a mouse goes anywhere between.
    input.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      put(Number(input.value) + (by * (high - low)) / 200);
    });
    const show = () => {
      const value = drawNow()[name][i];
      const text = format(value, name === "epsilon" ? 2 : 3);
      input.value = String(write(value));
      input.setAttribute("aria-valuetext", text);
      inRoot("output").textContent = text;
    };
    return { root, show };
  };
  /** @type {Dial[]} */
  const dials = [
    ...[0, 1].map((i) => dialOf("mu", "μ", i)),
    ...[0, 1].map((i) => dialOf("sigma", "σ", i)),
    ...[0, 1].map((i) => dialOf("epsilon", "ε", i)),
  ];
  find(".dials").append(...dials.map(({ root }) => root));

  // The estimators: a batch of draws after another, anew once mu or sigma has come to rest.
  const createSeries = (/** @type {number} */ wanted) => ({
    statistics: freshStatistics(),
    drawn: 0, // batches
    wanted,
    busy: false,
  });
  let series = createSeries(state.batches);
  let resting = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  const rows = ESTIMATORS.map(({ name, title, colour }) => {
    const root = document.createElement("div");
    root.className = "estimator";
    root.dataset.name = name;
    root.style.setProperty("--own", colour);
    fill(root, html`<h3>${title}<span></span></h3><svg role="img"></svg><div class="log"></div>`);
    return { name, title, root, find: finder(root) };
  });
  find(".estimators").append(...rows.map(({ root }) => root));

  const drawEstimators = () => {
    const parameter = PARAMETERS.indexOf(state.parameter);
    const { pathwise, score, baseline } = series.statistics;
    const now = {
      pathwise: pathwise[parameter],
      score: score[parameter],
      baseline: baseline[parameter],
    };
    const span = spanOf(Object.values(now));
    const largest = Math.max(10, ...rows.map(({ name }) => variance(now[name]) || 0));
    for (const { name, title, root, find: inRow } of rows) {
      const moments = now[name];
      const text = momentsText(moments);
      const svg = inRow("svg");
      fill(svg, strip(moments, span, countInUnits(svg)));
      svg.setAttribute("aria-label", `${title}: ${text}`);
      inRow("span").textContent = text;
      inRow(".log").style.width = `${100 * varianceShare(moments, largest)}%`;
      const { count, mean } = moments;
      Object.assign(root.dataset, { count, mean, variance: variance(moments) });
    }
    find(".verdict").textContent = verdict(now, span);
  };
  const wantBatches = (/** @type {number} */ count) => {
    series.wanted = count;
    state.batches = clamp(count, FIRST, MOST_BATCHES);
  };
  const restartEstimators = (batches = FIRST) => {
    series = createSeries(batches);
    wantBatches(batches);
    drawEstimators();
    clearTimeout(resting);
    resting = setTimeout(drawBatches, REST);
  };
  // False if the server refused.
  const drawBatches = async () => {
    const mine = series;
    if (mine.busy || !encoded) return true;
    mine.busy = true;
    while (mine === series && mine.drawn < mine.wanted && view.isOpen()) {
      const { digit: of, mu, sigma } = question();
      const asked = { digit: of, mu, sigma, seed: mine.drawn, count: BATCH };
      const answer = await ask("trick/estimates", asked, view.ended);
      if (mine !== series) break; // mu or sigma has moved on
      if (isRefusal(answer)) {
        view.complain(answer.error);
        mine.busy = false;
        return false;
      }
      mine.drawn += 1;
      addEstimates(mine.statistics, answer);
      drawEstimators();
    }
    mine.busy = false;
    return true;
  };
  const drawMore = () => {
    wantBatches(Math.max(series.wanted, series.drawn) + 1);
    return drawBatches();
  };

  // What plays is an action and not in the link; what it leads to is.
  const nameButton = (/** @type {string} */ action, /** @type {string} */ text) => {
    find(`[data-do=${action}]`).textContent = text;
  };
  let running = false;
  const run = async () => {
    running = !running;
    nameButton("run", running ? "Stop" : "Play");
    while (running && view.isOpen()) {
      if (series.drawn === series.wanted) wantBatches(series.wanted + 1);
      if (!(await drawBatches())) break;
      await nextFrame();
    }
    running = false;
    nameButton("run", "Play");
  };
  const newEpsilon = () => {
    state.draw = (state.draw + 1) % (MOST_TURNS + 1);
    setEpsilon(standardNormals(state.draw, 2));
  };
  let playing = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  const play = (/** @type {boolean} */ on) => {
    clearInterval(playing);
    playing = on
      ? setInterval(() => (view.isOpen() ? newEpsilon() : play(false)), PERIOD)
      : undefined;
    nameButton("play", on ? "Stop ε" : "Play ε");
  };

  // Steps down the gradient; after the last one the loss is only looked at.
  let stepping = false;
  const steps = async (/** @type {number} */ count, /** @type {boolean} */ anew) => {
    if (stepping || !encoded) return;
    stepping = true;
    const from = encoded;
    const losses = [];
    for (let i = 0; i <= count && view.isOpen(); i++) {
      if (i && anew) newEpsilon();
      const answer = await ask("trick/gradients", question(), view.ended);
      if (isRefusal(answer)) {
        view.complain(answer.error);
        break;
      }
      if (encoded !== from) break; // another digit came
      losses.push(format(answer.reconstruction + answer.kl, 1));
      if (i < count) setQ(descend(drawNow(), answer.total, LIMITS));
      await nextFrame();
    }
    stepping = false;
    if (encoded !== from || !losses.length) return;
    const how = state.reparameterized ? "" : "; only the KL was followed";
    view.say(`L: ${losses[0]} → ${losses[losses.length - 1]} nats${how}.`);
  };

  // The digit and its q(z|x).
  const backToEncoder = () => {
    if (!encoded) return;
    state.q = null;
    view.say("");
    restartEstimators();
    refresh();
  };
  const takeEncoded = (/** @type {Encoded} */ answer, /** @type {Digit} */ of) => {
    paint(binary, decodeBytes(answer.x.pixels), answer.x.shape);
    digit = of;
    encoded = answer;
    found = null;
    if (of.opening) {
      view.say("");
      restartEstimators(state.batches);
      refresh();
    } else backToEncoder();
  };
  const askEncoder = latestOnly(
    (/** @type {Digit} */ of) => ask("trick/encoder", { digit: encodePicture(of) }),
    takeEncoded,
    view.complain,
  );

  /** @type {Record<string, () => void>} */
  const actions = {
    draw: newEpsilon,
    play: () => play(playing === undefined),
    step: () => steps(1, false),
    steps: () => steps(20, true),
    back: backToEncoder,
    more: drawMore,
    run,
  };
  for (const [name, act] of Object.entries(actions))
    find(`[data-do=${name}]`).addEventListener("click", act);
  toggle.checked = state.reparameterized;
  toggle.addEventListener("change", () => {
    state.reparameterized = toggle.checked;
    view.say(toggle.checked ? "" : "A draw has no derivative: only the KL's gradient is left.");
    refresh();
  });
  choice.value = state.parameter;
  choice.addEventListener("change", () => {
    state.parameter = choice.value;
    drawEstimators();
  });
  new ResizeObserver(() => {
    if (!view.isOpen()) return;
    refresh();
    drawEstimators();
  }).observe(find(".row"));
  view.takeHome(() => home?.() ?? null);
  view.onDigit(askEncoder);
  view.onDecoding(refresh);
  view.onOpen(() => {
    decoder.load().then(refresh);
    drawBatches();
  });
}
