/** DRAW: the canvases of a code, step by step, what each step costs, and what a later z leaves alone. */
import { radioButtons } from "../kit/controls.js";
import { decodingBadge, lazyNetwork, runsHere, runsThere } from "../kit/decoding.js";
import { decodeFloats } from "../kit/encoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { createScreen, encodePicture, paint, signedColours, sizeOf } from "../kit/images.js";
import { numbers, ofDigit, oneOf, optional, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { clamp, format, replaced, rounded, sum } from "../kit/numbers.js";
import { standardNormals } from "../kit/random.js";
import { ask, latestOnly } from "../kit/request.js";
import { putOnSlider } from "../kit/slider.js";
import { finder, mountView } from "../kit/view.js";
import { changeOf, unchangedOf } from "./changes.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["draw/draw"]} Props */
/** @typedef {Props["ours"]} Bound */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {{ digit: Digit, code: "mean" | "draw", seed: number, watch: boolean }} Question */

const SOURCES = [
  { value: "mean", title: "your digit, mean of q" },
  { value: "draw", title: "your digit, draw from q" },
  { value: "prior", title: "prior N(0, I)" },
];
const FRAME = 420; // ms that a canvas is shown while it plays
const WIDEST = 3; // standard deviations of N(0, I) that the sliders reach
const MOST_CHANGE = 0.5; // of a pixel, at full colour
const MOST_SEED = 2 ** 32 - 1;
const MOST = 1e6;
const DIGITS = 4; // of a number of z in a link
const TALLEST = 3.125; // rem of a bar of COSTLIEST nats
const COSTLIEST = 12; // one scale for all digits; hardly a step of a test digit costs more

/** The columns: a canvas each, and for each step what it adds, what it costs, and its numbers. @param {Props} props */
const columnsOf = ({ steps, numbers: count }) => {
  const slider = (/** @type {number} */ t, /** @type {number} */ i) =>
    html`<input type="range" min="${-WIDEST}" max="${WIDEST}" step="0.01" value="0" data-index="${(t - 1) * count + i}" aria-label="z of step ${t}, number ${i + 1} of ${count}">`;
  const step = (/** @type {number} */ t) =>
    html`<canvas class="adds" role="img" aria-label="What step ${t} adds"></canvas><span class="cost"></span>
      <span class="sliders">${Array.from({ length: count }, (_, i) => slider(t, i))}</span>`;
  return Array.from(
    { length: steps + 1 },
    (_, t) =>
      html`<div class="column" data-step="${t}"><span class="number">${t || "start"}</span><button type="button" class="tile" aria-label="Canvas after step ${t}"><canvas></canvas></button>${t ? step(t) : ""}</div>`,
  );
};

/** Does drawing in steps help? That depends on the rival: one of as many epochs, and one of less time. @param {Props} props */
const wordsOf = ({ steps, numbers: count, ours, rivals, leads }) => {
  const cost = (/** @type {Bound} */ { weights, seconds }) =>
    `${format(weights / 1e6)} M weights${seconds ? `, ${format(seconds, 0)} s` : ""}`;
  const elboOf = (/** @type {Bound} */ bound) =>
    html`<span title="${bound.name}: ${bound.protocol}">${format(bound.elbo, 1)}</span> (${cost(bound)})`;
  const verdict = (/** @type {string} */ role) => {
    const lead = ours.elbo - rivals[role].elbo;
    return html`<b class="by-${role}">${lead > 0 ? "yes" : "no"}, by ${format(Math.abs(lead), 1)} nats</b>, ${leads[role]}`;
  };
  const { epochs, time } = rivals;
  const byEpochs =
    epochs &&
    html`After as many epochs, ${epochs.epochs}: ${verdict("epochs")}; a VAE that draws as many numbers at once has ${elboOf(epochs)}. `;
  const byTime =
    time &&
    html`In less time: ${verdict("time")}; one of ${time.epochs} epochs has ${elboOf(time)}.`;
  return html`A digit is ${steps * count} numbers, ${count} a step. Does drawing in steps help? ELBO of test digits, nats: ${elboOf(ours)}. ${byEpochs}${byTime}`;
};

/** The mean of Bernoulli pixels. @param {Float32Array} logits */
const sigmoid = (logits) => logits.map((v) => 1 / (1 + Math.exp(-v)));

/** @param {Props} props */
const keysOf = ({ steps, numbers: count }) => ({
  source: oneOf(SOURCES.map(({ value }) => value)),
  seed: wholeNumber(0, MOST_SEED, 1),
  step: wholeNumber(0, steps, steps), // whose canvas is large, 0 before the first
  // Where the visitor has changed it: the digit's code, or one from the prior.
  z: (/** @type {{ source: string }} */ { source }) => {
    const key = optional(numbers(steps * count, MOST, [], DIGITS));
    return source === "prior" ? key : ofDigit(key);
  },
});

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView({ element, props }, keysOf(props));
  const { find, state } = view;
  const { steps, shape } = props;
  const size = sizeOf(shape);
  const decoder = lazyNetwork(props.decoder);
  const badge = decodingBadge(find(".where"), view.ended);
  let digit = /** @type {Digit | null} */ (null);
  let own = /** @type {number[] | null} */ (null); // the code before the visitor changes it
  let kl = /** @type {number[] | null} */ (null); // of each step, of a code that was inferred
  let canvases = /** @type {Float32Array | null} */ (null);
  let at = state.step; // whose canvas is large; while it plays, the link keeps where it was
  // A link shows what it says; without one, the digit is drawn before one's eyes.
  const isFresh =
    state.source === SOURCES[0].value && state.seed === 1 && state.step === steps && !state.z;
  const code = () => state.z ?? own;

  fill(find(".columns"), columnsOf(props));
  find(".columns").style.setProperty("--count", String(steps + 1));
  fill(find(".words"), wordsOf(props));
  const big = createScreen(find(".picture"), shape);
  const columns = [...element.querySelectorAll(".column")].map((root) => ({
    root,
    tile: createScreen(finder(root)(".tile canvas"), shape),
    sliders: [...root.querySelectorAll("input")],
  }));
  /** @type {HTMLInputElement} */
  const scrub = find(".scrub");
  scrub.max = String(steps);
  const canvasOf = (/** @type {Float32Array} */ all, /** @type {number} */ t) =>
    all.subarray(t * size, (t + 1) * size);

  const showStep = () => {
    if (!canvases) return;
    const step = at;
    const where = step ? `step ${step} of ${steps}` : "before step 1";
    big.show(canvasOf(canvases, step));
    find(".picture").setAttribute("aria-label", `The canvas after step ${step} of ${steps}`);
    find(".at").textContent = where;
    scrub.value = String(step);
    scrub.setAttribute("aria-valuetext", where);
    columns.forEach(({ root }, t) => {
      root.classList.toggle("here", t === step);
      root.classList.toggle("later", t > step);
    });
  };
  const showCanvases = (/** @type {Float32Array} */ next) => {
    canvases = next;
    columns.forEach(({ root, tile }, t) => {
      const after = canvasOf(next, t);
      tile.show(after);
      if (!t) return;
      const before = canvasOf(next, t - 1);
      const change = after.map((v, i) => v - before[i]);
      paint(finder(root)(".adds"), signedColours(change, shape, MOST_CHANGE), [
        3,
        ...shape.slice(1),
      ]);
    });
    showStep();
    showUnchanged();
    element.dataset.shown = `${state.source} ${state.seed} ${state.z !== null}`;
  };

  // What the steps cost is known of a code that was inferred from a digit.
  const showCosts = () => {
    columns.slice(1).forEach(({ root }, i) => {
      fill(
        finder(root)(".cost"),
        kl
          ? html`${format(kl[i], 1)}<i style="height:${(TALLEST * clamp(kl[i] / COSTLIEST, 0, 1)).toFixed(2)}rem"></i>`
          : "",
      );
    });
    find(".total").textContent = kl
      ? `KL(q(z|x) || N(0, I)) of your digit: ${format(sum(kl), 1)} nats over ${steps} steps, each a mean over ${props.paths} draws of q.`
      : "The KL is what each step has to tell of a digit; a code from the prior tells of none.";
  };
  const showSliders = () => {
    const z = code();
    if (!z) return;
    for (const input of columns.flatMap(({ sliders }) => sliders)) {
      const value = z[Number(input.dataset.index)];
      const reach = Math.max(WIDEST, Math.ceil(Math.abs(value)));
      putOnSlider(input, value, [-reach, reach]);
    }
  };

  // All canvases: the network's features are the canvases before the mean is taken.
  const drawHere = (
    /** @type {import("../kit/decoding.js").Network} */ run,
    /** @type {number[]} */ z,
  ) => {
    const started = performance.now();
    showCanvases(sigmoid(Float32Array.from(run.features(Float32Array.from(z)))));
    badge.note(performance.now() - started);
  };
  const askCanvases = latestOnly(
    (/** @type {number[]} */ z) => ask("draw/canvases", { z }),
    (answer) => {
      if (!runsHere(decoder)) showCanvases(decodeFloats(answer.canvases));
    },
    view.complain,
  );
  const refresh = oncePerFrame(() => {
    const z = code();
    if (!z) return;
    badge.show(runsHere(decoder) ? "in this page" : "on the server");
    if (decoder.run && runsHere(decoder)) drawHere(decoder.run, z);
    else if (runsThere(decoder)) askCanvases(z);
  });

  // The step whose numbers the visitor moves, and all canvases as they were before.
  let moved = /** @type {{ step: number, before: Float32Array } | null} */ (null);
  const showUnchanged = () => {
    if (!moved || !canvases) return;
    const { step, before } = moved;
    const same = unchangedOf(before, canvases, steps + 1);
    columns.forEach(({ root }, t) => {
      root.classList.toggle("kept", t > 0 && same[t]);
      root.classList.toggle("moved", t === step);
    });
    const z = columns[step].sliders.map(({ value }) => Number(value));
    view.say(changeOf(step, z, same.slice(1)));
  };
  const forgetMove = () => {
    moved = null;
    for (const { root } of columns) root.classList.remove("kept", "moved");
    view.say("");
  };

  // The player.
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  const go = (/** @type {number} */ step) => {
    at = clamp(step, 0, steps);
    showStep();
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    find(".play").textContent = "▶ Play";
    state.step = at;
  };
  const jump = (/** @type {number} */ step) => {
    go(step);
    stop();
  };
  const play = () => {
    if (at === steps) go(0);
    find(".play").textContent = "❚❚ Pause";
    timer = setInterval(() => {
      go(at + 1);
      if (at === steps) stop();
    }, FRAME);
  };

  // Where z comes from. `watch`: is it something new that one wants to see being drawn?
  const takeCode = (
    /** @type {number[]} */ z,
    /** @type {number[] | null} */ costs,
    /** @type {boolean} */ watch,
  ) => {
    own = rounded(z, DIGITS); // as a link keeps it: what a move leaves alone stays exactly as it is
    kl = costs;
    forgetMove();
    find("[data-do=undo]").hidden = state.z === null;
    showSliders();
    showCosts();
    refresh();
    if (!watch || calm.matches) return;
    stop();
    go(0);
    play();
  };
  const askCode = latestOnly(
    (/** @type {Question} */ question) =>
      ask("draw/code", {
        digit: encodePicture(question.digit),
        code: question.code,
        seed: question.seed,
      }),
    ({ z, kl: costs }, { code: asked, watch }) => {
      if (asked === state.source) takeCode(z, costs, watch);
    },
    // What the digit before cost is not said of this one.
    (sentence) => {
      view.complain(sentence);
      kl = null;
      showCosts();
      find(".total").textContent = "";
    },
  );
  const load = (/** @type {boolean} */ watch) => {
    stop();
    const { source, seed } = state;
    for (const part of [".stage", ".steps"])
      find(part).classList.toggle("of-digit", source !== "prior");
    /** @type {HTMLButtonElement} */ (find("[data-do=again]")).disabled = source === "mean";
    if (source === "prior")
      takeCode([...standardNormals(seed, steps * props.numbers)], null, watch);
    else if (digit) askCode({ digit, code: /** @type {Question["code"]} */ (source), seed, watch });
  };
  const loadAnew = (/** @type {boolean} */ watch) => {
    state.z = null;
    load(watch);
  };

  radioButtons(find(".choice"), SOURCES, state.source, (source) => {
    state.source = source;
    loadAnew(true);
  });
  scrub.addEventListener("input", () => jump(Number(scrub.value)));
  const move = (/** @type {HTMLInputElement} */ input, /** @type {number} */ step) => {
    const z = code();
    if (!z || !canvases) return;
    jump(Math.max(at, step));
    if (moved?.step !== step) moved = { step, before: Float32Array.from(canvases) };
    state.z = replaced(z, Number(input.dataset.index), Number(input.value));
    find("[data-do=undo]").hidden = false;
    refresh();
  };
  columns.forEach(({ root, sliders }, t) => {
    for (const input of sliders) input.addEventListener("input", () => move(input, t));
    finder(root)(".tile").addEventListener("click", () => jump(t));
  });
  find("[data-do=play]").addEventListener("click", () => {
    if (timer === undefined) play();
    else stop();
  });
  for (const [name, by] of /** @type {const} */ ([
    ["back", -1],
    ["on", 1],
  ]))
    find(`[data-do=${name}]`).addEventListener("click", () => jump(at + by));
  find("[data-do=again]").addEventListener("click", () => {
    state.seed = (state.seed % MOST_SEED) + 1;
    loadAnew(true);
  });
  find("[data-do=undo]").addEventListener("click", () => loadAnew(false));
  if (state.source === "prior") load(false);
  view.onDigit((next) => {
    digit = next;
    if (state.source === "prior") return;
    load(next.opening ? isFresh : !next.live);
  });
  view.takeHome(() => {
    const z = code();
    if (!z || !canvases) return null;
    const ink = sum([...canvasOf(canvases, steps)]) / size;
    const { source, seed } = state;
    const asked = {
      digit: source === "prior" ? null : digit,
      source,
      seed,
      moved: state.z !== null,
    };
    return homeOf(props.ours.name, { z, kl, ink }, asked);
  });
  view.onClose(stop);
  decoder.load().then(() => {
    if (view.isOpen()) refresh();
  });
  view.onDecoding(refresh);
}
