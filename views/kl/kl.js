// Two Gaussians and KL between them, as explore/gaussians.py has it: float64, nats.
const LOW = -5,
  HIGH = 5; // what the plots show
const MOST_MU = 4,
  LEAST_SIGMA = 0.05,
  MOST_SIGMA = 3,
  STEP = 0.05;
const MOST_DRAWS = 10_000,
  POINTS = 801,
  WIDTHS = 10;
const PRESETS = {
  apart: { q: { mu: -1, sigma: 0.8 }, p: { mu: 0.5, sigma: 1.5 } },
  equal: { q: { mu: 0, sigma: 1 }, p: { mu: 0, sigma: 1 } },
  narrower: { q: { mu: 0, sigma: 0.5 }, p: { mu: 0, sigma: 1.5 } },
  wider: { q: { mu: 0, sigma: 1.5 }, p: { mu: 0, sigma: 0.5 } },
};
const state = { ...structuredClone(PRESETS.apart), count: 1000, seed: 0, preset: "apart" };

const klTerms = (q, p) => [
  Math.log(p.sigma / q.sigma),
  q.sigma ** 2 / (2 * p.sigma ** 2),
  (q.mu - p.mu) ** 2 / (2 * p.sigma ** 2),
  -0.5,
];
const logDensity = ({ mu, sigma }, z) =>
  -0.5 * ((z - mu) / sigma) ** 2 - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI);
const integrand = (q, p, z) => {
  const logQ = logDensity(q, z);
  return Math.exp(logQ) * (logQ - logDensity(p, z));
};
// The trapezoid rule over mu_q -+ 10 sigma_q; what lies above 0 and what below, apart.
const integrals = (q, p) => {
  const step = (2 * WIDTHS * q.sigma) / (POINTS - 1);
  let above = 0,
    below = 0;
  for (let i = 0; i < POINTS; i++) {
    const weight = i === 0 || i === POINTS - 1 ? step / 2 : step;
    const part = weight * integrand(q, p, q.mu + (i - (POINTS - 1) / 2) * step);
    if (part > 0) above += part;
    else below += part;
  }
  return { above, below, both: above + below };
};
// The mean of log q(z) - log p(z) over draws z = mu + sigma epsilon, and its standard error.
const monteCarlo = (q, p, epsilon) => {
  let mean = 0,
    squares = 0;
  epsilon.forEach((e, i) => {
    const z = q.mu + q.sigma * e,
      ratio = logDensity(q, z) - logDensity(p, z),
      from = ratio - mean;
    mean += from / (i + 1);
    squares += from * (ratio - mean);
  });
  return { mean, error: Math.sqrt(squares / (epsilon.length - 1) / epsilon.length) };
};
// What one draw scatters by: log q - log p is a e^2 + b e + c in the standard normal e.
const scatter = (q, p) =>
  Math.sqrt(
    ((q.sigma / p.sigma) ** 2 - 1) ** 2 / 2 + ((q.sigma * (q.mu - p.mu)) / p.sigma ** 2) ** 2,
  );

const digitsFor = (size) => (size < 100 ? 4 : size < 10_000 ? 2 : 0);
const short = (v) => written(v, Math.abs(v) < 0.1 && v !== 0 ? 3 : 2);

// The plots. Coordinates are CSS pixels, so that text keeps its size.
const svg = element.querySelector(".densities");
const SVG = "http://www.w3.org/2000/svg";
const FLOOR = 170;
let width = 1000;
// Below the legend, where there is no room beside it.
const ceiling = () => (width >= 600 ? 30 : state.preset === "digit" ? 98 : 76);
const across = (z, room = width) => ((z - LOW) / (HIGH - LOW)) * room;
// z where a curve has to be looked at: evenly, and densely about a narrow peak.
const places = (...gaussians) => {
  const even = Array.from({ length: 241 }, (_, i) => LOW + ((HIGH - LOW) * i) / 240);
  const dense = gaussians.flatMap(({ mu, sigma }) =>
    Array.from({ length: 121 }, (_, i) => mu + (sigma * (i - 60)) / 12),
  );
  return [...even, ...dense].filter((z) => z >= LOW && z <= HIGH).sort((a, b) => a - b);
};
const pathOf = (zs, height, room = width) =>
  zs
    .map((z, i) => `${i ? "L" : "M"}${across(z, room).toFixed(2)} ${height(z).toFixed(2)}`)
    .join("");
const ticksAt = (y, room, labels) =>
  Array.from({ length: HIGH - LOW - 1 }, (_, i) => LOW + 1 + i)
    .map(
      (z) =>
        `<path class="axis" d="M${across(z, room)} ${y}v5"/>${labels ? `<text x="${across(z, room)}" y="${y + 19}" text-anchor="middle">${written(z, 0)}</text>` : ""}`,
    )
    .join("");

