/**
 * Trained networks, run in the page on plain typed arrays. models/portable.py writes their files;
 * docs/decoding.md describes the format and says why no library runs them.
 */
import { fromHalf } from "./encoding.js";

/** @typedef {{ shape: number[], values: Float32Array }} Tensor */
/** @typedef {Record<string, Tensor | undefined>} Tensors by their names in the file */
/**
 * A layer as the file describes it. A `name` is what the names of its tensors begin with.
 * @typedef {{ kind: "linear", name: string }} Linear
 * @typedef {{ kind: "conv" | "conv-transpose", name: string, stride: number, padding: number }} Convolution
 * @typedef {{ kind: "reshape", shape: number[] }} Reshape
 * @typedef {{ kind: "residual", layers: Layer[] }} Residual
 * @typedef {{ kind: "first" | "last", channels: number }} Channels
 * @typedef {{ kind: "recurrent", name: string, steps: number, layers: Layer[] }} Recurrent
 * @typedef {{ kind: "silu" | "relu" | "tanh" | "sigmoid" }} Pointwise
 * @typedef {Linear | Convolution | Reshape | Residual | Channels | Recurrent | Pointwise} Layer
 */
/**
 * A layer, or several in a row, that can be run: from numbers of the shape it was made for to numbers
 * of `shape`. They stay valid until the next run, which overwrites them.
 * @typedef {object} Runnable
 * @property {number[]} shape
 * @property {(x: Float32Array) => Float32Array} run
 */
/**
 * Makes a layer runnable for inputs of the shape `given`. Throws an Error where they do not fit.
 * @template Description
 * @typedef {(layer: Description, tensors: Tensors, given: number[]) => Runnable} Make
 */
/**
 * @callback Run
 * @param {ArrayLike<number>} x an example, flattened
 * @returns {Float32Array} flattened; the next run overwrites it
 */
/**
 * @typedef {object} Parts
 * @property {Run} features the first part alone, up to the features of p(x|z)
 * @property {(features: Float32Array) => Float32Array} mean the rest, from there to the mean of p(x|z)
 * @property {(layer: number) => Float32Array} output what a layer of the first part gave in the last
 *   run, flattened; the next run overwrites it
 * @property {(layer: number, x: Float32Array) => Float32Array} featuresAfter the features, if a layer
 *   of the first part had given x; overwrites what later layers gave
 * @property {(layer: number) => Float32Array | undefined} weight of a linear layer, [outputs, inputs]
 *   flattened; undefined for another layer
 */

// No layer of ours has nearly so many numbers: a shape that does is that of a damaged file.
const MOST_NUMBERS = 2 ** 24;

/**
 * How many numbers a shape holds. Throws an Error for a shape that no network has.
 * @param {number[]} shape
 */
const size = (shape) => {
  const product = shape.reduce((a, b) => a * b, 1);
  if (!shape.every((n) => Number.isInteger(n) && n > 0) || product > MOST_NUMBERS)
    throw new Error(`The network has an impossible shape, ${shape}.`);
  return product;
};

/**
 * The content of a safetensors file: 8 bytes hold the header's length, then come the header, which is
 * JSON, and the bytes of the tensors. Throws an Error for a file that is cut off or is something else.
 * @param {ArrayBuffer} buffer
 * @returns {{ layers: Layer[], shape: number[], mean: Layer[], tensors: Tensors }}
 */
const readFile = (buffer) => {
  const start = 8 + Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, start - 8)));
  const { __metadata__: metadata, ...described } = header;
  /** @type {Tensors} */
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(described)) {
    const halves = new Uint16Array(buffer.slice(start + offsets[0], start + offsets[1]));
    if (dtype !== "F16" || halves.length !== size(shape))
      throw new Error(`The tensor ${name} is not whole.`);
    tensors[name] = { shape, values: fromHalf(halves) };
  }
  const { layers, shape, mean } = JSON.parse(metadata.network);
  return { layers, shape, mean, tensors };
};

/**
 * The weight and the bias of a layer. Throws an Error where they are missing or have another shape.
 * @param {Tensors} tensors
 * @param {string} name
 * @param {(number | null)[]} expected the shape of the weight; null where any size will do
 * @param {number} [outputs] which axis of the weight is that of the outputs
 */
