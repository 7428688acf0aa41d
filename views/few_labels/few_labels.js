/** Few labels: the posteriors of M2 and of a classifier, and the digit as every class explains it. */
import { axisBottom, axisLeft, logarithmic, places } from "../kit/chart.js";
import { radioButtons } from "../kit/controls.js";
import { lazyNetwork, runsHere } from "../kit/decoding.js";
import { decodeBytes } from "../kit/encoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { encodePicture, fromBytes, paint, sizeOf } from "../kit/images.js";
import { oneOf } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { format, indexOfLargest, softmax } from "../kit/numbers.js";
import { ask, latestOnly } from "../kit/request.js";
import { finder, mountView } from "../kit/view.js";
import { homeOf } from "./take_home.js";
import { verdictOf } from "./verdict.js";

/** @typedef {import("../kit/routes.js").Props["few_labels/few_labels"]} Props */
/** @typedef {Props["pairs"][number]} Pair */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {{ posteriors: number[][], styled: Uint8Array, fitted: Uint8Array, bounds: number[] }} Shown */

const METHODS = /** @type {const} */ (["m2", "alone"]); // in the order of what the server sends
const TITLES = {
  m2: ["M2", "labels, and images without"],
  alone: ["Labels alone", "same network, same labels"],
};
const WORDS = html`<b>The idea.</b> A label is hidden, but the image has to be explained: M2 learns which class explains it best. Third row: one code z, your handwriting, with all ten classes. Fourth: every class chooses its own z; the number is its bound on log p(x|y), nats.`;
const [LEFT, RIGHT, TOP, BOTTOM, WIDE] = [38, 268, 14, 206, 300]; // of the chart, in its own units
const TICKS = [1, 2, 5, 10, 20, 50]; // percent
const SILENT = 0.005; // a share below is written as a dot

const grouped = (/** @type {number} */ n) => n.toLocaleString("en");
const classesOf = (/** @type {number} */ count) => [...Array(count).keys()];

const readingRow = (/** @type {"m2" | "alone"} */ method, /** @type {number} */ count) => {
  const columns = classesOf(count).map(
    (y) =>
      html`<div class="column"><span class="share"></span><span class="tube"><i></i></span><span class="class">${y}</span></div>`,
  );
  return html`<div class="row ${method}" data-row="${method}"><div><h3>${TITLES[method][0]}</h3><p>${TITLES[method][1]}</p>
  <p class="reads" aria-live="off"></p></div>${columns}</div>`;
};
const pictureRow = (
  /** @type {string} */ name,
  /** @type {string} */ title,
  /** @type {string} */ meaning,
  /** @type {number} */ count,
) => {
  const pictures = classesOf(count).map(
    (y) =>
      html`<div class="picture"><canvas role="img" aria-label="${title}: ${y}"></canvas><span class="nats"></span></div>`,
  );
  return html`<div class="row" data-row="${name}"><div><h3>${title}</h3><p>${meaning}</p></div>${pictures}</div>`;
};
const tableOf = (/** @type {number} */ count) => [
  METHODS.map((method) => readingRow(method, count)),
  pictureRow("styled", "Your hand", "one z, ten classes", count),
  pictureRow("fitted", "Its best try", "log p(x|y), nats, at least", count),
];

const percentOf = (/** @type {number} */ share) =>
  share < SILENT ? "·" : `${Math.round(100 * share)}%`;

/** From a little below the least to a little above the largest. @param {number[]} values @returns {[number, number]} */
const ends = (values) => [Math.min(...values) / 1.25, Math.max(...values) * 1.25];

