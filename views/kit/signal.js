/**
 * A value that parts of the page share, and tell each other of when it changes.
 * @template T
 * @typedef {object} Signal
 * @property {T} value
 * @property {(listener: (value: T) => void, ended?: AbortSignal) => () => void} subscribe Calls the
 *   listener with every value that is set from now on, until `ended` is aborted; gives a function
 *   that ends this, too.
 */

/**
 * One part's fault must not keep the others from hearing: it is thrown on its own, into the log.
 * @template T
 * @param {(value: T) => void} listener
 * @param {T} value
 */
const call = (listener, value) => {
  try {
    listener(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};

/**
 * @template T
 * @param {T} value what it holds until another is set
 * @returns {Signal<T>}
 */
export const createSignal = (value) => {
  /** @type {Set<(value: T) => void>} */
  const listeners = new Set();
  return {
    get value() {
      return value;
    },
    set value(next) {
      value = next;
      for (const listener of [...listeners]) if (listeners.has(listener)) call(listener, next);
    },
    subscribe(listener, ended) {
      const stop = () => listeners.delete(listener);
      if (!ended?.aborted) listeners.add(listener);
      ended?.addEventListener("abort", stop);
      return stop;
    },
  };
};
