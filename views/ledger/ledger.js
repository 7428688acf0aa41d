/** The loss of the digit, term by term: q as somebody has moved it from where the encoder puts it. */
import { drag } from "../kit/chart.js";
import { radioButtons } from "../kit/controls.js";
import {
  decodeMany,
  decodingBadge,
  lazyNetwork,
  runsHere,
  serverDecodes,
} from "../kit/decoding.js";
import { decodeBytes, decodeDoubles, decodeFloats } from "../kit/encoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { createScreen, encodePicture, paint, sizeOf, toBytes } from "../kit/images.js";
import { numbersByIndex, ofDigit, oneOf, wholeNumber } from "../kit/keys.js";
import { fill } from "../kit/markup.js";
import { clamp, format } from "../kit/numbers.js";
import { onServer } from "../kit/page.js";
import { ask, fetchJson, latestOnly } from "../kit/request.js";
import { mountView } from "../kit/view.js";
import { headOf, makeRow, mostNats, writeRows } from "./rows.js";
import { homeOf } from "./take_home.js";
import {
  accountOf,
  codeOf,
  equationOf,
  lostBinary,
  lostGaussian,
  lostPicture,
  meanOfNats,
  meaningOf,
  objectiveOf,
  perDimension,
} from "./terms.js";

/** @typedef {import("../kit/routes.js").Props["ledger/ledger"]} Props */
/** @typedef {import("../kit/routes.js").Routes["ledger/terms"]} Route */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {import("../kit/decoding.js").LazyNetwork} LazyNetwork */
/** @typedef {import("./terms.js").Q} Q */
/** @typedef {import("./terms.js").Ledger} Ledger */
/** @typedef {{ thresholds: string, epsilon: Record<string, string>, shifts: Record<string, string> }} Noise as ledger.py has it */
/** @typedef {{ turn: number, question: Route["question"] }} Question */

const FEW = 4; // dimensions
const STEPS = 9; // pictures in the strip of one dimension
const FULL = 5; // nats in one pixel that take the full colour
const REST = 200; // ms after the last move, when strips are drawn anew
const DECIMALS = 4; // of what is moved, so that a link holds it whole
/** @type {{ value: import("./terms.js").Loss, title: string }[]} */
const SUMS = [
  { value: "sum", title: "sum" },
  { value: "pixels", title: "mean over pixels" },
  { value: "both", title: "mean over both" },
];
const EQUATION = ["rec", "kl", "all", "rec-how", "kl-how", "all-how"];

const shorten = (/** @type {number} */ v) => Number(v.toFixed(DECIMALS));
const without = /** @type {ReadonlyMap<number, number>} */ (new Map());

/** @param {Props} props */
const keysOf = ({ models, start, draws, code_bounds: [least, most] }) => {
  const all = Object.values(models).flatMap(({ spans }) => spans);
  const longest = Math.max(...Object.values(models).map(({ spans }) => spans.length));
  const low = Math.floor(Math.min(...all.map(([from]) => from)));
  const high = Math.ceil(Math.max(...all.map(([, to]) => to)));
  return {
    model: oneOf(Object.keys(models), start),
    loss: oneOf(SUMS.map(({ value }) => value)),
    z: oneOf(/** @type {const} */ (["mean", "draw"])),
    draw: wholeNumber(0, draws - 1, 0),
    mu: ofDigit(numbersByIndex(longest, low, high, DECIMALS)),
    log_var: ofDigit(numbersByIndex(longest, least, most, DECIMALS)),
  };
};

/** The models by name, under their headings. @param {Props["groups"]} groups */
const makeOptions = (groups) =>
  Object.entries(groups).map(([heading, names]) => {
    const group = Object.assign(document.createElement("optgroup"), { label: heading });
    group.append(...names.map((name) => new Option(name)));
    return group;
  });

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView({ element, props }, keysOf(props));
  /** @type {HTMLSelectElement} */
  const choice = view.find(".model-choice");
  choice.append(...makeOptions(props.groups));
  choice.value = view.state.model;
  fetchJson(props.noise).then(
    (noise) => startLedger(element, props, view, noise),
    ({ message }) => view.complain(message),
  );
}

/**
 * The view, once what is drawn for all visitors is here.
 * @param {HTMLElement} element
 * @param {Props} props
 * @param {ReturnType<typeof mountView<ReturnType<typeof keysOf>>>} view
 * @param {Noise} noise
 */
