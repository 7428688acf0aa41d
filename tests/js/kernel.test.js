/** Every kind of layer against its definition in plain loops, and files that are refused. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { readNetwork } from "../../views/kit/kernel.js";
import { uniforms } from "../../views/kit/random.js";

/** @typedef {{ shape: number[], values: number[] }} Tensor */
/** @typedef {Record<string, Tensor>} Tensors */

const count = (/** @type {number[]} */ shape) => shape.reduce((a, b) => a * b, 1);

/** The bits of a number that half precision can hold and that is not subnormal. */
const toHalf = (/** @type {number} */ v) => {
  if (v === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(v)));
  const fraction = (Math.abs(v) / 2 ** exponent - 1) * 1024;
  assert.ok(Number.isInteger(fraction), `${v} has more bits than half precision`);
  return (v < 0 ? 0x8000 : 0) + ((exponent + 15) << 10) + fraction;
};

/** What safetensors writes. @param {Tensors} tensors @param {object} network @param {string} [dtype] */
const fileOf = (tensors, network, dtype = "F16") => {
  /** @type {Record<string, any>} */
  const header = { __metadata__: { network: JSON.stringify(network) } };
  /** @type {number[]} */
  const halves = [];
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const from = 2 * halves.length;
    halves.push(...values.map(toHalf));
    header[name] = { dtype, shape, data_offsets: [from, 2 * halves.length] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + 2 * halves.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(new Uint8Array(Uint16Array.from(halves).buffer), 8 + text.length);
  return file.buffer;
};

/** @param {object[]} layers @param {number[]} shape @param {Tensors} [tensors] @param {object[]} [mean] */
const network = (layers, shape, tensors = {}, mean = []) =>
  readNetwork(fileOf(tensors, { layers, shape, mean }));

const next = uniforms(0);
/** Random numbers in [-1, 1] that half precision holds exactly. */
const numbers = (/** @type {number} */ n) =>
  Array.from({ length: n }, () => Math.round((2 * next() - 1) * 64) / 64);
/** @returns {Tensor} */
const tensor = (/** @type {number[]} */ ...shape) => ({ shape, values: numbers(count(shape)) });

/** @param {ArrayLike<number>} found @param {number[]} expected @param {string} [what] */
const same = (found, expected, what = "") => {
  assert.equal(found.length, expected.length, what);
  const off = expected.map((v, i) => Math.abs(v - found[i]));
  assert.ok(Math.max(...off) < 1e-5, `${what}: ${Array.from(found)} is not ${expected}`);
};

// The definitions.

/** @param {Tensor} weight @param {Tensor} bias @param {number[]} x */
const linear = ({ shape: [outputs, inputs], values: w }, bias, x) =>
  Array.from({ length: outputs }, (_, o) => {
    let sum = bias.values[o];
    for (let i = 0; i < inputs; i++) sum += w[o * inputs + i] * x[i];
    return sum;
  });

/**
 * @typedef {{ stride: number, padding: number }} Sizes
 * @typedef {[number, number, number]} Shape
 */

/** @param {Tensor} weight @param {Tensor} bias @param {number[]} x @param {Shape} given @param {Sizes} sizes */
const conv = (weight, bias, x, [channels, height, width], { stride, padding }) => {
  const [out, , kernel] = weight.shape;
  const y = [];
  for (let o = 0; o < out; o++)
    for (let top = -padding; top + kernel <= height + padding; top += stride)
      for (let left = -padding; left + kernel <= width + padding; left += stride) {
        let sum = bias.values[o];
        for (let c = 0; c < channels; c++)
          for (let u = 0; u < kernel; u++)
            for (let v = 0; v < kernel; v++) {
              const [i, j] = [top + u, left + v];
              const inside = i >= 0 && i < height && j >= 0 && j < width;
              const tap = weight.values[((o * channels + c) * kernel + u) * kernel + v];
              if (inside) sum += tap * x[(c * height + i) * width + j];
            }
        y.push(sum);
      }
  return y;
};

/** @param {Tensor} weight @param {Tensor} bias @param {number[]} x @param {Shape} given @param {Sizes} sizes */
const convTranspose = (weight, bias, x, [channels, rows, columns], { stride, padding }) => {
  const [, out, kernel] = weight.shape;
  const height = (rows - 1) * stride - 2 * padding + kernel;
  const width = (columns - 1) * stride - 2 * padding + kernel;
  const y = [];
  for (let o = 0; o < out; o++)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) {
        let sum = bias.values[o];
        for (let c = 0; c < channels; c++)
          for (let row = 0; row < rows; row++)
            for (let column = 0; column < columns; column++) {
              const [u, v] = [i + padding - row * stride, j + padding - column * stride];
              const covered = u >= 0 && u < kernel && v >= 0 && v < kernel;
              const tap = weight.values[((c * out + o) * kernel + u) * kernel + v];
              if (covered) sum += tap * x[(c * rows + row) * columns + column];
            }
        y.push(sum);
      }
  return y;
};

