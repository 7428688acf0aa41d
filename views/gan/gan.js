const TITLE = "GAN",
  COLUMNS = 6,
  ROWS = 3,
  COUNT = COLUMNS * ROWS,
  STRONGEST = 2;
const said = find(".said"),
  slider = find(".walk input"),
  badge = decodingBadge(find(".where"));
const PRIOR = "prior",
  state = { seed: 1, share: 0, tile: 0, origin: PRIOR, open: true };
const models = props.models.map((model) => ({
  ...model,
  decoder: part(model.decoder),
  encoder: model.encoder && part(model.encoder),
}));
const latent = models[0].latent;

// Chance: a code for each tile, and where it goes. Turning from one draw of N(0, I) to another, all
// codes on the way are draws of it, too; a straight line would pass too close to the origin.
const codesOf = (seed) => {
  const all = standardNormals(seed, latent * COUNT);
  return Array.from({ length: COUNT }, (_, i) => [...all.subarray(latent * i, latent * (i + 1))]);
};
const between = (a, b, share) => {
  const angle = (share * Math.PI) / 2;
  return a.map((v, i) => v * Math.cos(angle) + b[i] * Math.sin(angle));
};
const ofPrior = () => {
  const from = codesOf(state.seed);
  if (!state.share) return from;
  const to = codesOf(state.seed + 1);
  return from.map((a, i) => between(a, to[i], state.share / 100));
};
// Draws of a mixture, and codes, come from Python, those of the next seed with them. On the straight
// line between two of them lie no draws.
let drawn = { of: "", z: {} };
const wanted = () => `${state.origin} ${state.seed}`;
const straight = (a, b) => a.map((v, i) => v + ((b[i] - v) * state.share) / 100);
// The codes of each column; null while they are on their way.
const codes = () => {
  const usual = ofPrior();
  if (state.origin === PRIOR) return models.map(() => usual);
  if (drawn.of !== wanted()) {
    askDraws({ origin: state.origin, seed: state.seed });
    return null;
  }
  return models.map(({ name }) => {
    const [from, to] = drawn.z[name] ?? [];
    return from ? from.map((a, i) => straight(a, to[i])) : usual;
  });
};
const askDraws = latestOnly(
  (question) => server.drawn_codes(question),
  ({ z }, { origin, seed }) => {
    drawn = { of: `${origin} ${seed}`, z };
    said.textContent = "";
    refresh();
  },
  (text) => {
    said.textContent = text;
  },
);

// The Laplacian of a picture in [0, 1], with black around it, and its variance.
const laplacian = (x) =>
  Float32Array.from(x, (v, i) => {
    const column = i % 28;
    return (
      (i < 28 ? 0 : x[i - 28]) +
      (i >= 756 ? 0 : x[i + 28]) +
      (column ? x[i - 1] : 0) +
      (column < 27 ? x[i + 1] : 0) -
      4 * v
    );
  });
const variance = (values) => {
  const mean = sum([...values]) / values.length;
  return values.reduce((total, v) => total + (v - mean) ** 2, 0) / values.length;
};
const sharpness = (x) => variance(laplacian(x));

const columns = models.map(({ family, title, name, encoder }) => {
  const root = document.createElement("section");
  root.className = `column ${family}`;
  root.dataset.name = name;
  root.innerHTML = `<div class="head"><h3>${title}</h3><p class="all"></p></div>
    <div class="grid" tabindex="0" role="application" aria-label="${title}: choose a sample with the arrow keys"><canvas role="img" aria-label="${COUNT} samples of the ${title}"></canvas><i></i></div>
    <div class="pair"><div class="zoom"><canvas class="picture" width="28" height="28" role="img" aria-label="${title}: the chosen sample"></canvas>
      <canvas class="edges" width="28" height="28" role="img" aria-label="${title}: size of its Laplacian" title="Its Laplacian: four neighbours minus four times the pixel"></canvas>
      <p>sample, its edges:<br>sharpness <b class="number"></b></p></div>
    <div class="yours">${
      encoder
        ? `<canvas class="digit" width="28" height="28" role="img" aria-label="Your digit"></canvas><span aria-hidden="true">→</span><canvas class="again" width="28" height="28" role="img" aria-label="${title}: your digit reconstructed"></canvas><p></p>`
        : "<p><b>No encoder:</b> a GAN has no way from your digit to a code, so it cannot reconstruct it.</p>"
    }</div></div>`;
  const canvas = (name) => root.querySelector(`.${name}`);
  return {
    root,
    grid: root.querySelector(".grid canvas"),
    picture: screen(canvas("picture")),
    edges: screen(canvas("edges")),
    again: encoder && screen(canvas("again")),
    yours: encoder && screen(canvas("digit")),
    pictures: null,
  };
});
find(".columns").append(...columns.map(({ root }) => root));

