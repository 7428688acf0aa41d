// The state: q as the visitor has moved it, from where the encoder puts it, for one digit and model.
const state = {
  model: props.start,
  pixels: null,
  turn: 0, // turn: counts digits and models; late answers tell theirs
  q: null, // the encoder's {mu, logVar}; null while it is asked for. A point mass has no logVar
  mu: [],
  logVar: null,
  draw: 0,
  drawn: false,
  loss: "sum",
  found: null, // what is shown: {mu, logVar, z, perPixel, perDimension, picture}
  atStart: null, // the objective where the encoder puts q
  open: true,
};
const FEW = 4; // dimensions
const STEPS = 9; // pictures in the strip of one dimension
const PIXELS = 784;
const MOST_LOST = 5; // nats in one pixel that take the full colour
const LEAST_SIGMA = 0.003,
  MOST_SIGMA = 2;
const MOST_NATS = 9; // at the end of the scale of the KL; a code without a prior has its own
const named = Object.fromEntries(
  [...element.querySelectorAll("[data-n]")].map((e) => [e.dataset.n, e]),
);
const said = find(".said"),
  rows = find(".dimensions");
const badge = decodingBadge(find(".where"));
const thresholds = bytesOf(props.thresholds);

const complain = (text) => {
  said.textContent = text;
  said.classList.add("wrong");
};
const say = (text) => {
  said.textContent = text;
  said.classList.remove("wrong");
};
const put = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};
const model = () => props.models[state.model];
const dimensions = () => model().spans.length;
const sigmaOf = (logVar) => Math.exp(0.5 * logVar);

// The networks of the models that were chosen so far.
const networks = {};
const parts = (name = state.model) =>
  (networks[name] ??= {
    decoder: part(props.models[name].decoder),
    encoder: part(props.models[name].encoder),
  });
const inPage = (which) => which.run !== null && !decoding.onServer;

// The digit as p(x|z) is asked about it, and as the encoder sees it.
const target = () =>
  Float32Array.from(
    state.pixels,
    model().binary ? (v, i) => Number(v >= thresholds[i]) : (v) => v / 255,
  );
const seen = (x) => (model().shift ? x.map((v, i) => clamp(v + model().shift[i], 0, 1)) : x);

// log p(x|z) from the decoder's features: log-odds, or a mean and a log variance.
const lostBinary = (x, odds, lost) => {
  for (let i = 0; i < PIXELS; i++)
    lost[i] = Math.max(odds[i], 0) - x[i] * odds[i] + Math.log1p(Math.exp(-Math.abs(odds[i])));
};
const lostGaussian = (x, mean, features, lost) => {
  const { log_var: base, predicted } = model();
  for (let i = 0; i < PIXELS; i++) {
    const logVar = predicted ? clamp(base + features[PIXELS + i], ...props.bounds.pixel) : base;
    lost[i] = 0.5 * (Math.log(2 * Math.PI) + logVar + (x[i] - mean[i]) ** 2 * Math.exp(-logVar));
  }
};
const codeOf = ({ mu, logVar }) => {
  const epsilon = state.drawn && logVar ? model().epsilon[state.draw] : null;
  return epsilon ? mu.map((m, i) => m + sigmaOf(logVar[i]) * epsilon[i]) : [...mu];
};
// The KL in two parts, of the mean and of the spread: they say which handle it comes from.
const ofMean = (mu) => 0.5 * mu * mu;
const ofSpread = (logVar) => 0.5 * (Math.exp(logVar) - 1 - logVar);
const perDimension = ({ mu, logVar }) =>
  mu.map((m, i) => ofMean(m) + (logVar ? ofSpread(logVar[i]) : 0));

const perPixel = new Float64Array(PIXELS);
const compute = (q) => {
  const { run } = parts().decoder,
    x = target(),
    z = codeOf(q);
  const features = run.features(z),
    picture = run.mean(features);
  if (model().binary) lostBinary(x, features, perPixel);
  else lostGaussian(x, picture, features, perPixel);
  return { ...q, z, perPixel, perDimension: perDimension(q), picture: toBytes(picture) };
};

// The ledger: numbers of pixels and dimensions become terms. Each term is rounded to the nearest, for
// the same one stands in several places; what is written as their sum is the sum of what is written.
const rounded = (v, digits) => Math.round(v * 10 ** digits) / 10 ** digits;
const LOSSES = { sum: () => [1, 1], pixels: () => [PIXELS, 1], both: () => [PIXELS, dimensions()] };
const unitsOf = (divisor, whole) => (divisor === 1 ? "nats" : `nats / ${divisor} ${whole}`);
const hiddenBeta = ([pixels, numbers]) => pixels / numbers;

