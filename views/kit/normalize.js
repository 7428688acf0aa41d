/**
 * A drawing as a 28x28 digit, made the way MNIST was (LeCun, Bottou, Bengio & Haffner 1998,
 * "Gradient-based learning applied to document recognition", section III-A): scaled to fit a 20x20
 * box, with grey levels from anti-aliasing, its centre of mass at the centre of the frame.
 *
 * It gives what from_drawing in data/normalize.py gives, where the reason for each number is stated.
 */

/**
 * Grey values, one row after another.
 * @template {Float32Array | Uint8Array} [Values=Float32Array]
 * @typedef {{ values: Values, width: number, height: number }} Image
 */
/** @typedef {{ pixels: Uint8Array, width: number, height: number }} Grey a grey picture in bytes */

const FRAME = 28;
const BOX = 20;
const CENTRE = 14;
const INK = 0.25; // of the strongest ink: what the digit's box must hold

/**
 * The rows of an image, as views of its values.
 * @template {Float32Array | Uint8Array} Values
 * @param {Image<Values>} image
 * @returns {Values[]}
 */
const rowsOf = ({ values, width, height }) =>
  Array.from(
    { length: height },
    (_, y) => /** @type {Values} */ (values.subarray(y * width, (y + 1) * width)),
  );

/**
 * A black image with these rows on it; their upper left corner lies at (left, top).
 * @param {(Float32Array | Uint8Array)[]} rows
 * @param {number} width
 * @param {number} height
 * @param {number} [left]
 * @param {number} [top]
 * @returns {Image}
 */
const onBlack = (rows, width, height, left = 0, top = 0) => {
  const values = new Float32Array(width * height);
  rows.forEach((row, y) => values.set(row, (top + y) * width + left));
  return { values, width, height };
};

/**
 * The largest value of each column and of each row.
 * @param {Image<Uint8Array>} image
 */
const peaks = ({ values, width, height }) => {
  const columns = new Float32Array(width);
  const rows = new Float32Array(height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (values[i] > columns[x]) columns[x] = values[i];
      if (values[i] > rows[y]) rows[y] = values[i];
    }
  return [columns, rows];
};

/**
 * From where to where strong ink reaches, [from, to), with one more pixel at each side where the ink
 * fades out there.
 * @param {Float32Array} profile not all zero
 */
const extent = (profile) => {
  const least = INK * Math.max(...profile);
  const inked = [...profile.keys()].filter((i) => profile[i]);
  const strong = inked.filter((i) => profile[i] > least);
  const from = Math.max(strong[0] - 1, inked[0]);
  const to = Math.min(strong[strong.length - 1] + 1, inked[inked.length - 1]) + 1;
  return [from, to];
};

const [ALPHA, BETA] = [0.54, 0.46].map(Math.fround); // Pillow has them in single precision

/** A sinc under Hamming's window: Pillow's kernel, for a distance in pixels. @param {number} x */
const hamming = (x) => {
  const angle = Math.PI * Math.abs(x);
  if (angle === 0) return 1;
  return angle < Math.PI ? (Math.sin(angle) / angle) * (ALPHA + BETA * Math.cos(angle)) : 0;
};

/**
 * Every row resampled to `size` values, as Resample.c of Pillow does it. The image that is returned is
 * transposed: called twice, this resamples rows and columns and turns the image back.
 * @param {Image} image
 * @param {number} size
 * @returns {Image}
 */
const resampled = ({ values, width, height }, size) => {
  const result = new Float32Array(size * height);
  const scale = width / size;
  const reach = Math.max(scale, 1);
  const per = 1 / reach;
  for (let x = 0; x < size; x++) {
    const centre = (x + 0.5) * scale;
    const from = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const to = Math.min(Math.trunc(centre + reach + 0.5), width);
    const weights = Float64Array.from({ length: to - from }, (_, i) =>
      hamming((from + i - centre + 0.5) * per),
    );
    const whole = weights.reduce((a, b) => a + b);
    for (let y = 0; y < height; y++) {
      let sum = 0;
      for (let i = from; i < to; i++) sum += values[y * width + i] * (weights[i - from] / whole);
      result[x * height + y] = sum;
    }
  }
  return { values: result, width: height, height: size };
};