const sigmoid = (/** @type {number} */ v) => 1 / (1 + Math.exp(-v));

// Layers.

test("a linear layer, by hand", () => {
  const tensors = {
    "0.weight": { shape: [3, 2], values: [1, 2, -3, 0.5, 0, 4] },
    "0.bias": { shape: [3], values: [10, 0, -1] },
  };
  const run = network([{ kind: "linear", name: "0" }], [2], tensors);
  assert.deepEqual([...run([2, -1])], [10, -6.5, -5]);
});

test("linear layers of sizes that no block of the loops divides", () => {
  for (const [inputs, outputs] of [
    [1, 1],
    [3, 2],
    [5, 4],
    [4, 7],
    [9, 9],
  ]) {
    const [weight, bias] = [tensor(outputs, inputs), tensor(outputs)];
    const tensors = { "a.b.weight": weight, "a.b.bias": bias };
    const x = numbers(inputs);
    const found = network([{ kind: "linear", name: "a.b" }], [inputs], tensors)(x);
    same(found, linear(weight, bias, x), `${inputs} to ${outputs}`);
  }
});

test("a convolution, by hand", () => {
  const tensors = {
    "0.weight": { shape: [1, 1, 2, 2], values: [1, 2, 3, 4] },
    "0.bias": { shape: [1], values: [0.5] },
  };
  const layer = { name: "0", stride: 1, padding: 0 };
  const x = [1, 0, 2, 0, 1, 0];
  assert.deepEqual([...network([{ kind: "conv", ...layer }], [1, 2, 3], tensors)(x)], [5.5, 7.5]);
  const transposed = network([{ kind: "conv-transpose", ...layer }], [1, 1, 2], tensors);
  assert.deepEqual([...transposed([1, 10])], [1.5, 12.5, 20.5, 3.5, 34.5, 40.5]);
});

/** @type {(Sizes & { channels: number, out: number, kernel: number })[]} */
const CONVOLUTIONS = [
  { channels: 1, out: 1, kernel: 1, stride: 1, padding: 0 },
  { channels: 2, out: 3, kernel: 3, stride: 1, padding: 1 },
  { channels: 3, out: 2, kernel: 4, stride: 2, padding: 1 },
  { channels: 1, out: 5, kernel: 3, stride: 2, padding: 0 },
  { channels: 4, out: 4, kernel: 2, stride: 3, padding: 0 },
  { channels: 5, out: 1, kernel: 5, stride: 1, padding: 2 },
];

test("convolutions of pictures whose sides differ", () => {
  for (const { channels, out, kernel, ...sizes } of CONVOLUTIONS) {
    const [weight, bias] = [tensor(out, channels, kernel, kernel), tensor(out)];
    const layer = { kind: "conv", name: "1", ...sizes };
    /** @type {Shape} */
    const shape = [channels, 6, 9];
    const x = numbers(count(shape));
    const found = network([layer], shape, { "1.weight": weight, "1.bias": bias })(x);
    same(found, conv(weight, bias, x, shape, sizes), JSON.stringify(layer));
  }
});

test("transposed convolutions of pictures whose sides differ", () => {
  for (const { channels, out, kernel, ...sizes } of CONVOLUTIONS) {
    const [weight, bias] = [tensor(channels, out, kernel, kernel), tensor(out)];
    const layer = { kind: "conv-transpose", name: "1", ...sizes };
    /** @type {Shape} */
    const shape = [channels, 3, 5];
    const x = numbers(count(shape));
    const found = network([layer], shape, { "1.weight": weight, "1.bias": bias })(x);
    same(found, convTranspose(weight, bias, x, shape, sizes), JSON.stringify(layer));
  }
});

test("what is done to every number", () => {
  const x = [-50, -1.5, 0, 0.25, 50];
  const functions = {
    silu: (/** @type {number} */ v) => v * sigmoid(v),
    relu: (/** @type {number} */ v) => (v > 0 ? v : 0),
    tanh: Math.tanh,
    sigmoid,
  };
  for (const [kind, f] of Object.entries(functions))
    same(network([{ kind }], [5])(x), x.map(f), kind);
});

test("some channels, and another shape", () => {
  const x = numbers(4 * 2 * 3);
  same(network([{ kind: "first", channels: 1 }], [4, 2, 3])(x), x.slice(0, 6));
  same(network([{ kind: "last", channels: 3 }], [4, 2, 3])(x), x.slice(6));
  const cut = [
    { kind: "reshape", shape: [2, 6, 2] },
    { kind: "first", channels: 1 },
    { kind: "reshape", shape: [-1] },
    { kind: "last", channels: 5 },
  ];
  same(network(cut, [4, 2, 3])(x), x.slice(7, 12));
});

