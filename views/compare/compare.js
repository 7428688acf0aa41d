const SVG = "http://www.w3.org/2000/svg";
const PLANE = { left: 62, right: 412, top: 26, bottom: 286 };
const RATIO = 20; // an axis is logarithmic where the largest number is so many times the least
const TEXTS = new Set(["family", "data"]); // columns of words
const columns = new Map(props.columns.map((column) => [column.key, column]));
const rows = new Map(props.rows.map((row) => [row.name, row]));
const state = {
  sort: "log-p",
  down: true,
  x: "parameters",
  y: "log-p",
  others: false, // plot what was measured in another way, too
  families: new Set(),
  exhibit: "",
  text: "", // no family chosen: all are shown
  cell: null, // {name, key} of the number whose protocol is read
};
const NONE = "not measured";

// Numbers as people write them.
const WRITE = {
  nats: (v) => written(v, 2),
  plain: (v) => written(v, 2),
  fine: (v) => written(v, 4),
  share: (v) => `${written(100 * v, 1)} %`,
  count: (v) => (v < 1e5 ? v.toLocaleString("en") : `${(v / 1e6).toFixed(2)} M`),
  bytes: (v) => (v < 1e6 ? `${Math.ceil(v / 1e3)} kB` : `${(v / 1e6).toFixed(1)} MB`),
  time: (v) => (v < 90 ? `${Math.round(v)} s` : `${Math.round(v / 60)} min`),
};
const writeIn = (key, v) => WRITE[columns.get(key).kind](v);
const better = (key) =>
  ({ 1: "more is better", "-1": "less is better" })[columns.get(key)?.better] ?? "";
const cellOf = (name, key) => rows.get(name).cells[key];
const valueOf = (row, key) => (key === "name" || TEXTS.has(key) ? row[key] : row.cells[key]?.value);

// Numbers of one column may be compared when they were taken in one way. The way that counts is that
// of the chosen number, else the one most of the main models shown have, else most models; all others
// are marked.
const usual = new Map();
const countWays = (visible) => {
  usual.clear();
  for (const key of columns.keys()) {
    const ways = new Map();
    const having = visible.filter(({ cells }) => cells[key]);
    for (const { cells } of having) ways.set(cells[key].way, (ways.get(cells[key].way) ?? 0) + 1);
    const mains = new Set(
      having.filter(({ exhibit }) => exhibit === "main").map(({ cells }) => cells[key].way),
    );
    const most = [...ways].sort(([a, m], [b, n]) => mains.has(b) - mains.has(a) || n - m)[0]?.[0];
    const chosen = state.cell?.key === key ? cellOf(state.cell.name, key)?.way : undefined;
    const way = chosen ?? most;
    usual.set(key, { way, count: ways.get(way) ?? 0, all: having.length });
  }
};
// Its standard deviation over sets of draws, where it has one.
const spreadOf = ({ std }) => (std === undefined ? "" : ` ± ${std}`);
const isOther = (row, key) => row.cells[key] && row.cells[key].way !== usual.get(key).way;

// What is shown, in which order: what cannot be compared comes after what can, what is missing last.
const matches = ({ name, family, title, data, exhibit }) =>
  (!state.families.size || state.families.has(family)) &&
  (!state.exhibit || state.exhibit === exhibit) &&
  [name, family, title, data, exhibit].some((text) =>
    text.toLowerCase().includes(state.text.toLowerCase()),
  );
const rank = (row) =>
  valueOf(row, state.sort) === undefined ? 2 : isOther(row, state.sort) ? 1 : 0;
const inOrder = (a, b) => {
  const [p, q] = [a, b].map((row) => valueOf(row, state.sort));
  const by = typeof p === "string" ? p.localeCompare(q, "en", { numeric: true }) : p - q;
  return (
    rank(a) - rank(b) ||
    (rank(a) < 2 && (state.down ? -by : by)) ||
    a.name.localeCompare(b.name, "en", { numeric: true })
  );
};

