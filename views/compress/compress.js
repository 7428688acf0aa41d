/** Pictures at every code size, and the error that each kind of code leaves. */
import { drag } from "../kit/chart.js";
import { radioButtons } from "../kit/controls.js";
import { makeElement } from "../kit/elements.js";
import { decodeBytes } from "../kit/encoding.js";
import { encodePicture, paint, signedColours, sizeOf } from "../kit/images.js";
import { oneOf, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";
import { ask, fetchJson, latestOnly } from "../kit/request.js";
import { unit, widthOf } from "../kit/units.js";
import { finder, mountView } from "../kit/view.js";
import { KINDS, TITLES, chartOf, drawChart, inWords, nearest, tableOf } from "./chart.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["compress/compress"]} Props */
/** @typedef {import("../kit/routes.js").Routes["compress/pictures"]} Route */
/** @typedef {{ question: Route["question"], of: import("../kit/page.js").Digit | null }} Asked `of`: the digit, where it is one */
/** @typedef {{ pca: string, linear: Record<string, string> }} Directions as compress.py has them */

const START = 8; // the code size, or the one nearest to it
const FULL = 127; // of a direction's values

const makeFigure = (/** @type {string} */ kind, /** @type {string} */ title) => {
  const figure = document.createElement("figure");
  figure.className = kind;
  figure.dataset.kind = kind;
  fill(
    figure,
    html`<canvas role="img" aria-label="${title}"></canvas><figcaption><b>${title}</b><span></span></figcaption>`,
  );
  return figure;
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const { shape } = props;
  const names = Object.keys(props.facts);
  const sizes = [...new Set(Object.values(props.facts).flatMap((facts) => facts.sizes))];
  const view = mountView(
    { element, props },
    {
      data: oneOf(names),
      k: oneOf(sizes.map(String), String(nearest(props.facts[names[0]].sizes, START))),
      seed: wholeNumber(0, props.most_seed, 0),
    },
  );
  const { find, state } = view;
  /** @type {HTMLInputElement} */
  const slider = find(".bar input[type=range]");
  const chart = find(".chart");
  const facts = () => props.facts[state.data];
  const chosenK = () => Number(state.k);
  let digit = /** @type {import("../kit/page.js").Digit | null} */ (null);
  // One answer holds the pictures of all code sizes, so that moving k asks nobody.
  let answer = /** @type {Route["answer"] | null} */ (null);
  let answered = digit; // whose pictures these are, where they are of a digit

  find(".pictures").append(
    makeFigure("input", "the input"),
    ...KINDS.map((kind) => makeFigure(kind, TITLES[kind])),
  );
  find('[data-kind="input"] figcaption').append(
    makeElement("span", "Under each: its squared error per pixel on this picture.", {
      class: "note",
    }),
  );

  const black = new Uint8Array(sizeOf(shape));
  const showPicture = (
    /** @type {string} */ kind,
    /** @type {Uint8Array} */ pixels,
    /** @type {string} */ note,
  ) => {
    paint(find(`[data-kind="${kind}"] canvas`), pixels, shape);
    find(`[data-kind="${kind}"] span`).textContent = note;
  };
  const showPictures = () => {
    if (!answer) return;
    showPicture("input", decodeBytes(answer.input.pixels), `${facts().pixels} numbers`);
    for (const kind of KINDS) {
      const found = answer.pictures[kind][state.k];
      if (found) showPicture(kind, decodeBytes(found.pixels), format(found.mse, 4));
      else showPicture(kind, black, "not trained");
    }
  };

  const showChart = () => {
    const width = widthOf(chart);
    if (!width) return;
    const svg = find("svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${chartOf(facts(), width).height}`);
    svg.setAttribute(
      "aria-label",
      `Squared error per pixel against the code size, for ${facts().name}; the table below has the values.`,
    );
    fill(svg, drawChart(facts(), chosenK(), width));
  };
  const showNumbers = () => {
    const { head, body } = tableOf(facts(), chosenK());
    const { pixels } = facts();
    fill(find("thead"), head);
    fill(find("tbody"), body);
    fill(find(".words"), inWords(facts(), chosenK()));
    find(".k").textContent = `k = ${state.k}`;
    find(".bar output").textContent = `of ${pixels} numbers`;
    slider.max = String(facts().sizes.length - 1);
    slider.value = String(facts().sizes.indexOf(chosenK()));
    slider.setAttribute("aria-valuetext", `${state.k} of ${pixels} numbers`);
  };

  // What each number of a code draws: a file for each kind of data.
  const directions = /** @type {Map<string, Directions>} */ (new Map());
  const showStrip = (
    /** @type {"pca" | "linear"} */ kind,
    /** @type {string | undefined} */ text,
  ) => {
    const figure = find(`[data-of=${kind}]`);
    figure.hidden = !text;
    if (!text) return;
    const within = finder(figure);
    const count = Math.min(chosenK(), props.tiles);
    const values = new Int8Array(decodeBytes(text).buffer);
    const size = sizeOf(shape);
    const canvases = Array.from({ length: count }, (_, i) => {
      const canvas = document.createElement("canvas");
      const one = values.subarray(i * size, (i + 1) * size);
      paint(canvas, signedColours(one, shape, FULL), [3, ...shape.slice(1)]);
      return canvas;
    });
    within(".strip").replaceChildren(...canvases);
    within(".strip").setAttribute("aria-label", `${TITLES[kind]}: ${count} directions`);
    within("figcaption").textContent =
      count < chosenK()
        ? `${TITLES[kind]}, the first ${count} of ${state.k}`
        : `${TITLES[kind]}, all ${count}`;
  };
  const showDirections = () => {
    const found = directions.get(state.data);
    showStrip("pca", found?.pca);
    showStrip("linear", found?.linear[state.k]);
  };
  const fetchDirections = async () => {
    const { data } = state;
    if (directions.has(data)) return;
    try {
      directions.set(data, await fetchJson(facts().directions));
      showDirections();
    } catch (error) {
      view.complain(/** @type {Error} */ (error).message);
    }
  };

  const show = () => {
    showPictures();
    showNumbers();
    showDirections();
    showChart();
  };
  const request = latestOnly(
    (/** @type {Asked} */ { question }) => ask("compress/pictures", question),
    (/** @type {Route["answer"]} */ found, { question, of }) => {
      if (question.data !== state.data) return; // it comes too late
      answer = found;
      answered = of;
      view.say("");
      showPictures();
    },
    view.complain,
  );
  const refresh = () => {
    const { data, seed } = state;
    if (facts().random) request({ question: { data, digit: null, seed }, of: null });
    else if (digit)
      request({ question: { data, digit: encodePicture(digit), seed: null }, of: digit });
    fetchDirections();
  };

  const setSize = (/** @type {number} */ k) => {
    if (k === chosenK()) return;
    state.k = String(k);
    show();
  };
  const setData = (/** @type {string} */ data) => {
    state.data = data;
    state.k = String(nearest(facts().sizes, chosenK()));
    answer = null;
    find("[data-do=again]").hidden = !facts().random;
    find(".pictures").classList.toggle("of-digit", !facts().random);
    show();
    refresh();
  };
  const options = names.map((value) => ({ value, title: props.facts[value].name }));
  radioButtons(find(".choice"), options, state.data, setData);
  find("[data-do=again]").addEventListener("click", () => {
    state.seed = (state.seed + 1) % (props.most_seed + 1);
    refresh();
  });
  slider.addEventListener("input", () => setSize(facts().sizes[Number(slider.value)]));
  drag(chart, {
    move: ([place]) => {
      const { x } = chartOf(facts(), widthOf(chart));
      setSize(nearest(facts().sizes, x.invert(place / unit())));
    },
  });
  new ResizeObserver(showChart).observe(chart);
  setData(state.data);
  view.takeHome(() => {
    if (!answer || !(answered || facts().random)) return null;
    const { data, seed } = state;
    return homeOf(answer, facts(), { data, shape, seed, digit: answered });
  });
  view.onDigit((next) => {
    digit = next;
    if (!facts().random) refresh();
  });
}
