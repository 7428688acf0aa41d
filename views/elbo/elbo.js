/** The ELBO, line by line: terms that unfold, with their values under a q that is dragged. */
import { oncePerFrame } from "../kit/frames.js";
import { encodePicture } from "../kit/images.js";
import { readWindow } from "../kit/importance.js";
import { ofDigit, wholeNumber } from "../kit/keys.js";
import { format } from "../kit/numbers.js";
import { createLooks } from "../kit/posterior_looks.js";
import { createMaps } from "../kit/posterior_maps.js";
import { fromNumbers, held, isAtEdge, qKey, toNumbers } from "../kit/q.js";
import { qHandles } from "../kit/q_handles.js";
import { appearance } from "../kit/theme.js";
import { mountView } from "../kit/view.js";
import { LINES, sumOf, valuesOf, writtenOf } from "./lines.js";
import { createSheet } from "./sheet.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["elbo/elbo"]} Props */
/** @typedef {import("../kit/importance.js").Gaussian} Gaussian */
/** @typedef {import("../kit/posterior_maps.js").Seen & { encoder: Gaussian }} Seen */

const REST = 350; // ms without a new digit after which the pen counts as resting
const DIGITS = 10; // decimals of the sum: more would show how the machine rounds
const PLANE = { codes: new Float32Array(0), classes: new Uint8Array(0), half: 4 };

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView(
    { element, props },
    {
      steps: wholeNumber(0, LINES.length - 1, 0),
      q: ofDigit(qKey(props.bounds)), // null: the encoder's
    },
  );
  const { find, state } = view;
  const maps = createMaps(find);

  let digit = /** @type {import("../kit/page.js").Digit | null} */ (null);
  let seen = /** @type {Seen | null} */ (null);
  let q = /** @type {Gaussian | null} */ (null); // the one that is shown
  let stale = false; // has the view missed something while it was closed?

  const ownQ = () => (state.q ? fromNumbers(state.q) : null);

  // The picture and the numbers.
  const drawQ = () => {
    if (!q) return;
    maps.drawQ(q, []);
    handles.place(q);
  };
  const drawMaps = () => {
    if (!seen) return;
    maps.drawWindow(seen);
    maps.drawPlane(seen, PLANE);
    drawQ();
  };
  const showNumbers = () => {
    if (!seen || !q) return;
    const values = valuesOf(q, seen.window, seen.log_p);
    sheet.show(writtenOf(values));
    const equal = LINES.filter(({ relation }, i) => i <= state.steps && relation !== "≥");
    // A quick look is less exact than what is shown here.
    if (!seen.live)
      find(".all-digits").textContent = format(sumOf(equal[equal.length - 1], values), DIGITS);
  };
  const unfold = (/** @type {number} */ steps) => {
    state.steps = steps;
    sheet.unfold(steps, true);
    showNumbers();
  };
  const sheet = createSheet(element, {
    unfold,
    light: (areas, sentence) => {
      element.dataset.lit = areas.join(" ");
      find(".about").textContent =
        sentence || "Point at a term: what it is about lights up in the picture, and is said here.";
      maps.light(areas);
      drawMaps();
    },
  });
  const speak = () => {
    find(".spoken").textContent = sheet.told(state.steps);
  };

  // What the server answers about the posterior.
  const looks = createLooks({
    model: () => props.model,
    question: () => {
      if (!digit) throw new Error("There is no digit yet.");
      return { model: props.model, digit: encodePicture(digit), seed: 0 };
    },
    take: (answer, look) => {
      seen = { ...answer, live: look.live, window: readWindow(answer.window) };
      const own = ownQ();
      q = own ? held(own, seen.window) : answer.encoder;
      drawMaps();
      showNumbers();
      element.dataset.from = look.live ? "moving" : "rest";
      if (look.live) return;
      view.say("");
      speak();
    },
    complain: view.complain,
    ended: view.ended,
  });
  const lookAnew = (live = false) => {
    if (!digit) return;
    stale = !view.isOpen();
    if (stale) return;
    looks.begin();
    view.say(seen ? "" : "Summing the grid…");
    // A quick look first, but for a q of the visitor's; what is exact follows when nothing moves.
    if (!ownQ()) looks.around(null, true);
    if (!live) looks.around(ownQ());
  };

  // Hands on q.
  const refreshQ = oncePerFrame(() => {
    drawQ();
    showNumbers();
  });
  const handles = qHandles(find(".zoom .plot"), {
    maps,
    q: () => q,
    half: () => seen?.window.view ?? 0,
    put: (next) => {
      if (!seen) return;
      state.q = toNumbers(held(next, seen.window), props.bounds);
      q = fromNumbers(state.q);
      refreshQ();
    },
    // At rest a q that has reached an edge of the window, or is small in it, gets one of its own.
    settle: () => {
      if (!seen || !q || !ownQ()) return;
      speak();
      if (isAtEdge(q, seen.window)) looks.around(ownQ());
    },
  });

  /** @type {Record<string, () => void>} */
  const actions = {
    all: () => unfold(LINES.length - 1),
    fold: () => unfold(0),
    encoder: () => {
      state.q = null;
      if (digit) looks.around(null);
    },
  };
  for (const [name, act] of Object.entries(actions))
    find(`[data-do=${name}]`).addEventListener("click", act);

  appearance.subscribe(() => {
    maps.forget();
    drawMaps();
  }, view.ended);
  view.takeHome(() => {
    if (!digit || !seen || seen.live || !q) return null;
    const values = valuesOf(q, seen.window, seen.log_p);
    const { model: name, most_side: side } = props;
    return homeOf(values, { name, digit, own: ownQ() && q, side });
  });
  new ResizeObserver(() => {
    maps.forget();
    drawMaps();
  }).observe(find(".pictures"));

  find(".model-name").textContent = props.model;
  sheet.unfold(state.steps, false);
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