/** Error against the number of labels, both on log axes; every value is written. */
const errorChart = (/** @type {Pair[]} */ pairs, /** @type {Pair} */ chosen) => {
  const x = logarithmic(ends(pairs.map(({ labels }) => labels)), [LEFT, RIGHT]);
  const errors = pairs.flatMap((pair) => pair.errors.map(({ percent }) => percent));
  const y = logarithmic(ends(errors), [BOTTOM, TOP]);
  const line = (/** @type {string} */ method, /** @type {number} */ i) => {
    const points = pairs.map((pair) => [pair.labels, pair.errors[i].percent]);
    const marks = points.map(
      ([labels, percent]) =>
        html`<circle cx="${x.at(labels)}" cy="${y.at(percent)}" r="5.5"/><text class="value" x="${x.at(labels)}" y="${y.at(percent) + (i ? -11 : 21)}" text-anchor="middle">${format(percent, 1)}</text>`,
    );
    return html`<g class="${method}"><polyline points="${places(x, y, points)}"/>${marks}</g>`;
  };
  const now = x.at(chosen.labels);
  const values = TICKS.filter((v) => v > y.domain[0] && v < y.domain[1]);
  const short = (/** @type {number} */ n) => (n < 1000 ? String(n) : `${n / 1000}k`);
  return html`${axisLeft(y, LEFT, { values, write: (v) => `${v}%`, grid: true, across: WIDE })}
    <line class="now" x1="${now}" x2="${now}" y1="${TOP - 10}" y2="${BOTTOM}"/>
    ${axisBottom(x, BOTTOM, { values: pairs.map(({ labels }) => labels), write: short })}${METHODS.map(line)}`;
};

const errorRows = (/** @type {Pair[]} */ pairs, /** @type {Pair} */ chosen) =>
  pairs.map((pair) => {
    const ours = pair.errors.map(
      ({ percent, protocol }) => html`<td title="${protocol}">${format(percent)}</td>`,
    );
    const paper = ["M2", "M1+M2"].map((name) => {
      const percent = pair.published[name];
      return html`<td class="paper">${percent === undefined ? "" : format(percent)}</td>`;
    });
    return html`<tr class="${pair === chosen ? "now" : ""}"><td>${grouped(pair.labels)}</td>${ours}${paper}</tr>`;
  });

