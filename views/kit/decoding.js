/**
 * Where pictures come from: the networks that the server publishes, run in this page by kernel.js, or
 * the server itself. Visitors switch between the two; every view follows.
 */
import { decodeBytes } from "./encoding.js";
import { nextFrame } from "./frames.js";
import { sizeOf, toBytes } from "./images.js";
import { readNetwork } from "./kernel.js";
import { onServer } from "./page.js";
import { addressOf, ask, isRefusal } from "./request.js";

/** @typedef {ReturnType<typeof readNetwork>} Network */

/** @type {Map<string, Promise<Network>>} */
const networks = new Map();

/**
 * A network by its address, fetched once for the whole page; who asks after a failure tries again.
 * @param {string} address
 * @returns {Promise<Network>}
 */
const fetchNetwork = (address) => {
  const known = networks.get(address);
  if (known) return known;
  const fetched = fetch(addressOf(address), { signal: AbortSignal.timeout(30_000) }).then(
    async (answer) => {
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      return readNetwork(await answer.arrayBuffer());
    },
  );
  fetched.catch(() => networks.delete(address));
  networks.set(address, fetched);
  return fetched;
};

/**
 * A network that is fetched when it is first needed.
 * @typedef {object} LazyNetwork
 * @property {Network | null} run there once the network is
 * @property {boolean} failed did it not arrive, so that only the server can run it?
 * @property {() => Promise<void>} load resolves when it is there or has failed; then tries again
 */

/**
 * @param {string | null | undefined} address without one, only the server can run it
 * @returns {LazyNetwork}
 */
export const lazyNetwork = (address) => {
  /** @type {Promise<void> | null} */
  let coming = null;
  /** @type {LazyNetwork} */
  const self = {
    run: null,
    failed: !address,
    load: () => (coming ??= fetchInto()),
  };
  const fetchInto = async () => {
    try {
      if (!address) throw new Error("The browser cannot run this network.");
      self.run = await fetchNetwork(address);
      self.failed = false;
    } catch {
      coming = null;
      self.failed = true;
    }
  };
  return self;
};

/** Does the page run this network, now? @param {LazyNetwork} network */
export const runsHere = (network) => network.run !== null && !onServer.value;

/** Is the server to be asked for what this network would say? Else it is on its way. @param {LazyNetwork} network */
export const runsThere = (network) => onServer.value || network.failed;

/**
 * Pictures of many codes as bytes, one after another: in slices, so that the page stays awake, or by
 * the server, a request at a time. null once they are no longer wanted, or where it failed.
 * @param {Network | null} run the decoder, or null to ask the server
 * @param {number[][]} codes
 * @param {number[]} shape [C, H, W] of a picture
 * @param {(codes: number[][]) => Promise<Uint8Array | null>} askServer
 * @param {() => boolean} [wanted]
 */
export const decodeMany = async (run, codes, shape, askServer, wanted = () => true) => {
  const size = sizeOf(shape);
  const all = new Uint8ClampedArray(size * codes.length);
  const slice = run ? 6 : 60;
  for (let from = 0; from < codes.length; from += slice) {
    const some = codes.slice(from, from + slice);
    if (run) some.forEach((z, i) => all.set(toBytes(run(z)), size * (from + i)));
    else {
      const pixels = await askServer(some);
      if (!pixels) return null;
      all.set(pixels, size * from);
    }
    if (run && codes.length > slice) await nextFrame();
    if (!wanted()) return null;
  }
  return all;
};

/**
 * The question of decodeMany to the server, for one model.
 * @param {string} model
 * @param {(sentence: string) => void} complain
 */
export const serverDecodes = (model, complain) => async (/** @type {number[][]} */ codes) => {
  const answer = await ask("decode", { models: [model], z: codes });
  if (isRefusal(answer)) {
    complain(answer.error);
    return null;
  }
  return decodeBytes(answer.pixels[0]);
};

/**
 * The badge: where pictures are decoded and how long a frame's take, the median of the last twenty
 * frames. A click moves decoding to the other side.
 * @param {HTMLElement} button
 * @param {AbortSignal} ended as the view's
 */
export const decodingBadge = (button, ended) => {
  /** @type {number[]} */
  const took = [];
  button.addEventListener("click", () => {
    onServer.value = !onServer.value;
  });
  onServer.subscribe(() => {
    took.length = 0;
  }, ended);
  const note = (/** @type {number} */ ms) => {
    took.push(ms);
    if (took.length > 20) took.shift();
  };
  const show = (/** @type {string} */ where) => {
    const median = [...took].sort((a, b) => a - b)[took.length >> 1];
    button.textContent = `decodes ${where}${took.length > 5 ? ` · ${median.toFixed(1)} ms` : ""} ⇄`;
  };
  return { note, show };
};
