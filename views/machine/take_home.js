/** The digit's code in the Machine and what it costs, and the Python that computes them. */
import { IMPORT_LOAD, model, quantityLines, quantityRows, script, tensor } from "../kit/python.js";

/** @typedef {import("../kit/python.js").Quantity} Quantity */

/**
 * @param {{ name: string, probabilities: boolean, shape: number[] }} machine
 * @param {{ x: Uint8Array, entered: Uint8Array, mu: number[], sigma: number[] | null, z: number[], kl: number | null, cost: number | null }} found `x`: the
 *   digit, `entered`: what the encoder gets of it; `cost`: null while the page has no decoder
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = ({ name, probabilities, shape }, { x, entered, mu, sigma, z, kl, cost }) => {
  const own = z.every((v, i) => v === mu[i]);
  const damaged = x.some((v, i) => v !== entered[i]);
  /** @type {Quantity[]} */
  const quantities = [
    ["mu", mu, "mu"],
    ...(sigma ? [/** @type {Quantity} */ (["sigma", sigma, "sigma"])] : []),
    ["z", z, "z"],
  ];
  if (kl !== null) quantities.push(["KL(q(z|x)||p(z)) in nats", kl, "kl"]);
  if (cost !== null && probabilities)
    quantities.push(["reconstruction -log p(x|z) in nats", cost, "cost"]);
  if (cost !== null && !probabilities)
    quantities.push(["squared error summed over pixels", cost, "cost"]);
  return {
    columns: ["quantity", "value"],
    rows: quantityRows(quantities),
    protocol: `${name}, one digit${damaged ? ", damaged before it enters" : ""}; ${own ? "z is the mean of q(z|x)" : "z is drawn or moved by hand"}. The page has mu and sigma to three digits.`,
    python: () =>
      script({
        imports: ["from explore import latent", IMPORT_LOAD],
        digits: {
          x: { pixels: x, shape },
          ...(damaged ? { entered: { pixels: entered, shape } } : {}),
        },
        body: [
          `model = ${model(name)}`,
          `mu, sigma = latent.posterior(model, ${damaged ? "entered" : "x"})`,
          own ? "z = mu" : `z = ${tensor(z)}`,
          ...(kl === null ? [] : ["kl = ((mu**2 + sigma**2 - 1) / 2 - sigma.log()).sum()"]),
          ...(cost === null ? [] : ["picture = model.decode(z[None])"]),
          ...(cost === null
            ? []
            : [
                probabilities
                  ? 'logits = picture.base_dist.logits[0]\ncost = torch.nn.functional.binary_cross_entropy_with_logits(\n    logits, x, reduction="sum"\n)'
                  : "cost = (x - picture.mean[0]).square().sum()",
              ]),
          ...quantityLines(quantities),
        ],
      }),
  };
};
