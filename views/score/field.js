const TITLE = "Score";
const { weights, means, std, sigma: TRAINED, size: SLOPE, difference } = props.field;
const SPACE = 25,
  SHRINK = 0.3; // pixels between arrows; a field's arrow is this share of its step
const WALKERS = 200,
  STEPS = 300,
  STRIDE = 0.001; // of sampling: the variance of a step's noise
const START = [0.2, 0.62]; // the point
const state = {
  x: START,
  sigma: TRAINED,
  network: true,
  exact: true,
  open: true,
  path: [],
  walkers: [],
  steps: 0,
  running: 0,
  seed: 0,
};
const plot = find(".plot"),
  networkBox = find("[data-field=network]");
const [ground, top] = plot.querySelectorAll("canvas");
const pair = ([a, b], digits = 3) => `(${written(a, digits)}, ${written(b, digits)})`;
const plus = ([a, b], [c, d], share = 1) => [a + share * c, b + share * d];

// The theme's colours, read anew after the light was switched.
let palette = {};
const css = (name) =>
  (palette[name] ??= getComputedStyle(document.body).getPropertyValue(name).trim());

// grad log p_sigma in closed form: as models/mixture.py has it.
const parts = ([x, y], sigma) => {
  const variance = std ** 2 + sigma ** 2;
  const all = means.map(
    ([a, b], k) => weights[k] * Math.exp((-0.5 * ((x - a) ** 2 + (y - b) ** 2)) / variance),
  );
  return { all, variance, total: all.reduce((a, b) => a + b) };
};
const exactScore = (x, sigma) => {
  const { all, variance, total } = parts(x, sigma);
  if (total === 0) return [0, 0];
  return [0, 1].map(
    (axis) =>
      all.reduce((sum, w, k) => sum + (w / total) * (means[k][axis] - x[axis]), 0) / variance,
  );
};

// The denoiser, run in this page.
const encoder = part(props.field.encoder),
  decoder = part(props.field.decoder);
const ready = () => encoder.run && decoder.run;
const restored = (x) => [...decoder.run(encoder.run(x))];
const networkScore = (x) => plus(restored(x), x, -1).map((v) => v / TRAINED ** 2);
const trained = () => Math.abs(state.sigma - TRAINED) < 1e-9;
const learned = () => state.network && trained() && ready();
// What walks and samples: the network where it is shown, else the exact field.
const score = (x) => (learned() ? networkScore(x) : exactScore(x, state.sigma));

