// The state of the view. A place is one z for all maps, or each map's own: where the digit lands.
const state = {
  shown: [], // names of the maps shown
  at: null, // the place that stays: {name: z}; null while every map is where its digit lands
  preview: null, // the place under a hovering mouse, which does not stay
  pins: {}, // A and B: places
  draws: null, // the seed of ten draws from N(0, I)
  digit: null,
  predict: false,
  revealed: false,
  lattice: false,
  holes: false,
};
const SEEKING = "Finding the shortest path …";
const FILM = 9,
  DRAWS = 10,
  MOST = 1e6;
const bar = element.querySelector(".bar");
const said = element.querySelector(".said");
const say = (text, wrong = false) => {
  said.textContent = text;
  said.classList.toggle("wrong", wrong);
};
const complain = (text) => say(text, true);
const everywhere = (z) => Object.fromEntries(props.maps.map(({ name }) => [name, z]));
const rounded = (z) => z.map((v) => Number(v.toFixed(4))); // as far as a link tells
const isPlace = (z) => z.length === 2 && z.every((v) => Math.abs(v) <= MOST); // false for NaN too

// The maps.
const halves = (text) => fromHalf(new Uint16Array(bytesOf(text).buffer));
const cellOf = (map) => {
  const root = document.createElement("section");
  root.className = `map ${map.family}`;
  root.dataset.name = map.name;
  root.innerHTML = `<h3 class="model">${map.family.toUpperCase()} <span class="full-name">${map.title}</span></h3>
    <div class="plot" tabindex="0" role="application" aria-roledescription="latent map">
      <canvas class="ground" aria-hidden="true"></canvas><canvas class="top" aria-hidden="true"></canvas></div>
    <canvas class="picture" width="28" height="28" role="img"></canvas>
    <div class="facts"><p class="at"></p><p class="near"></p><p class="key"></p><p class="score"></p></div>
    <div class="films"></div>`;
  root
    .querySelector(".plot")
    .setAttribute(
      "aria-label",
      `Latent map of ${map.name}: arrow keys move, with Shift faster, Home goes to the origin, A and B pin`,
    );
  root.querySelector(".picture").setAttribute("aria-label", `What ${map.name} draws at the cursor`);
  const data = { ...map, codes: halves(map.codes), classes: bytesOf(map.classes) };
  const [ground, top] = root.querySelectorAll(".plot canvas");
  return {
    map: data,
    root,
    landing: null,
    turn: 0, // where the digit lies: {z, std}, and which turn of it put it there
    guess: null,
    shortest: null,
    ends: "", // the path, and the pins it joins
    lattice: null,
    tiling: 0, // its pictures, and the latest call for them
    pictured: null,
    task: 0, // the place whose picture is shown; the latest call for films
    find: (selector) => root.querySelector(selector),
    plot: latentPlot(ground, top, data, props.colours),
    screen: screen(root.querySelector(".picture")),
    decoder: part(map.decoder),
    encoder: part(map.encoder),
  };
};
const cells = new Map(props.maps.map((map) => [map.name, cellOf(map)]));
element.querySelector(".maps").append(...[...cells.values()].map(({ root }) => root));
const shown = () => state.shown.map((name) => cells.get(name));

const inPage = (which) => which.run !== null && !decoding.onServer;
const hiding = () => state.predict && !state.revealed;
const placeOf = (cell) =>
  state.preview ?? state.at?.[cell.map.name] ?? (hiding() ? [0, 0] : (cell.landing?.z ?? [0, 0]));

