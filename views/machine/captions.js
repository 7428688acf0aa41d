/** The parts' names above them, and what the picture is compared with below. */
import { createDoor } from "./doors.js";

/** @typedef {import("./layout.js").Box} Box */
/** @typedef {import("./layout.js").Flow} Flow */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./doors.js").Door} Door */

const span = (text = "") => Object.assign(document.createElement("span"), { textContent: text });

/** Where the middle of some boxes in a row is, along the flow. @param {Box[]} boxes @param {Flow} flow */
const middleOf = (boxes, flow) => {
  const [start, length] =
    flow === "across"
      ? /** @type {const} */ (["x", "width"])
      : /** @type {const} */ (["y", "height"]);
  const last = boxes[boxes.length - 1];
  return (boxes[0][start] + last[start] + last[length]) / 2;
};

/**
 * @param {HTMLElement} above holds the names
 * @param {HTMLElement} below holds what is said of the loss
 * @param {Door[]} doors the ways to the views that are about a part
 */
export const createCaptions = (above, below, doors) => {
  const nameOf = (/** @type {string} */ part, name = part) => {
    const door = doors.find((each) => each.part === part);
    return door ? createDoor(door, name) : span(name);
  };
  const names = {
    digit: span("your digit"),
    noise: nameOf("noise"),
    encoder: nameOf("encoder"),
    code: nameOf("code"),
    decoder: nameOf("decoder"),
    output: nameOf("output", "drawn again"),
  };
  const pull = span(); // what the KL is, where it pulls
  const cost = span();
  names.code.append(pull);
  above.append(...Object.values(names));
  below.append(nameOf("loss"), cost);

  return {
    /** @param {Layout} layout @param {Flow} flow */
    place: (layout, flow) => {
      const { input, gate, encoder, code, decoder, output } = layout;
      const boxes = {
        digit: [input],
        noise: gate ? [gate] : null,
        encoder,
        code: [code],
        decoder,
        output: [output],
      };
      for (const [part, own] of Object.entries(boxes)) {
        const name = names[/** @type {keyof typeof names} */ (part)];
        name.hidden = !own;
        if (own) name.style.setProperty("--at", `${middleOf(own, flow)}px`);
      }
      const [from, to] = [input, output].map(({ x, width }) => x + width / 2);
      below.style.setProperty("--from", `${from}px`);
      below.style.setProperty("--length", `${to - from}px`);
    },
    /** @param {string} ofCode @param {string} ofLoss */
    say: (ofCode, ofLoss) => {
      pull.textContent = ofCode;
      cost.textContent = ofLoss;
    },
  };
};