// Drawing: the unit square with its origin at the lower left.
let side = 0;
const toPixel = ([x, y]) => [x * side, (1 - y) * side];
const arrow = (pen, from, to, colour, width) => {
  const [x0, y0] = toPixel(from),
    [x1, y1] = toPixel(to),
    length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 1) return;
  const head = Math.min(6 + width, 0.6 * length),
    [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1 - 0.7 * head * dx, y1 - 0.7 * head * dy);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(x1, y1);
  for (const turn of [0.45, -0.45])
    pen.lineTo(x1 - head * (dx - turn * dy), y1 - head * (dy + turn * dx));
  pen.fill();
};
const shade = (pen) => {
  const cells = 105,
    image = new ImageData(cells, cells),
    peak = weights[0];
  const dark = document.body.classList.contains("dark") ? 255 : 0;
  for (let i = 0; i < cells * cells; i++) {
    const { total, variance } = parts(
      [((i % cells) + 0.5) / cells, 1 - (Math.floor(i / cells) + 0.5) / cells],
      state.sigma,
    );
    const height = total / peak;
    image.data.set([dark, dark, dark, 95 * Math.min(height, 1)], 4 * i);
  }
  const sheet = document.createElement("canvas");
  sheet.width = sheet.height = cells;
  sheet.getContext("2d").putImageData(image, 0, 0);
  pen.drawImage(sheet, 0, 0, side, side);
};
const drawGround = () => {
  const pen = ground.getContext("2d");
  pen.clearRect(0, 0, side, side);
  shade(pen);
  const across = Math.floor(side / SPACE);
  const places = Array.from({ length: across ** 2 }, (_, i) => [
    ((i % across) + 0.5) / across,
    (Math.floor(i / across) + 0.5) / across,
  ]);
  const step = SHRINK * state.sigma ** 2;
  if (state.exact)
    for (const x of places)
      arrow(pen, x, plus(x, exactScore(x, state.sigma), step), css("--p"), 3.5);
  if (learned())
    for (const x of places) arrow(pen, x, plus(x, networkScore(x), step), css("--dae"), 1.25);
};
const disc = (pen, x, radius, colour, rim) => {
  pen.beginPath();
  pen.arc(...toPixel(x), radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
  if (rim) {
    pen.strokeStyle = rim;
    pen.lineWidth = 2;
    pen.stroke();
  }
};
const drawTop = () => {
  const pen = top.getContext("2d"),
    { x, path, sigma } = state;
  pen.clearRect(0, 0, side, side);
  for (const walker of state.walkers) disc(pen, walker, 2.5, css("--accent"), css("--ink"));
  if (path.length > 1) {
    pen.beginPath();
    for (const place of path) pen.lineTo(...toPixel(place));
    pen.strokeStyle = css("--ink");
    pen.lineWidth = 2;
    pen.stroke();
    for (const place of path) disc(pen, place, 3, css("--ink"));
  }
  if (state.exact) arrow(pen, x, plus(x, exactScore(x, sigma), sigma ** 2), css("--p"), 5);
  if (learned()) arrow(pen, x, plus(x, networkScore(x), TRAINED ** 2), css("--dae"), 2.5);
  disc(pen, x, 6, css("--raised"), css("--ink"));
};

// In words.
const percents = (shares) =>
  addingUp(
    shares.map((v) => 100 * v),
    0,
  ).parts.join(", ");
const describe = () => {
  const { x, sigma, path, walkers, steps } = state;
  const after = path.length > 1 ? `; ${path.length - 1} steps to ${pair(path.at(-1))}` : "";
  const exact = exactScore(x, sigma),
    said = [`x = ${pair(x)}`];
  if (walkers.length) {
    const nearest = walkers.map(([a, b]) => {
      const distances = means.map(([c, d]) => (a - c) ** 2 + (b - d) ** 2);
      return distances.indexOf(Math.min(...distances));
    });
    const shares = percents(
      means.map((_, k) => nearest.filter((n) => n === k).length / walkers.length),
    );
    return `${walkers.length} points after ${steps} of ${STEPS} steps x ← x + ½δ·score + √δ·ε (δ = ${STRIDE}); the clusters hold ${shares} %, of the data ${percents(weights)} %.`;
  }
  if (learned()) {
    const r = restored(x);
    said.push(
      ` → r(x) = ${pair(r)}`,
      after,
      `<br><span class="dae">network: ${pair(networkScore(x), 1)}</span>`,
    );
  }
  said.push(
    `${learned() ? " · " : `${after}<br>`}<span class="exact">exact: ${pair(exact, 1)}</span> per unit`,
  );
  return said.join("");
};
const refresh = oncePerFrame(() => {
  drawTop();
  find(".at").innerHTML = describe();
  element.dataset.at = state.x.join();
});
const FIT = `Shaded: <i>p</i><sub>σ</sub>, the data’s density blurred by noise of σ. The point’s arrows are whole steps, the others ${SHRINK} of one. The network saw only σ = ${TRAINED} and misses the exact field by ${written(difference)} of ${written(SLOPE, 1)} per unit (${written((100 * difference) / SLOPE, 1)} %, rms).`;
const OTHER = `The network was trained at σ = ${TRAINED} only, so at σ = `;
const redraw = () => {
  find(".fit").innerHTML = trained()
    ? FIT
    : `${OTHER}${written(state.sigma)} only the exact field is drawn: less noise shows finer slopes, more noise one broad hill.`;
  find(".level output").textContent = written(state.sigma);
  networkBox.disabled = !trained();
  networkBox.parentElement.title = networkBox.disabled ? `Trained at σ = ${TRAINED} only` : "";
  drawGround();
  refresh();
};
const resize = () => {
  const width = Math.floor(plot.clientWidth),
    density = window.devicePixelRatio || 1;
  if (!width || width === side) return;
  side = width;
  for (const canvas of [ground, top]) {
    canvas.width = canvas.height = Math.round(side * density);
    canvas.getContext("2d").scale(density, density);
  }
  redraw();
};

// Walking, one step a frame (or at once, for those who want no motion).
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const stop = () => {
  state.running += 1;
  state.path = [];
  state.walkers = [];
  state.steps = 0;
};
const every = async (steps, pause, act) => {
  const mine = ++state.running;
  for (let step = 0; step < steps && state.running === mine && state.open; step++) {
    if (act() === false) break;
    if (still) continue;
    refresh();
    for (let frame = 0; frame < pause; frame++) await nextFrame();
  }
  if (state.running === mine) {
    refresh();
    element.dataset.rested = mine;
  }
};
const follow = () => {
  stop();
  state.path = [state.x];
  let at = state.x;
  every(60, 5, () => {
    const step = score(at).map((v) => v * state.sigma ** 2);
    at = plus(at, step);
    state.path.push(at);
    return Math.hypot(...step) > 2e-4;
  });
};
// Unadjusted Langevin: what it draws is p_sigma, for small strides.
const sample = () => {
  stop();
  state.seed += 1;
  const next = uniforms(state.seed);
  state.walkers = Array.from({ length: WALKERS }, () => [next(), next()]);
  every(STEPS, 1, () => {
    state.steps += 1;
    state.walkers = state.walkers.map((x) =>
      plus(plus(x, score(x), 0.5 * STRIDE), normalPair(next), Math.sqrt(STRIDE)),
    );
  });
};

// Hands: mouse, finger, pen and keys.
// The point lies where its three decimals say, so that its numbers can be checked by hand.
const move = (x) => {
  stop();
  state.x = x.map((v) => Number(clamp(v, 0, 1).toFixed(3)));
  remember({ score: String(state.x) === String(START) ? "" : writeNumbers(state.x) });
  refresh();
};
const put = ({ clientX, clientY }) => {
  const box = plot.getBoundingClientRect();
  move([(clientX - box.left) / box.width, 1 - (clientY - box.top) / box.height]);
};
plot.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !event.isPrimary) return;
  plot.setPointerCapture(event.pointerId);
  put(event);
});
plot.addEventListener("pointermove", (event) => {
  if (plot.hasPointerCapture(event.pointerId)) put(event);
});
plot.addEventListener("keydown", (event) => {
  const by = event.shiftKey ? 0.1 : 0.01;
  const step = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[
    event.key
  ];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  move(plus(state.x, step));
});
element.addEventListener("click", ({ target }) => {
  const actions = {
    follow,
    sample,
    clear: () => {
      stop();
      refresh();
    },
  };
  actions[target.dataset.do]?.();
});
element.addEventListener("change", ({ target }) => {
  if (!target.dataset.field) return;
  state[target.dataset.field] = target.checked;
  redraw();
});
const level = find(".level input");
level.value = TRAINED;
level.addEventListener("input", () => {
  stop();
  state.sigma = Number(level.value);
  redraw();
});

const readPoint = (text) => {
  const point = readNumbers(text, 2, 1);
  return point?.every((v) => v >= 0) ? point : undefined;
};
const link = linked("score", readPoint);
if (link) move(link);

Promise.all([encoder.load(), decoder.load()]).then(() => {
  redraw();
  if (!ready())
    find(".fit").textContent =
      "The network did not arrive; reload the page. The exact field needs none.";
});
new ResizeObserver(resize).observe(plot);
new MutationObserver(() => {
  palette = {};
  redraw();
}).observe(document.body, { attributeFilter: ["class"] });
document.addEventListener("latent-lab:view", ({ detail }) => {
  state.open = detail === TITLE;
  if (state.open) refresh();
});
resize();