// Links: to where a model is at work, and of this view's own state.
const digitPart = () => {
  const digit = linkParts().get("digit");
  return digit ? `&digit=${digit}` : "";
};
const rememberChoice = () => {
  const cell = state.cell ? [writeNames([state.cell.name]), state.cell.key] : ["none", "none"];
  const text = [
    state.sort,
    state.down ? "down" : "up",
    state.x,
    state.y,
    [...state.families].join("_") || "all",
    state.exhibit.replaceAll(" ", "_") || "all",
    ...cell,
    ...(state.others ? ["others"] : []),
    ...(/^[A-Za-z0-9 -]+$/.test(state.text) ? [`${FIND}${state.text.replaceAll(" ", "_")}`] : []),
  ].join();
  remember({ compare: text === START ? null : text });
};
const readChoice = (text) => {
  const [sort, way, x, y, families, exhibit, name, key, ...more] = text.split(",");
  const others = more.includes("others"),
    found = more.find((part) => part.startsWith(FIND));
  const shown = families === "all" ? [] : (families?.split("_") ?? [null]);
  const part = exhibit === "all" ? "" : exhibit?.replaceAll("_", " ");
  const known =
    [x, y].every((axis) => columns.has(axis)) &&
    (columns.has(sort) || TEXTS.has(sort) || sort === "name") &&
    ["up", "down"].includes(way) &&
    shown.every((family) => props.rows.some((row) => row.family === family)) &&
    more.length === Number(others) + Number(found !== undefined) &&
    (!part || props.rows.some((row) => row.exhibit === part));
  const row = props.rows.find((each) => writeNames([each.name]) === name);
  const chosen =
    name === "none" ? null : row && columns.has(key) ? { name: row.name, key } : undefined;
  if (!known || chosen === undefined) return undefined;
  const sought = found?.slice(FIND.length).replaceAll("_", " ") ?? "";
  return {
    sort,
    down: way === "down",
    x,
    y,
    families: new Set(shown),
    exhibit: part,
    cell: chosen,
    others,
    text: sought,
  };
};
const FIND = "find_"; // before what is sought, in a link
const START = "log-p,down,parameters,log-p,all,all,none,none";

// The table: its rows are made once, and then only moved, hidden and marked.
const make = (tag, text = "", attributes = {}) => {
  const made = Object.assign(document.createElement(tag), { textContent: text });
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};
const KEYS = ["name", ...columns.keys(), ...TEXTS];
const headings = new Map(
  KEYS.map((key) => {
    const th = make("th", "", { scope: "col" });
    th.append(
      make("button", key === "name" ? "model" : (columns.get(key)?.title ?? key), {
        type: "button",
        "data-sort": key,
        title: ["sort", better(key)].filter(Boolean).join(": "),
      }),
    );
    th.classList.toggle("text", key === "name" || TEXTS.has(key));
    return [key, th];
  }),
);
find("thead tr").append(...headings.values());
const who = (row) => {
  const made = row.link
    ? make("a", row.name, {
        href: addressWith(row.link),
        tabindex: -1,
        title: `${row.title}: open it in ${viewOf(row)}`,
      })
    : make("span", row.name, { title: row.title });
  made.className = "who";
  return made;
};
const viewOf = (row) => new URLSearchParams(row.link).get("view");
const lineOf = (row) => {
  const tr = make("tr", "", { "data-name": row.name, "data-family": row.family });
  const th = make("th", "", { scope: "row" });
  th.append(who(row));
  tr.append(
    th,
    ...[...columns.keys()].map((key) => {
      const cell = row.cells[key];
      const td = make("td", cell ? writeIn(key, cell.value) : "–", {
        "data-key": key,
        tabindex: -1,
      });
      td.title = cell ? `${cell.value}${spreadOf(cell)} ${cell.unit}: ${cell.protocol}` : NONE;
      if (!cell) {
        td.className = "none";
        td.setAttribute("aria-label", NONE);
      }
      return td;
    }),
    ...[...TEXTS].map((key) => make("td", row[key], { class: "text" })),
  );
  return tr;
};
const lines = new Map(props.rows.map((row) => [row.name, lineOf(row)]));
const tdOf = ({ name, key }) => lines.get(name).querySelector(`[data-key="${key}"]`);

