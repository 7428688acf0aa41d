/** The computation graph of one image's loss as SVG: forward in ink, backward in the colour of what the gradient belongs to, each with its number. */
import { html } from "../kit/markup.js";
import { addingUp, format } from "../kit/numbers.js";

/** @typedef {import("../kit/markup.js").Value} Value */
/** @typedef {import("../kit/routes.js").Routes["trick/gradients"]["answer"]} Gradients */
/** @typedef {[number, number, number, number]} Box centre x, centre y, width, height */

/**
 * Where everything stands.
 * @typedef {object} Layout
 * @property {[number, number]} size
 * @property {boolean} narrow
 * @property {Record<string, Box>} boxes "share" is what of the KL's gradient q gets; klIn, lossKl and
 *   lossF are where edges meet the KL and the loss
 * @property {Record<string, number>} lanes edges that run straight up or down, at this x, and not from
 *   centre to centre
 * @property {Record<string, [number, number, "start" | "middle"]>} says where texts stand
 * @property {number[]} losses heights of the loss's lines
 */

/**
 * What is shown: `found` is the server's answer, or null until there is one; `x` and `picture` are
 * addresses of images.
 * @typedef {object} Shown
 * @property {number[]} mu
 * @property {number[]} sigma
 * @property {number[]} epsilon
 * @property {number[]} z
 * @property {boolean} reparameterized
 * @property {Gradients | null} found
 * @property {string | null} x
 * @property {string} picture
 */

const ENOUGH = 820; // units that the wide layout needs
const LINE = 18; // between lines of text beside the graph
const BOX_LINE = 20; // and within a box
const ASIDE = 4; // how far an edge keeps to the right of its way: forward and backward side by side

/** @type {Layout} */
const WIDE = {
  size: [1060, 210],
  narrow: false,
  boxes: {
    x: [44, 100, 80, 80],
    encoder: [144, 100, 76, 38],
    q: [304, 106, 220, 200],
    share: [304, 182, 220, 36],
    mu: [304, 46, 212, 58],
    sigma: [304, 116, 212, 58],
    epsilon: [648, 22, 164, 34],
    z: [636, 100, 160, 58],
    decoder: [792, 100, 76, 38],
    picture: [894, 100, 80, 80],
    loss: [1004, 114, 104, 184],
    lossKl: [1004, 182, 104, 30],
    lossF: [1004, 100, 104, 30],
    kl: [596, 182, 200, 38],
    klIn: [596, 182, 200, 38],
  },
  lanes: { "epsilon z": 636 },
  says: {
    x: [44, 160, "middle"],
    picture: [894, 160, "middle"],
    byMu: [485, 24, "middle"],
    bySigma: [485, 136, "middle"],
    byZ: [772, 148, "middle"],
    byKl: [304, 176, "middle"],
  },
  losses: [50, 70, 106, 187],
};
/** @type {Layout} */
const NARROW = {
  size: [366, 632],
  narrow: true,
  boxes: {
    x: [44, 46, 80, 80],
    encoder: [183, 46, 92, 38],
    q: [183, 186, 364, 130],
    share: [356, 234, 18, 34],
    mu: [93, 163, 174, 74],
    sigma: [273, 163, 174, 74],
    epsilon: [85, 394, 158, 34],
    z: [113, 330, 222, 52],
    decoder: [204, 462, 76, 38],
    picture: [62, 464, 80, 80],
    loss: [68, 578, 124, 100],
    lossKl: [68, 602, 124, 30],
    lossF: [62, 578, 60, 100],
    kl: [264, 602, 200, 38],
    klIn: [356, 602, 18, 38],
  },
  lanes: { "mu z": 18, "sigma z": 198, "epsilon z": 85, "z decoder": 204 },
  says: {
    x: [4, 104, "start"],
    picture: [112, 504, "start"],
    byMu: [34, 272, "start"],
    bySigma: [214, 272, "start"],
    byZ: [222, 390, "start"],
    byKl: [34, 220, "start"],
    byKlSigma: [214, 220, "start"],
  },
  losses: [550, 570, 590, 612],
};
const FORWARD = [
  ["x", "encoder"],
  ["encoder", "mu"],
  ["encoder", "sigma"],
  ["mu", "z"],
  ["sigma", "z"],
  ["epsilon", "z"],
  ["z", "decoder"],
  ["decoder", "picture"],
  ["picture", "lossF"],
  ["share", "klIn"],
  ["kl", "lossKl"],
];
// From where the gradient comes, to where, and whose it is.
const BACKWARD = [
  ["lossF", "picture", "z"],
  ["picture", "decoder", "z"],
  ["decoder", "z", "z"],
  ["z", "mu", "mu"],
  ["z", "sigma", "sigma"],
  ["lossKl", "kl", "kl"],
  ["klIn", "share", "kl"],
  ["mu", "encoder", "mu"],
  ["sigma", "encoder", "sigma"],
];
const CUT = new Set(["z mu", "z sigma"]); // where no gradient passes without the trick

