/** The element of the open view; undefined until Gradio has laid it out. */
export const openPanel = () =>
  [
    .../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#views > * > .tabitem")),
  ].find((each) => each.checkVisibility());
