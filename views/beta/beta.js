// One network for each beta. `frame` is what the map shows and where the dot is: a network's own, or
// for a moment on the way from one network's to the next.
const DRAWS = 20,
  GLIDE = 550,
  SWEEP = 1700,
  MOST_SEED = 2 ** 31;
const COLLAPSED = 0.05; // nats: a code of less, or a number of it, says nothing
const { stops, lead } = props;
const points = stops.map(({ metrics }) => ({
  rate: metrics.kl.value,
  distortion: metrics.reconstruction.value,
}));
const elboOf = ({ rate, distortion }) => -(rate + distortion);
const start = stops.reduce(
  (best, { beta }, i) => (Math.abs(beta - 1) < Math.abs(stops[best].beta - 1) ? i : best),
  0,
);
const state = { at: start, seed: 0, open: false, loaded: false, places: null, hovered: null };
const decoders = stops.map(({ decoder }) => part(decoder));
const complain = (text) => {
  find(".said").textContent = text;
};
const short = (v) => String(v).replace("-", "−");

// Axes are named so that neighbours agree; the networks are asked with the names they learned.
const toShown = ({ axes }, z) => axes.map(([axis, sign]) => sign * z[axis]);
const spreadShown = ({ axes }, std) => axes.map(([axis]) => std[axis]);
const toModel = ({ axes }, shown) => {
  const z = [0, 0];
  axes.forEach(([axis, sign], i) => {
    z[axis] = sign * shown[i];
  });
  return z;
};

// The map.
let codes = [],
  plot = null,
  frame = null;
const landing = (i) => {
  const place = state.places?.[i];
  return place ? { z: toShown(stops[i], place.z), std: spreadShown(stops[i], place.std) } : null;
};
const frameOf = (i) => ({
  codes: codes[i],
  centre: stops[i].centre,
  half: stops[i].half,
  landing: landing(i),
  ...points[i],
});
const between = (a, b, t) => a + (b - a) * t;
const listBetween = (a, b, t) => a.map((v, i) => between(v, b[i], t));
const mixed = (a, b, t) => ({
  codes: listBetween(a.codes, b.codes, t),
  centre: listBetween(a.centre, b.centre, t),
  // Sizes change by factors.
  half: a.half ** (1 - t) * b.half ** t,
  rate: between(a.rate, b.rate, t),
  distortion: between(a.distortion, b.distortion, t),
  landing:
    a.landing && b.landing
      ? {
          z: listBetween(a.landing.z, b.landing.z, t),
          std: listBetween(a.landing.std, b.landing.std, t),
        }
      : b.landing,
});
const draws = () => {
  const next = uniforms(state.seed);
  return Array.from({ length: DRAWS }, () => normalPair(next));
};
const drawMapTop = () => {
  const z = state.hovered === null ? frame.landing?.z : draws()[state.hovered];
  plot.drawTop({ z, landing: frame.landing, pins: {}, paths: [], draws: draws() });
};
const drawFrame = () => {
  if (!frame || !plot) return;
  plot.become(frame);
  plot.drawGround({});
  drawMapTop();
  moveDot();
};
let gliding = 0;
const glide = () => {
  cancelAnimationFrame(gliding);
  const from = frame,
    to = frameOf(state.at),
    began = performance.now();
  const still = !from || matchMedia("(prefers-reduced-motion: reduce)").matches;
  const step = (now) => {
    const t = still ? 1 : clamp((now - began) / GLIDE, 0, 1);
    frame = t === 1 ? to : mixed(from, to, t * t * (3 - 2 * t));
    drawFrame();
    if (t < 1) gliding = requestAnimationFrame(step);
    else element.dataset.still = stops[state.at].name;
  };
  delete element.dataset.still;
  step(began);
};

