/** Interpolate: paths from digit A to digit B, as strips and as a film. */
import { radioButtons, tickBoxes } from "../kit/controls.js";
import { decodeBytes } from "../kit/encoding.js";
import { encodePicture, paint, sizeOf } from "../kit/images.js";
import { oneOf, someOf, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";
import { secondDigit } from "../kit/page.js";
import { ask, isRefusal, latestOnly, saveFile } from "../kit/request.js";
import { finder, mountView } from "../kit/view.js";
import { nextStep } from "./film.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["interpolate/interpolate"]} Props */
/** @typedef {import("../kit/routes.js").Routes["interpolate/paths"]["answer"]} Paths */
/** @typedef {import("../kit/routes.js").Routes["interpolate/paths"]["question"]} Ends */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {{ show: (step: number) => void, root: HTMLElement }} Row of one path */

const SIZE = "16"; // numbers that the view opens with
const PACE = 120; // ms that the film rests at a step

const nameOf = (/** @type {string} */ family) =>
  family === "pixels" ? "Pixels" : family.toUpperCase();

/**
 * One path: its name, its picture at the position of the slider, and all its pictures.
 * @param {Paths["paths"][number]} path
 * @param {number[]} shape
 * @param {number} count how many pictures
 * @returns {Row}
 */
const makeRow = ({ family, note, pixels }, shape, count) => {
  const bytes = decodeBytes(pixels);
  const size = sizeOf(shape);
  const name = nameOf(family);
  const root = document.createElement("div");
  root.className = `path ${family}`;
  fill(
    root,
    html`<div class="name"><b class="model ${family}">${name}</b>${note}</div>
    <canvas class="now" role="img" aria-label="${name} at the position of the slider"></canvas>
    <div class="place"><canvas class="strip" role="img" aria-label="${name}: ${count} steps from A to B"></canvas><i></i></div>`,
  );
  const find = finder(root);
  paint(find(".strip"), bytes, shape, count);
  const mark = find("i");
  mark.style.width = `${100 / count}%`;
  const show = (/** @type {number} */ step) => {
    paint(find(".now"), bytes.subarray(step * size, (step + 1) * size), shape);
    mark.style.left = `${(100 * step) / count}%`;
  };
  return { show, root };
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const last = props.steps - 1;
  const view = mountView(
    { element, props },
    {
      families: someOf(props.families, props.families, 0),
      size: oneOf(props.sizes.map(String), SIZE),
      step: wholeNumber(0, last, 0),
    },
  );
  const { find, state } = view;
  const slider = /** @type {HTMLInputElement} */ (find(".scrub input"));
  const playButton = find("[data-do=play]");
  let a = /** @type {Digit | null} */ (null);
  let b = /** @type {Digit | null} */ (null);
  let shown = /** @type {Ends | null} */ (null); // the question that the rows answer
  let rows = /** @type {Row[]} */ ([]);
  /** @type {(() => import("../kit/take_home.js").Home) | null} */
  let home = null; // of what is shown
  let timer = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);

  const showStep = () => {
    slider.value = String(state.step);
    find("output").textContent = `t = ${format(state.step / last)}`;
    for (const row of rows) row.show(state.step);
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    playButton.textContent = "Play";
  };
  const play = () => {
    let way = /** @type {1 | -1} */ (state.step < last ? 1 : -1);
    timer = setInterval(() => {
      const next = nextStep(state.step, way, last);
      way = next.way;
      state.step = next.at;
      showStep();
    }, PACE);
    playButton.textContent = "Pause";
  };

  const request = latestOnly(
    (/** @type {{ ends: Ends, a: Digit, b: Digit }} */ { ends }) => ask("interpolate/paths", ends),
    ({ shape, paths }, { ends, ...digits }) => {
      view.say("");
      shown = ends;
      home = () => homeOf({ shape, paths }, { ...digits, size: String(ends.size) });
      rows = paths.map((path) => makeRow(path, shape, props.steps));
      find(".paths").replaceChildren(...rows.map(({ root }) => root));
      showStep();
    },
    view.complain,
  );
  const refresh = () => {
    if (!a || !b) return;
    const [one, other] = [encodePicture(a), encodePicture(b)];
    const ends = { a: one, b: other, families: state.families, size: Number(state.size) };
    request({ ends, a, b });
  };
  const save = async () => {
    if (!shown) return;
    const answer = await ask("interpolate/film", shown);
    if (isRefusal(answer)) return view.complain(answer.error);
    view.say("");
    saveFile(answer);
  };

  slider.max = String(last);
  element.style.setProperty("--count", String(props.steps));
  slider.addEventListener("input", () => {
    stop();
    state.step = Number(slider.value);
    showStep();
  });
  playButton.addEventListener("click", () => (timer === undefined ? play() : stop()));
  view.onClose(stop);
  find("[data-do=gif]").addEventListener("click", save);
  tickBoxes(
    find(".families"),
    props.families.map((family) => ({ value: family, title: nameOf(family) })),
    state.families,
    (families) => {
      state.families = families;
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
  showStep();
  view.takeHome(() => home?.() ?? null);
  view.onFinishedDigit((digit) => {
    a = digit;
    refresh();
  });
  view.onFinishedDigit((digit) => {
    b = digit;
    refresh();
  }, secondDigit);
}
