/** How far each picture of the paths is from both ends, and the Python that computes it. */
import { decodeBytes } from "../kit/encoding.js";
import { sizeOf } from "../kit/images.js";
import { IMPORT_LOAD, literal, script } from "../kit/python.js";

/** @typedef {import("../kit/routes.js").Routes["interpolate/paths"]["answer"]} Paths */
/** @typedef {import("../kit/page.js").Digit} Digit */

/** Root mean square of the difference, in grey levels from 0 to 1. @param {Uint8Array} a @param {Uint8Array} b */
export const distance = (a, b) => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += ((a[i] - b[i]) / 255) ** 2;
  return Math.sqrt(total / a.length);
};

/**
 * @param {Paths} answer
 * @param {{ a: Digit, b: Digit, size: string }} asked
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = ({ paths, shape }, { a, b, size }) => {
  const length = sizeOf(shape);
  const rows = paths.flatMap(({ family, note, pixels }) => {
    const bytes = decodeBytes(pixels);
    const last = bytes.length / length - 1;
    return Array.from({ length: last + 1 }, (_, i) => {
      const picture = bytes.subarray(i * length, (i + 1) * length);
      const ends = [a, b].map((end) => distance(picture, end.pixels));
      return [family, note, i / last, ...ends];
    });
  });
  const families = [...new Set(paths.map(({ family }) => family))].filter((f) => f !== "pixels");
  const steps = rows.length / paths.length;
  return {
    columns: ["model", "path", "t", "distance from A", "distance from B"],
    rows,
    protocol: `Codes of ${size} numbers; distances are root mean squares over pixels, of pictures in 256 grey levels.`,
    python: () =>
      script({
        imports: ["from explore import latent", IMPORT_LOAD],
        digits: { a, b },
        body: [
          `t = torch.linspace(0, 1, ${steps})`,
          'paths = [("pixels", "cross-fade", latent.linear_path(a, b, t))]',
          `for family in ${literal(families)}:`,
          `    model = load(CHECKPOINTS / f"{family}-${size}").model`,
          "    ends = latent.encode(model, a), latent.encode(model, b)",
          '    for name in ("linear", "spherical"):',
          '        path = getattr(latent, f"{name}_path")(*ends, t)',
          '        paths.append((family, f"{name} path", latent.decode(model, path)))',
          "",
          "",
          "def distance(picture, end):",
          "    seen = (255 * picture.clamp(0, 1)).round() / 255",
          "    return float((seen - end).double().square().mean().sqrt())",
          "",
          "",
          "rows = [",
          "    (family, name, float(t[i]), distance(picture, a), distance(picture, b))",
          "    for family, name, pictures in paths",
          "    for i, picture in enumerate(pictures)",
          "]",
        ],
      }),
  };
};
