/** Networks in the page, run on plain typed arrays: see readNetwork. docs/decoding.md says why it is ours. */
import { fromHalf } from "./encoding.js";

// Networks in the page: what models/portable.py wrote, run on plain typed arrays.
// readNetwork(buffer) gives run(x), from one example to a Float32Array that the next run overwrites:
// a decoder's picture or an encoder's code. run.features(x) stops before the mean of p(x|z) is taken,
// run.mean(features) takes it. A file that is cut off or makes no sense throws. docs/decoding.md says
// why it is ours.

// How many numbers a shape holds. No layer of ours comes near the limit, which is a damaged file's.
const MOST_NUMBERS = 2 ** 24;
const size = (shape) => {
  const product = shape.reduce((a, b) => a * b, 1);
  if (!shape.every((n) => Number.isInteger(n) && n > 0) || product > MOST_NUMBERS)
    throw new Error(`The network has an impossible shape, ${shape}.`);
  return product;
};

// safetensors: the header's length in 8 bytes, a JSON header, then the tensors' bytes.
const readTensors = (buffer) => {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const { layers, shape, mean } = JSON.parse(header.__metadata__.network);
  delete header.__metadata__;
  const tensors = {};
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [from, to],
    },
  ] of Object.entries(header)) {
    const halves = new Uint16Array(buffer.slice(8 + length + from, 8 + length + to));
    if (dtype !== "F16" || halves.length !== size(shape))
      throw new Error(`The tensor ${name} is not whole.`);
    tensors[name] = { shape, values: fromHalf(halves) };
  }
  return { layers, shape, mean, tensors };
};

// The weight and bias of a layer whose weight must have this shape; null leaves a size open.
const parameters = (tensors, name, ...expected) => {
  const weight = tensors[`${name}.weight`],
    bias = tensors[`${name}.bias`];
  const fits = weight && bias && weight.shape.length === expected.length;
  if (!fits || expected.some((n, i) => n && n !== weight.shape[i]))
    throw new Error(`The layer ${name} does not fit the one before.`);
  return { w: weight.values, bias: bias.values, shape: weight.shape };
};

// y [m, n] = bias [m] + a [m, k] b [k, n]. Two rows of a meet four of b at a time, which saves most of
// the reading. An odd last row is its own neighbour: the same sums are written twice.
const multiply = (y, bias, a, b, m, k, n) => {
  for (let i = 0; i < m; i += 2) {
    const next = Math.min(i + 1, m - 1),
      y0 = i * n,
      y1 = next * n,
      a0 = i * k,
      a1 = next * k;
    y.fill(bias[i], y0, y0 + n).fill(bias[next], y1, y1 + n);
    let p = 0;
    for (; p + 4 <= k; p += 4) {
      const v0 = a[a0 + p],
        v1 = a[a0 + p + 1],
        v2 = a[a0 + p + 2],
        v3 = a[a0 + p + 3];
      const w0 = a[a1 + p],
        w1 = a[a1 + p + 1],
        w2 = a[a1 + p + 2],
        w3 = a[a1 + p + 3];
      const b0 = p * n,
        b1 = b0 + n,
        b2 = b1 + n,
        b3 = b2 + n;
      for (let j = 0; j < n; j++) {
        const x0 = b[b0 + j],
          x1 = b[b1 + j],
          x2 = b[b2 + j],
          x3 = b[b3 + j];
        const sum = y[y0 + j] + v0 * x0 + v1 * x1 + v2 * x2 + v3 * x3;
        y[y1 + j] += w0 * x0 + w1 * x1 + w2 * x2 + w3 * x3;
        y[y0 + j] = sum;
      }
    }
    for (; p < k; p++)
      for (let j = 0; j < n; j++) {
        const x = b[p * n + j],
          sum = y[y0 + j] + a[a0 + p] * x;
        y[y1 + j] += a[a1 + p] * x;
        y[y0 + j] = sum;
      }
  }
};

