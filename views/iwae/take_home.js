/** The bounds of both models at every K, and the Python that computes them. */
import { iwaeOf } from "../kit/importance.js";
import { IMPORT_LOAD, literal, script } from "../kit/python.js";

/**
 * @param {string[]} names of the models
 * @param {Float64Array[]} logs log weights of each, all parts
 * @param {{ digit: import("../kit/page.js").Digit, draw: number, part: number, counts: number[] }} asked
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (names, logs, { digit, draw, part, counts }) => {
  const parts = logs[0].length / part;
  return {
    columns: ["model", "K", "bound in nats"],
    rows: names.flatMap((name, i) => counts.map((k) => [name, k, iwaeOf(logs[i], k).mean])),
    protocol: `The mean bound of K samples over all groups of K among ${logs[0].length} samples, set ${draw}, of one digit in black and white.`,
    python: () =>
      script({
        imports: [
          "from data.binarize import SEED, binarize",
          "from explore import iwae",
          IMPORT_LOAD,
        ],
        digits: { x: digit },
        body: [
          "x = binarize(x, SEED)",
          "rows = []",
          `for name in ${literal(names)}:`,
          "    model = load(CHECKPOINTS / name).model",
          `    seeds = range(${draw * parts}, ${(draw + 1) * parts})`,
          `    logs = torch.cat([iwae.log_weights(model, x, ${part}, seed) for seed in seeds])`,
          `    for k in ${literal(counts)}:`,
          "        groups = logs[: len(logs) // k * k].reshape(-1, k)",
          "        bounds = groups.logsumexp(1) - math.log(k)",
          "        rows.append((name, k, float(bounds.mean())))",
        ],
      }),
  };
};