/** The layout for that much room. @param {number} width in CSS pixels */
export const layoutFor = (width) => (width < ENOUGH ? NARROW : WIDE);

const pair = (/** @type {number[]} */ values, /** @type {number} */ digits) =>
  `(${values.map((v) => format(v, digits)).join(", ")})`;

/** How many digits after the point gradients get: fewer where one is large. @param {number[]} values */
const digitsOf = (values) => {
  const largest = Math.max(1, ...values.map(Math.abs));
  return Math.max(0, 2 - Math.max(0, Math.floor(Math.log10(largest)) - 1));
};

/**
 * Gradients as they are written, so that the parts add up to the totals.
 * @param {Gradients} found
 */
export const roundedGradients = ({ by_z, through, by_kl, total }) => {
  const digits = digitsOf([...by_z, ...total.flat(), ...by_kl.flat()]);
  const parts = total.map((row, r) =>
    row.map((_, i) => addingUp([through ? through[r][i] : 0, by_kl[r][i]], digits).parts),
  );
  const take = (/** @type {number} */ which) => parts.map((row) => row.map((each) => each[which]));
  return {
    digits,
    byZ: through ? take(0)[0] : by_z,
    through: through && take(0),
    byKl: take(1),
    total: parts.map((row) => row.map(([a, b]) => a + b)),
  };
};

/** Where the line from a box's centre towards another's leaves it. @param {Box} box @param {Box} other @param {number} gap */
const border = ([x, y, width, height], [u, v], gap) => {
  const [dx, dy] = [u - x, v - y];
  const share = Math.min(
    dx ? (width / 2 + gap) / Math.abs(dx) : Infinity,
    dy ? (height / 2 + gap) / Math.abs(dy) : Infinity,
  );
  return [x + dx * share, y + dy * share];
};

/**
 * An edge: an arrow, or where it is cut a line with a cross.
 * @param {Layout} layout
 * @param {string} from
 * @param {string} to
 * @param {string} names classes
 * @param {boolean} [cut]
 */
const edge = ({ boxes, lanes }, from, to, names, cut = false) => {
  const lane = lanes[`${from} ${to}`] ?? lanes[`${to} ${from}`];
  const [a, b] = [from, to].map((name) => {
    const [x, ...rest] = boxes[name];
    return /** @type {Box} */ ([lane ?? x, ...rest]);
  });
  const [[x0, y0], [x1, y1]] = [border(a, b, 1), border(b, a, 2)];
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const [px, py] = [-uy * ASIDE, ux * ASIDE];
  const head = names.startsWith("forward") ? 6 : 9;
  const at = (/** @type {number} */ along, /** @type {number} */ side) =>
    `${(x0 + along * ux + px - side * uy).toFixed(1)} ${(y0 + along * uy + py + side * ux).toFixed(1)}`;
  const line = html`<path class="${names}" d="M${at(0, 0)}L${at(length - head, 0)}"/>`;
  if (!cut)
    return html`${line}<path class="head ${names}" d="M${at(length, 0)}L${at(length - head, head / 2)}L${at(length - head, -head / 2)}Z"/>`;
  const middle = length / 2;
  const arm = 6;
  return html`${line}<path class="cross" d="M${at(middle - arm, -arm)}L${at(middle + arm, arm)}M${at(middle - arm, arm)}L${at(middle + arm, -arm)}"/>`;
};

/** @param {Layout} layout @param {Shown} shown */
const edges = (layout, { reparameterized, found }) => {
  const forward = FORWARD.filter(([from]) => reparameterized || from !== "epsilon").map(
    ([from, to]) =>
      edge(layout, from, to, `forward${!reparameterized && to === "z" ? " sampled" : ""}`),
  );
  const backward = BACKWARD.map(([from, to, whose]) => {
    const cut = !reparameterized && CUT.has(`${from} ${to}`);
    return edge(layout, from, to, `backward ${cut ? "cut" : whose}`, cut);
  });
  return [...forward, ...(found ? backward : [])];
};

/** A box with lines of text in its middle. @param {Layout} layout @param {string} name @param {Value[]} lines */
const box = ({ boxes }, name, lines) => {
  const [x, y, width, height] = boxes[name];
  const first = y - (lines.length - 1) * 10 + 5;
  const texts = lines.map(
    (line, i) =>
      html`<text x="${x}" y="${first + BOX_LINE * i}" text-anchor="middle">${line}</text>`,
  );
  return html`<rect class="box ${name}" x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="7"/>${texts}`;
};

