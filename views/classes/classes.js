const TITLE = "Classes";
const { size: SIZE, classes: CLASSES, rows, facts } = props.told;
const FROM = {
  digit: "All ten in a hand like yours: the same <i>z</i>, ten classes",
  moved: "All ten in a handwriting you have changed: the same <i>z</i>, ten classes",
  prior: "All ten in a handwriting nobody has: <i>z</i> from N(0, I)",
};
const encoder = part(props.told.encoder),
  decoder = part(props.told.decoder),
  judge = part(props.told.judge);
// What the encoder adds to an image of each class; half precision, as the network's other weights.
const pictures = fromHalf(new Uint16Array(bytesOf(props.told.pictures).buffer));
const said = find(".said"),
  picker = find(".picker"),
  badge = decodingBadge(find(".where"));
const state = {
  open: true,
  digit: null,
  from: "digit",
  shares: [],
  read: null,
  corrected: null,
  z: new Array(SIZE).fill(0),
  own: null,
};

const all = [...Array(CLASSES).keys()];
picker.innerHTML = all
  .map((y) => `<label><input type="radio" name="class-told" value="${y}"><span>${y}</span></label>`)
  .join("");
find(".ten").innerHTML = all
  .map(
    (y) => `<figure data-class="${y}"><canvas width="28" height="28" role="img"
  aria-label="The code decoded as a ${y}"></canvas><figcaption>${y}</figcaption></figure>`,
  )
  .join("");
const chips = [...picker.querySelectorAll("input")];
const figures = [...element.querySelectorAll(".ten figure")];
const screens = figures.map((figure) => screen(figure.querySelector("canvas")));

const inPage = () => !decoding.onServer && encoder.run && decoder.run && judge.run;
const askable = () => decoding.onServer || encoder.failed || decoder.failed || judge.failed;
const complain = (text) => {
  said.textContent = text;
};

// The class that the encoder is told: the visitor's word, the sample's label, or what was read.
const label = () => (state.digit.label === "" ? null : Number(state.digit.label));
const known = () => state.corrected ?? label();
const told = () => known() ?? state.read;

// The sliders.
const slider = ({ index, nats }) => {
  const row = document.createElement("div");
  row.className = "dimension";
  row.dataset.index = index;
  row.innerHTML = `<label for="${element.id}-z${index}"><b>z${index + 1}</b> <small>${nats}</small></label>
    <input id="${element.id}-z${index}" type="range" min="-3.5" max="3.5" step="0.02" value="0"><output>0.00</output>`;
  return row;
};
const used = rows.filter((row) => row.used),
  unused = rows.filter((row) => !row.used);
find(".used").append(...used.map(slider));
find(".unused").append(...unused.map(slider));
find("summary").textContent = `${unused.length} more numbers that hardly change anything`;
find("details").hidden = !unused.length;
const sliders = [...element.querySelectorAll(".dimension")];
const showSliders = () => {
  for (const row of sliders) {
    const value = state.z[row.dataset.index],
      input = row.querySelector("input");
    // A code beyond the usual range must still find its place.
    input.min = Math.min(-3.5, value);
    input.max = Math.max(3.5, value);
    input.value = value;
    row.querySelector("output").textContent = written(value);
  }
};

// The ten pictures: one decode for each class, at most once a frame.
const code = new Float32Array(SIZE + CLASSES);
const showPictures = oncePerFrame(() => {
  if (!inPage()) {
    if (askable()) askPictures({ z: [...state.z] });
    return;
  }
  const started = performance.now();
  code.set(state.z);
  for (const y of all) {
    code.fill(0, SIZE).fill(1, SIZE + y, SIZE + y + 1);
    screens[y].show(decoder.run(code));
  }
  badge.note(performance.now() - started);
  shown();
});
const askPictures = latestOnly(
  (question) => server.draw_every_class(question),
  ({ pixels }) => {
    const bytes = bytesOf(pixels);
    screens.forEach(({ showBytes }, y) => showBytes(bytes.subarray(784 * y, 784 * (y + 1))));
    shown();
  },
  complain,
);
const shown = () => {
  element.dataset.shown = `${state.from} ${state.from === "digit" ? told() : ""}`.trim();
  badge.show(inPage() ? "in this page" : "on the server");
};

// What is said about the digit.
const percent = (share) => (share > 0.999 ? "over 99.9 %" : `${written(100 * share, 1)} %`);
const article = (y) => (y === 8 ? "an 8" : `a ${y}`);
const reading = () => {
  const { read, shares, digit } = state;
  if (read === null) return "This digit has not been read.";
  const sure = `${percent(shares[read])} sure`;
  if (!digit.pixels.some(Boolean)) return "Nothing is drawn yet: draw a digit, or pick a sample.";
  if (state.corrected !== null)
    return `You say ${article(state.corrected)}. The classifier read ${article(read)}, ${sure}.`;
  if (label() !== null)
    return `A sample, labelled ${label()}. The classifier reads ${article(read)}, ${sure}.`;
  return `<b>Read as ${article(read)}</b>, ${sure}. Wrong? Click the right class.`;
};
const showWords = () => {
  const digit = state.from !== "prior",
    y = digit ? told() : null;
  find("h3").innerHTML = FROM[state.from];
  find(".reading").innerHTML = digit
    ? reading()
    : "No digit was encoded. Click a class, or go back, to see yours.";
  picker.classList.toggle("idle", !digit);
  find("[data-do=back]").disabled = state.from === "digit";
  for (const [i, chip] of chips.entries()) {
    chip.checked = i === y;
    chip.parentElement.style.setProperty(
      "--share",
      `${100 * (digit ? (state.shares[i] ?? 0) : 0)}%`,
    );
    chip.parentElement.title = digit
      ? `q(y = ${i}|x) = ${written(state.shares[i] ?? 0, 3)}, by the classifier`
      : "";
    figures[i].classList.toggle("told", i === y);
    figures[i].querySelector("figcaption").textContent =
      i === y && state.from === "digit" ? `${i}, yours` : i;
  }
};

