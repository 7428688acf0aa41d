/** The order in which a film shows its pictures. */

/**
 * Where a film is next: it runs there and back again.
 * @param {number} at
 * @param {1 | -1} way
 * @param {number} last
 * @returns {{ at: number, way: 1 | -1 }}
 */
export const nextStep = (at, way, last) => {
  const next = at + way;
  const turns = next <= 0 || next >= last;
  return { at: next, way: turns ? (next <= 0 ? 1 : -1) : way };
};
