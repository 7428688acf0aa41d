/** Denoise: a digit clean, corrupted and repaired, and the error against the strength. */
import { radioButtons, rangeWithNumber } from "../kit/controls.js";
import { decodeBytes } from "../kit/encoding.js";
import { encodePicture, paint } from "../kit/images.js";
import { number, oneOf, wholeNumber } from "../kit/keys.js";
import { fill } from "../kit/markup.js";
import { format } from "../kit/numbers.js";
import { ask, latestOnly } from "../kit/request.js";
import { widthOf } from "../kit/units.js";
import { mountView } from "../kit/view.js";
import { curvesChart, curveWords } from "./curves.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["denoise/denoise"]} Props */
/** @typedef {import("../kit/routes.js").Routes["denoise/digit"]["answer"]} Answer */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {{ digit: Digit, kind: string, strength: number, seed: number, size: number }} Asked */
/** @typedef {{ pixels: Uint8Array, shape: number[], label: string, caption: string, family: string }} Shown */

const SIZE = "16"; // numbers that the view opens with
const START = 0.5; // the strength that the DAE was trained with
const DECIMALS = 4; // of an error, here as beside the chart
const WIDEST = 520; // units, of the chart

const makeFigure = (/** @type {Shown} */ { pixels, shape, label, caption, family }) => {
  const figure = Object.assign(document.createElement("figure"), { className: family });
  const canvas = Object.assign(document.createElement("canvas"), { className: "digit" });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  paint(canvas, pixels, shape);
  const words = Object.assign(document.createElement("figcaption"), { textContent: caption });
  figure.append(canvas, words);
  return figure;
};

/** What the gallery shows, in order. @param {Answer} answer @param {Digit} digit @param {Props["models"]} models */
const picturesOf = ({ corrupted, mse, repairs }, digit, models) => {
  const clean = { ...digit, label: "the clean digit", caption: "clean", family: "" };
  const damaged = {
    pixels: decodeBytes(corrupted.pixels),
    shape: corrupted.shape,
    label: "corrupted digit",
    caption: `corrupted, ${format(mse, DECIMALS)}`,
    family: "",
  };
  const repaired = repairs.map(({ name, picture, mse: left }) => {
    const family = models.find((model) => model.name === name)?.family ?? "";
    return {
      pixels: decodeBytes(picture.pixels),
      shape: picture.shape,
      label: `the ${family.toUpperCase()}'s repair`,
      caption: `${family.toUpperCase()}, ${format(left, DECIMALS)}`,
      family,
    };
  });
  return [clean, damaged, ...repaired];
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView(
    { element, props },
    {
      kind: oneOf(props.kinds.map(({ name }) => name)),
      strength: number(0, 1, START, 2),
      size: oneOf(props.sizes.map(String), SIZE),
      seed: wholeNumber(0, props.most_seed, 0),
    },
  );
  const { find, state } = view;
  let digit = /** @type {Digit | null} */ (null);
  /** @type {(() => import("../kit/take_home.js").Home) | null} */
  let home = null; // of what is shown

  const showCurves = () => {
    const axis = props.kinds.find(({ name }) => name === state.kind)?.axis ?? "";
    const measured = props.models
      .filter(({ size, curves }) => String(size) === state.size && curves[state.kind])
      .map(({ family, curves }) => ({ family, curve: curves[state.kind] }));
    const part = find(".chart-with-words");
    part.hidden = !measured.length;
    if (!measured.length) return;
    const chart = find(".chart");
    const width = Math.min(widthOf(element) || Infinity, WIDEST);
    const { svg, height } = curvesChart(measured, state.strength, axis, width);
    chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    chart.style.width = `${width / 16}rem`;
    fill(chart, svg);
    fill(find(".words"), curveWords(measured, state.strength));
  };

  const request = latestOnly(
    (/** @type {Asked} */ { digit: of, ...rest }) =>
      ask("denoise/digit", { ...rest, digit: encodePicture(of) }),
    (answer, asked) => {
      view.say("");
      home = () => homeOf(answer, asked, props.models);
      const pictures = picturesOf(answer, asked.digit, props.models);
      find(".gallery").replaceChildren(...pictures.map(makeFigure));
    },
    view.complain,
  );
  const refresh = () => {
    showCurves();
    if (!digit) return;
    const { kind, strength, seed, size } = state;
    request({ digit, kind, strength, seed, size: Number(size) });
  };

  radioButtons(
    find(".kinds"),
    props.kinds.map(({ name, title }) => ({ value: name, title })),
    state.kind,
    (kind) => {
      state.kind = kind;
      refresh();
    },
  );
  radioButtons(
    find(".sizes"),
    props.sizes.map((n) => ({ value: String(n), title: `${n} numbers` })),
    state.size,
    (size) => {
      state.size = size;
      refresh();
    },
  );
  rangeWithNumber(find("[type=range]"), find("[type=number]"), state.strength, (strength) => {
    state.strength = strength;
    refresh();
  });
  find("[data-do=draw]").addEventListener("click", () => {
    state.seed = (state.seed + 1) % (props.most_seed + 1);
    refresh();
  });
  view.takeHome(() => home?.() ?? null);
  view.onFinishedDigit((next) => {
    digit = next;
    refresh();
  });
  new ResizeObserver(showCurves).observe(element);
}
