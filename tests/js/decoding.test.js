/** Where pictures come from, with a network and a server that the test makes up. */
import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";

import {
  decodeMany,
  decodingBadge,
  lazyNetwork,
  runsHere,
  runsThere,
  serverDecodes,
} from "../../views/kit/decoding.js";
import { encodeBytes } from "../../views/kit/encoding.js";
import { onServer } from "../../views/kit/page.js";

/** @typedef {import("../../views/kit/decoding.js").Network} Network */

Object.assign(globalThis, {
  document: { baseURI: "http://page/" },
  requestAnimationFrame: (/** @type {() => void} */ act) => setImmediate(act),
});

/** A decoder of a code [1] to a picture [1, 1, 2], the code and 1. */
const decoder = /** @type {Network} */ (
  Object.assign((/** @type {ArrayLike<number>} */ z) => Float32Array.of(z[0], 1), {
    features: (/** @type {ArrayLike<number>} */ z) => Float32Array.from(z),
    mean: (/** @type {Float32Array} */ features) => features,
  })
);
const SHAPE = [1, 1, 2];
const codes = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => [i / 255]);
const expected = (/** @type {number} */ n) =>
  Uint8ClampedArray.from({ length: 2 * n }, (_, i) => (i % 2 ? 255 : i / 2));
const noServer = () => assert.fail("the server was asked");

/** A file of a network that gives what it is given. */
const identity = () => {
  const network = JSON.stringify({ layers: [], shape: [1], mean: [] });
  const text = new TextEncoder().encode(JSON.stringify({ __metadata__: { network } }));
  const file = new Uint8Array(8 + text.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
};

afterEach(() => {
  mock.restoreAll();
  onServer.value = false;
});

test("many codes are decoded here, in their order and in bytes", async () => {
  for (const n of [0, 1, 6, 13])
    assert.deepEqual(await decodeMany(decoder, codes(n), SHAPE, noServer), expected(n));
  const clipped = await decodeMany(decoder, [[-1], [2], [0.5]], SHAPE, noServer);
  assert.deepEqual([...(clipped ?? [])], [0, 255, 255, 255, 128, 255]);
});

test("the server is asked for at most sixty pictures at a time", async () => {
  /** @type {number[]} */
  const asked = [];
  const server = async (/** @type {number[][]} */ some) => {
    asked.push(some.length);
    return Uint8Array.from(some.flatMap(([v]) => [255 * v, 255]));
  };
  assert.deepEqual(await decodeMany(null, codes(130), SHAPE, server), expected(130));
  assert.deepEqual(asked, [60, 60, 10]);
});

test("there are no pictures where the server refuses, or nobody wants them any more", async () => {
  assert.equal(await decodeMany(null, codes(3), SHAPE, async () => null), null);
  let slices = 0;
  const wanted = () => ++slices < 2;
  assert.equal(await decodeMany(decoder, codes(30), SHAPE, noServer, wanted), null);
  assert.equal(slices, 2);
});

test("the server's answer becomes bytes, its refusal a sentence", async () => {
  const asked = mock.method(globalThis, "fetch", async () =>
    Response.json({ pixels: [encodeBytes(Uint8Array.of(1, 2))] }),
  );
  /** @type {string[]} */
  const said = [];
  const server = serverDecodes("vae-2", (sentence) => said.push(sentence));
  assert.deepEqual(await server([[0.5]]), Uint8Array.of(1, 2));
  const [address, options] = /** @type {any[]} */ (asked.mock.calls[0].arguments);
  assert.equal(String(address), "http://page/ask/decode");
  assert.deepEqual(JSON.parse(options.body), { models: ["vae-2"], z: [[0.5]] });
  mock.method(globalThis, "fetch", async () =>
    Response.json({ error: "Too many codes." }, { status: 422 }),
  );
  assert.equal(await server([[0.5]]), null);
  assert.deepEqual(said, ["Too many codes."]);
});

test("a network is fetched once for the whole page, when it is first needed", async () => {
  const asked = mock.method(globalThis, "fetch", async () => new Response(identity()));
  const [one, other] = [lazyNetwork("networks/one"), lazyNetwork("networks/one")];
  assert.equal(asked.mock.callCount(), 0);
  assert.ok(!runsHere(one) && !runsThere(one));
  await Promise.all([one.load(), one.load(), other.load()]);
  assert.equal(asked.mock.callCount(), 1);
  assert.equal(one.run, other.run);
  assert.deepEqual([...(one.run?.([7]) ?? [])], [7]);
  assert.ok(runsHere(one) && !runsThere(one));
  onServer.value = true;
  assert.ok(!runsHere(one) && runsThere(one));
});

test("a network that did not arrive runs on the server, and loading it tries again", async () => {
  const network = lazyNetwork("networks/late");
  for (const answer of [new Response("", { status: 404 }), new Response("<html>")]) {
    mock.method(globalThis, "fetch", async () => answer);
    await network.load();
    assert.ok(network.failed && runsThere(network) && !runsHere(network));
  }
  mock.method(globalThis, "fetch", async () => new Response(identity()));
  await network.load();
  assert.ok(!network.failed && runsHere(network));
});

test("a network without an address runs on the server alone", async () => {
  const network = lazyNetwork(null);
  mock.method(globalThis, "fetch", noServer);
  assert.ok(runsThere(network));
  await network.load();
  assert.ok(network.failed && network.run === null);
});

test("the badge says where pictures are decoded and, of more than five, the median time", () => {
  const button = /** @type {HTMLElement} */ (/** @type {unknown} */ (new EventTarget()));
  const badge = decodingBadge(button, new AbortController().signal);
  [9, 1, 2, 3, 4].forEach(badge.note);
  badge.show("here");
  assert.equal(button.textContent, "decodes here ⇄");
  badge.note(100);
  badge.show("here");
  assert.equal(button.textContent, "decodes here · 4.0 ms ⇄");
  Array.from({ length: 20 }, () => badge.note(1.25)); // only the last twenty count
  badge.show("here");
  assert.equal(button.textContent, "decodes here · 1.3 ms ⇄");
  button.dispatchEvent(new Event("click"));
  assert.equal(onServer.value, true);
  badge.show("on the server");
  assert.equal(button.textContent, "decodes on the server ⇄");
});
