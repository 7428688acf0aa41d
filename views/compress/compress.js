// One answer of the server holds the pictures of all code sizes, so that moving k asks nobody.
const TITLES = { pca: "PCA", linear: "linear AE", ae: "AE", vae: "VAE" };
const GLYPHS = { pca: "—", linear: "○", ae: "●", vae: "●" };
const KINDS = Object.keys(TITLES);
const SIDE = 46; // of a direction, in CSS pixels
const state = { data: Object.keys(props.facts)[0], k: 8, seed: 0, open: true, answer: null };
const drawnDirections = new Map();
const facts = () => props.facts[state.data];
const isChance = () => state.data !== "mnist";

const percent = (share, digits = 1) => `${written(100 * share, digits)} %`;
const complain = (text) => {
  find(".said").textContent = text;
};
// The error of `kind` at size k on the test images, if such a network was trained.
const errorOf = (kind, k) => (kind === "pca" ? facts().pca[k] : facts().errors[kind]?.[k]);
const kept = (mse) => 1 - mse / facts().pca[0];

// The pictures.
const figureOf = (name, title) => {
  const made = document.createElement("figure");
  made.className = name;
  made.dataset.kind = name;
  made.innerHTML = `<canvas width="28" height="28" role="img"></canvas><figcaption><b>${title}</b><span></span></figcaption>`;
  made.querySelector("canvas").setAttribute("aria-label", title);
  return made;
};
find(".pictures").append(
  figureOf("input", "the input"),
  ...KINDS.map((kind) => figureOf(kind, TITLES[kind])),
);
find('[data-kind="input"] figcaption').insertAdjacentHTML(
  "beforeend",
  '<span class="note">Under each: its squared error per pixel on this picture.</span>',
);
const black = new Uint8Array(784);
const put = (name, pixels, note) => {
  paint(find(`[data-kind="${name}"] canvas`), pixels, 28, 28);
  find(`[data-kind="${name}"] span`).textContent = note;
};
const showPictures = () => {
  if (!state.answer) return;
  put("input", bytesOf(state.answer.input), `${facts().pixels} numbers`);
  for (const kind of KINDS) {
    const found = state.answer.pictures[kind]?.[state.k];
    put(kind, found ? bytesOf(found.pixels) : black, found ? written(found.mse, 4) : "not trained");
  }
};

// The chart: k doubles from step to step, and 0 error is at the bottom.
const MARGIN = { left: 46, right: 52, top: 30, bottom: 42 };
const svg = find("svg");
const TICKS = [0, 0.25, 0.5, 0.75, 1]; // shares of the variance that are lost
const shape = (name, attributes, text = "") => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
};
const scales = () => {
  const width = find(".chart").clientWidth,
    height = Math.max(250, Math.min(330, 0.56 * width));
  const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
  const steps = Math.log2(facts().pca.length - 1),
    room = right - MARGIN.left;
  return {
    width,
    height,
    right,
    bottom,
    x: (k) => MARGIN.left + (room * Math.log2(k)) / steps,
    size: (x) => 2 ** ((steps * (x - MARGIN.left)) / room),
    y: (mse) => bottom - ((bottom - MARGIN.top) * mse) / facts().pca[0],
  };
};
const path = (points) =>
  points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