svg.innerHTML = `<g class="drawn"></g>`;
const drawn = svg.firstChild;
const HANDLES = [
  ["p", "mu"],
  ["p", "sigma"],
  ["q", "mu"],
  ["q", "sigma"],
].map(([who, what]) => {
  const root = document.createElementNS(SVG, "g");
  root.setAttribute("class", `handle ${who}`);
  const limits = what === "mu" ? [-MOST_MU, MOST_MU] : [LEAST_SIGMA, MOST_SIGMA];
  Object.entries({
    tabindex: 0,
    role: "slider",
    "aria-label": `${what} of ${who}`,
    "aria-valuemin": limits[0],
    "aria-valuemax": limits[1],
  }).forEach(([name, value]) => root.setAttribute(name, value));
  root.innerHTML = `<circle class="reach" r="20"/><circle class="ring" r="${what === "mu" ? 9 : 7}"/>
    <text class="${what}" ${what === "mu" ? 'y="-14"' : `x="${who === "q" ? 18 : -18}" y="2"`}>${what === "mu" ? "μ" : "σ"}</text>`;
  svg.append(root);
  return { root, who, what, limits };
});

const drawDensities = () => {
  const { q, p } = state,
    peak = (g) => 1 / (g.sigma * Math.sqrt(2 * Math.PI));
  const most = Math.max(peak(q), peak(p));
  const up = (g) => (z) => FLOOR - (Math.exp(logDensity(g, z)) / most) * (FLOOR - ceiling());
  const zs = places(q, p);
  const curve = (name) => {
    const line = pathOf(zs, up(state[name]));
    return `<path class="under ${name}" d="${line}V${FLOOR}H0Z"/><path class="${name}" d="${line}"/>`;
  };
  const said = ({ mu, sigma }) => `(μ = ${short(mu)}, σ = ${short(sigma)})`;
  drawn.innerHTML = `<path class="axis" d="M0 ${FLOOR}H${width}"/>${ticksAt(FLOOR, width, true)}
    <text x="${width - 12}" y="${FLOOR - 6}" text-anchor="end">z</text>${curve("p")}${curve("q")}
    <text class="q" x="14" y="24"><tspan font-weight="700">q</tspan> ${said(q)}</text>
    <text class="p" x="14" y="46"><tspan font-weight="700">p</tspan> ${said(p)}</text>
    ${state.preset === "digit" ? `<text x="14" y="68">q(z₁|x) of ${props.model} for your digit, p = N(0, 1)</text>` : ""}`;
  for (const { root, who, what } of HANDLES) {
    const g = state[who];
    // p's width is held at its left, so that of two equal curves both can be taken.
    const z = what === "mu" ? g.mu : g.mu + (who === "q" ? g.sigma : -g.sigma);
    root.setAttribute(
      "transform",
      `translate(${across(Math.min(Math.max(z, LOW), HIGH))} ${up(g)(z)})`,
    );
    root.setAttribute("aria-valuenow", g[what]);
    root.setAttribute("aria-valuetext", `${what} of ${who} is ${short(g[what])}`);
  }
};

// One direction: its integrand, the closed form with its numbers, and two checks.
const DIRECTIONS = [
  ["q", "p"],
  ["p", "q"],
].map(([a, b]) => {
  const root = document.createElement("section");
  root.className = "direction";
  root.dataset.direction = a + b;
  root.innerHTML = `<h3><span>KL(${a} ‖ ${b}) = <output></output> nats</span><small></small></h3>
    <svg class="integrand" role="img"></svg><table class="terms"><tbody></tbody></table>
    <svg class="estimates" role="img"></svg><p class="checks"></p>`;
  element.querySelector(".directions").append(root);
  return { root, a, b, find: (selector) => root.querySelector(selector) };
});
const INTEGRAND = 104,
  ESTIMATES = 62;

const drawIntegrand = ({ find, a, b }, room, { above, below }, digits) => {
  const from = state[a],
    to = state[b],
    zs = places(from, to),
    values = zs.map((z) => integrand(from, to, z));
  const high = Math.max(...values, 1e-12),
    low = Math.min(...values, 0),
    scale = (INTEGRAND - 22) / (high - low);
  const zero = 11 + high * scale;
  const side = (keep) =>
    `${pathOf(zs, (z) => zero - keep(integrand(from, to, z)) * scale, room)}L${room} ${zero}L0 ${zero}Z`;
  find(".integrand").innerHTML = `<path class="above" d="${side((v) => Math.max(v, 0))}"/>
    <path class="below" d="${side((v) => Math.min(v, 0))}"/><path class="axis" d="M0 ${zero}H${room}"/>${ticksAt(zero, room, false)}
    <text x="10" y="20">${a}(z) log(${a}(z)/${b}(z))</text>`;
  const [gold, blue] = addingUp([above, below], digits).parts.map((v) =>
    written(Math.abs(v), digits),
  );
  find("small").innerHTML = `= areas <b class="above">${gold}</b> − <b class="below">${blue}</b>`;
  find(".integrand").setAttribute(
    "aria-label",
    `The integrand: area above zero ${gold}, below zero ${blue}`,
  );
};

