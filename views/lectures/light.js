/** What a slide speaks of stays bright; the rest of the view is dimmed, or not seen. */

/** Everything of `panel` that neither is one of these elements, nor holds one, nor lies in one. @param {Element} panel @param {Element[]} bright */
const around = (panel, bright) => {
  const kept = new Set(bright);
  for (const element of bright)
    for (let up = element.parentElement; up && up !== panel; up = up.parentElement) kept.add(up);
  const dim = /** @type {Element[]} */ ([]);
  const visit = (/** @type {Element} */ element) => {
    for (const child of element.children) {
      if (!kept.has(child)) dim.push(child);
      else if (!bright.includes(child)) visit(child);
    }
  };
  visit(panel);
  return dim;
};

/**
 * @param {Element} panel of the open view
 * @param {string} selectors
 * @param {"dimmed" | "unseen"} how the class of the rest: see lectures.css
 * @returns {() => void} ends it
 */
export const lightUp = (panel, selectors, how) => {
  const dim = () => {
    const bright = [...panel.querySelectorAll(selectors)];
    const dimmed = new Set(bright.length ? around(panel, bright) : []);
    for (const element of panel.querySelectorAll(`.${how}`))
      if (!dimmed.has(element)) element.classList.remove(how);
    for (const element of dimmed) element.classList.add(how);
  };
  dim();
  // Views put their parts in place as answers come.
  const observer = new MutationObserver(dim);
  observer.observe(panel, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    for (const element of panel.querySelectorAll(`.${how}`)) element.classList.remove(how);
  };
};