const showTable = (visible) => {
  for (const [key, th] of headings) {
    if (key === state.sort) th.setAttribute("aria-sort", state.down ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
    const button = th.firstChild;
    button.textContent =
      button.textContent.replace(/ [▾▴]$/, "") +
      (key === state.sort ? (state.down ? " ▾" : " ▴") : "");
  }
  find("tbody").replaceChildren(...visible.map(({ name }) => lines.get(name)));
  for (const row of visible) {
    const line = lines.get(row.name);
    line.classList.toggle("chosen", state.cell?.name === row.name);
    for (const td of line.querySelectorAll("[data-key]")) {
      const { key } = td.dataset,
        chosen = state.cell?.name === row.name && state.cell.key === key;
      td.classList.toggle("other", Boolean(isOther(row, key)));
      td.setAttribute("aria-selected", chosen);
      td.tabIndex = -1;
    }
  }
  const stop =
    state.cell && visible.some(({ name }) => name === state.cell.name)
      ? tdOf(state.cell)
      : find("tbody [data-key]");
  if (stop) stop.tabIndex = 0;
};

// The plane: two of the numbers, against each other.
const svg = (tag, attributes, text) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
};
const scaleOf = (values, from, to) => {
  const low = Math.min(...values),
    high = Math.max(...values);
  const log = low > 0 && high / low > RATIO,
    f = log ? Math.log10 : (v) => v;
  const margin = 0.06 * (f(high) - f(low)) || Math.abs(f(low)) * 0.1 || 1;
  const a = f(low) - margin,
    b = f(high) + margin;
  const place = (v) => from + ((to - from) * (f(v) - a)) / (b - a);
  return { log, place, ticks: log ? logTicks(10 ** a, 10 ** b) : evenTicks(a, b) };
};
const evenTicks = (low, high) => {
  const rough = (high - low) / 4,
    power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough);
  return Array.from(
    { length: Math.floor(high / step) - Math.ceil(low / step) + 1 },
    (_, i) => (Math.ceil(low / step) + i) * step,
  );
};
const logTicks = (low, high) => {
  const powers = [];
  for (let p = Math.floor(Math.log10(low)); p <= Math.log10(high); p++) powers.push(p);
  const all = powers.flatMap((p) => (high / low > 1000 ? [1] : [1, 2, 5]).map((k) => k * 10 ** p));
  return all.filter((v) => v >= low && v <= high);
};
const tickText = (key, v) => {
  const { kind } = columns.get(key);
  if (kind === "share") return `${Number((100 * v).toPrecision(6))} %`;
  if (kind === "count" && v >= 1e6) return `${v / 1e6} M`;
  if (kind === "count" && v >= 1e4) return `${v / 1e3} k`;
  if (kind === "bytes") return v >= 1e6 ? `${v / 1e6} MB` : `${v / 1e3} kB`;
  if (kind === "time") return v >= 120 ? `${Number((v / 60).toPrecision(2))} min` : `${v} s`;
  return String(Number(v.toPrecision(6))).replace("-", "−");
};
let apart = 0; // models left out of the plane, for they were measured in another way
let near = null; // the model under the pointer or the focus
const showPlane = (visible) => {
  const plane = find(".plane"),
    { x, y } = state;
  const both = visible.filter(({ cells }) => cells[x] && cells[y]);
  const points = both.filter((row) => state.others || !(isOther(row, x) || isOther(row, y)));
  apart = state.others ? 0 : both.length - points.length;
  const label = (key, log) =>
    [columns.get(key).title, better(key), log ? "logarithmic" : ""].filter(Boolean).join(", ");
  const across =
    points.length &&
    scaleOf(
      points.map((row) => row.cells[x].value),
      PLANE.left,
      PLANE.right,
    );
  const up =
    points.length &&
    scaleOf(
      points.map((row) => row.cells[y].value),
      PLANE.bottom,
      PLANE.top,
    );
  const drawn = [];
  if (points.length) {
    for (const v of across.ticks)
      drawn.push(
        svg("line", {
          class: "grid",
          x1: across.place(v),
          x2: across.place(v),
          y1: PLANE.top,
          y2: PLANE.bottom,
        }),
        svg(
          "text",
          { x: across.place(v), y: PLANE.bottom + 18, "text-anchor": "middle" },
          tickText(x, v),
        ),
      );
    for (const v of up.ticks)
      drawn.push(
        svg("line", {
          class: "grid",
          x1: PLANE.left,
          x2: PLANE.right,
          y1: up.place(v),
          y2: up.place(v),
        }),
        svg(
          "text",
          { x: PLANE.left - 6, y: up.place(v) + 5, "text-anchor": "end" },
          tickText(y, v),
        ),
      );
    drawn.push(
      svg(
        "text",
        { x: PLANE.right, y: PLANE.bottom + 38, "text-anchor": "end" },
        `${label(x, across.log)} →`,
      ),
    );
    drawn.push(svg("text", { x: 0, y: 12 }, `↑ ${label(y, up.log)}`));
  } else
    drawn.push(
      svg(
        "text",
        { x: 210, y: 150, "text-anchor": "middle" },
        "No model shown has both of these numbers.",
      ),
    );
  const order = [...points].sort((a, b) => a.cells[x].value - b.cells[x].value);
  for (const row of order) {
    const at = { cx: across.place(row.cells[x].value), cy: up.place(row.cells[y].value) };
    const link = svg("a", {
      "data-name": row.name,
      "data-family": row.family,
      tabindex: row === order[0] ? 0 : -1,
      "aria-label": `${row.name}: ${told(row)}`,
      ...(row.link ? { href: addressWith(row.link) } : {}),
    });
    link.classList.toggle("other", Boolean(isOther(row, x) || isOther(row, y)));
    link.append(svg("circle", { ...at, r: 6.5 }));
    drawn.push(link);
  }
  plane.replaceChildren(...drawn);
  markNear();
};
const told = (row) =>
  [state.x, state.y]
    .map((key) => `${columns.get(key).title} ${writeIn(key, row.cells[key].value)}`)
    .join(", ");
