/** GAN: the same codes under three networks, how sharp they are, and what was given up for it. */
import { decodingBadge, lazyNetwork, runsHere, runsThere } from "../kit/decoding.js";
import { makeElement } from "../kit/elements.js";
import { decodeBytes } from "../kit/encoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { createScreen, fromBytes, paint, sizeOf, toBytes } from "../kit/images.js";
import { oneOf, wholeNumber } from "../kit/keys.js";
import { fill, html } from "../kit/markup.js";
import { clamp, format, sum } from "../kit/numbers.js";
import { ask, latestOnly } from "../kit/request.js";
import { finder, mountView } from "../kit/view.js";
import { priorCodes, straight, turned } from "./codes.js";
import { laplacian, sharpness, variance } from "./sharpness.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["gan/gan"]} Props */
/** @typedef {Props["models"][number]} Model */
/** @typedef {Props["measures"][number]} Measure */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {number[][]} Codes the codes of one column */

const COLUMNS = 6; // samples side by side
const STRONGEST = 2; // of a Laplacian, shown white
const PRIOR = "prior";
/** @type {Record<string, number>} */
const ARROWS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };

const columnOf = (
  /** @type {Model} */ { family, title, name, encoder },
  /** @type {number} */ count,
) => {
  const yours = encoder
    ? html`<canvas class="digit" role="img" aria-label="Your digit"></canvas><span aria-hidden="true">→</span><canvas class="again" role="img" aria-label="${title}: your digit reconstructed"></canvas><p></p>`
    : html`<p><b>No encoder:</b> a GAN has no way from your digit to a code, so it cannot reconstruct it.</p>`;
  return html`<section class="column ${family}" data-name="${name}"><div class="head"><h3>${title}</h3><p class="all fold-when-presenting"></p></div>
    <div class="grid" tabindex="0" role="application" aria-label="${title}: choose a sample with the arrow keys"><canvas role="img" aria-label="${count} samples of the ${title}"></canvas><i></i></div>
    <div class="pair"><div class="zoom"><canvas class="picture" role="img" aria-label="${title}: the chosen sample"></canvas>
      <canvas class="edges" role="img" aria-label="${title}: size of its Laplacian" title="Its Laplacian: four neighbours minus four times the pixel"></canvas>
      <p>sample, its edges:<br>sharpness <b class="number"></b></p></div>
    <div class="yours ${encoder ? "of-digit" : ""}">${yours}</div></div></section>`;
};

/** What is measured of a model whose z come from there; one that has no such codes stays at N(0, I). */
const metricOf = (
  /** @type {Model} */ { metrics },
  /** @type {string} */ origin,
  /** @type {string} */ key,
) => (metrics[origin] ?? metrics[PRIOR])[key];

/** A bar for each model, and a line where real digits are. */
const measureOf = (
  /** @type {Measure} */ { key, title, better, digits, real, says },
  /** @type {Model[]} */ models,
  /** @type {string} */ origin,
) => {
  const found = models.flatMap((model) => {
    const metric = metricOf(model, origin, key);
    return metric ? [{ model, metric }] : [];
  });
  if (!found.length) return "";
  // One scale wherever z is from, so that its bars compare.
  const all = models.flatMap(({ metrics }) =>
    Object.values(metrics).flatMap((of) => of[key] ?? []),
  );
  const most = 1.08 * Math.max(real, ...all.map(({ value }) => value));
  const bars = found.map(({ model, metric: { value, std, protocol } }) => {
    const spread = typeof std === "number" ? ` ± ${format(std, digits)}` : "";
    return html`<div class="bar-of ${model.family}" title="${protocol}"><span>${model.title}</span>
  <b style="--share: ${Math.min(value / most, 1)}"></b><em>${format(value, digits)}${spread}</em></div>`;
  });
  return html`<div class="measure"><h4>${title} <small>${better}</small></h4>
    <div class="measured" style="--real: ${real / most}">${bars}<i></i></div>
    <p>${says} ${format(real, digits)}</p></div>`;
};

const originButtons = (/** @type {Record<string, string>} */ origins) =>
  Object.entries(origins).map(([origin, title]) =>
    makeElement("button", title, { type: "button", class: "action", "data-origin": origin }),
  );

