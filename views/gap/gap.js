const panels = find(".panels"),
  said = find(".said");
const COUNTS = [1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 100, 125, 200, 250, 500]; // they all divide the draws
const REACH = 6; // standard deviations of q that the window must hold
const FEW = 30; // of so few effective samples not even the spread is known
const VIEW = "Gap";
const [PIXELS, MOVING_PIXELS] = [380, 190];
const REST = 350; // milliseconds without another live digit after which the digit rests
const state = {
  model: props.models[0],
  digit: null,
  seed: 0,
  draw: 0,
  seen: null,
  window: null,
  q: null,
  own: false, // own: q is not the encoder's any more
  moving: false, // the digit is, so what is exact has to wait
  logs: new Float64Array(0),
  places: [],
  klPrior: 0,
  k: 0,
  waiting: false, // the samples are not of the shown q: they follow once it rests
};
let open = true,
  stale = true,
  turn = 0,
  resting = null,
  zoom = null,
  overview = null;

const say = (text, wrong = false) => {
  said.textContent = text;
  said.classList.toggle("wrong", wrong);
};
const complain = (text) => say(text, true);
const isFlat = () => state.model.latent === 2;
const question = (more) => ({
  model: state.model.name,
  pixels: textOf(state.digit.pixels),
  seed: state.seed,
  ...more,
});

// Maps. Both are latentPlots; the window's is made anew when the window moves.
const place = (plot, centre, [x, y]) => {
  const scale = (plot.tiles() * TILE) / (2 * plot.half);
  return [
    MARGIN.left + (x - centre[0] + plot.half) * scale,
    MARGIN.top + (centre[1] + plot.half - y) * scale,
  ];
};
const canvases = (name) => [find(`.${name} .ground`), find(`.${name} .top`)];
const plotted = (name, options) => {
  const plot = latentPlot(...canvases(name), { radius: 0, ...options }, props.colours);
  plot.resize(Math.min(find(`.${name} .plot`).clientWidth, name === "zoom" ? 428 : 204));
  return plot;
};
const clipped = (name, plot, draw) => {
  const pen = canvases(name)[1].getContext("2d"),
    side = plot.tiles() * TILE;
  pen.clearRect(0, 0, 2000, 2000);
  pen.save();
  pen.beginPath();
  pen.rect(MARGIN.left, MARGIN.top, side, side);
  pen.clip();
  draw(pen, side / (2 * plot.half));
  pen.restore();
};

