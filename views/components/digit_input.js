const picture = element.querySelector(".picture");
const ink = element.querySelector(".ink");
const pen = ink.getContext("2d");
const said = element.querySelector(".said");
const steps = element.querySelector(".steps");
const samples = element.querySelector(".samples");
const MOST_BYTES = 10_000_000;
let drawing = false;  // is what the pad shows a drawing that another stroke would add to?

const say = (text, wrong = false) => {
  said.textContent = text;
  said.classList.toggle("wrong", wrong);
};
const complain = (text) => say(text, true);

const wipe = () => {
  pen.clearRect(0, 0, ink.width, ink.height);
  drawing = false;
};

// Make `pixels` the chosen digit and tell Python.
const choose = (pixels, label, source) => {
  props.value = { pixels, label, source };
  for (const button of samples.children) button.setAttribute("aria-pressed", button.dataset.pixels === pixels);
  trigger("input");
};

const showPicture = (pixels) => {
  wipe();
  steps.hidden = true;
  paint(picture, bytesOf(pixels), 28, 28);
};

const chooseSample = ({ pixels, label }) => {
  showPicture(pixels);
  say(`a ${label}, from the samples`);
  choose(pixels, String(label), "sample");
};

const showSteps = (answer) => {
  for (const canvas of steps.querySelectorAll("canvas")) {
    const { pixels, width, height } = answer[canvas.dataset.step];
    paint(canvas, bytesOf(pixels), width, height);
  }
  steps.hidden = false;
};

const normalizeDrawing = latestOnly(
  (pixels) => server.normalize_drawing({ pixels, side: 112 }),
  (answer) => {
    if (!drawing) return;  // a sample was chosen meanwhile
    showSteps(answer);
    say("your drawing, as the models see it below");
    choose(answer.digit.pixels, "", "drawing");
  },
  complain,
);

const greyOf = (canvas, side) => {
  const small = document.createElement("canvas");
  small.width = small.height = side;
  const context = small.getContext("2d");
  context.fillRect(0, 0, side, side);
  context.drawImage(canvas, 0, 0, side, side);
  const rgba = context.getImageData(0, 0, side, side).data;
  return Uint8Array.from({ length: side * side }, (_, i) => rgba[4 * i]);
};

// Drawing: mouse, finger and pen are all pointers.
const place = (event) => {
  const box = ink.getBoundingClientRect();
  return [(event.clientX - box.left) * ink.width / box.width, (event.clientY - box.top) * ink.height / box.height];
};
ink.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  if (!drawing) { wipe(); paint(picture, new Uint8Array(784), 28, 28); drawing = true; }
  ink.setPointerCapture(event.pointerId);
  pen.lineWidth = 18;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#fff";
  pen.beginPath();
  pen.moveTo(...place(event));
  pen.lineTo(...place(event));
  pen.stroke();
});
ink.addEventListener("pointermove", (event) => {
  if (!ink.hasPointerCapture(event.pointerId)) return;
  pen.lineTo(...place(event));
  pen.stroke();
});
const endStroke = () => { if (drawing) normalizeDrawing(textOf(greyOf(ink, 112))); };
ink.addEventListener("pointerup", endStroke);
ink.addEventListener("pointercancel", endStroke);

const askRandom = latestOnly(() => server.random_digit({}), chooseSample, complain);

const choosePhoto = async (file) => {
  if (file.size > MOST_BYTES) return complain("That picture is over 10 MB; use a smaller one.");
  say("reading your picture …");
  const pixels = textOf(new Uint8Array(await file.arrayBuffer()));
  const answer = await server.normalize_photo({ pixels }).catch(() => ({ error: "That picture could not be sent; try a smaller one." }));
  if (answer.error) return complain(answer.error);
  showPicture(answer.digit.pixels);
  showSteps(answer);
  say(answer.inverted ? "your picture, inverted to white ink on black" : "your picture");
  choose(answer.digit.pixels, "", "photo");
};

element.addEventListener("click", (event) => {
  const action = event.target.closest("[data-do]")?.dataset.do;
  if (action === "random") askRandom(null);
  if (action === "clear") {
    wipe();
    steps.hidden = true;
    const nothing = new Uint8Array(784);
    paint(picture, nothing, 28, 28);
    say("draw a digit above, or pick one below");
    choose(textOf(nothing), "", "drawing");
  }
  if (action === "photo") file.click();
  const sample = event.target.closest(".samples button");
  if (sample) chooseSample(sample.dataset);
});
const file = element.querySelector('input[type="file"]');
file.addEventListener("change", () => {
  if (file.files[0]) choosePhoto(file.files[0]);
  file.value = "";
});

// Samples: one stop in the tab order, arrow keys within.
samples.addEventListener("keydown", (event) => {
  const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -10, ArrowDown: 10 }[event.key];
  const all = [...samples.children];
  const to = all[all.indexOf(document.activeElement) + move];
  if (!to) return;
  event.preventDefault();
  for (const button of all) button.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
});

const showSamples = ({ digits, name }) => {
  samples.replaceChildren(...digits.map(({ pixels, label }, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = i === 0 ? 0 : -1;
    button.dataset.pixels = pixels;
    button.dataset.label = label;
    button.setAttribute("aria-label", `a ${label}, sample ${1 + Math.floor(i / 10)}`);
    button.appendChild(document.createElement("canvas"));
    paint(button.firstChild, bytesOf(pixels), 28, 28);
    return button;
  }));
  samples.title = name;
  chooseSample(digits[props.start]);
};
server.sample_digits({}).then(showSamples).catch(() => complain("The samples did not load; reload the page."));
