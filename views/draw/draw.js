const { steps, numbers, paths, bounds, leads, title } = props.facts;
const AREA = 784,
  FRAME = 420,
  WIDEST = 3,
  MOST_CHANGE = 0.5,
  MOST_SEED = 2 ** 32 - 1;
const MEAN_OF_Q = 0,
  DRAW_OF_Q = 1,
  PRIOR = 2;
const INK = [255, 159, 28],
  NONE = [64, 156, 255];
// z: the code shown; own: has the visitor changed it? step: whose canvas is large, 0 before the first.
const state = {
  source: MEAN_OF_Q,
  seed: 1,
  step: steps,
  z: [],
  kl: null,
  own: false,
  open: false,
  pictures: null,
  timer: null,
};
const decoder = part(props.facts.decoder);
const big = screen(find(".picture")),
  badge = decodingBadge(find(".where"));
const said = find(".said"),
  scrub = find(".scrub"),
  play = find(".play");
const inPage = () => decoder.run !== null && !decoding.onServer;
const say = (text, wrong = false) => {
  said.textContent = text;
  said.classList.toggle("wrong", wrong);
};
const complain = (text) => say(text, true);

const sliderOf = (t, i) =>
  `<input type="range" min="${-WIDEST}" max="${WIDEST}" step="0.01" value="0" data-index="${(t - 1) * numbers + i}" aria-label="z of step ${t}, number ${i + 1} of ${numbers}">`;
const columns = Array.from({ length: steps + 1 }, (_, t) => {
  const root = document.createElement("div");
  root.className = "column";
  root.dataset.step = t;
  root.innerHTML =
    `<span class="number">${t || "start"}</span><button type="button" class="tile" aria-label="Canvas after step ${t}"><canvas width="28" height="28"></canvas></button>` +
    (t
      ? `<canvas class="adds" width="28" height="28" role="img" aria-label="What step ${t} adds"></canvas><span class="cost"></span>
      <span class="sliders">${Array.from({ length: numbers }, (_, i) => sliderOf(t, i)).join("")}</span>`
      : "");
  return {
    root,
    tile: screen(root.querySelector("canvas")),
    adds: root.querySelector(".adds"),
    cost: root.querySelector(".cost"),
    sliders: [...root.querySelectorAll("input")],
  };
});
find(".columns").append(...columns.map(({ root }) => root));
find(".columns").style.setProperty("--count", steps + 1);
scrub.max = steps;

