/** Numbers that travel as base64 text between the page and the server. */

/** @param {string} text base64 */
export const decodeBytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** @param {Uint8Array | Uint8ClampedArray} bytes */
export const encodeBytes = (bytes) => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};

/** Numbers of four bytes each. @param {string} text base64 */
export const decodeFloats = (text) => new Float32Array(decodeBytes(text).buffer);

/** Numbers of eight bytes each. @param {string} text base64 */
export const decodeDoubles = (text) => new Float64Array(decodeBytes(text).buffer);

// Half precision: one bit of sign, five of exponent, ten of fraction. Not every browser reads it.
const POWERS = Float64Array.from(
  { length: 32 },
  (_, exponent) => 2 ** (Math.max(exponent, 1) - 25),
);

/** @param {Uint16Array} halves numbers of half precision, by their bits */
export const fromHalf = (halves) => {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const exponent = (halves[i] >> 10) & 31;
    const fraction = halves[i] & 1023;
    const value = (fraction + (exponent ? 1024 : 0)) * POWERS[exponent];
    values[i] = halves[i] & 0x8000 ? -value : value;
  }
  return values;
};

/** Numbers of two bytes each. @param {string} text base64 */
export const decodeHalves = (text) => fromHalf(new Uint16Array(decodeBytes(text).buffer));
