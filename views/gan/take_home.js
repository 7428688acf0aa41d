/** How sharp the chosen samples are and what was measured of many, and the Python for it. */
import { IMPORT_LOAD, literal, script } from "../kit/python.js";

/** @typedef {{ name: string, z: number[], sharpness: number, metrics: Record<string, { value: number }>, origin: string }} Column of one model: the chosen sample's code and sharpness, and what its card says of draws from `origin` */

/**
 * @param {Column[]} columns
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (columns) => ({
  columns: ["model", "quantity", "value"],
  rows: columns.flatMap(({ name, sharpness, metrics }) => [
    [name, "sharpness of the chosen sample", sharpness],
    ...Object.entries(metrics).map(([key, { value }]) => [name, key, value]),
  ]),
  protocol: `The chosen sample of each model, and what was measured of many draws from ${[...new Set(columns.map(({ origin }) => origin))].join(" or ")}; sharpness is the variance of the Laplacian.`,
  python: () =>
    script({
      imports: [
        "from data.sharpness import sharpness",
        "from explore import latent",
        "from models.origins import metric_name",
        IMPORT_LOAD,
      ],
      body: [
        "codes = {",
        ...columns.map(({ name, z }) => `    ${literal(name)}: ${literal(z)},`),
        "}",
        `origins = ${literal(columns.map(({ origin }) => origin))}`,
        `measures = ${literal(Object.keys(columns[0].metrics))}`,
        "rows = []",
        "for (name, z), origin in zip(codes.items(), origins):",
        "    entry = load(CHECKPOINTS / name)",
        "    picture = latent.decode(entry.model, torch.tensor([z]))",
        '    rows.append((name, "sharpness of the chosen sample", float(sharpness(picture))))',
        "    for key in measures:",
        "        metric = entry.card.metrics.get(metric_name(key, origin))",
        "        if metric:",
        "            rows.append((name, key, metric.value))",
      ],
    }),
});
