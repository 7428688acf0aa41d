// The state of the view. A place is one z for all maps, or each map's own: where the digit lands.
const state = {
  shown: [],      // names of the maps shown
  at: null,       // the place that stays: {name: z}; null while every map is where its digit lands
  preview: null,  // the place under a hovering mouse, which does not stay
  pins: {},       // A and B: places
  draws: null,    // the seed of ten draws from N(0, I)
  digit: null, predict: false, revealed: false, lattice: false, holes: false,
};
const FILM = 9, DRAWS = 10, MOST = 1e6;
const bar = element.querySelector(".bar");
const said = element.querySelector(".said");
const say = (text, wrong = false) => {
  said.textContent = text;
  said.classList.toggle("wrong", wrong);
};
const complain = (text) => say(text, true);
const number = (v, digits = 2) => v.toFixed(digits).replace("-", "−");
const everywhere = (z) => Object.fromEntries(props.maps.map(({ name }) => [name, z]));
const rounded = (z) => z.map((v) => Number(v.toFixed(4)));  // as far as a link tells
const isPlace = (z) => z.length === 2 && z.every((v) => Math.abs(v) <= MOST);  // false for NaN too

// The maps.
const halves = (text) => fromHalf(new Uint16Array(bytesOf(text).buffer));
const cellOf = (map) => {
  const root = document.createElement("section");
  root.className = `map ${map.family}`;
  root.dataset.name = map.name;
  root.innerHTML = `<h3 class="model">${map.family.toUpperCase()} <span class="full-name">${map.title}</span></h3>
    <div class="plot" tabindex="0" role="application" aria-roledescription="latent map"
      aria-label="Latent map of ${map.name}: arrow keys move, with Shift faster, Home goes to the origin, A and B pin">
      <canvas class="ground" aria-hidden="true"></canvas><canvas class="top" aria-hidden="true"></canvas></div>
    <canvas class="picture" width="28" height="28" role="img" aria-label="What ${map.name} draws at the cursor"></canvas>
    <div class="facts"><p class="at"></p><p class="near"></p><p class="score"></p></div>
    <div class="films"></div>`;
  const data = { ...map, codes: halves(map.codes), classes: bytesOf(map.classes) };
  const [ground, top] = root.querySelectorAll(".plot canvas");
  return {
    map: data, root, landing: null, guess: null, shortest: null, lattice: null, pictured: null, task: 0,
    find: (selector) => root.querySelector(selector),
    plot: latentPlot(ground, top, data, props.colours),
    screen: screen(root.querySelector(".picture")),
    decoder: part(map.decoder), encoder: part(map.encoder),
  };
};
const cells = new Map(props.maps.map((map) => [map.name, cellOf(map)]));
element.querySelector(".maps").append(...[...cells.values()].map(({ root }) => root));
const shown = () => state.shown.map((name) => cells.get(name));

const inPage = (which) => which.run !== null && !decoding.onServer;
const hiding = () => state.predict && !state.revealed;
const placeOf = (cell) => state.preview ?? state.at?.[cell.map.name] ?? (hiding() ? [0, 0] : cell.landing?.z ?? [0, 0]);

// The test image whose code is nearest to z.
const nearest = ({ codes, classes }, [x, y]) => {
  let best = 0, least = Infinity;
  for (let i = 0; i < classes.length; i++) {
    const distance = (codes[2 * i] - x) ** 2 + (codes[2 * i + 1] - y) ** 2;
    if (distance < least) { least = distance; best = i; }
  }
  return { digit: classes[best], distance: Math.sqrt(least) };
};
const facts = (cell, z) => {
  const { digit, distance } = nearest(cell.map, z);
  const hole = distance > cell.map.radius ? "; a hole" : "";
  return [`z = (${number(z[0])}, ${number(z[1])})`, `nearest test image: a ${digit}, ${number(distance)} away${hole}`];
};

