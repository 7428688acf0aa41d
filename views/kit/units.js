/**
 * What is drawn on a canvas or as SVG counts in units, of which a rem has 16: so it grows with the
 * page, whose root sets how large a rem is (see kit.css).
 */

/** CSS pixels of a unit. */
export const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** @param {Element} element @returns its inner width in units */
export const widthOf = (element) => element.clientWidth / unit();

/** From CSS pixels to units. @param {number[]} place @returns {[number, number]} */
export const inUnits = ([x, y]) => [x / unit(), y / unit()];

/** How many pixels a sharp canvas has for a unit. */
export const sharpness = () => unit() * (window.devicePixelRatio || 1);

/** Let an SVG, whose size the style sets, count in units; its width. @param {Element} svg */
export const countInUnits = (svg) => {
  const width = widthOf(svg);
  svg.setAttribute("viewBox", `0 0 ${width} ${svg.clientHeight / unit()}`);
  return width;
};
