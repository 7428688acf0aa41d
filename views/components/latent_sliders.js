const picture = element.querySelector(".picture");
const said = element.querySelector(".said");
const dimensions = element.querySelector(".dimensions");
let z = [];

const say = (text, wrong = false) => {
  said.textContent = text;
  said.classList.toggle("wrong", wrong);
};
const complain = (text) => say(text, true);
const describe = () => `z = (${z.map((v) => v.toFixed(2)).join(", ")})`;

// What follows the finger: a direct call, never the queue, and only the newest place counts.
const decode = latestOnly(
  (at) => server.decode_code({ model: props.value.model, z: at }),
  ({ pixels }) => {
    paint(picture, bytesOf(pixels), 28, 28);
    if (said.classList.contains("wrong")) say(describe());
  },
  complain,
);
const refreshStrips = latestOnly(
  (at) => server.traverse_code({ model: props.value.model, z: at }),
  ({ strips, steps }) => {
    for (const row of dimensions.children)
      paint(row.querySelector(".strip"), bytesOf(strips[row.dataset.index]), 28, 28, steps);
  },
  complain,
);

const show = () => {
  for (const row of dimensions.children) {
    const value = z[row.dataset.index];
    row.querySelector("input").value = value;
    row.querySelector("output").textContent = value.toFixed(2);
  }
};
// The sliders have come to rest at z: draw the strips through it and let Python know.
const settle = () => {
  refreshStrips([...z]);
  say(describe());
  props.value = { ...props.value, z: [...z] };
};
const jump = (to) => { z = [...to]; show(); decode([...z]); settle(); };

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
  div.querySelector(".strip").setAttribute("aria-label", `${name} swept from ${low.toFixed(1)} to ${high.toFixed(1)}`);
  return div;
};

let built = "";  // the model whose sliders are laid out
const refresh = () => {
  if (!props.value) return;
  const { model, rows, start } = props.value;
  if (built !== model) dimensions.replaceChildren(...rows.map(row));
  built = model;
  if (String(props.value.z) === String(z) && dimensions.dataset.model === model) return;
  dimensions.dataset.model = model;
  jump(props.value.z ?? start);
};

dimensions.addEventListener("input", (event) => {
  const at = event.target.closest(".dimension");
  z[at.dataset.index] = Number(event.target.value);
  at.querySelector("output").textContent = z[at.dataset.index].toFixed(2);
  decode([...z]);
});
dimensions.addEventListener("change", settle);

const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
element.addEventListener("click", (event) => {
  const action = event.target.closest("[data-do]")?.dataset.do;
  if (!action) return;
  const { start, mean, std } = props.value;
  if (action === "start") jump(start);
  if (action === "origin") jump(start.map(() => 0));
  if (action === "random") jump(mean.map((m, i) => m + std[i] * normal()));
});

watch("value", refresh);
refresh();
