import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accountOf,
  codeOf,
  equationOf,
  lostBinary,
  lostGaussian,
  lostPicture,
  meanOfNats,
  meaningOf,
  ofMean,
  ofSpread,
  perDimension,
} from "../../views/ledger/terms.js";

const near = (/** @type {number} */ a, /** @type {number} */ b, tolerance = 1e-12) =>
  assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

/** @type {import("../../views/ledger/terms.js").Model} */
const VAE = {
  family: "vae",
  prior: true,
  binary: true,
  log_var: 0,
  predicted: false,
  weights: [1, 1],
  order: [0, 1],
  dead: [false, false],
  spans: [
    [-3.5, 3.5],
    [-3.5, 3.5],
  ],
  shifted: false,
  decoder: null,
  encoder: null,
};
const FOUND = {
  mu: [1, 0],
  logVar: [0, 0],
  z: [1, 0],
  perPixel: Float64Array.of(1, 2, 3, 4),
  perDimension: [0.5, 0],
  picture: new Uint8Array(4),
};

test("the prior costs nothing, a mean of 1 half a nat, a point mass half its square", () => {
  assert.deepEqual(perDimension({ mu: [0, 1], logVar: [0, 0] }), [0, 0.5]);
  assert.deepEqual(perDimension({ mu: [2], logVar: null }), [2]);
  near(ofSpread(Math.log(4)), 0.5 * (4 - 1 - Math.log(4)));
});

test("z is mu, or mu + sigma * epsilon", () => {
  const q = { mu: [0.5, -1], logVar: [0, Math.log(4)] };
  assert.deepEqual(codeOf(q, null), [0.5, -1]);
  const [a, b] = codeOf(q, [1, -2]);
  near(a, 1.5);
  near(b, -5);
});

test("a Bernoulli pixel loses -log P, whatever the sign of its log-odds", () => {
  const lost = new Float64Array(3);
  lostBinary([1, 0, 1], [Math.log(3), Math.log(3), -800], lost);
  near(lost[0], -Math.log(0.75));
  near(lost[1], -Math.log(0.25));
  near(lost[2], 800);
});

test("a Gaussian pixel loses -log N(x; mean, variance)", () => {
  const lost = new Float64Array(1);
  lostGaussian([1], [0.5], () => Math.log(0.25), lost);
  near(lost[0], 0.5 * (Math.log(2 * Math.PI) + Math.log(0.25) + 1));
});

test("what is written as the sum is the sum of what is written", () => {
  const found = { ...FOUND, perPixel: Float64Array.of(1.004, 0, 0, 0), perDimension: [0.504, 0] };
  const { written, other } = equationOf(VAE, accountOf(VAE, found, "sum"), "sum");
  assert.deepEqual([written.rec, written.kl, written.all], ["1.00", "0.50", "1.50"]);
  assert.equal(written["all-how"], "nats; ELBO = −1.50");
  assert.deepEqual(other, { value: 0.5, places: 2 });
});

test("a mean over pixels and dimensions hides beta = pixels / dimensions", () => {
  const account = accountOf(VAE, FOUND, "both");
  assert.deepEqual(account.divisors, [4, 2]);
  assert.match(
    meaningOf(VAE, account, "both", 0),
    /= 4 pixels \/ 2 dimensions = 2\. 4 times this loss is 10\.00 \+ 2 × 0\.50000 = 10\.00 \+ 1\.00 = 11\.00 nats/,
  );
  assert.match(meaningOf(VAE, accountOf(VAE, FOUND, "sum"), "sum", 1.5), /1\.50 nats worse than/);
});

test("a bar's length is a mean, of the sign that it has, and never beyond the scale", () => {
  near(ofMean(meanOfNats(3, -1, Math.log(4), 9)) + ofSpread(Math.log(4)), 3);
  assert.ok(meanOfNats(3, -1, null, 9) < 0);
  assert.equal(meanOfNats(0.1, 1, Math.log(100), 9), 0);
  near(ofMean(meanOfNats(50, 1, null, 9)), 9);
});

test("lost nats are red, gained ones blue, and channels add up", () => {
  const { bytes, most } = lostPicture(Float64Array.of(5, -5, 0, 1), [1, 2, 2], 5);
  assert.deepEqual([bytes[0], bytes[4], bytes[8]], [255, 255, 89]);
  assert.deepEqual([bytes[1], bytes[5], bytes[9]], [0, 89, 255]);
  assert.deepEqual([bytes[2], bytes[6], bytes[10]], [0, 0, 0]);
  assert.equal(most, 5);
  assert.equal(lostPicture(Float64Array.of(1, 2, 3), [3, 1, 1], 5).most, 6);
});
