/** Beta: one VAE trained at several weights of the KL; map, pictures and curve move together. */
import { lazyNetwork, runsHere, runsThere } from "../kit/decoding.js";
import { decodeBytes, decodeHalves } from "../kit/encoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { createScreen, encodePicture, sizeOf } from "../kit/images.js";
import { oneOf, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { clamp } from "../kit/numbers.js";
import { latentPlot } from "../kit/plot.js";
import { normalPair, uniforms } from "../kit/random.js";
import { ask, fetchJson, latestOnly } from "../kit/request.js";
import { appearance } from "../kit/theme.js";
import { inUnits, widthOf } from "../kit/units.js";
import { mountView } from "../kit/view.js";
import { codesShown, eased, mixed, spreadShown, toModel, toShown } from "./motion.js";
import { drawPlane, HEIGHT, nearestPoint, placeOf, planeOf, tangentOf } from "./plane.js";
import { homeOf } from "./take_home.js";
import * as words from "./words.js";

/** @typedef {import("../kit/routes.js").Props["beta/beta"]} Props */
/** @typedef {import("../kit/routes.js").Files["beta/beta/BetaCodes"]} BetaCodes */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {import("./motion.js").Frame} Frame */
/** @typedef {Props["stops"][number]} Stop */

const DRAWS = 20;
const GLIDE = 550; // ms from one network to the next
const SWEEP = 1700; // ms that a sweep stays at a network
const MOST_SEED = 2 ** 31 - 1;

/** The network whose beta is nearest to 1: the VAE, if it is there. @param {Stop[]} stops */
const usualOf = (stops) => {
  const far = stops.map(({ beta }) => Math.abs(beta - 1));
  return far.indexOf(Math.min(...far));
};
const drawn = (/** @type {number} */ seed) => {
  const next = uniforms(seed);
  return Array.from({ length: DRAWS }, () => /** @type {number[]} */ (normalPair(next)));
};

const createTile = (/** @type {unknown} */ _, /** @type {number} */ i) => {
  const tile = document.createElement("canvas");
  tile.setAttribute("role", "img");
  tile.setAttribute("aria-label", `Draw ${i + 1} from the prior, decoded`);
  return tile;
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const { stops, shape } = props;
  const usual = usualOf(stops);
  const points = stops.map(words.pointOf);
  const betas = stops.map(({ beta }) => String(beta));
  const view = mountView(
    { element, props },
    { beta: oneOf(betas, betas[usual]), seed: wholeNumber(0, MOST_SEED, 0) },
  );
  const { find, state, complain } = view;
  const canvas = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (find(name));
  const slider = /** @type {HTMLInputElement} */ (find(".track input"));
  const chart = find(".chart svg");
  const decoders = stops.map(({ decoder }) => lazyNetwork(decoder));
  let at = betas.indexOf(state.beta); // the network that the slider stands at
  let places = /** @type {words.Place[] | null} */ (null); // of the digit under each network
  let placed = /** @type {Digit | null} */ (null); // the digit that they are of
  let hovered = /** @type {number | null} */ (null); // the draw under the mouse

  // The map.
  let codes = /** @type {Float32Array[]} */ ([]); // under each network, once they are there
  let plot = /** @type {ReturnType<typeof latentPlot> | null} */ (null);
  let frame = /** @type {Frame | null} */ (null); // what map and plane show now
  const landing = (/** @type {number} */ i) => {
    const place = places?.[i];
    if (!place) return null;
    return { z: toShown(stops[i], place.z), std: spreadShown(stops[i], place.std) };
  };
  const frameOf = (/** @type {number} */ i) => {
    const { centre, half } = stops[i];
    return { codes: codes[i], centre, half, landing: landing(i), ...points[i] };
  };
  const drawMapTop = () => {
    if (!plot || !frame) return;
    const draws = drawn(state.seed);
    const z = hovered === null ? frame.landing?.z : draws[hovered];
    plot.drawTop({ z, landing: frame.landing, pins: {}, paths: [], draws });
  };
  const drawFrame = () => {
    if (!plot || !frame) return;
    plot.become(frame);
    plot.drawGround();
    drawMapTop();
    moveDot();
  };
  let gliding = 0;
  const glide = () => {
    cancelAnimationFrame(gliding);
    const from = frame;
    const to = frameOf(at);
    const began = performance.now();
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const step = (/** @type {number} */ now) => {
      const t = isStill || !from ? 1 : clamp((now - began) / GLIDE, 0, 1);
      frame = from && t < 1 ? mixed(from, to, eased(t)) : to;
      drawFrame();
      if (t < 1) gliding = requestAnimationFrame(step);
      else element.dataset.still = stops[at].name;
    };
    delete element.dataset.still;
    step(began);
  };
  const resizePlot = () => {
    if (plot?.resize(widthOf(find(".plot")))) drawFrame();
  };

  // The pictures: draws from the prior, the same z for every beta, and the digit's reconstruction.
  const tiles = Array.from({ length: DRAWS }, createTile);
  find(".draws").append(...tiles);
  const screens = [...tiles, canvas(".reconstruction")].map((each) => createScreen(each, shape));
  const original = createScreen(canvas(".original"), shape);
  const wantedCodes = () => {
    const place = places?.[at];
    const draws = drawn(state.seed).map((z) => toModel(stops[at], z));
    return place ? [...draws, place.z] : draws;
  };
  const pictured = (/** @type {string} */ from) => {
    element.dataset.shown = `${stops[at].name} ${state.seed} ${from}`;
  };
  const askPictures = latestOnly(
    (/** @type {{ stop: Stop, z: number[][] }} */ { stop, z }) =>
      ask("decode", { models: [stop.name], z }),
    ({ pixels }, { stop, z }) => {
      if (stop !== stops[at]) return;
      const bytes = decodeBytes(pixels[0]);
      const size = sizeOf(shape);
      z.forEach((_, i) => screens[i].showBytes(bytes.subarray(size * i, size * (i + 1))));
      pictured("server");
    },
    complain,
  );
  const drawPictures = oncePerFrame(() => {
    const stop = stops[at];
    const decoder = decoders[at];
    const { run } = decoder;
    if (run && runsHere(decoder)) {
      wantedCodes().forEach((z, i) => screens[i].show(run(z)));
      pictured("page");
    } else if (runsThere(decoder)) askPictures({ stop, z: wantedCodes() });
    else
      decoder.load().then(() => {
        if (stop === stops[at]) drawPictures();
      });
  });

  // The plane of rate and distortion.
  let plane = planeOf(points, 360);
  const showPlane = () => {
    const width = widthOf(find(".chart"));
    if (!width) return;
    plane = planeOf(points, width);
    chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    fill(
      chart,
      drawPlane(
        plane,
        points,
        stops.map(({ beta }) => beta),
      ),
    );
    moveDot();
  };
  const moveDot = () => {
    const here = chart.querySelector(".here");
    const tangent = chart.querySelector(".tangent");
    if (!here || !tangent) return;
    const point = frame ?? points[at];
    const { x, y } = placeOf(plane, point);
    here.setAttribute("cx", String(x));
    here.setAttribute("cy", String(y));
    for (const [name, value] of Object.entries(tangentOf(plane, point, stops[at].beta)))
      tangent.setAttribute(name, String(value));
  };

  const showDigitFacts = () => {
    const place = places?.[at] ?? null;
    find(".words").textContent = words.lesson(props, at, usual, place);
    fill(find(".yours"), words.digitFacts(place));
  };
  const showWords = () => {
    const stop = stops[at];
    const said = words.spoken(points[at]);
    find(".beta").textContent = `β = ${stop.beta}`;
    slider.value = String(at);
    slider.setAttribute("aria-valuetext", `beta ${stop.beta}: ${said}`);
    chart.setAttribute("aria-label", `Rate against distortion; at beta ${stop.beta}, ${said}`);
    find(".ground").setAttribute("aria-label", `Map of the codes of ${stop.name}`);
    [...find(".stops").children].forEach((tick, i) => tick.classList.toggle("on", i === at));
    fill(find(".caption"), words.caption(stop));
    fill(find(".together"), words.together(stop));
    fill(find(".judged"), words.judged(stop));
    find(".judged").hidden = !words.judged(stop);
    fill(find(".slopes"), words.slopes(stops, at));
    showDigitFacts();
  };

  // What changes.
  const goTo = (/** @type {number} */ i) => {
    if (i === at) return;
    at = i;
    state.beta = betas[i];
    showWords();
    if (!view.isOpen() || !codes.length) return;
    glide();
    drawPictures();
  };
  const takePlaces = (/** @type {words.Place[] | null} */ next) => {
    places = next;
    if (frame && element.dataset.still) {
      frame = frameOf(at);
      drawMapTop();
    }
    showDigitFacts();
  };
  const askPlaces = latestOnly(
    (/** @type {Digit} */ digit) => ask("beta/places", { digit: encodePicture(digit) }),
    (answer, digit) => {
      view.say("");
      placed = digit;
      takePlaces(answer.places);
      drawPictures();
    },
    // What is known of the digit before must not stand beside this one.
    (sentence) => {
      complain(sentence);
      takePlaces(null);
      screens[DRAWS].showBytes(new Uint8Array(sizeOf(shape)));
    },
  );

  // Codes and networks come once the view is open: the network shown first, then the others.
  const load = async () => {
    const { codes: halves, classes } = /** @type {BetaCodes} */ (await fetchJson(props.codes));
    if (plot) return;
    codes = stops.map((stop, i) => codesShown(stop, decodeHalves(halves[i])));
    const shown = { ...frameOf(at), classes: decodeBytes(classes), prior: true };
    plot = latentPlot(canvas(".ground"), canvas(".top"), shown);
    resizePlot();
    glide();
    for (const i of [at, ...stops.keys()]) await decoders[i].load();
  };

  const play = find("[data-do=play]");
  let sweeping = /** @type {ReturnType<typeof setInterval> | null} */ (null);
  const showPlay = () => {
    play.textContent = sweeping ? "■ Stop" : "▶ Sweep";
    play.classList.toggle("playing", sweeping !== null);
  };
  const pause = () => {
    if (sweeping) clearInterval(sweeping);
    sweeping = null;
    showPlay();
  };
  const sweep = () => {
    if (at === stops.length - 1) goTo(0);
    sweeping = setInterval(() => {
      goTo(at + 1);
      if (at === stops.length - 1) pause();
    }, SWEEP);
    showPlay();
  };
  play.addEventListener("click", () => (sweeping ? pause() : sweep()));
  find("[data-do=again]").addEventListener("click", () => {
    state.seed = (state.seed + 1) % (MOST_SEED + 1);
    drawMapTop();
    drawPictures();
  });
  slider.max = String(stops.length - 1);
  slider.addEventListener("input", () => {
    pause();
    goTo(Number(slider.value));
  });
  chart.addEventListener("pointerdown", ({ clientX, clientY }) => {
    const { left, top } = chart.getBoundingClientRect();
    pause();
    goTo(nearestPoint(plane, points, inUnits([clientX - left, clientY - top])));
  });
  const hover = (/** @type {number | null} */ i) => () => {
    hovered = i;
    drawMapTop();
  };
  tiles.forEach((tile, i) => {
    tile.addEventListener("pointerenter", hover(i));
    tile.addEventListener("pointerleave", hover(null));
  });
  fill(
    find(".stops"),
    stops.map(({ beta }, i) => html`<span style="--at: ${i / (stops.length - 1)}">${beta}</span>`),
  );
  showWords();
  view.takeHome(() => homeOf(stops, places, placed));
  new ResizeObserver(() => {
    if (!view.isOpen()) return;
    showPlane();
    resizePlot();
  }).observe(find(".chart"));
  appearance.subscribe(drawFrame, view.ended);
  view.onOpen(() => {
    showPlane();
    load().catch((error) => complain(error.message));
    drawPictures();
  });
  view.onClose(pause);
  view.onDigit((digit) => {
    original.showBytes(digit.pixels);
    askPlaces(digit);
  });
  view.onNoDigit(() => takePlaces(null));
  view.onDecoding(drawPictures);
}
