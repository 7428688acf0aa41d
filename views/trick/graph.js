import { addingUp, format } from "../kit/numbers.js";

// The computation graph of one image's loss: forward in ink, backward in the colour of what the
// gradient belongs to, each with its number. Every box is [centre x, centre y, width, height].
// "share" is what of the KL's gradient q gets; klIn and lossKl are where edges meet the KL and the loss.
// "lanes" are where an edge runs straight up or down, at this x, and not from centre to centre.
const WIDE = {
  size: [1060, 210],
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
  lanes: { "epsilon z": 636 },
  says: {
    x: [44, 160, "middle"],
    picture: [894, 160, "middle"],
    byMu: [485, 24, "middle"],
    bySigma: [485, 136, "middle"],
    byZ: [772, 148, "middle"],
    byKl: [304, 176, "middle"],
    loss: [50, 70, 106, 187],
  },
};
const NARROW = {
  size: [366, 632],
  narrow: true,
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
  lanes: { "mu z": 18, "sigma z": 198, "epsilon z": 85, "z decoder": 204 },
  says: {
    x: [4, 104, "start"],
    picture: [112, 504, "start"],
    byMu: [34, 272, "start"],
    bySigma: [214, 272, "start"],
    byZ: [222, 390, "start"],
    byKl: [34, 220, "start"],
    byKlSigma: [214, 220, "start"],
    loss: [550, 570, 590, 612],
  },
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
const CUT = new Set(["z mu", "z sigma"]);

const pair = (values, digits) => `(${values.map((v) => format(v, digits)).join(", ")})`;
// How many digits after the point a gradient gets, and its parts so that they add up.
const fine = (values) =>
  Math.max(0, 2 - Math.max(0, Math.floor(Math.log10(Math.max(1, ...values.map(Math.abs)))) - 1));
const ledger = ({ byZ, through, byKl, total }) => {
  const digits = fine([...byZ, ...total.flat(), ...byKl.flat()]);
  const parts = total.map((_, row) =>
    total[row].map((_, i) => addingUp([through ? through[row][i] : 0, byKl[row][i]], digits).parts),
  );
  const take = (which) => parts.map((row) => row.map((each) => each[which]));
  const sums = parts.map((row) => row.map(([a, b]) => a + b));
  return {
    digits,
    byZ: through ? take(0)[0] : byZ,
    through: through && take(0),
    byKl: take(1),
    total: sums,
  };
};

export const computationGraph = (svg) => {
  let layout = WIDE;
  // The place where the line from a box's centre towards another's leaves it.
  const border = ([x, y, width, height], [u, v], gap) => {
    const [dx, dy] = [u - x, v - y],
      share = Math.min(
        dx ? (width / 2 + gap) / Math.abs(dx) : Infinity,
        dy ? (height / 2 + gap) / Math.abs(dy) : Infinity,
      );
    return [x + dx * share, y + dy * share];
  };
  const arrow = (from, to, aside, names, cut = false) => {
    const lane = layout.lanes[`${from} ${to}`] ?? layout.lanes[`${to} ${from}`];
    const [a, b] = [from, to].map((name) => layout[name].with(0, lane ?? layout[name][0]));
    const [x0, y0] = border(a, b, 1),
      [x1, y1] = border(b, a, 2);
    const length = Math.hypot(x1 - x0, y1 - y0),
      [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
    // Forward and backward side by side: each keeps to the right of its way.
    const [px, py] = [-uy * aside, ux * aside],
      head = names.startsWith("forward") ? 6 : 9;
    const at = (along, side) =>
      `${(x0 + along * ux + px - side * uy).toFixed(1)} ${(y0 + along * uy + py + side * ux).toFixed(1)}`;
    const line = `<path class="${names}" d="M${at(0, 0)}L${at(length - head, 0)}"/>`;
    if (!cut)
      return `${line}<path class="head ${names}" d="M${at(length, 0)}L${at(length - head, head / 2)}L${at(length - head, -head / 2)}Z"/>`;
    const middle = length / 2,
      arm = 6;
    return `${line}<path class="cross" d="M${at(middle - arm, -arm)}L${at(middle + arm, arm)}M${at(middle - arm, arm)}L${at(middle + arm, -arm)}"/>`;
  };
  const box = (name, lines, names = name) => {
    const [x, y, width, height] = layout[name],
      first = y - (lines.length - 1) * 10 + 5;
    return (
      `<rect class="box ${names}" x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="7"/>` +
      lines
        .map(
          (line, i) => `<text x="${x}" y="${first + 20 * i}" text-anchor="middle">${line}</text>`,
        )
        .join("")
    );
  };
  const say = (place, lines, names) => {
    const [x, y, anchor] = layout.says[place];
    return lines
      .map(
        (line, i) =>
          `<text class="${names}" x="${x}" y="${y + 18 * i}" text-anchor="${anchor}">${line}</text>`,
      )
      .join("");
  };
  const image = (name, href) => {
    const [x, y, width, height] = layout[name];
    return `<image class="${name}" href="${href}" x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}"/>`;
  };

  // shown: {mu, sigma, epsilon, z, trick, found: the server's answer or null, x, picture: addresses}
  const draw = ({ mu, sigma, epsilon, z, trick, found, x, picture }) => {
    layout = svg.parentElement.clientWidth < 820 ? NARROW : WIDE;
    svg.style.maxWidth = layout.narrow ? "480px" : "";
    svg.setAttribute("viewBox", `0 0 ${layout.size.join(" ")}`);
    const cut = ([from, to]) => !trick && CUT.has(`${from} ${to}`);
    const forward = FORWARD.filter(([from]) => trick || from !== "epsilon")
      .map(([from, to]) => arrow(from, to, 4, `forward${!trick && to === "z" ? " sampled" : ""}`))
      .join("");
    const backward = found
      ? BACKWARD.map((edge) =>
          arrow(edge[0], edge[1], 4, cut(edge) ? "backward cut" : `backward ${edge[2]}`, cut(edge)),
        ).join("")
      : "";
    const own = found && ledger(found),
      write = (values) => pair(values, own.digits);
    const total = (i) => (own ? write(own.total[i]) : "…");
    const parameter = (name, letter, values, row) =>
      box(
        name,
        [
          `${letter} = ${pair(values, 3)}`,
          ...(layout.narrow
            ? [`∂L/∂${letter} =`, total(row)]
            : [`∂L/∂${letter} = ${total(row)}`]
          ).map((text) => `<tspan class="strong">${text}</tspan>`),
        ].map((line) => `<tspan class="${name}">${line}</tspan>`),
      );
    const [f, kl] = found ? addingUp([found.reconstruction, found.kl], 1).parts : [];
    const losses = found
      ? [
          "L = f + KL",
          `<tspan class="strong">= ${format(f + kl, 1)}</tspan>`,
          `f = ${format(f, 1)}`,
          `KL = ${format(kl, 1)}`,
        ]
      : ["L = f + KL"];
    const labels = !own
      ? ""
      : say("byZ", ["∂f/∂z =", write(own.byZ)], "z") +
        (own.through
          ? say("byMu", ["∂f/∂z · 1 =", write(own.through[0])], "mu") +
            say("bySigma", ["∂f/∂z · ε =", write(own.through[1])], "sigma")
          : say("byMu", ["no path to μ"], "lost") + say("bySigma", ["no path to σ"], "lost")) +
        (layout.narrow
          ? say("byKl", ["∂KL/∂μ =", write(own.byKl[0])], "mu") +
            say("byKlSigma", ["∂KL/∂σ =", write(own.byKl[1])], "sigma")
          : say(
              "byKl",
              [
                `<tspan class="mu">∂KL/∂μ = ${write(own.byKl[0])}</tspan>`,
                `<tspan class="sigma">∂KL/∂σ = ${write(own.byKl[1])}</tspan>`,
              ],
              "",
            ));
    svg.innerHTML = `${box("q", [])}${forward}${backward}
      ${x ? image("x", x) : ""}${say("x", ["binary x"], "")}
      ${box("encoder", ["encoder"])}
      ${parameter("mu", "μ", mu, 0)}${parameter("sigma", "σ", sigma, 1)}
      ${trick ? box("epsilon", [`<tspan class="epsilon">ε = ${pair(epsilon, 2)}</tspan>`]) : ""}
      ${box("z", [trick ? `z = μ + σ·<tspan class="epsilon">ε</tspan>` : "z ~ N(μ, σ²)", `= ${pair(z, 3)}`])}
      ${box("decoder", ["decoder"])}${picture ? image("picture", picture) : ""}${say("picture", ["mean of p(x|z)"], "")}
      ${box("loss", [])}${losses.map((line, i) => `<text x="${layout.loss[0]}" y="${layout.says.loss[i]}" text-anchor="middle">${line}</text>`).join("")}
      ${box("kl", [`KL(q ‖ N(0, I))${found ? ` = ${format(kl, 1)}` : ""}`])}${labels}`;
  };
  return { draw };
};
