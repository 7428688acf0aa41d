/** One map: its elements, its networks, and what it shows now. */
import { lazyNetwork } from "../kit/decoding.js";
import { nearest } from "../kit/density.js";
import { decodeBytes, decodeHalves } from "../kit/encoding.js";
import { createScreen } from "../kit/images.js";
import { fill, html } from "../kit/markup.js";
import { format } from "../kit/numbers.js";
import { latentPlot } from "../kit/plot.js";
import { fetchJson } from "../kit/request.js";
import { finder } from "../kit/view.js";

/** @typedef {import("../kit/routes.js").Props["maps/maps"]["maps"][number]} MapProps */
/** @typedef {import("../kit/routes.js").Files["maps/maps/MapCodes"]} MapCodes */
/** @typedef {import("../kit/routes.js").Routes["maps/path"]["answer"]} Path */
/** @typedef {import("../kit/plot.js").Landing} Landing */

/** @param {MapProps} map */
const createRoot = ({ name, family, title }) => {
  const root = document.createElement("section");
  root.className = `map ${family}`;
  root.dataset.name = name;
  fill(
    root,
    html`<h3 class="model">${family.toUpperCase()} <span class="full-name">${title}</span></h3>
    <div class="plot" tabindex="0" role="application" aria-roledescription="latent map">
      <canvas class="ground" aria-hidden="true"></canvas><canvas class="top" aria-hidden="true"></canvas></div>
    <canvas class="picture" role="img"></canvas>
    <div class="facts"><p class="at"></p><p class="near fold-when-presenting"></p><p class="key"></p><p class="score"></p></div>
    <div class="films"></div>`,
  );
  const find = finder(root);
  const keys = "arrow keys move, with Shift faster, Home goes to the origin, A and B pin";
  find(".plot").setAttribute("aria-label", `Latent map of ${name}: ${keys}`);
  find(".picture").setAttribute("aria-label", `What ${name} draws at the cursor`);
  return root;
};

/** @param {MapProps} map */
export const createCell = (map) => {
  const root = createRoot(map);
  const find = finder(root);
  const canvas = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (find(name));
  const data = {
    ...map,
    codes: /** @type {ArrayLike<number>} */ ([]),
    classes: /** @type {ArrayLike<number>} */ ([]),
    bandwidth: 1, // until the codes are there, there is nothing around which it could lie
    least: 0,
    shade: "",
  };
  const cell = {
    map,
    data, // what the map shows, and its codes once they are there
    root,
    find,
    plot: latentPlot(canvas(".ground"), canvas(".top"), data),
    screen: createScreen(canvas(".picture"), map.shape),
    decoder: lazyNetwork(map.decoder),
    encoder: lazyNetwork(map.encoder),
    isReady: false, // are the codes there, and those of the maps that were asked for with it?
    landing: /** @type {Landing | null} */ (null), // where the digit lies
    turn: 0, // which turn of the digit put it there
    shortest: /** @type {Path | null} */ (null), // between the pins
    ends: "", // the pins that it joins
    lattice: /** @type {HTMLCanvasElement | null} */ (null),
    tiling: 0, // the latest call for a lattice
    filming: 0, // the latest call for films
    pictured: /** @type {number[] | null} */ (null), // the place whose picture is shown
  };
  /** Resolves when the codes are there; rejects, with a sentence for the visitor, if they do not come. */
  const load = async () => {
    const found = /** @type {MapCodes} */ (await fetchJson(map.codes));
    if (data.classes.length) return;
    const { codes, classes } = found;
    Object.assign(data, found, { codes: decodeHalves(codes), classes: decodeBytes(classes) });
    cell.plot.become(data);
  };
  return Object.assign(cell, { load });
};

/** @typedef {ReturnType<typeof createCell>} Cell */

/** What lies at a place: the nearest test image, and whether there is a hole. @param {Cell} cell @param {number[]} z */
export const factsAt = ({ data, landing, plot }, z) => {
  const place = `z = (${format(z[0])}, ${format(z[1])})`;
  if (!data.classes.length) return [place, ""]; // the codes are not there yet
  const { digit, distance, density } = nearest(data, z);
  const article = digit === 8 ? "an" : "a";
  const hole = density < data.least ? "; a hole" : "";
  const off = plot.holds(z) ? "" : "; off the map";
  const std = landing && landing.z === z ? landing.std : null;
  const spread = std ? `; q(z|x): σ = (${std.map((v) => format(v)).join(", ")})` : "";
  return [
    place,
    `nearest test image: ${article} ${digit}, ${format(distance)} away${hole}${off}${spread}`,
  ];
};
