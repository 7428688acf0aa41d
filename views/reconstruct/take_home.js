/** Reconstruct's numbers, and the Python that computes them. */
import { IMPORT_LOAD, literal, script } from "../kit/python.js";

/** @typedef {import("./words.js").Row} Row */

/**
 * @param {Row[]} rows
 * @param {{ digit: import("../kit/page.js").Digit, seed: number | null }} asked `seed` of the draw from
 *   q(z|x) that is decoded, null for its mean
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (rows, { digit, seed }) => ({
  columns: ["model", "quantity", "value"],
  rows: rows.flatMap(({ name, mse, kl, z, std }) => [
    [name, "squared error per pixel", mse],
    ...(kl === null ? [] : [[name, "KL(q||p) in nats", kl]]),
    ...z.map((v, i) => [name, `z${i + 1}`, v]),
    ...std.map((v, i) => [name, `sigma${i + 1}`, v]),
  ]),
  protocol: `One digit through each model; decoded is ${seed === null ? "the mean of q(z|x)" : `a draw from q(z|x), seed ${seed}, where there is a prior`}.`,
  python: () =>
    script({
      imports: ["from explore.reconstruct import reconstruct", IMPORT_LOAD],
      digits: { x: digit },
      body: [
        `seed = ${literal(seed)}`,
        "rows = []",
        `for name in ${literal(rows.map(({ name }) => name))}:`,
        "    model = load(CHECKPOINTS / name).model",
        "    draws = seed is not None and model.prior() is not None",
        "    generator = torch.Generator().manual_seed(seed) if draws else None",
        "    found = reconstruct(model, x, generator=generator)",
        '    rows.append((name, "squared error per pixel", found.mse))',
        "    if found.kl is not None:",
        '        rows.append((name, "KL(q||p) in nats", found.kl))',
        '    rows += [(name, f"z{i}", v) for i, v in enumerate(found.z.tolist(), 1)]',
        '    rows += [(name, f"sigma{i}", v) for i, v in enumerate(found.std.tolist(), 1)]',
      ],
    }),
});
