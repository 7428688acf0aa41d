const TITLE = "Shapes";
const state = {
  model: 0,
  factors: props.factors.map(({ values }) => values.length >> 1),
  z: null,
  open: false,
};
const said = find(".said"),
  drawn = find(".drawn"),
  decoded = find(".decoded"),
  table = find("table");
const chosen = () => props.models[state.model];
const percent = (share) => Math.round(100 * share);
let decoder = null,
  turned = false; // has a slider of the code been moved since it was encoded?

// Laying out: the true sliders once, those of the code and the matrix for each model.
const slider = (label, low, high, step) => {
  const row = document.createElement("div");
  row.className = "row";
  row.innerHTML = `<label>${label}</label><input type="range" min="${low}" max="${high}" step="${step}"><output></output>`;
  const input = row.querySelector("input");
  input.setAttribute("aria-label", row.querySelector("label").textContent);
  return row;
};
const trueRows = props.factors.map(({ name, values }) => slider(name, 0, values.length - 1, 1));
find(".factors").append(...trueRows);
find(".choice").innerHTML = props.models
  .map(
    ({ title }, i) =>
      `<label><input type="radio" name="shapes-model" value="${i}"><span>${title}</span></label>`,
  )
  .join("");

const codeRow = ({ index, factor, share, low, high }) => {
  const name = factor
    ? `${factor} <small>z${index + 1}, ${percent(share)} %</small>`
    : `z${index + 1}`;
  const row = slider(name, low, high, (high - low) / 400);
  row.classList.toggle("none", !factor);
  row.dataset.index = index;
  row.dataset.factor = factor ?? "";
  row.title = factor
    ? `tells ${percent(share)} % of the entropy of ${factor}`
    : `tells at most ${percent(share)} % of any factor's entropy`;
  return row;
};
const cells = ({ latents, matrix }) => {
  const head = latents
    .map(({ index }) => `<th scope="col" data-latent="${index}">z${index + 1}</th>`)
    .join("");
  const rows = props.factors
    .map(
      ({ name }, k) =>
        `<tr><th scope="row">${name}</th>${latents
          .map(
            ({ index, factor }) =>
              `<td class="${factor === name ? "follows" : ""}" data-factor="${k}" data-latent="${index}" style="--share:${matrix[k][index].toFixed(3)}">${percent(matrix[k][index])}</td>`,
          )
          .join("")}</tr>`,
    )
    .join("");
  return `<thead><tr><th></th>${head}</tr></thead><tbody>${rows}</tbody>`;
};
const layOut = () => {
  const model = chosen();
  const rows = model.latents.map(codeRow);
  const following = rows.filter(({ dataset }) => dataset.factor),
    silent = rows.filter(({ dataset }) => !dataset.factor);
  find(".following").replaceChildren(...following);
  find(".silent").replaceChildren(...silent);
  find("summary").textContent = `${silent.length} numbers that follow no factor`;
  find("details").hidden = !silent.length;
  find("details").open = !following.length;
  table.innerHTML = cells(model);
  table.title = model.protocol;
  find(".scores").innerHTML = model.scores
    .map(
      ({ name, value, ceiling, protocol }) =>
        `<div class="score" title="${protocol}"><span>${name}</span><b>${written(value)}</b><small>at best ${written(ceiling)}</small></div>`,
    )
    .join("");
  const untold = props.factors
    .map(({ name }) => name)
    .filter((name) => !following.some(({ dataset }) => dataset.factor === name));
  find(".words").textContent =
    (untold.length
      ? `No number follows ${untold.join(" or ")}. `
      : "Every factor is followed by a number. ") +
    "MIG is how far the best number of a factor is ahead of the second best; with one number a factor it is at its best.";
  for (const radio of element.querySelectorAll("[type=radio]"))
    radio.checked = Number(radio.value) === state.model;
  decoder = part(model.decoder);
  decoder.load().then(refreshPicture);
};

