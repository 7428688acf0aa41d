/** What each p(x|z) says of the digit, and the Python that computes it. */
import { IMPORT_LOAD, literal, script } from "../kit/python.js";

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {{ digit: import("../kit/page.js").Digit, code: string, count: number, seed: number }} Asked */

/**
 * @param {string[]} names of the models, a row each
 * @param {Row[]} rows
 * @param {Asked} asked
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (names, rows, { digit, code, count, seed }) => ({
  columns: [
    "model",
    "log p(x|z) in nats",
    "root mean square error of the mean",
    "log P of the grey levels in nats",
  ],
  rows: rows.map(({ logP, logMass, rmse }, i) => [names[i], logP, rmse, logMass ?? ""]),
  protocol: `One digit; z: ${code}, seed ${seed}. Densities and probabilities cannot be compared; log P of the grey levels can.`,
  python: () =>
    script({
      imports: ["from explore import likelihood", IMPORT_LOAD],
      digits: { x: digit },
      body: [
        "rows = []",
        `for name in ${literal(names)}:`,
        "    model = load(CHECKPOINTS / name).model",
        `    generator = torch.Generator().manual_seed(${seed})`,
        `    found = likelihood.decoded(model, x, ${literal(code)}, ${count}, generator)`,
        '    log_mass = "" if found.log_mass is None else found.log_mass',
        "    rows.append((name, found.log_p, found.rmse, log_mass))",
      ],
    }),
});