test("a residual block adds to its input", () => {
  const sizes = { stride: 1, padding: 1 };
  const tensors = { "2.layers.1.weight": tensor(3, 3, 3, 3), "2.layers.1.bias": tensor(3) };
  const layers = [{ kind: "relu" }, { kind: "conv", name: "2.layers.1", ...sizes }];
  const x = numbers(3 * 4 * 5);
  const added = conv(
    tensors["2.layers.1.weight"],
    tensors["2.layers.1.bias"],
    x.map((v) => Math.max(v, 0)),
    [3, 4, 5],
    sizes,
  );
  const found = network([{ kind: "residual", layers }], [3, 4, 5], tensors)(x);
  same(
    found,
    x.map((v, i) => v + added[i]),
  );
});

const [STEPS, NUMBERS, HIDDEN] = [3, 2, 5];
const RECURRENT = {
  "0.initial_h": tensor(HIDDEN),
  "0.initial_canvas": tensor(1, 2, 3),
  "0.cell.weight_ih": tensor(3 * HIDDEN, NUMBERS),
  "0.cell.weight_hh": tensor(3 * HIDDEN, HIDDEN),
  "0.cell.bias_ih": tensor(3 * HIDDEN),
  "0.cell.bias_hh": tensor(3 * HIDDEN),
  "0.write.0.weight": tensor(6, HIDDEN),
  "0.write.0.bias": tensor(6),
};
const WRITE = [
  { kind: "linear", name: "0.write.0" },
  { kind: "reshape", shape: [1, 2, 3] },
];
const DECODER = { kind: "recurrent", name: "0", steps: STEPS, layers: WRITE };

/** torch's GRUCell. @param {number[]} x @param {number[]} h */
const moved = (x, h) => {
  const ofInput = linear(RECURRENT["0.cell.weight_ih"], RECURRENT["0.cell.bias_ih"], x);
  const ofState = linear(RECURRENT["0.cell.weight_hh"], RECURRENT["0.cell.bias_hh"], h);
  return h.map((v, i) => {
    const r = sigmoid(ofInput[i] + ofState[i]);
    const z = sigmoid(ofInput[HIDDEN + i] + ofState[HIDDEN + i]);
    const n = Math.tanh(ofInput[2 * HIDDEN + i] + r * ofState[2 * HIDDEN + i]);
    return (1 - z) * n + z * v;
  });
};

/** The canvas before the first step and after each. @param {number[]} z */
const canvasesOf = (z) => {
  let h = RECURRENT["0.initial_h"].values;
  const canvases = [RECURRENT["0.initial_canvas"].values];
  for (let t = 0; t < STEPS; t++) {
    h = moved(z.slice(t * NUMBERS, (t + 1) * NUMBERS), h);
    const added = linear(RECURRENT["0.write.0.weight"], RECURRENT["0.write.0.bias"], h);
    canvases.push(canvases[t].map((v, i) => v + added[i]));
  }
  return canvases;
};

test("a recurrent decoder gives every canvas, and begins every run anew", () => {
  const mean = [{ kind: "last", channels: 1 }, { kind: "sigmoid" }];
  const run = network([DECODER], [STEPS * NUMBERS], RECURRENT, mean);
  for (const z of [numbers(STEPS * NUMBERS), numbers(STEPS * NUMBERS)]) {
    const canvases = canvasesOf(z);
    same(run.features(z), canvases.flat());
    same(run(z), canvases[STEPS].map(sigmoid));
  }
});

test("features are where p(x|z) begins, and mean goes on from there", () => {
  const tensors = { "0.weight": tensor(4, 2), "0.bias": tensor(4) };
  const layers = [
    { kind: "linear", name: "0" },
    { kind: "reshape", shape: [2, 1, 2] },
  ];
  const run = network(layers, [2], tensors, [{ kind: "first", channels: 1 }, { kind: "sigmoid" }]);
  const x = numbers(2);
  const features = linear(tensors["0.weight"], tensors["0.bias"], x);
  same(run.features(x), features);
  same(run.mean(Float32Array.from(features)), features.slice(0, 2).map(sigmoid));
  same(run(Float64Array.from(x)), features.slice(0, 2).map(sigmoid));
});

test("the next run overwrites what a run gave", () => {
  const run = network([{ kind: "relu" }], [2]);
  const first = run([1, 2]);
  assert.deepEqual([...first], [1, 2]);
  assert.equal(run([3, -4]), first);
  assert.deepEqual([...first], [3, 0]);
});

// What is refused.

