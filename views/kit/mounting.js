/**
 * Components on the page: each is mounted once Gradio has laid it out, and a view's can be mounted
 * anew, as a page does that opens with another link.
 */

/**
 * @typedef {object} Part a component
 * @property {HTMLElement} element where it stands now
 * @property {HTMLElement} template the element as Gradio laid it out
 * @property {Record<string, any> & { view: string }} props
 * @property {(mounting: { element: HTMLElement, props: any }) => unknown} mount its script's
 * @property {AbortController} end
 */

/** @type {Part[]} */
const parts = [];

/** @type {WeakMap<HTMLElement, AbortSignal>} */
const ends = new WeakMap();

/**
 * Tells when what stands in this element of a component is mounted anew, and what its script has
 * begun is to end.
 * @param {HTMLElement} element
 */
export const endOf = (element) => {
  const end = ends.get(element);
  if (!end) throw new Error("Nothing is mounted in this element.");
  return end;
};

/** @param {Part} part */
const run = async (part) => {
  const { element, props, mount, end } = part;
  ends.set(element, end.signal);
  try {
    await mount({ element, props });
  } catch (error) {
    element.textContent = "This part did not load; reload the page.";
    throw error;
  } finally {
    element.dataset.mounted = ""; // until then its template is not seen: see component.py
  }
};

/**
 * Mount a component that Gradio has laid out.
 * @param {Pick<Part, "element" | "props" | "mount">} component
 */
export const mountComponent = (component) => {
  const template = /** @type {HTMLElement} */ (component.element.cloneNode(true));
  const part = { ...component, template, end: new AbortController() };
  parts.push(part);
  return run(part);
};

/**
 * Mount all components of a view anew: they stand as they stood when the page was laid out, and read
 * what the link says now. A view that is not laid out yet will read it then.
 * @param {string} view its folder
 */
export const remountView = (view) =>
  Promise.all(
    parts
      .filter(({ props }) => props.view === view)
      .map((part) => {
        part.end.abort();
        const fresh = /** @type {HTMLElement} */ (part.template.cloneNode(true));
        part.element.replaceWith(fresh);
        Object.assign(part, { element: fresh, end: new AbortController() });
        return run(part);
      }),
  );

/** Is the view laid out, and has every script of it done what it does at first? @param {string} view its folder */
export const isMounted = (view) => {
  const own = parts.filter(({ props }) => props.view === view);
  return own.length > 0 && own.every(({ element }) => "mounted" in element.dataset);
};