// Signed values: orange where ink is added, blue where it is taken away, black where nothing changes.
const paintChange = (canvas, before, after) => {
  const image = new ImageData(28, 28);
  for (let i = 0; i < AREA; i++) {
    const change = after[i] - before[i],
      colour = change > 0 ? INK : NONE;
    const share = Math.min(Math.abs(change) / MOST_CHANGE, 1);
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = share * colour[c];
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
};
const pictureOf = (t) => state.pictures.subarray(t * AREA, (t + 1) * AREA);

const showStep = () => {
  if (!state.pictures) return;
  big.show(pictureOf(state.step));
  find(".picture").setAttribute("aria-label", `The canvas after step ${state.step} of ${steps}`);
  find(".at").textContent = state.step ? `step ${state.step} of ${steps}` : "before step 1";
  scrub.value = state.step;
  scrub.setAttribute("aria-valuetext", find(".at").textContent);
  columns.forEach(({ root }, t) => {
    root.classList.toggle("here", t === state.step);
    root.classList.toggle("later", t > state.step);
  });
};
const showCanvases = (pictures) => {
  state.pictures = pictures;
  columns.forEach(({ tile, adds }, t) => {
    tile.show(pictureOf(t));
    if (t) paintChange(adds, pictureOf(t - 1), pictureOf(t));
  });
  showStep();
  element.dataset.shown = [state.source, state.seed, state.own].join(" ");
};

// What the steps cost is known of a code that was inferred from a digit.
const showCosts = () => {
  const { kl } = state,
    most = kl && Math.max(...kl);
  columns.slice(1).forEach(({ cost }, i) => {
    cost.innerHTML = kl
      ? `${written(kl[i], 1)}<i style="height:${((50 * kl[i]) / most).toFixed(1)}px"></i>`
      : "";
  });
  find(".total").textContent = kl
    ? `KL(q(z|x) || N(0, I)) of your digit: ${written(sum(kl), 1)} nats over ${steps} steps, each a mean over ${paths} draws of q.`
    : "The KL is what each step has to tell of a digit; a code from the prior tells of none.";
};
const showSliders = () =>
  columns.slice(1).forEach(({ sliders }) =>
    sliders.forEach((input) => {
      const value = state.z[input.dataset.index],
        reach = Math.max(WIDEST, Math.ceil(Math.abs(value)));
      Object.assign(input, { min: -reach, max: reach, value });
    }),
  );

// Pictures of all canvases: the network's features are the canvases before the mean is taken.
const drawnInPage = () => {
  const features = decoder.run.features(Float32Array.from(state.z)),
    pictures = new Float32Array(features.length);
  for (let i = 0; i < features.length; i++) pictures[i] = 1 / (1 + Math.exp(-features[i]));
  return pictures;
};
const askCanvases = latestOnly(
  (z) => server.draw_code({ z }),
  ({ canvases }) => {
    if (!inPage()) {
      showCanvases(floats(canvases));
      compare();
    }
  },
  complain,
);
const refresh = oncePerFrame(() => {
  if (!state.z.length) return;
  badge.show(inPage() ? "in this page" : "on the server");
  if (!inPage()) {
    if (decoding.onServer || decoder.failed) askCanvases([...state.z]);
    return;
  }
  const started = performance.now();
  showCanvases(drawnInPage());
  badge.note(performance.now() - started);
  compare();
});

// Which canvases did the visitor's change leave as they were? Seen in the pictures, not assumed.
const moved = { step: 0, before: null };
const compare = () => {
  if (!moved.before) return;
  const same = columns.map((_, t) =>
    pictureOf(t).every((v, i) => v === moved.before[t * AREA + i]),
  );
  columns.forEach(({ root }, t) => {
    root.classList.toggle("kept", t > 0 && same[t]);
    root.classList.toggle("moved", t === moved.step);
  });
  const kept = same.slice(1).filter(Boolean).length,
    values = columns[moved.step].sliders.map(({ value }) => written(Number(value)));
  const stayed =
    ["", "Canvas 1 stays as it was; "][kept] ?? `Canvases 1 to ${kept} stay as they were; `;
  const changed = kept < steps ? `step ${kept + 1} and all after it changed.` : "nothing changed.";
  say(`z of step ${moved.step} = (${values.join(", ")}). ${stayed}${changed}`);
};
const forget = () => {
  moved.before = null;
  for (const { root } of columns) root.classList.remove("kept", "moved");
  say("");
};

const keep = () =>
  remember({
    draw: writeNumbers([state.source, state.seed, state.step, ...(state.own ? state.z : [])]),
  });

// The player.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const stop = () => {
  clearInterval(state.timer);
  state.timer = null;
  play.textContent = "▶ Play";
};
const go = (step) => {
  state.step = clamp(step, 0, steps);
  showStep();
};
const start = () => {
  stop();
  if (state.step === steps) go(0);
  play.textContent = "❚❚ Pause";
  state.timer = setInterval(() => {
    go(state.step + 1);
    if (state.step === steps) {
      stop();
      keep();
    }
  }, FRAME);
};

// Where z comes from.
const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const normals = (count, seed) => {
  const uniform = random(seed);
  return Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
};
const takeCode = (z, kl, watch) => {
  Object.assign(state, { z, kl });
  forget();
  find("[data-do=undo]").hidden = !state.own;
  showSliders();
  showCosts();
  refresh();
  if (watch && !calm.matches) {
    go(0);
    start();
  }
};
const askCode = latestOnly(
  ({ pixels, source, seed }) =>
    server.infer_code({
      pixels: textOf(pixels),
      code: source === DRAW_OF_Q ? "draw" : "mean",
      seed,
    }),
  ({ z, kl }, { source, watch, own }) => {
    if (source === state.source) takeCode(own ?? z, kl, watch);
  },
  // What the digit before cost is not said of this one.
  (text) => {
    complain(text);
    state.kl = null;
    showCosts();
    find(".total").textContent = "";
  },
);
// `watch`: is it something new that one wants to see being drawn? Not while a digit is being drawn.
const load = (watch, own = null) => {
  if (!state.open) return;
  stop();
  state.own = own !== null;
  find("[data-do=again]").disabled = state.source === MEAN_OF_Q;
  if (state.source === PRIOR) takeCode(own ?? normals(steps * numbers, state.seed), null, watch);
  else if (window.latentLabDigit)
    askCode({
      pixels: window.latentLabDigit.pixels,
      source: state.source,
      seed: state.seed,
      watch,
      own,
    });
};