const parameters = (tensors, name, expected, outputs = 0) => {
  const weight = tensors[`${name}.weight`];
  const bias = tensors[`${name}.bias`];
  if (
    !weight ||
    !bias ||
    weight.shape.length !== expected.length ||
    expected.some((n, i) => n && n !== weight.shape[i]) ||
    size(bias.shape) !== weight.shape[outputs]
  )
    throw new Error(`The layer ${name} does not fit the one before.`);
  return { w: weight.values, bias: bias.values, shape: weight.shape };
};

/**
 * y [m, n] = bias [m] + a [m, k] b [k, n], into `y`.
 *
 * Each pass combines two rows of `a` with four rows of `b`, which reads every number less often. Where
 * m is odd, the last row stands for both of the two, and the same sums are written twice.
 * @param {Float32Array} y
 * @param {Float32Array} bias
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} m
 * @param {number} k
 * @param {number} n
 */
const multiply = (y, bias, a, b, m, k, n) => {
  for (let i = 0; i < m; i += 2) {
    const next = Math.min(i + 1, m - 1);
    const y0 = i * n;
    const y1 = next * n;
    const a0 = i * k;
    const a1 = next * k;
    y.fill(bias[i], y0, y0 + n).fill(bias[next], y1, y1 + n);
    let p = 0;
    for (; p + 4 <= k; p += 4) {
      const v0 = a[a0 + p];
      const v1 = a[a0 + p + 1];
      const v2 = a[a0 + p + 2];
      const v3 = a[a0 + p + 3];
      const w0 = a[a1 + p];
      const w1 = a[a1 + p + 1];
      const w2 = a[a1 + p + 2];
      const w3 = a[a1 + p + 3];
      const b0 = p * n;
      const b1 = b0 + n;
      const b2 = b1 + n;
      const b3 = b2 + n;
      for (let j = 0; j < n; j++) {
        const x0 = b[b0 + j];
        const x1 = b[b1 + j];
        const x2 = b[b2 + j];
        const x3 = b[b3 + j];
        const sum = y[y0 + j] + v0 * x0 + v1 * x1 + v2 * x2 + v3 * x3;
        y[y1 + j] += w0 * x0 + w1 * x1 + w2 * x2 + w3 * x3;
        y[y0 + j] = sum;
      }
    }
    for (; p < k; p++)
      for (let j = 0; j < n; j++) {
        const x = b[p * n + j];
        const sum = y[y0 + j] + a[a0 + p] * x;
        y[y1 + j] += a[a1 + p] * x;
        y[y0 + j] = sum;
      }
  }
};

/** torch's Linear, with a weight [outputs, inputs]. @type {Make<{ name: string }>} */
const linear = ({ name }, tensors, given) => {
  const { w, bias, shape } = parameters(tensors, name, [null, ...given]);
  const [outputs, inputs] = shape;
  const y = new Float32Array(outputs);
  const last = outputs - 1;
  // Four sums at a time: a single one would wait for each weight to be loaded. Where fewer than four
  // outputs are left, the last one is computed several times.
  const run = (/** @type {Float32Array} */ x) => {
    for (let o = 0; o < outputs; o += 4) {
      const o1 = Math.min(o + 1, last);
      const o2 = Math.min(o + 2, last);
      const o3 = Math.min(o + 3, last);
      const w0 = o * inputs;
      const w1 = o1 * inputs;
      const w2 = o2 * inputs;
      const w3 = o3 * inputs;
      let s0 = bias[o];
      let s1 = bias[o1];
      let s2 = bias[o2];
      let s3 = bias[o3];
      for (let i = 0; i < inputs; i++) {
        s0 += w[w0 + i] * x[i];
        s1 += w[w1 + i] * x[i];
        s2 += w[w2 + i] * x[i];
        s3 += w[w3 + i] * x[i];
      }
      y[o] = s0;
      y[o1] = s1;
      y[o2] = s2;
      y[o3] = s3;
    }
    return y;
  };
  return { shape: [outputs], run };
};

