// One image's q(z|x) = N(mu, diag sigma^2) in a visitor's hands. The picture is decoded in the page;
// the gradients are autograd's, on the server: nothing of them is worked out here.
const state = {
  mu: [0, 0],
  sigma: [0.1, 0.1],
  epsilon: [0.8, -0.6],
  trick: true,
  found: null,
  pixels: null,
  encoded: null,
  seed: 1,
  of: 0,
};
const MOST_EPSILON = 3,
  LEAST_SIGMA = 0.005,
  MOST_SIGMA = 2,
  MOST_MU = 3;
const said = element.querySelector(".said");
const say = (text, wrong = false) => {
  said.textContent = text;
  said.classList.toggle("wrong", wrong);
};
const complain = (text) => say(text, true);
// Three significant digits, no exponent.
const significant = (v) => {
  const round = Number(v.toPrecision(3));
  return (Math.abs(round) >= 1000 ? round.toLocaleString("en") : String(round)).replace("-", "−");
};
const placeOf = () => state.mu.map((m, i) => m + state.sigma[i] * state.epsilon[i]);
const plane = element.querySelector(".plane");
const isOpen = () => plane.clientWidth > 0;

// The picture.
const decoder = part(props.decoder);
const inPage = () => decoder.run !== null && !decoding.onServer;
const frame = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
const picture = screen(frame);
const binary = document.createElement("canvas");
const graph = computationGraph(element.querySelector(".graph svg"));
const drawGraph = () =>
  graph.draw({
    ...state,
    z: placeOf(),
    picture: frame.toDataURL(),
    x: state.encoded && binary.toDataURL(),
  });
const askPicture = latestOnly(
  (z) => server.decode_codes({ models: [props.model], z: [z] }),
  ({ pixels }) => {
    picture.showBytes(bytesOf(pixels[0]));
    drawGraph();
  },
  complain,
);

// The gradients, for what is shown now.
const question = () => ({
  pixels: state.pixels,
  mu: state.mu,
  sigma: state.sigma,
  epsilon: state.epsilon,
  trick: state.trick,
});
const askGradients = latestOnly(
  (asking) => server.find_gradients(asking),
  (found) => {
    state.found = found;
    drawGraph();
    drawPlane();
  },
  complain,
);
const refresh = oncePerFrame(() => {
  if (!state.encoded) return;
  const z = placeOf();
  if (inPage()) picture.show(decoder.run(z));
  else if (decoding.onServer || decoder.failed) askPicture(z);
  for (const dial of dials) dial.show();
  drawPlane();
  drawGraph();
  askGradients(question());
});

// The plane of z, at a scale that q fits: centre and half a side.
const LEFT = 46,
  SIDE = 262,
  TOP = 4;
