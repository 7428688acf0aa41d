/** Two Gaussians on the line and KL between them, as explore/kl.py has it: float64, nats. */

/** @typedef {{ mu: number, sigma: number }} Gaussian */

const POINTS = 801;
const WIDTHS = 10; // standard deviations to each side that the integral reaches

/** The four terms whose sum is KL(q || p). @param {Gaussian} q @param {Gaussian} p */
export const klTerms = (q, p) => [
  Math.log(p.sigma / q.sigma),
  q.sigma ** 2 / (2 * p.sigma ** 2),
  (q.mu - p.mu) ** 2 / (2 * p.sigma ** 2),
  -0.5,
];

/** log N(z; mu, sigma^2). @param {Gaussian} gaussian @param {number} z */
export const logDensity = ({ mu, sigma }, z) =>
  -0.5 * ((z - mu) / sigma) ** 2 - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI);

/** q(z) log(q(z) / p(z)). @param {Gaussian} q @param {Gaussian} p @param {number} z */
export const integrand = (q, p, z) => {
  const logQ = logDensity(q, z);
  return Math.exp(logQ) * (logQ - logDensity(p, z));
};

/**
 * KL(q || p) by the trapezoid rule over mu_q -+ 10 sigma_q: what lies above 0, what below, and both.
 * @param {Gaussian} q
 * @param {Gaussian} p
 */
export const integrals = (q, p) => {
  const step = (2 * WIDTHS * q.sigma) / (POINTS - 1);
  let above = 0;
  let below = 0;
  for (let i = 0; i < POINTS; i++) {
    const weight = i === 0 || i === POINTS - 1 ? step / 2 : step;
    const part = weight * integrand(q, p, q.mu + (i - (POINTS - 1) / 2) * step);
    if (part > 0) above += part;
    else below += part;
  }
  return { above, below, both: above + below };
};

/**
 * The mean of log q(z) - log p(z) over draws z = mu_q + sigma_q epsilon, and its standard error.
 * @param {Gaussian} q
 * @param {Gaussian} p
 * @param {Float64Array} epsilon at least two draws from N(0, 1)
 */
export const monteCarlo = (q, p, epsilon) => {
  let mean = 0;
  let squares = 0;
  epsilon.forEach((e, i) => {
    const z = q.mu + q.sigma * e;
    const ratio = logDensity(q, z) - logDensity(p, z);
    const from = ratio - mean;
    mean += from / (i + 1);
    squares += from * (ratio - mean);
  });
  return { mean, error: Math.sqrt(squares / (epsilon.length - 1) / epsilon.length) };
};

/**
 * The standard deviation of log q(z) - log p(z) for one draw from q: it is a e^2 + b e + c in the
 * standard normal e.
 * @param {Gaussian} q
 * @param {Gaussian} p
 */
export const deviation = (q, p) =>
  Math.sqrt(
    ((q.sigma / p.sigma) ** 2 - 1) ** 2 / 2 + ((q.sigma * (q.mu - p.mu)) / p.sigma ** 2) ** 2,
  );
