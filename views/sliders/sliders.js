/** Sliders: what each number of a code draws, and what directions named by what they do draw. */
import { radioButtons } from "../kit/controls.js";
import {
  decodeMany,
  decodingBadge,
  lazyNetwork,
  runsHere,
  runsThere,
  serverDecodes,
} from "../kit/decoding.js";
import { decodeBytes } from "../kit/encoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { createScreen, encodePicture, fromBytes, paint } from "../kit/images.js";
import { flag, numbers, ofDigit, oneOf, optional } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { morphologyOf } from "../kit/morphology.js";
import { rounded } from "../kit/numbers.js";
import { chosenDigit, hasInk } from "../kit/page.js";
import { normalPair } from "../kit/random.js";
import { ask, fetchJson, isRefusal, latestOnly } from "../kit/request.js";
import { putOnSlider } from "../kit/slider.js";
import { mountView } from "../kit/view.js";
import { alongDirection, alongNumber, describe, describeMeasure, sweep } from "./moves.js";
import { namedRow, numberedRow } from "./row.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["sliders/sliders"]} Props */
/** @typedef {Props["models"][number]} Model */
/** @typedef {import("./moves.js").ModelSliders} ModelSliders */
/** @typedef {import("./moves.js").NamedRow} NamedRow */
/** @typedef {import("./row.js").SliderRow & { move: import("./moves.js").Move }} Slider */
/** @typedef {Slider & { direction: NamedRow, measured: HTMLElement }} NamedSlider */

const STRIP = 9; // pictures in the strip of one slider
const DIGITS = 4; // decimals of a code, here as in the link: so both are the same code
const MOST = 1e6; // that the server decodes
const MOST_BUTTONS = 7; // more models are a list to choose from
const STARTS = [
  { value: "digit", title: "your digit" },
  { value: "origin", title: "the prior mean, z = 0" },
];

/**
 * A button a model, or a list of them where many have been added.
 * @param {HTMLElement} root
 * @param {Model[]} models
 * @param {string} chosen
 * @param {(name: string) => void} choose
 */
const modelChoice = (root, models, chosen, choose) => {
  if (models.length > MOST_BUTTONS) return modelList(root, models, chosen, choose);
  root.className = "choice models";
  root.setAttribute("role", "radiogroup");
  root.setAttribute("aria-label", "Model");
  fill(root, html`<span class="name">Model</span>`);
  const options = models.map(({ name, title }) => ({ value: name, title }));
  return radioButtons(root, options, chosen, choose);
};