const known = new Map();
const channels = (colour) => {
  if (!known.has(colour)) known.set(colour, readChannels(colour));
  return known.get(colour);
};
const readChannels = (colour) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = colour;
  return [1, 3, 5].map((i) => parseInt(pen.fillStyle.slice(i, i + 2), 16));
};
// The part of the window in view as a picture: the density over its highest, from paper to --p.
// Only that part is made finer, and a point more on each side, which the splines need.
const heatMap = () => {
  const { n, half, view, values, axes } = state.window,
    { peak } = state.seen;
  const from = Math.max(0, Math.floor((n * (1 - view / half)) / 2) - 1),
    count = n - 2 * from;
  const priors = axes.map((axis) => axis.map((z) => logNormal(z, 0, 1)));
  const logs = new Float32Array(count * count);
  for (let j = 0; j < count; j++)
    for (let i = 0; i < count; i++)
      logs[j * count + i] = Math.max(
        values[(j + from) * n + i + from] + priors[0][i + from] + priors[1][j + from] - peak,
        -60,
      );
  const times = Math.max(1, Math.ceil((state.seen.live ? MOVING_PIXELS : PIXELS) / count)),
    m = count * times;
  const all = finer(logs, count, times);
  const crop = Math.min(m, Math.round((n * times * view) / half)),
    edge = (m - crop) >> 1;
  const canvas = document.createElement("canvas"),
    image = new ImageData(crop, crop);
  canvas.width = canvas.height = crop;
  const [paper, ink] = ["--raised", "--p"].map((name) => channels(css(name)));
  for (let y = 0; y < crop; y++)
    for (let x = 0; x < crop; x++) {
      const log = all[(edge + crop - 1 - y) * m + edge + x],
        to = 4 * (y * crop + x);
      const share = log < -12 ? 0 : Math.min(1, Math.exp(log));
      for (let c = 0; c < 3; c++) image.data[to + c] = paper[c] + (ink[c] - paper[c]) * share;
      image.data[to + 3] = 255;
    }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
};
const drawMaps = () => {
  if (!state.window) return;
  const { centre, view } = state.window;
  zoom = plotted("zoom", { centre, half: view, codes: [], classes: [], prior: true });
  zoom.drawGround({ lattice: heatMap(), showHoles: false });
  const { codes, classes, half: least } = state.model;
  const half = Math.max(
    least,
    ...state.seen.spots.flatMap(([x, y]) => [Math.abs(x) + 0.3, Math.abs(y) + 0.3]),
  );
  if (overview?.half !== half) {
    overview = plotted("overview", {
      centre: [0, 0],
      half,
      codes: halves(codes),
      classes: bytesOf(classes),
      prior: true,
    });
    overview.drawGround({ lattice: null, showHoles: false });
  }
  drawOverview();
  drawQ();
};
const halves = (text) => fromHalf(new Uint16Array(bytesOf(text).buffer));
const drawOverview = () =>
  clipped("overview", overview, (pen, scale) => {
    for (const [x, y, mass] of state.seen.spots) {
      pen.beginPath();
      pen.arc(...place(overview, [0, 0], [x, y]), 3 + 5 * Math.sqrt(mass), 0, 2 * Math.PI);
      pen.fillStyle = css("--p");
      pen.fill();
      pen.strokeStyle = css("--raised");
      pen.lineWidth = 1.5;
      pen.stroke();
    }
    const { centre, view } = state.window,
      [x, y] = place(overview, [0, 0], centre);
    const r = Math.max(view * scale, 7);
    pen.strokeStyle = css("--raised");
    pen.lineWidth = 5;
    pen.strokeRect(x - r, y - r, 2 * r, 2 * r);
    pen.strokeStyle = css("--q");
    pen.lineWidth = 2.5;
    pen.strokeRect(x - r, y - r, 2 * r, 2 * r);
  });
const drawQ = () => {
  const {
    q,
    window: { centre },
  } = state;
  clipped("zoom", zoom, (pen, scale) => {
    const at = place(zoom, centre, q.mu);
    for (const n of [1, 2]) {
      pen.beginPath();
      pen.ellipse(...at, n * q.sigma[0] * scale, n * q.sigma[1] * scale, 0, 0, 2 * Math.PI);
      pen.strokeStyle = css("--raised");
      pen.lineWidth = 4;
      pen.stroke();
      pen.strokeStyle = css("--q");
      pen.lineWidth = n === 1 ? 2.5 : 1.5;
      pen.stroke();
    }
    drawSamples(pen);
  });
  const ends = [q.mu, [q.mu[0] + 2 * q.sigma[0], q.mu[1]], [q.mu[0], q.mu[1] + 2 * q.sigma[1]]];
  ends.forEach((z, i) => {
    const handle = element.querySelectorAll(".handle")[i],
      [x, y] = place(zoom, centre, z);
    handle.style.transform = `translate(${x}px, ${y}px)`;
    const value = i ? q.sigma[i - 1] : q.mu[0];
    handle.setAttribute("aria-valuenow", value.toFixed(4));
    handle.setAttribute(
      "aria-valuetext",
      i ? `sigma ${i} ${value.toFixed(4)}` : `mean ${q.mu.map((v) => v.toFixed(3)).join(", ")}`,
    );
  });
};
// The first K samples of q, each a disc whose area is its share of the weight.
const drawSamples = (pen) => {
  const k = COUNTS[state.k];
  if (k === 1 || state.waiting || state.places.length < k) return;
  const top = logMean(state.logs.subarray(0, k)) + Math.log(k);
  for (let i = 0; i < k; i++) {
    pen.beginPath();
    pen.arc(
      ...place(zoom, state.window.centre, state.places[i]),
      1 + 16 * Math.sqrt(Math.exp(state.logs[i] - top)),
      0,
      2 * Math.PI,
    );
    pen.globalAlpha = 0.55;
    pen.fillStyle = css("--z");
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = css("--raised");
    pen.lineWidth = 1;
    pen.stroke();
  }
};