// One frame: every map decodes at its place. What the browser cannot decode, the server is asked for.
const pictured = (cell, z, from) => {
  cell.pictured = [...z];
  if (cell.root.dataset.from !== from) cell.root.dataset.from = from;
};
const badge = decodingBadge(element.querySelector(".where"));
const refresh = oncePerFrame(() => {
  let spent = 0;
  const asked = [];
  for (const cell of shown()) {
    const z = placeOf(cell);
    drawTop(cell, z);
    if (cell.pictured && cell.pictured[0] === z[0] && cell.pictured[1] === z[1]) continue;
    const [at, near] = facts(cell, z);
    cell.find(".at").textContent = at;
    cell.find(".near").textContent = near;
    if (!inPage(cell.decoder)) {
      if (decoding.onServer || cell.decoder.failed) asked.push([cell, z]);  // else it is on its way
      continue;
    }
    const started = performance.now();
    cell.screen.show(cell.decoder.run(z));
    spent += performance.now() - started;
    pictured(cell, z, "page");
  }
  if (spent) badge.note(spent);
  if (asked.length) askPictures(asked);
});
const askPictures = latestOnly(
  async (asked) => {
    const started = performance.now();
    const z = asked.map(([, place]) => place);
    const same = z.every((place) => String(place) === String(z[0]));
    const answer = await server.decode_codes({ models: asked.map(([cell]) => cell.map.name), z: same ? [z[0]] : z });
    badge.note(performance.now() - started);
    return { ...answer, same };
  },
  ({ pixels, same }, asked) => asked.forEach(([cell, z], i) => {
    if (inPage(cell.decoder)) return;
    const from = same ? 0 : 784 * i;
    cell.screen.showBytes(bytesOf(pixels[i]).subarray(from, from + 784));
    pictured(cell, z, "server");
    if (said.classList.contains("wrong")) say("");
  }),
  complain,
);

const drawTop = (cell, z) => {
  const { name } = cell.map;
  const pins = Object.fromEntries(Object.entries(state.pins).map(([pin, place]) => [pin, place[name]]));
  const paths = pins.A && pins.B ? [{ places: [pins.A, pins.B], dashed: true }] : [];
  if (paths.length && cell.shortest) paths.push({ places: cell.shortest.path });
  cell.plot.drawTop({
    z, pins, paths, landing: hiding() ? null : cell.landing, guess: cell.guess, draws: tenDraws(),
  });
};
const drawGround = (cell) => {
  cell.plot.drawGround({ lattice: state.lattice && cell.lattice, showHoles: state.holes });
};
const redraw = () => { for (const cell of shown()) drawGround(cell); refresh(); };

// Draws from N(0, I) that a seed brings back (mulberry32, then Box & Muller 1958).
const uniform = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const normals = (seed, count) => {
  const next = uniform(seed);
  return Array.from({ length: count }, () => {
    const r = Math.sqrt(-2 * Math.log(1 - next())), angle = 2 * Math.PI * next();
    return [r * Math.cos(angle), r * Math.sin(angle)];
  });
};
let drawn = { seed: null, places: [] };
const tenDraws = () => {
  if (drawn.seed !== state.draws) drawn = { seed: state.draws, places: state.draws === null ? [] : normals(state.draws, DRAWS) };
  return drawn.places;
};
const newSeed = () => Math.floor(Math.random() * 2 ** 31);

// Moving. `stays` is false for a mouse that only passes over.
const move = (z, stays) => {
  if (!isPlace(z)) return;
  if (stays) { state.at = everywhere(rounded(z)); state.preview = null; } else state.preview = rounded(z);
  refresh();
  settle();
};
let settling = null;
const settle = () => { clearTimeout(settling); settling = setTimeout(settled, 250); };
// At rest: tell where decoding happens, screen readers, the address and Python where we are.
const settled = () => {
  const remote = shown().filter((cell) => !inPage(cell.decoder)).map((cell) => cell.map.family.toUpperCase());
  badge.show(!remote.length ? "in this page" : remote.length === state.shown.length ? "on the server" : `${remote.join(", ")} on the server`);
  element.querySelector(".spoken").textContent = shown().map((cell) => `${cell.map.name}: ${facts(cell, placeOf(cell)).join(", ")}`).join(". ");
  rememberAll();
};

