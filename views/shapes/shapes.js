/** Shapes: a true shape, its code, and the shape turned by one number of the code. */
import { radioButtons } from "../kit/controls.js";
import { lazyNetwork, runsHere, runsThere } from "../kit/decoding.js";
import { decodeBytes } from "../kit/encoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { paint, sizeOf, toBytes } from "../kit/images.js";
import { flag, numbers, oneOf, optional, places } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { format, replaced, rounded } from "../kit/numbers.js";
import { ask, latestOnly } from "../kit/request.js";
import { putOnSlider } from "../kit/slider.js";
import { finder, mountView } from "../kit/view.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/markup.js").Value} Value */
/** @typedef {import("../kit/markup.js").Markup} Markup */
/** @typedef {import("../kit/routes.js").Props["shapes/shapes"]} Props */
/** @typedef {Props["models"][number]} Model */
/** @typedef {Model["latents"][number]} Latent */

const DIGITS = 4; // of a number of z in a link
const MOST = 1e6;
const STEPS = 400; // of a slider of the code

const percent = (/** @type {number} */ share) => Math.round(100 * share);

/** @param {{ label: Value, name: string, low: number, high: number, step: number, attributes?: Markup }} slider */
const sliderRow = ({ label, name, low, high, step, attributes = html`class="row"` }) =>
  html`<div ${attributes}><label>${label}</label><input type="range" aria-label="${name}" min="${low}" max="${high}" step="${step}"><output></output></div>`;

const factorRows = (/** @type {Props["factors"]} */ factors) =>
  factors.map(({ name, values }) =>
    sliderRow({ label: name, name, low: 0, high: values.length - 1, step: 1 }),
  );

const codeRow = (/** @type {Latent} */ { index, factor, share, low, high }) => {
  const z = `z${index + 1}`;
  const facts = `${z}, ${percent(share)} %`;
  const title = factor
    ? `tells ${percent(share)} % of the entropy of ${factor}`
    : `tells at most ${percent(share)} % of any factor's entropy`;
  return sliderRow({
    label: factor ? html`${factor} <small>${facts}</small>` : z,
    name: factor ? `${factor} ${facts}` : z,
    low,
    high,
    step: (high - low) / STEPS,
    attributes: html`class="row ${factor ? "" : "none"}" data-index="${index}" title="${title}"`,
  });
};

/** The matrix of mutual information: a row for each factor, a column for each number. */
const matrixTable = (
  /** @type {Model} */ { latents, matrix },
  /** @type {Props["factors"]} */ factors,
) => {
  const head = latents.map(
    ({ index }) => html`<th scope="col" data-latent="${index}">z${index + 1}</th>`,
  );
  const cell = (/** @type {string} */ name, /** @type {number} */ k) => (/** @type {Latent} */ l) =>
    html`<td class="${l.factor === name ? "follows" : ""}" data-factor="${k}" data-latent="${l.index}" style="--share:${matrix[k][l.index].toFixed(3)}">${percent(matrix[k][l.index])}</td>`;
  const rows = factors.map(
    ({ name }, k) => html`<tr><th scope="row">${name}</th>${latents.map(cell(name, k))}</tr>`,
  );
  return html`<thead><tr><th></th>${head}</tr></thead><tbody>${rows}</tbody>`;
};

const scoresOf = (/** @type {Model} */ { scores }) =>
  scores.map(
    ({ name, value, ceiling, protocol }) =>
      html`<div class="score" title="${protocol}"><span>${name}</span><b>${format(value)}</b><small>at best ${format(ceiling)}</small></div>`,
  );

/** Which factors no number follows, and what MIG says. */
const wordsOf = (
  /** @type {Pick<Model, "latents">} */ { latents },
  /** @type {{ name: string }[]} */ factors,
) => {
  const left = factors.filter(({ name }) => !latents.some(({ factor }) => factor === name));
  return (
    (left.length
      ? `No number follows ${left.map(({ name }) => name).join(" or ")}. `
      : "Every factor is followed by a number. ") +
    "MIG is how far the best number of a factor is ahead of the second best; with one number a factor it is at its best."
  );
};

