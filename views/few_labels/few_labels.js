const CLASSES = [...Array(10).keys()];
const METHODS = ["m2", "alone"]; // in the order of what the server sends
const WORDS =
  "<b>The idea.</b> A label is hidden, but the image has to be explained: M2 learns which class explains it best. " +
  "Third row: one code z, your handwriting, with all ten classes. Fourth: every class chooses its own z; the number is its bound on log p(x|y), nats.";
const state = { pair: props.pairs[0], open: false, reads: {} };
const said = find(".said");
const bounded = (nats) => written(nats, 0);

// What stays: rows of ten columns, one for each class.
const titles = {
  m2: ["M2", "labels, and images without", "reads"],
  alone: ["Labels alone", "same network, same labels", "reads"],
};
const columns = () =>
  CLASSES.map(
    (y) =>
      `<div class="column"><span class="share"></span><span class="tube"><i></i></span><span class="class">${y}</span></div>`,
  ).join("");
const readingRow = (
  method,
) => `<div class="row ${method}" data-row="${method}"><div><h3>${titles[method][0]}</h3><p>${titles[method][1]}</p>
  <p class="reads" aria-live="off"></p></div>${columns()}</div>`;
const pictureRow = (name, title, meaning) =>
  `<div class="row" data-row="${name}"><div><h3>${title}</h3><p>${meaning}</p></div>${CLASSES.map(
    (y) =>
      `<div class="picture"><canvas width="28" height="28" role="img" aria-label="${title}: ${y}"></canvas><span class="nats"></span></div>`,
  ).join("")}</div>`;
find(".table").innerHTML =
  METHODS.map(readingRow).join("") +
  pictureRow("styled", "Your hand", "one z, ten classes") +
  pictureRow("fitted", "Its best try", "log p(x|y), nats, at least");
find(".words").innerHTML = WORDS;
find(".choice").insertAdjacentHTML(
  "beforeend",
  props.pairs
    .map(
      ({ labels }) =>
        `<label><input type="radio" name="labels-known" value="${labels}"><span>${labels.toLocaleString("en")}</span></label>`,
    )
    .join(""),
);
const rowOf = (name) => find(`[data-row=${name}]`);

// q(y|x): ten bars and a verdict.
const softmax = (logits) => {
  const most = Math.max(...logits),
    e = Array.from(logits, (v) => Math.exp(v - most)),
    total = sum(e);
  return e.map((v) => v / total);
};
// What is true on average, and whether this digit follows it; its class is known of samples only.
const showVerdict = () => {
  const { m2, alone } = state.reads,
    [ours, theirs] = state.pair.errors.map(({ percent: p }) => `${written(p, 1)} %`);
  const text = window.latentLabDigit?.label ?? "",
    average = `Of test digits M2 misreads ${ours}, labels alone ${theirs}. `;
  const read = Number.isInteger(m2) && Number.isInteger(alone);
  find(".verdict").textContent =
    average +
    (!read
      ? ""
      : text === ""
        ? unlabelledVerdict(m2, alone)
        : labelledVerdict(Number(text), m2, alone));
};
const unlabelledVerdict = (m2, alone) =>
  m2 === alone
    ? `Both read yours as ${m2}.`
    : `M2 reads yours as ${m2}, labels alone as ${alone}: you know which is right.`;
const labelledVerdict = (y, m2, alone) =>
  `This ${y}: ${
    m2 === y && alone === y
      ? "both are right"
      : m2 === y
        ? "M2 is right, labels alone are wrong"
        : alone === y
          ? "labels alone are right, M2 is wrong, against the average"
          : "both are wrong"
  }.`;
const percent = (share) => (share < 0.005 ? "·" : `${Math.round(100 * share)}%`);
// [] where nothing has been read.
const showPosterior = (method, posterior) => {
  const row = rowOf(method),
    best = posterior.indexOf(Math.max(...posterior));
  [...row.querySelectorAll(".column")].forEach((column, y) => {
    column.classList.toggle("first", y === best);
    column.querySelector(".share").textContent = best < 0 ? "" : percent(posterior[y]);
    column.querySelector("i").style.setProperty("--share", posterior[y] ?? 0);
    column.title = best < 0 ? "" : `q(y = ${y}|x) = ${written(posterior[y], 4)}`;
  });
  row.querySelector(".reads").innerHTML =
    best < 0 ? "" : `reads <b>${best}</b> (${Math.round(100 * posterior[best])}%)`;
  state.reads[method] = best < 0 ? null : best;
  showVerdict();
  row.dataset.posterior = posterior.map((v) => v.toFixed(5));
  if (method === "m2")
    for (const name of ["styled", "fitted"])
      [...rowOf(name).querySelectorAll(".picture")].forEach((picture, y) =>
        picture.classList.toggle("first", y === best),
      );
};