// The pictures: draws from the prior, the same z for every beta, and the digit's reconstruction.
const tiles = Array.from({ length: DRAWS }, (_, i) => {
  const tile = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
  tile.setAttribute("role", "img");
  tile.setAttribute("aria-label", `Draw ${i + 1} from the prior, decoded`);
  return tile;
});
find(".draws").append(...tiles);
const screens = [...tiles, find(".reconstruction")].map(screen);
const original = screen(find(".original"));
const codesWanted = () => {
  const stop = stops[state.at],
    place = state.places?.[state.at];
  return [...draws().map((z) => toModel(stop, z)), ...(place ? [place.z] : [])];
};
const pictured = (from) => {
  element.dataset.shown = `${stops[state.at].name} ${state.seed} ${from}`;
};
const askPictures = latestOnly(
  ({ model, z }) => server.decode_codes({ models: [model], z }),
  ({ pixels }, { at }) => {
    if (at !== state.at) return;
    const bytes = bytesOf(pixels[0]);
    for (let i = 0; i < bytes.length / 784; i++)
      screens[i].showBytes(bytes.subarray(784 * i, 784 * (i + 1)));
    pictured("server");
  },
  complain,
);
const drawPictures = oncePerFrame(() => {
  const { at } = state,
    decoder = decoders[at];
  if (decoder.run && !decoding.onServer) {
    codesWanted().forEach((z, i) => screens[i].show(decoder.run(z)));
    pictured("page");
  } else if (decoder.failed || decoding.onServer)
    askPictures({ at, model: stops[at].name, z: codesWanted() });
  else
    decoder.load().then(() => {
      if (at === state.at) drawPictures();
    });
});

// The plane of rate and distortion. A rate far beyond the others stands at the edge, with an arrow.
const LEFT = 44,
  RIGHT = 50,
  TOP = 24,
  BOTTOM = 42,
  HEIGHT = 326;
const svg = find(".chart svg");
const rates = points.map(({ rate }) => rate).sort((a, b) => b - a);
const mostRate = 1.12 * (rates[0] > 2 * rates[1] ? rates[1] : rates[0]);
const distortions = points.map(({ distortion }) => distortion);
const lowest = Math.min(...distortions),
  highest = Math.max(...distortions),
  padding = 0.08 * (highest - lowest);
let chartWidth = 360;
const acrossPlane = (rate) => LEFT + (chartWidth - LEFT - RIGHT) * Math.min(rate / mostRate, 1);
const downPlane = (distortion) =>
  HEIGHT -
  BOTTOM -
  ((HEIGHT - TOP - BOTTOM) * (distortion - lowest + padding)) / (highest - lowest + 2 * padding);
const isBeyond = ({ rate }) => rate > mostRate;
const roundValues = (low, high) => {
  const step = roundStep(high - low),
    first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
};
const isoLine = (sum) => {
  // From where the line enters the frame to where it leaves it.
  const rateAt = (distortion) => clamp(sum - distortion, 0, mostRate);
  const [from, to] = [rateAt(highest + padding), rateAt(lowest - padding)];
  const end = downPlane(sum - to),
    label =
      to === mostRate
        ? `<text class="elbo" x="${chartWidth - RIGHT + 5}" y="${end + 5}">${written(-sum, 0)}</text>`
        : "";
  return `<line class="iso" x1="${acrossPlane(from)}" y1="${downPlane(sum - from)}" x2="${acrossPlane(to)}" y2="${end}"/>${label}`;
};
const planeTicks = () => {
  const foot = HEIGHT - BOTTOM;
  return (
    roundValues(0, mostRate)
      .map((v) => `<text class="middle" x="${acrossPlane(v)}" y="${foot + 18}">${v}</text>`)
      .join("") +
    roundValues(lowest - padding, highest + padding)
      .map((v) => `<text class="end" x="${LEFT - 6}" y="${downPlane(v) + 5}">${v}</text>`)
      .join("")
  );
};
const stopMark = (point, i) => {
  const x = acrossPlane(point.rate),
    y = downPlane(point.distortion),
    beyond = isBeyond(point);
  const said = beyond
    ? `β = ${stops[i].beta}, R = ${written(point.rate, 1)} →`
    : `${i === stops.length - 1 ? "β = " : ""}${stops[i].beta}`;
  const mark = beyond
    ? `<path class="stop" d="M${x - 9} ${y - 6}L${x} ${y}L${x - 9} ${y + 6}Z"/>`
    : `<circle class="stop" cx="${x}" cy="${y}" r="4.5"/>`;
  return `${mark}<text class="name ${beyond ? "end" : ""}" x="${beyond ? x - 2 : x + 6}" y="${beyond ? y + 17 : y - 9}">${said}</text>`;
};
const drawPlane = () => {
  chartWidth = find(".chart").clientWidth;
  if (!chartWidth) return;
  svg.setAttribute("viewBox", `0 0 ${chartWidth} ${HEIGHT}`);
  svg.setAttribute("height", HEIGHT);
  const sums = roundValues(lowest, highest + mostRate),
    foot = HEIGHT - BOTTOM;
  const line = points
    .map(({ rate, distortion }) => `${acrossPlane(rate)},${downPlane(distortion)}`)
    .join(" ");
  svg.innerHTML = `<clipPath id="beta-frame"><rect x="${LEFT}" y="${TOP}" width="${chartWidth - LEFT - RIGHT}" height="${foot - TOP}"/></clipPath>
    <rect class="frame" x="${LEFT}" y="${TOP}" width="${chartWidth - LEFT - RIGHT}" height="${foot - TOP}"/>
    ${sums.map(isoLine).join("")}${planeTicks()}
    <text x="0" y="14">D = −E log p(x|z)</text><text class="elbo end" x="${chartWidth}" y="14">ELBO</text>
    <text class="middle" x="${(LEFT + chartWidth - RIGHT) / 2}" y="${HEIGHT - 6}">R = KL(q‖p)</text>
    <polyline class="curve" points="${line}"/><line class="tangent" clip-path="url(#beta-frame)"/>${points.map(stopMark).join("")}<circle class="here" r="9"/>`;
  moveDot();
};
const moveDot = () => {
  const here = svg.querySelector(".here"),
    tangent = svg.querySelector(".tangent");
  if (!here) return;
  const { rate, distortion } = frame ?? points[state.at],
    { beta } = stops[state.at];
  const x = acrossPlane(rate),
    y = downPlane(distortion);
  here.setAttribute("cx", x);
  here.setAttribute("cy", y);
  // The direction of slope -beta, as pixels have it.
  const dx = acrossPlane(1) - acrossPlane(0),
    dy = beta * (downPlane(0) - downPlane(1)),
    long = 60 / Math.hypot(dx, dy);
  Object.entries({
    x1: x - long * dx,
    y1: y - long * dy,
    x2: x + long * dx,
    y2: y + long * dy,
  }).forEach(([name, value]) => tangent.setAttribute(name, value));
};