element.addEventListener("change", ({ target }) => {
  if (target.type !== "radio") return keep();
  state.source = Number(target.value);
  load(true);
  keep();
});
element.addEventListener("input", ({ target }) => {
  if (target === scrub) {
    stop();
    return go(Number(scrub.value));
  }
  if (target.dataset.index === undefined) return;
  const step = Number(target.closest(".column").dataset.step);
  stop();
  if (moved.step !== step || !moved.before)
    Object.assign(moved, { step, before: Float32Array.from(state.pictures) });
  state.step = Math.max(state.step, step);
  state.z[target.dataset.index] = Number(target.value);
  state.own = true;
  find("[data-do=undo]").hidden = false;
  refresh();
});
element.addEventListener("click", ({ target }) => {
  const tile = target.closest(".tile"),
    action = target.closest("[data-do]")?.dataset.do;
  if (tile) {
    stop();
    go(Number(tile.parentElement.dataset.step));
  }
  if (action === "play") {
    if (state.timer) stop();
    else start();
  }
  if (action === "back" || action === "on") {
    stop();
    go(state.step + (action === "on" ? 1 : -1));
  }
  if (action === "again") {
    state.seed = (state.seed % MOST_SEED) + 1;
    load(true);
  }
  if (action === "undo") load(false);
  if (tile || action) keep();
});

// Does drawing in steps help? That depends on the rival: one of as many epochs, and one of less time.
const { ours, epochs: once, time: longer } = bounds;
const cost = ({ weights, seconds }) =>
  `${(weights / 1e6).toFixed(2)} M weights${seconds ? `, ${written(seconds, 0)} s` : ""}`;
const told = (bound) =>
  `<span title="${bound.name}: ${bound.protocol}">${written(bound.elbo, 1)}</span> (${cost(bound)})`;
const verdict = (role) =>
  `<b class="by-${role}">${ours.elbo > bounds[role].elbo ? "yes" : "no"}, by ${written(Math.abs(ours.elbo - bounds[role].elbo), 1)} nats</b>, ${leads[role]}`;
find(".words").innerHTML =
  `A digit is ${steps * numbers} numbers, ${numbers} a step. Does drawing in steps help? ELBO of test digits, nats: ${told(ours)}. ` +
  (once
    ? `After as many epochs, ${once.epochs}: ${verdict("epochs")}; a VAE that draws as many numbers at once has ${told(once)}. `
    : "") +
  (longer
    ? `In less time: ${verdict("time")}; one of ${longer.epochs} epochs has ${told(longer)}.`
    : "");

// A link: source, seed and step, and the code where the visitor has changed it.
const readState = (text) => {
  const found =
    readNumbers(text, 3, MOST_SEED) ?? readNumbers(text, 3 + steps * numbers, MOST_SEED);
  const [source, seed, step, ...z] = found ?? [];
  const fits =
    [source, seed, step].every((n) => Number.isInteger(n) && n >= 0) &&
    source <= PRIOR &&
    step <= steps;
  return fits && z.every((v) => Math.abs(v) <= 1e6) ? { source, seed, step, z } : undefined;
};
const link = linked("draw", readState);
if (link) Object.assign(state, { source: link.source, seed: link.seed, step: link.step });
for (const radio of element.querySelectorAll("[type=radio]"))
  radio.checked = Number(radio.value) === state.source;

document.addEventListener("latent-lab:view", ({ detail }) => {
  const opened = detail === title && !state.open;
  state.open = detail === title;
  if (!state.open) stop();
  if (opened) load(!state.z.length);
});
document.addEventListener("latent-lab:digit", ({ detail }) => {
  if (state.source !== PRIOR) load(!detail.live);
});
document.addEventListener("latent-lab:decoding", () => {
  if (state.open) refresh();
});
decoder.load().then(() => {
  if (state.open) refresh();
});
// A view that is laid out has just been opened.
state.open = true;
load(!link, link?.z.length ? link.z : null);
