/** VAE against IWAE: bounds against K, units in use, and what K samples draw. */
import { axisBottom, axisLeft, linear, logarithmic, places } from "../kit/chart.js";
import { decodeBytes, decodeDoubles } from "../kit/encoding.js";
import { context, encodePicture, paint, sizeOf } from "../kit/images.js";
import { iwaeOf } from "../kit/importance.js";
import { oneOf, wholeNumber } from "../kit/keys.js";
import { fill, html, joined } from "../kit/markup.js";
import { clamp, format, signed, sum } from "../kit/numbers.js";
import { ask, latestOnly } from "../kit/request.js";
import { sharpness, widthOf } from "../kit/units.js";
import { mountView } from "../kit/view.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("../kit/routes.js").Props["iwae/iwae"]} Props */
/** @typedef {Props["models"][number]} Model */
/** @typedef {{ k: number, mean: number, groups: number, deviation: number }} Bound of K samples, in nats */
/** @typedef {{ turn: number, part: number, live: boolean }} Question */

const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2500, 5000];
const START = 50; // samples, as many as the IWAE was trained with
const REST = 350; // ms without a new digit after which the pen counts as resting
const CELL = 34; // units that the heaviest sample has
const LOW = 1e-4; // variances that the bars of the units go from and to
const HIGH = 3;
/** @type {Record<string, string>} */
const TITLES = { vae: "VAE", iwae: "IWAE" };
/** @type {Record<string, string>} */
const AVERAGES = { elbo: "ELBO", "iwae-50": "L₅₀", "log p(x)": "log p(x)" };
/** @type {Record<number, string>} */
const MEASURED = { 1: "elbo", 50: "iwae-50", 500: "log p(x)" }; // by K, the average on the card

const titleOf = (/** @type {Model} */ { family }) => TITLES[family];
const grouped = (/** @type {number} */ n) => n.toLocaleString("en");
const tagged = (/** @type {Model} */ model) =>
  html`<b class="${model.family}">${titleOf(model)}</b>`;

/**
 * The bound of K samples: the mean over groups of K, and how much one draw of it varies.
 * @param {Float64Array} logs
 * @param {number} k
 * @returns {Bound}
 */
const boundOf = (logs, k) => {
  const { mean, error } = iwaeOf(logs, k);
  const groups = Math.floor(logs.length / k);
  return { k, mean, groups, deviation: error * Math.sqrt(groups) };
};
const curveOf = (/** @type {Float64Array} */ logs) =>
  COUNTS.filter((k) => k <= logs.length).map((k) => boundOf(logs, k));

/** Importance weights that sum to one. @param {Float64Array} logs */
const weightsOf = (logs) => {
  const top = Math.max(...logs);
  const raw = Array.from(logs, (v) => Math.exp(v - top));
  const total = sum(raw);
  return raw.map((w) => w / total);
};

/** @param {Model} model @param {number} threshold */
const unitBars = ({ variances, active, family }, threshold) => {
  const tall = 64;
  const wide = 10;
  const rise = logarithmic([LOW, HIGH], [0, tall]);
  const line = tall - rise.at(threshold);
  const all = variances.map((v, i) => {
    const height = Math.max(rise.at(clamp(v, LOW, HIGH)), 2);
    const colour = v > threshold ? `var(--${family})` : "var(--faint)";
    return html`<rect x="${wide * i + 1}" y="${tall - height}" width="${wide - 2}" height="${height}" fill="${colour}"/>`;
  });
  return html`<svg viewBox="0 0 ${wide * variances.length} ${tall}" height="${tall / 16}rem" preserveAspectRatio="none" role="img"
    aria-label="${active} of ${variances.length} units have a variance above ${threshold}">${all}
    <line x1="0" x2="${wide * variances.length}" y1="${line}" y2="${line}" stroke="var(--ink)" stroke-dasharray="6 4" vector-effect="non-scaling-stroke"/></svg>`;
};

/** @param {Props} props */
const unitRows = ({ models, threshold }) =>
  models.map(
    (model) => html`<div class="unit-row ${model.family}">${unitBars(model, threshold)}
    <p title="${model.averages["active units"]?.protocol ?? ""}"><b>${titleOf(model)}, K = ${model.samples}</b><output>${model.active}</output>of ${model.variances.length} units</p></div>`,
  );