const account = (found) => {
  const raw = [sum(found.perPixel), sum(found.perDimension)];
  const divisors = LOSSES[state.loss](),
    weighted = raw.map((v, i) => (model().weights[i] * v) / divisors[i]);
  return { raw, divisors, weighted };
};
const writeEquation = (found) => {
  const { prior, binary, weights } = model(),
    { raw, divisors, weighted } = account(found);
  const digits = state.loss === "sum" ? 2 : 4;
  const parts = weighted.map((v) => rounded(v, digits)),
    total = sum(parts);
  // A term that nothing weighs or divides is written once: as its part of the sum.
  const plain = raw.map((v, i) => weights[i] === 1 && divisors[i] === 1 && digits);
  const terms = raw.map((v, i) => {
    const places = plain[i] || (i && state.loss !== "sum" ? 4 : 2);
    return { value: rounded(v, places), places };
  });
  const term = (i) => written(terms[i].value, terms[i].places);
  const [rec, other] = ["pixels", "dimensions"].map((whole, i) => unitsOf(divisors[i], whole));
  put(named.rec, written(parts[0], digits));
  put(named.kl, written(parts[1], digits));
  put(named.all, written(total, digits));
  put(named["rec-how"], `${weights[0]} × ${term(0)} ${rec}${binary ? "" : ", a density"}`);
  put(named["kl-how"], `${weights[1]} × ${term(1)} ${other}`);
  put(
    named["all-how"],
    state.loss !== "sum"
      ? "no longer nats"
      : prior
        ? `nats; ELBO = ${written(-total, digits)}`
        : `nats${binary ? "" : ", a density"}`,
  );
  put(find(".meaning"), meaning(raw, weights, divisors, sum(weighted)));
  return terms[1];
};
const meaning = (raw, weights, divisors, total) => {
  const { prior } = model(),
    beta = hiddenBeta(divisors),
    weight = weights[1];
  if (state.loss === "sum") {
    const off = state.atStart === null ? 0 : total - state.atStart;
    const moved =
      Math.abs(off) < 0.005
        ? ""
        : ` You have moved ${prior ? "q" : "z"}: ${written(Math.abs(off))} nats ${off > 0 ? "worse" : "better"} than the encoder's.`;
    const of = prior
      ? "Summed over pixels and dimensions, β = 1: the objective is −ELBO, estimated at this one z."
      : "Summed over pixels and dimensions, as it was trained.";
    return of + moved;
  }
  if (weight === 0)
    return "A mean only rescales this loss: its second term has the weight 0, so there is nothing to weigh the pixels against.";
  const [rec, other] = [weights[0] * raw[0], beta * weight * raw[1]].map((v) => rounded(v, 2));
  const divided =
    state.loss === "both" ? `${PIXELS} pixels / ${dimensions()} dimensions` : `${PIXELS} pixels`;
  const times = weight === 1 ? `${beta} ×` : `${beta} × ${weight} ×`,
    counts = prior ? `the KL counts ${beta} times` : `½|z|² counts ${beta} times its weight`;
  return (
    `The mean hides ${prior ? "β" : "a factor"} = ${divided} = ${beta}. ${PIXELS} times this loss is ${written(rec)} + ${times} ${written(raw[1], 5)} = ` +
    `${written(rec)} + ${written(other)} = ${written(rec + other)} nats: ${counts}.`
  );
};

// Where the nats are lost: red above 0, blue below, which only a density can be.
const lostImage = new ImageData(28, 28),
  lostWords = new Uint32Array(lostImage.data.buffer);
