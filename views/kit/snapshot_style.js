/** Styles that the browser computed, as CSS for copies that no style sheet reaches: see snapshot.js. */

const INHERITED = [
  ...["color", "direction", "visibility", "white-space", "word-break", "overflow-wrap"],
  ...["font-family", "font-size", "font-style", "font-weight", "font-variant-numeric"],
  ...[
    "line-height",
    "letter-spacing",
    "word-spacing",
    "text-align",
    "text-indent",
    "text-transform",
  ],
  ...["list-style-type", "border-collapse", "border-spacing", "image-rendering"],
  ...["fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity"],
  ...["stroke-dasharray", "stroke-linecap", "stroke-linejoin", "text-anchor", "dominant-baseline"],
  ...["paint-order", "marker-start", "marker-end", "-webkit-text-stroke-width"],
];
const sides = (/** @type {string} */ before, after = "") =>
  ["top", "right", "bottom", "left"].map((side) => `${before}${side}${after}`);
const OWN = [
  ...["display", "position", "float", "clear", "z-index", "box-sizing", "width", "height"],
  ...["min-width", "min-height", "max-width", "max-height"],
  ...[...sides(""), ...sides("margin-"), ...sides("padding-")],
  ...["border-top-left-radius", "border-top-right-radius"],
  ...["border-bottom-left-radius", "border-bottom-right-radius"],
  ...["background-color", "background-image", "background-size", "background-position"],
  ...["background-repeat", "background-clip", "opacity", "transform", "transform-origin"],
  ...[
    "overflow-x",
    "overflow-y",
    "clip-path",
    "mix-blend-mode",
    "filter",
    "box-shadow",
    "object-fit",
  ],
  ...["flex-direction", "flex-wrap", "flex-grow", "flex-shrink", "flex-basis", "order"],
  ...["align-items", "align-self", "align-content"],
  ...["justify-content", "justify-items", "justify-self", "row-gap", "column-gap"],
  ...["grid-template-columns", "grid-template-rows", "grid-auto-flow", "grid-auto-rows"],
  ...["grid-column-start", "grid-column-end", "grid-row-start", "grid-row-end"],
  ...["column-count", "column-width", "vertical-align", "table-layout", "text-overflow"],
  ...["text-decoration-line", "writing-mode", "vector-effect", "stop-color", "stop-opacity"],
];
const ROOM = 0.5; // px by which a row may come out broader, before its last item would wrap

/** What an element has without any style; of another one only what differs is written. */
export const initialStyle = () => {
  const frame = document.createElement("div");
  const bare = document.createElement("span");
  for (const each of [frame, bare]) each.style.setProperty("all", "initial");
  frame.style.setProperty("display", "block"); // in the body, which lays out its children, it would be changed
  frame.append(bare);
  document.body.append(frame);
  const style = getComputedStyle(bare);
  const values = new Map(
    [...OWN, ...INHERITED].map((name) => [name, style.getPropertyValue(name)]),
  );
  frame.remove();
  return values;
};

/** The borders that are seen: of others the width is told, too. @param {CSSStyleDeclaration} style */
const borders = (style) =>
  sides("border-").flatMap((side) => {
    const [width, line, hue] = ["width", "style", "color"].map((part) =>
      style.getPropertyValue(`${side}-${part}`),
    );
    return line === "none" || width === "0px" ? [] : [`${side}:${width} ${line} ${hue}`];
  });

/** A style as CSS. @param {CSSStyleDeclaration} style @param {CSSStyleDeclaration | null} above that of the parent @param {Map<string, string>} initial */
export const written = (style, above, initial) => {
  const differs = (/** @type {string} */ name, /** @type {string | undefined} */ from) => {
    const value = style.getPropertyValue(name);
    return value === from ? [] : [`${name}:${value}`];
  };
  const wraps = style.flexWrap === "wrap" && style.width.endsWith("px");
  return [
    ...OWN.flatMap((name) => differs(name, initial.get(name))),
    ...(style.position === "sticky" ? ["position:relative;inset:auto"] : []),
    ...INHERITED.flatMap((name) =>
      differs(name, above ? above.getPropertyValue(name) : initial.get(name)),
    ),
    ...borders(style),
    ...(style.display === "table" ? ["height:auto"] : []), // of which its caption is a part
    ...(wraps ? [`width:${parseFloat(style.width) + ROOM}px`] : []),
    ...(style.whiteSpace.startsWith("pre") ? [] : ["white-space:nowrap"]),
  ].join(";");
};