let view = { centre: [0, 0], half: 1 };
const frameView = () => {
  const wanted = 3.4 * Math.max(...state.sigma),
    far = Math.max(...state.mu.map((m, i) => Math.abs(m - view.centre[i])));
  if (view.half > 2.2 * wanted || view.half < wanted / 1.6 || far > 0.7 * view.half)
    view = { centre: [...state.mu], half: wanted };
};
const toPixel = (z) => [
  LEFT + (((z[0] - view.centre[0] + view.half) / view.half) * SIDE) / 2,
  TOP + (((view.centre[1] + view.half - z[1]) / view.half) * SIDE) / 2,
];
const toCode = (x, y) => [
  view.centre[0] + (((x - LEFT) * 2) / SIDE - 1) * view.half,
  view.centre[1] - (((y - TOP) * 2) / SIDE - 1) * view.half,
];
const roundBelow = (v) => {
  const power = 10 ** Math.floor(Math.log10(v));
  return power * [5, 2, 1].find((m) => m * power <= v * (1 + 1e-9));
};
const ticks = () => {
  const step = roundBelow(0.75 * view.half),
    digits = Math.max(0, Math.ceil(-Math.log10(step)));
  const along = (c) => {
    const first = Math.ceil((c - view.half) / step),
      last = Math.floor((c + view.half) / step);
    return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  };
  const write = (v) => written(v, digits),
    bottom = TOP + SIDE;
  const across = along(view.centre[0]).map((v) => {
    const [x] = toPixel([v, 0]);
    return `<path class="tick" d="M${x} ${bottom}v4"/>${x < LEFT + SIDE - 34 ? `<text x="${x}" y="${bottom + 19}" text-anchor="middle">${write(v)}</text>` : ""}`;
  });
  const up = along(view.centre[1]).map((v) => {
    const [, y] = toPixel([0, v]);
    return `<path class="tick" d="M${LEFT} ${y}h-4"/>${y > TOP + 24 ? `<text x="${LEFT - 6}" y="${y + 5}" text-anchor="end">${write(v)}</text>` : ""}`;
  });
  return (
    [...across, ...up].join("") +
    `<text x="${LEFT + SIDE}" y="${bottom + 19}" text-anchor="end">z₁</text><text x="${LEFT - 6}" y="${TOP + 14}" text-anchor="end">z₂</text>`
  );
};
// An arrow from a pixel, as long as the descent is steep: [dx, dy] in pixels.
const pull = ([x, y], [dx, dy], name) => {
  const length = Math.hypot(dx, dy);
  if (length < 1) return "";
  const [ux, uy] = [dx / length, dy / length],
    [ex, ey] = [x + dx, y + dy],
    head = Math.min(11, 0.6 * length + 3);
  const [bx, by] = [ex - head * ux, ey - head * uy];
  return `<path class="pull ${name}" d="M${x} ${y}L${bx} ${by}"/><path class="pull head ${name}" d="M${ex} ${ey}L${bx - 0.55 * head * uy} ${by + 0.55 * head * ux}L${bx + 0.55 * head * uy} ${by - 0.55 * head * ux}Z"/>`;
};
// All arrows share one scale, a round one, and the steepest is about a third of the plane.
const pulls = () => {
  const { found, mu, sigma } = state;
  if (!found) return "";
  const steepest = Math.max(1e-9, ...found.byZ.map(Math.abs), ...found.total.flat().map(Math.abs));
  const unit = roundBelow(steepest * 1.5),
    scale = SIDE / 4 / unit,
    down = ([gx, gy]) => [-gx * scale, gy * scale];
  const [bySigma1, bySigma2] = found.total[1];
  const legend = `<path class="pull ink" d="M${LEFT + 10} ${TOP + SIDE - 12}h${SIDE / 4}"/><text x="${LEFT + 18 + SIDE / 4}" y="${TOP + SIDE - 7}">${significant(unit)} nats per unit</text>`;
  return (
    pull(toPixel([mu[0] + sigma[0], mu[1]]), down([bySigma1, 0]), "sigma") +
    pull(toPixel([mu[0], mu[1] + sigma[1]]), down([0, bySigma2]), "sigma") +
    pull(toPixel(placeOf()), down(found.byZ), "z") +
    pull(toPixel(mu), down(found.total[0]), "mu") +
    legend
  );
};
const drawPlane = () => {
  if (!grip) frameView();
  const { mu, sigma } = state,
    z = placeOf(),
    [mx, my] = toPixel(mu),
    [zx, zy] = toPixel(z);
  const perUnit = SIDE / 2 / view.half,
    [rx, ry] = sigma.map((s) => s * perUnit);
  const ellipse = (n, name) =>
    `<ellipse class="spread ${name}" cx="${mx}" cy="${my}" rx="${n * rx}" ry="${n * ry}"/>`;
  const dot = ([x, y], r, name) => `<circle class="dot ${name}" cx="${x}" cy="${y}" r="${r}"/>`;
  const name = (x, y, text, colour) =>
    `<text class="name ${colour}" x="${x}" y="${y}" text-anchor="middle">${text}</text>`;
  plane.innerHTML = `<clipPath id="${element.id}-clip"><rect x="${LEFT}" y="${TOP}" width="${SIDE}" height="${SIDE}"/></clipPath>
    <rect class="ground" x="${LEFT}" y="${TOP}" width="${SIDE}" height="${SIDE}"/>${ticks()}
    <g clip-path="url(#${element.id}-clip)">${ellipse(2, "two")}${ellipse(1, "one")}
      <path class="noise" d="M${mx} ${my}L${zx} ${zy}"/>${Math.hypot(zx - mx, zy - my) > 60 ? name((mx + zx) / 2 + 12, (my + zy) / 2 - 6, "σ·ε", "epsilon") : ""}
      ${pulls()}${dot([mx + rx, my], 6, "sigma")}${dot([mx, my - ry], 6, "sigma")}${dot([mx, my], 8, "mu")}${dot([zx, zy], 8, "z")}
      ${name(mx - 4, my - 14, "μ", "mu")}${name(mx + rx + 4, my + 24, "σ₁", "sigma")}${name(mx - 20, my - ry - 2, "σ₂", "sigma")}${name(zx, zy + 24, "z", "z")}</g>`;
};