const axes = ({ x, y, right, bottom, width }) => {
  const variance = facts().pca[0];
  return [
    ...TICKS.flatMap((lost) => [
      shape("line", {
        class: "grid",
        x1: MARGIN.left,
        x2: right,
        y1: y(lost * variance),
        y2: y(lost * variance),
      }),
      shape(
        "text",
        { class: "end", x: MARGIN.left - 6, y: y(lost * variance) + 5 },
        lost ? written(lost * variance, 3).slice(1) : "0",
      ),
      shape("text", { x: right + 7, y: y(lost * variance) + 5 }, `${100 - 100 * lost} %`),
    ]),
    ...facts().sizes.map((k) =>
      shape("text", { class: k === state.k ? "middle k" : "middle", x: x(k), y: bottom + 19 }, k),
    ),
    shape("text", { x: 0, y: 14 }, "squared error per pixel"),
    shape("text", { class: "end", x: width, y: 14 }, "variance kept"),
    shape(
      "text",
      { class: "middle", x: (MARGIN.left + right) / 2, y: bottom + 38 },
      "code size k, each step twice the one before",
    ),
  ];
};
const curves = ({ x, y, right }) => {
  const { pca, pixels, errors } = facts(),
    sizes = pca.map((_, k) => k).slice(1);
  const byChance = (k) => pca[0] * (1 - k / pixels);
  const label = {
    class: "end",
    x: right - 4,
    y: y(byChance(pca.length - 1)) + (isChance() ? 36 : 22),
  };
  return [
    shape("path", { class: "chance", d: path(sizes.map((k) => [x(k), y(byChance(k))])) }),
    shape(
      "text",
      label,
      isChance() ? "broad: 1 − k/784 of the variance" : "if pixels were independent",
    ),
    shape("path", { class: "pca", d: path(sizes.map((k) => [x(k), y(pca[k])])) }),
    ...Object.entries(errors).flatMap(([kind, found]) => {
      const points = Object.entries(found).map(([k, mse]) => [x(k), y(mse)]);
      const dot = ([cx, cy], i) =>
        shape("circle", {
          class: kind,
          cx,
          cy,
          r: (kind === "linear" ? 5.5 : 4) + (Object.keys(found)[i] === String(state.k) ? 1.5 : 0),
        });
      const joined =
        kind === "linear" ? [] : [shape("path", { class: `line ${kind}`, d: path(points) })];
      return [...joined, ...points.map(dot)];
    }),
  ];
};
const drawChart = () => {
  const scale = scales(),
    { width, height, x, bottom } = scale;
  if (!width) return;
  svg.setAttribute("height", height);
  svg.setAttribute(
    "aria-label",
    `Squared error per pixel against the code size, for ${facts().name}; the table below has the values.`,
  );
  svg.replaceChildren(
    ...axes(scale),
    shape("line", { class: "at", x1: x(state.k), x2: x(state.k), y1: MARGIN.top, y2: bottom }),
    ...curves(scale),
    shape("circle", { class: "handle", cx: x(state.k), cy: bottom, r: 6 }),
  );
};

