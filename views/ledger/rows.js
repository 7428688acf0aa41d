/** One dimension of the code as a row: a strip to drag along, a handle of sigma, and its nats. */
import { fill, html } from "../kit/markup.js";
import { addingUp, clamp, format } from "../kit/numbers.js";
import { finder } from "../kit/view.js";
import { ofMean, ofSpread, sigmaOf } from "./terms.js";

/** @typedef {import("./terms.js").Model} Model */
/** @typedef {import("./terms.js").Ledger} Ledger */
/** @typedef {import("./terms.js").Q} Q */
/** @typedef {ReturnType<typeof makeRow>} Row */

const LEAST_SIGMA = 0.003;
const MOST_SIGMA = 2;
const MOST_NATS = 9; // at the end of the scale of the KL; a code without a prior has its own
const STEPS = 700; // of a handle of mu, from end to end

const percent = (/** @type {number} */ share) => `${(100 * clamp(share, 0, 1)).toFixed(2)}%`;

/** Whole nats at the end of a row's scale: few codes lie beyond. @param {Model} model */
export const mostNats = ({ prior, spans }) =>
  prior ? MOST_NATS : Math.ceil(0.4 * Math.max(...spans.flat().map(ofMean)));

/** @param {Model} model */
export const headOf = ({ prior }) => {
  const words = prior
    ? [
        "",
        "drag μᵢ: what zᵢ draws",
        "μᵢ",
        "σᵢ",
        "",
        html`<b class="of-mu">½μ²</b> + <b class="of-sigma">½(σ² − 1 − log σ²)</b> nats`,
        "= KLᵢ",
      ]
    : ["", "drag zᵢ: what it draws", "zᵢ", "½zᵢ² in nats", ""];
  return words.map((word) => html`<span>${word}</span>`);
};

/** @param {Model} model @param {number} index */
export const makeRow = ({ prior, spans, dead }, index) => {
  const [low, high] = spans[index];
  const name = `z${index + 1}`;
  const root = document.createElement("div");
  root.className = dead[index] ? "dimension dead" : "dimension";
  root.dataset.index = String(index);
  const sigma = prior
    ? html`<input type="range" class="sigma" min="${Math.log(LEAST_SIGMA)}" max="${Math.log(MOST_SIGMA)}" step="0.01" aria-label="standard deviation σ of ${name}"><output class="sigma-value"></output>`
    : "";
  fill(
    root,
    html`<span class="name formula">z<sub>${index + 1}</sub></span>
    <div class="sweep"><canvas class="strip" role="img" aria-label="${name} swept from ${format(low, 1)} to ${format(high, 1)}"></canvas>
      <i class="spread"></i><i class="at"></i>
      <input type="range" class="mu" min="${low}" max="${high}" step="${(high - low) / STEPS}" aria-label="${prior ? "mean μ" : "value"} of ${name}"></div>
    <output class="mu-value"></output>
    ${sigma}
    <div class="nats" title="Drag: the bar's length moves ${prior ? "μ" : "z"}"><i class="of-mu"></i><i class="of-sigma"></i></div><output class="share"></output>`,
  );
  const find = finder(root);
  return {
    index,
    root,
    span: [low, high],
    mu: /** @type {HTMLInputElement} */ (find("input.mu")),
    muValue: find(".mu-value"),
    sigma: prior ? /** @type {HTMLInputElement} */ (find("input.sigma")) : null,
    sigmaValue: prior ? find(".sigma-value") : null,
    strip: /** @type {HTMLCanvasElement} */ (find(".strip")),
    spread: find(".spread"),
    at: find(".at"),
    bar: find(".nats"),
    ofMu: find(".of-mu"),
    ofSigma: find(".of-sigma"),
    share: find(".share"),
  };
};

const put = (/** @type {HTMLElement} */ node, /** @type {string} */ text) => {
  if (node.textContent !== text) node.textContent = text;
};

/** @param {Row} row @param {Ledger} found @param {number} handle log sigma^2 where it is @param {number} most */
const writeSpread = (row, { mu, logVar }, handle, most) => {
  const { index: i, sigma: input, sigmaValue } = row;
  const [low, high] = row.span;
  if (!input || !sigmaValue || !logVar) return;
  const sigma = sigmaOf(logVar[i]);
  put(sigmaValue, format(sigma, 3));
  input.value = String(0.5 * handle);
  input.setAttribute("aria-valuetext", format(sigma, 3));
  row.spread.style.left = percent((mu[i] - sigma - low) / (high - low));
  row.spread.style.right = percent(1 - (mu[i] + sigma - low) / (high - low));
  row.ofSigma.style.width = percent(Math.min(ofSpread(logVar[i]), most - ofMean(mu[i])) / most);
};

/**
 * Write the ledger into the rows.
 * @param {Row[]} rows
 * @param {Ledger} found
 * @param {Q} handles where they are: the server's numbers come later than the finger
 * @param {{ value: number, places: number }} total what the rows' nats add up to, as it is written
 * @param {number} most nats at the end of the scale
 */
export const writeRows = (rows, found, handles, { value, places }, most) => {
  const { parts } = addingUp(found.perDimension, places, value);
  for (const row of rows) {
    const i = row.index;
    const [low, high] = row.span;
    const share = format(parts[i], places);
    put(row.muValue, format(found.mu[i]));
    put(row.share, share);
    row.mu.value = String(handles.mu[i]);
    row.mu.setAttribute("aria-valuetext", `${format(found.mu[i])}, ${share} nats`);
    row.at.style.left = percent((found.z[i] - low) / (high - low));
    row.ofMu.style.width = percent(ofMean(found.mu[i]) / most);
    if (handles.logVar) writeSpread(row, found, handles.logVar[i], most);
  }
};