/**
 * Which pixels of the larger grid the kernel of a convolution covers from each place on the smaller
 * one, for both kinds of convolution: pairs, one after another, of a cell and a pixel. A cell is an
 * element of [kernel, kernel, rows, columns], a pixel one of [height, width].
 * @param {number[]} smaller [rows, columns]
 * @param {number[]} larger [height, width]
 * @param {number} kernel
 * @param {number} stride
 * @param {number} padding
 */
const overlaps = ([rows, columns], [height, width], kernel, stride, padding) => {
  const pairs = [];
  let cell = 0;
  for (let u = 0; u < kernel; u++)
    for (let v = 0; v < kernel; v++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++, cell++) {
          const i = row * stride + u - padding;
          const j = column * stride + v - padding;
          if (i >= 0 && i < height && j >= 0 && j < width) pairs.push(cell, i * width + j);
        }
  return Int32Array.from(pairs);
};

/**
 * torch's Conv2d, with a weight [out, channels, kernel, kernel]: the input is unfolded to
 * [channels * kernel * kernel, places] and multiplied by the weight.
 * @type {Make<Convolution>}
 */
const conv = ({ name, stride, padding }, tensors, [channels, height, width]) => {
  const { w, bias, shape } = parameters(tensors, name, [null, channels, null, null]);
  const [out, , kernel] = shape;
  const side = (/** @type {number} */ n) => Math.floor((n + 2 * padding - kernel) / stride + 1);
  const smaller = [side(height), side(width)];
  const places = size(smaller);
  const cells = kernel * kernel * places;
  const pixels = height * width;
  const unfolded = new Float32Array(size([channels, cells]));
  const y = new Float32Array(size([out, places]));
  const pairs = overlaps(smaller, [height, width], kernel, stride, padding);
  const run = (/** @type {Float32Array} */ x) => {
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < pairs.length; p += 2)
        unfolded[c * cells + pairs[p]] = x[c * pixels + pairs[p + 1]];
    multiply(y, bias, w, unfolded, out, channels * kernel * kernel, places);
    return y;
  };
  return { shape: [out, ...smaller], run };
};

/**
 * The transpose [columns, rows] of a matrix [rows, columns].
 * @param {Float32Array} a
 * @param {number} rows
 * @param {number} columns
 */
const transposed = (a, rows, columns) => {
  const t = new Float32Array(a.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) t[j * rows + i] = a[i * columns + j];
  return t;
};

/**
 * torch's ConvTranspose2d, with a weight [channels, out, kernel, kernel]: the input is multiplied by
 * the weight, and the result [out * kernel * kernel, places] is added up where kernels overlap.
 * @type {Make<Convolution>}
 */
const convTranspose = ({ name, stride, padding }, tensors, [channels, rows, columns]) => {
  const { w, bias, shape } = parameters(tensors, name, [channels, null, null, null], 1);
  const [, out, kernel] = shape;
  const side = (/** @type {number} */ n) => (n - 1) * stride - 2 * padding + kernel;
  const larger = [side(rows), side(columns)];
  const places = rows * columns;
  const cells = kernel * kernel * places;
  const pixels = size(larger);
  const unfolded = new Float32Array(size([out, cells]));
  const y = new Float32Array(size([out, pixels]));
  const taps = out * kernel * kernel;
  const weight = transposed(w, channels, taps);
  const zeros = new Float32Array(taps);
  const pairs = overlaps([rows, columns], larger, kernel, stride, padding);
  const run = (/** @type {Float32Array} */ x) => {
    multiply(unfolded, zeros, weight, x, taps, channels, places);
    for (let o = 0; o < out; o++) {
      y.fill(bias[o], o * pixels, (o + 1) * pixels);
      for (let p = 0; p < pairs.length; p += 2)
        y[o * pixels + pairs[p + 1]] += unfolded[o * cells + pairs[p]];
    }
    return y;
  };
  return { shape: [out, ...larger], run };
};

/**
 * A layer that does the same to every number.
 * @param {(x: Float32Array, y: Float32Array) => void} f writes y of x. The loop is its own, because a
 *   call for each number would cost as much as the exponential.
 * @returns {Make<Pointwise>}
 */
