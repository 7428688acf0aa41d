/** Reconstruct: one digit through AE, DAE and VAE, a row each. */
import { radioButtons } from "../kit/controls.js";
import { decodeBytes, decodeFloats } from "../kit/encoding.js";
import { encodePicture, paint, signedColours } from "../kit/images.js";
import { oneOf, wholeNumber } from "../kit/keys.js";
import { fill, html, modelHeading, notices } from "../kit/markup.js";
import { ask, latestOnly } from "../kit/request.js";
import { finder, mountView } from "../kit/view.js";
import { homeOf } from "./take_home.js";
import { codeBars, networkWords, rowWords } from "./words.js";

/** @typedef {import("../kit/routes.js").Props["reconstruct/reconstruct"]} Props */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {import("./words.js").Model} Model */
/** @typedef {import("./words.js").Row} Row */

const MEAN = "mean";
const DRAW = "draw";
const CODES = [
  { value: MEAN, title: "the mean of q(z|x)" },
  { value: DRAW, title: "a draw from q(z|x)" },
];

const pictureHtml = (/** @type {string} */ name, /** @type {string} */ label) =>
  html`<canvas class="digit ${name}" role="img" aria-label="${label}"></canvas>`;

/** @param {Row} row @param {Model} model @param {Digit} digit */
const makeRow = (row, model, digit) => {
  const { family, scale } = model;
  const root = document.createElement("div");
  root.className = `spine-row ${family}`;
  fill(
    root,
    html`${modelHeading(model)}${pictureHtml("input", "the input")}${codeBars(row.z, row.std, scale)}
    ${pictureHtml("output", `reconstruction by the ${family.toUpperCase()}`)}
    ${pictureHtml("error", "error: orange added, blue missing")}${rowWords(row, model)}`,
  );
  const find = finder(root);
  paint(find(".input"), digit.pixels, digit.shape);
  paint(find(".output"), decodeBytes(row.picture.pixels), row.picture.shape);
  const [, height, width] = row.picture.shape;
  const error = signedColours(decodeFloats(row.error), row.picture.shape);
  paint(find(".error"), error, [3, height, width]);
  return root;
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView(
    { element, props },
    {
      size: oneOf(props.sizes.map(String)),
      code: oneOf([MEAN, DRAW]),
      seed: wholeNumber(0, props.most_seed, 0),
    },
  );
  const { find, state } = view;
  const spine = find(".spine");
  const head = find(".spine .head");
  let digit = /** @type {Digit | null} */ (null);
  /** @type {(() => import("../kit/take_home.js").Home) | null} */
  let home = null; // of what is shown

  const show = (/** @type {Row[]} */ rows, /** @type {Digit} */ shown) => {
    view.say("");
    const seed = state.code === DRAW ? state.seed : null;
    home = () => homeOf(rows, { digit: shown, seed });
    const modelOf = (/** @type {Row} */ { name }) =>
      /** @type {Model} */ (props.models.find((model) => model.name === name));
    spine.replaceChildren(head, ...rows.map((row) => makeRow(row, modelOf(row), shown)));
    fill(find(".networks"), [networkWords(rows.map(modelOf)), notices(props.unavailable)]);
  };
  const request = latestOnly(
    (/** @type {Digit} */ asked) =>
      ask("reconstruct/digit", {
        digit: encodePicture(asked),
        size: Number(state.size),
        code: state.code,
        seed: state.seed,
      }),
    ({ rows }, asked) => show(rows, asked),
    view.complain,
  );
  const refresh = () => {
    if (digit) request(digit);
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
  const codes = radioButtons(find(".codes"), CODES, state.code, (code) => {
    state.code = code === DRAW ? DRAW : MEAN;
    refresh();
  });
  find("[data-do=draw]").addEventListener("click", () => {
    state.code = DRAW;
    codes.set(DRAW);
    state.seed = (state.seed + 1) % (props.most_seed + 1);
    refresh();
  });
  view.takeHome(() => home?.() ?? null);
  view.onFinishedDigit((next) => {
    digit = next;
    refresh();
  });
}