// Every layer: (its description, the tensors, the shape it is given) to the shape it gives and run.
const linear = ({ name }, tensors, given) => {
  const {
    w,
    bias,
    shape: [outputs, inputs],
  } = parameters(tensors, name, null, ...given);
  const y = new Float32Array(outputs),
    last = outputs - 1;
  // Four sums at a time, since one alone waits for each weight to arrive; the last may coincide.
  const run = (x) => {
    for (let o = 0; o < outputs; o += 4) {
      const o1 = Math.min(o + 1, last),
        o2 = Math.min(o + 2, last),
        o3 = Math.min(o + 3, last);
      const w0 = o * inputs,
        w1 = o1 * inputs,
        w2 = o2 * inputs,
        w3 = o3 * inputs;
      let s0 = bias[o],
        s1 = bias[o1],
        s2 = bias[o2],
        s3 = bias[o3];
      for (let i = 0; i < inputs; i++) {
        s0 += w[w0 + i] * x[i];
        s1 += w[w1 + i] * x[i];
        s2 += w[w2 + i] * x[i];
        s3 += w[w3 + i] * x[i];
      }
      ((y[o] = s0), (y[o1] = s1), (y[o2] = s2), (y[o3] = s3));
    }
    return y;
  };
  return { shape: [outputs], run };
};

// Both convolutions meet the same pairs: pixel (i, j) of the larger grid under tap (u, v) of the
// kernel placed at (row, column) of the smaller one. A list, made once, of cells and pixels in turn;
// a cell is a tap at a place.
const overlaps = ([rows, columns], [height, width], kernel, stride, padding) => {
  const pairs = [];
  let cell = 0;
  for (let u = 0; u < kernel; u++)
    for (let v = 0; v < kernel; v++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++, cell++) {
          const i = row * stride + u - padding,
            j = column * stride + v - padding;
          if (i >= 0 && i < height && j >= 0 && j < width) pairs.push(cell, i * width + j);
        }
  return Int32Array.from(pairs);
};

const conv = ({ name, stride, padding }, tensors, [channels, height, width]) => {
  const {
    w,
    bias,
    shape: [out, , kernel],
  } = parameters(tensors, name, null, channels, null, null);
  const side = (n) => Math.floor((n + 2 * padding - kernel) / stride + 1);
  const smaller = [side(height), side(width)];
  const cells = kernel * kernel * size(smaller),
    pixels = height * width;
  const patches = new Float32Array(size([channels, cells]));
  const y = new Float32Array(size([out, ...smaller]));
  const pairs = overlaps(smaller, [height, width], kernel, stride, padding);
  const run = (x) => {
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < pairs.length; p += 2)
        patches[c * cells + pairs[p]] = x[c * pixels + pairs[p + 1]];
    multiply(y, bias, w, patches, out, channels * kernel * kernel, size(smaller));
    return y;
  };
  return { shape: [out, ...smaller], run };
};

const transposed = (a, rows, columns) => {
  const t = new Float32Array(a.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) t[j * rows + i] = a[i * columns + j];
  return t;
};

const convTranspose = ({ name, stride, padding }, tensors, [channels, rows, columns]) => {
  const {
    w,
    bias,
    shape: [, out, kernel],
  } = parameters(tensors, name, channels, null, null, null);
  const side = (n) => (n - 1) * stride - 2 * padding + kernel;
  const larger = [side(rows), side(columns)];
  const places = rows * columns,
    cells = kernel * kernel * places,
    pixels = size(larger);
  const stamps = new Float32Array(size([out, cells]));
  const y = new Float32Array(size([out, pixels]));
  const taps = out * kernel * kernel;
  const turned = transposed(w, channels, taps),
    none = new Float32Array(taps);
  const pairs = overlaps([rows, columns], larger, kernel, stride, padding);
  const run = (x) => {
    multiply(stamps, none, turned, x, taps, channels, places);
    for (let o = 0; o < out; o++) {
      y.fill(bias[o], o * pixels, (o + 1) * pixels);
      for (let p = 0; p < pairs.length; p += 2)
        y[o * pixels + pairs[p + 1]] += stamps[o * cells + pairs[p]];
    }
    return y;
  };
  return { shape: [out, ...larger], run };
};

// The loops are inside f, because a call for each number would cost as much as the exponential.
const pointwise = (f) => (layer, tensors, shape) => {
  const y = new Float32Array(size(shape));
  const run = (x) => {
    f(x, y);
    return y;
  };
  return { shape, run };
};
const silu = (x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = x[i] / (1 + Math.exp(-x[i]));
};
const relu = (x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.max(x[i], 0);
};
const tanh = (x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = Math.tanh(x[i]);
};
const sigmoid = (x, y) => {
  for (let i = 0; i < y.length; i++) y[i] = 1 / (1 + Math.exp(-x[i]));
};

const reshape = ({ shape }, tensors, given) => {
  const wanted = shape[0] === -1 ? [size(given)] : shape;
  if (size(wanted) !== size(given))
    throw new Error(`${given} numbers cannot be arranged as ${wanted}.`);
  return { shape: wanted, run: (x) => x };
};

