const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2500, 5000];
const REST = 350;  // ms without a new digit after which the pen counts as resting
const CELL = 34;  // CSS pixels that the heaviest sample has
const state = { k: COUNTS.indexOf(50), draw: 0, part: 0, digit: null, open: true, logs: [], pictures: [], waiting: true };
const slider = find(".k input"), said = find(".said");
const NAMES_OF = { vae: "VAE", iwae: "IWAE" };
const titleOf = ({ family }) => NAMES_OF[family];
const grouped = (n) => n.toLocaleString("en");
const tagged = (model) => `<b class="${model.family}">${titleOf(model)}</b>`;

// What does not depend on the digit: 50 bars a model, and what the cards say.
const LOW = 1e-4, HIGH = 3;
const rise = (v) => Math.log(clamp(v, LOW, HIGH) / LOW) / Math.log(HIGH / LOW);
const bars = ({ variances, active, family }) => {
  const tall = 64, wide = 10, line = tall * (1 - rise(props.threshold));
  const all = variances.map((v, i) => {
    const height = Math.max(tall * rise(v), 2);
    return `<rect x="${wide * i + 1}" y="${tall - height}" width="${wide - 2}" height="${height}" fill="${v > props.threshold ? `var(--${family})` : "var(--faint)"}"/>`;
  }).join("");
  return `<svg viewBox="0 0 ${wide * variances.length} ${tall}" height="${tall}" preserveAspectRatio="none" role="img"
    aria-label="${active} of ${variances.length} units have a variance above ${props.threshold}">${all}
    <line x1="0" x2="${wide * variances.length}" y1="${line}" y2="${line}" stroke="var(--ink)" stroke-dasharray="6 4" vector-effect="non-scaling-stroke"/></svg>`;
};
const showUnits = () => {
  find(".units .rows").innerHTML = props.models.map((model) => `<div class="unit-row ${model.family}">${bars(model)}
    <p title="${model.averages["active units"]?.protocol ?? ""}"><b>${titleOf(model)}, K = ${model.samples}</b><output>${model.active}</output>of ${model.variances.length} units</p></div>`).join("");
};
const AVERAGES = { elbo: "ELBO", "iwae-50": "L₅₀", "log p(x)": "log p(x)" };
const showAverages = () => {
  const cell = (metric) => (metric ? `<td title="${metric.protocol}">${written(metric.value, 2)}</td>` : "<td></td>");
  const [first, second] = props.models, ahead = (name) => {
    const [a, b] = [first, second].map(({ averages }) => averages[name]?.value);
    return `<td>${a === undefined || b === undefined ? "" : signed(b - a, 2)}</td>`;
  };
  find(".averages").innerHTML = `<thead><tr><th>Mean of test digits, nats</th>${Object.values(AVERAGES).map((title) => `<th scope="col">${title}</th>`).join("")}</tr></thead><tbody>`
    + props.models.map((model) => `<tr class="${model.family}"><th scope="row">${titleOf(model)}</th>${Object.keys(AVERAGES).map((name) => cell(model.averages[name])).join("")}</tr>`).join("")
    + `<tr><th scope="row">${titleOf(second)} ahead by</th>${Object.keys(AVERAGES).map(ahead).join("")}</tr></tbody>`;
};

// What it took, by the cards, and what else differs: the IWAE decodes 50 samples where the VAE has one.
const showCost = () => {
  const [vae, iwae] = props.models, timed = vae.seconds && iwae.seconds && vae.epochs === iwae.epochs;
  const times = timed ? `Trained for ${iwae.epochs} epochs: ${props.models.map((model) => `${tagged(model)} ${grouped(Math.round(model.seconds))} s`).join(", ")}, ${written(iwae.seconds / vae.seconds, 1)} times as long. ` : "";
  find(".cost").innerHTML = times + props.control;
};

