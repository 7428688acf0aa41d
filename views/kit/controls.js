/** Controls that several views lay out: sliders that hold any value, and radio buttons side by side. */

/**
 * Put a value on a slider. One beyond its usual range must still find its place, so the range grows.
 * @param {HTMLInputElement} slider
 * @param {number} value
 * @param {[number, number]} range the usual one
 */
export const putOnSlider = (slider, value, [low, high]) => {
  slider.min = String(Math.min(low, value));
  slider.max = String(Math.max(high, value));
  slider.value = String(value);
};

/**
 * Radio buttons as HTML, for an element of the class "choice".
 * @param {string} name the same for no other radio buttons of the page
 * @param {Record<string, string>} titles by value
 */
export const radioButtons = (name, titles) =>
  Object.entries(titles)
    .map(
      ([value, title]) =>
        `<label><input type="radio" name="${name}" value="${value}"><span>${title}</span></label>`,
    )
    .join("");

/**
 * Check the radio button of a value.
 * @param {ParentNode} root
 * @param {string} value
 */
export const checkRadio = (root, value) => {
  for (const radio of root.querySelectorAll("input[type=radio]")) {
    const input = /** @type {HTMLInputElement} */ (radio);
    input.checked = input.value === value;
  }
};
