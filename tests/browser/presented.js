// What a test looks at on a wall, with look.js before it.

// The boxes in which one sees something of an element itself: its own words, or what it draws.
const boxesOf = (e) => {
  if (e.matches("canvas, img, svg, input, select, button")) return [e.getBoundingClientRect()];
  return [...e.childNodes]
    .filter((n) => n.nodeType === 3 && n.data.trim())
    .flatMap((n) => {
      const range = document.createRange();
      range.selectNodeContents(n);
      return [...range.getClientRects()];
    })
    .filter(({ width, height }) => width > 1 && height > 1);
};

// What of an element may be seen: the window, less what its ancestors clip.
const windowOf = (e) => {
  const seen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  for (let up = e.parentElement; up; up = up.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(up);
    const box = up.getBoundingClientRect();
    if (up.ownerSVGElement || up === document.body || up === document.documentElement) continue;
    if (overflowX !== "visible") {
      seen.left = Math.max(seen.left, box.left);
      seen.right = Math.min(seen.right, box.right);
    }
    // One leafs through a list that goes on, a table of all models.
    if (overflowY === "hidden" || overflowY === "clip") {
      seen.top = Math.max(seen.top, box.top);
      seen.bottom = Math.min(seen.bottom, box.bottom);
    }
  }
  return seen;
};
const leafs = (e) => {
  for (let up = e.parentElement; up; up = up.parentElement)
    if (up !== document.documentElement && getComputedStyle(up).overflowY === "auto") return true;
  return false;
};

// Also what is hidden from screen readers, as a map is.
const visible = () =>
  [...document.querySelectorAll("body *")].filter((e) => {
    const { width, height } = e.getBoundingClientRect();
    const shown = e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    return width > 1 && height > 1 && shown && e.closest(".spoken, .skip") === null;
  });

const cut = () =>
  visible()
    .filter((e) => e.tagName !== "INPUT" || e.type !== "radio")
    .flatMap((e) => {
      const room = windowOf(e);
      const over = Math.max(
        0,
        ...boxesOf(e).flatMap((box) => [
          room.left - box.left,
          box.right - room.right,
          ...(leafs(e) ? [] : [room.top - box.top, box.bottom - room.bottom]),
        ]),
      );
      return over > 1 ? [`${over.toFixed(1)} px: ${told(e)}`] : [];
    });

// The share of the window's width and height over which something is seen.
const filled = () => {
  const boxes = visible().flatMap(boxesOf);
  const along = (from, to, whole) => {
    const spans = boxes.map((b) => [b[from], b[to]]).sort((a, b) => a[0] - b[0]);
    let [end, sum] = [0, 0];
    for (const [first, last] of spans) {
      sum += Math.max(0, Math.min(last, whole) - Math.max(first, end));
      end = Math.max(end, last);
    }
    return sum / whole;
  };
  return [along("left", "right", innerWidth), along("top", "bottom", innerHeight)];
};
