/** Sliders that hold any value. */

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
