/** Denoise's numbers, and the Python that computes them. */
import { IMPORT_LOAD, literal, script } from "../kit/python.js";

/** @typedef {import("../kit/routes.js").Props["denoise/denoise"]["models"][number]} Model */
/** @typedef {import("../kit/routes.js").Routes["denoise/digit"]} Route */
/** @typedef {import("../kit/page.js").Digit} Digit */

/**
 * @param {Route["answer"]} answer
 * @param {{ digit: Digit, kind: string, strength: number, seed: number }} asked
 * @param {Model[]} models
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = ({ mse, repairs }, { digit, kind, strength, seed }, models) => ({
  columns: ["picture", "strength", "squared error per pixel"],
  rows: [
    ["corrupted digit", strength, mse],
    ...repairs.flatMap(({ name, mse: left }) => {
      const curve = models.find((model) => model.name === name)?.curves[kind];
      const measured = curve?.strength.map((s, i) => [`${name} on test images`, s, curve.value[i]]);
      return [[`${name} on the digit`, strength, left], ...(measured ?? [])];
    }),
  ],
  protocol: `The digit under ${kind} of strength ${strength}, seed ${seed}, repaired by each model; below each, its mean error on test images by strength.`,
  python: () =>
    script({
      imports: [
        "from explore.reconstruct import reconstruct",
        "from models.corruption import CORRUPTIONS",
        IMPORT_LOAD,
      ],
      digits: { x: digit },
      body: [
        `kind, strength = ${literal(kind)}, ${literal(strength)}`,
        `generator = torch.Generator().manual_seed(${seed})`,
        "corrupted = CORRUPTIONS[kind](strength).sample(x, generator)",
        'rows = [("corrupted digit", strength, float((corrupted - x).square().mean()))]',
        `for name in ${literal(repairs.map(({ name }) => name))}:`,
        "    entry = load(CHECKPOINTS / name)",
        "    found = reconstruct(entry.model, corrupted, target=x)",
        '    rows.append((f"{name} on the digit", strength, found.mse))',
        '    measured = entry.card.metrics.get(f"denoising {kind}")',
        "    if measured:",
        "        pairs = zip(measured.axis.places, measured.value)",
        '        rows += [(f"{name} on test images", *pair) for pair in pairs]',
      ],
    }),
});