const symbol = (letter, who) =>
  `<span class="${letter === "μ" ? "mu" : "sigma"}">${letter}</span><sub class="${who}">${who}</sub>`;
const formulas = ({ a, b }) => {
  const [ma, sa, mb, sb] = [symbol("μ", a), symbol("σ", a), symbol("μ", b), symbol("σ", b)];
  return [`log(${sb}/${sa})`, `${sa}²/(2${sb}²)`, `(${ma}−${mb})²/(2${sb}²)`, "−½"];
};
const substituted = (a, b) => [
  `log(${short(b.sigma)}/${short(a.sigma)})`,
  `${short(a.sigma)}²/(2·${short(b.sigma)}²)`,
  `(${short(a.mu - b.mu)})²/(2·${short(b.sigma)}²)`,
  "",
];
const drawTerms = (direction) => {
  const { find, a, b } = direction,
    terms = klTerms(state[a], state[b]);
  const total = Math.max(
    0,
    terms.reduce((sum, term) => sum + term),
  );
  const digits = digitsFor(Math.max(...terms.map(Math.abs)));
  const rounded = addingUp(terms, digits).parts,
    sum = written(total, digits);
  const low = Math.min(0, ...terms),
    high = Math.max(...terms, total),
    share = (v) => (100 * (v - low)) / (high - low);
  const bar = (v) =>
    `<div style="--zero: ${share(0)}%"><i class="${v < 0 ? "minus" : ""}" style="left: ${share(Math.min(v, 0))}%; width: ${share(Math.abs(v) + low)}%"></i></div>`;
  const numbers = substituted(state[a], state[b]);
  find(".terms tbody").innerHTML =
    formulas(direction)
      .map(
        (formula, i) =>
          `<tr><th scope="row">${formula}</th><td>${numbers[i]}</td><td class="sized">${bar(terms[i])}</td><td class="value">${signed(rounded[i], digits)}</td></tr>`,
      )
      .join("") +
    `<tr class="total"><th scope="row">sum</th><td></td><td class="sized">${bar(total)}</td><td class="value">${sum}</td></tr>`;
  find("output").textContent = sum;
  return { total, digits };
};

const drawEstimates = ({ find, a, b }, room, { total, digits }, integral) => {
  const { mean, error } = monteCarlo(state[a], state[b], epsilons());
  // Four standard errors to each side: the ends close in as the draws grow in number.
  const half = (4 * scatter(state[a], state[b])) / Math.sqrt(state.count) || 1;
  const end = (v) => written(v, clamp(Math.ceil(1 - Math.log10(half)), 0, 4));
  const x = (v) => clamp(room / 2 + ((v - total) / half) * (room / 2 - 12), 4, room - 4);
  const [left, right] = [x(mean - error), x(mean + error)],
    line = 42;
  find(".estimates").innerHTML = `<path class="axis" d="M4 ${line}H${room - 4}"/>
    <path class="exact" d="M${x(total)} 18V${ESTIMATES - 4}"/><text class="exact" x="${x(total)}" y="13" text-anchor="middle">exact</text>
    <path class="tick" d="M${x(integral)} ${line + 6}l-6 11h12Z"/>
    <text x="4" y="13">${end(total - half)}</text><text x="${room - 4}" y="13" text-anchor="end">${end(total + half)}</text>
    <path class="bar-of-error" d="M${left} ${line}H${right}M${left} ${line - 6}v12M${right} ${line - 6}v12"/><circle cx="${x(mean)}" cy="${line}" r="4.5"/>`;
  const said = `● ${state.count.toLocaleString("en")} draws: ${written(mean, digits)} ± ${written(error, digits)}`;
  find(".checks").textContent = `${said} · ▲ integral: ${written(integral, digits)}`;
  find(".estimates").setAttribute("aria-label", `Exact ${written(total, digits)}; ${said}`);
  Object.assign(find(".checks").dataset, { mean, error, integral, exact: total });
};

// The draws do not change with mu and sigma: z = mu + sigma epsilon moves with them.
let drawnFor = null,
  normals = null;