// The words; every number is the card's, or follows from it.
const b = (text, name = "") => `<b class="${name}">${text}</b>`;
const drawCaption = () => {
  const { name, beta, metrics } = stops[state.at],
    point = points[state.at];
  const {
    parts: [r, d],
    sum: total,
  } = addingUp([point.rate, point.distortion], 1);
  find(".caption").innerHTML = `${b(name)} minimised D + ${b(short(beta), "r")} · R. Code:
    <span title="${metrics.kl.protocol}">rate R = ${b(written(r, 1), "r")}</span>; picture:
    <span title="${metrics.reconstruction.protocol}">distortion D = ${b(written(d, 1), "d")}</span>;
    ELBO = −(D + R) = ${b(written(-total, 1), "e")} nats per test digit.`;
  find(".together").innerHTML = `Circles: 1, 2 σ of N(0, I); × z decoded beside. All codes are
    <span title="${metrics["aggregate kl"].protocol}">KL ${b(written(metrics["aggregate kl"].value))}</span>,
    <span title="${metrics["aggregate mmd"].protocol}">MMD² ${b(written(metrics["aggregate mmd"].value, 4))}</span> from N(0, I).`;
};
const drawJudged = () => {
  const { "classifier FID": fid, "effective classes": classes } = stops[state.at].metrics;
  find(".judged").hidden = !fid;
  if (fid)
    find(".judged").innerHTML =
      `<span title="${fid.protocol}">FID ${b(written(fid.value, 0))}, real ${written(fid.real, 1)}</span>;
    <span title="As varied as so many classes drawn equally often: ${classes.protocol}">e<sup>H</sup> ${b(written(classes.value, 1))} of ${written(classes.real, 1)} classes</span>`;
};
const slopeBetween = (i) =>
  (points[i + 1].distortion - points[i].distortion) / (points[i + 1].rate - points[i].rate);
const drawSlopes = () => {
  const i = Math.min(state.at, stops.length - 2),
    [low, high] = [stops[i].beta, stops[i + 1].beta],
    { beta } = stops[state.at];
  find(".slopes").innerHTML =
    `Dashed: slope −β = ${b(written(-beta, beta % 1 ? 1 : 0))}. From β = ${low} to ${high} the networks' own slope is
    ${b(written(slopeBetween(i)))}; between optimal ones it lies from −${high} to ${low ? `−${low}` : "0"}.`;
};
// How many classes the draws show, as the cards have it, beside those of beta = 1.
const varied = ({ "effective classes": own }, { "effective classes": usual }) =>
  own && usual
    ? `, ${written(own.value, 1)} classes against ${written(usual.value, 1)} at β = ${stops[start].beta}`
    : "";