/**
 * A digit scaled so that its longer side is BOX. One that fits but for a faint edge stays as it is.
 * @param {Image} cropped
 * @returns {Image}
 */
const boxed = (cropped) => {
  const { width, height } = cropped;
  const side = Math.max(width, height);
  if (BOX - 2 <= side && side <= BOX) return cropped;
  // Made square first: a shorter side rounded to whole pixels would stretch the digit.
  const square = resampled(resampled(onBlack(rowsOf(cropped), side, side), BOX), BOX);
  const [columns, rows] = [width, height].map((n) => Math.ceil((n * BOX) / side));
  const kept = rowsOf(square).slice(0, rows);
  return onBlack(
    kept.map((row) => row.subarray(0, columns)),
    columns,
    rows,
  );
};

/**
 * A sum in NumPy's order and in single precision. The centre of mass of a symmetric digit lies exactly
 * between two pixels, and the last bit of this sum decides for one of them.
 * @param {Float32Array} profile
 */
const total = (profile) => {
  const parts = new Float32Array(8);
  const even = profile.length - (profile.length % 8);
  for (let i = 0; i < even; i++) parts[i % 8] += profile[i];
  for (let step = 1; step < 8; step *= 2)
    for (let i = 0; i < 8; i += 2 * step) parts[i] += parts[i + step];
  for (let i = even; i < profile.length; i++) parts[0] += profile[i];
  return parts[0];
};

/** The sums of the columns and of the rows. @param {Image} image */
const sums = (image) => {
  const rows = rowsOf(image);
  const ofColumns = rows.reduce((sum, row) => sum.map((v, x) => v + row[x]));
  return [ofColumns, Float32Array.from(rows, total)];
};

/**
 * The pixel of the frame at which a digit must begin for its centre of mass to lie at CENTRE, or as
 * near to that as the frame allows.
 * @param {Float32Array} profile the digit's ink, summed along the other axis
 */
const offset = (profile) => {
  const mass = profile.reduce((sum, v, i) => sum + v * i, 0) / total(profile);
  return Math.min(Math.max(Math.floor(CENTRE + 0.5 - mass), 0), FRAME - profile.length);
};

/**
 * An image in bytes, rounded as to_bytes of figures.py does: in single precision, halves to the even
 * byte.
 * @param {Image} image
 * @param {number} white the value that becomes 255
 * @returns {Grey}
 */
const inBytes = ({ values, width, height }, white) => {
  const rounded = new Uint8ClampedArray(values.map((v) => v / white).map((v) => v * 255));
  return { pixels: new Uint8Array(rounded), width, height };
};

/**
 * The digit that a drawing shows, and the steps that lead to it; from_drawing in data/normalize.py
 * gives the same to within one grey level.
 *
 * `ink` is the drawing, `cropped` the part of it that holds the digit, and `digit` the result, 28x28.
 * Of an empty drawing, `cropped` is all of it and `digit` is black.
 * @param {Uint8Array} canvas [side, side], white ink on black
 * @param {number} side
 * @returns {{ ink: Grey, cropped: Grey, digit: Grey }}
 */
export const normalized = (canvas, side) => {
  const ink = { pixels: canvas, width: side, height: side };
  if (!canvas.some(Boolean)) {
    const digit = { pixels: new Uint8Array(FRAME * FRAME), width: FRAME, height: FRAME };
    return { ink, cropped: ink, digit };
  }
  const whole = { values: canvas, width: side, height: side };
  const [[left, right], [top, bottom]] = peaks(whole).map(extent);
  const lines = rowsOf(whole).slice(top, bottom);
  const cropped = onBlack(
    lines.map((row) => row.subarray(left, right)),
    right - left,
    bottom - top,
  );
  const small = boxed({ ...cropped, values: cropped.values.map((v) => v / 255) });
  const [x, y] = sums(small).map(offset);
  const digit = onBlack(rowsOf(small), FRAME, FRAME, x, y);
  // Thin strokes fade when they shrink; MNIST's digits all reach white.
  return { ink, cropped: inBytes(cropped, 255), digit: inBytes(digit, Math.max(...small.values)) };
};
