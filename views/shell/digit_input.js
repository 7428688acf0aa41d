/** Pick, draw or photograph a digit: the left end of every view, and the second digit of one. */
import { decodeBytes, encodeBytes } from "../kit/encoding.js";
import { context, paint, sizeOf } from "../kit/images.js";
import { DAMAGED } from "../kit/link.js";
import { packPixels, unpackPixels } from "../kit/packing.js";
import { createPad } from "../kit/pad.js";
import { chosenDigit, notice, secondDigit } from "../kit/page.js";
import { ask, isRefusal, latestOnly } from "../kit/request.js";
import { finder, linkedValue } from "../kit/view.js";
import { digitKey } from "./digit_link.js";
import { mountStrip } from "./strip.js";

/** @typedef {import("../kit/routes.js").Props["shell/digit_input"]} Props */
/** @typedef {import("../kit/routes.js").Routes["digit/random"]["answer"]} Sample */
/** @typedef {import("../kit/normalize.js").Grey} Grey */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {import("../kit/pad.js").Drawing} Drawing */

const MOST_BYTES = 10_000_000; // of a photo, that the server takes
const MOST_PIXELS = 12_000_000;
const MOST_LENGTH = 4096;
const SMALLER = 1024; // the longer side of what is too large for it

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const find = finder(element);
  const said = find(".said");
  const steps = find(".steps");
  const samples = find(".samples");
  const fileInput = /** @type {HTMLInputElement} */ (find('input[type="file"]'));
  const chosen = props.second ? secondDigit : chosenDigit;
  const { shape } = props;
  const linked = linkedValue(props.second ? "interpolate.second" : "digit", digitKey);
  let mine = /** @type {Digit | null} */ (null); // the last digit that was chosen here
  let turn = 0; // counts what the visitor does: what answers an earlier turn comes too late
  let choices = 0; // counts the digits chosen
  let columns = 1; // of samples, one for each class

  const say = (/** @type {string} */ text, wrong = false) => {
    said.textContent = text;
    said.classList.toggle("wrong", wrong);
  };
  const complain = (/** @type {string} */ text) => say(text, true);

  const remember = async (/** @type {Uint8Array} */ pixels, /** @type {string} */ label) => {
    const choice = choices;
    const packed = await packPixels(Uint8Array.from(pixels)).catch(() => ""); // a browser of before 2023 cannot
    if (choice === choices) linked.remember(packed ? { label, packed } : null);
  };

  // The link keeps what the visitor chose, so not what the page opened with.
  const choose = (/** @type {Uint8Array} */ pixels, /** @type {string} */ label) => {
    mine = { pixels, shape, label, live: false, opening: !turn };
    chosen.value = mine;
    note(mine);
  };
  const note = (/** @type {Digit} */ { pixels, label }) => {
    const text = encodeBytes(pixels);
    choices++;
    for (const button of samples.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.dataset.pixels === text));
    if (turn) remember(pixels, label);
  };

  const showPicture = (/** @type {Uint8Array} */ pixels) => {
    steps.hidden = true;
    pad.show(pixels);
  };

  const chooseSample = (/** @type {Sample} */ { pixels, label }) => {
    const bytes = decodeBytes(pixels);
    showPicture(bytes);
    say(`a ${label}, from the samples`);
    choose(bytes, String(label));
  };

  const chooseLinked = (/** @type {Uint8Array} */ pixels, /** @type {string} */ label) => {
    showPicture(pixels);
    say("the digit of the link");
    choose(pixels, label);
  };

  const showSteps = (/** @type {Record<string, Grey>} */ answer) => {
    for (const canvas of steps.querySelectorAll("canvas")) {
      const { pixels, width, height } = answer[String(canvas.dataset.step)];
      paint(canvas, pixels, [1, height, width]);
    }
    steps.hidden = false;
  };

  // Drawing: views follow the stroke.
  const follow = (/** @type {Drawing} */ drawing) => {
    showSteps(drawing);
    mine = { pixels: drawing.digit.pixels, shape, label: "", live: true, opening: false };
    chosen.value = mine;
  };
  const pad = createPad({
    picture: /** @type {HTMLCanvasElement} */ (find(".picture")),
    ink: /** @type {HTMLCanvasElement} */ (find(".ink")),
    shape,
    onBegin: () => {
      turn++;
      say("your drawing, as the models see it below");
    },
    onMove: follow,
    onEnd: (drawing) => {
      showSteps(drawing);
      choose(drawing.digit.pixels, "");
    },
  });

  // A digit that a view's own pad has drawn: this one shows it, and the link keeps it.
  chosen.subscribe((digit) => {
    if (!digit || digit === mine) return;
    turn++;
    mine = digit;
    showPicture(digit.pixels);
    say("your drawing");
    if (!digit.live) note(digit);
  });

  const askRandom = latestOnly(
    () => ask("digit/random", {}),
    (answer, /** @type {number} */ mine) => {
      if (mine === turn) chooseSample(answer);
    },
    complain,
  );

  // The file, or what the browser can make of it where the server could not: a smaller PNG, upright.
  const sendable = async (/** @type {File} */ file) => {
    const image = new Image();
    const url = URL.createObjectURL(file);
    try {
      image.src = url;
      await image.decode();
      const { naturalWidth: width, naturalHeight: height } = image;
      const long = Math.max(width, height);
      const known = fileInput.accept.split(",").includes(file.type);
      if (known && file.size <= MOST_BYTES && long <= MOST_LENGTH && width * height <= MOST_PIXELS)
        return file;
      const scale = Math.min(1, SMALLER / long);
      const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
      const canvas = Object.assign(document.createElement("canvas"), { width: w, height: h });
      const drawn = context(canvas);
      drawn.imageSmoothingQuality = "high";
      drawn.drawImage(image, 0, 0, w, h);
      return await new Promise((/** @type {(blob: Blob) => void} */ done) =>
        canvas.toBlob((blob) => done(blob ?? file), "image/png"),
      );
    } catch {
      return file; // nothing that the browser can read; the server says what it is
    } finally {
      URL.revokeObjectURL(url);
    }
  };

  const choosePhoto = async (/** @type {File} */ file) => {
    const mine = ++turn;
    say("reading your picture …");
    const sent = await sendable(file);
    if (mine !== turn) return;
    if (sent.size > MOST_BYTES) return complain("That picture is over 10 MB; use a smaller one.");
    const content = encodeBytes(new Uint8Array(await sent.arrayBuffer()));
    const answer = await ask("digit/photo", { content });
    if (mine !== turn) return;
    if (isRefusal(answer)) return complain(answer.error);
    const read = (/** @type {{ pixels: string, width: number, height: number }} */ step) => ({
      ...step,
      pixels: decodeBytes(step.pixels),
    });
    const digit = read(answer.digit);
    showPicture(digit.pixels);
    showSteps({ ink: read(answer.ink), cropped: read(answer.cropped), digit });
    say(answer.inverted ? "your picture, inverted to white ink on black" : "your picture");
    choose(digit.pixels, "");
  };

  const chooseNothing = () => {
    const nothing = new Uint8Array(sizeOf(shape));
    showPicture(nothing);
    choose(nothing, "");
  };
  const clear = () => {
    turn++;
    say("draw a digit above, or pick one below");
    chooseNothing();
  };
  element.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const action = /** @type {HTMLElement | null} */ (target.closest("[data-do]"))?.dataset.do;
    if (action === "random") askRandom(++turn);
    if (action === "clear") clear();
    if (action === "photo") fileInput.click();
    const sample = /** @type {HTMLElement | null} */ (target.closest(".samples button"));
    if (!sample) return;
    turn++;
    chooseSample({ pixels: String(sample.dataset.pixels), label: Number(sample.dataset.label) });
  });
  fileInput.addEventListener("change", () => {
    const file = fileInput.files?.[0];
    if (file) choosePhoto(file);
    fileInput.value = "";
  });

  // Samples: one stop in the tab order, arrow keys within.
  samples.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const all = [...samples.querySelectorAll("button")];
    const to =
      move === undefined
        ? undefined
        : all[all.findIndex((each) => each === document.activeElement) + move];
    if (!to) return;
    event.preventDefault();
    for (const button of all) button.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });

  const showSamples = (
    /** @type {import("../kit/routes.js").Routes["digit/samples"]["answer"]} */ answer,
  ) => {
    ({ columns } = answer);
    samples.style.setProperty("--columns", String(columns));
    samples.replaceChildren(
      ...answer.digits.map(({ pixels, label }, i) => {
        const button = Object.assign(document.createElement("button"), {
          type: "button",
          tabIndex: i === 0 ? 0 : -1,
        });
        button.dataset.pixels = pixels;
        button.dataset.label = String(label);
        button.setAttribute("aria-label", `a ${label}, sample ${1 + Math.floor(i / columns)}`);
        const canvas = document.createElement("canvas");
        button.append(canvas);
        paint(canvas, decodeBytes(pixels), shape);
        return button;
      }),
    );
    find(".source").textContent = `samples: ${answer.name}`;
  };

  const pixelsOfLink = async () => {
    if (!linked.value) return undefined;
    const pixels = await unpackPixels(linked.value.packed, sizeOf(shape)).catch(() => undefined);
    if (!pixels) {
      notice.value = DAMAGED;
      linked.remember(null);
    }
    return pixels;
  };
  const begin = async () => {
    const [answer, pixels] = await Promise.all([ask("digit/samples", {}), pixelsOfLink()]);
    const refused = isRefusal(answer);
    if (!refused) showSamples(answer);
    if (!turn) {
      if (pixels) chooseLinked(pixels, linked.value?.label ?? "");
      else if (refused) chooseNothing();
      else chooseSample(answer.digits[props.start]);
    } // else the visitor was faster
    if (refused) complain("The samples did not load; draw a digit, or reload the page.");
  };
  find(".size").textContent = `${shape[2]}×${shape[1]}`;
  if (!props.second) mountStrip(element, shape);
  begin();
}
