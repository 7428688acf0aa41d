/** What is seen of the open view as one picture with a caption: for a file, and for paper. */
import { fill, html } from "../kit/markup.js";
import { openView } from "../kit/page.js";
import { qrCode } from "../kit/qr.js";
import { snapshot } from "../kit/snapshot.js";
import { homeOf } from "../kit/take_home.js";
import { colour } from "../kit/theme.js";
import { currentLink } from "./copying.js";
import { openPanel } from "./open_panel.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 24; // px around everything
const CODE = 132; // px of a QR code's side
const FONT = "font: 14px/1.4 system-ui, sans-serif";

export const viewTitle = () => document.querySelector("#header h2")?.textContent ?? "";

/** Without the drawing, which makes a link long. @param {string} link */
export const withoutDigit = (link) => {
  const url = new URL(link);
  const parts = new URLSearchParams(url.hash.slice(1));
  for (const key of [...parts.keys()]) if (/^digit$|\.second$/.test(key)) parts.delete(key);
  url.hash = parts.toString().replaceAll("%2C", ",");
  return url.href;
};

/**
 * Markup of a given width and its height, as a part of an SVG.
 * @param {import("../kit/markup.js").Markup} markup
 * @param {number} width
 * @param {{ x: number, y: number }} at
 */
const block = (markup, width, { x, y }) => {
  const box = document.createElement("div");
  box.style.cssText = `${FONT};width:${width}px;color:${colour("--ink")}`;
  fill(box, markup);
  document.body.append(box);
  const height = Math.ceil(box.getBoundingClientRect().height);
  box.remove();
  const outside = document.createElementNS(SVG, "foreignObject");
  for (const [name, value] of Object.entries({ x, y, width, height }))
    outside.setAttribute(name, String(value));
  outside.append(box);
  return { outside, height };
};

/** @param {SVGElement} svg @param {number} width @param {number} height */
const ground = (svg, width, height) => {
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width, height, fill: colour("--ground") }))
    rect.setAttribute(name, String(value));
  svg.prepend(rect);
};

/**
 * The open view, its title above it, the protocol of its numbers and the link below.
 * @param {{ withCode?: boolean }} [options] a QR code of the link beside the caption
 * @returns {SVGSVGElement}
 */
export const paperOf = ({ withCode = false } = {}) => {
  const panel = openPanel();
  if (!panel) throw new Error("No view is open.");
  const view = snapshot(panel);
  const width = view.width.baseVal.value;
  const link = currentLink();
  const code = withCode ? (qrCode(link, "") ?? qrCode(withoutDigit(link), "")) : null;
  const protocol = homeOf(openView.value)?.protocol ?? "";
  const x = MARGIN;
  const heading = block(
    html`<h1 style="margin:0 0 8px;font-size:22px;line-height:1.25;font-weight:650;color:inherit">${viewTitle()}</h1>`,
    width,
    { x, y: MARGIN },
  );
  const top = MARGIN + heading.height;
  view.setAttribute("x", String(x));
  view.setAttribute("y", String(top));
  const below = top + view.height.baseVal.value + 12;
  const caption = block(
    html`<div style="display:flex;gap:16px;align-items:flex-start"><div style="flex:1;min-width:0"><p style="margin:0 0 4px">${protocol}</p><p style="margin:0;overflow-wrap:anywhere">Latent Lab: ${link}</p></div>${code && html`<div style="flex:none;width:${CODE}px;height:${CODE}px">${code}</div>`}</div>`,
    width,
    { x, y: below },
  );
  const svg = document.createElementNS(SVG, "svg");
  const [w, h] = [width + 2 * MARGIN, below + caption.height + MARGIN];
  svg.setAttribute("xmlns", SVG);
  svg.setAttribute("width", String(w));
  svg.setAttribute("height", String(h));
  svg.setAttribute("viewBox", `0 0 ${w} ${h}`);
  svg.append(heading.outside, view, caption.outside);
  ground(svg, w, h);
  return svg;
};