// The digit: it lands on every map, while it is being drawn too.
const readPosterior = (numbers) => {
  const [a, b, c, d] = numbers;
  const spread = (v) => Math.exp(0.5 * Math.min(Math.max(v, -14), 8));  // as models/vae.py clamps it
  return numbers.length === 4 ? { z: [a, b], std: [spread(c), spread(d)] } : { z: [a, b], std: null };
};
const land = (digit) => {
  const waiting = [];
  for (const cell of shown()) {
    if (digit.live && !decoding.onServer) cell.encoder.load();  // heavy, so only for those who draw
    if (inPage(cell.encoder)) cell.landing = readPosterior(cell.encoder.run(Float32Array.from(digit.pixels, (v) => v / 255)));
    else waiting.push(cell);
  }
  refresh();
  if (waiting.length) askCodes({ pixels: textOf(digit.pixels), models: waiting.map((cell) => cell.map.name) });
};
const askCodes = latestOnly(
  (question) => server.encode_digit(question),
  ({ codes }, { models }) => {
    models.forEach((name, i) => { cells.get(name).landing = codes[i]; });
    refresh();
    settle();
  },
  complain,
);
const ink = () => state.digit?.pixels.some((v) => v);
const takeDigit = (digit, moves = true) => {
  state.digit = digit;
  if (moves) state.at = null;
  if (moves && !digit.live && state.predict) startGuessing();
  if (ink()) land(digit);
  else { for (const cell of cells.values()) cell.landing = null; refresh(); }
  settle();
};

// Predict, then reveal.
const theDigit = () => (state.digit?.label ? `your ${state.digit.label}` : "your digit");
const startGuessing = () => {
  state.revealed = false;
  for (const cell of cells.values()) { cell.guess = null; cell.find(".score").textContent = ""; }
  say(state.predict ? `Where will ${theDigit()} land? Click a place on every map, then press Reveal.` : "");
  bar.querySelector("[data-do=reveal]").hidden = !state.predict;
  refresh();
};
// The centre of a class on a map, and the root mean square distance of its codes from there.
const spreadOf = ({ codes, classes }, digit) => {
  const own = [...classes.keys()].filter((i) => classes[i] === digit);
  const mean = [0, 1].map((axis) => own.reduce((sum, i) => sum + codes[2 * i + axis], 0) / own.length);
  const squares = own.map((i) => (codes[2 * i] - mean[0]) ** 2 + (codes[2 * i + 1] - mean[1]) ** 2);
  return Math.sqrt(squares.reduce((a, b) => a + b) / own.length);
};
const reveal = () => {
  if (!shown().some((cell) => cell.guess)) return say("Click a place on a map first; then reveal.");
  if (!ink()) return say("Pick or draw a digit first; then guess where it lands.");
  state.revealed = true;
  state.at = null;
  say(`Here is ${theDigit()}.`);
  bar.querySelector("[data-do=reveal]").hidden = true;
  for (const cell of shown()) if (cell.guess && cell.landing) score(cell);
  refresh();
  settle();
};
const score = ({ map, guess, landing, find }) => {
  const off = Math.hypot(guess[0] - landing.z[0], guess[1] - landing.z[1]);
  const digit = state.digit.label ? Number(state.digit.label) : nearest(map, landing.z).digit;
  const spread = spreadOf(map, digit);
  find(".score").textContent = `your guess: off by ${number(off)}; the ${digit}s spread ${number(spread)} about their centre, so ${number(off / spread, 1)} times that`;
};