// The pictures are the server's, one question at a time; the bars are this page's where it can.
const showAnswer = ({ styled, fitted, bounds, posteriors }) => {
  for (const [name, bytes] of Object.entries({ styled, fitted }))
    [...rowOf(name).querySelectorAll("canvas")].forEach((canvas, y) =>
      paint(canvas, bytes.subarray(784 * y, 784 * (y + 1)), 28, 28),
    );
  [...rowOf("fitted").querySelectorAll(".nats")].forEach((text, y) => {
    text.textContent = bounds.length ? bounded(bounds[y]) : "";
  });
  METHODS.forEach((method, i) => {
    if (!inPage(i)) showPosterior(method, posteriors[i]);
  });
};
const BLACK = new Uint8Array(784 * CLASSES.length);
const ask = latestOnly(
  ({ pixels, labels }) => server.read_with_labels({ pixels: textOf(pixels), labels }),
  (answer, { labels }) => {
    if (labels !== state.pair.labels) return;
    said.textContent = "";
    showAnswer({ ...answer, styled: bytesOf(answer.styled), fitted: bytesOf(answer.fitted) });
    element.dataset.shown = labels;
  },
  (text) => {
    said.textContent = text;
    // What was made of the digit before is not shown of this one.
    showAnswer({ styled: BLACK, fitted: BLACK, bounds: [], posteriors: [[], []] });
  },
);
const parts = new Map(props.pairs.map(({ labels, addresses }) => [labels, addresses.map(part)]));
const inPage = (i) => !decoding.onServer && parts.get(state.pair.labels)[i].run;
const readHere = oncePerFrame(() => {
  const x = Float32Array.from(window.latentLabDigit.pixels, (v) => v / 255);
  METHODS.forEach((method, i) => {
    const run = inPage(i);
    if (run) showPosterior(method, softmax(run(x)));
  });
});
const refresh = () => {
  if (!state.open || !window.latentLabDigit || !state.pair) return;
  readHere();
  ask({ pixels: window.latentLabDigit.pixels, labels: state.pair.labels });
};

// Error against the number of labels, both on log axes; every value is written.
const WIDE = 300,
  LEFT = 34,
  RIGHT = 268,
  TOP = 14,
  BOTTOM = 206;
const allErrors = props.pairs.flatMap(({ errors }) => errors.map(({ percent: p }) => p));
const ends = (values) => [Math.min(...values) / 1.25, Math.max(...values) * 1.25];
const along = (low, high, from, to) => (v) =>
  from + ((to - from) * Math.log(v / low)) / Math.log(high / low);
const drawErrors = () => {
  const [fewest, most] = ends(props.pairs.map(({ labels }) => labels)),
    [best, worst] = ends(allErrors);
  const across = along(fewest, most, LEFT, RIGHT),
    up = along(best, worst, BOTTOM, TOP);
  const ticks = [1, 2, 5, 10, 20, 50].filter((v) => v > best && v < worst);
  const lines = METHODS.map((method, i) => {
    const points = props.pairs.map(({ labels, errors }) => [
      across(labels),
      up(errors[i].percent),
      errors[i],
    ]);
    const values = points.map(
      ([x, y, { percent: p }]) =>
        `<circle cx="${x}" cy="${y}" r="5.5"/><text class="value" x="${x}" y="${y + (i ? -11 : 21)}" text-anchor="middle">${written(p, 1)}</text>`,
    );
    return `<g class="${method}"><path d="M${points.map(([x, y]) => `${x},${y}`).join("L")}"/>${values.join("")}</g>`;
  });
  const grid = ticks.map(
    (v) =>
      `<line class="axis" x1="${LEFT}" x2="${WIDE}" y1="${up(v)}" y2="${up(v)}"/><text x="${LEFT - 5}" y="${up(v) + 5}" text-anchor="end">${v}%</text>`,
  );
  const labels = props.pairs.map(
    (pair) =>
      `<text x="${across(pair.labels)}" y="${BOTTOM + 20}" text-anchor="middle">${pair.labels < 1000 ? pair.labels : `${pair.labels / 1000}k`}</text>`,
  );
  const now = across(state.pair.labels);
  const svg = find(".errors svg");
  svg.innerHTML = `${grid.join("")}<line class="now" x1="${now}" x2="${now}" y1="${TOP - 10}" y2="${BOTTOM}"/>${labels.join("")}${lines.join("")}`;
  svg.setAttribute(
    "aria-label",
    props.pairs
      .map(
        ({ labels: n, errors: [a, b] }) =>
          `${n} labels: M2 ${written(a.percent, 1)} %, labels alone ${written(b.percent, 1)} %`,
      )
      .join("; "),
  );
  find(".errors tbody").innerHTML = props.pairs
    .map(
      ({
        labels: n,
        errors: [a, b],
        published: paper,
      }) => `<tr class="${n === state.pair.labels ? "now" : ""}"><td>${n.toLocaleString("en")}</td>
    <td title="${a.protocol}">${written(a.percent)}</td><td title="${b.protocol}">${written(b.percent)}</td>${["M2", "M1+M2"].map((name) => `<td class="paper">${paper[name] === undefined ? "" : written(paper[name])}</td>`).join("")}</tr>`,
    )
    .join("");
};

const choose = (pair) => {
  state.pair = pair;
  for (const radio of element.querySelectorAll("[type=radio]"))
    radio.checked = Number(radio.value) === pair.labels;
  find(".told").textContent =
    `${pair.labels / 10} of each digit; M2 learned from ${pair.unlabelled.toLocaleString("en")} more whose label it never saw`;
  drawErrors();
  showVerdict();
  remember({ labels: pair === props.pairs[0] ? "" : String(pair.labels) });
  Promise.all(parts.get(pair.labels).map(({ load }) => load())).then(refresh);
  refresh();
};
element.addEventListener("change", ({ target }) => {
  if (target.type === "radio")
    choose(props.pairs.find(({ labels }) => labels === Number(target.value)));
});
document.addEventListener("latent-lab:view", ({ detail }) => {
  state.open = detail === props.view;
  refresh();
});
document.addEventListener("latent-lab:digit", refresh);
document.addEventListener("latent-lab:decoding", refresh);
if (props.pairs.length) {
  // A view that is laid out has just been opened.
  state.open = true;
  choose(
    linked("labels", (text) => props.pairs.find(({ labels }) => String(labels) === text)) ??
      state.pair,
  );
}
