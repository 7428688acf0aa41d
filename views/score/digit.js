/** A digit under noise: the denoiser's answer, the score as a picture, and steps along it. */
import { decodeBytes, decodeFloats } from "../kit/encoding.js";
import { encodePicture, paint, signedColours } from "../kit/images.js";
import { flag, number, wholeNumber } from "../kit/keys.js";
import { format } from "../kit/numbers.js";
import { ask, latestOnly } from "../kit/request.js";
import { mountView } from "../kit/view.js";
import { digitHome } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["score/digit"]} Props */
/** @typedef {import("../kit/routes.js").Routes["score/digit"]} Route */
/** @typedef {{ digit: import("../kit/page.js").Digit } & Omit<Route["question"], "digit">} Asked */

const PICTURES = /** @type {const} */ (["seen", "restored", "after"]);
const WORDS =
  "Orange: the network takes more ink for more probable under noise of σ; blue: less. With t = 1 one step is the denoiser's answer; small steps, repeated, climb to a peak of the blurred density. The noise is not clipped; greys below 0 and above 1 look black and white. Errors: root mean square per pixel against the clean digit.";

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView(
    { element, props },
    {
      noisy: flag(true),
      noise: wholeNumber(0, props.most_seed, 1),
      share: number(0, 1, 0.25, 2),
      steps: wholeNumber(1, props.most_steps, 1),
    },
  );
  const { find, state } = view;
  /** @type {HTMLInputElement} */
  const noisy = find("[data-do=noisy]");
  let digit = /** @type {import("../kit/page.js").Digit | null} */ (null);

  /** @type {(() => import("../kit/take_home.js").Home) | null} */
  let home = null; // of what is shown

  const show = (/** @type {Route["answer"]} */ answer, /** @type {Asked} */ asked) => {
    view.say("");
    home = () => digitHome(props.name, answer, asked);
    const { noisy, seed, share, steps } = asked;
    for (const name of PICTURES) {
      const { picture, error } = answer[name];
      paint(find(`[data-picture=${name}]`), decodeBytes(picture.pixels), picture.shape);
      find(`[data-error=${name}]`).textContent = `error ${format(error, 3)}`;
    }
    const { shape } = answer.seen.picture;
    const slope = signedColours(decodeFloats(answer.slope), shape, props.limit);
    paint(find(".score"), slope, [3, ...shape.slice(1)]);
    find(".scale").textContent =
      `±${props.limit} in full colour, rms ${format(answer.slope_size, 2)}`;
    element.dataset.shown = [noisy, seed, share, steps].join(" "); // of what was asked
  };
  const request = latestOnly(
    (/** @type {Asked} */ { digit: of, ...question }) =>
      ask("score/digit", { ...question, digit: encodePicture(of) }),
    show,
    view.complain,
  );
  const refresh = () => {
    if (!digit) return;
    const { noisy, noise: seed, share, steps } = state;
    request({ digit, noisy, seed, share, steps });
  };

  const slider = (/** @type {"share" | "steps"} */ name, /** @type {number} */ decimals) => {
    /** @type {HTMLInputElement} */
    const input = find(`[data-slide=${name}]`);
    const write = () => {
      find(`[data-slide=${name}] + output`).textContent = format(state[name], decimals);
    };
    if (name === "steps") input.max = String(props.most_steps);
    input.value = String(state[name]);
    write();
    input.addEventListener("input", () => {
      state[name] = Number(input.value);
      write();
      refresh();
    });
  };
  slider("share", 2);
  slider("steps", 0);
  noisy.checked = state.noisy;
  noisy.addEventListener("change", () => {
    state.noisy = noisy.checked;
    refresh();
  });
  find("[data-do=again]").addEventListener("click", () => {
    state.noise = (state.noise + 1) % (props.most_seed + 1);
    refresh();
  });
  find(".sigma").textContent = String(props.sigma);
  find(".words").textContent = WORDS;
  view.takeHome(() => home?.() ?? null);
  view.onDigit((next) => {
    digit = next;
    refresh();
  });
}