// The test image whose code is nearest to z, and the kernel density of all codes there.
const nearest = ({ codes, classes, bandwidth }, [x, y]) => {
  let best = 0,
    least = Infinity,
    density = 0;
  for (let i = 0; i < classes.length; i++) {
    const distance = (codes[2 * i] - x) ** 2 + (codes[2 * i + 1] - y) ** 2;
    density += Math.exp(-distance / (2 * bandwidth ** 2));
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return { digit: classes[best], distance: Math.sqrt(least), density: density / classes.length };
};
// Coordinates, and what lies there; nothing that would give an answer away.
const facts = (cell, z) => {
  if (hiding())
    return [
      cell.guess
        ? `your guess: (${written(cell.guess[0])}, ${written(cell.guess[1])})`
        : "no guess yet",
      "",
    ];
  const { digit, distance, density } = nearest(cell.map, z),
    { landing, plot, map } = cell;
  const hole = density < map.least ? "; a hole" : "";
  const off = plot.holds(z) ? "" : "; off the map";
  const spread =
    landing?.std && landing.z === z
      ? `; q(z|x): σ = (${landing.std.map((v) => written(v)).join(", ")})`
      : "";
  return [
    `z = (${written(z[0])}, ${written(z[1])})`,
    `nearest test image: ${digit === 8 ? "an" : "a"} ${digit}, ${written(distance)} away${hole}${off}${spread}`,
  ];
};

// One frame: every map decodes at its place. What the browser cannot decode, the server is asked for.
const pictured = (cell, z, from) => {
  cell.pictured = [...z];
  if (cell.root.dataset.from !== from) cell.root.dataset.from = from;
};
const nothing = new Uint8Array(784);
const badge = decodingBadge(element.querySelector(".where"));
const refresh = oncePerFrame(() => {
  let spent = 0;
  const wanted = [];
  for (const cell of shown()) {
    const z = placeOf(cell);
    drawTop(cell, z);
    const [at, near] = facts(cell, z);
    cell.find(".at").textContent = at;
    cell.find(".near").textContent = near;
    if (hiding()) {
      cell.screen.showBytes(nothing);
      cell.pictured = null;
      continue;
    }
    if (cell.pictured && cell.pictured[0] === z[0] && cell.pictured[1] === z[1]) continue;
    if (!inPage(cell.decoder)) {
      if (decoding.onServer || cell.decoder.failed) wanted.push([cell, z]); // else it is on its way
      continue;
    }
    const started = performance.now();
    cell.screen.show(cell.decoder.run(z));
    spent += performance.now() - started;
    pictured(cell, z, "page");
  }
  if (spent) badge.note(spent);
  if (wanted.length) askPictures(wanted);
});
const askPictures = latestOnly(
  async (wanted) => {
    const started = performance.now();
    const places = wanted.map(([, z]) => z),
      [first] = places;
    const z = places.every((place) => String(place) === String(first)) ? [first] : places;
    const answer = await server.decode_codes({ models: wanted.map(([cell]) => cell.map.name), z });
    if (decoding.onServer) badge.note(performance.now() - started);
    return answer;
  },
  ({ pixels }, wanted) => {
    wanted.forEach(([cell, z], i) => {
      if (inPage(cell.decoder) || hiding()) return;
      const bytes = bytesOf(pixels[i]),
        from = bytes.length > 784 ? 784 * i : 0;
      cell.screen.showBytes(bytes.subarray(from, from + 784));
      pictured(cell, z, "server");
    });
    if (said.classList.contains("wrong")) say("");
    refresh(); // the cursor may have moved on
  },
  complain,
);

const drawTop = (cell, z) => {
  const { name } = cell.map;
  const pins = Object.fromEntries(
    Object.entries(state.pins).map(([pin, place]) => [pin, place[name]]),
  );
  const paths = pins.A && pins.B ? [{ places: [pins.A, pins.B], dashed: true }] : [];
  if (paths.length && cell.shortest) paths.push({ places: cell.shortest.path });
  cell.plot.drawTop({
    z: hiding() ? null : z,
    pins,
    paths,
    landing: hiding() ? null : cell.landing,
    guess: cell.guess,
    draws: tenDraws(),
  });
};
const drawGround = (cell) => {
  cell.plot.drawGround({ lattice: state.lattice && cell.lattice, showHoles: state.holes });
};
const explainHoles = () => {
  for (const { map, find } of cells.values())
    find(".key").textContent = state.holes ? map.shade : "";
};
const redraw = () => {
  for (const cell of shown()) drawGround(cell);
  refresh();
};

const normals = (seed, count) => {
  const next = uniforms(seed);
  return Array.from({ length: count }, () => normalPair(next));
};
let drawn = { seed: null, places: [] };
const tenDraws = () => {
  if (drawn.seed !== state.draws)
    drawn = { seed: state.draws, places: state.draws === null ? [] : normals(state.draws, DRAWS) };
  return drawn.places;
};
const newSeed = () => Math.floor(Math.random() * 2 ** 31);

// Moving. `stays` is false for a mouse that only passes over.
const move = (z, stays) => {
  if (!isPlace(z)) return;
  speaks ||= stays;
  if (stays) {
    state.at = everywhere(rounded(z));
    state.preview = null;
  } else state.preview = rounded(z);
  refresh();
  settle();
};
let settling = null,
  speaks = false; // speaks: it was no mouse passing over
const settle = () => {
  clearTimeout(settling);
  settling = setTimeout(settled, 250);
};
// Where the maps shown are decoded, in words.
const whereDecoded = () => {
  const families = (cells) => cells.map(({ map }) => map.family.toUpperCase()).join(", ");
  const away = shown().filter((cell) => !inPage(cell.decoder));
  const remote = away.filter(({ decoder }) => decoding.onServer || decoder.failed);
  if (!away.length) return "in this page";
  if (remote.length < away.length) return "in a moment";
  return remote.length === state.shown.length
    ? "on the server"
    : `${families(remote)} on the server`;
};
// At rest: the badge, screen readers and the address learn where we are.
const settled = () => {
  badge.show(whereDecoded());
  for (const { map, decoder } of shown())
    if (decoder.failed && map.decoder) decoder.load().then(refresh);
  if (speaks)
    element.querySelector(".spoken").textContent = shown()
      .map((cell) => `${cell.map.name}: ${facts(cell, placeOf(cell)).join(", ")}`)
      .join(". ");
  speaks = false;
  rememberAll();
};

// The digit: it lands on every map, while it is being drawn too.
const readPosterior = (numbers) => {
  const [a, b, c, d] = numbers;
  const spread = (v) => Math.exp(0.5 * Math.min(Math.max(v, -14), 8)); // as models/vae.py clamps it
  return numbers.length === 4
    ? { z: [a, b], std: [spread(c), spread(d)] }
    : { z: [a, b], std: null };
};
const land = (digit) => {
  const waiting = [],
    turn = ++turns;
  for (const cell of shown()) {
    if (digit.live && !decoding.onServer) cell.encoder.load(); // heavy, so only for those who draw
    if (!inPage(cell.encoder)) waiting.push(cell.map.name);
    else
      landAt(
        cell,
        turn,
        readPosterior(cell.encoder.run(Float32Array.from(digit.pixels, (v) => v / 255))),
      );
  }
  refresh();
  if (waiting.length) askCodes({ pixels: textOf(digit.pixels), models: waiting, turn });
};
// Answers may come late: what a later turn of the digit has put on a map stays.
let turns = 0;
const landAt = (cell, turn, landing) => {
  if (turn < cell.turn) return;
  Object.assign(cell, { landing, turn });
  if (state.revealed && cell.guess && landing) score(cell);
};
const askCodes = latestOnly(
  ({ pixels, models }) => server.encode_digit({ pixels, models }),
  ({ codes }, { models, turn }) => {
    models.forEach((name, i) => landAt(cells.get(name), turn, codes[i]));
    refresh();
    settle();
  },
  complain,
);
const ink = () => state.digit?.pixels.some((v) => v);
const takeDigit = (digit, moves = true) => {
  speaks = true;
  state.digit = digit;
  if (moves) state.at = null;
  if (moves && state.predict && (state.revealed || !digit.live)) startGuessing();
  if (ink()) land(digit);
  else {
    turns += 1;
    for (const cell of cells.values()) landAt(cell, turns, null);
    refresh();
  }
  settle();
};

// What is shown, and what it needs.
const showMaps = (names) => {
  state.shown = names;
  element.querySelector(".maps").style.setProperty("--maps", names.length);
  for (const cell of cells.values()) cell.root.hidden = !names.includes(cell.map.name);
  for (const button of bar.querySelectorAll("[data-map]"))
    button.setAttribute("aria-pressed", names.includes(button.dataset.map));
  for (const cell of shown()) {
    cell.decoder.load().then(() => {
      cell.pictured = null;
      refresh();
      settle();
    });
    if (!fit(cell)) showGround(cell);
  }
  if (ink()) land(state.digit);
  repin();
};
const fit = (cell) => {
  if (!cell.plot.resize(cell.find(".plot").clientWidth)) return false;
  showGround(cell);
  refresh();
  return true;
};
const showGround = (cell) => {
  drawGround(cell);
  if (state.lattice) showLattice(cell);
};
const resized = new ResizeObserver(() => {
  for (const cell of shown()) fit(cell);
});

// Hands: mouse, finger, pen and keys.
const codeUnder = (cell, event) => {
  const box = cell.find(".plot").getBoundingClientRect();
  return cell.plot.within(cell.plot.toCode(event.clientX - box.left, event.clientY - box.top));
};
const guessAt = (cell, z) => {
  speaks = true;
  cell.guess = z;
  refresh();
  settle();
};
const put = (cell, event) =>
  hiding() ? guessAt(cell, codeUnder(cell, event)) : move(codeUnder(cell, event), true);
for (const cell of cells.values()) {
  const plot = cell.find(".plot");
  plot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    plot.setPointerCapture(event.pointerId);
    put(cell, event);
  });
  plot.addEventListener("pointermove", (event) => {
    if (plot.hasPointerCapture(event.pointerId)) put(cell, event);
    else if (event.pointerType === "mouse") move(codeUnder(cell, event), false);
  });
  plot.addEventListener("pointerleave", () => {
    state.preview = null;
    refresh();
    settle();
  });
  plot.addEventListener("keydown", (event) => {
    const by = 2 * cell.plot.half * (event.shiftKey ? 0.1 : 0.01);
    const step = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, by],
      ArrowDown: [0, -by],
    }[event.key];
    const from = hiding() ? (cell.guess ?? [0, 0]) : placeOf(cell);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const go = (z) => (hiding() ? guessAt(cell, z) : move(z, true));
    if (step) go(cell.plot.within(from.map((v, i) => v + step[i])));
    else if (event.key === "Home") go([0, 0]);
    else if ("ab".includes(event.key.toLowerCase())) pin(event.key.toUpperCase());
    else return;
    event.preventDefault();
  });
  resized.observe(plot);
}