// The picture of the code, once a frame, in this page.
const refreshPicture = oncePerFrame(() => {
  if (!state.z || !decoder) return;
  if (decoder.failed) {
    said.textContent = "The network did not arrive; reload the page.";
    return;
  }
  if (decoder.run) paint(decoded, toBytes(decoder.run(state.z)), 64, 64);
  element.dataset.shown = decoder.run
    ? `${chosen().name} ${state.factors} ${turned ? "turned" : "encoded"}`
    : "";
});
const showCode = () => {
  for (const row of element.querySelectorAll(".latents .row")) {
    const input = row.querySelector("input"),
      value = state.z[row.dataset.index];
    // A code beyond the usual range must still find its place on the slider.
    input.min = Math.min(input.min, value);
    input.max = Math.max(input.max, value);
    input.value = value;
    row.querySelector("output").textContent = written(value);
  }
};
const showFactors = () =>
  trueRows.forEach((row, k) => {
    const written = props.factors[k].values[state.factors[k]],
      input = row.querySelector("input");
    input.value = state.factors[k];
    input.setAttribute("aria-valuetext", written);
    row.querySelector("output").textContent = written;
  });
const point = ({ factor, latent }) => {
  for (const cell of table.querySelectorAll("[data-latent]"))
    cell.classList.toggle(
      "now",
      cell.dataset.latent === String(latent) ||
        (cell.tagName === "TD" && cell.dataset.factor === String(factor)),
    );
};

const ask = latestOnly(
  ({ model, factors }) => server.encode_shape({ model, factors }),
  ({ pixels, mean }, { model, keep }) => {
    said.textContent = "";
    paint(drawn, bytesOf(pixels), 64, 64);
    if (model !== chosen().name) return; // it comes too late
    turned = Boolean(keep);
    state.z = keep ?? mean;
    showCode();
    refreshPicture();
  },
  // What is drawn of other factors must not stand above these sliders.
  (text) => {
    said.textContent = text;
    paint(drawn, new Uint8Array(64 * 64), 64, 64);
  },
);
const refresh = (keep) => {
  if (state.open && props.models.length)
    ask({ model: chosen().name, factors: [...state.factors], keep });
};
const record = () =>
  remember({ shapes: writeNumbers([state.model, ...state.factors, ...(turned ? state.z : [])]) });

element.addEventListener("input", ({ target }) => {
  if (target.type !== "range") return;
  const row = target.closest(".row"),
    k = trueRows.indexOf(row);
  if (k >= 0) {
    state.factors[k] = Number(target.value);
    showFactors();
    point({ factor: k });
    refresh();
  } else if (state.z) {
    turned = true;
    state.z[row.dataset.index] = Number(target.value);
    row.querySelector("output").textContent = written(state.z[row.dataset.index]);
    point({ latent: row.dataset.index });
    refreshPicture();
  }
});
element.addEventListener("change", ({ target }) => {
  if (target.type === "radio") {
    state.model = Number(target.value);
    state.z = null;
    turned = false;
    layOut();
    refresh();
  }
  if (trueRows.some((row) => row.contains(target))) turned = false;
  record();
});
find("[data-do=encode]").addEventListener("click", () => {
  turned = false;
  refresh();
  record();
});

// What a link says: the model, the factors, and the code where it was turned.
const readState = (text) => {
  const numbers = text.split(",").map(Number),
    count = 1 + props.factors.length;
  const [model, ...rest] = numbers,
    factors = rest.slice(0, props.factors.length),
    z = rest.slice(props.factors.length);
  const whole = (v, n) => Number.isInteger(v) && v >= 0 && v < n;
  const fits =
    whole(model, props.models.length) &&
    numbers.length >= count &&
    factors.every((v, k) => whole(v, props.factors[k].values.length));
  const codes =
    fits &&
    (z.length === 0 ||
      (z.length === props.models[model].latents.length && z.every((v) => Math.abs(v) <= 1e6)));
  return codes ? { model, factors, keep: z.length ? z : undefined } : undefined;
};
let keep;
if (props.models.length) {
  // The last is the one that was asked to part the factors.
  const link = linked("shapes", readState);
  Object.assign(
    state,
    link ? { model: link.model, factors: link.factors } : { model: props.models.length - 1 },
  );
  keep = link?.keep;
  showFactors();
  layOut();
}
document.addEventListener("latent-lab:view", ({ detail }) => {
  state.open = detail === TITLE;
  if (!state.z) refresh(keep);
});
// A view that is laid out has just been opened.
state.open = true;
refresh(keep);
