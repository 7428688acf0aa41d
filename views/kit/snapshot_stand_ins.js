/** What stands on paper in place of a control, and of pictures that a script has drawn: see snapshot.js. */

const XHTML = "http://www.w3.org/1999/xhtml";

/** A picture as it is now, as an address that holds it; "" where there is none. @param {HTMLCanvasElement | HTMLImageElement} picture */
export const contentOf = (picture) => {
  if (picture instanceof HTMLCanvasElement)
    return picture.width && picture.height ? picture.toDataURL() : "";
  if (!picture.complete || !picture.naturalWidth) return "";
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  return canvas.toDataURL();
};

/** The words that a control shows. @param {Element} element */
export const wordsOf = (element) => {
  if (element instanceof HTMLSelectElement) return element.selectedOptions[0]?.textContent ?? "";
  if (element instanceof HTMLTextAreaElement) return element.value;
  if (!(element instanceof HTMLInputElement)) return null;
  if (["checkbox", "radio"].includes(element.type)) return element.checked ? "☑" : "☐";
  return element.value;
};

/** A slider as a line with a knob where it stands. @param {HTMLInputElement} slider */
export const knob = (slider) => {
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
