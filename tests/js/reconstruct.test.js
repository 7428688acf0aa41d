/** Reconstruct's bars, words and error colours against known answers. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { barOf, codeBars, networkWords, rowWords } from "../../views/reconstruct/words.js";

const MODEL = {
  name: "vae-2",
  family: "vae",
  title: "Variational autoencoder",
  size: 2,
  scale: 2,
  typical: 0.05,
  data: "digits",
  encoder: { channels: [], widths: [64, 32] },
  decoder: { channels: [6], widths: [32] },
  mirrored: false,
};

test("bars reach from zero to their value, and are cut where they are too long", () => {
  const found = [1, -0.5, 9].map((value) => barOf(value, 2));
  assert.deepEqual(found, [
    { bottom: 50, height: 25 },
    { bottom: 37.5, height: 12.5 },
    { bottom: 50, height: 50 },
  ]);
});

test("a code has a bar a number, and whiskers only where q(z|x) has a width", () => {
  const bars = String(codeBars([1, -0.25], [0.5, 0], 2));
  assert.equal(bars.match(/<li /g)?.length, 2);
  assert.equal(bars.match(/whisker/g)?.length, 1);
  assert.match(bars, /title="z1 = 1\.000"/);
  assert.match(bars, /whisker" style="bottom:62\.5%;height:25\.0%"/);
  assert.match(bars, /<figcaption>z1 1\.00, z2 −0\.25</);
  assert.match(String(codeBars([3, -1, 2], [0, 0, 0], 2)), /3 numbers, from −1\.00 to 3\.00/);
});

const row = { mse: 0.01, less: 0.824, kl: 7.84, read: null };
const full = {
  ...row,
  name: "vae-2",
  z: [],
  std: [],
  error: "",
  picture: { shape: [1, 1, 1], pixels: "" },
};

test("the words beside a reconstruction follow from its numbers", () => {
  const words = String(rowWords(/** @type {any} */ (full), MODEL)).replaceAll(
    /<\/?span[^>]*>/g,
    "",
  );
  assert.match(
    words,
    /<b>0\.0100<\/b> squared error per pixel: root mean square 26 of 255 grey levels; 82 % of pixels are off by less\./,
  );
  assert.match(words, /0\.2 times this model's mean over digits test images, 0\.0500/);
  assert.match(words, /KL\(q‖p\) 7\.8 nats: what the code costs/);
  assert.doesNotMatch(words, /classifier/);
  const turned = String(rowWords(/** @type {any} */ ({ ...full, kl: null, read: [4, 9] }), MODEL));
  assert.match(turned, /Our classifier reads 4 going in, 9 coming out\./);
  assert.doesNotMatch(turned, /nats/);
});

test("the layers of both networks are said once of the models that share them", () => {
  const words = String(networkWords([{ ...MODEL, family: "ae" }, MODEL]));
  assert.equal(words.match(/<p/g)?.length, 1);
  assert.match(
    words,
    /<b>AE, VAE<\/b>: encoder 64 → 32 → 2 numbers; decoder 2 numbers → 32 → 6 channels\. A decoder need not mirror its encoder\./,
  );
  const linear = {
    ...MODEL,
    encoder: { channels: [], widths: [] },
    decoder: { channels: [], widths: [] },
  };
  assert.match(
    String(networkWords([{ ...linear, mirrored: true }])),
    /encoder linear → 2 numbers; decoder 2 numbers → linear\.</,
  );
});