/** @param {Props} props */
const averagesTable = ({ models }) => {
  const names = Object.keys(AVERAGES);
  const [first, second] = models;
  const heads = Object.values(AVERAGES).map((title) => html`<th scope="col">${title}</th>`);
  const cell = (/** @type {Model} */ { averages }, /** @type {string} */ name) =>
    averages[name]
      ? html`<td title="${averages[name].protocol}">${format(averages[name].value, 2)}</td>`
      : html`<td></td>`;
  const row = (/** @type {Model} */ model) =>
    html`<tr class="${model.family}"><th scope="row">${titleOf(model)}</th>${names.map((name) => cell(model, name))}</tr>`;
  const ahead = (/** @type {string} */ name) => {
    const [a, b] = [first, second].map(({ averages }) => averages[name]?.value);
    return html`<td>${a === undefined || b === undefined ? "" : signed(b - a, 2)}</td>`;
  };
  return html`<thead><tr><th>Mean of test digits, nats</th>${heads}</tr></thead>
    <tbody>${models.map(row)}<tr><th scope="row">${titleOf(second)} ahead by</th>${names.map(ahead)}</tr></tbody>`;
};

/** What it took, by the cards, and what else differs. @param {Props} props */
const costOf = ({ models, control }) => {
  const [vae, iwae] = models;
  if (!vae.seconds || !iwae.seconds || vae.epochs !== iwae.epochs) return control;
  const seconds = models.map(
    (model) => html`${tagged(model)} ${grouped(Math.round(model.seconds ?? 0))} s`,
  );
  return html`Trained for ${iwae.epochs} epochs: ${joined(seconds, ", ")}, ${format(iwae.seconds / vae.seconds, 1)} times as long. ${control}`;
};

/**
 * One model's curve with its band, the K it was trained with, and the K that is chosen.
 * @param {Bound[]} points
 * @param {Model} model
 * @param {number} k
 * @param {import("../kit/chart.js").Scale} x
 * @param {import("../kit/chart.js").Scale} y
 */
const drawCurve = (points, { family, samples }, k, x, y) => {
  const colour = `var(--${family})`;
  const spread = points.filter(({ groups }) => groups > 4);
  const edge = (/** @type {number} */ sign) =>
    spread.map((p) => [p.k, clamp(p.mean + sign * p.deviation, ...y.domain)]);
  const band = places(x, y, [...edge(1), ...edge(-1).reverse()]);
  const at = points.find((point) => point.k === k);
  const own = points.find((point) => point.k === samples);
  return html`<polygon points="${band}" fill="${colour}" fill-opacity="0.13"/>
    <polyline points="${places(
      x,
      y,
      points.map((p) => [p.k, p.mean]),
    )}" fill="none" stroke="${colour}" stroke-width="calc(3px * var(--stroke))"/>
    ${own ? html`<circle class="trained" cx="${x.at(own.k)}" cy="${y.at(own.mean)}" r="9" fill="none" stroke="${colour}" stroke-width="calc(2.5px * var(--stroke))"><title>${family.toUpperCase()} was trained on this bound</title></circle>` : ""}
    ${at ? html`<circle cx="${x.at(at.k)}" cy="${y.at(at.mean)}" r="4.5" fill="${colour}"/>` : ""}`;
};

