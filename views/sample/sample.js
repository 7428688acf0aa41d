/** Sample: a grid of draws for each model, what was measured of many, and where the codes are. */
import { numberField, radioButtons, rangeWithNumber } from "../kit/controls.js";
import { decodeBytes, decodeFloats } from "../kit/encoding.js";
import { paint, sizeOf } from "../kit/images.js";
import { number, oneOf, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { handedOver, requestedView } from "../kit/page.js";
import { ask, fetchJson, isRefusal, latestOnly } from "../kit/request.js";
import { appearance } from "../kit/theme.js";
import { finder, mountView } from "../kit/view.js";
import { rowsOf } from "./layout.js";
import { drawMap } from "./map.js";
import { homeOf } from "./take_home.js";
import { headingOf, judgedHtml } from "./words.js";

/** @typedef {import("../kit/routes.js").Props["sample/sample"]} Props */
/** @typedef {import("../kit/routes.js").Routes["sample/draw"]} Draw */
/** @typedef {Draw["answer"]["grids"][number]} Grid */
/** @typedef {import("./words.js").Facts} Facts */
/** @typedef {import("./words.js").Model} Model */
/** @typedef {import("./map.js").Content} Content */
/** @typedef {{ root: HTMLElement, redraw: () => void }} Shown what is shown of one model */

const PRIOR = "prior"; // the one origin that has a temperature

/** What the map of a model shows, or null. @param {Model} model @param {number[][]} codes @returns {Content | null} */
const mapOf = ({ map }, codes) => {
  if (!map) return null;
  const place = (/** @type {number[]} */ [x, y]) => /** @type {[number, number]} */ ([x, y]);
  return {
    points: rowsOf(decodeFloats(map.points), 2).map(place),
    classes: map.classes,
    draws: codes.map((code) => place(map.axes.map((axis) => code[axis]))),
    names: map.axes.map((axis) => `z${axis + 1}`),
  };
};

/**
 * A button with the picture of one draw.
 * @param {Uint8Array} pixels
 * @param {number[]} shape
 * @param {number} i which of the draws
 * @param {string} family
 */
const makeTile = (pixels, shape, i, family) => {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.tabIndex = i === 0 ? 0 : -1;
  const words = `${family.toUpperCase()} sample ${i + 1}: open in the sliders`;
  button.setAttribute("aria-label", words);
  const canvas = document.createElement("canvas");
  paint(canvas, pixels, shape);
  button.append(canvas);
  return button;
};

/** One stop for the Tab key; arrows move among the tiles. @param {HTMLElement} tiles @param {number} columns */
const moveByArrows = (tiles, columns) => {
  tiles.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const all = [...tiles.querySelectorAll("button")];
    const at = all.findIndex((button) => button === event.target);
    const to = move === undefined ? undefined : all[at + move];
    if (!to) return;
    event.preventDefault();
    all[at].tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
};

/**
 * @param {Model} model
 * @param {Grid} grid
 * @param {number[]} shape of a picture
 * @param {string} origin of z
 * @param {Props} props
 * @returns {Shown}
 */
const showModel = (model, grid, shape, origin, props) => {
  const { family, name } = model;
  const facts = model.origins[origin];
  const root = document.createElement("div");
  root.className = `sampled ${family}`;
  const note = html`<p class="note">${facts.note}</p>`;
  if (grid.z === null || grid.pixels === null) {
    fill(root, [headingOf(model), note]);
    return { root, redraw: () => {} };
  }
  const bytes = decodeBytes(grid.pixels);
  const values = decodeFloats(grid.z);
  const codes = rowsOf(values, values.length / props.count);
  const size = sizeOf(shape);
  const content = mapOf(model, codes);
  const map = html`<canvas class="map" role="img" aria-label="Codes of test images by class, with the draws from the prior as crosses"></canvas>`;
  fill(
    root,
    html`${headingOf(model)}<div class="tiles"></div><div class="judged fold-when-presenting">${judgedHtml(facts, origin === PRIOR)}</div>${note}${content ? map : ""}`,
  );
  const find = finder(root);
  const tiles = find(".tiles");
  tiles.style.gridTemplateColumns = `repeat(${props.columns}, 1fr)`;
  codes.forEach((code, i) => {
    const tile = makeTile(bytes.subarray(size * i, size * (i + 1)), shape, i, family);
    tile.addEventListener("click", () => {
      handedOver.value = { view: "sliders", values: { model: name, code } };
      requestedView.value = "sliders";
    });
    tiles.append(tile);
  });
  moveByArrows(tiles, props.columns);
  const redraw = () => {
    if (content) drawMap(find(".map"), content);
  };
  return { root, redraw };
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView(
    { element, props },
    {
      size: oneOf(props.sizes.map(String), String(props.start)),
      origin: oneOf(Object.keys(props.origins)),
      temperature: number(0, props.most_temperature, 1, 2),
      seed: wholeNumber(0, props.most_seed, 0),
    },
  );
  const { find, state } = view;
  let shown = /** @type {Shown[]} */ ([]);
  /** @type {(() => import("../kit/take_home.js").Home) | null} */
  let home = null; // of what is shown

  // The facts are fetched with the first draws of a code size, and are there from then on.
  const send = async (/** @type {Draw["question"]} */ question) => {
    const [answer, facts] = await Promise.all([
      ask("sample/draw", question),
      /** @type {Promise<Facts | { error: string }>} */ (
        fetchJson(props.facts[question.size]).catch(({ message }) => ({ error: message }))
      ),
    ]);
    if (isRefusal(answer)) return answer;
    return isRefusal(facts) ? facts : { ...answer, facts };
  };
  const redraw = () => {
    for (const each of shown) each.redraw();
  };
  const request = latestOnly(
    send,
    ({ shape, grids, facts }, question) => {
      view.say("");
      home = () => homeOf(grids, question, props.count);
      shown = grids.flatMap((grid) => {
        const model = facts.models.find(({ name }) => name === grid.name);
        return model ? [showModel(model, grid, shape, question.origin, props)] : [];
      });
      fill(find(".real"), facts.real[question.origin]);
      find(".grids").replaceChildren(...shown.map(({ root }) => root));
      redraw();
    },
    view.complain,
  );
  const refresh = () => {
    find(".temperature").hidden = state.origin !== PRIOR;
    const { origin, temperature, seed } = state;
    if (view.isOpen()) request({ size: Number(state.size), origin, temperature, seed });
  };

  radioButtons(
    find(".sizes"),
    props.sizes.map((n) => ({ value: String(n), title: `${n} numbers` })),
    state.size,
    (size) => {
      state.size = size;
      refresh();
    },
  );
  radioButtons(
    find(".origins"),
    Object.entries(props.origins).map(([value, title]) => ({ value, title })),
    state.origin,
    (origin) => {
      state.origin = origin;
      refresh();
    },
  );
  const range = /** @type {HTMLInputElement} */ (find(".temperature [type=range]"));
  range.max = String(props.most_temperature);
  rangeWithNumber(range, find(".temperature [type=number]"), state.temperature, (temperature) => {
    state.temperature = temperature;
    refresh();
  });
  const seedField = /** @type {HTMLInputElement} */ (find(".seed"));
  seedField.max = String(props.most_seed);
  const setSeed = (/** @type {number} */ seed) => {
    state.seed = seed;
    refresh();
  };
  const seedControl = numberField(seedField, state.seed, setSeed);
  find("[data-do=draw]").addEventListener("click", () => {
    setSeed((state.seed + 1) % (props.most_seed + 1));
    seedControl.set(state.seed);
  });
  view.takeHome(() => home?.() ?? null);
  view.onOpen(() => {
    if (!home) refresh();
    else redraw();
  });
  appearance.subscribe(redraw, view.ended);
  new ResizeObserver(redraw).observe(element);
}
