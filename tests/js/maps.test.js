import assert from "node:assert/strict";
import test from "node:test";

import {
  guessesKey,
  isPlace,
  pinKey,
  readPlaces,
  readPosterior,
  spreadOf,
  straightPath,
  writePlaces,
} from "../../views/maps/places.js";

const SHOWN = ["ae", "vae"];

test("one place for all maps is told once, else one for each", () => {
  /** @type {import("../../views/maps/places.js").Places[]} */
  const all = [
    { ae: [1, 2], vae: [1, 2] },
    { ae: [1, 2], vae: [-0.25, 3] },
    { ae: [1, 2] },
    { vae: [1, 2] },
  ];
  for (const places of all) assert.deepEqual(readPlaces(writePlaces(places, SHOWN), SHOWN), places);
  assert.equal(writePlaces({ ae: [1, 2], vae: [1, 2] }, SHOWN), "1,2");
  assert.equal(writePlaces({ vae: [1.00001, 2] }, SHOWN), "_,1,2");
  assert.equal(writePlaces({}, SHOWN), "");
});

test("what makes no sense is no place", () => {
  for (const text of ["", "1", "1,2,3", "1,2,3,4,5,6", "a,b", "1,2,_,_", "1e9,2", "9999999,2", "_"])
    assert.equal(readPlaces(text, SHOWN), undefined, text);
  assert.equal(isPlace([NaN, 1]), false);
});

test("a pin is on every map, those included that are away; a guess only where it was made", () => {
  const pin = pinKey(["ae", "dae", "vae"], () => SHOWN);
  assert.deepEqual(pin.read("1,2,3,4"), { ae: [1, 2], dae: [1, 2], vae: [3, 4] });
  assert.equal(pin.read("_,3,4"), undefined);
  assert.equal(pin.write(null), "");
  assert.deepEqual(guessesKey(() => SHOWN).read("_,3,4"), { vae: [3, 4] });
});

test("a path of codes goes straight from end to end", () => {
  assert.deepEqual(straightPath([0, 0], [2, -4], 3), [
    [0, 0],
    [1, -2],
    [2, -4],
  ]);
});

test("an encoder gives a point, or a mean and the logarithms of variances", () => {
  assert.deepEqual(readPosterior([1, 2]), { z: [1, 2], std: null });
  assert.deepEqual(readPosterior([1, 2, 0, Math.log(4)]), { z: [1, 2], std: [1, 2] });
  assert.deepEqual(readPosterior([1, 2, -99, 99]).std, [Math.exp(-7), Math.exp(4)]);
});

test("the spread of a class is the root of its mean squared distance", () => {
  const codes = { codes: [0, 0, 9, 9, 2, 0, 0, 2, 2, 2], classes: [4, 7, 4, 4, 4] };
  assert.ok(Math.abs(spreadOf(codes, 4) - Math.SQRT2) < 1e-12);
});
