/**
 * A digit in a link: its label, if it has one, a dot, and its bytes deflated, in base64url. Bytes that
 * cannot be deflated become a little more than they are.
 */
import { decodeBytes, encodeBytes } from "../kit/encoding.js";

/** @typedef {{ label: string, packed: string }} DigitText */

const WRITTEN = /^([a-z0-9]{0,12})\.([\w-]{1,8000})$/i;

/** @type {import("../kit/store.js").Key<DigitText | null>} */
export const digitKey = {
  initial: null,
  read: (text) => {
    const [, label, packed] = WRITTEN.exec(text) ?? [];
    return packed === undefined ? undefined : { label, packed };
  },
  write: (digit) => (digit ? `${digit.label}.${digit.packed}` : ""),
};

/** @param {Uint8Array<ArrayBuffer>} pixels */
export const packPixels = async (pixels) => {
  const stream = new Blob([pixels]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const text = encodeBytes(new Uint8Array(await new Response(stream).arrayBuffer()));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

/**
 * Exactly `size` bytes, or undefined for anything else; where there is more, the rest is left unread.
 * @param {string} packed
 * @param {number} size
 */
export const unpackPixels = async (packed, size) => {
  const bytes = decodeBytes(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader();
  const pixels = new Uint8Array(size);
  for (let length = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return length === size ? pixels : undefined;
    if (length + value.length > size) {
      reader.cancel();
      return undefined;
    }
    pixels.set(value, length);
    length += value.length;
  }
};
