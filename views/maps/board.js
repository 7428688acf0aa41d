/** What all maps share: the state of the view, what is shown where, and how it is drawn anew. */
import { decodingBadge, runsHere, runsThere } from "../kit/decoding.js";
import { decodeBytes } from "../kit/encoding.js";
import { oncePerFrame } from "../kit/frames.js";
import { sizeOf } from "../kit/images.js";
import { flag, numbers, oneOf, optional, someOf, wholeNumber } from "../kit/keys.js";
import { format, rounded } from "../kit/numbers.js";
import { chosenDigit, onServer } from "../kit/page.js";
import { ask, latestOnly } from "../kit/request.js";
import { mountView } from "../kit/view.js";
import { createCell, factsAt } from "./cell.js";
import { linkedPlace, LINKS } from "./linking.js";
import { DIGITS, drawPlaces, guessesKey, isPlace, MOST, pinKey } from "./places.js";

/** @typedef {import("../kit/routes.js").Props["maps/maps"]} Props */
/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {import("./cell.js").Cell} Cell */
/** @typedef {{ cell: Cell, z: number[] }} Wanted a map, and the place whose picture it lacks */
/** @typedef {{ z: number[], on: string | null }} Anchor a place, and the map whose z it is: null for every map's */
/** @typedef {ReturnType<typeof createBoard>} Board */

export const MOST_SEED = 2 ** 31 - 1;
const DRAWS = 10;
const REST = 250; // ms without a move after which the cursor counts as resting

/** @param {Props} props */
const keysOf = ({ maps, start }) => {
  const names = maps.map(({ name }) => name);
  const shown = (/** @type {{ shown: string[] }} */ before) => () => before.shown;
  return {
    shown: someOf(names, start),
    linked: oneOf(LINKS.map(({ value }) => value)),
    z: optional(numbers(2, MOST, [], DIGITS)), // the place that stays; null: where the digit lands
    on: optional(oneOf(names)), // the map whose z that is; null: it is the z of each
    a: (/** @type {any} */ before) => pinKey(names, shown(before)),
    b: (/** @type {any} */ before) => pinKey(names, shown(before)),
    draws: optional(wholeNumber(0, MOST_SEED, 0)), // the seed of ten draws
    lattice: flag(),
    holes: flag(),
    predict: flag(),
    guess: (/** @type {any} */ before) => guessesKey(shown(before)),
    revealed: flag(),
  };
};

