/** Pictures of a shape [C, H, W], one byte a value, on canvases. One channel is grey, three are RGB. */
import { encodeBytes } from "./encoding.js";

/**
 * How many values a picture has.
 * @param {number[]} shape [C, H, W]
 */
export const sizeOf = ([channels, height, width]) => channels * height * width;

/**
 * A picture as questions to the server hold it.
 * @param {{ pixels: Uint8Array | Uint8ClampedArray, shape: number[] }} picture
 */
export const encodePicture = ({ pixels, shape }) => ({ shape, pixels: encodeBytes(pixels) });

/** Values in [0, 1] as bytes, rounded and clipped as the server does. @param {ArrayLike<number>} values */
export const toBytes = (values) => Uint8ClampedArray.from(values, (v) => 255 * v);

/** Bytes as values in [0, 1], which networks take. @param {ArrayLike<number>} bytes */
export const fromBytes = (bytes) => Float32Array.from(bytes, (v) => v / 255);

const ABOVE = [255, 159, 28]; // orange
const BELOW = [64, 156, 255]; // blue

/**
 * Signed values as the bytes of a coloured picture [3, H, W]: orange above 0, blue below, black at 0.
 * Several channels are averaged.
 * @param {ArrayLike<number>} values
 * @param {number[]} shape [C, H, W]
 * @param {number} [limit] the value of the full colour
 */
export const signedColours = (values, [channels, height, width], limit = 1) => {
  const plane = height * width;
  const bytes = new Uint8ClampedArray(3 * plane);
  for (let i = 0; i < plane; i++) {
    let total = 0;
    for (let c = 0; c < channels; c++) total += values[c * plane + i];
    const share = Math.min(Math.abs(total / channels / limit), 1);
    const colour = total > 0 ? ABOVE : BELOW;
    for (let c = 0; c < 3; c++) bytes[c * plane + i] = share * colour[c];
  }
  return bytes;
};

/**
 * Write one picture into RGBA data that is `stride` pixels wide, from its pixel `first` on.
 * @param {Uint8ClampedArray} rgba
 * @param {ArrayLike<number>} bytes
 * @param {number[]} shape [C, H, W]
 * @param {number} first
 * @param {number} stride
 */
const fill = (rgba, bytes, [channels, height, width], first, stride) => {
  const plane = height * width;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const to = 4 * (first + y * stride + x);
      const from = y * width + x;
      for (let c = 0; c < 3; c++) rgba[to + c] = bytes[from + Math.min(c, channels - 1) * plane];
      rgba[to + 3] = 255;
    }
};

/**
 * Paint `count` pictures in rows of `columns`, or side by side; the canvas takes their size.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array | Uint8ClampedArray} bytes the pictures, one after another
 * @param {number[]} shape [C, H, W] of each
 * @param {number} [count]
 * @param {number} [columns]
 */
export const paint = (canvas, bytes, shape, count = 1, columns = count) => {
  const [, height, width] = shape;
  canvas.width = width * columns;
  canvas.height = height * Math.ceil(count / columns);
  const image = new ImageData(canvas.width, canvas.height);
  const size = sizeOf(shape);
  for (let n = 0; n < count; n++) {
    const first = Math.floor(n / columns) * height * canvas.width + (n % columns) * width;
    fill(image.data, bytes.subarray(n * size, (n + 1) * size), shape, first, canvas.width);
  }
  context(canvas).putImageData(image, 0, 0);
};

/**
 * A canvas that is repainted at every frame: nothing is allocated on the way.
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} shape [C, H, W] of what it shows
 */
export const createScreen = (canvas, shape) => {
  const [, height, width] = shape;
  canvas.width = width;
  canvas.height = height;
  const pen = context(canvas);
  const image = new ImageData(width, height);
  const bytes = new Uint8ClampedArray(sizeOf(shape)); // rounds and clips as the server does
  /** @param {ArrayLike<number>} from one byte a value */
  const showBytes = (from) => {
    fill(image.data, from, shape, 0, width);
    pen.putImageData(image, 0, 0);
  };
  /** @param {ArrayLike<number>} values in [0, 1] */
  const show = (values) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = 255 * values[i];
    showBytes(bytes);
  };
  /** Show nothing, which is not a black picture. */
  const clear = () => pen.clearRect(0, 0, width, height);
  return { show, showBytes, clear };
};

/**
 * The pen of a canvas.
 * @param {HTMLCanvasElement} canvas
 */
export const context = (canvas) => {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser draws nothing on canvases.");
  return pen;
};