const first = ({ channels }, tensors, [, ...sides]) => {
  const shape = [channels, ...sides];
  return { shape, run: (x) => x.subarray(0, size(shape)) };
};

const last = ({ channels }, tensors, [, ...sides]) => {
  const shape = [channels, ...sides];
  return { shape, run: (x) => x.subarray(x.length - size(shape)) };
};

// The weights and biases of torch's GRUCell under the names that `linear` reads: ih is the map of its
// input, hh that of its state.
const mapsOfGRUCell = (tensors, name) => {
  const maps = {};
  for (const map of ["ih", "hh"])
    for (const part of ["weight", "bias"])
      maps[`${name}.${map}.${part}`] = tensors[`${name}.${part}_${map}`];
  return maps;
};

// A gated recurrent unit moves a state by each step's numbers, and `layers` add to a canvas. Gives
// the canvas before the first step and after each, one after another.
const recurrent = ({ name, steps, layers }, tensors, given) => {
  const start = tensors[`${name}.initial_h`],
    blank = tensors[`${name}.initial_canvas`];
  if (!start || !blank || size(given) % steps) throw new Error(`The layer ${name} is not whole.`);
  const numbers = size(given) / steps,
    hidden = size(start.shape),
    area = size(blank.shape);
  const maps = mapsOfGRUCell(tensors, `${name}.cell`);
  const moved = linear({ name: `${name}.cell.ih` }, maps, [numbers]);
  const kept = linear({ name: `${name}.cell.hh` }, maps, [hidden]);
  const write = chain(layers, tensors, [hidden]);
  if ([moved, kept].some(({ shape }) => size(shape) !== 3 * hidden) || size(write.shape) !== area)
    throw new Error(`The layer ${name} does not fit itself.`);
  const h = new Float32Array(hidden),
    y = new Float32Array(size([steps + 1, area]));
  const gate = (v) => 1 / (1 + Math.exp(-v));
  const step = (z) => {
    const a = moved.run(z),
      b = kept.run(h);
    for (let i = 0; i < hidden; i++) {
      const reset = gate(a[i] + b[i]),
        keep = gate(a[hidden + i] + b[hidden + i]);
      h[i] = keep * h[i] + (1 - keep) * Math.tanh(a[2 * hidden + i] + reset * b[2 * hidden + i]);
    }
    return write.run(h);
  };
  const run = (z) => {
    h.set(start.values);
    y.set(blank.values);
    for (let t = 0; t < steps; t++) {
      const added = step(z.subarray(t * numbers, (t + 1) * numbers)),
        from = t * area;
      for (let i = 0; i < area; i++) y[from + area + i] = y[from + i] + added[i];
    }
    return y;
  };
  const [channels, ...sides] = blank.shape;
  return { shape: [(steps + 1) * channels, ...sides], run };
};

const residual = ({ layers }, tensors, shape) => {
  const inner = chain(layers, tensors, shape).run;
  const y = new Float32Array(size(shape));
  const run = (x) => {
    const added = inner(x);
    for (let i = 0; i < y.length; i++) y[i] = x[i] + added[i];
    return y;
  };
  return { shape, run };
};

const LAYERS = {
  linear,
  conv,
  "conv-transpose": convTranspose,
  reshape,
  residual,
  first,
  last,
  recurrent,
  silu: pointwise(silu),
  relu: pointwise(relu),
  tanh: pointwise(tanh),
  sigmoid: pointwise(sigmoid),
};

const chain = (layers, tensors, shape) => {
  const runs = layers.map((layer) => {
    const made = LAYERS[layer.kind](layer, tensors, shape);
    shape = made.shape;
    return made.run;
  });
  return { shape, run: (x) => runs.reduce((value, run) => run(value), x) };
};

export const readNetwork = (buffer) => {
  const { layers, shape, mean, tensors } = readTensors(buffer);
  const torso = chain(layers, tensors, shape),
    { run: toMean } = chain(mean, tensors, torso.shape);
  // Copied, so that every loop only ever meets Float32Arrays: others would make all of them slower.
  const example = new Float32Array(size(shape));
  const features = (x) => {
    if (x.length !== example.length)
      throw new Error(`The network takes ${example.length} numbers.`);
    example.set(x);
    return torso.run(example);
  };
  return Object.assign((x) => toMean(features(x)), { features, mean: toMean });
};