// The bound of K samples: the mean over groups of K, and how much one draw of it varies.
const boundOf = (logs, k) => {
  const { mean, error } = iwaeOf(logs, k), groups = Math.floor(logs.length / k);
  return { k, mean, groups, deviation: error * Math.sqrt(groups) };
};
const curveOf = (logs) => COUNTS.filter((k) => k <= logs.length).map((k) => boundOf(logs, k));
const showBound = () => {
  const chart = find(".climb"), wide = chart.clientWidth || 500, tall = 150;
  chart.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
  chart.setAttribute("height", tall);
  if (!state.logs.length) { chart.innerHTML = ""; return; }
  const curves = state.logs.map(curveOf), k = COUNTS[state.k];
  const ends = curves.flatMap((points) => points.map(({ mean }) => mean));
  const low = Math.min(...ends) - 1, span = Math.max(...ends) + 0.5 - low;
  const [left, right, top, bottom] = [46, wide - 122, 8, tall - 26];
  const x = (count) => left + (right - left) * Math.log(count) / Math.log(props.draws);
  const y = (v) => bottom - (bottom - top) * clamp((v - low) / span, 0, 1);
  const step = span > 25 ? 10 : span > 12 ? 5 : span > 5 ? 2 : 1;
  const levels = Array.from({ length: Math.ceil(span / step) + 1 }, (_, i) => (Math.ceil(low / step) + i) * step).filter((v) => v < low + span);
  const grid = levels.map((v) => `<line x1="${left}" x2="${right}" y1="${y(v)}" y2="${y(v)}" stroke="var(--line)"/><text class="quiet" x="${left - 7}" y="${y(v) + 5}" text-anchor="end">${written(v, 0)}</text>`).join("");
  const ticks = [1, 5, 50, 500, 5000].map((c) => `<text class="quiet" x="${x(c)}" y="${bottom + 20}" text-anchor="middle">${c === 1 ? "K = 1" : grouped(c)}</text>`).join("");
  const drawn = curves.map((points, i) => drawCurve(points, props.models[i], x, y)).join("");
  chart.innerHTML = `${grid}${ticks}<line x1="${x(k)}" x2="${x(k)}" y1="${top}" y2="${bottom}" stroke="var(--ink)" stroke-dasharray="3 4"/>
    ${wide > 450 ? `<text class="quiet" x="${right}" y="${bottom - 8}" text-anchor="end">ring: the K it was trained with</text>` : ""}${drawn}${endLabels(curves, right, y)}`;
  chart.setAttribute("aria-label", curves.map((points, i) => `${titleOf(props.models[i])}: ${points.map(({ k: at, mean }) => `${written(mean, 1)} at K = ${at}`).join(", ")}`).join(". "));
  showCrossing(curves, k);
};
const drawCurve = (points, { family, samples }, x, y) => {
  const colour = `var(--${family})`, spread = points.filter(({ groups }) => groups > 4);
  const edge = (sign) => spread.map(({ k, mean, deviation }) => `${x(k).toFixed(1)},${y(mean + sign * deviation).toFixed(1)}`);
  const line = points.map(({ k, mean }) => `${x(k).toFixed(1)},${y(mean).toFixed(1)}`).join(" ");
  const at = points[state.k], own = points.find(({ k }) => k === samples);
  return `<polygon points="${[...edge(1), ...edge(-1).reverse()].join(" ")}" fill="${colour}" fill-opacity="0.13"/>
    <polyline points="${line}" fill="none" stroke="${colour}" stroke-width="3"/>
    ${own ? `<circle class="trained" cx="${x(own.k)}" cy="${y(own.mean)}" r="9" fill="none" stroke="${colour}" stroke-width="2.5"><title>${family.toUpperCase()} was trained on this bound</title></circle>` : ""}
    ${at ? `<circle cx="${x(at.k)}" cy="${y(at.mean)}" r="4.5" fill="${colour}"/>` : ""}`;
};
// Names and last values at the right, a line apart however close the curves end.
const endLabels = (curves, right, y) => {
  const ends = curves.map((points, i) => ({ model: props.models[i], at: y(points.at(-1).mean) + 5, value: points.at(-1).mean }));
  ends.sort((a, b) => a.at - b.at);
  ends[1].at = Math.max(ends[1].at, ends[0].at + 20);
  return ends.map(({ model, at, value }) => `<text class="value" x="${right + 12}" y="${at}" style="fill: var(--${model.family})">${titleOf(model)} ${written(value, 1)}</text>`).join("");
};
// How far the IWAE is ahead on average, where the cards tell it of K samples.
const MEASURED = { 1: "elbo", 50: "iwae-50", 500: "log p(x)" };
const averageLead = (k) => {
  const [vae, iwae] = props.models.map(({ averages }) => averages[MEASURED[k]]?.value);
  return vae === undefined || iwae === undefined ? undefined : iwae - vae;
};
const showCrossing = (curves, k) => {
  const n = state.logs[0].length, [vae, iwae] = curves.map((points) => points.find((point) => point.k === k));
  if (!vae) { find(".crossing").textContent = "More samples follow once the digit rests."; return; }
  const ahead = iwae.mean - vae.mean, winner = props.models[Number(ahead > 0)];
  const mean = averageLead(k), same = mean * ahead > 0, other = props.models[Number(mean > 0)];
  const average = mean === undefined ? "" : same ? `, and by ${written(Math.abs(mean), 1)} on average` : `; on average ${tagged(other)} is, by ${written(Math.abs(mean), 1)}`;
  const gaps = curves.map((points) => points.at(-1).mean - points[0].mean);
  find(".crossing").innerHTML = `At K = ${grouped(k)}: ${props.models.map((model, i) => `${tagged(model)} ${written([vae, iwae][i].mean, 1)}`).join(", ")}; ${tagged(winner)} is ahead by ${Math.abs(ahead).toFixed(1)} nats on this digit${average}.
    What its q misses, ${n < props.draws ? "the best bound so far" : "log p(x)"} − ELBO: ${gaps.map((gap, i) => `${tagged(props.models[i])} ${written(gap, 1)}`).join(", ")}.`;
};