/** @type {typeof modelChoice} */
const modelList = (root, models, chosen, choose) => {
  fill(root, html`<span class="name">Model</span> <select aria-label="Model"></select>`);
  const list = /** @type {HTMLSelectElement} */ (root.querySelector("select"));
  list.append(...models.map(({ name, title }) => new Option(title, name)));
  list.addEventListener("change", () => choose(list.value));
  const set = (/** @type {string} */ name) => {
    list.value = name;
  };
  set(chosen);
  return { set };
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const { models } = props;
  const modelOf = (/** @type {string} */ name) => models.find((model) => model.name === name);
  const names = models.map(({ name }) => name);
  const view = mountView(
    { element, props },
    {
      model: oneOf(names, props.first ?? ""),
      start: oneOf(STARTS.map(({ value }) => value)),
      code: ({ model }) => ofDigit(optional(numbers(modelOf(model)?.size ?? 0, MOST, [], DIGITS))),
      found: flag(),
    },
  );
  const { find, state } = view;
  const badge = decodingBadge(find(".where"), view.ended);
  const picture = /** @type {HTMLCanvasElement} */ (find(".picture"));
  const details = /** @type {HTMLDetailsElement} */ (find("details"));

  let model = /** @type {Model | null} */ (null); // the one whose sliders are laid out
  let decoder = lazyNetwork(null);
  let screen = /** @type {ReturnType<typeof createScreen> | null} */ (null);
  let numbered = /** @type {Slider[]} */ ([]);
  let named = /** @type {NamedSlider[]} */ ([]);
  let mean = /** @type {number[]} */ ([]);
  let std = /** @type {number[]} */ ([]);
  let z = /** @type {number[]} */ ([]);
  let start = /** @type {{ z: number[], given: boolean }} */ ({ z: [], given: false }); // given: by a link or another view
  const all = () => [...named, ...numbered];

  // What follows the finger: one decode a frame, in the page or by the server.
  const refreshPicture = oncePerFrame(() => {
    if (!model || !screen) return;
    if (!runsHere(decoder) || !decoder.run) {
      if (runsThere(decoder)) askPicture({ asked: model, at: [...z] });
      return;
    }
    const started = performance.now();
    const pixels = decoder.run(z);
    screen.show(pixels);
    measure(pixels);
    badge.note(performance.now() - started);
  });
  const askPicture = latestOnly(
    async (/** @type {{ asked: Model, at: number[] }} */ { asked, at }) => {
      const started = performance.now();
      const answer = await ask("decode", { models: [asked.name], z: [at] });
      if (!runsHere(decoder)) badge.note(performance.now() - started);
      return answer;
    },
    ({ pixels }, { asked }) => {
      if (runsHere(decoder) || asked !== model) return; // it comes too late
      const bytes = decodeBytes(pixels[0]);
      screen?.showBytes(bytes);
      measure(fromBytes(bytes));
      if (find(".said").classList.contains("wrong")) view.say(describe(z));
    },
    view.complain,
  );

  // What the picture that is shown has, beside what was asked for.
  const measure = (/** @type {ArrayLike<number>} */ pixels) => {
    if (!model || !named.length) return;
    const measures = morphologyOf(pixels, model.shape);
    for (const { measured, direction } of named)
      measured.textContent = describeMeasure(measures[direction.name], direction);
  };

  // The strips: each slider swept through its range, all others as they are.
  let task = 0;
  const refreshStrips = async () => {
    const mine = ++task;
    const shown = model;
    if (!shown) return;
    await decoder.load();
    for (const { move, strip } of all()) {
      const run = runsHere(decoder) ? decoder.run : null;
      const askServer = serverDecodes(shown.name, view.complain);
      const isWanted = () => mine === task;
      const codes = sweep(move, z, STRIP);
      const bytes = await decodeMany(run, codes, shown.shape, askServer, isWanted);
      if (!bytes) return;
      paint(strip, bytes, shown.shape, STRIP);
    }
  };

  const show = () => {
    for (const { move, input, output } of all()) {
      const value = move.valueOf(z);
      putOnSlider(input, value, move.range);
      output.textContent = move.write(value);
    }
  };
  // The sliders have come to rest at z.
  const settle = () => {
    refreshStrips();
    view.say(describe(z));
    badge.show(runsHere(decoder) ? "in this page" : "on the server");
    state.code = !start.given && String(z) === String(start.z) ? null : z;
    markOfDigit();
  };
  const jump = (/** @type {number[]} */ to) => {
    z = rounded(to, DIGITS);
    show();
    refreshPicture();
    settle();
  };

  const layOut = (/** @type {Model} */ next, /** @type {ModelSliders} */ sliders) => {
    model = next;
    ({ mean, std } = sliders);
    screen = createScreen(picture, next.shape);
    const [, height, width] = next.shape;
    element.style.setProperty("--strip", String((STRIP * width) / height));
    const idOf = (/** @type {number | string} */ name) => `${element.id}-${name}`;
    numbered = sliders.rows.map((row) => ({
      ...numberedRow(row, idOf(row.index)),
      move: alongNumber(row),
    }));
    named = sliders.named.map((direction) => ({
      ...namedRow(direction, idOf(direction.name)),
      direction,
      move: alongDirection(direction, mean),
    }));
    for (const { input, move } of all()) input.step = String(move.step);
    find(".directions").replaceChildren(...named.map(({ root }) => root));
    const dimensions = find(".dimensions");
    dimensions.replaceChildren(...numbered.map(({ root }) => root));
    dimensions.classList.toggle("halved", named.length > 0);
    dimensions.style.setProperty("--half", String(Math.ceil(numbered.length / 2)));
    find(".named").hidden = !named.length;
    find(".doubts").textContent = sliders.doubts;
    const network = lazyNetwork(next.decoder);
    decoder = network;
    network.load().then(() => {
      if (decoder !== network) return;
      refreshPicture();
      settle();
    });
  };

  // Is what is shown the digit's, and nobody's without one?
  const markOfDigit = () => {
    for (const part of [".stage", ".rows"])
      find(part).classList.toggle("of-digit", state.start === "digit" && !state.code);
  };

  // Begin with the model that is chosen, at the link's code, or where its start says.
  let turn = 0;
  const begin = async () => {
    const mine = ++turn;
    markOfDigit();
    const wanted = modelOf(state.model);
    if (!wanted) return;
    const [sliders, code] = await Promise.all([slidersOf(wanted), startOf(wanted)]);
    if (mine !== turn || !sliders || !code) return;
    start = { z: rounded(code, DIGITS), given: state.code !== null };
    if (wanted !== model) layOut(wanted, sliders);
    jump(code);
  };
  const slidersOf = async (/** @type {Model} */ { sliders }) => {
    try {
      return /** @type {ModelSliders} */ (await fetchJson(sliders));
    } catch (error) {
      view.complain(/** @type {Error} */ (error).message);
      return null;
    }
  };
  const startOf = async (/** @type {Model} */ { name, size }) => {
    if (state.code) return state.code;
    if (state.start === "origin") return Array(size).fill(0);
    if (!hasInk(chosenDigit.value)) return null;
    const answer = await ask("encode", { digit: encodePicture(chosenDigit.value), models: [name] });
    if (!isRefusal(answer)) return answer.posteriors[0].z;
    view.complain(answer.error);
    return null;
  };
  const beginAnew = () => {
    state.code = null;
    begin();
  };

  const choice = modelChoice(find(".models"), models, state.model, (name) => {
    state.model = name;
    beginAnew();
  });
  radioButtons(find(".starts"), STARTS, state.start, (value) => {
    state.start = value;
    beginAnew();
  });
  details.open = state.found;
  details.addEventListener("toggle", () => {
    state.found = details.open;
  });

  find(".rows").addEventListener("input", ({ target }) => {
    const moved = all().find(({ input }) => input === target);
    if (!moved) return;
    task += 1; // strips that are still being drawn are of the past
    z = rounded(moved.move.moved(z, Number(moved.input.value)), DIGITS);
    show();
    refreshPicture();
  });
  find(".rows").addEventListener("change", settle);
  /** @type {Record<string, () => number[]>} */
  const jumps = {
    reset: () => start.z,
    origin: () => mean.map(() => 0),
    random: () => mean.map((m, i) => m + std[i] * normalPair(Math.random)[0]),
  };
  element.addEventListener("click", ({ target }) => {
    const name = /** @type {HTMLElement} */ (target).dataset.do;
    if (model && name && name in jumps) jump(jumps[name]());
  });

  view.takeHome(() => {
    if (!model || !z.length) return null;
    const pixels = decoder.run?.(z) ?? null;
    return homeOf(model.name, z, pixels && morphologyOf(pixels, model.shape));
  });

  // A digit begins anew, but not the one that a link's code or another view's came beside.
  let beside = /** @type {import("../kit/page.js").Digit | null} */ (null);
  view.onDigit((digit) => {
    if (digit.live) return;
    if (digit.opening || digit === beside) begin();
    else beginAnew();
  });
  view.onNoDigit(begin);
  view.onHandedOver(({ model: name, code }) => {
    if (modelOf(name)?.size !== code?.length) return;
    state.model = name;
    choice.set(name);
    state.code = rounded(code, DIGITS);
    beside = chosenDigit.value;
    begin();
  });
  view.onDecoding(() => {
    if (!model) return;
    refreshPicture();
    settle();
  });
  if (!models.length)
    view.complain("There is no checkpoint to move through; train one, for example vae-16.");
}