// The numbers.
const row = (title, cells) =>
  `<tr><th scope="row">${title}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
// Why a VAE keeps nothing of fair coins: no model's expected -log p(x) is below the entropy of x.
const ofVae = (k) => {
  const { entropy, bounds, errors, pixels } = facts(),
    found = bounds[k];
  if (!errors.vae) return "No AE or VAE was trained on these; the best linear code is known.";
  if (!entropy || !found?.elbo || !found.kl)
    return "The VAE pays nats for every number it uses, and leaves unused those that save too little.";
  return `No VAE can gain here: its pixels are fair coins, and −ELBO ≥ H(x) = ${pixels} log 2 = ${written(entropy)} nats. This one has
    <span class="bound" title="${found.elbo.protocol}">${written(-found.elbo.value)}</span>, with a <span title="${found.kl.protocol}">KL of ${written(found.kl.value)}</span>.`;
};
const showNumbers = () => {
  const { k } = state,
    { pixels, angles } = facts();
  const errors = KINDS.map((kind) => errorOf(kind, k));
  const cell = (text) => (mse) => (mse === undefined ? "not trained" : text(mse));
  find("thead").innerHTML =
    `<tr><th>at k = ${k}</th>${KINDS.map((kind) => `<th scope="col" class="${kind}">${GLYPHS[kind]} ${TITLES[kind]}</th>`).join("")}</tr>`;
  find("tbody").innerHTML =
    row("error, 10,000 test images", errors.map(cell((mse) => written(mse, 5)))) +
    row("variance kept", errors.map(cell((mse) => percent(kept(mse)))));
  const angle = angles[k];
  const same =
    angle === undefined
      ? ""
      : `Linear AE and PCA: their subspaces are at most <b class="angle">${angle.toFixed(5)}</b> radians
    (${((180 * angle) / Math.PI).toFixed(3)}°) apart, their test errors differ by <b>${percent(Math.abs(errors[1] / errors[0] - 1), 3)}</b>. `;
  find(".words").innerHTML =
    `${k}/${pixels} = <b>${percent(k / pixels)}</b>: that share of independent pixels is the most a linear code keeps. ` +
    same +
    ofVae(k);
  find(".k").textContent = `k = ${k}`;
  find(".bar output").textContent = `of ${pixels} numbers`;
  find(".bar input").setAttribute("aria-valuetext", `${k} of ${pixels} numbers`);
};

// The directions, asked for once for each kind of data.
const showDirections = () => {
  const found = drawnDirections.get(state.data),
    tiles = Math.min(state.k, props.tiles);
  for (const image of element.querySelectorAll(".directions img")) {
    const uri = found?.[image.dataset.of][state.k],
      title = TITLES[image.dataset.of];
    image.parentElement.hidden = !uri;
    if (!uri) continue;
    image.src = uri;
    image.style.width = `${SIDE * tiles + 2 * (tiles - 1)}px`;
    image.alt = `${title}: ${tiles} directions`;
    image.previousElementSibling.textContent =
      tiles < state.k ? `${title}, the first ${tiles} of ${state.k}` : `${title}, all ${tiles}`;
  }
};
const askDirections = latestOnly(
  (data) => server.show_directions({ data }),
  (answer, data) => {
    drawnDirections.set(data, answer);
    showDirections();
  },
  complain,
);

// What changes.
const show = () => {
  showPictures();
  showNumbers();
  showDirections();
  drawChart();
};
const askPictures = latestOnly(
  (question) => server.compress_picture(question),
  (answer, question) => {
    if (question.data !== state.data) return; // it comes too late
    state.answer = answer;
    complain("");
    showPictures();
  },
  complain,
);
const refresh = () => {
  if (!state.open || !(isChance() || window.latentLabDigit)) return;
  const picture = isChance()
    ? { seed: state.seed }
    : { pixels: textOf(window.latentLabDigit.pixels) };
  askPictures({ data: state.data, ...picture });
  if (!drawnDirections.has(state.data)) askDirections(state.data);
};
const nearest = (size) =>
  facts().sizes.reduce((a, b) =>
    Math.abs(Math.log(b / size)) < Math.abs(Math.log(a / size)) ? b : a,
  );
// A link holds the data and the code size.
const linkText = () => `${state.data},${state.k}`;
const rememberChoice = () => remember({ compress: linkText() === usual ? "" : linkText() });
const readLinked = (text) => {
  const [data, size, ...more] = text.split(","),
    k = Number(size);
  return !more.length && Object.hasOwn(props.facts, data) && props.facts[data].sizes.includes(k)
    ? { data, k }
    : undefined;
};
const setSize = (k) => {
  if (k === state.k) return;
  state.k = k;
  find(".bar input").value = facts().sizes.indexOf(k);
  rememberChoice();
  show();
};
const setData = (data) => {
  Object.assign(state, { data, answer: null });
  state.k = nearest(state.k);
  for (const button of element.querySelectorAll(".data button"))
    button.setAttribute("aria-pressed", button.dataset.data === data);
  Object.assign(find(".bar input"), {
    max: facts().sizes.length - 1,
    value: facts().sizes.indexOf(state.k),
  });
  find("[data-do=again]").hidden = !isChance();
  rememberChoice();
  show();
  refresh();
};

find(".data").append(
  ...Object.entries(props.facts).map(([data, { name }]) => {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      textContent: name,
    });
    button.dataset.data = data;
    return button;
  }),
);
find(".bar").addEventListener("click", ({ target }) => {
  if (target.dataset.data) setData(target.dataset.data);
  if (target.dataset.do === "again") {
    state.seed++;
    refresh();
  }
});
find(".bar input").addEventListener("input", ({ target }) => setSize(facts().sizes[target.value]));
const chart = find(".chart");
const follow = ({ clientX }) =>
  setSize(nearest(scales().size(clientX - chart.getBoundingClientRect().left)));
chart.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !event.isPrimary) return;
  chart.setPointerCapture(event.pointerId);
  follow(event);
});
chart.addEventListener("pointermove", (event) => {
  if (chart.hasPointerCapture(event.pointerId)) follow(event);
});
new ResizeObserver(drawChart).observe(chart);
document.addEventListener("latent-lab:view", ({ detail }) => {
  state.open = detail === props.title;
  refresh();
});
document.addEventListener("latent-lab:digit", () => {
  if (!isChance()) refresh();
});
state.k = nearest(state.k);
const usual = linkText();
Object.assign(state, linked("compress", readLinked));
setData(state.data);
