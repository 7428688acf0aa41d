/** What can be pointed at: every layer is a button over its numbers, by mouse, finger and keys. */
import { numberUnder } from "./layout.js";

/** @typedef {import("./layout.js").Block} Block */
/** @typedef {import("./network.js").Stage} Stage */
/** @typedef {{ half: "encoder" | "decoder", stage: number, unit: number }} Pointed */

const LEAST = 24; // CSS pixels: the least side of what is touched

/** @param {number[]} shape */
export const countOf = (shape) => shape.reduce((a, b) => a * b);

/** A layer's numbers in words. @param {number[]} shape */
export const sizeInWords = (shape) =>
  shape.length === 1
    ? `${countOf(shape).toLocaleString("en")} numbers`
    : `${shape[0]} maps of ${shape[2]} × ${shape[1]} numbers`;

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} mark outlines the number that is pointed at
 * @param {(pointed: Pointed | null, spoken: boolean) => void} show null: nothing is pointed at any
 *   more; spoken: by keys
 */
export const createLayers = (root, mark, show) => {
  let pinned = /** @type {HTMLButtonElement | null} */ (null);

  const outline = (/** @type {Block} */ block, /** @type {number} */ unit) => {
    const [column, row] = block.grid.at(unit);
    const side = Math.max(block.cell, 4);
    Object.assign(mark.style, {
      left: `${block.x + column * block.cell}px`,
      top: `${block.y + row * block.cell}px`,
      width: `${side}px`,
      height: `${side}px`,
    });
    mark.hidden = false;
  };
  const leave = () => {
    if (pinned) return;
    mark.hidden = true;
    show(null, false);
  };
  const pin = (/** @type {HTMLButtonElement | null} */ button) => {
    pinned?.classList.remove("pinned");
    pinned = button;
    pinned?.classList.add("pinned");
  };

  const layer = (
    /** @type {Block} */ block,
    /** @type {"encoder" | "decoder"} */ half,
    /** @type {number} */ stage,
    /** @type {number[]} */ shape,
  ) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const [width, height] = [Math.max(LEAST, block.width), Math.max(LEAST, block.height)];
    const [x, y] = [block.x + (block.width - width) / 2, block.y + (block.height - height) / 2];
    Object.assign(button.style, {
      left: `${x}px`,
      top: `${y}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    button.setAttribute(
      "aria-label",
      `Layer ${stage + 1} of the ${half}, ${sizeInWords(shape)}; arrow keys choose one of them`,
    );
    let unit = 0;
    const point = (/** @type {number} */ next, spoken = false) => {
      unit = next;
      outline(block, unit);
      show({ half, stage, unit }, spoken);
    };
    const under = (/** @type {MouseEvent} */ event) => {
      const box = button.getBoundingClientRect();
      const at = numberUnder(block, event.clientX - box.left + x, event.clientY - box.top + y);
      return at < 0 ? unit : at;
    };
    button.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" && (!pinned || pinned === button)) point(under(event));
    });
    button.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") leave();
    });
    button.addEventListener("focus", () => {
      if (button.matches(":focus-visible")) point(unit, true);
    });
    button.addEventListener("blur", () => {
      pin(null);
      leave();
    });
    button.addEventListener("click", (event) => {
      const again = pinned === button && event.detail > 0 && under(event) === unit;
      pin(again ? null : button);
      if (again) leave();
      else point(event.detail > 0 ? under(event) : unit);
    });
    button.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        pin(null);
        return leave();
      }
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const count = countOf(shape);
      point((unit + step * (event.shiftKey ? 10 : 1) + count) % count, true);
    });
    return button;
  };

  return {
    /**
     * @param {Block[]} encoder
     * @param {Block[]} decoder
     * @param {{ encoder: Stage[], decoder: Stage[] }} machine
     */
    place: (encoder, decoder, machine) => {
      pin(null);
      mark.hidden = true;
      root.replaceChildren(
        ...encoder.map((block, i) => layer(block, "encoder", i, machine.encoder[i].shape)),
        ...decoder.map((block, i) => layer(block, "decoder", i, machine.decoder[i].shape)),
        mark,
      );
    },
  };
};