// Films: ten draws, the straight path between the pins, and the shortest one where there is a prior.
const film = (title) => {
  const figure = document.createElement("figure");
  figure.innerHTML = `<canvas class="film" width="252" height="28" role="img"></canvas><figcaption></figcaption>`;
  figure.querySelector("canvas").setAttribute("aria-label", title);
  figure.querySelector("figcaption").textContent = title;
  return figure;
};
const between = (a, b, t) => a.map((v, i) => v + t * (b[i] - v));
const straight = (a, b) => Array.from({ length: FILM }, (_, i) => between(a, b, i / (FILM - 1)));
const everyFilm = (cell) => {
  const { A, B } = state.pins, { name, reached } = cell.map;
  const percent = Math.round(100 * reached);
  const films = state.draws === null ? [] : [[`ten draws; 95 % of N(0, I) holds ${percent} % of codes`, tenDraws()]];
  if (!A || !B) return films;
  const [a, b] = [A[name], B[name]], { shortest } = cell;
  const length = number(Math.hypot(b[0] - a[0], b[1] - a[1]));
  films.push([`straight: ${length} on the map${shortest ? `, ${number(shortest.straight, 1)} in the metric` : ""}`, straight(a, b)]);
  if (shortest) films.push([`shortest in the decoder's metric: ${number(shortest.length, 1)}`, shortest.film]);
  return films;
};
const decodeAll = async (cell, places, wanted) => {
  await cell.decoder.load();
  const run = inPage(cell.decoder) ? cell.decoder.run : null;
  return decodeMany(run, places, serverDecodes(server, cell.map.name, complain), wanted);
};
const showFilms = async (cell) => {
  const task = ++cell.task;
  const figures = [];
  for (const [title, places] of everyFilm(cell)) {
    const bytes = await decodeAll(cell, places, () => task === cell.task);
    if (!bytes) return;
    const figure = film(title);
    paint(figure.firstChild, bytes, 28, 28, places.length);
    figures.push(figure);
  }
  if (task === cell.task) cell.find(".films").replaceChildren(...figures);
};
const showAllFilms = () => { for (const cell of shown()) showFilms(cell); };
// The shortest path needs the decoder's gradient: Python finds it.
const findShortest = async (cell) => {
  const { A, B } = state.pins, { name, prior } = cell.map;
  cell.shortest = null;
  if (!A || !B || !prior) return;
  const question = { model: name, a: A[name], b: B[name], frames: FILM };
  say("Finding the shortest path …");
  const answer = await server.shortest_path(question).catch(() => ({ error: "The server does not answer, so there is no shortest path; pin again." }));
  if (question.a !== state.pins.A?.[name] || question.b !== state.pins.B?.[name]) return;
  if (answer.error) return complain(answer.error);
  say("");
  cell.shortest = answer;
  showFilms(cell);
  refresh();
};
const repin = () => {
  for (const cell of shown()) { findShortest(cell); showFilms(cell); }
  refresh();
  settle();
};
const pin = (name) => {
  state.pins[name] = Object.fromEntries([...cells.values()].map((cell) => [cell.map.name, rounded(placeOf(cell))]));
  say(state.pins.A && state.pins.B ? "" : `Pinned ${name}; move on and pin ${name === "A" ? "B" : "A"} for the path between them.`);
  repin();
};

// The lattice: what the decoder draws everywhere, tile by tile.
const showLattice = async (cell) => {
  const places = cell.plot.latticePlaces(), n = cell.plot.tiles();
  if (!state.lattice || cell.lattice?.width === 28 * n) return drawGround(cell);
  const bytes = await decodeAll(cell, places, () => state.lattice && n === cell.plot.tiles());
  if (!bytes) return;
  cell.lattice = document.createElement("canvas");
  cell.lattice.width = cell.lattice.height = 28 * n;
  const pen = cell.lattice.getContext("2d"), tile = document.createElement("canvas");
  places.forEach((_, i) => {
    paint(tile, bytes.subarray(784 * i, 784 * (i + 1)), 28, 28);
    pen.drawImage(tile, 28 * (i % n), 28 * Math.floor(i / n));
  });
  drawGround(cell);
};

// What is shown, and what it needs.
const showMaps = (names) => {
  state.shown = names;
  element.querySelector(".maps").style.setProperty("--maps", names.length);
  for (const cell of cells.values()) cell.root.hidden = !names.includes(cell.map.name);
  for (const button of bar.querySelectorAll("[data-map]")) button.setAttribute("aria-pressed", names.includes(button.dataset.map));
  for (const cell of shown()) {
    cell.decoder.load().then(() => { cell.pictured = null; refresh(); settle(); });
    fit(cell);
  }
  if (ink()) land(state.digit);
  repin();
};
const fit = (cell) => {
  if (!cell.plot.resize(cell.find(".plot").clientWidth)) return;
  if (state.lattice) showLattice(cell);
  drawGround(cell);
  refresh();
};
const resized = new ResizeObserver(() => { for (const cell of shown()) fit(cell); });

// Hands: mouse, finger, pen and keys.
const codeUnder = (cell, event) => {
  const box = cell.find(".plot").getBoundingClientRect();
  return cell.plot.within(cell.plot.toCode(event.clientX - box.left, event.clientY - box.top));
};
const guessAt = (cell, z) => { cell.guess = z; refresh(); };
const put = (cell, event) => (hiding() ? guessAt(cell, codeUnder(cell, event)) : move(codeUnder(cell, event), true));
for (const cell of cells.values()) {
  const plot = cell.find(".plot");
  plot.addEventListener("pointerdown", (event) => {
    plot.setPointerCapture(event.pointerId);
    put(cell, event);
  });
  plot.addEventListener("pointermove", (event) => {
    if (plot.hasPointerCapture(event.pointerId)) put(cell, event);
    else if (event.pointerType === "mouse") move(codeUnder(cell, event), false);
  });
  plot.addEventListener("pointerleave", () => { state.preview = null; refresh(); settle(); });
  plot.addEventListener("keydown", (event) => {
    const by = 2 * cell.plot.half * (event.shiftKey ? 0.1 : 0.01);
    const step = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[event.key];
    const from = hiding() ? cell.guess ?? [0, 0] : placeOf(cell);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) (hiding() ? (z) => guessAt(cell, z) : (z) => move(z, true))(cell.plot.within(from.map((v, i) => v + step[i])));
    else if (event.key === "Home") move([0, 0], true);
    else if ("ab".includes(event.key.toLowerCase())) pin(event.key.toUpperCase());
    else return;
    event.preventDefault();
  });
  resized.observe(plot);
}