// Hands: what is nearest to where the finger comes down moves with it.
let grip = null;
const GRIPS = {
  z: (at) => {
    state.epsilon = at.map((v, i) =>
      clamp((v - state.mu[i]) / state.sigma[i], -MOST_EPSILON, MOST_EPSILON),
    );
  },
  mu: (at) => {
    state.mu = at.map((v) => clamp(v, -MOST_MU, MOST_MU));
  },
  sigma0: (at) => {
    state.sigma[0] = clamp(Math.abs(at[0] - state.mu[0]), LEAST_SIGMA, MOST_SIGMA);
  },
  sigma1: (at) => {
    state.sigma[1] = clamp(Math.abs(at[1] - state.mu[1]), LEAST_SIGMA, MOST_SIGMA);
  },
};
const pixelUnder = ({ clientX, clientY }) => {
  const box = plane.getBoundingClientRect();
  return [clientX - box.left, clientY - box.top];
};
const nearestGrip = ([x, y]) => {
  const { mu, sigma } = state;
  const at = {
    z: placeOf(),
    mu,
    sigma0: [mu[0] + sigma[0], mu[1]],
    sigma1: [mu[0], mu[1] + sigma[1]],
  };
  const away = Object.entries(at).map(([name, z]) => {
    const [u, v] = toPixel(z);
    return [Math.hypot(u - x, v - y), name];
  });
  const [distance, name] = away.sort((a, b) => a[0] - b[0])[0];
  return distance < 40 ? name : null;
};
plane.addEventListener("pointerdown", (event) => {
  if (event.button || !event.isPrimary || !state.encoded) return;
  grip = nearestGrip(pixelUnder(event));
  if (grip) plane.setPointerCapture(event.pointerId);
});
plane.addEventListener("pointermove", (event) => {
  if (!grip || !plane.hasPointerCapture(event.pointerId)) return;
  GRIPS[grip](toCode(...pixelUnder(event)));
  moved();
});
const letGo = () => {
  grip = null;
  refresh();
};
plane.addEventListener("pointerup", letGo);
plane.addEventListener("pointercancel", letGo);

// A slider for each number; sigma's is logarithmic.
const exponent = { read: (v) => Math.exp(v), write: Math.log };
const plain = { read: (v) => v, write: (v) => v };
const dialOf = (name, letter, i, [low, high], { read, write }) => {
  const root = document.createElement("div");
  root.className = "dial";
  root.style.setProperty("--own", `var(--${name})`);
  root.innerHTML = `<label>${letter}${"₁₂"[i]}</label><input type="range" min="${write(low)}" max="${write(high)}" step="any"><output></output>`;
  const input = root.querySelector("input");
  input.id = `${element.id}-${name}-${i}`;
  root.querySelector("label").htmlFor = input.id;
  const stride = (write(high) - write(low)) / 200;
  // Steps for the keys; a mouse goes anywhere between.
  input.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    input.value = Number(input.value) + by * stride;
    input.dispatchEvent(new Event("input"));
  });
  input.addEventListener("input", () => {
    state[name][i] = clamp(read(Number(input.value)), low, high);
    moved();
  });
  const show = () => {
    const value = state[name][i],
      text = written(value, name === "epsilon" ? 2 : 3);
    input.value = write(value);
    input.setAttribute("aria-valuetext", text);
    root.querySelector("output").textContent = text;
  };
  return { root, show };
};
const dials = [0, 1]
  .map((i) => dialOf("mu", "μ", i, [-MOST_MU, MOST_MU], plain))
  .concat([0, 1].map((i) => dialOf("sigma", "σ", i, [LEAST_SIGMA, MOST_SIGMA], exponent)))
  .concat([0, 1].map((i) => dialOf("epsilon", "ε", i, [-MOST_EPSILON, MOST_EPSILON], plain)));
const note = Object.assign(document.createElement("p"), {
  className: "note",
  textContent:
    "f = −log p(x|z) in nats. Arrows point downhill: −∂f/∂z at z, −∂L/∂μ at μ, −∂L/∂σ at the ends of the ellipse.",
});
element.querySelector(".dials").append(...dials.map(({ root }) => root), note);

// Something other than epsilon moved: the estimators start anew once it has come to rest.
let resting = null;
const moved = () => {
  stats = freshStats();
  drawSeed = 0;
  drawEstimators();
  clearTimeout(resting);
  resting = setTimeout(() => {
    if (isOpen() && !running) moreDraws(4);
  }, 500);
  refresh();
};