// The grid as one canvas: tiles in rows, each painted where it belongs.
const paintGrid = (canvas, pictures) => {
  canvas.width = 28 * COLUMNS;
  canvas.height = 28 * ROWS;
  const image = new ImageData(canvas.width, canvas.height),
    words = new Uint32Array(image.data.buffer);
  pictures.forEach((values, n) => {
    const left = 28 * (n % COLUMNS),
      top = 28 * Math.floor(n / COLUMNS);
    toBytes(values).forEach((v, i) => {
      words[(top + Math.floor(i / 28)) * canvas.width + left + (i % 28)] =
        0xff000000 | (v * 0x010101);
    });
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
};
const showTile = () =>
  columns.forEach(({ root, picture, edges, pictures }, m) => {
    if (!pictures) return;
    const x = pictures[state.tile],
      change = laplacian(x);
    picture.show(x);
    edges.show(change.map((v) => Math.abs(v) / STRONGEST));
    const all = sum(pictures.map(sharpness)) / COUNT;
    root.querySelector(".number").textContent = written(variance(change), 3);
    const still = models[m].metrics[state.origin] ? "" : "still N(0, I); ";
    root.querySelector(".all").textContent = `${still}these ${COUNT}: sharpness ${written(all, 3)}`;
    root.style.setProperty("--tile-column", state.tile % COLUMNS);
    root.style.setProperty("--tile-row", Math.floor(state.tile / COLUMNS));
  });
const shown = (z) => {
  showTile();
  columns.forEach(({ root }, m) => {
    root.dataset.z = writeNumbers(z[m][state.tile]);
  });
  element.dataset.shown = `${state.seed} ${state.tile} ${state.share} ${state.origin}`;
};

const inPage = () => !decoding.onServer && models.every(({ decoder }) => decoder.run);
const refresh = oncePerFrame(() => {
  if (!state.open) return;
  const z = codes();
  if (!z) return;
  if (!inPage()) {
    if (decoding.onServer || models.some(({ decoder }) => decoder.failed)) ask(z);
    return;
  }
  const started = performance.now();
  columns.forEach((column, m) => {
    column.pictures = z[m].map((code) => Float32Array.from(models[m].decoder.run(code)));
    paintGrid(column.grid, column.pictures);
  });
  badge.note(performance.now() - started);
  shown(z);
});
const ask = latestOnly(
  (z) => server.decode_codes({ models: models.map(({ name }) => name), z: z.flat() }),
  ({ pixels }, z) => {
    if (inPage()) return; // it comes too late
    said.textContent = "";
    columns.forEach((column, m) => {
      const bytes = bytesOf(pixels[m]).subarray(784 * COUNT * m);
      column.pictures = z[m].map((_, i) =>
        Float32Array.from(bytes.subarray(784 * i, 784 * (i + 1)), (v) => v / 255),
      );
      paintGrid(column.grid, column.pictures);
    });
    shown(z);
  },
  (text) => {
    said.textContent = text;
  },
);

// The visitor's digit, through the mean code of each model that has an encoder.
const refreshDigit = () => {
  if (!state.open || !window.latentLabDigit) return;
  const x = Float32Array.from(window.latentLabDigit.pixels, (v) => v / 255);
  columns.forEach(({ root, again, yours }, m) => {
    const { encoder, decoder } = models[m];
    if (!encoder) return;
    yours.show(x);
    const words = root.querySelector(".yours p");
    if (!encoder.run || !decoder.run) {
      words.textContent = encoder.failed ? "This network did not load; reload the page." : "";
      return;
    }
    const picture = Float32Array.from(decoder.run([...encoder.run(x).subarray(0, latent)]));
    again.show(picture);
    const error = sum([...x].map((v, i) => (v - picture[i]) ** 2)) / 784;
    words.innerHTML = `sharpness ${written(sharpness(x), 3)} → <b>${written(sharpness(picture), 3)}</b><br>squared error ${written(error, 4)}`;
  });
};

// What was measured of many samples: a bar for each model, a line where real digits are. Of a model
// that has no such codes stands what it draws from N(0, I).
const bar = (
  { family, title },
  { value, std, protocol },
  most,
  digits,
) => `<div class="bar-of ${family}" title="${protocol}"><span>${title}</span>
  <b style="--share: ${Math.min(value / most, 1)}"></b><em>${written(value, digits)}${std === undefined ? "" : ` ± ${written(std, digits)}`}</em></div>`;
const measure = ({ key, title, better, digits, real, says }) => {
  const found = models
    .map((model) => [model, (model.metrics[state.origin] ?? model.metrics[PRIOR])[key]])
    .filter(([, metric]) => metric);
  if (!found.length) return "";
  const most = 1.08 * Math.max(real, ...found.map(([, { value }]) => value));
  return `<div class="measure"><h4>${title} <small>${better}</small></h4>
    <div class="measured" style="--real: ${real / most}">${found.map(([model, metric]) => bar(model, metric, most, digits)).join("")}<i></i></div>
    <p>${says} ${written(real, digits)}</p></div>`;
};
const showMeasures = () => {
  find(".measures").innerHTML = props.measures.map(measure).join("");
  find(".words").textContent = props.words[state.origin];
};
find(".origins").append(
  ...Object.entries(props.origins).map(([origin, title]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.origin = origin;
    button.textContent = title;
    button.addEventListener("click", () => {
      change({ origin });
      showMeasures();
    });
    return button;
  }),
);

// Settings, and the link that keeps them: seed, tile, share of the way.
const settle = () => {
  slider.value = state.share;
  find(".walk output").textContent = `${state.share} %`;
  slider.setAttribute("aria-valuetext", `${state.share} % of the way to the next codes`);
  badge.show(inPage() ? "in this page" : "on the server");
  const { seed, tile, share, origin } = state;
  for (const button of find(".origins").querySelectorAll("button"))
    button.setAttribute("aria-pressed", button.dataset.origin === origin);
  const usual = seed === 1 && !tile && !share && origin === PRIOR;
  remember({ gan: usual ? "" : [seed, tile, share, ...(origin === PRIOR ? [] : [origin])].join() });
};
const change = (values) => {
  Object.assign(state, values);
  settle();
  refresh();
};
slider.addEventListener("input", () => change({ share: Number(slider.value) }));
find("[data-do=new]").addEventListener("click", () =>
  change({ seed: (state.seed % 9999) + 1, share: 0 }),
);
const pick = (tile) => {
  state.tile = tile;
  settle();
  const z = codes();
  if (z) shown(z);
};
for (const { root } of columns) {
  const grid = root.querySelector(".grid");
  const under = ({ clientX, clientY }) => {
    const box = grid.getBoundingClientRect();
    const at = (v, from, length, count) =>
      clamp(Math.floor((count * (v - from)) / length), 0, count - 1);
    return (
      COLUMNS * at(clientY, box.top, box.height, ROWS) + at(clientX, box.left, box.width, COLUMNS)
    );
  };
  grid.addEventListener("pointerdown", (event) => pick(under(event)));
  grid.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS }[event.key];
    if (!by) return;
    event.preventDefault();
    if (state.tile + by >= 0 && state.tile + by < COUNT) pick(state.tile + by);
  });
}

document.addEventListener("latent-lab:view", ({ detail }) => {
  state.open = detail === TITLE;
  refresh();
  refreshDigit();
});
document.addEventListener("latent-lab:digit", refreshDigit);
document.addEventListener("latent-lab:decoding", () => {
  settle();
  refresh();
});
const LIMITS = [9999, COUNT - 1, 100];
const read = (text) => {
  const [seed, tile, share, origin = PRIOR, ...more] = text.split(",");
  const numbers = [seed, tile, share].map(Number);
  const fits = numbers.every((n, i) => Number.isInteger(n) && n >= 0 && n <= LIMITS[i]);
  return fits && !more.length && Object.hasOwn(props.origins, origin)
    ? [...numbers, origin]
    : undefined;
};
const link = linked("gan", read);
if (link) [state.seed, state.tile, state.share, state.origin] = link;
settle();
showMeasures();
const loads = models.flatMap(({ decoder, encoder }) =>
  [decoder, encoder].filter(Boolean).map((one) => one.load()),
);
Promise.all(loads).then(() => {
  settle();
  refresh();
  refreshDigit();
});