// Numbers, which add up as written; the ELBO as it is written.
const showIdentity = (terms, about = "") => {
  const {
    parts: [elbo, gap],
    sum: logP,
  } = addingUp([terms.elbo, terms.gap], 2);
  const show = (name, v) => {
    find(name).textContent = about + written(v);
  };
  show(".log-p", logP);
  show(".elbo-value", elbo);
  show(".gap-value", gap);
  showLevels(terms, gap);
  return elbo;
};
const SPANS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000];
const showLevels = ({ logP, elbo }, gap) => {
  const span = SPANS.find((s) => logP - elbo <= 0.6 * s) ?? 1e6,
    share = Math.min((logP - elbo) / span, 1);
  const label = (text, room) => (room > 0.16 ? text : "");
  find(".levels").innerHTML = `
    <div class="stack"><span style="flex: ${1 - share}">${label("ELBO", 1 - share)}</span><span style="flex: ${share}">${label(`KL ${written(gap)}`, share)}</span></div>
    <div class="ends"><span>${written(logP - span, 1)} (cut off here)</span><span>log p(x) ${written(logP, 1)} nats</span></div>`;
};
const showNumbers = () => {
  const terms = termsOf(state.q, state.window, state.seen.log_p);
  const {
    parts: [reconstruction, kl],
  } = addingUp([terms.reconstruction, -terms.kl], 2, showIdentity(terms));
  find(".parts").innerHTML =
    `ELBO = E<sub>q</sub> log p(x|z) − KL(q‖p(z)), where E<sub>q</sub> log p(x|z) = ${written(reconstruction)} and KL(q‖p(z)) = ${written(-kl)}.`;
  const off = Math.abs(terms.elbo + terms.gap - terms.logP);
  find(".residual").textContent = state.seen.live
    ? state.moving
      ? "While it moves: a coarser grid."
      : "First a coarser grid; the fine one follows."
    : `The sums over q, on ${(state.window.n ** 2).toLocaleString("en")} decodes, close to within ${off < 1e-9 ? "10⁻⁹" : off.toExponential(0)}. ${checked()}`;
};
const within = ({ spots }, centre, half) => {
  const inside = spots.filter(
    ([x, y]) => Math.max(Math.abs(x - centre[0]), Math.abs(y - centre[1])) <= half,
  );
  return inside.reduce((sum, [, , m]) => sum + m, 0) / spots.reduce((sum, [, , m]) => sum + m, 0);
};
// log p(x) a second time: the decodes of the window are not those that quadrature chose.
const checked = () => {
  const { centre, half, logP } = state.window;
  return within(state.seen, centre, half) > 0.9999
    ? `log p(x) over the whole plane is ${written(state.seen.log_p, 4)}; over these decodes alone, ${written(logP, 4)}.`
    : "log p(x) is summed over the whole plane: these decodes miss a part of the posterior.";
};
const showWhere = () => {
  const { centre, view } = state.window,
    share = within(state.seen, centre, view);
  find(".where-mass").textContent =
    share > 0.995
      ? "The window is the box; the posterior lies in it."
      : share < 0.0005
        ? "The posterior is not in the box but at the dots."
        : `Only ${(100 * share).toFixed(share < 0.01 ? 1 : 0)} % of the posterior is in the box: the other dots hold the rest.`;
};

// q, within what the window can sum.
const held = ({ mu, sigma }) => {
  const { centre, half, step } = state.window;
  const most = half / REACH;
  const s = sigma.map((v) => clamp(v, step, most));
  const m = mu.map((v, d) =>
    clamp(v, centre[d] - half + REACH * s[d], centre[d] + half - REACH * s[d]),
  );
  return { mu: m, sigma: s };
};
const refreshQ = oncePerFrame(() => {
  drawQ();
  showNumbers();
});
const putQ = (q) => {
  state.q = held(q);
  state.own = true;
  if (!state.waiting) awaitRest();
  refreshQ();
};
// At rest q gets samples of its own, and if it has reached an edge of the window or is small in it,
// a window of its own as well.
const settleQ = () => {
  if (!state.waiting) return;
  speak();
  const { centre, half, view, step } = state.window,
    { mu, sigma } = state.q;
  const atEdge =
    mu.some((v, d) => Math.abs(v - centre[d]) + REACH * sigma[d] > 0.98 * half) ||
    mu.some((v, d) => Math.abs(v - centre[d]) > 0.8 * view) ||
    sigma.some((s) => s < 1.02 * step);
  if (atEdge) ask(false, state.q, drawPool);
  else drawPool();
};
const speak = () => {
  find(".spoken").textContent =
    `log p(x) ${find(".log-p").textContent} is ELBO ${find(".elbo-value").textContent} plus KL ${find(".gap-value").textContent} nats`;
};

