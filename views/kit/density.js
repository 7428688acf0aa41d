/** The kernel density of codes in the plane, as explore/latent.py defines it. */

/**
 * @typedef {object} Codes
 * @property {ArrayLike<number>} codes both numbers of the first code, of the second, and so on
 * @property {ArrayLike<number>} classes of the images that they are codes of
 */

const REACH = 5; // bandwidths: a code that is farther away adds nothing

/**
 * The test image whose code is nearest to a place, with its class, and the density of all codes there, which is
 * mean_i exp(-|place - z_i|^2 / (2 bandwidth^2)).
 * @param {Codes & { bandwidth: number }} data
 * @param {ArrayLike<number>} place
 */
export const nearest = ({ codes, classes, bandwidth }, place) => {
  let best = 0;
  let least = Infinity;
  let density = 0;
  for (let i = 0; i < classes.length; i++) {
    const square = (codes[2 * i] - place[0]) ** 2 + (codes[2 * i + 1] - place[1]) ** 2;
    density += Math.exp(-square / (2 * bandwidth ** 2));
    if (square < least) {
      least = square;
      best = i;
    }
  }
  return {
    index: best,
    digit: classes[best],
    distance: Math.sqrt(least),
    density: density / classes.length,
  };
};

/**
 * The same density at the centres of n x n cells of a square, row by row from the top left.
 * @param {Codes & { bandwidth: number }} data
 * @param {{ centre: number[], half: number }} square its centre, and half its side
 * @param {number} n
 * @param {number} step the side of a cell
 */
export const densities = ({ codes, classes, bandwidth }, { centre, half }, n, step) => {
  const found = new Float32Array(n * n);
  const reach = REACH * bandwidth;
  const first = (/** @type {number} */ v) => Math.max(Math.ceil((v - reach) / step - 0.5), 0);
  const last = (/** @type {number} */ v) => Math.min(Math.floor((v + reach) / step - 0.5), n - 1);
  for (let i = 0; i < classes.length; i++) {
    const x = codes[2 * i] - centre[0] + half;
    const y = centre[1] + half - codes[2 * i + 1];
    for (let row = first(y); row <= last(y); row++)
      for (let column = first(x); column <= last(x); column++) {
        const square = ((column + 0.5) * step - x) ** 2 + ((row + 0.5) * step - y) ** 2;
        found[n * row + column] += Math.exp(-square / (2 * bandwidth ** 2)) / classes.length;
      }
  }
  return found;
};

/**
 * The median code of each class below `count`; null for a class that has none.
 * @param {Codes} data
 * @param {number} count
 * @returns {([number, number] | null)[]}
 */
export const classCentres = ({ codes, classes }, count) => {
  const own = Array.from({ length: count }, () => /** @type {number[]} */ ([]));
  for (let i = 0; i < classes.length; i++) own[classes[i]]?.push(i);
  const median = (/** @type {number[]} */ images, /** @type {number} */ axis) => {
    const values = images.map((i) => codes[2 * i + axis]).sort((a, b) => a - b);
    return values[values.length >> 1];
  };
  return own.map((images) => (images.length ? [median(images, 0), median(images, 1)] : null));
};
