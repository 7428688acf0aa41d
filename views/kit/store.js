/**
 * What a link says: texts under keys, as they stand after the # of an address.
 *
 * A view's keys are `view.name`; the page has a few of its own without a dot. A part of the page
 * declares its keys, each with a reader and a writer (see keys.js), and gets what the link says of
 * them restored, what it sets remembered, and what it leaves at its initial value left out.
 */

const OURS = /^[a-z_]+\.[a-z_]+$/;

/** The page's own keys. */
export const PAGE_KEYS = ["view", "digit", "theme", "decoding", "lecture", "slide"];

/**
 * @template T
 * @typedef {object} Key
 * @property {T} initial what stands without a link
 * @property {(text: string) => T | undefined} read undefined for what makes no sense
 * @property {(value: T) => string} write
 * @property {boolean} [ofDigit] is it about the digit, and so at its initial value for any other?
 */

/**
 * @typedef {object} Store
 * @property {<T>(name: string, key: Key<T>) => T} take what the link says of a key, or its initial
 *   value; tells `onNonsense` and forgets the text if it cannot be read
 * @property {(name: string, text: string) => void} put remember a text; "" forgets it
 * @property {(prefix: string) => void} reset forget what it says under `prefix.`
 * @property {(prefix: string) => [string, string][]} said what it says under `prefix.`: names and texts
 * @property {(name: string) => boolean} isRead has somebody taken this key, and understood its text?
 * @property {(views: string[]) => void} restrict forget what is said of other views than these, and
 *   tell `onNonsense` if there is any
 * @property {() => string} text the link as it is now, without the #
 */

/** @param {string} key */
const isOurs = (key) => PAGE_KEYS.includes(key) || OURS.test(key);

/**
 * Is any of a fragment ours? What is not belongs to a page around ours.
 * @param {string} text
 */
export const saysOurs = (text) => [...new URLSearchParams(text).keys()].some(isOurs);

/**
 * @param {object} options
 * @param {string} options.text a fragment without its #
 * @param {() => void} options.onNonsense called when the link makes no sense somewhere
 * @param {() => void} options.onChange called when the link is not what it was any more
 * @returns {Store}
 */
export const createStore = ({ text, onNonsense, onChange }) => {
  const parts = new URLSearchParams(saysOurs(text) ? text : "");
  /** @type {Map<string, boolean>} keys that were taken: was their last text understood? */
  const taken = new Map();
  const keepOnly = (/** @type {(key: string) => boolean} */ isKnown) => {
    const others = [...parts.keys()].filter((key) => !isKnown(key));
    if (!others.length) return;
    for (const key of others) parts.delete(key);
    onNonsense();
    onChange();
  };
  keepOnly(isOurs);

  const put = (/** @type {string} */ name, /** @type {string} */ value) => {
    if (value ? parts.get(name) === value : !parts.has(name)) return;
    if (value) parts.set(name, value);
    else parts.delete(name);
    onChange();
  };
  const under = (/** @type {string} */ prefix) =>
    [...parts.keys()].filter((key) => key.startsWith(`${prefix}.`));
  return {
    take(name, { read, initial }) {
      const found = parts.get(name);
      const value = found === null ? initial : read(found);
      taken.set(name, value !== undefined);
      if (value !== undefined) return value;
      onNonsense();
      put(name, "");
      return initial;
    },
    put,
    reset(prefix) {
      for (const key of under(prefix)) put(key, "");
    },
    said: (prefix) => under(prefix).map((key) => [key, parts.get(key) ?? ""]),
    isRead: (name) => taken.get(name) ?? false,
    restrict(views) {
      keepOnly((key) => PAGE_KEYS.includes(key) || views.includes(key.split(".")[0]));
    },
    text: () => parts.toString().replaceAll("%2C", ","),
  };
};

/**
 * What the link says of one key, and how to make it say something else.
 * @template T
 * @param {Store} store
 * @param {string} name
 * @param {Key<T>} key
 */
export const linkedKey = (store, name, key) => ({
  value: store.take(name, key),
  remember: (/** @type {T} */ next) => {
    const text = key.write(next);
    store.put(name, text === key.write(key.initial) ? "" : text);
  },
});

/**
 * The values of some keys as an object: reading a property gives its value, setting it remembers it.
 * Where what a key may say depends on the keys before it, it is a function of their values.
 * @template {Record<string, Key<any> | ((before: any) => Key<any>)>} Keys
 * @param {Store} store
 * @param {string} prefix the view's name
 * @param {Keys} keys
 * @param {AbortSignal} [ended] from then on what is set is not remembered any more
 * @returns {{ [Name in keyof Keys]: Keys[Name] extends Key<infer T> | ((before: any) => Key<infer T>) ? T : never }}
 */
export const createState = (store, prefix, keys, ended) => {
  const state = /** @type {any} */ ({});
  for (const [name, declared] of Object.entries(keys)) {
    const key = typeof declared === "function" ? declared(state) : declared;
    const linked = linkedKey(store, `${prefix}.${name}`, key);
    let { value } = linked;
    Object.defineProperty(state, name, {
      enumerable: true,
      get: () => value,
      set(next) {
        value = next;
        if (!ended?.aborted) linked.remember(next);
      },
    });
  }
  return state;
};