// The samples as pictures, the heaviest first: the more weight, the larger and clearer.
const clouds = props.models.map((model) => {
  const root = document.createElement("figure");
  root.className = `cloud ${model.family}`;
  root.innerHTML = `<h3></h3><canvas role="img"></canvas>`;
  return root;
});
find(".below").append(...clouds);
const weightsOf = (logs) => {
  const top = Math.max(...logs), raw = Array.from(logs, (v) => Math.exp(v - top)), total = sum(raw);
  return raw.map((w) => w / total);
};
const countOf = (weights) => 1 / sum(weights.map((w) => w * w));
const tile = document.createElement("canvas");
const showCloud = (root, i) => {
  const k = Math.min(COUNTS[state.k], props.pictures), weights = weightsOf(state.logs[i].subarray(0, k));
  const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a]), most = weights[order[0]];
  const canvas = root.querySelector("canvas"), columns = Math.max(Math.floor(root.clientWidth / CELL), 4);
  const density = window.devicePixelRatio || 1, rows = Math.ceil(props.pictures / columns);
  canvas.width = columns * CELL * density;
  canvas.height = rows * CELL * density;
  canvas.style.width = `${columns * CELL}px`;
  const pen = canvas.getContext("2d");
  pen.scale(density, density);
  pen.imageSmoothingEnabled = false;
  pen.fillStyle = "#000";
  order.forEach((sample, place) => {
    const share = Math.sqrt(weights[sample] / most), side = CELL * (0.5 + 0.46 * share);
    paint(tile, state.pictures[i].subarray(784 * sample, 784 * (sample + 1)), 28, 28);
    const middle = [CELL * (place % columns + 0.5), CELL * (Math.floor(place / columns) + 0.5)];
    const square = [middle[0] - side / 2, middle[1] - side / 2, side, side];
    pen.globalAlpha = 1;
    pen.fillRect(...square);  // black under it: what is faint is dim on a light page, too
    pen.globalAlpha = 0.4 + 0.6 * share;
    pen.drawImage(tile, ...square);
  });
  const which = k === 1 ? "1 sample" : `${COUNTS[state.k] > k ? "first " : ""}${k} samples`;
  const count = countOf(weights), heaviest = `${(100 * most).toFixed(0)}\u00a0%`;
  root.querySelector("h3").innerHTML = `${titleOf(props.models[i])}: ${which} <span>worth ${count.toFixed(1)} equal ones, heaviest ${heaviest}</span>`;
  canvas.setAttribute("aria-label", `${titleOf(props.models[i])}: what ${k} samples of q(z|x) draw, as large as their weights; they are worth ${count.toFixed(1)} equal ones, the heaviest has ${heaviest}`);
};
const showClouds = () => { if (state.logs.length) clouds.forEach(showCloud); };
const showAll = () => { showBound(); showClouds(); };