// Epsilon anew.
const newEpsilon = () => {
  state.epsilon = [...standardNormals(state.seed++, 2)].map((e) =>
    clamp(e, -MOST_EPSILON, MOST_EPSILON),
  );
};
let playing = null;
const press = (action, on) =>
  element.querySelector(`[data-do="${action}"]`).setAttribute("aria-pressed", String(on));
const play = (on) => {
  clearInterval(playing);
  playing = on
    ? setInterval(() => {
        if (isOpen()) {
          newEpsilon();
          refresh();
        } else play(false);
      }, 350)
    : null;
  press("play", on);
};

// A step of natural gradient descent (Amari 1998) on mu and log sigma: a step in mu is measured in
// sigmas, or the narrow q of a digit would need steps of another size than a wide one. No step goes
// further than half a sigma.
const RATE = 0.3,
  FARTHEST = 0.5;
const descend = ({ total: [byMu, bySigma] }) => {
  state.mu = state.mu.map((m, i) =>
    clamp(
      m - clamp(RATE * state.sigma[i] * byMu[i], -FARTHEST, FARTHEST) * state.sigma[i],
      -MOST_MU,
      MOST_MU,
    ),
  );
  state.sigma = state.sigma.map((s, i) =>
    clamp(
      s * Math.exp(-clamp((RATE / 2) * s * bySigma[i], -FARTHEST, FARTHEST)),
      LEAST_SIGMA,
      MOST_SIGMA,
    ),
  );
};
let stepping = false;
const steps = async (count, anew) => {
  if (stepping || !state.encoded) return;
  stepping = true;
  let first = null,
    last = null;
  for (let i = 0; i <= count; i++) {
    if (i && anew) newEpsilon();
    const found = await asked(() => server.find_gradients(question()));
    if (found.error) {
      complain(found.error);
      break;
    }
    first ??= found;
    last = found;
    if (i < count) descend(found);
    moved();
    await nextFrame();
  }
  stepping = false;
  if (!last) return;
  const loss = (found) => (found.reconstruction + found.kl).toFixed(1);
  const how = state.trick ? "" : "; only the KL was followed";
  say(`L: ${loss(first)} → ${loss(last)} nats${how}.`);
};

// The estimators: running moments of the gradient in all four parameters, and the last draws.
const ESTIMATORS = [
  ["pathwise", "reparameterized", "var(--z)"],
  ["score", "score function", "var(--p)"],
  ["baseline", "with a mean baseline", "var(--kl)"],
];
const BATCH = 64,
  KEPT = 256;
const freshStats = () =>
  Object.fromEntries(
    ESTIMATORS.map(([name]) => [
      name,
      Array.from({ length: 4 }, () => ({ count: 0, mean: 0, squares: 0, last: [] })),
    ]),
  );
let stats = freshStats(),
  drawSeed = 0,
  running = false;
const add = (moments, values) => {
  for (const v of values) {
    const from = v - moments.mean;
    moments.count += 1;
    moments.mean += from / moments.count;
    moments.squares += from * (v - moments.mean);
  }
  moments.last = [...moments.last, ...values].slice(-KEPT);
};
const variance = ({ squares, count }) => squares / (count - 1);
const rows = ESTIMATORS.map(([name, title, colour]) => {
  const root = document.createElement("div");
  root.className = "estimator";
  root.dataset.name = name;
  root.style.setProperty("--own", colour);
  root.innerHTML = `<h4>${title}<span></span></h4><svg role="img"></svg><div class="log"></div>`;
  return { name, title, root };
});
element.querySelector(".estimators").append(...rows.map(({ root }) => root));