const markNear = () => {
  const plane = find(".plane");
  plane.querySelector(".name")?.remove();
  for (const link of plane.querySelectorAll("a"))
    link.classList.toggle("chosen", link.dataset.name === (near ?? state.cell?.name));
  const link = [...plane.querySelectorAll("a")].find(
    (each) => each.dataset.name === (near ?? state.cell?.name),
  );
  const hollow = [...plane.querySelectorAll("a")].filter((each) =>
    each.classList.contains("other"),
  ).length;
  if (!link) {
    const rest = hollow
      ? ` Hollow: ${hollow} measured in another way; do not rank them against the others.`
      : apart
        ? ` ${apart} more were measured in another way: tick “plot ≠” to see them, too.`
        : "";
    find(".told").textContent =
      `${plane.querySelectorAll("a").length} models have both numbers.${rest}`;
    return;
  }
  const row = rows.get(link.dataset.name),
    circle = link.firstChild;
  const cx = Number(circle.getAttribute("cx")),
    right = cx > 260;
  plane.append(
    svg(
      "text",
      {
        class: "name",
        x: cx + (right ? -11 : 11),
        y: Number(circle.getAttribute("cy")) + 5,
        "text-anchor": right ? "end" : "start",
      },
      row.name,
    ),
  );
  if (link !== document.activeElement) plane.append(link); // on top; what moves would lose the focus
  const other = link.classList.contains("other") ? " Measured in another way than the rest." : "";
  find(".told").textContent =
    `${row.name}, ${row.title} on ${row.data}: ${told(row)}.${other}${row.link ? ` Click to open it in ${viewOf(row)}.` : ""}`;
};
const approach = (name) => {
  if (name !== near) {
    near = name;
    markNear();
  }
};

