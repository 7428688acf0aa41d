const said = element.querySelector(".said");
const dimensions = element.querySelector(".dimensions");
const named = element.querySelector(".named");
const directions = element.querySelector(".directions");
const picture = screen(element.querySelector(".picture"));
const badge = decodingBadge(element.querySelector(".where"));
const STEPS = 9; // pictures in the strip of one slider
const FAR = 3; // standard deviations from the mean digit, where a named slider ends
let z = [],
  decoder = null,
  task = 0;

const say = (text, wrong = false) => {
  said.textContent = text;
  said.classList.toggle("wrong", wrong);
};
const complain = (text) => say(text, true);
const describe = () => `z = (${z.map((v) => v.toFixed(2)).join(", ")})`;
const signed = (v, digits) => (v > 0 ? "+" : "") + written(v, digits);
const inPage = () => decoder.run !== null && !decoding.onServer;

// What follows the finger: one decode a frame, in the page or by a direct call to the server.
const refreshPicture = oncePerFrame(() => {
  if (!inPage()) {
    if (decoding.onServer || decoder.failed) askPicture({ model: props.value.model, at: [...z] });
    return;
  }
  const started = performance.now();
  const pixels = decoder.run(z);
  picture.show(pixels);
  measure(pixels);
  badge.note(performance.now() - started);
});
const askPicture = latestOnly(
  async ({ model, at }) => {
    const started = performance.now();
    const answer = await server.decode_codes({ models: [model], z: [at] });
    if (!inPage()) badge.note(performance.now() - started);
    return answer;
  },
  ({ pixels }, { model }) => {
    if (inPage() || model !== props.value.model) return; // it comes too late
    const bytes = bytesOf(pixels[0]);
    picture.showBytes(bytes);
    measure(Float32Array.from(bytes, (byte) => byte / 255));
    if (said.classList.contains("wrong")) say(describe());
  },
  complain,
);

// What the code says of a measure, in standard deviations: linear in z, and 0 at the mean code.
const predicted = ({ prediction }) =>
  sum(prediction.map((w, i) => w * (z[i] - props.value.mean[i])));
// z, moved along a direction until the code says `wanted`.
const along = (direction, wanted) => {
  const steps = wanted - predicted(direction);
  return z.map((v, i) => v + steps * direction.step[i]);
};

// What the picture that is shown has, beside what was asked for.
const measure = (pixels) => {
  if (!directions.children.length) return;
  const measures = morphologyOf(pixels);
  for (const row of directions.children) {
    const { name, mean, deviation, unit } = row.direction;
    row.querySelector(".measured").textContent =
      `${signed((measures[name] - mean) / deviation, 1)} (${written(measures[name], 1)}${unit})`;
  }
};

// The strips: each dimension swept through its range, all others as they are; each named direction
// likewise, while what the code says of the other measures stays.
const sweptTo = (row, share) => {
  if (row.direction) return along(row.direction, FAR * (2 * share - 1));
  const index = Number(row.dataset.index),
    [low, high] = props.value.spans[index];
  return z.map((v, i) => (i === index ? low + (high - low) * share : v));
};
const refreshStrips = async () => {
  const mine = ++task,
    { model } = props.value;
  await decoder.load();
  for (const row of [...directions.children, ...dimensions.children]) {
    const sweep = Array.from({ length: STEPS }, (_, step) => sweptTo(row, step / (STEPS - 1)));
    const bytes = await decodeMany(
      inPage() ? decoder.run : null,
      sweep,
      serverDecodes(server, model, complain),
      () => mine === task,
    );
    if (!bytes) return;
    paint(row.querySelector(".strip"), bytes, 28, 28, STEPS);
  }
};

const show = () => {
  for (const row of dimensions.children) {
    const value = z[row.dataset.index];
    row.querySelector("input").value = value;
    row.querySelector("output").textContent = value.toFixed(2);
  }
  for (const row of directions.children) {
    const value = predicted(row.direction);
    row.querySelector("input").value = value;
    row.querySelector("output").textContent = signed(value, 1);
  }
};
// The sliders have come to rest at z: draw the strips through it and let Python know.
const settle = () => {
  refreshStrips();
  say(describe());
  badge.show(inPage() ? "in this page" : "on the server");
  props.value = { ...props.value, z: [...z] };
  remember({ model: writeNames([props.value.model]), code: writeNumbers(z) });
};
const jump = (to) => {
  z = [...to];
  show();
  refreshPicture();
  settle();
};

