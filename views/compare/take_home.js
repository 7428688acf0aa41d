/** The table of all models to take home, and the Python that reads it from the cards. */
import { IMPORT_LOAD, literal, script } from "../kit/python.js";

/** @typedef {import("./table.js").Row} Row */
/** @typedef {import("./table.js").Column} Column */

/** The columns that no metric fills, and where their numbers stand. @type {Record<string, string>} */
const COUNTED = {
  latent: "entry.architecture.latent",
  parameters: "sum(p.numel() for p in entry.architecture.parameters())",
  bytes: "entry.size",
  seconds: 'entry.card.machine.get("training_seconds")',
};

/** @param {Column} column */
const lookUp = ({ key, title, metric, density }) => {
  const value = metric
    ? `measured(entry, ${literal(metric)}, density=${literal(density ?? null)})`
    : COUNTED[key];
  return `        ${literal(title)}: ${value},`;
};

/**
 * Every number that is shown with its protocol, in the order of the rows.
 * @param {Row[]} rows
 * @param {Column[]} columns
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (rows, columns) => ({
  columns: [
    ...["model", "quantity", "value", "unit", "standard deviation over sets of draws"],
    ...["family", "data", "part", "protocol"],
  ],
  rows: rows.flatMap(({ name, family, data, part, cells }) =>
    columns.flatMap(({ key, title }) => {
      const cell = cells[key];
      if (!cell) return [];
      const { value, unit, std, protocol } = cell;
      return [[name, title, value, unit, std ?? "", family, data, part, protocol]];
    }),
  ),
  protocol: "Each number with its own protocol, from the cards of the checkpoints.",
  python: () =>
    script({
      imports: [IMPORT_LOAD],
      body: [
        "",
        "def measured(entry, name, density):",
        "    is_density = not entry.card.config.likelihood.discrete",
        "    metric = entry.card.metrics.get(name)",
        "    return metric.value if metric and density in (None, is_density) else None",
        "",
        "",
        "rows = []",
        `for name in ${literal(rows.map(({ name }) => name))}:`,
        "    entry = load(CHECKPOINTS / name)",
        "    found = {",
        ...columns.map(lookUp),
        "    }",
        "    rows += [(name, title, value) for title, value in found.items() if value is not None]",
      ],
    }),
});
