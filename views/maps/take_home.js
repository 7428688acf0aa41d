/** The maps' numbers, and the Python that computes them. */
import { IMPORT_LOAD, literal, script } from "../kit/python.js";

/** @typedef {import("../kit/page.js").Digit} Digit */
/** @typedef {{ name: string, z: number[], digit: number, distance: number }} Place the cursor on a map, and the nearest test image */

/**
 * @param {Place[]} places of the maps that are shown
 * @param {Digit | null} landing the digit whose codes the places are; null where a hand chose them
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (places, landing) => ({
  columns: ["model", "z1", "z2", "nearest test image", "distance to its code"],
  rows: places.map(({ name, z, digit, distance }) => [name, ...z, digit, distance]),
  protocol: landing
    ? "The digit's code on each map, the mean of q(z|x), and the nearest code of a test image."
    : "The place of the cursor on each map, and the nearest code of a test image.",
  python: () =>
    script({
      imports: ["from explore import latent", IMPORT_LOAD],
      digits: landing ? { x: landing } : {},
      body: [
        ...(landing ? [] : placeLines(places)),
        "rows = []",
        `for name in ${literal(places.map(({ name }) => name))}:`,
        "    entry = load(CHECKPOINTS / name)",
        `    z = ${landing ? "latent.encode(entry.model, x)" : "torch.tensor(places[name], dtype=torch.float32)"}`,
        "    picture = latent.decode(entry.model, z[None])[0]  # what stands under the map",
        "    codes = entry.codes.z.half().float()  # as the page has them",
        "    distance, nearest = (codes - z).norm(dim=1).min(0)",
        "    rows.append((name, *z.tolist(), int(entry.codes.y[nearest]), float(distance)))",
      ],
    }),
});

const placeLines = (/** @type {Place[]} */ places) => [
  "places = {",
  ...places.map(({ name, z }) => `    ${literal(name)}: ${literal(z)},`),
  "}",
];