// In a link: the class the visitor chose, or x, then z in thousandths if it is not the digit's.
const rememberState = () => {
  const z = state.from === "digit" ? [] : state.z.map((v) => Math.round(1000 * v));
  const first = state.corrected ?? "x",
    origin = { digit: [], moved: ["m"], prior: ["p"] }[state.from];
  remember({ classes: first === "x" && !z.length ? "" : [first, ...origin, ...z].join(",") });
};
const readState = (text) => {
  const [first, origin, ...z] = text.split(",");
  if (first !== "x" && !all.includes(Number(first))) return undefined;
  const corrected = first === "x" ? null : Number(first);
  if (origin === undefined) return { corrected };
  const from = { m: "moved", p: "prior" }[origin],
    numbers = readNumbers(z.join(","), SIZE, 1e5);
  return from && numbers && { corrected, from, z: numbers.map((v) => v / 1000) };
};
let link = linked("classes", readState);

const show = () => {
  showWords();
  showSliders();
  showPictures();
};
// z of the digit, given its class; a link's z comes before it, once.
const take = (shares, z) => {
  Object.assign(state, { shares, own: z });
  said.textContent = "";
  if (state.from === "digit") state.z = [...z];
  show();
};
const largest = (values) => values.indexOf(Math.max(...values));
const softmax = (logits) => {
  const most = Math.max(...logits),
    powers = Array.from(logits, (v) => Math.exp(v - most)),
    total = sum(powers);
  return powers.map((v) => v / total);
};
const askReading = latestOnly(
  ({ digit, y }) => server.encode_told({ pixels: textOf(digit.pixels), y }),
  ({ shares, z }, { digit }) => {
    if (digit !== state.digit) return; // it comes too late
    state.read = largest(shares);
    take(shares, z);
  },
  // What was read of the digit before is not said of this one.
  (text) => {
    complain(text);
    Object.assign(state, { shares: [], read: null });
    showWords();
  },
);
const readDigit = oncePerFrame(() => {
  const { digit } = state;
  if (!digit) return;
  if (!inPage()) {
    if (askable()) askReading({ digit, y: known() });
    return;
  }
  const x = Float32Array.from(digit.pixels, (v) => v / 255),
    shares = softmax(judge.run(x));
  state.read = largest(shares);
  const from = 784 * told();
  for (let i = 0; i < 784; i++) x[i] += pictures[from + i];
  take(shares, [...encoder.run(x).subarray(0, SIZE)]);
});

// Another digit, or the view has just been opened with one.
const refresh = () => {
  const digit = window.latentLabDigit;
  if (!state.open || !digit) return;
  if (digit !== state.digit) {
    const again = link ?? { corrected: null };
    const changed = state.digit !== null;
    link = undefined;
    Object.assign(state, { digit, from: "digit" }, again);
    if (changed) rememberState();
  }
  readDigit();
};
const load = () =>
  Promise.all([encoder, decoder, judge].map((network) => network.load())).then(refresh);

picker.addEventListener("change", ({ target }) => {
  const y = Number(target.value);
  state.corrected = y === (label() ?? state.read) ? null : y;
  state.from = "digit";
  rememberState();
  readDigit();
});
element.addEventListener("input", ({ target }) => {
  const row = target.closest(".dimension");
  if (!row) return;
  state.z[row.dataset.index] = Number(target.value);
  row.querySelector("output").textContent = written(Number(target.value));
  if (state.from === "digit") {
    state.from = "moved";
    showWords();
  }
  showPictures();
});
element.addEventListener("change", ({ target }) => {
  if (target.closest(".dimension")) rememberState();
});
const actions = {
  draw: () => {
    state.z = [...standardNormals(Math.floor(2 ** 32 * Math.random()), SIZE)];
    state.from = "prior";
  },
  back: () => {
    state.z = [...state.own];
    state.from = "digit";
  },
};
element.addEventListener("click", ({ target }) => {
  const action = target.closest("[data-do]")?.dataset.do;
  if (!action || !state.own) return;
  actions[action]();
  rememberState();
  show();
});

find(".facts").innerHTML = facts
  .map(
    ({ kind, number, words, protocol }) =>
      `<p class="${kind}" title="${protocol}"><b>${number}</b><span>${words}</span></p>`,
  )
  .join("");
document.addEventListener("latent-lab:view", ({ detail }) => {
  state.open = detail === TITLE;
  refresh();
});
document.addEventListener("latent-lab:digit", refresh);
document.addEventListener("latent-lab:decoding", () => {
  if (state.open && state.digit) refresh();
});
load();