const drawEstimators = () => {
  const now = Object.fromEntries(rows.map(({ name }) => [name, stats[name][state.of]]));
  const most = Math.max(1e-9, ...Object.values(now).flatMap(({ last }) => last.map(Math.abs)));
  const largest = Math.max(10, ...rows.map(({ name }) => variance(now[name]) || 0));
  for (const { name, title, root } of rows) {
    const moments = now[name],
      strip = root.querySelector("svg"),
      room = strip.clientWidth || 400;
    const x = (v) => room / 2 + (v / most) * (room / 2 - 8);
    const dots = moments.last
      .map((v, i) => `<circle cx="${x(v).toFixed(1)}" cy="${6 + ((i * 7919) % 17)}" r="2.5"/>`)
      .join("");
    strip.innerHTML = `<path class="axis" d="M${room / 2} 0V28"/>${dots}${moments.count ? `<path class="mean" d="M${x(moments.mean)} 2v24"/>` : ""}`;
    const error = Math.sqrt(variance(moments) / moments.count);
    const text = moments.count
      ? `mean ${significant(moments.mean)} ± ${significant(error)}, variance ${significant(variance(moments))}`
      : "";
    root.querySelector("span").textContent = text;
    strip.setAttribute("aria-label", `${title}: ${text}`);
    root.querySelector(".log").style.width =
      `${moments.count ? (100 * Math.log10(1 + variance(moments))) / Math.log10(1 + largest) : 0}%`;
    Object.assign(root.dataset, {
      count: moments.count,
      mean: moments.mean,
      variance: variance(moments),
    });
  }
  element.querySelector(".verdict").textContent = verdict(now, most);
};
const times = (v) => `×${significant(v)}`;
const verdict = ({ pathwise, score, baseline }, most) => {
  if (!pathwise.count) return "";
  const away =
    Math.abs(score.mean - pathwise.mean) /
    Math.sqrt((variance(score) + variance(pathwise)) / score.count);
  const ratio = (other) => times(variance(other) / variance(pathwise));
  return (
    `${pathwise.count.toLocaleString("en")} draws. Strips span ±${significant(most)}; bars show the variance, log scale. The score function's is ` +
    `${ratio(score)}, with a baseline ${ratio(baseline)}. Its mean is ${away.toFixed(1)} standard errors from the reparameterized mean.`
  );
};
const moreDraws = async (batches) => {
  for (let i = 0; i < batches && isOpen() && state.encoded; i++) {
    const mine = stats,
      { trick, epsilon, ...asking } = question();
    const answer = await asked(() =>
      server.compare_estimators({ ...asking, seed: drawSeed++, count: BATCH }),
    );
    if (answer.error) return complain(answer.error);
    if (mine !== stats) return; // mu or sigma has moved on
    for (const { name } of rows) answer[name].forEach((values, of) => add(stats[name][of], values));
    drawEstimators();
  }
};
const run = async (on) => {
  running = on;
  press("run", on);
  while (running && isOpen()) {
    await moreDraws(1);
    await nextFrame();
  }
  running = false;
  press("run", false);
};

// The digit and its q(z|x).
const backToEncoder = () => {
  Object.assign(state, { mu: [...state.encoded.mu], sigma: [...state.encoded.sigma] });
  moved();
};
const askEncoder = latestOnly(
  (pixels) => server.encode_binarized({ pixels }),
  (encoded, pixels) => {
    paint(binary, bytesOf(encoded.x), 28, 28);
    Object.assign(state, { encoded, pixels, found: null });
    say("");
    backToEncoder();
  },
  complain,
);
const followDigit = () => {
  const digit = window.latentLabDigit;
  if (!digit || !isOpen()) return;
  const pixels = textOf(digit.pixels);
  if (pixels !== state.pixels) askEncoder(pixels);
};
document.addEventListener("latent-lab:digit", followDigit);
document.addEventListener("latent-lab:decoding", () => {
  if (isOpen()) refresh();
});
new ResizeObserver(() => {
  followDigit();
  if (isOpen()) {
    refresh();
    drawEstimators();
  }
}).observe(element.querySelector(".row"));
state.trick = linked("trick", (text) => (text === "off" ? false : undefined)) ?? true;
element.querySelector("[data-switch]").checked = state.trick;
decoder.load().then(refresh);

const ACTIONS = {
  draw: () => {
    newEpsilon();
    refresh();
  },
  play: () => play(!playing),
  step: () => steps(1, false),
  steps: () => steps(20, true),
  back: () => {
    if (state.encoded) {
      say("");
      backToEncoder();
    }
  },
  more: () => moreDraws(1),
  run: () => run(!running),
};
element.addEventListener("click", ({ target }) => ACTIONS[target.dataset.do]?.());
element.querySelector("[data-switch]").addEventListener("change", ({ target }) => {
  state.trick = target.checked;
  remember({ trick: state.trick ? "" : "off" });
  say(state.trick ? "" : "A draw has no derivative: only the KL's gradient is left.");
  refresh();
});
element.querySelector("select").addEventListener("change", ({ target }) => {
  state.of = Number(target.value);
  drawEstimators();
});