const clear = () => {
  Object.assign(state, { pins: {}, draws: null, at: null });
  for (const cell of cells.values()) {
    cell.guess = null;
    cell.shortest = null;
  }
  startGuessing();
  repin();
};
const ACTIONS = {
  one: () => move(normals(newSeed(), 1)[0], true),
  ten: () => {
    state.draws = newSeed();
    showAllFilms();
    refresh();
    settle();
  },
  A: () => pin("A"),
  B: () => pin("B"),
  clear,
  reveal,
};
bar.addEventListener("click", (event) => {
  const { do: action, map } = event.target.dataset;
  if (action) ACTIONS[action]();
  if (!map) return;
  const others = state.shown.filter((name) => name !== map);
  const names =
    others.length < state.shown.length
      ? others
      : props.maps.map(({ name }) => name).filter((name) => name === map || others.includes(name));
  if (names.length) showMaps(names);
  else say("One map has to stay.");
});
bar.addEventListener("change", (event) => {
  state[event.target.dataset.switch] = event.target.checked;
  explainHoles();
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
new MutationObserver(() => {
  forgetColours();
  redraw();
}).observe(document.body, { attributeFilter: ["class"] }); // light or dark

// Links.
const SWITCHES = ["lattice", "holes", "predict"];
const placeInLink = (place) => {
  const own = state.shown.map((name) => place[name]);
  const same = own.every((z) => String(z) === String(own[0]));
  return writeNumbers(same ? own[0] : own.flat());
};
const rememberAll = () => {
  remember({
    maps: writeNames(state.shown) === writeNames(props.start) ? null : writeNames(state.shown),
    z: state.at && placeInLink(state.at),
    a: state.pins.A && placeInLink(state.pins.A),
    b: state.pins.B && placeInLink(state.pins.B),
    draws: state.draws !== null && String(state.draws),
    show: SWITCHES.filter((name) => state[name]).join(),
  });
};
const readPlace = (names) => (text) => {
  const same = readNumbers(text, 2, MOST);
  if (same) return everywhere(same);
  const own = readNumbers(text, 2 * names.length, MOST);
  return (
    own &&
    Object.fromEntries(
      props.maps.map(({ name }) => {
        const i = Math.max(names.indexOf(name), 0);
        return [name, own.slice(2 * i, 2 * i + 2)];
      }),
    )
  );
};
const readSome = (known) => (text) => {
  const names = readNames(text);
  return names?.every((name) => known.includes(name)) && new Set(names).size === names.length
    ? names
    : undefined;
};
const restore = () => {
  const names = linked("maps", readSome(props.maps.map(({ name }) => name))) ?? props.start;
  state.at = linked("z", readPlace(names)) ?? null;
  for (const [pin, key] of [
    ["A", "a"],
    ["B", "b"],
  ]) {
    const place = linked(key, readPlace(names));
    if (place) state.pins[pin] = place;
  }
  state.draws = linked("draws", Number) ?? null;
  for (const name of linked("show", readSome(SWITCHES)) ?? []) {
    state[name] = true;
    bar.querySelector(`[data-switch=${name}]`).checked = true;
  }
  bar.querySelector("[data-group=maps]").append(
    ...props.maps.map(({ name }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.map = button.textContent = name;
      return button;
    }),
  );
  explainHoles();
  showMaps(names);
  if (state.lattice) for (const cell of shown()) showLattice(cell);
  if (state.predict) startGuessing();
};
if (props.maps.length) restore();
else {
  bar.hidden = true;
  complain("There is no 2-D checkpoint to map; train one, for example vae-2.");
}
let opening = true; // the first digit is there before the visitor: it must not move what a link put
const onDigit = (digit) => {
  takeDigit(digit, !opening);
  opening = false;
};
if (window.latentLabDigit) onDigit(window.latentLabDigit);
// What is drawn or chosen beside another view lands when this one opens: the frames are the other's.
let unlanded = null;
document.addEventListener("latent-lab:digit", ({ detail }) => {
  unlanded = element.offsetParent ? null : detail;
  if (!unlanded) onDigit(detail);
});
document.addEventListener("latent-lab:view", () =>
  requestAnimationFrame(() => {
    if (unlanded && element.offsetParent) {
      onDigit(unlanded);
      unlanded = null;
    }
  }),
);