// The protocol of the chosen number, in words.
const showProtocol = () => {
  const line = find(".protocol");
  if (!state.cell) {
    line.textContent =
      "Choose a heading to sort, the best first; a number to read how it was measured. –: not measured. ≠: measured in another way than the main models, so it is sorted apart.";
    return;
  }
  const { name, key } = state.cell,
    cell = cellOf(name, key),
    { title, note } = columns.get(key);
  if (!cell) {
    line.textContent = `${title} of ${name}: ${NONE}.`;
    return;
  }
  const { count, all } = usual.get(key);
  const alike =
    all > 1
      ? ` Comparable with ${count - 1} of the ${all - 1} other numbers shown in this column.`
      : "";
  const floor = cell.real === undefined ? "" : ` Real images give ${writeIn(key, cell.real)}.`;
  const way = better(key) && ` ${better(key)[0].toUpperCase()}${better(key).slice(1)}.`;
  line.textContent = `${title} of ${name} = ${writeIn(key, cell.value)} (${cell.value.toString().replace("-", "−")}${spreadOf(cell)} ${cell.unit}).${way}${floor}${note && ` ${note}`} How: ${cell.protocol}.${alike}`;
};

const shownRows = () => {
  const visible = props.rows.filter(matches);
  countWays(visible);
  return visible.sort(inOrder);
};
const refresh = () => {
  const visible = shownRows();
  find(".count").textContent = `${visible.length} of ${rows.size} models`;
  for (const button of element.querySelectorAll(".families button"))
    button.setAttribute("aria-pressed", state.families.has(button.dataset.family));
  showTable(visible);
  showPlane(visible);
  showProtocol();
};
const choose = (change) => {
  Object.assign(state, change);
  refresh();
  rememberChoice();
};

// Hands.
const choices = {
  x: find('[data-choice="x"]'),
  y: find('[data-choice="y"]'),
  exhibit: find('[data-choice="exhibit"]'),
  text: find('[data-choice="text"]'),
};
const others = find('[data-choice="others"]');
others.addEventListener("input", () => choose({ others: others.checked }));
for (const axis of ["x", "y"])
  choices[axis].append(
    ...props.columns
      .filter(({ key }) => props.rows.some(({ cells }) => cells[key]))
      .map(({ key, title }) => make("option", title, { value: key })),
  );
choices.exhibit.append(
  make("option", "all", { value: "" }),
  ...[...new Set(props.rows.map(({ exhibit }) => exhibit))]
    .sort()
    .map((name) => make("option", name, { value: name })),
);
find(".families").append(
  ...[...new Set(props.rows.map(({ family }) => family))].map((family) =>
    make("button", family, {
      type: "button",
      "data-family": family,
      title: props.rows.find((row) => row.family === family).title,
    }),
  ),
);
find(".families").addEventListener("click", ({ target }) => {
  const { family } = target.dataset;
  if (!family) return;
  const families = new Set(state.families);
  if (!families.delete(family)) families.add(family);
  choose({ families });
});
for (const [name, control] of Object.entries(choices))
  control.addEventListener("input", () => choose({ [name]: control.value }));
find("thead").addEventListener("click", ({ target }) => {
  const { sort } = target.dataset;
  if (!sort) return;
  const best = columns.get(sort)?.better > 0; // the best first, then the other way round
  choose({ sort, down: sort === state.sort ? !state.down : best });
  find(".sheet").scrollTop = 0;
});
const chosenBy = (td) =>
  choose({ cell: { name: td.closest("tr").dataset.name, key: td.dataset.key } });