const dead = () => {
  const costs = stops[state.at].dimensions.filter((kl) => kl < COLLAPSED);
  return costs.length
    ? `One of its two numbers has died: its q is N(0, 1) for every digit, at ${written(costs[0], 4)} nats. `
    : "";
};
const lesson = () => {
  const { beta, metrics } = stops[state.at],
    point = points[state.at],
    one = points[start],
    place = state.places?.[state.at];
  const nats = (v) => written(Math.abs(v), 1);
  if (point.rate < COLLAPSED)
    return "The code has collapsed: it says nothing about the digit, every z gives the same picture, and that is the cheapest answer at this price.";
  if (beta === 0) {
    const floor = place
      ? `σ of your digit is (${place.std.map((v) => written(v, 4)).join(", ")}), and cannot fall below ${written(props.floor, 4)}`
      : `σ falls to its floor of ${written(props.floor, 4)}`;
    return `The code is free, so nothing ties it to N(0, I): ${floor}. This is an autoencoder with a tiny noise. The codes spread far beyond the circles, and z from N(0, I) meets few of them${varied(metrics, stops[start].metrics)}.`;
  }
  if (beta < 1)
    return `Nats are cheap: the code takes ${nats(point.rate - one.rate)} more of them than at β = 1 and wins only ${nats(point.distortion - one.distortion)} in the pictures. The codes spread beyond N(0, I): its draws see only the middle of them${varied(metrics, stops[start].metrics)}.`;
  if (beta === 1)
    return `The VAE: D + R is the negative ELBO, and it alone was trained on it. The highest ELBO of these networks has β = ${stops[lead.best].beta}, by ${written(lead.nats)} nats over β = ${stops[lead.next].beta}, ${lead.sure}.`;
  return `Nats are dear: the code gives up ${nats(point.rate - one.rate)} of them against β = 1 and loses ${nats(point.distortion - one.distortion)} in the pictures. ${dead()}Wide q(z|x) overlap: each z stands for many digits, and their best single picture is a blur.`;
};
const drawDigitFacts = () => {
  const place = state.places?.[state.at];
  find(".words").textContent = lesson();
  find(".yours").innerHTML = place
    ? `KL(q‖p) ${b(written(place.kl))} nats<br>σ ${place.std.map((v) => written(v, v < 0.01 ? 4 : 2)).join(", ")}`
    : "";
};

// What changes.
const slider = find(".track input");
slider.max = stops.length - 1;
find(".ticks").innerHTML = stops
  .map(({ beta }, i) => `<span style="--at: ${i / (stops.length - 1)}">${beta}</span>`)
  .join("");
const drawWords = () => {
  const { beta, name } = stops[state.at],
    { rate, distortion } = points[state.at];
  find(".beta").textContent = `β = ${beta}`;
  slider.value = state.at;
  const numbers = `rate ${written(rate, 1)}, distortion ${written(distortion, 1)}, ELBO ${written(elboOf(points[state.at]), 1)} nats`;
  slider.setAttribute("aria-valuetext", `beta ${beta}: ${numbers}`);
  svg.setAttribute("aria-label", `Rate against distortion; at beta ${beta}, ${numbers}`);
  find(".ground").setAttribute("aria-label", `Map of the codes of ${name}`);
  find(".ticks")
    .querySelectorAll("span")
    .forEach((tick, i) => tick.classList.toggle("on", i === state.at));
  drawCaption();
  drawJudged();
  drawSlopes();
  drawDigitFacts();
};
const linkText = () =>
  state.at === start && !state.seed ? "" : writeNumbers([stops[state.at].beta, state.seed]);