/** @param {Props} props */
const keysOf = ({ models, factors }) => {
  const names = models.map(({ name }) => name);
  const counts = factors.map(({ values }) => values.length);
  const sizeOfCode = (/** @type {string} */ name) => models[names.indexOf(name)].latents.length;
  return {
    model: oneOf(names, names[names.length - 1]), // the last is asked to part the factors
    factors: places(
      counts,
      counts.map((n) => n >> 1),
    ),
    // The code, where it is not the picture's.
    z: (/** @type {{ model: string }} */ { model }) =>
      optional(numbers(sizeOfCode(model), MOST, [], DIGITS)),
    silent: optional(flag()), // are the numbers that follow no factor shown? null: as is usual
  };
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView({ element, props }, keysOf(props));
  const { find, state } = view;
  const decoders = new Map(props.models.map(({ name, decoder }) => [name, lazyNetwork(decoder)]));
  const chosenModel = () =>
    props.models.find(({ name }) => name === state.model) ?? props.models[0];
  const chosenDecoder = () => decoders.get(state.model) ?? lazyNetwork(null);
  let mean = /** @type {number[] | null} */ (null); // the code of the picture; null until it is there
  let encoded = state.factors; // whose code that is
  const code = () => state.z ?? mean;

  fill(find(".factors"), factorRows(props.factors));
  const rowsOf = (/** @type {string} */ name) =>
    /** @type {HTMLElement[]} */ ([...find(name).querySelectorAll(".row")]);
  const factorSliders = rowsOf(".factors");
  const showFactors = () =>
    factorSliders.forEach((row, k) => {
      const value = props.factors[k].values[state.factors[k]];
      /** @type {HTMLInputElement} */
      const slider = finder(row)("input");
      slider.value = String(state.factors[k]);
      slider.setAttribute("aria-valuetext", value);
      finder(row)("output").textContent = value;
    });
  const showCode = () => {
    const z = code();
    if (!z) return;
    for (const row of rowsOf(".latents")) {
      const index = Number(row.dataset.index);
      const { low, high } = /** @type {Latent} */ (
        chosenModel().latents.find((each) => each.index === index)
      );
      putOnSlider(finder(row)("input"), z[index], [low, high]);
      finder(row)("output").textContent = format(z[index]);
    }
  };

  // The code's picture, at most once a frame.
  const showDecoded = (/** @type {Uint8Array | Uint8ClampedArray} */ pixels) => {
    paint(find(".decoded"), pixels, chosenModel().shape);
    element.dataset.shown = `${state.model} ${encoded} ${state.z ? "turned" : "encoded"}`;
  };
  const showPicture = oncePerFrame(() => {
    const z = code();
    const decoder = chosenDecoder();
    if (!z) return;
    if (decoder.run && runsHere(decoder)) showDecoded(toBytes(decoder.run(z)));
    else if (runsThere(decoder)) askPicture({ model: state.model, z });
    else delete element.dataset.shown;
  });
  const askPicture = latestOnly(
    (/** @type {{ model: string, z: number[] }} */ { model, z }) =>
      ask("decode", { models: [model], z: [z] }),
    ({ pixels }, { model }) => {
      if (model === state.model) showDecoded(decodeBytes(pixels[0]));
    },
    view.complain,
  );

  // What belongs to one model: its sliders, its matrix and its scores.
  const layOut = () => {
    const model = chosenModel();
    const following = model.latents.filter(({ factor }) => factor);
    const silent = model.latents.filter(({ factor }) => !factor);
    fill(find(".following"), following.map(codeRow));
    fill(find(".silent"), silent.map(codeRow));
    find("summary").textContent = `${silent.length} numbers that follow no factor`;
    /** @type {HTMLDetailsElement} */
    const details = find("details");
    details.hidden = !silent.length;
    details.open = state.silent ?? !following.length;
    fill(find("table"), matrixTable(model, props.factors));
    find("table").title = model.protocol;
    fill(find(".scores"), scoresOf(model));
    find(".words").textContent = wordsOf(model, props.factors);
    showCode();
    chosenDecoder()
      .load()
      .then(() => showPicture());
  };
  // A cell of the number or of the factor that was moved last.
  const point = (/** @type {{ factor?: number, latent?: number }} */ { factor, latent }) => {
    for (const cell of /** @type {NodeListOf<HTMLElement>} */ (
      find("table").querySelectorAll("[data-latent]")
    ))
      cell.classList.toggle(
        "now",
        cell.dataset.latent === String(latent) || cell.dataset.factor === String(factor),
      );
  };

  const askEncoding = latestOnly(
    (/** @type {{ model: string, factors: number[] }} */ question) =>
      ask("shapes/encoding", question),
    (answer, { model, factors }) => {
      view.say("");
      paint(find(".drawn"), decodeBytes(answer.picture.pixels), answer.picture.shape);
      if (model !== state.model) return; // it comes too late
      encoded = factors;
      mean = rounded(answer.mean, DIGITS);
      showCode();
      showPicture();
    },
    // What is drawn of other factors must not stand above these sliders.
    (sentence) => {
      view.complain(sentence);
      const { shape } = chosenModel();
      paint(find(".drawn"), new Uint8Array(sizeOf(shape)), shape);
    },
  );
  const encode = () => {
    if (view.isOpen()) askEncoding({ model: state.model, factors: state.factors });
  };
  const encodeAnew = () => {
    state.z = null;
    encode();
  };

  const names = props.models.map(({ name, title }) => ({ value: name, title }));
  radioButtons(find(".choice"), names, state.model, (name) => {
    state.model = name;
    mean = null;
    encodeAnew();
    layOut();
  });
  factorSliders.forEach((row, k) => {
    /** @type {HTMLInputElement} */
    const slider = finder(row)("input");
    slider.addEventListener("input", () => {
      state.factors = replaced(state.factors, k, Number(slider.value));
      showFactors();
      point({ factor: k });
      encodeAnew();
    });
  });
  find(".latents").addEventListener("input", ({ target }) => {
    const slider = /** @type {HTMLInputElement} */ (target);
    const row = /** @type {HTMLElement} */ (slider.parentElement);
    const index = Number(row.dataset.index);
    const z = code();
    if (!z) return;
    state.z = replaced(z, index, Number(slider.value));
    finder(row)("output").textContent = format(state.z[index]);
    point({ latent: index });
    showPicture();
  });
  find("[data-do=encode]").addEventListener("click", encodeAnew);
  find("summary").addEventListener("click", () => {
    state.silent = !(/** @type {HTMLDetailsElement} */ (find("details")).open);
  });

  view.takeHome(() => {
    const z = code();
    const shown = { factors: encoded, turned: state.z !== null };
    return z && homeOf(chosenModel(), { ...shown, z });
  });
  showFactors();
  layOut();
  view.onOpen(() => {
    if (!mean) encode();
  });
  view.onDecoding(showPicture);
}