const lostScreen = find(".lost").getContext("2d");
const showLost = (nats) => {
  let most = -Infinity;
  for (let i = 0; i < PIXELS; i++) {
    const v = clamp(nats[i] / MOST_LOST, -1, 1),
      level = Math.round(255 * Math.sqrt(Math.abs(v)));
    const faint = Math.round(0.35 * level),
      strong = Math.abs(v) > 0.5 ? Math.round(510 * (Math.abs(v) - 0.5)) : 0;
    const [red, green, blue] = v > 0 ? [level, Math.max(faint, strong), faint] : [0, faint, level];
    lostWords[i] = (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
    most = Math.max(most, nats[i]);
  }
  lostScreen.putImageData(lostImage, 0, 0);
  put(
    named.lost,
    `−log p of each pixel; the worst loses ${written(most)} nats${model().binary ? "" : "; blue: below 0"}`,
  );
};

// One row of the table: a strip that is the handle of μ, a handle of σ, and the KL as a bar that is one, too.
const rowOf = (index) => {
  const { prior, spans, dead } = model(),
    [low, high] = spans[index],
    name = `z${index + 1}`;
  const handle = prior ? "mean μ" : "value",
    div = document.createElement("div");
  div.className = dead[index] ? "dimension dead" : "dimension";
  div.dataset.index = index;
  div.innerHTML = `<span class="name">z<sub>${index + 1}</sub></span>
    <div class="sweep"><canvas class="strip" width="252" height="28" role="img" aria-label="${name} swept from ${written(low, 1)} to ${written(high, 1)}"></canvas>
      <i class="spread"></i><i class="at"></i>
      <input type="range" class="mu" min="${low}" max="${high}" step="${(high - low) / 700}" aria-label="${handle} of ${name}"></div>
    <output class="mu-value"></output>
    ${prior ? `<input type="range" class="sigma" min="${Math.log(LEAST_SIGMA)}" max="${Math.log(MOST_SIGMA)}" step="0.01" aria-label="standard deviation σ of ${name}"><output class="sigma-value"></output>` : ""}
    <div class="nats" title="Drag: the bar's length moves ${prior ? "μ" : "z"}"><i class="of-mu"></i><i class="of-sigma"></i></div><output class="share"></output>`;
  const each = (selector) => div.querySelector(selector);
  return {
    index,
    root: div,
    strip: each(".strip"),
    spread: each(".spread"),
    at: each(".at"),
    mu: each(".mu"),
    muValue: each(".mu-value"),
    sigma: each(".sigma"),
    sigmaValue: each(".sigma-value"),
    bar: each(".nats"),
    ofMu: each(".of-mu"),
    ofSigma: each(".of-sigma"),
    share: each(".share"),
  };
};
let table = [],
  mostNats = MOST_NATS;
// Where there is room for it, or none beside it, a strip has a line of its own.
const narrow = matchMedia("(max-width: 900px)");
const stack = () => element.classList.toggle("stacked", narrow.matches || dimensions() <= FEW);
narrow.addEventListener("change", stack);
const layOut = () => {
  const { prior, order, spans, family, shift } = model();
  table = order.map(rowOf);
  rows.replaceChildren(...table.map(({ root }) => root));
  mostNats = prior ? MOST_NATS : 0.4 * Math.max(...spans.flat().map(ofMean)); // few codes lie beyond
  element.dataset.family = family;
  element.classList.toggle("point", !prior);
  stack();
  find(".spread-only").hidden = !prior;
  find(".shown-to-encoder").hidden = !shift;
  const words = prior
    ? [
        "",
        "drag μᵢ: what zᵢ draws",
        "μᵢ",
        "σᵢ",
        "",
        `<b class="of-mu">½μ²</b> + <b class="of-sigma">½(σ² − 1 − log σ²)</b> nats`,
        "= KLᵢ",
      ]
    : ["", "drag zᵢ: what it draws", "zᵢ", "½zᵢ² in nats", ""];
  find(".head").innerHTML = words.map((word) => `<span>${word}</span>`).join("");
  named["kl-symbol"].textContent = prior ? "KL(q(z|x) ‖ p(z))" : "½|z|²";
  named.x.textContent = model().binary ? "x, black and white as in training" : "x, in grey levels";
  find(".order").textContent =
    `Most important first: ${prior ? "mean KL" : "variance"} over the training set.`;
  find('[data-do="back"]').textContent = `Back to the encoder's ${prior ? "q" : "z"}`;
};

const percent = (share) => `${(100 * clamp(share, 0, 1)).toFixed(2)}%`;
const writeRows = (found, { value: total, places }) => {
  const { parts } = addingUp(found.perDimension, places, total),
    { prior, spans } = model();
  for (const row of table) {
    const i = row.index,
      [low, high] = spans[i],
      along = (v) => percent((v - low) / (high - low));
    put(row.muValue, written(found.mu[i]));
    put(row.share, written(parts[i], places));
    row.mu.value = state.mu[i]; // the server's numbers come later than the finger
    row.mu.setAttribute(
      "aria-valuetext",
      `${written(found.mu[i])}, ${written(parts[i], places)} nats`,
    );
    row.at.style.left = along(found.z[i]);
    row.ofMu.style.width = percent(ofMean(found.mu[i]) / mostNats);
    if (!prior) continue;
    const sigma = sigmaOf(found.logVar[i]);
    put(row.sigmaValue, written(sigma, 3));
    row.sigma.value = 0.5 * state.logVar[i];
    row.sigma.setAttribute("aria-valuetext", written(sigma, 3));
    row.spread.style.left = along(found.mu[i] - sigma);
    row.spread.style.right = percent(1 - (found.mu[i] + sigma - low) / (high - low));
    row.ofSigma.style.width = percent(
      Math.min(ofSpread(found.logVar[i]), mostNats - ofMean(found.mu[i])) / mostNats,
    );
  }
};

const xScreen = screen(find(".x")),
  seenScreen = screen(find(".seen")),
  picture = screen(find(".picture"));
const moved = () =>
  state.q !== null && (state.mu !== state.q.mu || state.logVar !== state.q.logVar);
const show = (found, where) => {
  state.found = found;
  element.classList.remove("waiting");
  if (!moved()) state.atStart = null;
  const rounded = writeEquation(found);
  if (!moved())
    state.atStart =
      sum(found.perPixel) * model().weights[0] + sum(found.perDimension) * model().weights[1];
  writeRows(found, rounded);
  showLost(found.perPixel);
  picture.showBytes(found.picture);
  if (element.dataset.from !== where) element.dataset.from = where;
};

// One frame. Until the networks are here, or where the visitor wants it so, the server computes.
const refresh = oncePerFrame(() => {
  if (!state.open || !state.pixels) return;
  if (state.q && inPage(parts().decoder)) {
    const started = performance.now();
    show(compute({ mu: state.mu, logVar: state.logVar }), "page");
    badge.note(performance.now() - started);
  } else
    ask({
      model: state.model,
      pixels: textOf(state.pixels),
      turn: state.turn,
      mu: state.q && state.mu,
      log_var: state.q && state.logVar,
      draw: state.drawn && model().prior ? state.draw : null,
    });
});
const ask = latestOnly(
  async ({ turn, ...question }) => {
    const started = performance.now();
    const answer = await server.read_ledger(question);
    if (decoding.onServer) badge.note(performance.now() - started);
    return answer;
  },
  (answer, { turn, mu }) => {
    if (turn !== state.turn) return; // it comes too late
    const q = { mu: answer.mu, logVar: answer.log_var };
    if (!mu && !state.q) takeQ(q);
    if (said.classList.contains("wrong")) say("");
    if (inPage(parts().decoder)) return refresh();
    show(
      {
        ...q,
        z: answer.z,
        perPixel: answer.per_pixel,
        perDimension: answer.per_dimension,
        picture: bytesOf(answer.picture),
      },
      "server",
    );
  },
  complain,
);

// Where q comes from: the encoder, for every new digit, while it is drawn too.
const takeQ = (q) => {
  Object.assign(state, { q, mu: q.mu, logVar: q.logVar });
  settle();
};
const encodeInPage = (x) => {
  const numbers = [...parts().encoder.run(x)],
    D = dimensions();
  const logVar = model().prior ? numbers.slice(D).map((v) => clamp(v, ...props.bounds.code)) : null;
  return { mu: numbers.slice(0, D), logVar };
};
const takeDigit = (digit) => {
  if (!digit) return;
  Object.assign(state, { pixels: digit.pixels, turn: state.turn + 1, q: null, atStart: null });
  element.classList.add("waiting");
  const x = target(),
    corrupted = seen(x);
  xScreen.show(x);
  if (model().shift) seenScreen.show(corrupted);
  if (digit.live && !decoding.onServer) parts().encoder.load(); // heavy, so only for those who draw
  if (inPage(parts().encoder)) takeQ(encodeInPage(corrupted));
  refresh();
};
// A link names the model, and how its loss is added up unless it is the sum.
const readChoice = (text) => {
  const [model, loss = "sum", ...rest] = readNames(text) ?? [];
  return Object.hasOwn(props.models, model) && Object.hasOwn(LOSSES, loss) && !rest.length
    ? { model, loss }
    : undefined;
};
const note = () => {
  const { model, loss } = state,
    parts = loss === "sum" ? [model] : [model, loss];
  remember({ ledger: model === props.start && loss === "sum" ? "" : writeNames(parts) });
};
const takeLoss = (loss) => {
  state.loss = loss;
  press("loss", loss);
  note();
};
const takeModel = (name) => {
  state.model = name;
  note();
  state.found = null;
  layOut();
  for (const name of ["rec", "kl", "all", "rec-how", "kl-how", "all-how"]) put(named[name], "…");
  parts()
    .decoder.load()
    .then(() => {
      refresh();
      settle();
    });
  takeDigit(window.latentLabDigit);
};

// At rest: strips through the new place, and the badge.
let settling = null,
  task = 0;
const settle = () => {
  clearTimeout(settling);
  task += 1;
  rows.classList.add("stale");
  settling = setTimeout(settled, 200);
};
const settled = async () => {
  if (!state.open || !state.found) return;
  badge.show(inPage(parts().decoder) ? "in this page" : "on the server");
  const mine = task,
    { z } = state.found,
    { run } = parts().decoder,
    name = state.model;
  for (const { index, strip } of table) {
    const [low, high] = model().spans[index];
    const sweep = Array.from({ length: STEPS }, (_, step) =>
      z.map((v, i) => (i === index ? low + ((high - low) * (step + 0.5)) / STEPS : v)),
    );
    const bytes = await decodeMany(
      inPage(parts().decoder) ? run : null,
      sweep,
      serverDecodes(server, name, complain),
      () => mine === task,
    );
    if (!bytes) return;
    paint(strip, bytes, 28, 28, STEPS);
  }
  rows.classList.remove("stale");
};

// Hands. What moves is copied first: the encoder's q stays what it was.
const move = (index, { mu, logVar }) => {
  if (!state.q) return;
  const changed = (values, value) =>
    value === undefined ? values : values.map((v, i) => (i === index ? value : v));
  state.mu = changed(state.mu, mu);
  state.logVar = changed(state.logVar, logVar);
  refresh();
  settle();
};
rows.addEventListener("input", ({ target: input }) => {
  const index = Number(input.closest(".dimension").dataset.index);
  move(
    index,
    input.className === "mu" ? { mu: Number(input.value) } : { logVar: 2 * Number(input.value) },
  );
});
// The bar's end under the finger: the mean's part is what the spread leaves of it, and keeps its sign.
const dragBar = (bar, event) => {
  if (!state.q) return;
  const index = Number(bar.parentElement.dataset.index),
    box = bar.getBoundingClientRect();
  const nats =
    (mostNats * (event.clientX - box.left)) / box.width -
    (state.logVar ? ofSpread(state.logVar[index]) : 0);
  const mu = Math.sqrt(2 * clamp(nats, 0, mostNats)) * (state.mu[index] < 0 ? -1 : 1),
    [low, high] = model().spans[index];
  move(index, { mu: clamp(mu, low, high) });
};
rows.addEventListener("pointerdown", (event) => {
  const bar = event.target.closest(".nats");
  if (!bar || event.button || !event.isPrimary) return;
  bar.setPointerCapture(event.pointerId);
  dragBar(bar, event);
});
rows.addEventListener("pointermove", (event) => {
  const bar = event.target.closest(".nats");
  if (bar?.hasPointerCapture(event.pointerId)) dragBar(bar, event);
});

const press = (key, value) => {
  for (const button of element.querySelectorAll(`[data-${key}]`))
    button.setAttribute("aria-pressed", String(button.dataset[key] === value));
};
const drawZ = (drawn) => {
  state.drawn = drawn;
  state.atStart = null;
  press("z", drawn ? "draw" : "mean");
  refresh();
  settle();
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { z, loss, do: action } = button.dataset;
  if (z) drawZ(z === "draw");
  if (loss) {
    takeLoss(loss);
    refresh();
  }
  if (action === "again") {
    state.draw = (state.draw + 1) % model().epsilon.length;
    drawZ(true);
  }
  if (action === "back" && state.q) {
    takeQ(state.q);
    refresh();
  }
});

const choice = find(".model-choice");
for (const [heading, names] of Object.entries(props.groups)) {
  const group = Object.assign(document.createElement("optgroup"), { label: heading });
  group.append(...names.map((name) => new Option(name)));
  choice.append(group);
}
choice.addEventListener("change", () => takeModel(choice.value));

document.addEventListener("latent-lab:digit", ({ detail }) => {
  if (state.open && state.model) takeDigit(detail);
});
document.addEventListener("latent-lab:decoding", () => {
  refresh();
  settle();
});
document.addEventListener("latent-lab:view", ({ detail }) => {
  state.open = detail === props.view;
  // What was drawn in the meantime is met only now.
  if (state.open && state.model && window.latentLabDigit?.pixels !== state.pixels)
    takeDigit(window.latentLabDigit);
});
const link = linked("ledger", readChoice);
if (link) {
  state.model = link.model;
  takeLoss(link.loss);
}
if (state.model) {
  choice.value = state.model;
  takeModel(state.model);
} else complain("No model is here; see the notice in the header.");
