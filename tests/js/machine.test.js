/** Where the Machine's parts stand, and which connections it draws. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { strongestConnections } from "../../views/machine/connections.js";
import { codeOf, klOf, reconstructionOf } from "../../views/machine/network.js";
import {
  costOf,
  kindOf,
  placeOf as placeInWords,
  redrawOf,
  squeezeOf,
} from "../../views/machine/words.js";
import { gridOf, layOut, numberUnder, placeOf } from "../../views/machine/layout.js";

const ENCODER = [[1024], [512], [256]];
const DECODER = [[256], [64], [32, 7, 7], [16, 14, 14]];
const WALL = {
  width: 1326,
  height: 400,
  flow: /** @type {const} */ ("across"),
  density: 1,
  picture: 196,
  gate: 0,
  code: /** @type {[number, number]} */ ([344, 334]),
  numbers: /** @type {[number, number]} */ ([62, 64]),
};

const countOf = (/** @type {number[]} */ shape) => shape.reduce((a, b) => a * b);

for (const flow of /** @type {const} */ (["across", "down"]))
  for (const shape of [...ENCODER, ...DECODER, [3136], [5], [64, 7, 7], [32, 14, 14], [3, 8, 6]])
    test(`each number of ${shape} has one cell of its own, flowing ${flow}`, () => {
      const grid = gridOf(shape, flow);
      const seen = new Set();
      for (let i = 0; i < countOf(shape); i++) {
        const [column, row] = grid.at(i);
        assert.ok(column >= 0 && column < grid.columns && row >= 0 && row < grid.rows);
        assert.equal(grid.numberAt(column, row), i);
        seen.add(`${column} ${row}`);
      }
      assert.equal(seen.size, countOf(shape));
    });

test("a map of a layer of maps stands upright, its rows under one another", () => {
  const { at } = gridOf([32, 7, 7], "across");
  const [x, y] = at(49 * 3);
  assert.deepEqual(at(49 * 3 + 1), [x + 1, y]);
  assert.deepEqual(at(49 * 3 + 7), [x, y + 1]);
});

test("parts follow one another without touching, and nothing leaves the picture", () => {
  for (const gate of [0, 112])
    for (const width of [1326, 1880, 3800]) {
      const {
        input,
        gate: damaged,
        encoder,
        numbers,
        code,
        decoder,
        output,
      } = layOut(ENCODER, DECODER, { ...WALL, width, gate });
      const boxes = [input, damaged, ...encoder, numbers, code, ...decoder, output].filter(
        (box) => box !== null,
      );
      boxes.slice(1).forEach((box, i) => assert.ok(box.x > boxes[i].x + boxes[i].width));
      for (const { x, y, width: w, height: h } of boxes) {
        assert.ok(x >= 0 && x + w <= width + 1, `${x} + ${w} in ${width}`);
        assert.ok(y >= 0 && y + h <= WALL.height + 1);
      }
    }
});

test("a layer with twice the numbers is twice as large, and the decoder is no mirror", () => {
  const { encoder, decoder } = layOut(ENCODER, DECODER, WALL);
  const area = (/** @type {{ width: number, height: number }} */ box) => box.width * box.height;
  assert.equal(area(encoder[0]), 2 * area(encoder[1]));
  assert.equal(area(encoder[1]), 2 * area(encoder[2]));
  assert.notDeepEqual(
    decoder.map(({ height }) => height),
    encoder.map(({ height }) => height).reverse(),
  );
});

test("a place finds the number that is drawn there", () => {
  const { decoder } = layOut(ENCODER, DECODER, WALL);
  for (const block of decoder)
    for (const i of [0, 7, 63]) assert.equal(numberUnder(block, ...placeOf(block, i)), i);
  assert.equal(numberUnder(decoder[0], 0, 0), -1);
});

test("the strongest connection of each output comes first, with its sign", () => {
  const weight = Float32Array.from([1, -3, 0.5, 2, 2, 0]);
  const found = strongestConnections(weight, [1, 1, 4]);
  assert.deepEqual([...found.target], [0, 1]);
  assert.deepEqual([...found.source], [1, 0]);
  assert.deepEqual([...found.value], [-3, 2]);
});

test("no more than 64 connections are drawn of a layer", () => {
  const weight = Float32Array.from({ length: 200 * 3 }, (_, i) => Math.sin(i));
  const { value } = strongestConnections(weight, [1, 2, 3]);
  assert.equal(value.length, 64);
  const sizes = Array.from(value, Math.abs);
  assert.deepEqual(
    sizes,
    [...sizes].sort((a, b) => b - a),
  );
});

test("an encoder's output is a point, or mu and log sigma squared", () => {
  assert.deepEqual(codeOf([1, -2], 2), { mu: [1, -2], sigma: null });
  const { mu, sigma } = codeOf([1, -2, 0, Math.log(4)], 2);
  assert.deepEqual(mu, [1, -2]);
  assert.deepEqual(sigma, [1, 2]);
});

test("the KL is that of Kingma and Welling: none at the prior, and 1/2 a unit away", () => {
  assert.equal(klOf({ mu: [0, 0], sigma: [1, 1] }), 0);
  assert.equal(klOf({ mu: [1, 0], sigma: [1, 1] }), 0.5);
  assert.ok(Math.abs(Number(klOf({ mu: [0], sigma: [2] })) - (1.5 - Math.log(2))) < 1e-12);
  assert.equal(klOf({ mu: [3], sigma: null }), null);
});

test("what a picture costs is -log p(x|z) of log-odds, or the squared error", () => {
  const logits = [0, 2, -1];
  const x = [1, 0.5, 0];
  const expected = logits.reduce((total, v, i) => {
    const p = 1 / (1 + Math.exp(-v));
    return total - x[i] * Math.log(p) - (1 - x[i]) * Math.log(1 - p);
  }, 0);
  assert.ok(Math.abs(reconstructionOf(x, logits, true) - expected) < 1e-12);
  assert.equal(reconstructionOf([1, 0], [0.5, 0.5], false), 0.5);
});

const MACHINE = /** @type {any} */ ({
  family: "ae",
  size: 2,
  shape: [1, 28, 28],
  map: {},
  probabilities: false,
  encoder: ENCODER.map((shape) => ({ shape })).concat({ shape: [2] }),
});

test("the sentences follow from the machine's kind and sizes", () => {
  assert.equal(
    squeezeOf(MACHINE),
    "The encoder takes 784 pixels through layers of 1,024, 512 and 256 numbers to 2: the bottleneck.",
  );
  assert.match(squeezeOf({ ...MACHINE, family: "dae" }), /what noise left of 784 pixels/);
  assert.match(squeezeOf({ ...MACHINE, family: "vae" }), /a mean μ and a width σ for each of 2/);
  assert.match(placeInWords(MACHINE), /on this map/);
  assert.match(placeInWords({ ...MACHINE, map: null, size: 16 }), /^These 16 numbers.* slider/);
  assert.match(redrawOf({ ...MACHINE, family: "dae" }), /like the digit without noise\.$/);
  assert.match(kindOf({ ...MACHINE, family: "vae" }), /N\(0, I\)/);
});

test("a picture of a code that was moved is not compared with the digit", () => {
  assert.equal(costOf(MACHINE, 20.25, false), "the target is the digit itself: Σ (x − x̂)² = 20.3");
  assert.doesNotMatch(costOf(MACHINE, 20.25, true), /20\.3/);
  assert.match(
    costOf({ ...MACHINE, probabilities: true }, 90, false),
    /−log p\(x\|z\) = 90\.0 nats/,
  );
  assert.equal(costOf(MACHINE, null, false), "the target is the digit itself");
});
