/** What was measured of each network and where the digit lies, and the Python for it. */
import { IMPORT_LOAD, literal, script } from "../kit/python.js";

/** @typedef {import("../kit/routes.js").Props["beta/beta"]["stops"][number]} Stop */
/** @typedef {import("./words.js").Place} Place */

/**
 * @param {Stop[]} stops
 * @param {Place[] | null} places of the digit under each
 * @param {import("../kit/page.js").Digit | null} digit
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (stops, places, digit) => {
  const placed = places && digit;
  return {
    columns: ["model", "quantity", "value"],
    rows: stops.flatMap(({ name, metrics }, i) => [
      ...Object.entries(metrics).map(([key, { value }]) => [name, key, value]),
      ...(placed
        ? [
            ...places[i].z.map((v, d) => [name, `z${d + 1} of the digit`, v]),
            ...places[i].std.map((v, d) => [name, `sigma${d + 1} of the digit`, v]),
            [name, "KL(q||p) of the digit in nats", places[i].kl],
          ]
        : []),
    ]),
    protocol: `Averages over test images in nats, from the cards${placed ? "; q(z|x) of the digit" : ""}.`,
    python: () =>
      script({
        imports: placed
          ? ["from explore.reconstruct import reconstruct", IMPORT_LOAD]
          : [IMPORT_LOAD],
        digits: placed ? { x: digit } : {},
        body: [
          "rows = []",
          `for name in ${literal(stops.map(({ name }) => name))}:`,
          "    entry = load(CHECKPOINTS / name)",
          `    for key in ${literal(Object.keys(stops[0].metrics))}:`,
          "        rows.append((name, key, entry.card.metrics[key].value))",
          ...(placed
            ? [
                "    q = reconstruct(entry.model, x)",
                '    for symbol, values in (("z", q.mean), ("sigma", q.std)):',
                "        for i, value in enumerate(values.tolist(), 1):",
                '            rows.append((name, f"{symbol}{i} of the digit", value))',
                '    rows.append((name, "KL(q||p) of the digit in nats", q.kl))',
              ]
            : []),
        ],
      }),
  };
};
