/** Classes: one code decoded with every class, and the class that the encoder is told. */
import { fill, html } from "../kit/markup.js";
import { putOnSlider } from "../kit/slider.js";
import { decodingBadge, lazyNetwork, runsHere, runsThere } from "../kit/decoding.js";
import { decodeBytes, decodeHalves } from "../kit/encoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { createScreen, encodePicture, fromBytes, sizeOf } from "../kit/images.js";
import { flag, numbers, ofDigit, oneOf, optional, wholeNumber } from "../kit/keys.js";
import { format, indexOfLargest, replaced, rounded, softmax } from "../kit/numbers.js";
import { standardNormals } from "../kit/random.js";
import { ask, fetchJson, latestOnly } from "../kit/request.js";
import { finder, mountView } from "../kit/view.js";
import { readingOf } from "./reading.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/markup.js").Markup} Markup */
/** @typedef {import("../kit/routes.js").Props["classes/classes"]} Props */
/** @typedef {import("../kit/page.js").Digit} Digit */

const MOST = 100; // of a number of z in a link, either way
const DIGITS = 4;
/** @type {[number, number]} */
const RANGE = [-3.5, 3.5]; // of the sliders
const STEP = 0.02;
/** @type {Record<string, Markup>} */
const HEADINGS = {
  digit: html`All ten in a hand like yours: the same <i>z</i>, ten classes`,
  moved: html`All ten in a handwriting you have changed: the same <i>z</i>, ten classes`,
  prior: html`All ten in a handwriting nobody has: <i>z</i> from N(0, I)`,
};

const classesOf = (/** @type {number} */ count) => [...Array(count).keys()];

const pickerOf = (/** @type {number} */ count) =>
  classesOf(count).map(
    (y) => html`<label><input type="radio" name="class-y" value="${y}"><span>${y}</span></label>`,
  );

const figuresOf = (/** @type {number} */ count) =>
  classesOf(count).map(
    (y) => html`<figure data-class="${y}"><canvas role="img"
  aria-label="The code decoded as a ${y}"></canvas><figcaption>${y}</figcaption></figure>`,
  );

const sliderOf = (
  /** @type {string} */ id,
  /** @type {Props["dimensions"][number]} */ { index, nats },
) => html`<div class="dimension" data-index="${index}">
    <label for="${id}-z${index}"><b>z${index + 1}</b> <small>${nats}</small></label>
    <input id="${id}-z${index}" type="range" min="${RANGE[0]}" max="${RANGE[1]}" step="${STEP}" value="0"><output>0.00</output></div>`;

const factsOf = (/** @type {Props["facts"]} */ facts) =>
  facts.map(
    ({ kind, number, words, protocol }) =>
      html`<p class="${kind}" title="${protocol}"><b>${number}</b><span>${words}</span></p>`,
  );

/** @param {Props} props */
const keysOf = ({ size, classes }) => ({
  y: ofDigit(optional(wholeNumber(0, classes - 1, 0))), // the class that the visitor says it is
  from: ofDigit(oneOf(Object.keys(HEADINGS))), // where z comes from
  z: ofDigit(optional(numbers(size, MOST, [], DIGITS))), // if it is not the digit's
  more: flag(), // are the numbers that say little shown?
});

/** The networks and the pictures of classes: here, on their way, or only on the server. @param {Props} props */
const loadNetworks = ({ encoder, decoder, classifier, class_embedding }) => {
  const networks = [encoder, decoder, classifier].map(lazyNetwork);
  const self = {
    networks,
    embedding: /** @type {Float32Array | null} */ (null),
    missing: false,
    load: () => Promise.all([...networks.map((each) => each.load()), embed()]),
    isHere: () => self.embedding !== null && networks.every(runsHere),
    isThere: () => self.missing || networks.some(runsThere),
  };
  const embed = async () => {
    try {
      self.embedding = decodeHalves(await fetchJson(class_embedding));
    } catch {
      self.missing = true;
    }
  };
  return self;
};

/**
 * What the networks make of a digit, in this page; y: the class, or null for what is read.
 * @param {ReturnType<typeof loadNetworks>} networks
 * @param {Digit} digit
 * @param {number | null} y
 * @param {number} size of the code
 */
