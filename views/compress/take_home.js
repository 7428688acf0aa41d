/** The errors at every code size, and the Python that computes them. */
import { IMPORT_LOAD, entry, literal, script } from "../kit/python.js";

/** @typedef {import("../kit/routes.js").Props["compress/compress"]["facts"][string]} Facts */
/** @typedef {import("../kit/routes.js").Routes["compress/pictures"]["answer"]} Answer */
/** @typedef {{ data: string, shape: number[], seed: number, digit: import("../kit/page.js").Digit | null }} Asked `digit`: null where the picture is drawn from the seed */

/** A picture of pure chance. @param {Asked} asked */
const chanceLines = ({ data, shape, seed }) => [
  `generator = torch.Generator().manual_seed(${seed})`,
  data === "gaussian-noise"
    ? `x = gaussian_pixels((${shape.join(", ")}), generator) / 255`
    : `x = torch.randint(0, 256, (${shape.join(", ")}), generator=generator) / 255`,
];

/**
 * @param {Answer} answer
 * @param {Facts} facts
 * @param {Asked} asked
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = ({ pictures }, facts, asked) => {
  const { pca, ...networks } = facts.networks;
  const [most] = Object.values(pca);
  const rowsOf = (/** @type {string} */ kind, /** @type {(size: string) => number} */ onTest) =>
    Object.entries(pictures[kind] ?? {}).map(([size, { mse }]) => [
      ...[kind, Number(size)],
      ...[mse, onTest(size)],
    ]);
  return {
    columns: ["code", "numbers", "squared error per pixel", "mean of test images"],
    rows: [
      ...rowsOf("pca", (size) => facts.pca[Number(size)]),
      ...Object.keys(networks).flatMap((kind) => rowsOf(kind, (size) => facts.errors[kind][size])),
    ],
    protocol: `One picture of ${facts.name}${facts.random ? `, seed ${asked.seed},` : ""} through every code; beside it the mean over the test images.`,
    python: () =>
      script({
        imports: [
          ...(asked.data === "gaussian-noise" && facts.random
            ? ["from data.noise import gaussian_pixels"]
            : []),
          "from explore import compress",
          IMPORT_LOAD,
        ],
        digits: asked.digit ? { x: asked.digit } : {},
        body: [
          ...(facts.random ? chanceLines(asked) : []),
          "",
          "",
          "def error(picture):",
          "    return float((picture[0].double() - x.double()).square().mean())",
          "",
          "",
          `pca = ${entry(most)}`,
          'on_test = pca.card.metrics["mse by size"].value',
          "rows = []",
          `for k in ${literal(Object.keys(pictures.pca).map(Number))}:`,
          "    picture = compress.first_components(pca.model, x[None], k)",
          '    rows.append(("pca", k, error(picture), on_test[k]))',
          "for kind, k, name in [",
          ...Object.entries(networks).flatMap(([kind, bySize]) =>
            Object.entries(bySize).map(
              ([size, name]) => `    (${literal(kind)}, ${size}, ${literal(name)}),`,
            ),
          ),
          "]:",
          "    entry = load(CHECKPOINTS / name)",
          "    picture = entry.model.reconstruct(x[None])",
          '    rows.append((kind, k, error(picture), entry.card.metrics["mse"].value))',
        ],
      }),
  };
};
