/** Gap: q dragged over the true posterior of a digit, and what the ELBO lacks of log p(x). */
import { radioButtons } from "../kit/controls.js";
import { decodeBytes, decodeDoubles, decodeHalves } from "../kit/encoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { encodePicture, paint } from "../kit/images.js";
import { evidenceOf, readWindow, termsOf } from "../kit/importance.js";
import { ofDigit, oneOf, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";
import { createLooks } from "../kit/posterior_looks.js";
import { createMaps } from "../kit/posterior_maps.js";
import { fromNumbers, held, isAtEdge, qKey, toNumbers } from "../kit/q.js";
import { qHandles } from "../kit/q_handles.js";
import { ask, fetchJson, isRefusal } from "../kit/request.js";
import { appearance } from "../kit/theme.js";
import { mountView } from "../kit/view.js";
import {
  boundSentence,
  boundsOf,
  climbChart,
  COUNTS,
  errorsSentence,
  noGridSentence,
  sharesOf,
} from "./climb.js";
import {
  checked,
  elboParts,
  levels,
  roundedIdentity,
  shareWithin,
  whereabouts,
} from "./identity.js";
import { gridHome, sampledHome } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["gap/gap"]} Props */
/** @typedef {import("../kit/routes.js").Routes} Routes */
/** @typedef {Props["models"][number]} Model */
/** @typedef {import("../kit/importance.js").Gaussian} Gaussian */
/** @typedef {import("../kit/importance.js").Window} Window */
/** @typedef {Routes["gap/posterior"]["answer"]} Sums */
/** @typedef {Routes["gap/weights"]["answer"]} Weights */
/** @typedef {import("../kit/posterior_maps.js").Seen & { encoder: Gaussian }} Seen */

