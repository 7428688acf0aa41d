const TITLE = "Likelihood";
const KINDS = {
  bernoulli: ["Bernoulli", "each pixel is white with probability p"],
  fixed: ["Gaussian, fixed σ", "σ chosen before training"],
  shared: ["Gaussian, shared σ", "one σ, learned with the weights"],
  predicted: ["Gaussian, predicted σ", "the decoder gives each pixel its σ"],
};
const PICTURES = { mean: "mean", deviation: "std. dev.", sample: "one draw", average: "average" };
const WORDS = "The <b>mean</b> averages all images that z allows, so unsure edges turn grey. <b>One draw</b> is grainy: pixels are drawn independently. A “sample of a VAE” is nearly always a mean, for z from N(0, I). Compare the logs of the three densities only. Greys outside 0 to 1 are cut off.";
const state = { code: "mean", count: 16, seed: 1, pixel: null, open: false, answer: null };
const said = element.querySelector(".said");
const slider = element.querySelector(".count input");

const rows = props.rows.map(({ kind, name }) => {
  const [title, meaning] = KINDS[kind];
  const root = document.createElement("div");
  root.className = "row";
  root.dataset.name = name;
  root.innerHTML = `<div class="title"><h3>${title}</h3><p>${meaning}</p></div>`
    + Object.entries(PICTURES).map(([picture, caption]) => `<figure><div class="frame"><canvas width="28" height="28"
      data-picture="${picture}" role="img" aria-label="${title}: ${caption}"></canvas><i></i></div><figcaption>${caption}</figcaption></figure>`).join("")
    + `<svg class="chart" viewBox="0 0 186 100" role="img"></svg><div class="facts"><p class="log"></p><p class="unit"></p><p class="sigma"></p></div>`;
  return root;
});
element.querySelector(".rows").append(...rows);
element.querySelector(".words").innerHTML = WORDS;