// Asking: the first part at once, the others one after another while the digit rests.
let turn = 0, resting = null;
const take = (answer, { turn: mine, part, live }) => {
  said.textContent = "";
  if (mine !== turn && part) return;
  const found = answer.rows.map((row) => new Float64Array(bytesOf(row.logWeights).buffer));
  if (part) state.logs = state.logs.map((before, i) => Float64Array.from([...before, ...found[i]]));
  else {
    state.logs = found;
    state.pictures = answer.rows.map((row) => bytesOf(row.pictures));
    paint(find(".x"), bytesOf(answer.digit), 28, 28);
  }
  if (part) showBound(); else showAll();
  const done = state.logs[0].length === props.draws;
  if (done) {
    element.dataset.shown = `${state.draw}`;
    find(".spoken").textContent = find(".crossing").textContent;
  } else delete element.dataset.shown;
  if (mine === turn && !live && !done && state.open) ask({ turn, part: part + 1, live });
};
const ask = latestOnly(
  ({ part }) => server.draw_samples({ pixels: textOf(state.digit.pixels), draw: state.draw, part }),
  take,
  (text) => { said.textContent = text; },
);
const refresh = (live = false) => {
  clearTimeout(resting);
  if (!state.open || !state.digit) return;
  turn += 1;
  delete element.dataset.shown;
  ask({ turn, part: 0, live });
  if (live) resting = setTimeout(refresh, REST);  // a pen may rest before it is lifted
};

const showK = () => {
  const text = grouped(COUNTS[state.k]);
  slider.value = state.k;
  find(".k output").textContent = text;
  slider.setAttribute("aria-valuetext", `${text} samples`);
  showAll();
};
const keep = () => {
  const usual = COUNTS[state.k] === 50 && !state.draw;
  remember({ iwae: usual ? "" : `${COUNTS[state.k]},${state.draw}` });
};
const readState = (text) => {
  const [k, draw, ...more] = text.split(",").map(Number);
  return !more.length && COUNTS.includes(k) && Number.isInteger(draw) && draw >= 0 && draw <= 1000 ? { k: COUNTS.indexOf(k), draw } : undefined;
};
slider.addEventListener("input", () => { state.k = Number(slider.value); showK(); keep(); });
find("[data-do=draw]").addEventListener("click", () => { state.draw = (state.draw + 1) % 1001; refresh(); keep(); });
document.addEventListener("latent-lab:digit", ({ detail }) => { state.digit = detail; refresh(detail.live); });
document.addEventListener("latent-lab:view", ({ detail }) => { state.open = detail === props.view; refresh(); });
new ResizeObserver(showAll).observe(element);

Object.assign(state, linked("iwae", readState));
state.digit = window.latentLabDigit ?? null;
showUnits();
showAverages();
showCost();
showK();
refresh();
