// A drawing as a 28x28 digit, made the way MNIST was (LeCun, Bottou, Bengio & Haffner 1998,
// "Gradient-based learning applied to document recognition", section III-A): scaled to fit a 20x20
// box, with grey levels from anti-aliasing, its centre of mass at the centre of the frame.
// It gives what from_drawing in data/normalize.py gives, which says why each number is what it is.
const FRAME = 28,
  BOX = 20,
  CENTRE = 14;
const INK = 0.25; // of the strongest ink: what the digit's box must hold

const rowsOf = ({ values, width, height }) =>
  Array.from({ length: height }, (_, y) => values.subarray(y * width, (y + 1) * width));
// The rows laid, from their upper left corner, on a black sheet of width x height.
const onSheet = (rows, width, height, left = 0, top = 0) => {
  const values = new Float32Array(width * height);
  rows.forEach((row, y) => values.set(row, (top + y) * width + left));
  return { values, width, height };
};
// The strongest value of each column and of each row.
const peaks = ({ values, width, height }) => {
  const columns = new Float32Array(width),
    rows = new Float32Array(height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (values[i] > columns[x]) columns[x] = values[i];
      if (values[i] > rows[y]) rows[y] = values[i];
    }
  return [columns, rows];
};

// From the first to just beyond the last strong ink of a profile, and one more pixel where it fades.
const extent = (profile) => {
  const least = INK * Math.max(...profile),
    lit = [...profile.keys()].filter((i) => profile[i]);
  const strong = lit.filter((i) => profile[i] > least);
  return [Math.max(strong[0] - 1, lit[0]), Math.min(strong.at(-1) + 1, lit.at(-1)) + 1];
};

// Hamming's window on a sinc, with Pillow's constants, which are of single precision.
const [RAISED, WAVE] = [0.54, 0.46].map(Math.fround);
const hamming = (x) => {
  const angle = Math.PI * Math.abs(x);
  if (angle === 0) return 1;
  return angle < Math.PI ? (Math.sin(angle) / angle) * (RAISED + WAVE * Math.cos(angle)) : 0;
};
// Every row resampled to `size` values as Pillow's Resample.c does it; the image comes back turned,
// a row per column, so that doing it twice does both directions.
const resampled = ({ values, width, height }, size) => {
  const result = new Float32Array(size * height);
  const scale = width / size,
    reach = Math.max(scale, 1),
    per = 1 / reach;
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

// A digit scaled so that its longer side is BOX; one that fits but for a faint edge stays as it is.
const boxed = (cropped) => {
  const { width, height } = cropped,
    side = Math.max(width, height);
  if (BOX - 2 <= side && side <= BOX) return cropped;
  // Made square first: a shorter side rounded to whole pixels would stretch the digit.
  const square = resampled(resampled(onSheet(rowsOf(cropped), side, side), BOX), BOX);
  const [columns, rows] = [width, height].map((n) => Math.ceil((n * BOX) / side));
  return onSheet(
    rowsOf(square)
      .slice(0, rows)
      .map((row) => row.subarray(0, columns)),
    columns,
    rows,
  );
};

// A sum in NumPy's order and precision: where a digit is exactly symmetric, its centre of mass lies
// halfway between two places, and the last bit decides.
const total = (profile) => {
  const parts = new Float32Array(8),
    even = profile.length - (profile.length % 8);
  for (let i = 0; i < even; i++) parts[i % 8] += profile[i];
  for (let step = 1; step < 8; step *= 2)
    for (let i = 0; i < 8; i += 2 * step) parts[i] += parts[i + step];
  for (let i = even; i < profile.length; i++) parts[0] += profile[i];
  return parts[0];
};
// The columns' and the rows' sums.
const sums = (image) => {
  const rows = rowsOf(image);
  return [rows.reduce((so, row) => so.map((v, x) => v + row[x])), Float32Array.from(rows, total)];
};
// Where a profile must begin, in whole pixels within the frame, for its centre of mass to be at CENTRE.
const offset = (profile) => {
  const mass = profile.reduce((sum, v, i) => sum + v * i, 0) / total(profile);
  return Math.min(Math.max(Math.floor(CENTRE + 0.5 - mass), 0), FRAME - profile.length);
};

// Rounded as figures.to_bytes does: in single precision, halves to the even byte.
const inBytes = ({ values, width, height }, white) => {
  const rounded = new Uint8ClampedArray(values.map((v) => v / white).map((v) => v * 255));
  return { pixels: new Uint8Array(rounded), width, height };
};

// A canvas of side x side grey bytes, white ink on black, with the steps to its digit as images
// {pixels, width, height} in bytes; an empty one gives an empty digit.
export const normalized = (canvas, side) => {
  const whole = { values: canvas, width: side, height: side },
    ink = { ...whole, pixels: canvas };
  const empty = { pixels: new Uint8Array(FRAME * FRAME), width: FRAME, height: FRAME };
  if (!canvas.some(Boolean)) return { ink, cropped: ink, digit: empty };
  const [[left, right], [top, bottom]] = peaks(whole).map(extent);
  const lines = rowsOf(whole)
    .slice(top, bottom)
    .map((row) => row.subarray(left, right));
  const cropped = onSheet(lines, right - left, bottom - top);
  const small = boxed({ ...cropped, values: cropped.values.map((v) => v / 255) });
  const digit = onSheet(rowsOf(small), FRAME, FRAME, ...sums(small).map(offset));
  // Thin strokes fade when they shrink; MNIST's digits all reach white.
  return { ink, cropped: inBytes(cropped, 255), digit: inBytes(digit, Math.max(...small.values)) };
};
