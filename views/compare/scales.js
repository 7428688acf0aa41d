/** The axes of the plot: linear or logarithmic as their numbers need it, with short ticks. */
import { linear, logarithmic } from "../kit/chart.js";
import { exact } from "../kit/numbers.js";

/** @typedef {import("../kit/chart.js").Scale} Scale */

const RATIO = 20; // an axis is logarithmic where the largest number is so many times the least
const SHARE = 0.06; // of the range, free at each end
const WIDE = 1000; // a logarithmic axis beyond it has ticks at powers of ten only

/**
 * A scale that holds all values, and whether it is logarithmic.
 * @param {number[]} values
 * @param {[number, number]} range
 */
export const scaleOf = (values, range) => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLog = low > 0 && high / low > RATIO;
  const [a, b] = isLog ? [Math.log10(low), Math.log10(high)] : [low, high];
  const margin = SHARE * (b - a) || Math.abs(a) * 0.1 || 1;
  /** @type {[number, number]} */
  const domain = [a - margin, b + margin];
  if (!isLog) return { isLog, scale: linear(domain, range), ticks: linear(domain, range).ticks(4) };
  const scale = logarithmic([10 ** domain[0], 10 ** domain[1]], range);
  return { isLog, scale, ticks: logTicks(scale) };
};

/** 1, 2 and 5 times powers of ten within a domain. @param {Scale} scale */
export const logTicks = ({ domain: [low, high] }) => {
  const steps = high / low > WIDE ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(low));
  const count = Math.floor(Math.log10(high)) - first + 1;
  return Array.from({ length: count }, (_, i) => 10 ** (first + i))
    .flatMap((power) => steps.map((k) => k * power))
    .filter((v) => v >= low && v <= high);
};

/** A tick's number, short. */
export const tickText = (/** @type {{ kind: string }} */ { kind }, /** @type {number} */ v) => {
  if (kind === "share") return `${Number((100 * v).toPrecision(6))} %`;
  if (kind === "count" && v >= 1e6) return `${v / 1e6} M`;
  if (kind === "count" && v >= 1e4) return `${v / 1e3} k`;
  if (kind === "bytes") return v >= 1e6 ? `${v / 1e6} MB` : `${v / 1e3} kB`;
  if (kind === "time") return v >= 120 ? `${Number((v / 60).toPrecision(2))} min` : `${v} s`;
  return exact(Number(v.toPrecision(6)));
};
