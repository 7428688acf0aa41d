// Part of latent_map.js: what is decoded beside the cursor's picture.
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
  const { A, B } = state.pins,
    { name, reached, drawn } = cell.map;
  const percent = Math.round(100 * reached);
  const films =
    state.draws === null
      ? []
      : [
          [
            `ten draws; 95 % fall where ${percent} % of codes lie${drawn && `; ${drawn}`}`,
            tenDraws(),
          ],
        ];
  if (!A || !B) return films;
  const [a, b] = [A[name], B[name]],
    { shortest } = cell;
  const length = written(Math.hypot(b[0] - a[0], b[1] - a[1]));
  films.push([
    `straight (dashed): ${length} on the map${shortest ? `, metric ${written(shortest.straight, 1)}` : ""}`,
    straight(a, b),
  ]);
  if (shortest)
    films.push([`shortest (solid): metric ${written(shortest.length, 1)}`, shortest.film]);
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
const showAllFilms = () => {
  for (const cell of shown()) showFilms(cell);
};
// The shortest path is a search that keeps a core busy: Python does it.
const findShortest = async (cell) => {
  const { A, B } = state.pins,
    { name, prior } = cell.map;
  const ends = A && B && prior ? String([A[name], B[name]]) : "";
  if (ends === cell.ends) return;
  Object.assign(cell, { ends, shortest: null });
  if (!ends) return;
  const question = { model: name, a: A[name], b: B[name], frames: FILM };
  say(SEEKING);
  const answer = await asked(
    () => server.shortest_path(question),
    "The server does not answer, so there is no shortest path; pin again.",
  );
  if (ends !== cell.ends) return;
  if (said.textContent === SEEKING)
    say(
      "The metric counts how much the picture changes on the way (Arvanitidis et al. 2018); it does not grow where no digit lies, so a path may lead through.",
    );
  if (answer.error) {
    cell.ends = "";
    return complain(answer.error);
  }
  cell.shortest = answer;
  showFilms(cell);
  refresh();
};
const repin = () => {
  for (const name of ["A", "B"])
    bar.querySelector(`[data-do=${name}]`).setAttribute("aria-pressed", name in state.pins);
  for (const cell of shown()) {
    findShortest(cell);
    showFilms(cell);
  }
  refresh();
  settle();
};
const pin = (name) => {
  state.pins[name] = Object.fromEntries(
    [...cells.values()].map((cell) => [cell.map.name, rounded(placeOf(cell))]),
  );
  say(
    state.pins.A && state.pins.B
      ? ""
      : `Pinned ${name}; move on and pin ${name === "A" ? "B" : "A"} for the path between them.`,
  );
  repin();
};

// The lattice: what the decoder draws everywhere, tile by tile.
const showLattice = async (cell) => {
  const places = cell.plot.latticePlaces(),
    n = cell.plot.tiles();
  const task = ++cell.tiling;
  if (!state.lattice || cell.lattice?.width === 28 * n) return drawGround(cell);
  const bytes = await decodeAll(cell, places, () => state.lattice && task === cell.tiling);
  if (!bytes) return;
  cell.lattice = document.createElement("canvas");
  cell.lattice.width = cell.lattice.height = 28 * n;
  const pen = cell.lattice.getContext("2d"),
    tile = document.createElement("canvas");
  places.forEach((_, i) => {
    paint(tile, bytes.subarray(784 * i, 784 * (i + 1)), 28, 28);
    pen.drawImage(tile, 28 * (i % n), 28 * Math.floor(i / n));
  });
  drawGround(cell);
};
