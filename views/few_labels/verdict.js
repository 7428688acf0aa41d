/** What M2 and labels alone make of a digit, beside what they do on average. */
import { format } from "../kit/numbers.js";

const verdictOnLabelled = (
  /** @type {number} */ y,
  /** @type {number} */ m2,
  /** @type {number} */ alone,
) => {
  if (m2 === y) return alone === y ? "both are right" : "M2 is right, labels alone are wrong";
  return alone === y
    ? "labels alone are right, M2 is wrong, against the average"
    : "both are wrong";
};
const verdictOnUnlabelled = (/** @type {number} */ m2, /** @type {number} */ alone) =>
  m2 === alone
    ? `Both read yours as ${m2}.`
    : `M2 reads yours as ${m2}, labels alone as ${alone}: you know which is right.`;

/**
 * What is true on average, and whether this digit follows it; its class is known of samples only.
 * @param {{ percent: number }[]} errors of M2 and of labels alone
 * @param {string} label the digit's class, or ""
 * @param {(number | null)[]} reads what both read; null where nothing was read
 */
export const verdictOf = (errors, label, [m2, alone]) => {
  const [ours, theirs] = errors.map(({ percent }) => `${format(percent, 1)} %`);
  const average = `Of test digits M2 misreads ${ours}, labels alone ${theirs}. `;
  if (m2 === null || alone === null) return average;
  const y = Number(label);
  return (
    average +
    (label === ""
      ? verdictOnUnlabelled(m2, alone)
      : `This ${y}: ${verdictOnLabelled(y, m2, alone)}.`)
  );
};