// The deviation in the colour of sigma, on black.
const paintDeviation = (canvas, values) => {
  const image = new ImageData(28, 28), [r, g, b] = [255, 162, 92];
  values.forEach((v, i) => {
    const share = Math.min(v / props.most, 1);
    image.data.set([r * share, g * share, b * share, 255], 4 * i);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
};

// One pixel's p(x_i|z): two bars, or a curve over grey levels from -0.4 to 1.4.
const LEFT = -0.4, WIDTH = 1.8, BASE = 67, TALL = 47;
const across = (v) => 186 * (v - LEFT) / WIDTH;
const bars = (p) => [[0, 1 - p], [1, p]].map(([v, share]) => `<rect class="density" x="${across(v) - 9}" y="${BASE - TALL * share}" width="18" height="${TALL * share}"/>
  <text x="${across(v)}" y="${BASE - TALL * share - 5}" text-anchor="middle">${written(share)}</text>`).join("");
const curve = (mean, deviation) => {
  const places = Array.from({ length: 187 }, (_, i) => LEFT + WIDTH * i / 186);
  // The peak itself, or a narrow curve would lose it between two places.
  const all = [...places, mean].sort((a, b) => a - b);
  const line = all.map((v) => `${across(v).toFixed(1)},${(BASE - TALL * Math.exp(-0.5 * ((v - mean) / deviation) ** 2)).toFixed(1)}`);
  return `<path class="density" d="M${across(LEFT)},${BASE} L${line.join(" ")} L${across(LEFT + WIDTH)},${BASE} Z"/>
    <text class="faint" x="93" y="13" text-anchor="middle">peak ${written(1 / (deviation * Math.sqrt(2 * Math.PI)), 1)} per grey unit</text>`;
};
const chart = (kind, mean, deviation, x) => {
  const ticks = [0, 0.5, 1].map((v) => `<text class="faint" x="${across(v)}" y="${BASE + 16}" text-anchor="middle">${v}</text>`).join("");
  const binary = kind === "bernoulli", shown = binary ? Number(x >= 0.5) : x;
  const said = binary ? `P(white) = ${written(mean)}, σ ${written(deviation)}` : `mean ${written(mean)}, σ ${written(deviation, 3)}`;
  return [`<line class="axis" x1="0" x2="186" y1="${BASE}" y2="${BASE}"/>${binary ? bars(mean) : curve(mean, deviation)}
    <circle class="digit-here" cx="${across(shown)}" cy="${BASE}" r="4.5"/>${ticks}<text x="93" y="${BASE + 32}" text-anchor="middle">${said}</text>`, said];
};
const showPixel = () => {
  const { pixel, answer } = state;
  if (!answer || pixel === null) return;
  const line = Math.floor(pixel / 28), column = pixel % 28, x = answer.pixels[pixel] / 255;
  element.style.setProperty("--line-of", line);
  element.style.setProperty("--column", column);
  element.querySelector(".where-pixel").textContent = `(${line + 1}, ${column + 1}), x = ${written(x)}`;
  rows.forEach((root, i) => {
    const svg = root.querySelector(".chart"), { kind } = props.rows[i];
    const [drawn, words] = chart(kind, answer.rows[i].mean[pixel], answer.rows[i].deviation[pixel], x);
    svg.innerHTML = drawn;
    svg.setAttribute("aria-label", `p(x|z) of the pixel in row ${line + 1}, column ${column + 1}: ${words}`);
  });
};

// What sigma is, and what it should be.
const sigmaWords = ({ kind, sigma, error, protocol }, { deviation, rmse }) => {
  const low = written(Math.min(...deviation), 3), high = written(Math.max(...deviation), 3);
  return {
    bernoulli: `<b>σ</b> = √(p(1 − p)), from ${low} to ${high}`,
    fixed: `<b>σ = ${written(sigma ?? 0, 3)}</b>; the mean misses this digit by ${written(rmse, 3)}`,
    shared: `<b>σ = ${written(sigma ?? 0, 4)}</b>, learned; best is the error of the mean: <span title="${protocol}">${written(error, 4)} on test digits</span>, ${written(rmse, 3)} on this one`,
    predicted: `<b>σ</b> from ${low} to ${high}; the mean misses by ${written(rmse, 3)}: where σ is large it need not fit`,
  }[kind];
};
const show = (answer, { pixels }) => {
  said.textContent = "";
  const shown = answer.rows.map((row) => ({ ...row, mean: floats(row.mean), deviation: floats(row.deviation) }));
  state.answer = { rows: shown, pixels };
  rows.forEach((root, i) => {
    const row = shown[i], discrete = props.rows[i].kind === "bernoulli";
    const canvas = (name) => root.querySelector(`[data-picture=${name}]`);
    paint(canvas("mean"), toBytes(row.mean), 28, 28);
    paintDeviation(canvas("deviation"), row.deviation);
    for (const name of ["sample", "average"]) paint(canvas(name), bytesOf(row[name]), 28, 28);
    root.querySelector(".log").textContent = `log ${discrete ? "P" : "p"}(x|z) = ${written(row.logP, 1)} nats`;
    root.querySelector(".unit").textContent = discrete ? "a probability, of the digit in black and white" : "a density, of the grey digit";
    root.querySelector(".sigma").innerHTML = sigmaWords(props.rows[i], row);
  });
  // The most uncertain pixel is the one to begin with.
  state.pixel ??= shown[0].deviation.indexOf(Math.max(...shown[0].deviation));
  showPixel();
  element.dataset.shown = `${state.code} ${state.count} ${state.seed}`;
};
const ask = latestOnly(
  ({ pixels, code, count, seed }) => server.show_likelihoods({ pixels: textOf(pixels), code, count, seed }),
  show,
  (text) => { said.textContent = text; },
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
element.querySelector("[data-do=again]").addEventListener("click", () => { state.seed += 1; refresh(); });

// The pixel: pointed at in any picture, or moved by the arrow keys in the first.
const pixelUnder = (frame, { clientX, clientY }) => {
  const box = frame.getBoundingClientRect();
  const at = (v, from, length) => Math.min(Math.max(Math.floor(28 * (v - from) / length), 0), 27);
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
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by || state.pixel === null) return;
    event.preventDefault();
    const move = (v, d) => Math.min(Math.max(v + d, 0), 27);
    state.pixel = 28 * move(Math.floor(state.pixel / 28), by[0]) + move(state.pixel % 28, by[1]);
    showPixel();
  });
}

document.addEventListener("latent-lab:view", ({ detail }) => { state.open = detail === TITLE; refresh(); });
document.addEventListener("latent-lab:digit", refresh);
const codes = [...element.querySelectorAll("[type=radio]")];
state.code = linked("likelihood", (text) => codes.find(({ value }) => value === text)?.value) ?? state.code;
for (const radio of codes) radio.checked = radio.value === state.code;
// A view that is laid out has just been opened.
state.open = true;
refresh();