test("an example of another size is refused", () => {
  const run = network([{ kind: "relu" }], [3]);
  assert.throws(() => run([1, 2, 3, 4]), /takes 3 numbers/);
  assert.throws(() => run.features([1, 2]), /takes 3 numbers/);
});

test("a file that is cut off or no network is refused", () => {
  const whole = fileOf(RECURRENT, { layers: [DECODER], shape: [6], mean: [] });
  assert.ok(readNetwork(whole));
  for (const n of [0, 5, 8, 100, whole.byteLength >> 1, whole.byteLength - 1])
    assert.throws(() => readNetwork(whole.slice(0, n)), Error, `cut at ${n}`);
  const page = "<!doctype html><title>502 Bad Gateway</title>".repeat(9);
  assert.throws(() => readNetwork(new TextEncoder().encode(page).buffer), Error);
  for (let i = 0; i < 3; i++) {
    const bytes = Uint8Array.from({ length: 5000 }, () => 256 * next());
    assert.throws(() => readNetwork(bytes.buffer), Error);
  }
});

test("a network that contradicts itself or asks for absurd sizes is refused at once", () => {
  const tensors = {
    ...RECURRENT,
    "0.weight": tensor(4, 4),
    "0.bias": tensor(4),
    "1.weight": tensor(2, 1, 3, 3),
    "1.bias": tensor(2),
    "2.weight": tensor(4, 4),
    "2.bias": tensor(3),
  };
  const line = { kind: "linear", name: "0" };
  const grid = { kind: "conv", name: "1", stride: 1, padding: 1 };
  /** @type {[string, any, number[]][]} */
  const nonsense = [
    ["shape beyond memory", [{ kind: "relu" }], [2 ** 20, 2 ** 20]],
    ["negative shape", [{ kind: "relu" }], [-4]],
    ["fraction of a number", [{ kind: "relu" }], [1.5]],
    ["layer unheard of", [{ kind: "dropout" }], [4]],
    ["layer that is an object's own", [{ kind: "toString" }], [4]],
    ["weights that do not fit", [line], [5]],
    ["weights of more axes", [{ ...line, name: "1" }], [2]],
    ["weights that are missing", [{ ...line, name: "7" }], [4]],
    ["bias that does not fit", [{ ...line, name: "2" }], [4]],
    ["shape that does not fit", [{ kind: "reshape", shape: [3, 3] }], [4]],
    ["more channels than there are, first", [{ kind: "first", channels: 5 }], [4]],
    ["more channels than there are, last", [{ kind: "last", channels: 5 }], [4]],
    ["block that gives another size", [{ kind: "residual", layers: [grid] }], [1, 8, 8]],
    ["stride 0", [{ ...grid, stride: 0 }], [1, 8, 8]],
    ["endless padding", [{ ...grid, padding: 2 ** 30 }], [1, 8, 8]],
    ["endless stride", [{ ...grid, kind: "conv-transpose", stride: 2 ** 30 }], [2, 8, 8]],
    ["no steps", [{ ...DECODER, steps: 0 }], [6]],
    ["codes that no steps share", [{ ...DECODER, steps: 4 }], [6]],
    ["state that is missing", [{ ...DECODER, name: "1" }], [6]],
    ["canvas of another size", [{ ...DECODER, layers: [] }], [6]],
    ["no list of layers", null, [4]],
  ];
  for (const [what, layers, shape] of nonsense)
    assert.throws(() => network(layers, shape, tensors), Error, what);
  const rest = { layers: [line], shape: [4], mean: [] };
  assert.throws(() => readNetwork(fileOf(tensors, { layers: [], shape: [4] })), Error, "no mean");
  assert.throws(() => readNetwork(fileOf(tensors, rest, "F32")), /not whole/);
  assert.ok(readNetwork(fileOf(tensors, rest)));
});

test("each layer's output can be read, and what follows a changed one run again", () => {
  const tensors = {
    "0.weight": tensor(3, 2),
    "0.bias": tensor(3),
    "2.weight": tensor(2, 3),
    "2.bias": tensor(2),
  };
  const layers = [{ kind: "linear", name: "0" }, { kind: "relu" }, { kind: "linear", name: "2" }];
  const run = network(layers, [2], tensors);
  const features = run.features([0.5, -0.25]).slice();
  const hidden = run.output(1).slice();
  same(run.output(2), [...features], "the last output");
  same(run.featuresAfter(1, hidden), [...features], "after the unchanged layer");
  const raised = hidden.slice();
  raised[1] += 1;
  const weight = tensors["2.weight"].values;
  const moved = [...features].map((v, i) => v + weight[3 * i + 1]);
  same(run.featuresAfter(1, raised), moved, "after the raised one");
  same(run.weight(2) ?? [], weight, "the weights");
  assert.equal(run.weight(1), undefined);
});