const spokenErrors = (/** @type {Pair[]} */ pairs) =>
  pairs
    .map(
      ({ labels, errors: [m2, alone] }) =>
        `${labels} labels: M2 ${format(m2.percent, 1)} %, labels alone ${format(alone.percent, 1)} %`,
    )
    .join("; ");

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const { pairs, classes, shape } = props;
  const counts = pairs.map(({ labels }) => String(labels));
  const view = mountView({ element, props }, { labels: oneOf(counts) });
  const { find, state } = view;
  const networks = pairs.map(({ classifiers }) => classifiers.map(lazyNetwork));
  const place = () => counts.indexOf(state.labels);
  const chosenPair = () => pairs[place()];
  const networkOf = (/** @type {number} */ method) => networks[place()][method];
  const reads = /** @type {(number | null)[]} */ ([null, null]);
  let digit = /** @type {Digit | null} */ (null);
  /** @type {(() => import("../kit/take_home.js").Home) | null} */
  let home = null; // of what is shown

  fill(find(".table"), tableOf(classes));
  fill(find(".words"), WORDS);
  const rowOf = (/** @type {string} */ name) => find(`[data-row=${name}]`);
  const partsOf = (/** @type {string} */ name, /** @type {string} */ selector) =>
    /** @type {HTMLElement[]} */ ([...rowOf(name).querySelectorAll(selector)]);

  const showVerdict = () => {
    find(".verdict").textContent = verdictOf(chosenPair().errors, digit?.label ?? "", reads);
  };
  /** q(y|x) as bars, and the class that is read; [] where nothing has been. @param {number} method @param {number[]} posterior */
  const showPosterior = (method, posterior) => {
    const name = METHODS[method];
    const best = indexOfLargest(posterior);
    partsOf(name, ".column").forEach((column, y) => {
      column.classList.toggle("first", y === best);
      finder(column)(".share").textContent = best < 0 ? "" : percentOf(posterior[y]);
      finder(column)("i").style.setProperty("--share", String(posterior[y] ?? 0));
      column.title = best < 0 ? "" : `q(y = ${y}|x) = ${format(posterior[y], 4)}`;
    });
    fill(
      finder(rowOf(name))(".reads"),
      best < 0 ? "" : html`reads <b>${best}</b> (${Math.round(100 * posterior[best])}%)`,
    );
    rowOf(name).dataset.posterior = posterior.map((v) => v.toFixed(5)).join();
    reads[method] = best < 0 ? null : best;
    showVerdict();
    if (name === "m2") markPictures(best);
  };
  const markPictures = (/** @type {number} */ best) => {
    for (const name of ["styled", "fitted"])
      partsOf(name, ".picture").forEach((each, y) => each.classList.toggle("first", y === best));
  };

  // The pictures are the server's, one question at a time; the bars are this page's where it can.
  const paintRow = (/** @type {string} */ name, /** @type {Uint8Array} */ bytes) => {
    const size = sizeOf(shape);
    const canvases = /** @type {NodeListOf<HTMLCanvasElement>} */ (
      rowOf(name).querySelectorAll("canvas")
    );
    canvases.forEach((canvas, y) => paint(canvas, bytes.subarray(size * y, size * (y + 1)), shape));
  };
  const showReading = (/** @type {Shown} */ { styled, fitted, bounds, posteriors }) => {
    paintRow("styled", styled);
    paintRow("fitted", fitted);
    partsOf("fitted", ".nats").forEach((text, y) => {
      text.textContent = bounds.length ? format(bounds[y], 0) : "";
    });
    posteriors.forEach((posterior, i) => {
      if (!runsHere(networkOf(i))) showPosterior(i, posterior);
    });
  };
  const askReading = latestOnly(
    (/** @type {{ digit: Digit, labels: string }} */ question) =>
      ask("few_labels/reading", {
        digit: encodePicture(question.digit),
        labels: Number(question.labels),
      }),
    (answer, { digit: of, labels }) => {
      if (labels !== state.labels) return; // it comes too late
      view.say("");
      const pair = chosenPair();
      home = () => homeOf(pair.names, of, answer, pair.labels);
      const { styled, fitted } = answer;
      showReading({ ...answer, styled: decodeBytes(styled), fitted: decodeBytes(fitted) });
      element.dataset.shown = labels;
    },
    (sentence) => {
      view.complain(sentence);
      home = null;
      // What was made of the digit before is not shown of this one.
      const black = new Uint8Array(sizeOf(shape) * classes);
      showReading({ styled: black, fitted: black, bounds: [], posteriors: [[], []] });
    },
  );
  const readHere = oncePerFrame(() => {
    if (!digit) return;
    const x = fromBytes(digit.pixels);
    METHODS.forEach((_, i) => {
      const network = networkOf(i);
      if (network.run && runsHere(network)) showPosterior(i, softmax(network.run(x)));
    });
  });
  const refresh = () => {
    if (!view.isOpen() || !digit) return;
    readHere();
    askReading({ digit, labels: state.labels });
  };

  const showPair = () => {
    const pair = chosenPair();
    find(".told").textContent =
      `${pair.labels / classes} of each digit; M2 learned from ${grouped(pair.unlabelled)} more whose label it never saw`;
    fill(find(".errors svg"), errorChart(pairs, pair));
    fill(find(".errors tbody"), errorRows(pairs, pair));
    showVerdict();
    Promise.all(networks[place()].map(({ load }) => load())).then(refresh);
    refresh();
  };
  const options = pairs.map(({ labels }) => ({ value: String(labels), title: grouped(labels) }));
  radioButtons(find(".choice"), options, state.labels, (labels) => {
    state.labels = labels;
    showPair();
  });
  find(".errors svg").setAttribute("aria-label", spokenErrors(pairs));
  showPair();
  view.takeHome(() => home?.() ?? null);
  view.onDigit((next) => {
    digit = next;
    refresh();
  });
  view.onDecoding(refresh);
}