const row = ({ index, name, worth, low, high, dead }) => {
  const div = document.createElement("div");
  div.className = dead ? "dimension dead" : "dimension";
  div.dataset.index = index;
  div.innerHTML = `<label>${name} <small>${worth}</small></label>
    <input type="range" min="${low}" max="${high}" step="${(high - low) / 400}">
    <output></output><canvas class="strip" width="252" height="28" role="img"></canvas>`;
  const input = div.querySelector("input");
  input.id = `${element.id}-${index}`;
  div.querySelector("label").htmlFor = input.id;
  div
    .querySelector(".strip")
    .setAttribute("aria-label", `${name} swept from ${low.toFixed(1)} to ${high.toFixed(1)}`);
  return div;
};

const namedRow = (direction) => {
  const { name, r2, hardly, told, followed } = direction;
  const div = document.createElement("div");
  div.className = hardly ? "direction hardly" : "direction";
  div.direction = direction;
  div.innerHTML = `<label>${name} <small>${r2}</small></label>
    <input type="range" min="${-FAR}" max="${FAR}" step="0.05">
    <output></output><span class="measured"></span><canvas class="strip" width="252" height="28" role="img"></canvas>`;
  const input = div.querySelector("input"),
    label = div.querySelector("label");
  input.id = `${element.id}-${name}`;
  label.htmlFor = input.id;
  input.title = followed;
  label.title = told;
  div.querySelector(".measured").title = followed;
  div
    .querySelector(".strip")
    .setAttribute("aria-label", `${name} swept from ${-FAR} to ${FAR} standard deviations`);
  return div;
};

// A link names a model and a code; once the page has come up with its own, Python is asked for them.
const readModel = (text) => readName(text, (name) => Object.hasOwn(props.models, name));
const linkedModel = linked("model", readModel);
const linkedCode =
  linkedModel && linked("code", (text) => readNumbers(text, props.models[linkedModel].size));
let link = linkedCode && { model: linkedModel, z: linkedCode };
if (linkedModel && !linkedCode) linkMakesNoSense("model");

let built = ""; // the model whose sliders are laid out
const refresh = () => {
  if (!props.value) return;
  if (link) {
    props.value = { ...props.value, picked: link };
    link = null;
    return trigger("select");
  }
  const { model, rows, start } = props.value;
  if (built !== model) {
    dimensions.replaceChildren(...rows.map(row));
    directions.replaceChildren(...(props.value.named ?? []).map(namedRow));
    named.hidden = !directions.children.length;
    named.querySelector(".doubts").textContent = props.value.doubts ?? "";
    dimensions.classList.toggle("halved", !named.hidden);
    dimensions.style.setProperty("--half", Math.ceil(rows.length / 2));
    decoder = part(props.models[model].decoder);
    decoder.load().then(() => {
      refreshPicture();
      settle();
    });
  } else if (String(props.value.z) === String(z)) return;
  built = model;
  jump(props.value.z ?? start);
};

const sliders = element.querySelector(".rows");
sliders.addEventListener("input", (event) => {
  const moved = Number(event.target.value),
    row = event.target.closest(".dimension, .direction");
  task += 1; // strips that are still being drawn are of the past
  if (row.direction) z = along(row.direction, moved);
  else z[row.dataset.index] = moved;
  show();
  refreshPicture();
});
sliders.addEventListener("change", settle);

const normal = () =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
element.addEventListener("click", (event) => {
  const action = event.target.closest("[data-do]")?.dataset.do;
  if (!action) return;
  const { start, mean, std } = props.value;
  if (action === "start") jump(start);
  if (action === "origin") jump(start.map(() => 0));
  if (action === "random") jump(mean.map((m, i) => m + std[i] * normal()));
});

document.addEventListener("latent-lab:decoding", () => {
  if (built) {
    refreshPicture();
    settle();
  }
});
watch("value", refresh);
refresh();