const pointwise = (f) => (layer, tensors, shape) => {
  const y = new Float32Array(size(shape));
  const run = (/** @type {Float32Array} */ x) => {
    f(x, y);
    return y;
  };
  return { shape, run };
};

const silu = pointwise((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = x[i] / (1 + Math.exp(-x[i]));
});
const relu = pointwise((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.max(x[i], 0);
});
const tanh = pointwise((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.tanh(x[i]);
});
const sigmoid = pointwise((x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = 1 / (1 + Math.exp(-x[i]));
});

/** The same numbers in another shape; [-1] flattens. @type {Make<Reshape>} */
const reshape = ({ shape }, tensors, given) => {
  const wanted = shape[0] === -1 ? [size(given)] : shape;
  if (size(wanted) !== size(given))
    throw new Error(`${given} numbers cannot be arranged as ${wanted}.`);
  return { shape: wanted, run: (x) => x };
};

/**
 * The shape of so many of an input's channels.
 * @param {number} channels
 * @param {number[]} given
 */
const shapeOfSome = (channels, [all, ...sides]) => {
  if (channels > all) throw new Error(`There are ${all} channels, not ${channels}.`);
  return [channels, ...sides];
};

/** The first so many channels. @type {Make<Channels>} */
const first = ({ channels }, tensors, given) => {
  const shape = shapeOfSome(channels, given);
  const numbers = size(shape);
  return { shape, run: (x) => x.subarray(0, numbers) };
};

/** The last so many channels. @type {Make<Channels>} */
const last = ({ channels }, tensors, given) => {
  const shape = shapeOfSome(channels, given);
  const from = size(given) - size(shape);
  return { shape, run: (x) => x.subarray(from) };
};

/**
 * The tensors of torch's GRUCell under the names that `linear` reads: `ih` is the map of its input,
 * `hh` that of its state.
 * @param {Tensors} tensors
 * @param {string} name
 */
const mapsOfGRUCell = (tensors, name) => {
  /** @type {Tensors} */
  const maps = {};
  for (const map of ["ih", "hh"])
    for (const part of ["weight", "bias"])
      maps[`${name}.${map}.${part}`] = tensors[`${name}.${part}_${map}`];
  return maps;
};

/**
 * RecurrentDecoder of models/recurrent.py: from the codes [steps * d] of all steps to the canvas
 * before the first step and after each, [(steps + 1) * C, H, W]. At every step a GRUCell moves the
 * state h, and `layers` map h to what is added to the canvas.
 * @type {Make<Recurrent>}
 */
const recurrent = ({ name, steps, layers }, tensors, given) => {
  const initialH = tensors[`${name}.initial_h`];
  const initialCanvas = tensors[`${name}.initial_canvas`];
  if (!initialH || !initialCanvas || size(given) % steps)
    throw new Error(`The layer ${name} is not whole.`);
  const numbers = size(given) / steps;
  const hidden = size(initialH.shape);
  const area = size(initialCanvas.shape);
  const maps = mapsOfGRUCell(tensors, `${name}.cell`);
  const ofInput = linear({ name: `${name}.cell.ih` }, maps, [numbers]);
  const ofState = linear({ name: `${name}.cell.hh` }, maps, [hidden]);
  const write = chain(layers, tensors, [hidden]);
  if (
    [ofInput, ofState].some(({ shape }) => size(shape) !== 3 * hidden) ||
    size(write.shape) !== area
  )
    throw new Error(`The layer ${name} does not fit itself.`);
  const h = new Float32Array(hidden);
  const y = new Float32Array(size([steps + 1, area]));
  const gate = (/** @type {number} */ v) => 1 / (1 + Math.exp(-v));
  const step = (/** @type {Float32Array} */ z) => {
    const a = ofInput.run(z);
    const b = ofState.run(h);
    for (let i = 0; i < hidden; i++) {
      const reset = gate(a[i] + b[i]);
      const update = gate(a[hidden + i] + b[hidden + i]);
      const candidate = Math.tanh(a[2 * hidden + i] + reset * b[2 * hidden + i]);
      h[i] = update * h[i] + (1 - update) * candidate;
    }
    return write.run(h);
  };
  const run = (/** @type {Float32Array} */ z) => {
    h.set(initialH.values);
    y.set(initialCanvas.values);
    for (let t = 0; t < steps; t++) {
      const added = step(z.subarray(t * numbers, (t + 1) * numbers));
      const from = t * area;
      for (let i = 0; i < area; i++) y[from + area + i] = y[from + i] + added[i];
    }
    return y;
  };
  const [channels, ...sides] = initialCanvas.shape;
  return { shape: [(steps + 1) * channels, ...sides], run };
};

