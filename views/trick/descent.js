/** Gradient descent on q. */
import { clamp } from "../kit/numbers.js";

const RATE = 0.3;
const FARTHEST = 0.5; // standard deviations that one step may go

/**
 * A step of natural gradient descent (Amari 1998) on mu and log sigma: a step in mu is measured in
 * sigmas, or the narrow q of a digit would need steps of another size than a wide one.
 * @param {{ mu: number[], sigma: number[] }} q
 * @param {number[][]} total the loss's gradient in mu and in sigma
 * @param {{ mu: [number, number], sigma: [number, number] }} limits
 */
export const descend = ({ mu, sigma }, [byMu, bySigma], limits) => ({
  mu: mu.map((m, i) => {
    const step = clamp(RATE * sigma[i] * byMu[i], -FARTHEST, FARTHEST);
    return clamp(m - step * sigma[i], ...limits.mu);
  }),
  sigma: sigma.map((s, i) => {
    const step = clamp((RATE / 2) * s * bySigma[i], -FARTHEST, FARTHEST);
    return clamp(s * Math.exp(-step), ...limits.sigma);
  }),
});