find("tbody").addEventListener("click", ({ target }) => {
  if (target.dataset.key) {
    chosenBy(target);
    target.focus();
  }
});
// The table is one stop for the Tab key, arrows move in it; left of the numbers is the model's link.
find("tbody").addEventListener("keydown", (event) => {
  const at = event.target.closest("td, th"),
    tr = at?.parentElement;
  const next =
    at &&
    {
      ArrowLeft: at.previousElementSibling,
      ArrowRight: at.nextElementSibling,
      ArrowUp: tr.previousElementSibling?.children[at.cellIndex],
      ArrowDown: tr.nextElementSibling?.children[at.cellIndex],
    }[event.key];
  const link = next?.querySelector("a");
  if (!link && !next?.dataset.key) return;
  event.preventDefault();
  if (!link) chosenBy(next);
  (link ?? next).focus();
});
find("tbody").addEventListener("pointerover", ({ target }) =>
  approach(target.closest("tr")?.dataset.name ?? null),
);
find("tbody").addEventListener("pointerleave", () => approach(null));

const plane = find(".plane");
const pointAt = (target) => target.closest?.("a[data-name]")?.dataset.name ?? null;
plane.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType === "mouse") approach(pointAt(target));
});
plane.addEventListener("pointerleave", ({ pointerType }) => {
  if (pointerType === "mouse") approach(null);
});
plane.addEventListener("focusin", ({ target }) => approach(pointAt(target)));
plane.addEventListener("focusout", () => approach(null));
plane.addEventListener("keydown", (event) => {
  const links = [...plane.querySelectorAll("a")].sort(
    (a, b) => a.firstChild.getAttribute("cx") - b.firstChild.getAttribute("cx"),
  );
  const at = links.findIndex((link) => link.dataset.name === pointAt(event.target));
  const to = links[at + { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key]];
  if (at < 0 || !to) return;
  event.preventDefault();
  for (const link of links) link.setAttribute("tabindex", link === to ? 0 : -1);
  to.focus();
});
// A finger has no hovering: its first touch tells, the second opens.
let touched = null;
plane.addEventListener("pointerup", ({ target, pointerType }) => {
  touched = pointerType === "mouse" || near === pointAt(target) ? null : pointAt(target);
});
element.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link) return;
  const name = link.dataset.name ?? null;
  if (name && name === touched) {
    event.preventDefault();
    approach(name);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault(); // the digit goes with it
  writeAddress();
  location.hash = `${link.getAttribute("href").split("#")[1]}${digitPart()}`;
});

// Every cell with its protocol, for a spreadsheet.
const quoted = (text) =>
  `"${String(text)
    .replace(/^([=+@])/, "'$1")
    .replaceAll('"', '""')}"`;
const asCsv = () => {
  const head = [
    "model",
    "family",
    "data",
    "part",
    ...props.columns.flatMap(({ title }) => [title, `${title}: unit`, `${title}: protocol`]),
  ];
  const body = shownRows().map(({ name, family, data, exhibit, cells }) => [
    name,
    family,
    data,
    exhibit,
    ...props.columns.flatMap(({ key }) => {
      const cell = cells[key];
      return cell
        ? [
            cell.value,
            cell.unit,
            `${cell.std === undefined ? "" : `standard deviation ${cell.std}; `}${cell.protocol}`,
          ]
        : [NONE, "", ""];
    }),
  ]);
  return [head, ...body].map((line) => line.map(quoted).join()).join("\r\n");
};
find('[data-do="csv"]').addEventListener("click", () => {
  const uri = URL.createObjectURL(new Blob([asCsv()], { type: "text/csv" }));
  download(async () => ({ name: "latent-lab-models.csv", uri }), find(".fault")).then(() =>
    setTimeout(() => URL.revokeObjectURL(uri), 1000),
  );
});

Object.assign(state, linked("compare", readChoice));
for (const name of ["x", "y", "exhibit", "text"]) choices[name].value = state[name];
others.checked = state.others;
refresh();