/** The input plus what `layers` make of it. @type {Make<Residual>} */
const residual = ({ layers }, tensors, shape) => {
  const inner = chain(layers, tensors, shape);
  if (size(inner.shape) !== size(shape))
    throw new Error(`A residual block cannot add ${inner.shape} to ${shape}.`);
  const y = new Float32Array(size(shape));
  const run = (/** @type {Float32Array} */ x) => {
    const added = inner.run(x);
    for (let i = 0; i < y.length; i++) y[i] = x[i] + added[i];
    return y;
  };
  return { shape, run };
};

/** @type {Record<Layer["kind"], Make<any>>} */
const LAYERS = {
  linear,
  conv,
  "conv-transpose": convTranspose,
  reshape,
  residual,
  first,
  last,
  recurrent,
  silu,
  relu,
  tanh,
  sigmoid,
};

/**
 * Layers, one after another, that can also be run from the layer `first` on. `outputs` holds what
 * each gave.
 * @param {Layer[]} layers
 * @param {Tensors} tensors
 * @param {number[]} given the shape of the input
 * @returns {Runnable & { outputs: Float32Array[], runFrom: (first: number, x: Float32Array) => Float32Array }}
 */
const chain = (layers, tensors, given) => {
  let shape = given;
  const runs = layers.map((layer) => {
    if (!Object.hasOwn(LAYERS, layer.kind))
      throw new Error(`There is no layer of the kind ${layer.kind}.`);
    const made = LAYERS[layer.kind](layer, tensors, shape);
    shape = made.shape;
    return made.run;
  });
  /** @type {Float32Array[]} */
  const outputs = [];
  const runFrom = (/** @type {number} */ first, /** @type {Float32Array} */ x) => {
    let value = x;
    for (let i = first; i < runs.length; i++) {
      value = runs[i](value);
      outputs[i] = value;
    }
    return value;
  };
  return { shape, outputs, runFrom, run: (x) => runFrom(0, x) };
};

/**
 * A network from its file: a function from one example, flattened, to the output. The output is a
 * picture [C, H, W] for a decoder, and for an encoder a code [D], or mu and log sigma^2, [2 * D].
 *
 * Throws an Error for a file that is cut off, contradicts itself or asks for absurd sizes; the function
 * throws one for an example of another size.
 * @param {ArrayBuffer} buffer
 * @returns {Run & Parts}
 */
export const readNetwork = (buffer) => {
  const { layers, shape, mean, tensors } = readFile(buffer);
  const toFeatures = chain(layers, tensors, shape);
  const toMean = chain(mean, tensors, toFeatures.shape);
  // Copied, because all layers share the code of their loops: the engine compiles it into faster code
  // as long as every array that it meets is a Float32Array.
  const example = new Float32Array(size(shape));
  /** @type {Run} */
  const features = (x) => {
    if (x.length !== example.length)
      throw new Error(`The network takes ${example.length} numbers.`);
    example.set(x);
    return toFeatures.run(example);
  };
  /** @type {Run} */
  const run = (x) => toMean.run(features(x));
  return Object.assign(run, {
    features,
    mean: toMean.run,
    output: (/** @type {number} */ layer) => toFeatures.outputs[layer],
    featuresAfter: (/** @type {number} */ layer, /** @type {Float32Array} */ x) =>
      toFeatures.runFrom(layer + 1, x),
    weight: (/** @type {number} */ layer) => {
      const described = layers[layer];
      return described.kind === "linear" ? tensors[`${described.name}.weight`]?.values : undefined;
    },
  });
};