const clear = () => {
  Object.assign(state, { pins: {}, draws: null, at: null });
  for (const cell of cells.values()) { cell.guess = null; cell.shortest = null; }
  startGuessing();
  repin();
};
const ACTIONS = {
  one: () => move(normals(newSeed(), 1)[0], true),
  ten: () => { state.draws = newSeed(); showAllFilms(); refresh(); settle(); },
  A: () => pin("A"), B: () => pin("B"), clear, reveal,
};
bar.addEventListener("click", (event) => {
  const { do: action, map } = event.target.dataset;
  if (action) ACTIONS[action]();
  if (!map) return;
  const others = state.shown.filter((name) => name !== map);
  const names = others.length < state.shown.length ? others : props.maps.map(({ name }) => name).filter((name) => name === map || others.includes(name));
  if (names.length) showMaps(names); else say("One map has to stay.");
});
bar.addEventListener("change", (event) => {
  state[event.target.dataset.switch] = event.target.checked;
  if (event.target.dataset.switch === "predict") startGuessing();
  if (event.target.dataset.switch === "lattice") for (const cell of shown()) showLattice(cell);
  redraw();
  settle();
});
document.addEventListener("latent-lab:decoding", () => {
  for (const cell of cells.values()) cell.pictured = null;
  refresh();
  settle();
});
new MutationObserver(redraw).observe(document.body, { attributeFilter: ["class"] });  // light or dark

// Links.
const SWITCHES = ["lattice", "holes", "predict"];
const written = (place) => {
  const own = state.shown.map((name) => place[name]);
  const same = own.every((z) => String(z) === String(own[0]));
  return writeNumbers(same ? own[0] : own.flat());
};
const rememberAll = () => {
  if (element.offsetParent === null) return;
  remember({
    maps: state.shown.join() === props.start.join() ? null : state.shown.join(),
    z: state.at && written(state.at),
    a: state.pins.A && written(state.pins.A), b: state.pins.B && written(state.pins.B),
    draws: state.draws !== null && String(state.draws),
    show: SWITCHES.filter((name) => state[name]).join(),
  });
};
const readPlace = (names) => (text) => {
  const same = readNumbers(text, 2, MOST);
  if (same) return everywhere(same);
  const own = readNumbers(text, 2 * names.length, MOST);
  return own && Object.fromEntries(props.maps.map(({ name }) => {
    const i = Math.max(names.indexOf(name), 0);
    return [name, own.slice(2 * i, 2 * i + 2)];
  }));
};
const readSome = (known) => (text) => {
  const names = text.split(",");
  return names.every((name) => known.includes(name)) && new Set(names).size === names.length ? names : undefined;
};
const restore = () => {
  const names = linked("maps", readSome(props.maps.map(({ name }) => name))) ?? props.start;
  state.at = linked("z", readPlace(names)) ?? null;
  for (const [pin, key] of [["A", "a"], ["B", "b"]]) {
    const place = linked(key, readPlace(names));
    if (place) state.pins[pin] = place;
  }
  state.draws = linked("draws", Number) ?? null;
  for (const name of linked("show", readSome(SWITCHES)) ?? []) {
    state[name] = true;
    bar.querySelector(`[data-switch=${name}]`).checked = true;
  }
  bar.querySelector("[data-group=maps]").append(...props.maps.map(({ name }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.map = button.textContent = name;
    return button;
  }));
  showMaps(names);
  if (state.lattice) for (const cell of shown()) showLattice(cell);
  if (state.predict) startGuessing();
};
restore();
let opening = true;  // the first digit is there before the visitor: it must not move what a link put
const onDigit = (digit) => {
  takeDigit(digit, !opening);
  opening = false;
};
if (window.latentLabDigit) onDigit(window.latentLabDigit);
document.addEventListener("latent-lab:digit", ({ detail }) => onDigit(detail));
