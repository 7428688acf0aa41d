const TITLE = "Likelihood";
const KINDS = {
  bernoulli: ["Bernoulli", "white with probability p"],
  fixed: ["Gaussian, fixed σ", "chosen beforehand"],
  shared: ["Gaussian, shared σ", "one, learned"],
  predicted: ["Gaussian, predicted σ", "one for each pixel"],
  "discretized-logistic": ["Discretized logistic", "P of each of 256 greys"],
};
const PROBABILITIES = { bernoulli: true, "discretized-logistic": true }; // all others are densities
const PICTURES = { mean: "mean", deviation: "std. dev.", sample: "one draw", average: "average" };
const WORDS =
  "The <b>mean</b> averages all images that z allows, so unsure edges turn grey. <b>One draw</b> adds noise to each pixel on its own. A “sample of a VAE” is nearly always a mean, for z from N(0, I). A <b>density</b> has no upper limit: do not rank them. <b>Bits per pixel</b> compare, the fewer the better: of P(x|z) of the 256 grey levels; for test digits of P(x), so that z costs, too.";
const state = { code: "mean", count: 16, seed: 1, pixel: null, open: false, answer: null };
const said = element.querySelector(".said");
const slider = element.querySelector(".count input");

const rows = props.rows.map(({ kind, name }) => {
  const [title, meaning] = KINDS[kind];
  const root = document.createElement("div");
  root.className = "row";
  root.dataset.name = name;
  root.innerHTML =
    `<div class="title"><h3>${title}</h3><p>${meaning}</p></div>` +
    Object.entries(PICTURES)
      .map(
        ([picture, caption]) => `<figure><div class="frame"><canvas width="28" height="28"
      data-picture="${picture}" role="img" aria-label="${title}: ${caption}"></canvas><i></i></div><figcaption>${caption}</figcaption></figure>`,
      )
      .join("") +
    `<svg class="chart" viewBox="0 0 186 82" role="img"></svg><div class="facts"><p class="log"></p><p class="mass"></p><p class="sigma"></p></div>`;
  return root;
});
element.querySelector(".rows").append(...rows);
element.querySelector(".words").innerHTML = WORDS;

