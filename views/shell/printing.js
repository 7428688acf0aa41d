/**
 * Paper instead of the page while it is printed: one page A4 that holds the open view, by the button
 * of the sheet and by the browser's own menu.
 */
import { nextFrame } from "../kit/frames.js";
import { paperOf } from "./paper.js";

// Gradio leaves such rules out of the page's own style.
const PAGES = new CSSStyleSheet();
PAGES.replaceSync(
  "@page { size: A4 portrait; margin: 10mm } @page wide { size: A4 landscape; margin: 10mm }",
);
document.adoptedStyleSheets.push(PAGES);

const PRINTING = "printing"; // class of the root, of which take_home.css shows the paper alone

const lay = () => {
  remove();
  const paper = document.createElement("div");
  paper.className = "paper";
  const svg = paperOf({ withCode: true });
  const isWide = svg.width.baseVal.value > svg.height.baseVal.value;
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  paper.classList.toggle("wide", isWide);
  paper.append(svg);
  document.body.append(paper);
  document.documentElement.classList.add(PRINTING);
};

const remove = () => {
  document.documentElement.classList.remove(PRINTING);
  for (const paper of document.querySelectorAll("body > .paper")) paper.remove();
};

addEventListener("beforeprint", lay);
addEventListener("afterprint", remove);

/** Print as the browser's menu does, but on light ground: a dark one takes a cartridge of ink. */
export const printPage = async () => {
  const wasDark = document.body.classList.contains("dark");
  document.body.classList.remove("dark");
  await nextFrame(); // in which the views draw their canvases anew
  await nextFrame();
  for (const animation of document.getAnimations())
    if (animation instanceof CSSTransition) animation.finish(); // colours fade into each other
  print();
  document.body.classList.toggle("dark", wasDark);
};
