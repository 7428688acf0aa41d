/** A digit in a link: its label, if it has one, a dot, and its pixels as kit/packing.js packs them. */

/** @typedef {{ label: string, packed: string }} DigitText */

const WRITTEN = /^([a-z0-9]{0,12})\.([\w-]{1,8000})$/i;

/** @type {import("../kit/store.js").Key<DigitText | null>} */
export const digitKey = {
  initial: null,
  read: (text) => {
    const [, label, packed] = WRITTEN.exec(text) ?? [];
    return packed === undefined ? undefined : { label, packed };
  },
  write: (digit) => (digit ? `${digit.label}.${digit.packed}` : ""),
};