const encodeHere = (
  { networks: [encoder, , classifier], embedding },
  { pixels, shape },
  y,
  size,
) => {
  if (!encoder.run || !classifier.run || !embedding) throw new Error("The networks are not here.");
  const x = fromBytes(pixels);
  const shares = softmax(classifier.run(x));
  const from = sizeOf(shape) * (y ?? indexOfLargest(shares));
  for (let i = 0; i < x.length; i++) x[i] += embedding[from + i];
  return { shares, z: [...encoder.run(x).subarray(0, size)] };
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView({ element, props }, keysOf(props));
  const { find, state } = view;
  if ((state.from === "digit") !== (state.z === null))
    Object.assign(state, { from: "digit", z: null });
  const { size, classes } = props;
  const badge = decodingBadge(find(".where"), view.ended);
  const networks = loadNetworks(props);
  const decoder = networks.networks[1];
  let digit = /** @type {Digit | null} */ (null);
  let shares = /** @type {number[]} */ ([]); // q(y|x); none where the digit has not been read
  let own = /** @type {number[] | null} */ (null); // the digit's z

  const picker = find(".picker");
  fill(picker, pickerOf(classes));
  fill(find(".ten"), figuresOf(classes));
  for (const used of [true, false])
    fill(
      find(used ? ".used" : ".unused"),
      props.dimensions
        .filter((dimension) => dimension.used === used)
        .map((dimension) => sliderOf(element.id, dimension)),
    );
  fill(find(".facts"), factsOf(props.facts));
  const chips = [...picker.querySelectorAll("input")];
  const figures = [...element.querySelectorAll("figure")];
  const screens = figures.map((figure) => createScreen(finder(figure)("canvas"), props.shape));
  const rows = /** @type {HTMLElement[]} */ ([...element.querySelectorAll(".dimension")]);
  /** @type {HTMLDetailsElement} */
  const details = find("details");
  const unused = props.dimensions.filter(({ used }) => !used).length;
  find("summary").textContent = `${unused} more numbers that hardly change anything`;
  details.hidden = !unused;
  details.open = state.more;
  details.addEventListener("toggle", () => {
    state.more = details.open;
  });

  // The class that the encoder is told: the visitor's word, the sample's label, or what was read.
  const labelOf = () => (digit && digit.label !== "" ? Number(digit.label) : null);
  const readClass = () => (shares.length ? indexOfLargest(shares) : null);
  const knownClass = () => state.y ?? labelOf();
  const chosenClass = () => knownClass() ?? readClass();
  const code = () => state.z ?? own ?? Array(size).fill(0);

  const showSliders = () => {
    const z = code();
    for (const row of rows) {
      const value = z[Number(row.dataset.index)];
      putOnSlider(finder(row)("input"), value, RANGE);
      finder(row)("output").textContent = format(value);
    }
  };

  // The ten pictures: one decode for each class, at most once a frame.
  const drawHere = (/** @type {import("../kit/decoding.js").Network} */ run) => {
    const started = performance.now();
    const input = new Float32Array(size + classes); // z, then y as one of `classes`
    input.set(code());
    screens.forEach(({ show }, y) => {
      input.fill(0, size).fill(1, size + y, size + y + 1);
      show(run(input));
    });
    badge.note(performance.now() - started);
    noteShown();
  };
  const showPictures = oncePerFrame(() => {
    if (networks.isHere() && decoder.run) drawHere(decoder.run);
    else if (networks.isThere()) askPictures([...code()]);
  });
  const askPictures = latestOnly(
    (/** @type {number[]} */ z) => ask("classes/pictures", { z }),
    ({ pixels }) => {
      const bytes = decodeBytes(pixels);
      const area = sizeOf(props.shape);
      screens.forEach(({ showBytes }, y) => showBytes(bytes.subarray(area * y, area * (y + 1))));
      noteShown();
    },
    view.complain,
  );
  const noteShown = () => {
    element.dataset.shown = state.from === "digit" ? `digit ${chosenClass()}` : state.from;
    badge.show(networks.isHere() ? "in this page" : "on the server");
  };

  // What is said about the digit.
  const showChip = (/** @type {HTMLInputElement} */ chip, /** @type {number} */ i) => {
    const share = state.from === "prior" ? 0 : (shares[i] ?? 0);
    const label = /** @type {HTMLElement} */ (chip.parentElement);
    label.style.setProperty("--share", `${100 * share}%`);
    label.title =
      state.from === "prior" ? "" : `q(y = ${i}|x) = ${format(share, 3)}, by the classifier`;
  };
  const showWords = () => {
    const y = state.from === "prior" ? null : chosenClass();
    for (const part of [".left", ".right", ".reading"])
      find(part).classList.toggle("of-digit", state.from !== "prior");
    fill(find("h3"), HEADINGS[state.from]);
    fill(
      find(".reading"),
      state.from === "prior"
        ? "No digit was encoded. Click a class, or go back, to see yours."
        : readingOf({
            shares,
            read: readClass(),
            said: state.y,
            label: labelOf(),
          }),
    );
    picker.classList.toggle("idle", state.from === "prior");
    /** @type {HTMLButtonElement} */ (find("[data-do=back]")).disabled = state.from === "digit";
    chips.forEach((chip, i) => {
      chip.checked = i === y;
      showChip(chip, i);
      figures[i].classList.toggle("told", i === y);
      finder(figures[i])("figcaption").textContent =
        i === y && state.from === "digit" ? `${i}, yours` : String(i);
    });
  };
  const show = () => {
    showWords();
    showSliders();
    showPictures();
  };

  // z of the digit, given its class.
  const take = (/** @type {{ shares: number[], z: number[] }} */ found) => {
    ({ shares } = found);
    own = rounded(found.z, DIGITS);
    view.say("");
    show();
  };
  const askEncoding = latestOnly(
    (/** @type {{ digit: Digit, y: number | null }} */ question) =>
      ask("classes/encoding", { digit: encodePicture(question.digit), y: question.y }),
    (answer, question) => {
      if (question.digit === digit) take(answer); // else it comes too late
    },
    // What was read of the digit before is not said of this one.
    (sentence) => {
      view.complain(sentence);
      shares = [];
      showWords();
    },
  );
  const encode = oncePerFrame(() => {
    if (!digit) return;
    if (networks.isHere()) take(encodeHere(networks, digit, knownClass(), size));
    else if (networks.isThere()) askEncoding({ digit, y: knownClass() });
  });

  const backToDigit = () => {
    state.from = "digit";
    state.z = null;
  };
  picker.addEventListener("change", ({ target }) => {
    const y = Number(/** @type {HTMLInputElement} */ (target).value);
    state.y = y === (labelOf() ?? readClass()) ? null : y;
    backToDigit();
    encode();
  });
  const moveNumber = (/** @type {number} */ index, /** @type {number} */ value) => {
    state.z = replaced(code(), index, value);
    if (state.from === "digit") {
      state.from = "moved";
      showWords();
    }
    showPictures();
  };
  for (const row of rows) {
    /** @type {HTMLInputElement} */
    const slider = finder(row)("input");
    slider.addEventListener("input", () => {
      finder(row)("output").textContent = format(Number(slider.value));
      moveNumber(Number(row.dataset.index), Number(slider.value));
    });
  }
  find("[data-do=draw]").addEventListener("click", () => {
    if (!own) return;
    state.z = rounded(standardNormals(Math.floor(2 ** 32 * Math.random()), size), DIGITS);
    state.from = "prior";
    show();
  });
  find("[data-do=back]").addEventListener("click", () => {
    if (!own) return;
    backToDigit();
    show();
  });

  view.onDigit((next) => {
    digit = next;
    encode();
  });
  view.onNoDigit(() => {
    digit = null;
    shares = [];
    showWords();
  });
  view.takeHome(() => {
    const y = chosenClass();
    if (!digit || !own || y === null || !shares.length) return null;
    return homeOf(props, digit, { shares, y, z: code() }, state.from === "digit");
  });
  view.onDecoding(encode);
  networks.load().then(() => {
    if (view.isOpen()) encode();
  });
}
