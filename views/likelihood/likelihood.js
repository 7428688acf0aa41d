/** The same digit under several p(x|z): a row of pictures for each, and one pixel's distribution. */
import { radioButtons } from "../kit/controls.js";
import { encodePicture, paint, toBytes } from "../kit/images.js";
import { oneOf, optional, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { clamp, format } from "../kit/numbers.js";
import { ask, latestOnly } from "../kit/request.js";
import { finder, mountView } from "../kit/view.js";
import { TALL, WIDE, drawPixel } from "./charts.js";
import { deviationColours, massInWords, readRow, sigmaInWords } from "./rows.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["likelihood/likelihood"]} Props */
/** @typedef {Props["rows"][number]} Likelihood */
/** @typedef {import("../kit/routes.js").Routes["likelihood/rows"]} Route */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {import("./rows.js").Row} Row */
/** @typedef {Digit & Omit<Route["question"], "digit">} Question */

/** @type {Record<Likelihood["kind"], [string, string]>} */
const KINDS = {
  bernoulli: ["Bernoulli", "white with probability p"],
  fixed: ["Gaussian, fixed σ", "chosen beforehand"],
  shared: ["Gaussian, shared σ", "one, learned"],
  predicted: ["Gaussian, predicted σ", "one for each pixel"],
  "discretized-logistic": ["Discretized logistic", "P of each of 256 greys"],
};
const DISCRETE = ["bernoulli", "discretized-logistic"]; // all others are densities
const PICTURES = { mean: "mean", deviation: "std. dev.", sample: "one draw", average: "average" };
const START = 16; // draws
/** @type {{ value: Route["question"]["code"], title: string }[]} */
const CODES = [
  { value: "mean", title: "mean of q(z|x)" },
  { value: "draw", title: "draw from q(z|x)" },
  { value: "prior", title: "draw from N(0, I)" },
];
const WORDS = html`The <b>mean</b> averages all images that z allows, so unsure edges turn grey. <b>One draw</b> adds noise to each pixel on its own. A “sample of a VAE” is nearly always a mean, for z from N(0, I). A <b>density</b> has no upper limit: do not rank them. <b>Bits per pixel</b> compare, the fewer the better: of P(x|z) of the 256 grey levels; for test digits of P(x), so that z costs, too.`;

/** @param {Likelihood} likelihood */
const makeRow = ({ kind, name }) => {
  const [title, meaning] = KINDS[kind];
  const root = document.createElement("div");
  root.className = "row";
  root.dataset.name = name;
  const figures = Object.entries(PICTURES).map(
    ([picture, caption]) =>
      html`<figure><div class="frame"><canvas data-picture="${picture}" role="img" aria-label="${title}: ${caption}"></canvas><i></i></div><figcaption>${caption}</figcaption></figure>`,
  );
  fill(
    root,
    html`<div class="title"><h3>${title}</h3><p>${meaning}</p></div>${figures}
    <svg class="chart" viewBox="0 0 ${WIDE} ${TALL}" role="img" aria-label="p(x|z) of one pixel, once the digit is decoded"></svg><div class="facts"><p class="log"></p><p class="mass"></p><p class="sigma fold-when-presenting"></p></div>`,
  );
  return root;
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const [, height, width] = props.shape;
  const view = mountView(
    { element, props },
    {
      code: oneOf(CODES.map(({ value }) => value)),
      count: oneOf(props.counts.map(String), String(START)),
      draw: wholeNumber(0, props.most_seed, 1),
      pixel: optional(wholeNumber(0, height * width - 1, 0)),
    },
  );
  const { find, state } = view;
  /** @type {HTMLInputElement} */
  const slider = find(".count input");
  let digit = /** @type {Digit | null} */ (null);
  let answered = /** @type {{ rows: Row[], pixels: Uint8Array } | null} */ (null);
  /** @type {(() => import("../kit/take_home.js").Home) | null} */
  let home = null; // of what is shown
  const rows = props.rows.map(makeRow);
  find(".rows").append(...rows);
  fill(find(".words"), WORDS);
  element.style.setProperty("--rows", String(height));
  element.style.setProperty("--columns", String(width));

  // The pixel whose distributions are drawn: the most uncertain one until somebody points at another.
  const shownPixel = () => {
    if (state.pixel !== null || !answered) return state.pixel ?? 0;
    const first = answered.rows[0].deviation.subarray(0, height * width);
    return first.indexOf(Math.max(...first));
  };
  const showPixel = () => {
    if (!answered) return;
    const pixel = shownPixel();
    const [line, column] = [Math.floor(pixel / width), pixel % width];
    const x = answered.pixels[pixel] / 255;
    element.style.setProperty("--line-of", String(line));
    element.style.setProperty("--column", String(column));
    find(".where-pixel").textContent = `(${line + 1}, ${column + 1}), x = ${format(x)}`;
    for (const [i, { mean, deviation, location, scale }] of answered.rows.entries()) {
      const at = {
        mean: mean[pixel],
        deviation: deviation[pixel],
        location: location?.[pixel],
        scale: scale?.[pixel],
      };
      const { svg, words } = drawPixel(props.rows[i].kind, at, x);
      const chart = finder(rows[i])(".chart");
      fill(chart, svg);
      chart.setAttribute(
        "aria-label",
        `p(x|z) of the pixel in row ${line + 1}, column ${column + 1}: ${words}`,
      );
    }
  };
  const choosePixel = (/** @type {number} */ line, /** @type {number} */ column) => {
    state.pixel = width * clamp(line, 0, height - 1) + clamp(column, 0, width - 1);
    showPixel();
  };

  const showRow = (
    /** @type {HTMLElement} */ root,
    /** @type {Likelihood} */ likelihood,
    /** @type {Row} */ row,
    /** @type {Uint8Array} */ pixels,
  ) => {
    const within = finder(root);
    const discrete = DISCRETE.includes(likelihood.kind);
    paint(within("[data-picture=mean]"), toBytes(row.mean), props.shape);
    const coloured = deviationColours(row.deviation, props.shape, props.most_deviation);
    paint(within("[data-picture=deviation]"), coloured, [3, height, width]);
    for (const name of /** @type {const} */ (["sample", "average"]))
      paint(within(`[data-picture=${name}]`), row[name], props.shape);
    within(".log").textContent =
      `log ${discrete ? "P" : "p"}(x|z) = ${format(row.logP, 1)} nats${discrete ? "" : ", a density"}`;
    fill(within(".mass"), massInWords(likelihood, row));
    fill(within(".sigma"), sigmaInWords(likelihood, row, pixels, props.floor));
  };
  const show = (/** @type {Route["answer"]} */ answer, /** @type {Question} */ question) => {
    view.say("");
    answered = { rows: answer.rows.map(readRow), pixels: question.pixels };
    for (const [i, row] of answered.rows.entries())
      showRow(rows[i], props.rows[i], row, question.pixels);
    showPixel();
    const { code, count, seed } = question;
    const names = props.rows.map(({ name }) => name);
    const read = answered.rows;
    home = () => homeOf(names, read, { digit: question, code, count, seed });
    element.dataset.shown = `${code} ${count} ${seed}`; // what was asked: by now the choice may be another
  };
  const request = latestOnly(
    (/** @type {Question} */ { code, count, seed, ...picture }) =>
      ask("likelihood/rows", { digit: encodePicture(picture), code, count, seed }),
    show,
    view.complain,
  );
  const refresh = () => {
    if (!digit) return;
    request({ ...digit, code: state.code, count: Number(state.count), seed: state.draw });
  };

  const showCount = () => {
    slider.value = String(props.counts.map(String).indexOf(state.count));
    slider.setAttribute("aria-valuetext", `${state.count} draws`);
    find(".count output").textContent = state.count;
    find(".averaged").textContent = `average of ${state.count}`;
  };
  slider.max = String(props.counts.length - 1);
  slider.addEventListener("input", () => {
    state.count = String(props.counts[Number(slider.value)]);
    showCount();
    refresh();
  });
  radioButtons(find(".choice"), CODES, state.code, (code) => {
    state.code = /** @type {typeof state.code} */ (code);
    refresh();
  });
  find("[data-do=again]").addEventListener("click", () => {
    state.draw = (state.draw + 1) % (props.most_seed + 1);
    refresh();
  });

  // The pixel: pointed at in any picture, or moved by the arrow keys in the first.
  const point = (/** @type {PointerEvent} */ { target, clientX, clientY }) => {
    const frame = target instanceof Element ? target.closest(".frame") : null;
    if (!frame) return;
    const box = frame.getBoundingClientRect();
    choosePixel(
      Math.floor((height * (clientY - box.top)) / box.height),
      Math.floor((width * (clientX - box.left)) / box.width),
    );
  };
  element.addEventListener("pointermove", point);
  element.addEventListener("pointerdown", point);
  const picker = find(".frame");
  picker.tabIndex = 0;
  picker.setAttribute("role", "application");
  picker.setAttribute("aria-label", "Choose a pixel with the arrow keys");
  picker.addEventListener("keydown", (event) => {
    const by = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
    }[event.key];
    if (!by || !answered) return;
    event.preventDefault();
    const pixel = shownPixel();
    choosePixel(Math.floor(pixel / width) + by[0], (pixel % width) + by[1]);
  });

  showCount();
  view.takeHome(() => home?.() ?? null);
  view.onDigit((next) => {
    digit = next;
    refresh();
  });
}
