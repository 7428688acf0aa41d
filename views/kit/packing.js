/**
 * A digit's pixels as text, for a link and for Python: bytes deflated, in base64url. Bytes that cannot
 * be deflated become a little more than they are.
 */
import { decodeBytes, encodeBytes } from "./encoding.js";

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
