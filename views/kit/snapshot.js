/**
 * What is seen of an element as one SVG that stands alone: text stays text, canvases become images.
 *
 * Each element is copied as a plain one that bears the style which the browser computed for it, so that
 * no style sheet is needed. It is done within one task: who prints by the browser's menu waits for
 * nothing, which rules out the libraries that do the same, for they fetch and await.
 */

const XHTML = "http://www.w3.org/1999/xhtml";
const SVG = "http://www.w3.org/2000/svg";

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
const LEFT_OUT = new Set(["SCRIPT", "STYLE", "TEMPLATE", "DIALOG", "LINK"]);

/** The colours and sizes of kit.css hide what makes no sense on paper while an element has this class. */
export const ON_PAPER = "on-paper";

/** What an element has without any style; of another one only what differs is written. */
const initialStyle = () => {
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
const written = (style, above, initial) => {
  const differs = (/** @type {string} */ name, /** @type {string | undefined} */ from) => {
    const value = style.getPropertyValue(name);
    return value === from ? [] : [`${name}:${value === "sticky" ? "relative" : value}`];
  };
  const wraps = style.flexWrap === "wrap" && style.width.endsWith("px");
  return [
    ...OWN.flatMap((name) => differs(name, initial.get(name))),
    ...INHERITED.flatMap((name) =>
      differs(name, above ? above.getPropertyValue(name) : initial.get(name)),
    ),
    ...borders(style),
    ...(style.display === "table" ? ["height:auto"] : []), // of which its caption is a part
    ...(wraps ? [`width:${parseFloat(style.width) + ROOM}px`] : []),
    ...(style.whiteSpace.startsWith("pre") ? [] : ["white-space:nowrap"]),
  ].join(";");
};

/** A picture as it is now, as an address that holds it; "" where there is none. @param {HTMLCanvasElement | HTMLImageElement} picture */
const contentOf = (picture) => {
  if (picture instanceof HTMLCanvasElement)
    return picture.width && picture.height ? picture.toDataURL() : "";
  if (!picture.complete || !picture.naturalWidth) return "";
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  return canvas.toDataURL();
};

/** The words that a control shows. @param {Element} element */
const wordsOf = (element) => {
  if (element instanceof HTMLSelectElement) return element.selectedOptions[0]?.textContent ?? "";
  if (element instanceof HTMLTextAreaElement) return element.value;
  if (!(element instanceof HTMLInputElement)) return null;
  if (["checkbox", "radio"].includes(element.type)) return element.checked ? "☑" : "☐";
  return element.value;
};

/** A slider as a line with a knob where it stands. @param {HTMLInputElement} slider */
const knob = (slider) => {
  const { min, max, value } = slider;
  const [low, high] = [Number(min || 0), Number(max || 100)];
  const share = high > low ? (100 * (Number(value) - low)) / (high - low) : 50;
  const { accentColor, color } = getComputedStyle(slider);
  const hue = accentColor === "auto" ? color : accentColor;
  const upright = slider.offsetHeight > slider.offsetWidth;
  const across = upright ? ["top", "left", "width", "height"] : ["left", "top", "height", "width"];
  const [along, beside, thick, long] = across;
  const place = upright ? 100 - share : share;
  const part = (/** @type {string} */ style) => {
    const made = document.createElementNS(XHTML, "span");
    made.setAttribute("style", `display:block;position:absolute;${style}`);
    return made;
  };
  const root = part(`${along}:0;${beside}:50%;${long}:100%;${thick}:0`);
  root.append(
    part(`${along}:0;${long}:100%;${beside}:-1px;${thick}:2px;background-color:${hue};opacity:0.4`),
    part(
      `${along}:${place}%;${beside}:0;width:10px;height:10px;margin:-5px;border-radius:5px;background-color:${hue}`,
    ),
  );
  return root;
};

/** What `::before` or `::after` shows, as an element. @param {Element} element @param {string} which @param {Map<string, string>} initial */
const pseudo = (element, which, initial) => {
  const style = getComputedStyle(element, which);
  const [, text] = /^"(.*)"$/s.exec(style.content) ?? [];
  if (text === undefined || style.display === "none") return [];
  const made = document.createElementNS(XHTML, "span");
  made.textContent = text.replace(/\\(.)/gs, "$1");
  made.setAttribute("style", written(style, getComputedStyle(element), initial));
  return [made];
};

/**
 * Where lines of text end. Elsewhere letters are a little broader or narrower than here: so that text
 * keeps its lines, each is ended where it ends on the page.
 */
const createLines = () => {
  /** @type {DOMRect | null} */
  let last = null; // what stands before, in the same block
  const begins = (/** @type {DOMRect} */ box) => {
    const before = last;
    if (box.width) last = box;
    return before !== null && box.width > 0 && box.top > before.top + 2 && box.left < before.right;
  };
  return {
    /** @type {(text: Text) => Node[]} */
    split: (text) => {
      const range = document.createRange();
      const content = text.data;
      /** @type {Node[]} */
      const made = [];
      let from = 0;
      for (const { index, 0: word } of content.matchAll(/\S+/g)) {
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        if (!begins(range.getClientRects()[0] ?? new DOMRect())) continue;
        const line = content.slice(from, index);
        made.push(document.createTextNode(line.trimEnd() || line), lineBreak());
        from = index;
      }
      return [...made, document.createTextNode(content.slice(from))];
    },
    /** Does an element within the text begin a line? */
    begins: (/** @type {Element} */ element) => begins(element.getBoundingClientRect()),
    /** What comes is in another block, or after one. */
    end: () => {
      last = null;
    },
  };
};

const lineBreak = () => document.createElementNS(XHTML, "br");

/** @typedef {ReturnType<typeof createLines>} Lines */

/** What is in an element, copied. @param {Element} element @param {CSSStyleDeclaration} style @param {Map<string, string>} initial @param {Lines} lines of the block that it is in */
const copiesWithin = (element, style, initial, lines) => {
  const isText = element.namespaceURI !== SVG && !style.whiteSpace.startsWith("pre");
  return [...element.childNodes].flatMap((child) => {
    if (child instanceof Text) return isText ? lines.split(child) : [child.cloneNode()];
    if (!(child instanceof Element)) return [];
    if (child.tagName === "BR") {
      lines.end();
      return [lineBreak()];
    }
    const { display, position } = getComputedStyle(child);
    const isInline = display === "inline" && !(child instanceof HTMLCanvasElement);
    const isOut = position === "absolute" || position === "fixed";
    const breaks = !isInline && !isOut && display.startsWith("inline") && lines.begins(child);
    const copied = copyOf(child, style, initial, isInline ? lines : createLines());
    if (!display.startsWith("inline") && !isOut) lines.end();
    return copied ? [...(breaks ? [lineBreak()] : []), copied] : [];
  });
};

/** @param {Element} element @param {CSSStyleDeclaration | null} above @param {Map<string, string>} initial @param {Lines} lines @returns {Element | null} */
const copyOf = (element, above, initial, lines) => {
  const style = getComputedStyle(element);
  if (LEFT_OUT.has(element.tagName) || style.display === "none") return null;
  const css = written(style, above, initial);
  if (element instanceof HTMLCanvasElement || element instanceof HTMLImageElement) {
    const image = document.createElementNS(XHTML, "img");
    image.setAttribute("src", contentOf(element) || "data:,");
    image.setAttribute(
      "alt",
      element.getAttribute("aria-label") ?? element.getAttribute("alt") ?? "",
    );
    image.setAttribute("style", css);
    return image;
  }
  const isSvg = element.namespaceURI === SVG;
  const made = isSvg
    ? /** @type {Element} */ (element.cloneNode(false))
    : document.createElementNS(XHTML, "span");
  if (isSvg) for (const name of ["class", "href", "tabindex"]) made.removeAttribute(name);
  // Elsewhere than here browsers cut an SVG at its edge unless told otherwise.
  const edge = element instanceof SVGSVGElement ? `;overflow:${style.overflowX}` : "";
  made.setAttribute("style", css + edge);
  if (element instanceof HTMLInputElement && element.type === "range") {
    // A browser draws its slider without the ground that its style may name.
    const place = style.position === "static" ? ";position:relative" : "";
    made.setAttribute("style", `${css};background:none;border:none;box-shadow:none${place}`);
    made.append(knob(element));
    return made;
  }
  const words = wordsOf(element);
  if (words !== null) {
    made.textContent = words;
    return made;
  }
  if (!isSvg) made.append(...pseudo(element, "::before", initial));
  made.append(...copiesWithin(element, style, initial, lines));
  if (!isSvg) made.append(...pseudo(element, "::after", initial));
  return made;
};

/**
 * An element as an SVG element of its size, with nothing of it that makes no sense on paper.
 * @param {HTMLElement} element that is shown
 */
export const snapshot = (element) => {
  element.classList.add(ON_PAPER);
  try {
    const { width } = element.getBoundingClientRect();
    const size = { width: Math.ceil(width), height: Math.ceil(element.scrollHeight) };
    const copied = copyOf(element, null, initialStyle(), createLines());
    const svg = document.createElementNS(SVG, "svg");
    const outside = document.createElementNS(SVG, "foreignObject");
    for (const [name, value] of Object.entries(size)) {
      svg.setAttribute(name, String(value));
      outside.setAttribute(name, String(value));
    }
    svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    // A chart's outermost words may stand a little over the edge.
    for (const each of [svg, outside]) each.setAttribute("style", "overflow:visible");
    if (copied) outside.append(copied);
    svg.append(outside);
    return svg;
  } finally {
    element.classList.remove(ON_PAPER);
  }
};

/** The SVG as the text of a file. @param {SVGSVGElement} svg */
export const svgText = (svg) => new XMLSerializer().serializeToString(svg);

/**
 * The SVG as a PNG. Rejects where the browser cannot draw one so large.
 * @param {SVGSVGElement} svg
 * @param {number} scale pixels of the PNG for one of the page
 */
export const pngOf = async (svg, scale) => {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width * scale, image.height * scale];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise(
    (/** @type {(blob: Blob) => void} */ done, /** @type {(error: Error) => void} */ fail) =>
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png"),
  );
};
