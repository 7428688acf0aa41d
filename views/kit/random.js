// Chance that a seed brings back: uniforms(seed) is a function that gives the next number in [0, 1)
// (mulberry32), normalPair of it two independent draws from N(0, 1) (Box & Muller 1958).
const uniforms = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const normalPair = (next) => {
  const r = Math.sqrt(-2 * Math.log(1 - next())), angle = 2 * Math.PI * next();
  return [r * Math.cos(angle), r * Math.sin(angle)];
};
const standardNormals = (seed, count) => {
  const next = uniforms(seed);
  return Float64Array.from({ length: count }, () => normalPair(next)[0]);
};
