/** The codes that were drawn, and the Python that draws them. */
import { decodeFloats } from "../kit/encoding.js";
import { IMPORT_LOAD, literal, script } from "../kit/python.js";
import { rowsOf } from "./layout.js";

/** @typedef {import("../kit/routes.js").Routes["sample/draw"]} Route */

/**
 * @param {Route["answer"]["grids"]} grids
 * @param {Route["question"]} asked
 * @param {number} count of draws
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (grids, { size, origin, temperature, seed }, count) => {
  const drawn = grids.flatMap(({ name, z }) => (z === null ? [] : [{ name, z: decodeFloats(z) }]));
  const factor = origin === "prior" ? `${literal(temperature)} * ` : "";
  return {
    columns: ["model", "draw", ...Array.from({ length: size }, (_, i) => `z${i + 1}`)],
    rows: drawn.flatMap(({ name, z }) => rowsOf(z, size).map((code, i) => [name, i + 1, ...code])),
    protocol: `${count} draws for each model, from ${origin}, seed ${seed}${factor ? `, temperature ${temperature}` : ""}.`,
    python: () =>
      script({
        imports: ["from explore import latent", IMPORT_LOAD],
        body: [
          "rows = []",
          `for name in ${literal(drawn.map(({ name }) => name))}:`,
          "    entry = load(CHECKPOINTS / name)",
          `    z = ${factor}latent.drawn_codes(entry, ${literal(origin)}, ${count}, seed=${seed})`,
          "    pictures = latent.decode(entry.model, z)  # [draws, C, H, W], as they are shown",
          "    rows += [(name, i, *code.tolist()) for i, code in enumerate(z, 1)]",
        ],
      }),
  };
};