/** @param {import("../kit/view.js").Mounting<Props>} mounting */
export const createBoard = ({ element, props }) => {
  const view = mountView({ element, props }, keysOf(props));
  const { find, state } = view;
  const cells = new Map(props.maps.map((map) => [map.name, createCell(map)]));
  const shown = () => state.shown.map((name) => /** @type {Cell} */ (cells.get(name)));
  const badge = decodingBadge(find(".where"), view.ended);
  let preview = /** @type {Anchor | null} */ (null); // under a mouse that passes over
  let lastOn = state.on; // the map that the place was chosen on
  let digit = /** @type {Digit | null} */ (null);
  const isHiding = () => state.predict && !state.revealed;

  /** Where the cursor is on a map; null where there is none. @param {Cell} cell @returns {number[] | null} */
  const placeOf = (cell) => {
    const anchor = preview ?? (state.z && { z: state.z, on: state.on });
    if (!anchor) return isHiding() ? null : (cell.landing?.z ?? null);
    const from = anchor.on === null ? null : cells.get(anchor.on);
    if (!from) return anchor.z;
    const place = linkedPlace(state.linked, anchor.z, from.data, cell.data);
    return place && rounded(place, DIGITS);
  };
  /** @type {{ seed: number | null, places: number[][] }} */
  let drawn = { seed: null, places: [] };
  const draws = () => {
    const seed = state.draws;
    if (drawn.seed !== seed) drawn = { seed, places: seed === null ? [] : drawPlaces(seed, DRAWS) };
    return drawn.places;
  };

  // Why there is no cursor on a map; nothing while the first digit, or the codes, are on their way.
  const missing = (/** @type {Cell} */ { isReady }) => {
    if (preview ?? state.z) return isReady ? "This map knows no code of that image." : "";
    return digit || !chosenDigit.value ? "" : "Point at a map, or draw or pick a digit.";
  };
  // Coordinates, and what lies there; nothing that would give an answer away.
  const factsOf = (/** @type {Cell} */ cell, /** @type {number[] | null} */ z) => {
    if (!isHiding()) return z ? factsAt(cell, z) : ["", missing(cell)];
    const guess = state.guess[cell.map.name];
    return [guess ? `your guess: (${format(guess[0])}, ${format(guess[1])})` : "no guess yet", ""];
  };
  const drawTop = (/** @type {Cell} */ cell, /** @type {number[] | null} */ z) => {
    const { name } = cell.map;
    const [a, b] = [state.a?.[name], state.b?.[name]];
    const paths = a && b ? [{ places: [a, b], dashed: true }] : [];
    if (a && b && cell.shortest) paths.push({ places: cell.shortest.path, dashed: false });
    cell.plot.drawTop({
      z: isHiding() ? null : z,
      pins: { ...(a && { A: a }), ...(b && { B: b }) },
      paths,
      landing: isHiding() ? null : cell.landing,
      guess: state.guess[name],
      draws: draws(),
    });
  };
  const drawGround = (/** @type {Cell} */ { plot, lattice }) =>
    plot.drawGround({ lattice: state.lattice ? lattice : null, showHoles: state.holes });

  // One frame: every map decodes at its place. What the page cannot decode, the server is asked for.
  const pictured = (
    /** @type {Cell} */ cell,
    /** @type {number[] | null} */ z,
    /** @type {"page" | "server" | "nowhere"} */ from,
  ) => {
    cell.pictured = z;
    if (cell.root.dataset.from !== from) cell.root.dataset.from = from;
  };
  const blank = (/** @type {Cell} */ cell) => {
    cell.screen.clear();
    pictured(cell, null, "nowhere");
  };
  /** Draw what moves on one map; the place whose picture the server has to draw, if any. */
  const refreshCell = (/** @type {Cell} */ cell) => {
    const z = placeOf(cell);
    drawTop(cell, z);
    const [at, near] = factsOf(cell, z);
    cell.find(".at").textContent = at;
    cell.find(".near").textContent = near;
    if (isHiding() || !z) return blank(cell);
    if (cell.pictured?.every((v, i) => v === z[i])) return;
    const { decoder } = cell;
    if (!runsHere(decoder) || !decoder.run) return runsThere(decoder) ? { cell, z } : undefined;
    const started = performance.now();
    cell.screen.show(decoder.run(z));
    spent += performance.now() - started;
    pictured(cell, z, "page");
  };
  let spent = 0; // ms, on decoding in this frame
  const refresh = oncePerFrame(() => {
    spent = 0;
    const wanted = shown().flatMap((cell) => (cell.isReady && refreshCell(cell)) || []);
    if (spent) badge.note(spent);
    if (wanted.length) askPictures(wanted);
  });
  const askPictures = latestOnly(
    async (/** @type {Wanted[]} */ wanted) => {
      const started = performance.now();
      const places = wanted.map(({ z }) => z);
      const same = places.every((place) => String(place) === String(places[0]));
      const models = wanted.map(({ cell }) => cell.map.name);
      const answer = await ask("decode", { models, z: same ? [places[0]] : places });
      if (onServer.value) badge.note(performance.now() - started);
      return answer;
    },
    ({ pixels }, wanted) => {
      wanted.forEach(({ cell, z }, i) => {
        if (runsHere(cell.decoder) || isHiding()) return;
        const bytes = decodeBytes(pixels[i]);
        const size = sizeOf(cell.map.shape);
        const from = bytes.length > size ? size * i : 0;
        cell.screen.showBytes(bytes.subarray(from, from + size));
        pictured(cell, z, "server");
      });
      if (find(".said").classList.contains("wrong")) view.say("");
      refresh(); // the cursor may have moved on
    },
    view.complain,
  );

  // Where the maps shown are decoded, in words.
  const whereDecoded = () => {
    const away = shown().filter(({ decoder }) => !runsHere(decoder));
    const remote = away.filter(({ decoder }) => runsThere(decoder));
    if (!away.length) return "in this page";
    if (remote.length < away.length) return "in a moment";
    const families = remote.map(({ map }) => map.family.toUpperCase()).join(", ");
    return remote.length === state.shown.length ? "on the server" : `${families} on the server`;
  };
  // At rest the badge and screen readers learn where we are, but not where a mouse passed over.
  let settling = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let speaks = false;
  const settle = (speak = false) => {
    speaks ||= speak;
    clearTimeout(settling);
    settling = setTimeout(rest, REST);
  };
  const rest = () => {
    badge.show(whereDecoded());
    for (const { map, decoder } of shown())
      if (decoder.failed && map.decoder) decoder.load().then(refresh);
    const told = shown().flatMap((cell) => {
      const facts = factsOf(cell, placeOf(cell)).filter(Boolean);
      return facts.length ? [`${cell.map.name}: ${facts.join(", ")}`] : [];
    });
    if (speaks) find(".spoken").textContent = told.join(". ");
    speaks = false;
  };

  return {
    props,
    view,
    state,
    cells,
    shown,
    draws,
    placeOf,
    isHiding,
    drawGround,
    refresh,
    settle,
    digit: () => digit,
    setDigit: (/** @type {Digit | null} */ next) => {
      digit = next;
    },
    /** Show a place of a map while a mouse passes over it; null when it has left. */
    look: (/** @type {Anchor | null} */ place) => {
      preview = place;
      refresh();
      settle();
    },
    /** Go to a place of a map, or to one z on every map, and stay. */
    move: (/** @type {Anchor} */ { z, on }) => {
      if (!isPlace(z)) return;
      preview = null;
      lastOn = on;
      Object.assign(state, { z: rounded(z, DIGITS), on: state.linked === "z" ? null : on });
      refresh();
      settle(true);
    },
    /** Link the maps in another way, from the place where the cursor is. */
    link: (/** @type {import("./linking.js").Linked} */ linked) => {
      Object.assign(state, { linked, on: linked === "z" ? null : lastOn });
      refresh();
      settle(true);
    },
  };
};