const epsilons = () => {
  if (drawnFor !== state.seed) {
    normals = standardNormals(state.seed, MOST_DRAWS);
    drawnFor = state.seed;
  }
  return normals.subarray(0, state.count);
};

const draw = () => {
  drawDensities();
  for (const direction of DIRECTIONS) {
    const room = direction.find(".integrand").clientWidth || 500;
    const areas = integrals(state[direction.a], state[direction.b]);
    const sum = drawTerms(direction);
    drawIntegrand(direction, room, areas, sum.digits);
    drawEstimates(direction, room, sum, areas.both);
  }
  for (const button of element.querySelectorAll("[data-preset]"))
    button.setAttribute("aria-pressed", button.dataset.preset === state.preset);
};
let waiting = 0;
const refresh = () => {
  waiting ||= requestAnimationFrame(() => {
    waiting = 0;
    draw();
  });
};
// A link holds mu and sigma of q, then of p.
const numbersOf = ({ q, p }) => writeNumbers([q.mu, q.sigma, p.mu, p.sigma]);
const changed = () => {
  const numbers = numbersOf(state);
  remember({ kl: numbers === numbersOf(PRESETS.apart) ? "" : numbers });
  refresh();
};
const readPair = (text) => {
  const [muQ, sigmaQ, muP, sigmaP] = readNumbers(text, 4, HIGH) ?? [];
  const widths = [sigmaQ, sigmaP].every((sigma) => sigma >= 0.001 && sigma <= MOST_SIGMA);
  return widths
    ? { q: { mu: muQ, sigma: sigmaQ }, p: { mu: muP, sigma: sigmaP }, preset: "" }
    : undefined;
};
Object.assign(state, linked("kl", readPair));
const fit = () => {
  if (!svg.clientWidth) return; // the view is closed
  width = svg.clientWidth;
  refresh();
};
new ResizeObserver(fit).observe(svg);

// Hands: a handle goes where the finger is, in steps of 0.05; arrow keys move it by one.
const put = ({ who, what, limits }, value) => {
  state.preset = "";
  say("");
  state[who][what] = Math.min(Math.max(Math.round(value / STEP) * STEP, limits[0]), limits[1]);
  changed();
};
const zUnder = ({ clientX }) =>
  LOW + ((clientX - svg.getBoundingClientRect().left) / width) * (HIGH - LOW);
const drag = (handle, event) => {
  const z = zUnder(event),
    { mu } = state[handle.who];
  put(handle, handle.what === "mu" ? z : handle.who === "q" ? z - mu : mu - z);
};
for (const handle of HANDLES) {
  const { root, who, what, limits } = handle;
  root.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    event.preventDefault();
    root.focus({ focusVisible: false });
    root.setPointerCapture(event.pointerId);
  });
  root.addEventListener("pointermove", (event) => {
    if (root.hasPointerCapture(event.pointerId)) drag(handle, event);
  });
  root.addEventListener("keydown", (event) => {
    const steps = {
      ArrowRight: 1,
      ArrowUp: 1,
      ArrowLeft: -1,
      ArrowDown: -1,
      PageUp: 10,
      PageDown: -10,
    }[event.key];
    const to =
      { Home: limits[0], End: limits[1] }[event.key] ?? (steps && state[who][what] + steps * STEP);
    if (to === undefined) return;
    event.preventDefault();
    put(handle, to);
  });
}

const say = (text) => {
  element.querySelector(".said").textContent = text;
};
const show = (name, pair) => {
  Object.assign(state, structuredClone(pair), { preset: name });
  say("");
  changed();
};
const askPosterior = latestOnly(
  (pixels) => server.encode_first({ pixels: textOf(pixels) }),
  (q) => {
    if (state.preset === "digit") show("digit", { q, p: { mu: 0, sigma: 1 } });
  },
  say,
);
const followDigit = () => {
  const digit = window.latentLabDigit;
  if (state.preset === "digit" && digit && svg.clientWidth) askPosterior(digit.pixels);
};
document.addEventListener("latent-lab:digit", followDigit);
document.addEventListener("latent-lab:view", ({ detail }) => {
  if (detail === "KL") requestAnimationFrame(followDigit);
});
element.addEventListener("click", ({ target }) => {
  const { preset } = target.dataset;
  if (preset === "digit") {
    state.preset = preset;
    followDigit();
  } else if (preset) show(preset, PRESETS[preset]);
  if (target.dataset.do === "swap") {
    const { q, p } = state;
    show("", { q: { ...q, sigma: p.sigma }, p: { ...p, sigma: q.sigma } });
  }
  if (target.dataset.do === "again") {
    state.seed += 1;
    refresh();
  }
});
element.querySelector("select").addEventListener("change", ({ target }) => {
  state.count = Number(target.value);
  refresh();
});
refresh();
