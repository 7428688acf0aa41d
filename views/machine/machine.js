/** The Machine: the chosen network, drawn from its input to its output, and alive. */
import { radioButtons } from "../kit/controls.js";
import { decodeBytes, decodeHalves } from "../kit/encoding.js";
import { runsHere, runsThere } from "../kit/decoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { createScreen, encodePicture, fromBytes } from "../kit/images.js";
import { number, numbers, ofDigit, oneOf, optional, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";
import { createPad } from "../kit/pad.js";
import { chosenDigit } from "../kit/page.js";
import { standardNormals, uniforms } from "../kit/random.js";
import { ask, latestOnly } from "../kit/request.js";
import { appearance } from "../kit/theme.js";
import { mountView } from "../kit/view.js";
import { sayAbout } from "./about.js";
import { createCaptions } from "./captions.js";
import { createCodeMap } from "./code_map.js";
import { createDials } from "./dials.js";
import { createLayers } from "./layers.js";
import { codeOf, createNetworks, klOf } from "./network.js";
import { homeOf } from "./take_home.js";
import { createScene, numberRowsOf, numbersOf } from "./scene.js";
import { createWave } from "./wave.js";
import { costOf, kindOf, placeOf, pullOf, redrawOf, squeezeOf } from "./words.js";

/** @typedef {import("../kit/routes.js").Props["machine/machine"]} Props */
/** @typedef {import("./network.js").Machine} Machine */
/** @typedef {import("./network.js").Activity} Activity */
/** @typedef {import("./network.js").Code} Code */
/** @typedef {import("./network.js").Drawn} Drawn */
/** @typedef {import("./sheet.js").Place} Place */

const DIGITS = 4; // decimals of a code, here as in the link
const MOST = 1e6; // of a number of a code
const MOST_SEED = 2 ** 31 - 1;
const newSeed = () => Math.floor(Math.random() * MOST_SEED);

/** Masking: each pixel is set to 0 with probability v. @param {Float32Array} x @param {number} v @param {number} seed */
const masked = (x, v, seed) => {
  const next = uniforms(seed);
  return x.map((pixel) => (next() >= v ? pixel : 0));
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const { machines } = props;
  const named = (/** @type {string} */ family, /** @type {string} */ size) =>
    machines.find((each) => each.family === family && each.size === Number(size));
  const families = [...new Set(machines.map(({ family }) => family))];
  const sizes = [...new Set(machines.map(({ size }) => String(size)))];
  const view = mountView(
    { element, props },
    {
      family: oneOf(families),
      size: oneOf(sizes),
      z: ({ size }) => ofDigit(optional(numbers(Number(size), MOST, [], DIGITS))),
      epsilon: ofDigit(optional(wholeNumber(0, MOST_SEED, 0))), // the seed of epsilon; null: 0
      damage: number(0, 1, 0.5, 2),
      noise: wholeNumber(0, MOST_SEED, 0),
    },
  );
  const { find, state } = view;
  if (!machines.length) return view.complain("There is no checkpoint to draw; train vae-2.");

  /** @type {Map<Machine, ReturnType<typeof createNetworks>>} */
  const known = new Map();
  const networksOf = (/** @type {Machine} */ machine) => {
    const found = known.get(machine) ?? createNetworks(machine);
    known.set(machine, found);
    return found;
  };
  let machine = machines[0];
  let networks = networksOf(machine);
  let x = /** @type {Float32Array | null} */ (null); // the digit; null without one
  let entered = /** @type {Float32Array | null} */ (null); // what the encoder gets
  let encoded = /** @type {Activity[] | null} */ (null);
  let code = /** @type {Code | null} */ (null);
  let drawn = /** @type {Drawn | null} */ (null);
  let asked = 0; // counts the questions about the encoder: a late answer is dropped

  const scene = createScene({
    root: find(".flow"),
    pad: find(".pad"),
    damaged: find(".damaged"),
    numbers: find(".numbers"),
    code: find(".code"),
    drawn: find(".drawn"),
    encoder: find(".sheet.encoder"),
    decoder: find(".sheet.decoder"),
  });
  const screens = {
    damaged: createScreen(find(".damaged"), machine.shape),
    drawn: createScreen(find(".drawn"), machine.shape),
  };

  // The code: where the digit lies, or where the visitor has put it.
  const epsilon = () =>
    state.epsilon === null
      ? new Float64Array(machine.size)
      : standardNormals(state.epsilon, machine.size);
  const landed = () => {
    if (!code) return null;
    const { mu, sigma } = code;
    if (!sigma) return mu;
    const noise = epsilon();
    return mu.map((m, i) => m + sigma[i] * noise[i]);
  };
  let preview = /** @type {number[] | null} */ (null); // where a mouse passes over the map
  const z = () => preview ?? state.z ?? landed();
  const moveTo = (/** @type {number[]} */ next) => {
    wave.stop();
    preview = null;
    state.z = next;
    refresh();
  };
  const lookAt = (/** @type {number[] | null} */ place) => {
    wave.stop();
    preview = place;
    refresh();
  };
  const map = createCodeMap({
    target: find(".plot"),
    digits: DIGITS,
    onMove: moveTo,
    onLook: lookAt,
    place: z,
  });
  const dials = createDials(find(".dials"), DIGITS, moveTo);
  const captions = createCaptions(find(".captions"), find(".cost"), props.doors);

  /** Where a code stands on the map, in the picture. @param {number[]} at @returns {Place} */
  const placeOnMap = (at) => {
    const box = scene.layout?.code;
    const [x, y] = map.pixelOf(at);
    return box ? [box.x + x, box.y + y] : [0, 0];
  };
  /** Where number i of a code has its slider: its near end, or its far end. @param {number} i @param {boolean} far @returns {Place} */
  const placeOfDial = (i, far) => {
    const box = scene.layout?.code;
    if (!box) return [0, 0];
    const share = dials.shareOf(i % machine.size);
    return scene.flow === "across"
      ? [far ? box.x + box.width : box.x, box.y + share * box.height]
      : [box.x + share * box.width, far ? box.y + box.height : box.y];
  };
  /** Where the encoder's output i is written: where connections arrive, or leave. @param {number} i @param {boolean} [leaves] @returns {Place} */
  const placeOfNumber = (i, leaves = false) => {
    const box = scene.layout?.numbers;
    if (!box || !machine.map) return placeOfDial(i, false);
    const count = numbersOf(machine);
    if (scene.flow === "across")
      return [box.x + (leaves ? box.width : 0), box.y + (box.height * (i + 0.5)) / count];
    const rows = numberRowsOf(machine);
    const column = Math.floor(i / rows);
    return [box.x + (box.width * rows * (column + 0.5)) / count, box.y + (leaves ? box.height : 0)];
  };
  /** From the numbers of the code to their place on the map. */
  const threads = () => {
    if (!code || !machine.map) return [];
    const { mu, sigma } = code;
    const at = z() ?? mu;
    const point = placeOnMap(at);
    const to = sigma ? placeOnMap(mu) : point;
    const kinds = sigma ? ["--mu", "--sigma", "--epsilon"] : ["--z"];
    const ink = (/** @type {number} */ i) => kinds[Math.floor(i / mu.length)];
    const arriving = Array.from({ length: numbersOf(machine) }, (_, i) => ({
      from: placeOfNumber(i, true),
      to,
      ink: ink(i),
    }));
    return [...arriving, { from: point, to: edgeBeside(point), ink: "--z" }];
  };
  /** Where the way from a point on the map to the decoder leaves the map. @param {Place} point @returns {Place} */
  const edgeBeside = ([x, y]) => {
    const box = scene.layout?.code;
    if (!box) return [x, y];
    return scene.flow === "across" ? [box.x + box.width, y] : [x, box.y + box.height];
  };

  // What is drawn at every frame.
  const run = () => (runsHere(networks.decoder) ? networks.decoder.run : null);
  const decode = () => {
    const at = z();
    const decoder = run();
    drawn = at && decoder ? networks.decode(decoder, at) : null;
    if (at && !decoder && runsThere(networks.decoder)) askPicture({ asked: machine, at });
    if (drawn) screens.drawn.show(drawn.picture);
  };
  // From the code on: all that moves with a point that is dragged.
  const drawFromCode = (/** @type {number} */ front) => {
    const { layout } = scene;
    if (!layout) return;
    const at = front >= scene.shareOf(layout.code) ? z() : null;
    map.draw(at && code, at);
    dials.draw(at, code?.sigma ?? null);
    writeNumbers(at);
    find(".numbers").classList.toggle("waiting", !at);
    find(".drawn").classList.toggle("waiting", !at || front < scene.shareOf(layout.output));
    const stages = at && drawn ? drawn.stages : null;
    const edge = edgeBeside(placeOnMap(at ?? [0, 0]));
    const departure = (/** @type {number} */ i) => (machine.map ? edge : placeOfDial(i, true));
    scene.drawDecoder(stages, departure, at ? front : 0, at ? threads() : []);
    find(".stage").dataset.state = !at ? "waiting" : front < 1 ? "moving" : "rest";
    tell();
  };
  const draw = (front = wave.front) => {
    scene.drawEncoder(encoded, placeOfNumber, front);
    drawFromCode(front);
  };
  const refresh = oncePerFrame(() => {
    decode();
    drawFromCode(wave.front);
  });
  const wave = createWave(draw);

  const askPicture = latestOnly(
    (/** @type {{ asked: Machine, at: number[] }} */ { asked: { name }, at }) =>
      ask("decode", { models: [name], z: [at] }),
    ({ pixels }, { asked: of }) => {
      if (of === machine && !run()) screens.drawn.showBytes(decodeBytes(pixels[0]));
    },
    view.complain,
  );

  // The numbers beside the picture.
  const writeNumbers = (/** @type {number[] | null} */ at) => {
    if (!code || !at || !machine.map) return;
    const { mu, sigma } = code;
    const chip = (
      /** @type {string} */ kind,
      /** @type {string} */ name,
      /** @type {number} */ v,
    ) => html`<span class="${kind}">${name} ${format(v)}</span>`;
    const index = ["₁", "₂"];
    const chips = sigma
      ? [
          ...mu.map((v, i) => chip("mu", `μ${index[i]}`, v)),
          ...sigma.map((v, i) => chip("sigma", `σ${index[i]}`, v)),
          ...[...epsilon()].map((v, i) => chip("epsilon", `ε${index[i]}`, v)),
        ]
      : at.map((v, i) => chip("z", `z${index[i]}`, v));
    fill(find(".numbers"), html`${chips}`);
  };
  const tell = () => {
    const kl = code && klOf(code);
    const error = drawn && x ? drawn.error(x) : null;
    captions.say(pullOf(kl), costOf(machine, error, (preview ?? state.z) !== null));
  };

  // The encoder's half: in the page once its network is here, which those who draw need.
  const take = (/** @type {Activity[]} */ activity, /** @type {boolean} */ moving) => {
    const first = encoded === null;
    encoded = activity;
    const last = activity[activity.length - 1];
    code = codeOf(last.values, machine.size);
    decode();
    if (moving || first) wave.run();
    else draw();
  };
  const askActivity = latestOnly(
    (
      /** @type {{ digit: import("../kit/page.js").Digit, turn: number, of: Machine, moving: boolean }} */ {
        digit,
        of,
      },
    ) => ask("machine/activations", { digit: encodePicture(digit), model: of.name }),
    ({ stages }, { turn, moving }) => {
      if (turn !== asked) return;
      take(
        stages.map(({ activations, connections }) => ({
          values: decodeHalves(activations),
          connections,
        })),
        moving,
      );
    },
    view.complain,
  );
  const encode = (/** @type {boolean} */ moving) => {
    asked += 1; // what is still asked of another digit comes too late
    if (!x) return;
    entered = machine.family === "dae" ? masked(x, state.damage, state.noise) : x;
    if (machine.family === "dae") screens.damaged.show(entered);
    const { encoder } = networks;
    if (runsHere(encoder) && encoder.run)
      return take(networks.encode(encoder.run, entered), moving);
    const pixels = Uint8Array.from(entered, (v) => Math.round(255 * v));
    const digit = { pixels, shape: machine.shape, label: "", live: false, opening: false };
    askActivity({ digit, turn: asked, of: machine, moving });
  };

  const choose = () => {
    machine = named(state.family, state.size) ?? machines[0];
    networks = networksOf(machine);
    encoded = null;
    code = null;
    drawn = null;
    find(".plot").hidden = !machine.map;
    find(".dials").hidden = machine.map !== null;
    dials.show(machine.map ? [] : machine.ranges);
    for (const button of ["noise"]) find(`[data-do=${button}]`).hidden = machine.family !== "dae";
    for (const button of ["epsilon", "mean"])
      find(`[data-do=${button}]`).hidden = machine.family !== "vae";
    find(".damage").hidden = machine.family !== "dae";
    describe();
    fit();
    encode(true);
    networks.decoder.load().then(refresh);
  };
  const fit = () => {
    const laid = scene.fit(machine);
    if (!laid) return;
    map.show(machine, laid.layout.code.width)?.catch((error) => view.complain(error.message));
    layers.place(laid.layout.encoder, laid.layout.decoder, machine);
    captions.place(laid.layout, laid.flow);
    draw();
  };
  const describe = () => {
    fill(
      find(".kind"),
      html`<b>${machine.title} (${machine.family.toUpperCase()})</b>: ${kindOf(machine)}`,
    );
    const words = { squeeze: squeezeOf, place: placeOf, redraw: redrawOf };
    for (const [name, of] of Object.entries(words))
      find(`[data-word=${name}]`).textContent = of(machine);
  };
  // The layers, and what each of their numbers does.
  let pointed = /** @type {import("./layers.js").Pointed | null} */ (null);
  const sayPointed = (spoken = false) => {
    find(".about").hidden = !pointed;
    for (const words of [".kind", ".words"]) find(words).hidden = pointed !== null;
    if (!pointed) return;
    const state = { machine, networks, encoded, code, drawn };
    const said = sayAbout(find(".about"), state, pointed);
    if (spoken) find(".spoken").textContent = said;
  };
  const layers = createLayers(find(".layers"), find(".mark"), (next, spoken) => {
    pointed = next;
    if (next?.half === "encoder") networks.encoder.load().then(() => sayPointed());
    sayPointed(spoken);
  });

  // The controls.
  const byFamily = families.map((family) => ({ value: family, title: family.toUpperCase() }));
  radioButtons(find(".family"), byFamily, state.family, (family) => {
    state.family = family;
    state.z = null;
    choose();
  });
  const bySize = sizes.map((size) => ({ value: size, title: `${size} numbers` }));
  radioButtons(find(".size"), bySize, state.size, (size) => {
    state.z = null;
    state.size = size;
    choose();
  });
  const damage = /** @type {HTMLInputElement} */ (find(".damage input"));
  const showDamage = () => {
    damage.value = String(state.damage);
    find(".damage output").textContent = format(state.damage);
  };
  damage.addEventListener("input", () => {
    state.damage = Number(damage.value);
    showDamage();
    networks.encoder.load().then(() => encode(false));
    encode(false);
  });
  showDamage();
  const setEpsilon = (/** @type {number | null} */ seed) => {
    state.epsilon = seed;
    state.z = null;
    refresh();
  };
  /** @type {Record<string, () => void>} */
  const actions = {
    noise: () => {
      state.noise = newSeed();
      encode(true);
    },
    epsilon: () => setEpsilon(newSeed()),
    mean: () => setEpsilon(null),
    home: () => {
      state.z = null;
      refresh();
    },
    run: () => wave.run(),
  };
  element.addEventListener("click", ({ target }) => {
    const { do: action } = /** @type {HTMLElement} */ (target).dataset;
    if (action) actions[action]?.();
  });

  // The digit: drawn here, or chosen below.
  const pad = createPad({
    picture: find(".pad .picture"),
    ink: find(".pad .ink"),
    shape: machine.shape,
    onBegin: () => networks.encoder.load(), // heavy, so only for those who draw
    onMove: ({ digit }) => choosePixels(digit.pixels, true),
    onEnd: ({ digit }) => choosePixels(digit.pixels, false),
  });
  let mine = /** @type {import("../kit/page.js").Digit | null} */ (null);
  const choosePixels = (/** @type {Uint8Array} */ pixels, /** @type {boolean} */ live) => {
    mine = { pixels, shape: machine.shape, label: "", live, opening: false };
    chosenDigit.value = mine;
  };
  view.onDigit((digit) => {
    if (digit !== mine) pad.show(digit.pixels);
    view.say("");
    x = fromBytes(digit.pixels);
    encode(!digit.live && digit !== mine);
  });
  view.onNoDigit(() => {
    pad.show(new Uint8Array(machine.shape.reduce((a, b) => a * b)));
    wave.stop();
    x = null;
    encode(false);
    encoded = null;
    code = null;
    for (const screen of Object.values(screens)) screen.clear();
    view.say("Draw a digit, or pick one below.");
    refresh();
    draw();
  });

  view.takeHome(() => {
    const at = state.z ?? landed();
    if (!x || !entered || !code || !at) return null;
    const bytes = (/** @type {Float32Array} */ of) =>
      Uint8Array.from(of, (v) => Math.round(255 * v));
    const decoder = run();
    const cost = decoder && !state.z ? networks.decode(decoder, at).error(x) : null;
    const digits = { x: bytes(x), entered: bytes(entered) };
    return homeOf(machine, { ...digits, ...code, z: at, kl: klOf(code), cost });
  });
  new ResizeObserver(fit).observe(find(".stage"));
  appearance.subscribe(() => {
    map.redraw();
    draw();
  }, view.ended);
  view.onDecoding(refresh);
  choose();
}