// Asking. At most `most` questions are out, and of those that wait only the newest is asked.
const line = (most) => {
  let out = 0,
    next = null;
  const run = async (request) => {
    out += 1;
    await send(request);
    out -= 1;
    if (next) {
      const newest = next;
      next = null;
      run(newest);
    }
  };
  return (request) => {
    if (out < most) run(request);
    else next = request;
  };
};
// Of what moves two, so that the server is never idle; what is exact takes seconds, and keeps
// nothing that moves waiting.
const lines = { live: line(2), rest: line(1) };
let asks = 0,
  shown = 0;
const ask = (live, q = null, then = null) => {
  asks += 1;
  lines[live ? "live" : "rest"]({ number: asks, live, q, then, turn, model: state.model });
};
// An answer that is older than what is shown is dropped.
const send = async ({ number, live, q, then, turn: mine, model }) => {
  const late = () => number < shown || model !== state.model || (mine !== turn && !live);
  if (late()) return;
  const answer = await asked(() => server.see_posterior(question({ live, q })));
  if (late()) return;
  if (answer.error) {
    complain(answer.error);
    return;
  }
  shown = number;
  take(answer, live, q);
  if (then) then();
};
const take = (answer, live, q) => {
  state.seen = { ...answer, live };
  state.window = readWindow(answer.window);
  if (!state.own) state.q = answer.encoder;
  else if (q) state.q = q;
  state.q = state.own ? held(state.q) : state.q;
  panels.classList.toggle("moving", live);
  paint(find(".digit"), bytesOf(answer.pixels), 28, 28);
  drawMaps();
  showNumbers();
  showWhere();
  element.dataset.from = live ? "moving" : "rest";
  if (!live) {
    say("");
    speak();
  }
};

