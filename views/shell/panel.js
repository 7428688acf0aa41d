/** The panel of the open view: Gradio's, in which it has laid the view out. */
export const openPanel = () => {
  const panels = /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("#views > * > .tabitem")
  );
  return [...panels].find((panel) => panel.checkVisibility());
};
