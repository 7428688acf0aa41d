/**
 * The strongest connections of a linear layer, by the rule of explore/machine.py: a connection's value
 * is weight times activation.
 */

/** @typedef {{ source: number[], target: number[], value: number[] }} Connections */

const MOST = 64; // of one layer

/**
 * For each output the input that adds most to it in size, and of these pairs the largest.
 * @param {Float32Array} weight [outputs, inputs] flattened
 * @param {ArrayLike<number>} x [inputs]
 * @returns {Connections}
 */
export const strongestConnections = (weight, x) => {
  const inputs = x.length;
  const outputs = weight.length / inputs;
  const sources = new Int32Array(outputs);
  const values = new Float32Array(outputs);
  const sizes = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    let most = -1;
    for (let i = 0, at = o * inputs; i < inputs; i++, at++) {
      const added = weight[at] * x[i];
      const size = added < 0 ? -added : added;
      if (size > most) {
        most = size;
        sources[o] = i;
        values[o] = added;
      }
    }
    sizes[o] = most;
  }
  const order = [...sizes.keys()].sort((a, b) => sizes[b] - sizes[a]).slice(0, MOST);
  return {
    source: order.map((o) => sources[o]),
    target: order,
    value: order.map((o) => values[o]),
  };
};
