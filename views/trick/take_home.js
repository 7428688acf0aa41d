/** One draw's loss and its gradients, and the Python that computes them. */
import { IMPORT_LOAD, literal, model, quantityLines, quantityRows, script } from "../kit/python.js";

/** @typedef {import("../kit/routes.js").Routes["trick/gradients"]} Route */
/** @typedef {import("../kit/python.js").Quantity} Quantity */

/**
 * @param {string} name of the model
 * @param {Route["answer"]} found
 * @param {Omit<Route["question"], "digit">} asked
 * @param {import("../kit/page.js").Digit} digit
 * @returns {import("../kit/take_home.js").Home}
 */
export const homeOf = (name, found, { mu, sigma, epsilon, reparameterize }, digit) => {
  const z = mu.map((m, i) => m + sigma[i] * epsilon[i]);
  /** @type {Quantity[]} */
  const quantities = [
    ["reconstruction -log p(x|z)", found.reconstruction, "found.reconstruction"],
    ["KL(q||p)", found.kl, "found.kl"],
    ["z", z, "mu + sigma * epsilon"],
    ["d/dz", found.by_z, "found.by_z"],
    ["gradient of the loss by mu", found.total[0], "found.total[0]"],
    ["gradient of the loss by sigma", found.total[1], "found.total[1]"],
    ["gradient of the KL by mu", found.by_kl[0], "found.by_kl[0]"],
    ["gradient of the KL by sigma", found.by_kl[1], "found.by_kl[1]"],
  ];
  const double = (/** @type {number[]} */ values) =>
    `torch.tensor(${literal(values)}, dtype=torch.float64)`;
  return {
    columns: ["quantity", "value"],
    rows: quantityRows(quantities),
    protocol: `${name}, one digit in black and white, one draw ${reparameterize ? "with" : "without"} the reparameterization trick; nats.`,
    python: () =>
      script({
        imports: [
          "from data.binarize import SEED, binarize",
          "from explore import trick",
          IMPORT_LOAD,
        ],
        digits: { x: digit },
        body: [
          `f = trick.reconstruction_loss(${model(name)}, binarize(x, SEED))`,
          `mu, sigma = ${double(mu)}, ${double(sigma)}`,
          `epsilon = ${double(epsilon)}`,
          `found = trick.backpropagate(f, mu, sigma, epsilon, trick=${literal(reparameterize)})`,
          ...quantityLines(quantities),
        ],
      }),
  };
};
