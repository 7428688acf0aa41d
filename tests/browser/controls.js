/**
 * Every control of the open view, in reading order: what it is called and what it is set to.
 *
 * read() lists them; change(i) moves the i-th to another value as a hand would, and says whether it
 * could. What merely acts (a button that is not pressed or released) is no control.
 */
(() => {
  const CONTROLS = [
    "input:not([type=file])",
    "select",
    "[aria-pressed]",
    "[role=radio][aria-checked]",
    "[role=slider]",
    "[role=option][aria-selected]",
    "[aria-expanded]",
    ".derivation > button",
  ].join();
  const panel = () =>
    [...document.querySelectorAll("[role=tabpanel]")].find((each) => each.offsetParent !== null);
  const isVisible = (element) =>
    element.getClientRects().length > 0 || element.closest("label")?.getClientRects().length > 0;
  const all = () =>
    [...panel().querySelectorAll(CONTROLS)].filter(
      (element) => isVisible(element) && !element.disabled && !element.closest(".samples"),
    );
  const nameOf = (element) =>
    element.getAttribute("aria-label") ??
    element.closest("label")?.textContent.trim() ??
    element.labels?.[0]?.textContent.trim() ??
    element.textContent.trim();
  const valueOf = (element) => {
    if (element.matches(".derivation > button")) return String(element.classList.contains("open"));
    if (element.matches("[type=checkbox], [type=radio]")) return String(element.checked);
    if (element.matches("input, select")) return element.value;
    const attributes = [
      "aria-pressed",
      "aria-checked",
      "aria-valuenow",
      "aria-selected",
      "aria-expanded",
    ];
    return attributes.map((name) => element.getAttribute(name)).find((text) => text !== null);
  };
  const set = (element, value) => {
    element.value = value;
    element.dispatchEvent(new Event("input", { bubbles: true }));
    element.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const moveRange = (element) => {
    const [low, high] = [Number(element.min), Number(element.max)];
    const step = element.step && element.step !== "any" ? Number(element.step) : (high - low) / 100;
    const at = low + step * Math.round((0.37 * (high - low)) / step);
    set(element, String(Math.abs(at - Number(element.value)) < step / 2 ? at + step : at));
  };
  const change = (index) => {
    const element = all()[index];
    const before = valueOf(element);
    if (element.matches("[type=range]")) moveRange(element);
    else if (element.matches("[type=number]")) set(element, String(Number(element.value) + 1));
    else if (element.matches("select")) {
      set(element, element.options[(element.selectedIndex + 1) % element.options.length].value);
    } else if (element.matches("[role=slider]")) {
      element.focus();
      for (const key of ["ArrowRight", "ArrowRight", "ArrowUp"])
        element.dispatchEvent(
          new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
        );
    } else if (element.matches("[type=radio], [role=radio]") && before === "true") return true;
    else element.click();
    return valueOf(element) !== before;
  };
  const read = () => all().map((element) => [nameOf(element), valueOf(element)]);
  window.controls = { read, change, count: () => all().length };
})();