const setStop = (i) => {
  if (i === state.at) return;
  state.at = i;
  remember({ beta: linkText() });
  drawWords();
  if (!state.open || !codes.length) return;
  glide();
  drawPictures();
};
const takePlaces = (places) => {
  state.places = places;
  if (frame && element.dataset.still) {
    frame = frameOf(state.at);
    drawMapTop();
  }
  drawDigitFacts();
};
const askPlaces = latestOnly(
  ({ pixels }) => server.place_digit({ pixels: textOf(pixels) }),
  ({ posteriors }) => {
    complain("");
    takePlaces(posteriors);
    drawPictures();
  },
  // What is known of the digit before must not stand beside this one.
  (text) => {
    complain(text);
    takePlaces(null);
    screens.at(-1).showBytes(new Uint8Array(784));
  },
);
const takeDigit = () => {
  if (!state.open || !window.latentLabDigit) return;
  original.showBytes(window.latentLabDigit.pixels);
  askPlaces({ pixels: window.latentLabDigit.pixels });
};

// Codes and networks come once the view is open: the network shown first, then the others.
const shownCodes = (stop, text) => {
  const raw = fromHalf(new Uint16Array(bytesOf(text).buffer)),
    shown = new Float32Array(raw.length);
  for (let i = 0; i < raw.length; i += 2) shown.set(toShown(stop, raw.subarray(i, i + 2)), i);
  return shown;
};
const resizePlot = () => {
  if (plot?.resize(find(".plot").clientWidth)) drawFrame();
};
const fetchAll = async () => {
  state.loaded = true;
  const answer = await asked(() => server.show_codes({}));
  if (answer.error) {
    complain(answer.error);
    state.loaded = false;
    return;
  }
  codes = stops.map((stop, i) => shownCodes(stop, answer.codes[i]));
  plot = latentPlot(
    find(".ground"),
    find(".top"),
    { ...frameOf(state.at), classes: bytesOf(answer.classes), prior: true },
    props.colours,
  );
  resizePlot();
  glide();
  for (const i of [state.at, ...stops.keys()]) await decoders[i].load();
};
const open = (isOpen) => {
  state.open = isOpen;
  if (!isOpen) {
    pause();
    return;
  }
  drawWords();
  drawPlane();
  if (!state.loaded) fetchAll();
  takeDigit();
  drawPictures();
};

let sweeping = null;
const playButton = find("[data-do=play]");
const showPlay = () => {
  playButton.textContent = sweeping ? "■ Stop" : "▶ Sweep";
  playButton.setAttribute("aria-pressed", String(sweeping !== null));
};
const pause = () => {
  clearInterval(sweeping);
  sweeping = null;
  showPlay();
};
const sweep = () => {
  if (state.at === stops.length - 1) setStop(0);
  sweeping = setInterval(() => {
    setStop(state.at + 1);
    if (state.at === stops.length - 1) pause();
  }, SWEEP);
  showPlay();
};
playButton.addEventListener("click", () => (sweeping ? pause() : sweep()));
find("[data-do=again]").addEventListener("click", () => {
  state.seed = (state.seed + 1) % MOST_SEED;
  remember({ beta: linkText() });
  if (plot) drawMapTop();
  drawPictures();
});
slider.addEventListener("input", () => {
  pause();
  setStop(Number(slider.value));
});
svg.addEventListener("pointerdown", ({ clientX, clientY }) => {
  const box = svg.getBoundingClientRect();
  const far = points.map(({ rate, distortion }) =>
    Math.hypot(acrossPlane(rate) - clientX + box.left, downPlane(distortion) - clientY + box.top),
  );
  pause();
  setStop(far.indexOf(Math.min(...far)));
});
tiles.forEach((tile, i) => {
  tile.addEventListener("pointerenter", () => {
    state.hovered = i;
    if (plot) drawMapTop();
  });
  tile.addEventListener("pointerleave", () => {
    state.hovered = null;
    if (plot) drawMapTop();
  });
});
const readLinked = (text) => {
  const numbers = readNumbers(text, 2, MOST_SEED);
  const at = numbers ? stops.findIndex(({ beta }) => beta === numbers[0]) : -1;
  return at >= 0 && numbers[1] >= 0 && Number.isInteger(numbers[1])
    ? { at, seed: numbers[1] }
    : undefined;
};
Object.assign(state, linked("beta", readLinked));
drawWords();
new ResizeObserver(() => {
  if (state.open) {
    drawPlane();
    resizePlot();
  }
}).observe(find(".chart"));
new MutationObserver(() => {
  forgetColours();
  drawFrame();
}).observe(document.body, { attributeFilter: ["class"] });
document.addEventListener("latent-lab:view", ({ detail }) => open(detail === props.title));
document.addEventListener("latent-lab:digit", takeDigit);
document.addEventListener("latent-lab:decoding", () => {
  if (state.open) drawPictures();
});