// The deviation in the colour of sigma, on black.
const paintDeviation = (canvas, values) => {
  const image = new ImageData(28, 28),
    [r, g, b] = [255, 162, 92];
  values.forEach((v, i) => {
    const share = Math.min(v / props.most, 1);
    image.data.set([r * share, g * share, b * share, 255], 4 * i);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
};

// One pixel's p(x_i|z): two bars, a curve over grey levels from -0.4 to 1.4, or a bar for each level.
const LEFT = -0.4,
  WIDTH = 1.8,
  BASE = 51,
  TALL = 33;
const across = (v) => (186 * (v - LEFT)) / WIDTH;
const bars = (p) =>
  [
    [0, 1 - p],
    [1, p],
  ]
    .map(
      ([
        v,
        share,
      ]) => `<rect class="density" x="${across(v) - 9}" y="${BASE - TALL * share}" width="18" height="${TALL * share}"/>
  <text x="${across(v)}" y="${BASE - TALL * share - 5}" text-anchor="middle">${written(share)}</text>`,
    )
    .join("");
const curve = (mean, deviation) => {
  const places = Array.from({ length: 187 }, (_, i) => LEFT + (WIDTH * i) / 186);
  // The peak itself, or a narrow curve would lose it between two places.
  const all = [...places, mean].sort((a, b) => a - b);
  const line = all.map(
    (v) =>
      `${across(v).toFixed(1)},${(BASE - TALL * Math.exp(-0.5 * ((v - mean) / deviation) ** 2)).toFixed(1)}`,
  );
  return `<path class="density" d="M${across(LEFT)},${BASE} L${line.join(" ")} L${across(LEFT + WIDTH)},${BASE} Z"/>
    <text class="faint" x="93" y="13" text-anchor="middle">peak ${written(1 / (deviation * Math.sqrt(2 * Math.PI)), 1)} per grey unit</text>`;
};
// P of each grey level, by the logistic distribution function: as models/likelihoods.py has it.
const LEVELS = 256,
  below = (t) => 1 / (1 + Math.exp(-t));
const massesOf = (location, scale) =>
  Array.from({ length: LEVELS }, (_, k) => {
    const at = (edge) => below(((k + edge) / (LEVELS - 1) - location) / scale);
    return (k === LEVELS - 1 ? 1 : at(0.5)) - (k === 0 ? 0 : at(-0.5));
  });
const levels = (location, scale) => {
  const masses = massesOf(location, scale),
    most = Math.max(...masses);
  const lines = masses.map((mass, k) => [
    across(k / (LEVELS - 1)).toFixed(1),
    (BASE - (TALL * mass) / most).toFixed(1),
  ]);
  return `<path class="density" d="${lines.map(([x, y]) => `M${x},${BASE} V${y}`).join(" ")}"/>
    <text class="faint" x="93" y="13" text-anchor="middle">likeliest: P = ${written(most, 3)}</text>`;
};
const shape = (kind, { mean, deviation, location, scale }) =>
  (
    ({
      bernoulli: () => bars(mean),
      "discretized-logistic": () => levels(location, scale),
    })[kind] ?? (() => curve(mean, deviation))
  )();
const chart = (kind, at, x) => {
  const { mean, deviation } = at;
  const ticks = [0, 0.5, 1]
    .map(
      (v) =>
        `<text class="faint" x="${across(v)}" y="${BASE + 14}" text-anchor="middle">${v}</text>`,
    )
    .join("");
  const binary = kind === "bernoulli",
    shown = binary ? Number(x >= 0.5) : x;
  const said = binary
    ? `P(white) = ${written(mean)}, σ ${written(deviation)}`
    : `mean ${written(mean)}, σ ${written(deviation, 3)}`;
  return [
    `<line class="axis" x1="0" x2="186" y1="${BASE}" y2="${BASE}"/>${shape(kind, at)}
    <circle class="digit-here" cx="${across(shown)}" cy="${BASE}" r="4.5"/>${ticks}<text x="93" y="${BASE + 29}" text-anchor="middle">${said}</text>`,
    said,
  ];
};
const showPixel = () => {
  const { pixel, answer } = state;
  if (!answer || pixel === null) return;
  const line = Math.floor(pixel / 28),
    column = pixel % 28,
    x = answer.pixels[pixel] / 255;
  element.style.setProperty("--line-of", line);
  element.style.setProperty("--column", column);
  element.querySelector(".where-pixel").textContent =
    `(${line + 1}, ${column + 1}), x = ${written(x)}`;
  rows.forEach((root, i) => {
    const svg = root.querySelector(".chart"),
      { kind } = props.rows[i];
    const at = Object.fromEntries(
      ["mean", "deviation", "location", "scale"].map((name) => [
        name,
        answer.rows[i][name]?.[pixel],
      ]),
    );
    const [drawn, words] = chart(kind, at, x);
    svg.innerHTML = drawn;
    svg.setAttribute(
      "aria-label",
      `p(x|z) of the pixel in row ${line + 1}, column ${column + 1}: ${words}`,
    );
  });
};

// What sigma is, and what it should be. Of the pixels at its floor: their share, and their nats.
const onTheFloor = ({ mean, deviation }, pixels) => {
  const floor = [...deviation.keys()].filter((i) => deviation[i] < 1.0001 * props.floor);
  const nats = floor.map(
    (i) =>
      -0.5 * ((pixels[i] / 255 - mean[i]) / deviation[i]) ** 2 -
      Math.log(deviation[i] * Math.sqrt(2 * Math.PI)),
  );
  return [
    `${Math.round((100 * floor.length) / deviation.length)} %`,
    written(
      nats.reduce((a, b) => a + b, 0),
      0,
    ),
  ];
};
const sigmaWords = ({ kind, sigma, error, protocol }, row, pixels) => {
  const { deviation, rmse } = row;
  const low = written(Math.min(...deviation), 3),
    high = written(Math.max(...deviation), 3);
  const [share, nats] = onTheFloor(row, pixels);
  return {
    bernoulli: `<b>σ</b> = √(p(1 − p)), from ${low} to ${high}`,
    fixed: `<b>σ = ${written(sigma ?? 0, 3)}</b>; the mean misses this digit by ${written(rmse, 3)}`,
    shared: `<b>σ = ${written(sigma ?? 0, 4)}</b>; mean misses <span title="${protocol}">test digits by ${written(error, 4)}</span>`,
    predicted: `<b title="${written(props.floor, 3)}">σ</b> at its floor in ${share} of pixels: ${nats} nats`,
    "discretized-logistic": `<b>σ</b> from ${low} to ${high}, of the grey levels`,
  }[kind];
};
const massWords = ({ bits }, { logMass }) => {
  if (logMass === null) return "a probability, of the digit in black and white";
  const known = bits
    ? ` (<span title="${bits.protocol}">test digits ${written(bits.value)}</span>)`
    : "";
  return `<b title="log P(x|z) of its grey levels = ${written(logMass, 1)} nats">${written(-logMass / (784 * Math.LN2))} bits per pixel</b>${known}`;
};
const show = (answer, { pixels, code, count, seed }) => {
  said.textContent = "";
  const shown = answer.rows.map((row) => ({
    ...row,
    ...Object.fromEntries(
      ["mean", "deviation", "location", "scale"]
        .filter((name) => row[name])
        .map((name) => [name, floats(row[name])]),
    ),
  }));
  state.answer = { rows: shown, pixels };
  rows.forEach((root, i) => {
    const row = shown[i],
      discrete = props.rows[i].kind in PROBABILITIES;
    const canvas = (name) => root.querySelector(`[data-picture=${name}]`);
    paint(canvas("mean"), toBytes(row.mean), 28, 28);
    paintDeviation(canvas("deviation"), row.deviation);
    for (const name of ["sample", "average"]) paint(canvas(name), bytesOf(row[name]), 28, 28);
    root.querySelector(".log").textContent =
      `log ${discrete ? "P" : "p"}(x|z) = ${written(row.logP, 1)} nats${discrete ? "" : ", a density"}`;
    root.querySelector(".mass").innerHTML = massWords(props.rows[i], row);
    root.querySelector(".sigma").innerHTML = sigmaWords(props.rows[i], row, pixels);
  });
  // The most uncertain pixel is the one to begin with.
  state.pixel ??= shown[0].deviation.indexOf(Math.max(...shown[0].deviation));
  showPixel();
  element.dataset.shown = `${code} ${count} ${seed}`; // what was asked: by now the choice may be another
};
const ask = latestOnly(
  ({ pixels, code, count, seed }) =>
    server.show_likelihoods({ pixels: textOf(pixels), code, count, seed }),
  show,
  (text) => {
    said.textContent = text;
  },
);
const refresh = () => {
  if (!state.open || !window.latentLabDigit || !rows.length) return;
  const { code, count, seed } = state;
  ask({ pixels: window.latentLabDigit.pixels, code, count, seed });
};

element.addEventListener("change", ({ target }) => {
  if (target.type !== "radio") return;
  state.code = target.value;
  remember({ likelihood: state.code === "mean" ? "" : state.code });
  refresh();
});
slider.addEventListener("input", () => {
  state.count = props.counts[slider.value];
  element.querySelector(".count output").textContent = state.count;
  element.querySelector(".averaged").textContent = `average of ${state.count}`;
  slider.setAttribute("aria-valuetext", `${state.count} draws`);
  refresh();
});
element.querySelector("[data-do=again]").addEventListener("click", () => {
  state.seed += 1;
  refresh();
});

// The pixel: pointed at in any picture, or moved by the arrow keys in the first.
const pixelUnder = (frame, { clientX, clientY }) => {
  const box = frame.getBoundingClientRect();
  const at = (v, from, length) => Math.min(Math.max(Math.floor((28 * (v - from)) / length), 0), 27);
  return 28 * at(clientY, box.top, box.height) + at(clientX, box.left, box.width);
};
const point = (event) => {
  const frame = event.target.closest?.(".frame");
  if (!frame) return;
  state.pixel = pixelUnder(frame, event);
  showPixel();
};
element.addEventListener("pointermove", point);
element.addEventListener("pointerdown", point);
const picker = rows[0]?.querySelector(".frame");
if (picker) {
  Object.assign(picker, { tabIndex: 0 });
  picker.setAttribute("role", "application");
  picker.setAttribute("aria-label", "Choose a pixel with the arrow keys");
  picker.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[
      event.key
    ];
    if (!by || state.pixel === null) return;
    event.preventDefault();
    const move = (v, d) => Math.min(Math.max(v + d, 0), 27);
    state.pixel = 28 * move(Math.floor(state.pixel / 28), by[0]) + move(state.pixel % 28, by[1]);
    showPixel();
  });
}

document.addEventListener("latent-lab:view", ({ detail }) => {
  state.open = detail === TITLE;
  refresh();
});
document.addEventListener("latent-lab:digit", refresh);
const codes = [...element.querySelectorAll("[type=radio]")];
state.code =
  linked("likelihood", (text) => codes.find(({ value }) => value === text)?.value) ?? state.code;
for (const radio of codes) radio.checked = radio.value === state.code;
// A view that is laid out has just been opened.
state.open = true;
refresh();