// Importance samples of the shown q. They come in parts, so that the chart grows and a newer digit
// need not wait.
let pool = 0;
const emptyPool = () => {
  state.logs = new Float64Array(0);
  state.places = [];
  awaitRest();
};
// Samples that are still there stay, dimmed, until those of another q take their place.
const awaitRest = () => {
  pool += 1;
  state.waiting = true;
  delete element.dataset.pool;
  showClimb();
};
const drawPool = async () => {
  const parts = props.draws / props.part,
    q = state.own ? state.q : null;
  awaitRest();
  const mine = pool;
  for (let part = 0; part < parts; part++) {
    const answer = await asked(() => server.draw_weights(question({ q, draw: state.draw, part })));
    if (mine !== pool) return;
    if (!open) {
      stale = true;
      return;
    }
    if (answer.error) {
      complain(answer.error);
      return;
    }
    const logs = new Float64Array(bytesOf(answer.log_weights).buffer);
    const before = part ? state.logs : [];
    state.logs = new Float64Array(before.length + logs.length);
    state.logs.set(before);
    state.logs.set(logs, before.length);
    state.places = [...(part ? state.places : []), ...(answer.z ?? [])];
    state.waiting = false;
    state.klPrior = answer.kl;
    if (!isFlat()) {
      paint(find(".digit"), bytesOf(answer.pixels), 28, 28);
      element.dataset.from = "rest";
    }
    showClimb();
    if (isFlat() && state.window) drawQ();
  }
  element.dataset.pool = state.logs.length;
};
const showClimb = () => {
  const { logs } = state,
    n = logs.length,
    k = COUNTS[state.k];
  find(".k-value").textContent = k;
  const bound = find(".bound"),
    chart = find(".climb");
  panels.classList.toggle("waiting", state.waiting);
  if (!n) {
    bound.textContent = `The samples follow${state.moving ? " once the digit rests" : ""}.`;
    chart.innerHTML = "";
    return;
  }
  const points = COUNTS.map((count) => ({ count, ...iwaeOf(logs, count) }));
  const found = evidenceOf(logs),
    now = points[state.k];
  const truth = isFlat() && state.seen ? state.seen.log_p : found.value;
  drawClimb(chart, points, now, truth, found);
  const error = (e) => (e < 0.005 ? "< 0.01" : e.toFixed(2));
  const count = n.toLocaleString("en");
  bound.textContent = state.waiting
    ? "Samples of this q follow once it rests."
    : `L${subscript(k)} = ${written(now.mean)} ± ${error(now.error)}, the mean of ${Math.floor(n / k).toLocaleString("en")} groups of ${k}. ` +
      `All ${count}: ${written(found.value)} ± ${error(found.error)}, as good as ${Math.max(1, Math.round(found.effective)).toLocaleString("en")} from the posterior itself${found.effective < FEW ? ", too few to trust the error" : ""}.`;
  bound.title = "Effective sample size: (sum of the weights)² over the sum of their squares";
  if (!isFlat()) showEstimates(found, points[0], n);
};
const subscript = (k) => [...String(k)].map((d) => "₀₁₂₃₄₅₆₇₈₉"[d]).join("");
const showEstimates = (found, first, n) => {
  showIdentity({ logP: found.value, elbo: first.mean, gap: found.value - first.mean }, "≈ ");
  const error = Math.hypot(found.error, first.error);
  find(".parts").textContent =
    `log p(x) ± ${found.error.toFixed(2)}, ELBO ± ${first.error.toFixed(2)}, KL ± ${error.toFixed(2)} (standard errors). KL(q‖p(z)) ${written(state.klPrior)}.`;
  find(".residual").textContent =
    `No grid in ${state.model.latent} dimensions: log p(x) is estimated by ${n.toLocaleString("en")} samples, on average from below, and the KL is what is left.`;
};
const drawClimb = (chart, points, now, truth, found) => {
  const low = Math.min(points[0].mean, now.mean),
    span = Math.max(truth, points.at(-1).mean) - low || 1;
  const [left, right, top, bottom] = [56, 350, 18, 120];
  const x = (count) => left + ((right - left) * Math.log(count)) / Math.log(500);
  const y = (v) => bottom - ((bottom - top) * (v - low)) / span;
  const ticks = [1, 5, 20, 100, 500]
    .map(
      (c) =>
        `<text x="${x(c)}" y="${bottom + 20}" text-anchor="middle" class="quiet">${c}</text><line x1="${x(c)}" x2="${x(c)}" y1="${bottom}" y2="${bottom + 5}" stroke="var(--line)"></line>`,
    )
    .join("");
  const line = points.map(({ count, mean }) => `${x(count)},${y(mean)}`).join(" ");
  const bars = points
    .map(
      ({ count, mean, error }) =>
        `<line x1="${x(count)}" x2="${x(count)}" y1="${y(mean - error)}" y2="${y(mean + error)}" stroke="var(--q)" stroke-width="2"></line>`,
    )
    .join("");
  chart.innerHTML = `${ticks}
    <text x="${left - 8}" y="${bottom + 5}" text-anchor="end" class="quiet">${written(low, 1)}</text>
    <text x="${left - 8}" y="${y(truth) + 5}" text-anchor="end">${written(truth, 1)}</text>
    <line x1="${left}" x2="${right}" y1="${y(truth)}" y2="${y(truth)}" stroke="var(--ink)" stroke-width="2" stroke-dasharray="${isFlat() ? "none" : "6 4"}"></line>
    <text x="${left + 4}" y="${y(truth) - 5}">log p(x) ${isFlat() ? "by quadrature" : `± ${found.error.toFixed(2)}`}</text>
    <text x="${left + 40}" y="${bottom - 1}" style="fill: var(--elbo)">ELBO at K = 1</text>
    ${bars}<polyline points="${line}" fill="none" stroke="var(--q)" stroke-width="2.5"></polyline>
    <circle cx="${x(now.count)}" cy="${y(now.mean)}" r="6" fill="var(--q)" stroke="var(--raised)" stroke-width="2"></circle>
    <text x="${left - 14}" y="${bottom + 20}" text-anchor="end" class="quiet">K =</text>`;
};

// The digit, the model, and what a visitor does.
const refresh = (live = false) => {
  if (!state.digit) return say("Draw or pick a digit first.");
  if (!open) {
    stale = true;
    return;
  }
  stale = false;
  turn += 1;
  state.own = false;
  state.moving = live;
  emptyPool();
  if (isFlat()) {
    // A quick look first; what is exact follows when nothing moves any more.
    ask(true);
    if (!live) {
      ask(false, null, drawPool);
      if (!state.seen) say("Summing the grid…");
    }
  } else if (!live) drawPool();
};
const DEFAULT = props.models[0]?.name;
const readModel = (text) =>
  readName(text, (name) => props.models.some((model) => model.name === name));