const REST = 350; // ms without a new digit after which the pen counts as resting

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const names = props.models.map(({ name }) => name);
  const view = mountView(
    { element, props },
    {
      model: oneOf(names),
      k: oneOf(COUNTS.map(String)),
      seed: wholeNumber(0, props.most_turns, 0),
      draw: wholeNumber(0, props.most_turns, 0),
      q: ofDigit(qKey(props.bounds)), // null: the encoder's
    },
  );
  const { find, state } = view;
  const panels = find(".panels");
  const slider = /** @type {HTMLInputElement} */ (find(".k"));
  const maps = createMaps(find);

  let digit = /** @type {import("../kit/page.js").Digit | null} */ (null);
  let seen = /** @type {Seen | null} */ (null);
  let codes = /** @type {import("../kit/posterior_maps.js").Codes | null} */ (null);
  let q = /** @type {Gaussian | null} */ (null); // the one that is shown
  let moving = false; // is the digit still being drawn, so that what is exact has to wait?
  let stale = false; // has the view missed something while it was closed?
  let logs = new Float64Array(0); // log weights of the samples
  let places = /** @type {number[][]} */ ([]); // their codes
  let kl = 0; // KL(q || p(z)) of the q that they are from
  let waiting = false; // are they not of the shown q, and follow once it rests?

  const modelNow = () => /** @type {Model} */ (props.models.find((m) => m.name === state.model));
  const isFlat = () => modelNow().latent === 2;
  const ownQ = () => (isFlat() && state.q ? fromNumbers(state.q) : null);
  const chosenK = () => Number(state.k);
  const question = () => {
    if (!digit) throw new Error("There is no digit yet.");
    return { model: state.model, digit: encodePicture(digit), seed: state.seed };
  };
  const paintDigit = (/** @type {Sums["digit"]} */ { pixels, shape }) =>
    paint(/** @type {HTMLCanvasElement} */ (find(".digit")), decodeBytes(pixels), shape);

  // The maps.
  const discs = () => {
    const k = chosenK();
    if (k === 1 || waiting || places.length < k) return [];
    return sharesOf(logs, k).map((share, i) => ({ z: places[i], share }));
  };
  const drawQ = () => {
    if (!q) return;
    maps.drawQ(q, discs());
    handles.place(q);
  };
  const drawPlane = () => {
    if (seen && codes) maps.drawPlane(seen, codes);
  };
  const drawMaps = () => {
    if (!seen) return;
    maps.drawWindow(seen);
    drawPlane();
    drawQ();
  };
  const loadCodes = async () => {
    const { map, name } = modelNow();
    if (!map) return;
    try {
      const found = await fetchJson(map.file);
      if (name !== state.model) return;
      const classes = decodeBytes(found.classes);
      codes ??= { codes: decodeHalves(found.codes), classes, half: map.half };
      drawPlane();
    } catch (error) {
      view.complain(error instanceof Error ? error.message : String(error));
    }
  };

  // The numbers.
  const showIdentity = (/** @type {import("./identity.js").Terms} */ terms, about = "") => {
    const shown = roundedIdentity(terms);
    find(".log-p").textContent = about + format(shown.logP);
    find(".elbo-value").textContent = about + format(shown.elbo);
    find(".gap-value").textContent = about + format(shown.gap);
    fill(find(".levels"), levels(terms, shown.gap));
    return shown;
  };
  const showNumbers = () => {
    if (!seen || !q) return;
    const terms = termsOf(q, seen.window, seen.log_p);
    fill(find(".parts"), elboParts(terms, showIdentity(terms).elbo));
    const { centre, half } = seen.window;
    const coarse = moving
      ? "While it moves: a coarser grid."
      : "First a coarser grid; the fine one follows.";
    find(".residual").textContent = seen.live
      ? coarse
      : checked(terms, seen.window, shareWithin(seen.spots, centre, half));
  };
  const speak = () => {
    const [logP, elbo, gap] = [".log-p", ".elbo-value", ".gap-value"].map(
      (name) => find(name).textContent,
    );
    find(".spoken").textContent = `log p(x) ${logP} is ELBO ${elbo} plus KL ${gap} nats`;
  };

  // The bound of K samples.
  const showClimb = () => {
    find(".k-value").textContent = state.k;
    panels.classList.toggle("waiting", waiting);
    const bound = find(".bound");
    if (!logs.length) {
      bound.textContent = `The samples follow${moving ? " once the digit rests" : ""}.`;
      fill(find(".climb"), "");
      return;
    }
    const points = boundsOf(logs);
    const found = evidenceOf(logs);
    const now = points[COUNTS.indexOf(chosenK())];
    fill(find(".climb"), climbChart(points, now, found, isFlat() && seen ? seen.log_p : null));
    bound.textContent = waiting
      ? "Samples of this q follow once it rests."
      : boundSentence(now, found, logs.length);
    bound.title = "Effective sample size: (sum of the weights)² over the sum of their squares";
    if (!isFlat()) showEstimates(points[0], found);
  };
  const showEstimates = (
    /** @type {import("./climb.js").Bound} */ first,
    /** @type {import("./climb.js").Evidence} */ found,
  ) => {
    const terms = { logP: found.value, elbo: first.mean, gap: found.value - first.mean };
    showIdentity(terms, "≈ ");
    find(".parts").textContent = errorsSentence(found, first, kl);
    find(".residual").textContent = noGridSentence(modelNow().latent, logs.length);
  };

  // What the server answers about the posterior.
  const take = (
    /** @type {Sums} */ answer,
    /** @type {import("../kit/posterior_looks.js").Look} */ look,
  ) => {
    seen = { ...answer, live: look.live, window: readWindow(answer.window) };
    const own = ownQ();
    q = own ? held(own, seen.window) : answer.encoder;
    panels.classList.toggle("moving", look.live);
    paintDigit(answer.digit);
    drawMaps();
    showNumbers();
    find(".where-mass").textContent = whereabouts(
      shareWithin(seen.spots, seen.window.centre, seen.window.view),
    );
    element.dataset.from = look.live ? "moving" : "rest";
    if (!look.live) {
      view.say("");
      speak();
    }
  };
  const looks = createLooks({
    model: () => state.model,
    question,
    take,
    complain: view.complain,
    ended: view.ended,
  });

  // Importance samples of the shown q. They come in parts, so that the chart grows and a newer digit
  // need not wait. Samples that are still there stay, dimmed, until those of another q take their place.
  let pool = 0;
  const awaitSamples = () => {
    pool += 1;
    waiting = true;
    delete element.dataset.pool;
    showClimb();
  };
  const emptyPool = () => {
    logs = new Float64Array(0);
    places = [];
    awaitSamples();
  };
  const takePart = (/** @type {Weights} */ answer, /** @type {number} */ part) => {
    const found = decodeDoubles(answer.log_weights);
    logs = part ? Float64Array.from([...logs, ...found]) : found;
    places = [...(part ? places : []), ...(answer.z ?? [])];
    waiting = false;
    kl = answer.kl;
    if (!isFlat()) {
      paintDigit(answer.digit);
      element.dataset.from = "rest";
    }
    showClimb();
    if (seen) drawQ();
  };
  const drawPool = async () => {
    awaitSamples();
    const mine = pool;
    const asked = { ...question(), q: ownQ(), draw: state.draw };
    for (let part = 0; part < props.draws / props.part; part++) {
      const answer = await ask("gap/weights", { ...asked, part }, view.ended);
      if (mine !== pool) return;
      if (!view.isOpen()) {
        stale = true;
        return;
      }
      if (isRefusal(answer)) {
        view.complain(answer.error);
        return;
      }
      takePart(answer, part);
    }
    element.dataset.pool = String(logs.length);
  };

  // The digit and the model.
  const lookAnew = (live = false) => {
    if (!digit) return;
    if (!view.isOpen()) {
      stale = true;
      return;
    }
    stale = false;
    looks.begin();
    moving = live;
    view.say("");
    emptyPool();
    if (!isFlat()) {
      if (!live) drawPool();
      return;
    }
    if (!codes) loadCodes();
    // A quick look first, but for a q of the visitor's; what is exact follows when nothing moves.
    if (!ownQ()) looks.around(null, true);
    if (live) return;
    looks.around(ownQ(), false, drawPool);
    if (!seen) view.say("Summing the grid…");
  };
  const showModel = () => {
    const { latent } = modelNow();
    seen = codes = q = null;
    maps.forget();
    delete element.dataset.from;
    for (const part of element.querySelectorAll(".identity output, .levels, .parts, .residual"))
      part.replaceChildren();
    panels.classList.toggle("flat-less", !isFlat());
    for (const part of [".zoom", ".overview", "[data-do=encoder]", "[data-do=best]"])
      find(part).hidden = !isFlat();
    find(".no-map").hidden = isFlat();
    fill(
      find(".no-map"),
      html`A map of ${latent} dimensions would take <span class="formula">100<sup>${latent}</sup></span> decodes. Importance samples still estimate log p(x).`,
    );
  };

  // Hands on q.
  const refreshQ = oncePerFrame(() => {
    drawQ();
    showNumbers();
  });
  const putQ = (/** @type {Gaussian} */ next) => {
    if (!seen) return;
    state.q = toNumbers(held(next, seen.window), props.bounds);
    q = fromNumbers(state.q);
    if (!waiting) awaitSamples();
    refreshQ();
  };
  // At rest q gets samples of its own, and if it has reached an edge of the window or is small in it,
  // a window of its own as well.
  const settleQ = () => {
    if (!waiting || !seen || !ownQ()) return;
    speak();
    if (isAtEdge(/** @type {Gaussian} */ (q), seen.window)) looks.around(ownQ(), false, drawPool);
    else drawPool();
  };
  const handles = qHandles(find(".zoom .plot"), {
    maps,
    q: () => q,
    half: () => seen?.window.view ?? 0,
    put: putQ,
    settle: settleQ,
  });

  // What a visitor does.
  const showBest = async () => {
    const [mine, before] = [looks.turn(), state.q];
    view.say("Searching…");
    const answer = await ask("gap/best", question(), view.ended);
    if (mine !== looks.turn()) return;
    if (state.q !== before) {
      view.say(""); // the visitor's hand was faster, and keeps its q
      return;
    }
    if (isRefusal(answer)) {
      view.complain(answer.error);
      return;
    }
    view.say("");
    state.q = toNumbers(answer, props.bounds);
    awaitSamples();
    looks.around(ownQ(), false, drawPool);
  };
  /** @type {Record<string, () => void>} */
  const actions = {
    encoder: () => {
      state.q = null;
      awaitSamples();
      looks.around(null, false, drawPool);
    },
    best: showBest,
    binarize: () => {
      state.seed = (state.seed + 1) % (props.most_turns + 1);
      state.q = null;
      lookAnew();
    },
    draw: () => {
      state.draw = (state.draw + 1) % (props.most_turns + 1);
      drawPool();
    },
  };
  for (const [name, act] of Object.entries(actions))
    find(`[data-do=${name}]`).addEventListener("click", () => {
      if (digit) act();
    });
  slider.value = String(COUNTS.indexOf(chosenK()));
  slider.addEventListener("input", () => {
    state.k = String(COUNTS[Number(slider.value)]);
    showClimb();
    if (seen) drawQ();
  });
  const options = names.map((name) => ({ value: name, title: name }));
  radioButtons(find("[data-group=models]"), options, state.model, (name) => {
    state.model = name;
    state.q = null;
    showModel();
    lookAnew();
  });

  appearance.subscribe(() => {
    maps.forget();
    drawMaps();
    showClimb();
  }, view.ended);
  new ResizeObserver(() => {
    maps.forget();
    drawMaps();
  }).observe(panels);

  const estimates = () => {
    const [logP, elbo] = [evidenceOf(logs).value, boundsOf(logs)[0].mean];
    return { logP, elbo, gap: logP - elbo };
  };
  view.takeHome(() => {
    if (!digit) return null;
    const asked = { name: state.model, digit, seed: state.seed, own: ownQ() };
    const { draws, part, most_side: side } = props;
    if (!isFlat()) {
      const samples = { parts: draws / part, part, draw: state.draw };
      return logs.length === draws ? sampledHome(estimates(), asked, samples) : null;
    }
    if (!seen || !q || seen.live) return null;
    return gridHome(termsOf(q, seen.window, seen.log_p), { ...asked, own: asked.own && q }, side);
  });

  showModel();
  let resting = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  view.onDigit((next) => {
    clearTimeout(resting);
    digit = next;
    lookAnew(next.live);
    if (next.live) resting = setTimeout(lookAnew, REST); // a pen may rest before it is lifted
  });
  view.onOpen(() => {
    if (stale) lookAnew();
  });
}