const startLedger = (element, props, view, noise) => {
  const { find, state } = view;
  const { shape } = props;
  const size = sizeOf(shape);
  const model = () => props.models[state.model];
  const dimensions = () => model().spans.length;
  const list = find(".dimensions");
  const named = (/** @type {string} */ name) => find(`[data-n=${name}]`);
  const put = (/** @type {HTMLElement} */ node, /** @type {string} */ text) => {
    if (node.textContent !== text) node.textContent = text;
  };
  const badge = decodingBadge(find(".where"), view.ended);

  // The networks of the models that were chosen so far.
  const networks = /** @type {Map<string, Record<"encoder" | "decoder", LazyNetwork>>} */ (
    new Map()
  );
  const parts = () => {
    const { encoder, decoder } = model();
    const found = networks.get(state.model) ?? {
      encoder: lazyNetwork(encoder),
      decoder: lazyNetwork(decoder),
    };
    networks.set(state.model, found);
    return found;
  };

  // The digit as p(x|z) is asked about it, and as the encoder sees it.
  let digit = /** @type {Digit | null} */ (null);
  let turn = 0; // counts digits and models; late answers tell theirs
  const thresholds = decodeBytes(noise.thresholds);
  const shifts = new Map(
    Object.entries(noise.shifts).map(([name, text]) => [name, decodeFloats(text)]),
  );
  const target = (/** @type {Digit} */ { pixels }) =>
    Float32Array.from(
      pixels,
      model().binary ? (v, i) => Number(v >= thresholds[i]) : (v) => v / 255,
    );
  const corrupted = (/** @type {Float32Array} */ x) => {
    const shift = shifts.get(state.model);
    return shift ? x.map((v, i) => clamp(v + shift[i], 0, 1)) : x;
  };

  // q: where the encoder puts it, null while it is asked for; and with the handles where they are.
  let encoded = /** @type {Q | null} */ (null);
  let atStart = /** @type {number | null} */ (null); // the objective where the encoder puts q
  const moved = () => state.mu.size + state.log_var.size > 0;
  const placed = (/** @type {Q} */ { mu, logVar }) => ({
    mu: mu.map((v, i) => state.mu.get(i) ?? v),
    logVar: logVar && logVar.map((v, i) => state.log_var.get(i) ?? v),
  });
  const putBack = () => {
    state.mu = without;
    state.log_var = without;
  };

  // The ledger, computed in this page.
  const epsilons = new Map(
    Object.entries(noise.epsilon).map(([count, text]) => [Number(count), decodeDoubles(text)]),
  );
  const epsilon = () => {
    const count = dimensions();
    const all = state.z === "draw" && model().prior ? epsilons.get(count) : undefined;
    return all ? all.subarray(state.draw * count, (state.draw + 1) * count) : null;
  };
  const perPixel = new Float64Array(size);
  const compute = (/** @type {Q} */ q, /** @type {Digit} */ shown) => {
    const { run } = parts().decoder;
    if (!run) throw new Error("The decoder is not here yet.");
    const x = target(shown);
    const z = codeOf(q, epsilon());
    const features = run.features(z);
    const picture = run.mean(features);
    const { binary, predicted, log_var: base } = model();
    const [low, high] = props.pixel_bounds;
    const logVar = (/** @type {number} */ i) =>
      predicted ? clamp(base + features[size + i], low, high) : base;
    if (binary) lostBinary(x, features, perPixel);
    else lostGaussian(x, picture, logVar, perPixel);
    return { ...q, z, perPixel, perDimension: perDimension(q), picture: toBytes(picture) };
  };
  const encodeHere = (/** @type {Float32Array} */ x) => {
    const numbers = Array.from(parts().encoder.run?.(x) ?? []);
    const count = dimensions();
    const [low, high] = props.code_bounds;
    const logVar = model().prior ? numbers.slice(count).map((v) => clamp(v, low, high)) : null;
    return { mu: numbers.slice(0, count), logVar };
  };

  // What is shown.
  let rows = /** @type {import("./rows.js").Row[]} */ ([]);
  let latest = /** @type {Ledger | null} */ (null);
  const screens = {
    x: createScreen(find(".x"), shape),
    seen: createScreen(find(".seen"), shape),
    picture: createScreen(find(".picture"), shape),
    lost: createScreen(find(".lost"), [3, ...shape.slice(1)]),
  };
  const showLost = (/** @type {Ledger} */ found) => {
    const { bytes, most } = lostPicture(found.perPixel, shape, FULL);
    screens.lost.showBytes(bytes);
    put(
      named("lost"),
      `−log p of each pixel; the worst loses ${format(most)} nats${model().binary ? "" : "; blue: below 0"}`,
    );
  };
  const show = (
    /** @type {Ledger} */ found,
    /** @type {Q} */ handles,
    /** @type {string} */ where,
  ) => {
    latest = found;
    element.classList.remove("waiting");
    const objective = objectiveOf(model(), found);
    if (!moved()) atStart = objective;
    const account = accountOf(model(), found, state.loss);
    const { written, other } = equationOf(model(), account, state.loss);
    for (const [name, text] of Object.entries(written)) put(named(name), text);
    const off = atStart === null ? 0 : objective - atStart;
    put(find(".meaning"), meaningOf(model(), account, state.loss, off));
    writeRows(rows, found, handles, other, mostNats(model()));
    showLost(found);
    screens.picture.showBytes(found.picture);
    if (element.dataset.from !== where) element.dataset.from = where;
  };

  const questionOf = (/** @type {Digit} */ shown, /** @type {Q | null} */ handles) => ({
    model: state.model,
    digit: encodePicture(shown),
    mu: handles && handles.mu,
    log_var: handles && handles.logVar,
    draw: state.z === "draw" && model().prior ? state.draw : null,
  });
  // One frame. Until the networks are here, or where the visitor wants it so, the server computes.
  const refresh = oncePerFrame(() => {
    if (!view.isOpen() || !digit) return;
    const handles = encoded && placed(encoded);
    if (encoded && handles && runsHere(parts().decoder)) {
      const started = performance.now();
      if (moved() && atStart === null) atStart = objectiveOf(model(), compute(encoded, digit));
      show(compute(handles, digit), handles, "page");
      badge.note(performance.now() - started);
    } else request({ turn, question: questionOf(digit, handles) });
  });
  const take = (/** @type {Route["answer"]} */ answer, /** @type {Question} */ asked) => {
    if (asked.turn !== turn) return; // it comes too late
    const { question } = asked;
    const q = { mu: answer.mu, logVar: answer.log_var };
    const found = {
      ...q,
      z: answer.z,
      perPixel: decodeDoubles(answer.per_pixel),
      perDimension: answer.per_dimension,
      picture: decodeBytes(answer.picture.pixels),
    };
    if (!question.mu && !encoded) takeQ(q);
    if (find(".said").classList.contains("wrong")) view.say("");
    if (runsHere(parts().decoder)) return refresh();
    if (!question.mu && moved()) {
      atStart = objectiveOf(model(), found); // what the link has moved is asked for now
      return refresh();
    }
    show(found, placed(encoded ?? q), "server");
  };
  const request = latestOnly(
    async (/** @type {Question} */ { question }) => {
      const started = performance.now();
      const answer = await ask("ledger/terms", question);
      if (onServer.value) badge.note(performance.now() - started);
      return answer;
    },
    take,
    view.complain,
  );

  // Where q comes from: the encoder, for every new digit, while it is drawn too.
  const takeQ = (/** @type {Q} */ q) => {
    encoded = q;
    settle();
  };
  const takeDigit = (/** @type {Digit} */ next) => {
    digit = next;
    turn += 1;
    encoded = null;
    atStart = null;
    element.classList.add("waiting");
    const x = target(next);
    const seen = corrupted(x);
    screens.x.show(x);
    if (model().shifted) screens.seen.show(seen);
    if (next.live && !onServer.value) parts().encoder.load(); // heavy, so only for those who draw
    if (runsHere(parts().encoder)) takeQ(encodeHere(seen));
    refresh();
  };

  // At rest: strips through the new place, and the badge.
  let settling = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let task = 0;
  const settle = () => {
    clearTimeout(settling);
    task += 1;
    list.classList.add("stale");
    settling = setTimeout(drawStrips, REST);
  };
  const drawStrips = async () => {
    if (!view.isOpen() || !latest) return;
    const here = runsHere(parts().decoder);
    badge.show(here ? "in this page" : "on the server");
    const mine = task;
    const { z } = latest;
    const { run } = parts().decoder;
    const askServer = serverDecodes(state.model, view.complain);
    for (const { index, strip, span } of rows) {
      const [low, high] = span;
      const sweep = Array.from({ length: STEPS }, (_, step) =>
        z.map((v, i) => (i === index ? low + ((high - low) * (step + 0.5)) / STEPS : v)),
      );
      const bytes = await decodeMany(
        here ? run : null,
        sweep,
        shape,
        askServer,
        () => mine === task,
      );
      if (!bytes) return;
      paint(strip, bytes, shape, STEPS);
    }
    list.classList.remove("stale");
  };

  // Hands.
  const move = (
    /** @type {"mu" | "log_var"} */ key,
    /** @type {number} */ index,
    /** @type {number} */ value,
  ) => {
    if (!encoded) return;
    state[key] = new Map([...state[key], [index, shorten(value)]]);
    refresh();
    settle();
  };
  const listen = (/** @type {import("./rows.js").Row} */ { index, mu, sigma, bar, span }) => {
    mu.addEventListener("input", () => move("mu", index, Number(mu.value)));
    sigma?.addEventListener("input", () => move("log_var", index, 2 * Number(sigma.value)));
    drag(bar, {
      move: ([left]) => {
        if (!encoded) return;
        const q = placed(encoded);
        const most = mostNats(model());
        const nats = (most * left) / bar.getBoundingClientRect().width;
        const wanted = meanOfNats(nats, q.mu[index], q.logVar && q.logVar[index], most);
        move("mu", index, clamp(wanted, span[0], span[1]));
      },
    });
  };
  const drawZ = (/** @type {"mean" | "draw"} */ z) => {
    state.z = z;
    /** @type {HTMLInputElement} */
    const radio = find(`[name=ledger-z][value=${z}]`);
    radio.checked = true;
    atStart = null;
    refresh();
    settle();
  };

  // Where there is room for it, or none beside it, a strip has a line of its own.
  const narrow = matchMedia("(max-width: 900px)");
  const stack = () => element.classList.toggle("stacked", narrow.matches || dimensions() <= FEW);
  narrow.addEventListener("change", stack);
  const layOut = () => {
    const { prior, order, family, binary, shifted } = model();
    rows = order.map((index) => makeRow(model(), index));
    rows.forEach(listen);
    list.replaceChildren(...rows.map(({ root }) => root));
    element.dataset.family = family;
    element.classList.toggle("point", !prior);
    stack();
    find(".spread-only").hidden = !prior;
    find(".shown-to-encoder").hidden = !shifted;
    fill(find(".head"), headOf(model()));
    named("kl-symbol").textContent = prior ? "KL(q(z|x) ‖ p(z))" : "½|z|²";
    named("x").textContent = binary ? "x, black and white as in training" : "x, in grey levels";
    find(".order").textContent =
      `By ${prior ? "mean KL" : "variance"} over the training set; bars end at ${mostNats(model())} nats.`;
    find("[data-do=back]").textContent = `Back to the encoder's ${prior ? "q" : "z"}`;
    for (const name of EQUATION) put(named(name), "…");
  };
  const takeModel = () => {
    latest = null;
    layOut();
    parts()
      .decoder.load()
      .then(() => {
        refresh();
        settle();
      });
    if (digit) takeDigit(digit);
  };

  /** @type {HTMLSelectElement} */
  const choice = find(".model-choice");
  choice.addEventListener("change", () => {
    state.model = choice.value;
    putBack();
    takeModel();
  });
  radioButtons(find("[data-of=loss]"), SUMS, state.loss, (loss) => {
    state.loss = /** @type {typeof state.loss} */ (loss);
    refresh();
  });
  for (const z of /** @type {const} */ (["mean", "draw"]))
    find(`[name=ledger-z][value=${z}]`).addEventListener("change", () => drawZ(z));
  find("[data-do=again]").addEventListener("click", () => {
    state.draw = (state.draw + 1) % props.draws;
    drawZ("draw");
  });
  find("[data-do=back]").addEventListener("click", () => {
    putBack();
    refresh();
    settle();
  });
  element.style.setProperty("--strip", String((STEPS * shape[2]) / shape[1]));

  view.takeHome(() => {
    if (!latest || !digit) return null;
    const asked = {
      name: state.model,
      digit,
      draw: state.z === "draw" && model().prior ? state.draw : null,
      draws: props.draws,
      mu: state.mu,
      logVar: state.log_var,
    };
    return homeOf(latest, model(), asked);
  });

  takeModel();
  drawZ(state.z);
  view.onDigit(takeDigit);
  view.onDecoding(() => {
    refresh();
    settle();
  });
  view.onOpen(() => {
    refresh();
    settle();
  });
};
