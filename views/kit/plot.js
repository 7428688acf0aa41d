import { decimals, linear } from "./chart.js";
import { format } from "./numbers.js";
import { colour, font } from "./theme.js";

// One latent map on two canvases: the ground, drawn seldom, and over it what moves.
export const MARGIN = { left: 34, right: 2, top: 2, bottom: 24 };
const TICKS = 5; // about so many on an axis
export const TILE = 28; // a tile of the lattice, in CSS pixels: one for each pixel of its picture

export const latentPlot = (
  ground,
  top,
  { centre, half, codes, classes, bandwidth, least, prior },
  colours,
) => {
  let side = 0; // of the square of latent space, in CSS pixels
  const scale = () => side / (2 * half);
  const toPixel = ([x, y]) => [
    MARGIN.left + (x - centre[0] + half) * scale(),
    MARGIN.top + (centre[1] + half - y) * scale(),
  ];
  const toCode = (x, y) => [
    centre[0] - half + (x - MARGIN.left) / scale(),
    centre[1] + half - (y - MARGIN.top) / scale(),
  ];
  const within = (z) => z.map((v, i) => Math.min(Math.max(v, centre[i] - half), centre[i] + half));

  const holds = (z) => within(z).every((v, i) => v === z[i]);

  // The largest plot of whole lattice tiles that `width` has room for; true if its size changed.
  const resize = (width) => {
    const room = Math.floor((width - MARGIN.left - MARGIN.right) / TILE) * TILE;
    const density = window.devicePixelRatio || 1;
    if (room < TILE || (room === side && ground.dataset.density === String(density))) return false;
    side = room;
    for (const canvas of [ground, top]) {
      const size = [side + MARGIN.left + MARGIN.right, side + MARGIN.top + MARGIN.bottom];
      [canvas.width, canvas.height] = size.map((n) => Math.round(n * density));
      [canvas.style.width, canvas.style.height] = size.map((n) => `${n}px`);
      canvas.getContext("2d").setTransform(density, 0, 0, density, 0, 0);
    }
    ground.dataset.density = density;
    return true;
  };

  const clip = (pen) => {
    pen.beginPath();
    pen.rect(MARGIN.left, MARGIN.top, side, side);
    pen.clip();
  };
  const circle = (pen, z, r) => {
    pen.beginPath();
    pen.arc(...toPixel(z), r, 0, 2 * Math.PI);
  };

  // Text with a halo of the ground's colour, to be read over anything.
  const label = (pen, text, x, y, ink = colour("--ink")) => {
    pen.lineJoin = "round";
    pen.lineWidth = 4;
    pen.strokeStyle = colour("--raised");
    pen.strokeText(text, x, y);
    pen.fillStyle = ink;
    pen.fillText(text, x, y);
  };

  const axes = (pen) => {
    pen.font = font(0.875);
    pen.fillStyle = pen.strokeStyle = colour("--faint-ink");
    pen.lineWidth = 1;
    pen.strokeRect(MARGIN.left - 0.5, MARGIN.top - 0.5, side + 1, side + 1);
    const [bottom, right] = [MARGIN.top + side, MARGIN.left + side];
    const ticks = (c) => {
      const axis = linear([c - half, c + half], [0, side]);
      return { values: axis.ticks(TICKS), digits: decimals(axis, TICKS) };
    };
    const across = ticks(centre[0]),
      up = ticks(centre[1]);
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const v of across.values) {
      const [x] = toPixel([v, 0]);
      pen.fillRect(x, bottom, 1, 4);
      if (x < right - 30) pen.fillText(format(v, across.digits), x, bottom + 6);
    }
    pen.fillText("z₁", right - 8, bottom + 6);
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const v of up.values) {
      const [, y] = toPixel([0, v]);
      pen.fillRect(MARGIN.left - 4, y, 4, 1);
      if (y > MARGIN.top + 26 && y < bottom - 6)
        pen.fillText(format(v, up.digits).replace("−0.", "−."), MARGIN.left - 7, y); // for want of room
    }
    pen.fillText("z₂", MARGIN.left - 7, MARGIN.top + 9);
  };

  // Diagonal lines, to be told from paper and from pictures, in light and dark.
  const hatching = (pen) => {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const line = tile.getContext("2d");
    line.fillStyle = line.strokeStyle = colour("--faint");
    line.globalAlpha = 0.35;
    line.fillRect(0, 0, 8, 8);
    line.globalAlpha = 1;
    line.lineWidth = 1.5;
    for (const x of [-8, 0, 8]) {
      line.moveTo(x, 8);
      line.lineTo(x + 8, 0);
    }
    line.stroke();
    return pen.createPattern(tile, "repeat");
  };
  // The kernel density of the codes, mean_i exp(-|z - z_i|^2 / (2 bandwidth^2)), in cells of `CELL`
  // CSS pixels, row by row from the top left. Beyond REACH bandwidths a code adds nothing.
  const CELL = 3,
    REACH = 5;
  const densities = () => {
    const n = Math.ceil(side / CELL),
      step = CELL / scale(),
      reach = REACH * bandwidth;
    const found = new Float32Array(n * n);
    for (let i = 0; i < classes.length; i++) {
      const x = codes[2 * i] - centre[0] + half,
        y = centre[1] + half - codes[2 * i + 1];
      const first = (v) => Math.max(Math.ceil((v - reach) / step - 0.5), 0);
      const last = (v) => Math.min(Math.floor((v + reach) / step - 0.5), n - 1);
      for (let row = first(y); row <= last(y); row++)
        for (let column = first(x); column <= last(x); column++) {
          const square = ((column + 0.5) * step - x) ** 2 + ((row + 0.5) * step - y) ** 2;
          found[n * row + column] += Math.exp(-square / (2 * bandwidth ** 2)) / classes.length;
        }
    }
    return { n, found };
  };
  // Hatched wherever codes are rarer than `least`.
  const holes = (pen) => {
    const { n, found } = densities();
    const mask = document.createElement("canvas");
    mask.width = mask.height = n;
    const dense = new ImageData(n, n);
    found.forEach((density, i) => {
      dense.data[4 * i + 3] = density < least ? 0 : 255;
    });
    mask.getContext("2d").putImageData(dense, 0, 0);
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [ground.width, ground.height];
    const shade = sheet.getContext("2d");
    shade.setTransform(pen.getTransform());
    shade.fillStyle = hatching(shade);
    shade.fillRect(MARGIN.left, MARGIN.top, side, side);
    shade.globalCompositeOperation = "destination-out";
    shade.drawImage(mask, MARGIN.left, MARGIN.top, CELL * n, CELL * n);
    pen.save();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(sheet, 0, 0);
    pen.restore();
  };

  const points = (pen, overPictures) => {
    pen.globalAlpha = overPictures ? 0.9 : 0.75;
    const r = side < 200 ? 1.1 : 1.6;
    for (let i = 0; i < classes.length; i++) {
      pen.fillStyle = colours[classes[i] % 10];
      circle(pen, [codes[2 * i], codes[2 * i + 1]], r);
      pen.fill();
    }
    pen.globalAlpha = 1;
  };

  const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const centresOfClasses = () =>
    Array.from({ length: 10 }, (_, digit) => {
      const own = [...classes.keys()].filter((i) => classes[i] === digit);
      return own.length ? [0, 1].map((axis) => middle(own.map((i) => codes[2 * i + axis]))) : null;
    });
  let classCentres = centresOfClasses();
  // The same images' codes under another network, and the square that shows them.
  const become = (other) => {
    ({ centre, half, codes } = other);
    classCentres = centresOfClasses();
  };

  // Labels that would cover each other give way, each by half.
  const apart = (labels, room = 15) => {
    for (let round = 0; round < 40; round++)
      for (const [i, { at: a }] of labels.entries())
        for (const { at: b } of labels.slice(i + 1)) {
          const [dx, dy] = [b[0] - a[0], b[1] - a[1]],
            gap = Math.hypot(dx, dy) || 1e-3;
          const push = Math.max(0, room - gap) / 2 / gap;
          a[0] -= push * dx;
          a[1] -= push * dy;
          b[0] += push * dx;
          b[1] += push * dy;
        }
    return labels;
  };

  const drawGround = ({ lattice, showHoles }) => {
    const pen = ground.getContext("2d");
    pen.clearRect(0, 0, ground.width, ground.height);
    pen.save();
    clip(pen);
    pen.fillStyle = colour("--raised");
    pen.fillRect(MARGIN.left, MARGIN.top, side, side);
    pen.imageSmoothingEnabled = false;
    if (lattice) pen.drawImage(lattice, MARGIN.left, MARGIN.top, side, side);
    if (showHoles) holes(pen);
    points(pen, lattice);
    if (prior)
      for (const r of [1, 2]) {
        circle(pen, [0, 0], r * scale());
        pen.strokeStyle = colour("--raised");
        pen.lineWidth = 4;
        pen.stroke();
        pen.strokeStyle = colour("--ink");
        pen.lineWidth = 1.5;
        pen.stroke();
      }
    pen.font = font(side < 200 ? 0.875 : 1, "bold");
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const { digit, at } of apart(
      classCentres.flatMap((z, digit) => (z ? [{ digit, at: toPixel(z) }] : [])),
    ))
      label(pen, String(digit), ...at);
    pen.restore();
    axes(pen);
  };

  // What moves.
  const polyline = (pen, places, ink, dash = []) => {
    pen.beginPath();
    for (const z of places) pen.lineTo(...toPixel(z));
    pen.setLineDash([]);
    pen.strokeStyle = colour("--raised");
    pen.lineWidth = 5;
    pen.stroke();
    pen.setLineDash(dash);
    pen.strokeStyle = ink;
    pen.lineWidth = 2.5;
    pen.stroke();
    pen.setLineDash([]);
  };
  const ring = (pen, z, r, ink) => ringAt(pen, ...toPixel(z), r, ink, 2.5);
  const ringAt = (pen, x, y, r, ink, width) => {
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
    pen.strokeStyle = colour("--raised");
    pen.lineWidth = width + 2.5;
    pen.stroke();
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    pen.stroke();
  };
  const cross = (pen, z, tone) => {
    const [x, y] = toPixel(z),
      arm = 5;
    for (const [width, ink] of [
      [4.5, colour("--raised")],
      [2, tone],
    ]) {
      pen.beginPath();
      pen.moveTo(x - arm, y - arm);
      pen.lineTo(x + arm, y + arm);
      pen.moveTo(x - arm, y + arm);
      pen.lineTo(x + arm, y - arm);
      pen.strokeStyle = ink;
      pen.lineWidth = width;
      pen.stroke();
    }
  };
  // q(z|x) at one and two standard deviations, to the scale of the axes.
  const ellipse = (pen, { z, std }) => {
    for (const n of [1, 2]) {
      pen.beginPath();
      pen.ellipse(...toPixel(z), n * std[0] * scale(), n * std[1] * scale(), 0, 0, 2 * Math.PI);
      pen.globalAlpha = 0.35;
      pen.fillStyle = colour("--z");
      pen.fill();
      pen.globalAlpha = 1;
      pen.strokeStyle = colour("--ink");
      pen.lineWidth = 1.25;
      pen.stroke();
    }
  };
  const named = (pen, z, name) => {
    ring(pen, z, 4, colour("--ink"));
    const [x, y] = toPixel(within(z));
    pen.font = font(0.9375, "bold");
    pen.textAlign = "left";
    pen.textBaseline = "bottom";
    label(pen, name, Math.min(x + 6, MARGIN.left + side - 16), Math.max(y - 3, MARGIN.top + 18));
  };
  // The cursor: a ring, or beyond the map a dashed one inside its edge; where a digit lies, ticks
  // that leave its mark to be seen.
  const cursor = (pen, z, landing) => {
    const at = within(z),
      inside = holds(z),
      edge = 9;
    const [x, y] = toPixel(at).map((v, i) => {
      const first = [MARGIN.left, MARGIN.top][i];
      return inside ? v : Math.min(Math.max(v, first + edge), first + side - edge);
    });
    if (landing && landing.z.every((v, i) => v === z[i]) && inside)
      return ticks(pen, x, y, landing.std);
    if (!inside) pen.setLineDash([3, 3]);
    ringAt(pen, x, y, 8, colour("--z"), 3);
    pen.setLineDash([]);
    pen.fillStyle = colour("--z");
    pen.beginPath();
    pen.arc(x, y, 2, 0, 2 * Math.PI);
    pen.fill();
  };
  const ticks = (pen, x, y, std) => {
    const [rx, ry] = [0, 1].map((i) => Math.max(8, 2 * (std?.[i] ?? 0) * scale() + 4));
    for (const [width, ink] of [
      [6, colour("--raised")],
      [3, colour("--z")],
    ]) {
      pen.beginPath();
      for (const sign of [-1, 1]) {
        pen.moveTo(x + sign * rx, y);
        pen.lineTo(x + sign * (rx + 8), y);
        pen.moveTo(x, y + sign * ry);
        pen.lineTo(x, y + sign * (ry + 8));
      }
      pen.strokeStyle = ink;
      pen.lineWidth = width;
      pen.stroke();
    }
  };

  // shown: {z, landing: {z, std}, guess, pins: {A, B}, paths: [{places, dashed}], draws: [z]}
  const drawTop = ({ z, landing, guess, pins, paths, draws }) => {
    const pen = top.getContext("2d");
    pen.clearRect(0, 0, top.width, top.height);
    pen.save();
    clip(pen);
    for (const { places, dashed } of paths)
      polyline(pen, places, colour("--ink"), dashed ? [6, 5] : []);
    for (const draw of draws) cross(pen, draw, colour("--ink"));
    if (landing) {
      if (guess) polyline(pen, [guess, landing.z], colour("--alarm"), [2, 4]);
      if (landing.std) ellipse(pen, landing);
      else ring(pen, landing.z, 5, colour("--accent"));
    }
    if (guess) named(pen, guess, "guess");
    for (const [name, at] of Object.entries(pins)) named(pen, at, name);
    if (z) cursor(pen, z, landing);
    pen.restore();
  };

  // Places at the centres of the lattice's tiles, row by row from the top left.
  const latticePlaces = () => {
    const n = side / TILE,
      step = (2 * half) / n;
    return Array.from({ length: n * n }, (_, i) => [
      centre[0] - half + ((i % n) + 0.5) * step,
      centre[1] + half - (Math.floor(i / n) + 0.5) * step,
    ]);
  };

  return {
    resize,
    become,
    drawGround,
    drawTop,
    toCode,
    toPixel,
    within,
    holds,
    latticePlaces,
    half,
    tiles: () => side / TILE,
  };
};