/** Names and last values at the right, a line apart however close the curves end. */
const endLabels = (
  /** @type {Bound[][]} */ curves,
  /** @type {Model[]} */ models,
  /** @type {number} */ x,
  /** @type {import("../kit/chart.js").Scale} */ y,
) => {
  const ends = curves.map((points, i) => {
    const value = points[points.length - 1].mean;
    return { model: models[i], at: y.at(value) + 5, value };
  });
  ends.sort((a, b) => a.at - b.at);
  ends[1].at = Math.max(ends[1].at, ends[0].at + 20);
  return ends.map(
    ({ model, at, value }) =>
      html`<text class="value" x="${x + 12}" y="${at}" style="fill: var(--${model.family})">${titleOf(model)} ${format(value, 1)}</text>`,
  );
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount({ element, props }) {
  const view = mountView(
    { element, props },
    { k: oneOf(COUNTS.map(String), String(START)), draw: wholeNumber(0, props.most_draws, 0) },
  );
  const { find, state } = view;
  const slider = /** @type {HTMLInputElement} */ (find(".k input"));
  const { models } = props;
  let digit = /** @type {import("../kit/page.js").Digit | null} */ (null);
  let logs = /** @type {Float64Array[]} */ ([]); // of each model
  let pictures = /** @type {Uint8Array[]} */ ([]);
  const chosenK = () => Number(state.k);

  const showBound = () => {
    const chart = find(".climb");
    const wide = widthOf(chart) || 500;
    const tall = 150;
    chart.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
    if (!logs.length) {
      fill(chart, "");
      return;
    }
    const curves = logs.map(curveOf);
    const means = curves.flat().map(({ mean }) => mean);
    const k = chosenK();
    const [left, right, top, bottom] = [46, wide - 122, 8, tall - 26];
    const x = logarithmic([1, props.draws], [left, right]);
    const y = linear([Math.min(...means) - 1, Math.max(...means) + 0.5], [bottom, top]);
    const counts = [1, 5, 50, 500, 5000];
    const writeK = (/** @type {number} */ c) => (c === 1 ? "K = 1" : grouped(c));
    fill(
      chart,
      html`${axisLeft(y, left, { grid: true, across: right, count: 4 })}${axisBottom(x, bottom, { values: counts, write: writeK })}
      <line x1="${x.at(k)}" x2="${x.at(k)}" y1="${top}" y2="${bottom}" stroke="var(--ink)" stroke-dasharray="3 4"/>
      ${wide > 450 ? html`<text class="quiet" x="${right}" y="${bottom - 8}" text-anchor="end">ring: the K it was trained with</text>` : ""}
      ${curves.map((points, i) => drawCurve(points, models[i], k, x, y))}${endLabels(curves, models, right, y)}`,
    );
    const spoken = curves.map(
      (points, i) =>
        `${titleOf(models[i])}: ${points.map((p) => `${format(p.mean, 1)} at K = ${p.k}`).join(", ")}`,
    );
    chart.setAttribute("aria-label", spoken.join(". "));
    showCrossing(curves, k);
  };

  // How far the IWAE is ahead on average, where the cards tell it of K samples.
  const averageLead = (/** @type {number} */ k) => {
    const [vae, iwae] = models.map(({ averages }) => averages[MEASURED[k]]?.value);
    return vae === undefined || iwae === undefined ? undefined : iwae - vae;
  };
  const showCrossing = (/** @type {Bound[][]} */ curves, /** @type {number} */ k) => {
    const [vae, iwae] = curves.map((points) => points.find((point) => point.k === k));
    if (!vae || !iwae) {
      find(".crossing").textContent = "More samples follow once the digit rests.";
      return;
    }
    const ahead = iwae.mean - vae.mean;
    const winner = models[Number(ahead > 0)];
    const each = models.map((model, i) => html`${tagged(model)} ${format([vae, iwae][i].mean, 1)}`);
    const gaps = curves.map((points) => points[points.length - 1].mean - points[0].mean);
    const missed = gaps.map((gap, i) => html`${tagged(models[i])} ${format(gap, 1)}`);
    const best = logs[0].length < props.draws ? "the best bound so far" : "log p(x)";
    fill(
      find(".crossing"),
      html`At K = ${grouped(k)}: ${joined(each, ", ")}; ${tagged(winner)} is ahead by ${format(Math.abs(ahead), 1)} nats on this digit<span class="fold-when-presenting">${onAverage(k, ahead)}</span>.
      <span class="fold-when-presenting">What its q misses, ${best} − ELBO: ${joined(missed, ", ")}.</span>`,
    );
  };
  const onAverage = (/** @type {number} */ k, /** @type {number} */ ahead) => {
    const mean = averageLead(k);
    if (mean === undefined) return "";
    const by = format(Math.abs(mean), 1);
    return mean * ahead > 0
      ? `, and by ${by} on average`
      : html`; on average ${tagged(models[Number(mean > 0)])} is, by ${by}`;
  };

  // The samples as pictures, the heaviest first: the more weight, the larger and clearer.
  const clouds = models.map((model) => {
    const root = document.createElement("figure");
    root.className = `cloud ${model.family}`;
    fill(root, html`<h3></h3><canvas role="img"></canvas>`);
    return root;
  });
  find(".below").append(...clouds);
  const tile = document.createElement("canvas");
  const showCloud = (/** @type {HTMLElement} */ root, /** @type {number} */ i) => {
    const shape = digit?.shape ?? [];
    const size = sizeOf(shape);
    const k = Math.min(chosenK(), props.pictures);
    const weights = weightsOf(logs[i].subarray(0, k));
    const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a]);
    const most = weights[order[0]];
    const pen = layOut(
      /** @type {HTMLCanvasElement} */ (root.querySelector("canvas")),
      widthOf(root),
    );
    order.forEach((sample, place) => {
      const share = Math.sqrt(weights[sample] / most);
      paint(tile, pictures[i].subarray(size * sample, size * (sample + 1)), shape);
      pen.drawAt(place, CELL * (0.5 + 0.46 * share), 0.4 + 0.6 * share);
    });
    nameCloud(root, models[i], weights, k);
  };
  // A grid of cells as wide as there is room; drawAt puts the tile into one, so large and so clear.
  const layOut = (/** @type {HTMLCanvasElement} */ canvas, /** @type {number} */ width) => {
    const columns = Math.max(Math.floor(width / CELL), 4);
    const density = sharpness();
    canvas.width = columns * CELL * density;
    canvas.height = Math.ceil(props.pictures / columns) * CELL * density;
    canvas.style.width = `${(columns * CELL) / 16}rem`;
    const pen = context(canvas);
    pen.scale(density, density);
    pen.imageSmoothingEnabled = false;
    pen.fillStyle = "#000";
    const drawAt = (
      /** @type {number} */ place,
      /** @type {number} */ side,
      /** @type {number} */ alpha,
    ) => {
      const left = CELL * ((place % columns) + 0.5) - side / 2;
      const top = CELL * (Math.floor(place / columns) + 0.5) - side / 2;
      pen.globalAlpha = 1;
      pen.fillRect(left, top, side, side); // black under it: what is faint is dim on a light page, too
      pen.globalAlpha = alpha;
      pen.drawImage(tile, left, top, side, side);
    };
    return { drawAt };
  };
  const nameCloud = (
    /** @type {HTMLElement} */ root,
    /** @type {Model} */ model,
    /** @type {number[]} */ weights,
    /** @type {number} */ k,
  ) => {
    const which = k === 1 ? "1 sample" : `${chosenK() > k ? "first " : ""}${k} samples`;
    const count = format(1 / sum(weights.map((w) => w * w)), 1);
    const heaviest = `${format(100 * Math.max(...weights), 0)}\u00a0%`;
    const inCloud = (/** @type {string} */ name) =>
      /** @type {Element} */ (root.querySelector(name));
    fill(
      inCloud("h3"),
      html`${titleOf(model)}: ${which} <span>worth ${count} equal ones, heaviest ${heaviest}</span>`,
    );
    inCloud("canvas").setAttribute(
      "aria-label",
      `${titleOf(model)}: what ${k} samples of q(z|x) draw, as large as their weights; they are worth ${count} equal ones, the heaviest has ${heaviest}`,
    );
  };
  const showAll = () => {
    showBound();
    if (logs.length) clouds.forEach(showCloud);
  };

  // Asking: the first part at once, the others one after another while the digit rests.
  let turn = 0;
  let resting = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  const take = (
    /** @type {import("../kit/routes.js").Routes["iwae/samples"]["answer"]} */ answer,
    /** @type {Question} */ { turn: mine, part, live },
  ) => {
    view.say("");
    if (mine !== turn && part) return;
    const found = answer.rows.map((row) => decodeDoubles(row.log_weights));
    if (part) {
      logs = logs.map((before, i) => Float64Array.from([...before, ...found[i]]));
      showBound();
    } else {
      logs = found;
      pictures = answer.rows.map((row) => decodeBytes(row.pictures ?? ""));
      paint(
        /** @type {HTMLCanvasElement} */ (find(".x")),
        decodeBytes(answer.digit.pixels),
        answer.digit.shape,
      );
      showAll();
    }
    const done = logs[0].length === props.draws;
    if (done) {
      element.dataset.shown = String(state.draw);
      find(".spoken").textContent = find(".crossing").textContent;
    } else delete element.dataset.shown;
    if (mine === turn && !live && !done && view.isOpen()) request({ turn, part: part + 1, live });
  };
  const request = latestOnly(
    (/** @type {Question} */ { part }) => {
      if (!digit) throw new Error("There is no digit yet.");
      return ask(
        "iwae/samples",
        { digit: encodePicture(digit), draw: state.draw, part },
        view.ended,
      );
    },
    take,
    view.complain,
  );
  const refresh = (live = false) => {
    clearTimeout(resting);
    if (!digit) return;
    turn += 1;
    delete element.dataset.shown;
    request({ turn, part: 0, live });
    if (live) resting = setTimeout(refresh, REST); // a pen may rest before it is lifted
  };

  const showK = () => {
    const text = grouped(chosenK());
    slider.value = String(COUNTS.indexOf(chosenK()));
    find(".k output").textContent = text;
    slider.setAttribute("aria-valuetext", `${text} samples`);
    showAll();
  };
  slider.addEventListener("input", () => {
    state.k = String(COUNTS[Number(slider.value)]);
    showK();
  });
  find("[data-do=draw]").addEventListener("click", () => {
    state.draw = (state.draw + 1) % (props.most_draws + 1);
    refresh();
  });
  fill(find(".units .rows"), unitRows(props));
  fill(find(".averages"), averagesTable(props));
  fill(find(".cost"), costOf(props));
  showK();
  view.takeHome(() => {
    if (!digit || logs[0]?.length !== props.draws) return null;
    const names = models.map(({ name }) => name);
    return homeOf(names, logs, { digit, draw: state.draw, part: props.part, counts: COUNTS });
  });
  view.onDigit((next) => {
    digit = next;
    refresh(next.live);
  });
  new ResizeObserver(showAll).observe(element);
}
