const signed = (v, digits) => (v < 0 ? "" : "+") + written(v, digits);

// Rounded numbers that still add up: each part is rounded down or up to `digits`, and their sum is
// the rounded total. As many are rounded up as the total needs, those with the largest remainders
// first (Hamilton's method). A total that was rounded elsewhere, down or up, may be given instead.
const addingUp = (parts, digits, total = parts.reduce((a, b) => a + b, 0)) => {
  const unit = 10 ** digits, scaled = parts.map((v) => v * unit), units = scaled.map(Math.floor);
  const sum = Math.round(total * unit), left = sum - units.reduce((a, b) => a + b, 0);
  const remainder = (i) => scaled[i] - units[i];
  const order = [...parts.keys()].sort((a, b) => remainder(b) - remainder(a));
  for (const i of order.slice(0, left)) units[i] += 1;
  return { parts: units.map((v) => v / unit), sum: sum / unit };
};
