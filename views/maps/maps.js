/** Maps: one place in latent space, decoded by several models at once, in the page. */
import { radioButtons } from "../kit/controls.js";
import { nearest } from "../kit/density.js";
import { appearance } from "../kit/theme.js";
import { widthOf } from "../kit/units.js";
import { createBoard, MOST_SEED } from "./board.js";
import { createFilms } from "./films.js";
import { createGame } from "./game.js";
import { addHands } from "./hands.js";
import { createLandings } from "./landings.js";
import { LINKS, MEANINGS } from "./linking.js";
import { createPins } from "./pins.js";
import { drawPlaces } from "./places.js";
import { homeOf } from "./take_home.js";

/** @typedef {import("./board.js").Props} Props */
/** @typedef {import("./cell.js").Cell} Cell */

const newSeed = () => Math.floor(Math.random() * MOST_SEED);

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export default function mount(mounting) {
  const board = createBoard(mounting);
  const { view, state, cells, shown, drawGround, refresh, settle } = board;
  const { find } = view;
  const bar = find(".bar");
  find(".maps").append(...[...cells.values()].map(({ root }) => root));
  const { showFilms, showLattice } = createFilms(board);
  const { pin, repin } = createPins(board, showFilms);
  const game = createGame(board);
  const landings = createLandings(board, game);

  const showGround = (/** @type {Cell} */ cell) => {
    drawGround(cell);
    if (state.lattice && cell.isReady) showLattice(cell);
  };
  const fit = (/** @type {Cell} */ cell) => {
    if (!cell.plot.resize(widthOf(cell.find(".plot")))) return false;
    showGround(cell);
    refresh();
    return true;
  };
  const redraw = () => {
    for (const cell of shown()) drawGround(cell);
    refresh();
  };
  const explainHoles = () => {
    for (const cell of cells.values())
      cell.find(".key").textContent = state.holes ? cell.data.shade : "";
  };

  const explainLink = () => {
    find(".meaning").textContent = MEANINGS[state.linked];
  };

  // What is shown, and what it needs: codes of all maps appear together, decoders as they come.
  const loadCodes = async (/** @type {Cell[]} */ wanted) => {
    const found = await Promise.allSettled(wanted.map((cell) => cell.load()));
    found.forEach((result, i) => {
      if (result.status === "rejected") return view.complain(result.reason.message);
      wanted[i].isReady = true;
      showGround(wanted[i]);
      if (state.revealed) game.score(wanted[i]);
    });
    explainHoles();
    refresh();
  };
  const loadDecoder = async (/** @type {Cell} */ cell) => {
    await cell.decoder.load();
    cell.pictured = null;
    refresh();
    settle();
  };
  const showMaps = (/** @type {string[]} */ names) => {
    const { a, b, guess } = state;
    Object.assign(state, { shown: names, a, b, guess }); // the link tells places of the maps shown
    find(".maps").style.setProperty("--maps", String(names.length));
    for (const { root, map } of cells.values()) root.hidden = !names.includes(map.name);
    for (const button of bar.querySelectorAll("button"))
      if (button.dataset.map)
        button.setAttribute("aria-pressed", String(names.includes(button.dataset.map)));
    for (const cell of shown()) {
      loadDecoder(cell);
      if (!fit(cell)) showGround(cell);
    }
    const anchor = state.on === null ? [] : [cells.get(state.on)];
    loadCodes([...new Set([...shown(), ...anchor])].flatMap((c) => (c && !c.isReady ? [c] : [])));
    landings.land();
    repin();
  };
  const toggleMap = (/** @type {string} */ name) => {
    const isAway = !state.shown.includes(name);
    const names = [...cells.keys()].filter((each) =>
      each === name ? isAway : state.shown.includes(each),
    );
    if (names.length) showMaps(names);
    else view.say("One map has to stay.");
  };

  const clear = () => {
    Object.assign(state, { a: null, b: null, draws: null, z: null });
    for (const cell of cells.values()) cell.shortest = null;
    game.start();
    repin();
  };
  /** @type {Record<string, () => void>} */
  const actions = {
    one: () => board.move({ z: drawPlaces(newSeed(), 1)[0], on: null }),
    ten: () => {
      state.draws = newSeed();
      for (const cell of shown()) showFilms(cell);
      refresh();
      settle();
    },
    A: () => pin("A"),
    B: () => pin("B"),
    clear,
    reveal: game.reveal,
  };
  bar.addEventListener("click", ({ target }) => {
    const { do: action, map } = /** @type {HTMLElement} */ (target).dataset;
    if (action) actions[action]();
    if (map) toggleMap(map);
  });
  const switches = {
    lattice: () => shown().forEach(showLattice),
    holes: explainHoles,
    predict: game.start,
  };
  for (const [name, act] of Object.entries(switches)) {
    const key = /** @type {keyof typeof switches} */ (name);
    const input = /** @type {HTMLInputElement} */ (find(`[data-switch=${name}]`));
    input.checked = state[key];
    input.addEventListener("change", () => {
      state[key] = input.checked;
      act();
      redraw();
      settle();
    });
  }
  find("[data-group=maps]").append(
    ...[...cells.keys()].map((name) => {
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        className: "action",
        textContent: name,
      });
      button.dataset.map = name;
      return button;
    }),
  );
  if (!cells.size) {
    bar.hidden = true;
    view.complain("There is no 2-D checkpoint to map; train one, for example vae-2.");
    return;
  }

  for (const cell of cells.values()) addHands(board, cell, pin);
  const resized = new ResizeObserver(() => shown().forEach(fit));
  for (const { find: inCell } of cells.values()) resized.observe(inCell(".plot"));
  explainHoles();
  showMaps(state.shown);
  if (state.predict) game.show();
  appearance.subscribe(redraw, view.ended);
  view.onDecoding(() => {
    for (const cell of cells.values()) cell.pictured = null;
    refresh();
    settle();
  });
  // The opening digit is there before the visitor: it must not move what a link put.
  radioButtons(find(".linked"), LINKS, state.linked, (value) => {
    board.link(/** @type {import("./linking.js").Linked} */ (value));
    explainLink();
  });
  explainLink();
  view.takeHome(() => {
    const places = shown().flatMap((cell) => {
      const z = cell.isReady && !board.isHiding() ? board.placeOf(cell) : null;
      return z ? [{ name: cell.map.name, z, ...nearest(cell.data, z) }] : [];
    });
    return places.length ? homeOf(places, state.z ? null : board.digit()) : null;
  });
  view.onNoDigit(landings.leave);
  view.onDigit((digit) => landings.take(digit, !digit.opening));
  view.onHandedOver(({ shown: names }) => {
    const known = [...cells.keys()].filter((name) => names?.includes(name));
    if (known.length) showMaps(known);
  });
}