/** @param {Props} props */
const keysOf = ({ most_seed, count, origins }) => ({
  seed: wholeNumber(0, most_seed, 1),
  tile: wholeNumber(0, count - 1, 0), // the sample that is magnified
  share: wholeNumber(0, 100, 0), // of the way to the next codes, percent
  origin: oneOf(Object.keys(origins)),
});

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView({ element, props }, keysOf(props));
  const { find, state } = view;
  const { models, count, latent, shape } = props;
  const size = sizeOf(shape);
  const badge = decodingBadge(find(".where"), view.ended);
  const decoders = models.map(({ decoder }) => lazyNetwork(decoder));
  const encoders = models.map(({ encoder }) => (encoder ? lazyNetwork(encoder) : null));
  let digit = /** @type {Digit | null} */ (null);

  fill(
    find(".columns"),
    models.map((model) => columnOf(model, count)),
  );
  const columns = [...element.querySelectorAll(".column")].map((each, m) => {
    const root = /** @type {HTMLElement} */ (each);
    const within = finder(root);
    root.style.setProperty("--columns", String(COLUMNS));
    root.style.setProperty("--rows", String(Math.ceil(count / COLUMNS)));
    return {
      root,
      find: within,
      picture: createScreen(within(".picture"), shape),
      edges: createScreen(within(".edges"), shape),
      yours: encoders[m] && createScreen(within(".digit"), shape),
      again: encoders[m] && createScreen(within(".again"), shape),
      pictures: /** @type {Float32Array[] | null} */ (null),
    };
  });

  // The codes of each column; null while they are on their way. Draws of a mixture, and codes of test
  // digits, come from the server, those of the next seed with them.
  let drawn = { of: "", z: /** @type {Record<string, Codes[]>} */ ({}) };
  const priorDraws = () => {
    const from = priorCodes(state.seed, count, latent);
    if (!state.share) return from;
    const to = priorCodes(state.seed + 1, count, latent);
    return from.map((a, i) => turned(a, to[i], state.share / 100));
  };
  const codes = () => {
    const { origin, seed, share } = state;
    const usual = priorDraws();
    if (origin === PRIOR) return models.map(() => usual);
    if (drawn.of !== `${origin} ${seed}`) {
      askCodes({ origin, seed });
      return null;
    }
    return models.map(({ name }) => {
      const [from, to] = drawn.z[name] ?? [];
      return from ? from.map((a, i) => straight(a, to[i], share / 100)) : usual;
    });
  };
  const askCodes = latestOnly(
    (/** @type {{ origin: string, seed: number }} */ question) => ask("gan/codes", question),
    ({ z }, { origin, seed }) => {
      drawn = { of: `${origin} ${seed}`, z };
      view.say("");
      refresh();
    },
    view.complain,
  );

  const showTile = () =>
    columns.forEach(({ root, find: within, picture, edges, pictures }, m) => {
      if (!pictures) return;
      const x = pictures[state.tile];
      const change = laplacian(x, shape);
      picture.show(x);
      edges.show(change.map((v) => Math.abs(v) / STRONGEST));
      const all = sum(pictures.map((each) => sharpness(each, shape))) / count;
      within(".number").textContent = format(variance(change), 3);
      const still = models[m].metrics[state.origin] ? "" : "still N(0, I); ";
      within(".all").textContent = `${still}these ${count}: sharpness ${format(all, 3)}`;
      root.style.setProperty("--tile-column", String(state.tile % COLUMNS));
      root.style.setProperty("--tile-row", String(Math.floor(state.tile / COLUMNS)));
    });
  const noteShown = (/** @type {Codes[]} */ z) => {
    showTile();
    columns.forEach(({ root }, m) => {
      root.dataset.z = z[m][state.tile].map((v) => v.toFixed(4)).join();
    });
    const { seed, tile, share, origin } = state;
    element.dataset.shown = `${seed} ${tile} ${share} ${origin}`;
  };
  const showPictures = (
    /** @type {number} */ m,
    /** @type {Uint8Array | Uint8ClampedArray} */ bytes,
  ) => paint(columns[m].find(".grid canvas"), bytes, shape, count, COLUMNS);

  const isHere = () => decoders.every(runsHere);
  const drawHere = (/** @type {Codes[]} */ z) => {
    const started = performance.now();
    columns.forEach((column, m) => {
      const { run } = decoders[m];
      if (!run) return;
      const pictures = z[m].map((code) => Float32Array.from(run(code)));
      const bytes = new Uint8ClampedArray(size * count);
      pictures.forEach((picture, i) => bytes.set(toBytes(picture), size * i));
      column.pictures = pictures;
      showPictures(m, bytes);
    });
    badge.note(performance.now() - started);
    noteShown(z);
  };
  const refresh = oncePerFrame(() => {
    const z = view.isOpen() ? codes() : null;
    if (!z) return;
    if (isHere()) drawHere(z);
    else if (decoders.some(runsThere)) askPictures(z);
  });
  // All models decode all codes that are sent: those of one column suffice where all have the same.
  const distinct = (/** @type {Codes[]} */ z) => (z.every((each) => each === z[0]) ? [z[0]] : z);
  const askPictures = latestOnly(
    (/** @type {Codes[]} */ z) =>
      ask("decode", { models: models.map(({ name }) => name), z: distinct(z).flat() }),
    ({ pixels }, z) => {
      if (isHere()) return; // it comes too late
      view.say("");
      columns.forEach((column, m) => {
        const first = distinct(z).indexOf(z[m]) * count;
        const bytes = decodeBytes(pixels[m]).subarray(size * first, size * (first + count));
        column.pictures = z[m].map((_, i) => fromBytes(bytes.subarray(size * i, size * (i + 1))));
        showPictures(m, bytes);
      });
      noteShown(z);
    },
    view.complain,
  );

  // The visitor's digit, through the mean code of each model that has an encoder.
  const showDigit = () => {
    if (!digit || !view.isOpen()) return;
    const x = fromBytes(digit.pixels);
    columns.forEach(({ find: within, yours, again }, m) => {
      const encoder = encoders[m];
      const decode = decoders[m].run;
      if (!encoder || !yours || !again) return;
      yours.show(x);
      const words = within(".yours p");
      if (!encoder.run || !decode) {
        words.textContent = encoder.failed ? "This network did not load; reload the page." : "";
        return;
      }
      const picture = Float32Array.from(decode([...encoder.run(x).subarray(0, latent)]));
      again.show(picture);
      const error = sum([...x].map((v, i) => (v - picture[i]) ** 2)) / size;
      const [before, after] = [x, picture].map((each) => format(sharpness(each, shape), 3));
      fill(
        words,
        html`sharpness ${before} → <b>${after}</b><span class="fold-when-presenting"><br>squared error ${format(error, 4)}</span>`,
      );
    });
  };

  const showMeasures = () => {
    const { origin } = state;
    fill(
      find(".measures"),
      props.measures.map((measure) => measureOf(measure, models, origin)),
    );
    find(".words").textContent = props.words[origin];
  };
  /** @type {HTMLInputElement} */
  const slider = find(".walk input");
  const buttons = originButtons(props.origins);
  find(".origins").append(...buttons);
  const showSettings = () => {
    slider.value = String(state.share);
    find(".walk output").textContent = `${state.share} %`;
    slider.setAttribute("aria-valuetext", `${state.share} % of the way to the next codes`);
    badge.show(isHere() ? "in this page" : "on the server");
    for (const button of buttons)
      button.setAttribute("aria-pressed", String(button.dataset.origin === state.origin));
  };
  const change = (/** @type {Partial<typeof state>} */ values) => {
    Object.assign(state, values);
    showSettings();
    refresh();
  };
  slider.addEventListener("input", () => change({ share: Number(slider.value) }));
  find("[data-do=new]").addEventListener("click", () =>
    change({ seed: (state.seed % props.most_seed) + 1, share: 0 }),
  );
  for (const button of buttons)
    button.addEventListener("click", () => {
      change({ origin: button.dataset.origin });
      showMeasures();
    });

  const pick = (/** @type {number} */ tile) => {
    if (tile < 0 || tile >= count) return;
    state.tile = tile;
    const z = codes();
    if (z) noteShown(z);
  };
  const tileAt = (
    /** @type {HTMLElement} */ grid,
    /** @type {PointerEvent} */ { clientX, clientY },
  ) => {
    const box = grid.getBoundingClientRect();
    const rows = Math.ceil(count / COLUMNS);
    const column = clamp(Math.floor((COLUMNS * (clientX - box.left)) / box.width), 0, COLUMNS - 1);
    const row = clamp(Math.floor((rows * (clientY - box.top)) / box.height), 0, rows - 1);
    return COLUMNS * row + column;
  };
  for (const { find: within } of columns) {
    /** @type {HTMLElement} */
    const grid = within(".grid");
    grid.addEventListener("pointerdown", (event) => pick(tileAt(grid, event)));
    grid.addEventListener("keydown", (event) => {
      const step = ARROWS[event.key];
      if (!step) return;
      event.preventDefault();
      pick(state.tile + step);
    });
  }

  view.takeHome(() => {
    const z = codes();
    const found = models.flatMap(({ name, metrics }, m) => {
      const { pictures } = columns[m];
      const origin = metrics[state.origin] ? state.origin : PRIOR;
      if (!z || !pictures) return [];
      const [code, picture] = [z[m][state.tile], pictures[state.tile]];
      const own = { name, z: code, sharpness: sharpness(picture, shape) };
      return [{ ...own, metrics: metrics[origin], origin }];
    });
    return found.length ? homeOf(found) : null;
  });
  showSettings();
  showMeasures();
  view.onDigit((next) => {
    digit = next;
    showDigit();
  });
  view.onOpen(refresh);
  view.onDecoding(() => {
    showSettings();
    refresh();
  });
  Promise.all([...decoders, ...encoders].map((network) => network?.load())).then(() => {
    showSettings();
    refresh();
    showDigit();
  });
}
