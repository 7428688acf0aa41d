// What a test looks at on the page; each function answers with the elements at fault, as text.
(() => {
  const own = (e) =>
    [...e.childNodes]
      .filter((n) => n.nodeType === 3)
      .map((n) => n.data)
      .join(" ")
      .trim();
  const told = (e) =>
    `${e.tagName.toLowerCase()}.${e.getAttribute("class") ?? ""} "${own(e) || e.outerHTML}"`.slice(
      0,
      160,
    );
  const hidden = (e) => e.closest('[aria-hidden="true"]') !== null;
  const isSeen = (e) => {
    const box = e.getBoundingClientRect();
    const shown = e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    return box.width > 1 && box.height > 1 && shown && !hidden(e);
  };
  const seen = () => [...document.querySelectorAll("body *")].filter(isSeen);

  // Where the focus is, and whether one sees it; "again" where it has been since the last reset.
  const focus = () => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    window.reached ??= new Set();
    if (window.reached.has(e)) return "again";
    window.reached.add(e);
    // Gradio hides the input of a radio button; the label around it then shows the focus.
    const marked = [e, e.closest("label")].filter(Boolean).some((m) => {
      const style = getComputedStyle(m);
      const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      return outlined || style.boxShadow !== "none";
    });
    return { marked, what: told(e), inSamples: e.closest("#rail .samples") !== null };
  };

  const missed = () =>
    [...document.querySelectorAll("button, input, select, textarea, a[href], [tabindex]")]
      .filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility() && !hidden(e))
      // Of radio buttons with one name Tab reaches the chosen one, and arrows the others.
      .filter(
        (e) =>
          !(
            e.type === "radio" &&
            e.name &&
            !e.checked &&
            document.querySelector(`[name="${e.name}"]:checked`)
          ),
      )
      .filter((e) => !window.reached.has(e))
      .map(told);

  const nameless = () => {
    const caption = (e) => e.closest("figure")?.querySelector("figcaption")?.textContent;
    const name = (e) =>
      e.ariaLabel ||
      document.getElementById(e.getAttribute("aria-labelledby"))?.textContent ||
      [...(e.labels ?? [])].map((l) => l.textContent).join("") ||
      (e.matches("button") && e.textContent) ||
      (e.matches("canvas") && caption(e)) ||
      e.alt ||
      e.title ||
      "";
    const face = (e) => e.parentElement.closest("button"); // a picture on a button is its face
    return seen()
      .filter((e) => e.matches("button, input, select, textarea, canvas, img, svg[role=img]"))
      .filter((e) => !face(e) && !name(e).trim())
      .map(told);
  };

  // A page that goes on below the window, or to the right of it.
  const tall = () => {
    const { scrollHeight, clientHeight } = document.documentElement;
    return scrollHeight > clientHeight ? [`${scrollHeight} px of ${clientHeight}`] : [];
  };
  const wide = () => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`${scrollWidth} px of ${clientWidth}`] : [];
  };

  // What goes on to the right within a box of its own, as a wide table does, is not lost.
  const scrolls = (e) =>
    e && (["auto", "scroll"].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const beyond = () =>
    seen()
      .filter(
        (e) =>
          e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 &&
          !scrolls(e.parentElement),
      )
      .map(told);

  const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // the page grows
  const small = (least = 13.95 * unit()) => {
    const size = (e) => {
      // Text of an SVG is in the units of its picture, which may be scaled.
      const { a, b } = e.ownerSVGElement ? e.getScreenCTM() : { a: 1, b: 0 };
      return parseFloat(getComputedStyle(e).fontSize) * Math.hypot(a, b);
    };
    return seen()
      .filter((e) => own(e) && size(e) < least)
      .map((e) => `${size(e).toFixed(1)} px: ${told(e)}`);
  };

  // A subscript or superscript that is nearly as large as its letter.
  const raised = () => {
    const size = (e) => parseFloat(getComputedStyle(e).fontSize);
    return seen()
      .filter((e) => e.matches("sub, sup") && size(e) > 0.8 * size(e.parentElement))
      .map(told);
  };

  // Text whose contrast with its ground is below 4.5:1 (WCAG 2.2, success criterion 1.4.3), or another.
  const faint = (least = 4.5) => {
    for (const fading of document.getAnimations())
      if (fading.playState === "running") fading.finish();
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
      // whatever notation the style uses
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], ground) => [r, g, b].map((v, i) => v * a + ground[i] * (1 - a));
    const upTo = (e) => (e ? [...upTo(e.parentElement), e] : []);
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) =>
      0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const contrast = (e) => {
      let ground = [255, 255, 255],
        opacity = 1;
      for (const above of upTo(e)) {
        const style = getComputedStyle(above);
        opacity *= parseFloat(style.opacity);
        if (above instanceof HTMLElement) ground = over(rgba(style.backgroundColor), ground);
      }
      const style = getComputedStyle(e);
      const [r, g, b, a] = rgba(e.ownerSVGElement ? style.fill : style.color);
      const [text, paper] = [over([r, g, b, a * opacity], ground), ground].map(luminance);
      return (Math.max(text, paper) + 0.05) / (Math.min(text, paper) + 0.05);
    };
    return seen()
      .filter((e) => own(e) && contrast(e) < least)
      .map((e) => `${contrast(e).toFixed(2)}: ${told(e)}`);
  };

  // Controls that a finger misses: less than 24 px wide or high (WCAG 2.2, success criterion 2.5.8). A
  // label is a part of what it names, except of a slider, which is dragged.
  const tight = () => {
    const controls = "button, a[href], input, select, textarea, summary, [role=slider], [tabindex]";
    const sizeOf = (e) => {
      const labels = e.type === "range" ? [] : [...(e.labels ?? [])];
      const boxes = [e, ...labels].map((each) => each.getBoundingClientRect());
      return ["width", "height"].map((side) => Math.max(...boxes.map((box) => box[side])));
    };
    return [...document.querySelectorAll(controls)]
      .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !hidden(e))
      .filter((e) => !e.disabled && e.type !== "file")
      .map((e) => [e, sizeOf(e)])
      .filter(([, sides]) => Math.max(...sides) > 0 && Math.min(...sides) < 23.95)
      .map(([e, sides]) => `${sides.map((side) => side.toFixed(1)).join(" x ")}: ${told(e)}`);
  };

  // How much of the window's height the view leaves empty, and how much of its width the page does.
  const empty = () => {
    const filled = (elements, low, high, whole) => {
      const spans = elements
        .map((e) => e.getBoundingClientRect())
        .map((box) => [Math.max(box[low], 0), Math.min(box[high], whole)])
        .sort(([a], [b]) => a - b);
      let [sum, end] = [0, 0];
      for (const [from, to] of spans) {
        sum += Math.max(0, to - Math.max(from, end));
        end = Math.max(end, to);
      }
      return sum / whole;
    };
    const leaves = [...document.querySelectorAll("body *")].filter(
      (e) => e.checkVisibility() && (own(e) || e.matches("canvas, img, svg, input, select")),
    );
    const high = filled(
      leaves.filter((e) => !e.closest("#rail")),
      "top",
      "bottom",
      innerHeight,
    );
    const wide = filled(leaves, "left", "right", innerWidth);
    return [
      ...(high < 0.75 ? [`only ${Math.round(100 * high)} % of the height is filled`] : []),
      ...(wide < 0.75 ? [`only ${Math.round(100 * wide)} % of the width is filled`] : []),
    ];
  };

  // What is there by its background alone, which forced colours take away: a bar, a track, a dot. Its
  // style says that it stays, or it has a border.
  const vanishing = () => {
    const clear = (style) => /, 0\)$/.test(style.backgroundColor);
    const groundOf = (e) => {
      const style = e && getComputedStyle(e);
      return !e ? "" : clear(style) ? groundOf(e.parentElement) : style.backgroundColor;
    };
    const isInk = (e, style) =>
      style.backgroundImage.includes("gradient") ||
      (!clear(style) && style.backgroundColor !== groundOf(e.parentElement));
    const isNative = (e) =>
      e.matches("canvas, img") ||
      (e.matches("input, select") && getComputedStyle(e).appearance !== "none");
    // A text is still read, but a bar with a text in it has lost its length.
    const isBare = (e) =>
      !e.childElementCount && !isNative(e) && (!own(e) || e.hasAttribute("style"));
    const partsOf = (e) => [
      ...(isBare(e) ? [getComputedStyle(e)] : []),
      ...["::before", "::after"]
        .map((name) => getComputedStyle(e, name))
        .filter(({ content }) => !["none", "normal"].includes(content)),
    ];
    const stays = (style) =>
      style.forcedColorAdjust === "none" || parseFloat(style.borderTopWidth) > 0;
    return [...document.querySelectorAll("body *")]
      .filter((e) => e instanceof HTMLElement && e.checkVisibility({ opacityProperty: true }))
      .filter((e) => e.getBoundingClientRect().width > 0)
      .filter((e) => partsOf(e).some((style) => isInk(e, style) && !stays(style)))
      .map(told);
  };

  // What is chosen, where forced colours make it look like what is not.
  const unmarked = () => {
    const looks = (e) => {
      const style = getComputedStyle(e);
      return [
        "backgroundColor",
        "color",
        "borderColor",
        "borderWidth",
        "outlineStyle",
        "textDecorationLine",
      ]
        .map((name) => style[name])
        .join();
    };
    const faceOf = (e) => (e.matches("input") ? e.nextElementSibling : e);
    const groups = [
      ["[type=radio]:checked", "[type=radio]:not(:checked)"],
      ["button[aria-pressed=true]", "button[aria-pressed=false]"],
      ["[role=tab][aria-selected=true]", "[role=tab][aria-selected=false]"],
      ["[role=radio][aria-checked=true]", "[role=radio][aria-checked=false]"],
    ];
    return groups.flatMap(([chosen, other]) =>
      [...document.querySelectorAll(chosen)]
        .filter((e) => isSeen(faceOf(e)))
        .filter((e) => {
          const root =
            e.closest(
              "[role=radiogroup], [role=group], [role=tablist], .samples, .bar, .stops, nav, .block",
            ) ?? document;
          const rest = [...root.querySelectorAll(other)].filter((o) => isSeen(faceOf(o)));
          return rest.some((o) => looks(faceOf(o)) === looks(faceOf(e)));
        })
        .map(told),
    );
  };

  // The pictures of the open view, as text: while they differ from one look to the next, it moves.
  const pictures = async () => {
    for (let frame = 0; frame < 40; frame++) await new Promise(requestAnimationFrame);
    return [...document.querySelectorAll("canvas")]
      .filter((e) => e.checkVisibility() && e.width > 0 && e.height > 0)
      .map((e) => e.toDataURL())
      .join();
  };
  const animated = () =>
    document
      .getAnimations()
      .filter((each) => each.playState === "running")
      .map((each) => told(each.effect.target));

  // After another size of the window: charts are drawn anew, and what glides has arrived.
  const settled = async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    for (const each of document.getAnimations()) each.finish();
  };
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

  window.look = {
    focus,
    missed,
    nameless,
    tall,
    wide,
    beyond,
    small,
    raised,
    faint,
    tight,
    empty,
    vanishing,
    unmarked,
    pictures,
    animated,
    settled,
    cut,
    filled,
  };
})();