const showModel = (name) => {
  state.model = props.models.find((model) => model.name === name);
  for (const button of element.querySelectorAll("[data-model]"))
    button.setAttribute("aria-checked", button.dataset.model === name);
  overview = null;
  state.seen = state.window = null;
  delete element.dataset.from;
  for (const part of element.querySelectorAll(".identity output, .levels, .parts, .residual"))
    part.replaceChildren();
  const flat = isFlat();
  panels.classList.toggle("flat-less", !flat);
  for (const part of [".zoom", ".overview", "[data-do=encoder]", "[data-do=best]"])
    find(part).hidden = !flat;
  find(".no-map").hidden = flat;
  refresh();
};
const showBest = async () => {
  const mine = turn;
  say("Searching…");
  const answer = await asked(() => server.find_best(question({})));
  if (mine !== turn) return;
  if (answer.error) return complain(answer.error);
  say("");
  state.own = true;
  ask(false, answer, drawPool);
};
const ACTIONS = {
  encoder: () => {
    state.own = false;
    awaitRest();
    ask(false, null, drawPool);
  },
  best: showBest,
  binarize: () => {
    state.seed += 1;
    refresh();
  },
  draw: () => {
    state.draw += 1;
    drawPool();
  },
};
element.addEventListener("click", (event) => {
  const { do: action, model } = event.target.dataset;
  if (action && state.digit) ACTIONS[action]();
  if (model) {
    showModel(model);
    remember({ gap: model === DEFAULT ? "" : writeNames([model]) });
  }
});
find(".k").addEventListener("input", (event) => {
  state.k = Number(event.target.value);
  showClimb();
  if (isFlat() && state.window) drawQ();
});

// Hands on q.
const codeAt = (event) => {
  const box = find(".zoom .plot").getBoundingClientRect();
  return zoom.toCode(event.clientX - box.left, event.clientY - box.top);
};
const moved = (which, z) => {
  const { mu, sigma } = state.q;
  if (which === "mean") return { mu: z, sigma };
  const d = Number(which);
  return { mu, sigma: sigma.map((s, i) => (i === d ? Math.abs(z[d] - mu[d]) / 2 : s)) };
};
for (const handle of element.querySelectorAll(".handle")) {
  const { handle: which } = handle.dataset;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary || !state.q) return;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) putQ(moved(which, codeAt(event)));
  });
  handle.addEventListener("lostpointercapture", () => settleQ());
  handle.addEventListener("keydown", (event) => {
    const by = state.window?.view * (event.shiftKey ? 0.1 : 0.02);
    const step = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, by],
      ArrowDown: [0, -by],
    }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { mu, sigma } = state.q;
    if (which === "mean") putQ({ mu: mu.map((v, d) => v + step[d]), sigma });
    else
      putQ({
        mu,
        sigma: sigma.map((s, d) =>
          d === Number(which) ? Math.max(s + step[0] + step[1], 1e-3) : s,
        ),
      });
  });
  handle.addEventListener("keyup", () => {
    if (state.window) settleQ();
  });
}

new MutationObserver(() => {
  forgetColours();
  overview = null;
  drawMaps();
  showClimb();
}).observe(document.body, { attributeFilter: ["class"] });
new ResizeObserver(() => {
  overview = null;
  drawMaps();
}).observe(panels);
// A pen may rest before it is lifted, and nobody tells of that.
const takeDigit = (digit) => {
  clearTimeout(resting);
  state.digit = digit;
  refresh(digit.live);
  if (digit.live) resting = setTimeout(refresh, REST);
};
document.addEventListener("latent-lab:digit", ({ detail }) => takeDigit(detail));
document.addEventListener("latent-lab:view", ({ detail }) => {
  open = detail === VIEW;
  if (open && stale && state.digit) refresh();
});
if (props.models.length) {
  find("[data-group=models]").append(
    ...props.models.map(({ name }) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: name });
      button.setAttribute("role", "radio");
      button.dataset.model = name;
      return button;
    }),
  );
  state.digit = window.latentLabDigit ?? null;
  showModel(linked("gap", readModel) ?? DEFAULT);
} else {
  for (const part of element.children) part.hidden = !part.matches(".bar");
  complain("There is no VAE of binary digits to look at; train one, for example vae-2.");
}