/** Text beside the graph. @param {Layout} layout @param {string} place @param {Value[]} lines @param {string} [names] classes */
const say = ({ says }, place, lines, names = "") => {
  const [x, y, anchor] = says[place];
  return lines.map(
    (line, i) =>
      html`<text class="${names}" x="${x}" y="${y + LINE * i}" text-anchor="${anchor}">${line}</text>`,
  );
};

/** @param {Layout} layout @param {string} name @param {string} href */
const image = ({ boxes }, name, href) => {
  const [x, y, width, height] = boxes[name];
  // eslint-disable-next-line no-restricted-syntax -- an address that a canvas gave
  return html`<image class="${name}" href="${href}" x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}"/>`;
};

/**
 * mu's or sigma's box: its value and the gradient of the loss in it.
 * @param {Layout} layout
 * @param {"mu" | "sigma"} name
 * @param {number[]} values
 * @param {string} total
 */
const parameter = (layout, name, values, total) => {
  const letter = name === "mu" ? "μ" : "σ";
  const gradient = layout.narrow ? [`∂L/∂${letter} =`, total] : [`∂L/∂${letter} = ${total}`];
  const lines = [
    `${letter} = ${pair(values, 3)}`,
    ...gradient.map((text) => html`<tspan class="strong">${text}</tspan>`),
  ];
  return box(
    layout,
    name,
    lines.map((line) => html`<tspan class="${name}">${line}</tspan>`),
  );
};

/** @param {Layout} layout @param {ReturnType<typeof roundedGradients>} own */
const gradientLabels = (layout, { digits, byZ, through, byKl }) => {
  const write = (/** @type {number[]} */ values) => pair(values, digits);
  const reached = through
    ? [
        say(layout, "byMu", ["∂f/∂z · 1 =", write(through[0])], "mu"),
        say(layout, "bySigma", ["∂f/∂z · ε =", write(through[1])], "sigma"),
      ]
    : [
        say(layout, "byMu", ["no path to μ"], "lost"),
        say(layout, "bySigma", ["no path to σ"], "lost"),
      ];
  const ofKl = layout.narrow
    ? [
        say(layout, "byKl", ["∂KL/∂μ =", write(byKl[0])], "mu"),
        say(layout, "byKlSigma", ["∂KL/∂σ =", write(byKl[1])], "sigma"),
      ]
    : say(layout, "byKl", [
        html`<tspan class="mu">∂KL/∂μ = ${write(byKl[0])}</tspan>`,
        html`<tspan class="sigma">∂KL/∂σ = ${write(byKl[1])}</tspan>`,
      ]);
  return [say(layout, "byZ", ["∂f/∂z =", write(byZ)], "z"), reached, ofKl];
};

/** The loss and its two parts, which add up, and the KL's box. @param {Layout} layout @param {Gradients | null} found */
const losses = (layout, found) => {
  const lines = /** @type {Value[]} */ (["L = f + KL"]);
  let kl = "";
  if (found) {
    const { parts, sum } = addingUp([found.reconstruction, found.kl], 1);
    kl = format(parts[1], 1);
    lines.push(html`<tspan class="strong">= ${format(sum, 1)}</tspan>`);
    lines.push(`f = ${format(parts[0], 1)}`, `KL = ${kl}`);
  }
  const [x] = layout.boxes.loss;
  const texts = lines.map(
    (line, i) => html`<text x="${x}" y="${layout.losses[i]}" text-anchor="middle">${line}</text>`,
  );
  return html`${box(layout, "loss", [])}${texts}${box(layout, "kl", [`KL(q ‖ N(0, I))${kl && ` = ${kl}`}`])}`;
};

/**
 * The graph.
 * @param {Layout} layout
 * @param {Shown} shown
 */
export const computationGraph = (layout, shown) => {
  const { mu, sigma, epsilon, z, reparameterized, found, x, picture } = shown;
  const own = found && roundedGradients(found);
  const total = (/** @type {number} */ row) => (own ? pair(own.total[row], own.digits) : "…");
  const noise = html`<tspan class="epsilon">ε</tspan>`;
  const origin = reparameterized ? html`z = μ + σ·${noise}` : "z ~ N(μ, σ²)";
  return html`${box(layout, "q", [])}${edges(layout, shown)}
    ${x ? image(layout, "x", x) : ""}${say(layout, "x", ["binary x"])}
    ${box(layout, "encoder", ["encoder"])}
    ${parameter(layout, "mu", mu, total(0))}${parameter(layout, "sigma", sigma, total(1))}
    ${reparameterized ? box(layout, "epsilon", [html`<tspan class="epsilon">ε = ${pair(epsilon, 2)}</tspan>`]) : ""}
    ${box(layout, "z", [origin, `= ${pair(z, 3)}`])}
    ${box(layout, "decoder", ["decoder"])}${image(layout, "picture", picture)}${say(layout, "picture", ["mean of p(x|z)"])}
    ${losses(layout, found)}${own ? gradientLabels(layout, own) : ""}`;
};
