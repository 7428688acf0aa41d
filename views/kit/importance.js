import { decodeFloats } from "./encoding.js";

// Sums over a window of the latent plane, as explore/gap.py makes them, and over importance weights.
const LOG_TWO_PI = Math.log(2 * Math.PI);
export const logNormal = (z, mu, sigma) =>
  -0.5 * (((z - mu) / sigma) ** 2 + LOG_TWO_PI) - Math.log(sigma);

// A window as the server sends it: log p(x|z) [n * n] as `values`, and the places along both axes.
export const readWindow = ({ centre, half, view, n, top, below }) => {
  const values = Float64Array.from(decodeFloats(below), (v) => top + v);
  const step = (2 * half) / n;
  const axes = centre.map((c) =>
    Float64Array.from({ length: n }, (_, i) => c - half + (i + 0.5) * step),
  );
  const window = { centre, half, view, n, step, values, axes };
  return { ...window, logP: evidenceIn(window) };
};

// log p(x) by the midpoint rule over this window alone, which must hold the posterior's mass.
const evidenceIn = ({ n, step, values, axes }) => {
  const prior = axes.map((axis) => axis.map((z) => logNormal(z, 0, 1)));
  const logJoint = values.map((v, i) => v + prior[0][i % n] + prior[1][Math.floor(i / n)]);
  return logMean(logJoint) + 2 * Math.log(n * step);
};

// The reconstruction E_q[log p(x|z)] on the grid, KL(q||p(z)) in closed form, and KL(q||p(z|x)) on
// the grid as the mean of log q(z) - log p(x|z) - log p(z) + log p(x).
export const termsOf = ({ mu, sigma }, { n, step, values, axes }, logP) => {
  const logs = axes.map((axis, d) => axis.map((z) => logNormal(z, mu[d], sigma[d])));
  const mass = logs.map((log) => log.map((v) => Math.exp(v) * step));
  const ratio = logs.map((log, d) => log.map((v, i) => v - logNormal(axes[d][i], 0, 1)));
  let reconstruction = 0,
    gap = 0;
  for (let j = 0; j < n; j++) {
    if (mass[1][j] < 1e-20) continue;
    let inRow = 0,
      gapInRow = 0;
    for (let i = 0; i < n; i++) {
      const value = values[j * n + i],
        m = mass[0][i];
      inRow += m * value;
      gapInRow += m * (ratio[0][i] + ratio[1][j] - value + logP);
    }
    reconstruction += mass[1][j] * inRow;
    gap += mass[1][j] * gapInRow;
  }
  const kl = [0, 1].reduce(
    (sum, d) => sum + 0.5 * (mu[d] ** 2 + sigma[d] ** 2 - 1) - Math.log(sigma[d]),
    0,
  );
  return { reconstruction, kl, elbo: reconstruction - kl, gap, logP };
};

// Importance weights, all in logarithms.
export const logMean = (logs) => {
  let top = -Infinity,
    sum = 0;
  for (const v of logs) top = Math.max(top, v);
  for (const v of logs) sum += Math.exp(v - top);
  return top + Math.log(sum / logs.length);
};
// IWAE_K as the mean over disjoint groups of K draws, and the standard error of that mean.
export const iwaeOf = (logs, k) => {
  const groups = Math.floor(logs.length / k),
    bounds = [];
  for (let g = 0; g < groups; g++) bounds.push(logMean(logs.subarray(g * k, (g + 1) * k)));
  const mean = bounds.reduce((a, b) => a + b, 0) / groups;
  const square = bounds.reduce((sum, b) => sum + (b - mean) ** 2, 0) / Math.max(groups - 1, 1);
  return { mean, error: Math.sqrt(square / groups) };
};
// log p(x) from all of N draws, its standard error by the delta method, and the effective number.
export const evidenceOf = (logs) => {
  const value = logMean(logs),
    n = logs.length;
  let square = 0,
    sum = 0;
  for (const v of logs) {
    const w = Math.exp(v - value);
    sum += w;
    square += w * w;
  }
  const variance = (square - (sum * sum) / n) / (n - 1);
  return { value, error: Math.sqrt(variance / n), effective: (sum * sum) / square };
};

// A density on n x n points, `times` as fine, by cubic splines through its logarithm (Catmull & Rom):
// near a mode that is all but a parabola, which they keep.
export const finer = (values, n, times) => {
  const m = n * times,
    half = new Float32Array(m * n),
    all = new Float32Array(m * m);
  const taps = Array.from({ length: m }, (_, p) => {
    const at = (p + 0.5) / times - 0.5,
      i = Math.floor(at),
      t = at - i;
    const at4 = [-1, 0, 1, 2].map((d) => Math.min(Math.max(i + d, 0), n - 1));
    return [
      ...at4,
      (((2 - t) * t - 1) * t) / 2,
      ((3 * t - 5) * t * t + 2) / 2,
      (((4 - 3 * t) * t + 1) * t) / 2,
      ((t - 1) * t * t) / 2,
    ];
  });
  for (let j = 0; j < n; j++)
    for (let p = 0; p < m; p++) {
      const [a, b, c, d, u, v, w, x] = taps[p],
        row = j * n;
      half[j * m + p] =
        u * values[row + a] + v * values[row + b] + w * values[row + c] + x * values[row + d];
    }
  for (let r = 0; r < m; r++) {
    const [a, b, c, d, u, v, w, x] = taps[r];
    for (let p = 0; p < m; p++)
      all[r * m + p] =
        u * half[a * m + p] + v * half[b * m + p] + w * half[c * m + p] + x * half[d * m + p];
  }
  return all;
};
