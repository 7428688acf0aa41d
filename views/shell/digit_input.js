const picture = element.querySelector(".picture");
const ink = element.querySelector(".ink");
const pen = ink.getContext("2d", { willReadFrequently: true });
const said = element.querySelector(".said");
const steps = element.querySelector(".steps");
const samples = element.querySelector(".samples");
const fileInput = element.querySelector('input[type="file"]');
const MOST_BYTES = 10_000_000, MOST_PIXELS = 12_000_000, MOST_LENGTH = 4096;  // that the server takes
const SMALLER = 1024;  // the longer side of what is too large for it
const INK_WIDTH = 18;
const SIDE = 112;  // of the canvas that a drawing is normalized from
let drawing = false;  // is what the pad shows a drawing that another stroke would add to?
let finger = null;  // the pointer that draws a stroke now
let frame = 0;  // the animation frame that will show the stroke so far
let turn = 0;  // counts what the visitor does: what answers an earlier turn comes too late

const say = (text, wrong = false) => {
  said.textContent = text;
  said.classList.toggle("wrong", wrong);
};
const complain = (text) => say(text, true);

const rest = () => {
  finger = null;
  cancelAnimationFrame(frame);
  frame = 0;
};
const wipe = () => {
  rest();
  pen.clearRect(0, 0, ink.width, ink.height);
  drawing = false;
};

// The page's own digit is told to every part of it; another one, as in Interpolate, to Python only.
const tell = (pixels, label, live) => {
  if (!props.leads) return;
  window.latentLabDigit = { pixels, label, live };
  document.dispatchEvent(new CustomEvent("latent-lab:digit", { detail: window.latentLabDigit }));
};

// In a link a digit is its label, if it has one, a dot, and its bytes deflated, in base64url. Bytes
// that cannot be deflated become 789, or 1052 letters; address.js lets little more than that pass.
const deflated = async (pixels) => {
  const stream = new Blob([pixels]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const text = textOf(new Uint8Array(await new Response(stream).arrayBuffer()));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
// Undefined unless it is exactly a digit; where there is more, the rest is left unread.
const inflated = async (text) => {
  const packed = bytesOf(text.replaceAll("-", "+").replaceAll("_", "/"));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader(), pixels = new Uint8Array(784);
  for (let length = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return length === pixels.length ? pixels : undefined;
    if (length + value.length > pixels.length) return void reader.cancel();
    pixels.set(value, length);
    length += value.length;
  }
};
const digitOfLink = async () => {
  const [label, text] = linked("digit", (written) => written.split(".")) ?? [];
  if (text === undefined) return undefined;
  const pixels = await inflated(text).catch(() => undefined);
  if (!pixels) linkMakesNoSense("digit");
  return pixels && { pixels, label };
};
const rememberDigit = async (pixels, label) => {
  const mine = turn;
  const text = await deflated(pixels).catch(() => "");  // a browser of before 2023 cannot deflate
  if (mine === turn) remember({ digit: text && `${label}.${text}` });
};

// Make `pixels` the chosen digit and tell the page and Python. The address keeps what the visitor
// chose, so not what the page opened with.
const choose = (pixels, label, source) => {
  const text = textOf(pixels);
  tell(pixels, label, false);
  props.value = { pixels: text, label, source };
  for (const button of samples.children) button.setAttribute("aria-pressed", button.dataset.pixels === text);
  trigger("input");
  if (props.leads && turn) rememberDigit(pixels, label);
};

const showPicture = (pixels) => {
  wipe();
  steps.hidden = true;
  paint(picture, pixels, 28, 28);
};

const chooseSample = ({ pixels, label }) => {
  showPicture(bytesOf(pixels));
  say(`a ${label}, from the samples`);
  choose(bytesOf(pixels), String(label), "sample");
};

const chooseLinked = ({ pixels, label }) => {
  showPicture(pixels);
  say("the digit of the link");
  choose(pixels, label, "link");
};

const showSteps = (answer, read = (pixels) => pixels) => {
  for (const canvas of steps.querySelectorAll("canvas")) {
    const { pixels, width, height } = answer[canvas.dataset.step];
    paint(canvas, read(pixels), width, height);
  }
  steps.hidden = false;
};

const small = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
small.canvas.width = small.canvas.height = SIDE;
const greyOf = (canvas) => {
  small.fillRect(0, 0, SIDE, SIDE);
  small.drawImage(canvas, 0, 0, SIDE, SIDE);
  const rgba = small.getImageData(0, 0, SIDE, SIDE).data, grey = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < grey.length; i++) grey[i] = rgba[4 * i];
  return grey;
};
// Show the steps from the drawing so far to a digit; the digit.
const showDrawing = () => {
  const answer = normalized(greyOf(ink), SIDE);
  showSteps(answer);
  return answer.digit.pixels;
};

// Drawing: mouse, finger and pen are all pointers, and one at a time draws. All of the page that
// works without Python follows the stroke, once a frame; Python hears of its end.
const follow = () => {
  frame ||= requestAnimationFrame(() => { frame = 0; tell(showDrawing(), "", true); });
};
const place = (event) => {
  const box = ink.getBoundingClientRect();
  return [(event.clientX - box.left) * ink.width / box.width, (event.clientY - box.top) * ink.height / box.height];
};
const drawTo = (event) => {
  const here = place(event);
  pen.lineTo(...here);
  pen.stroke();
  pen.beginPath();  // the next move draws only what is new
  pen.moveTo(...here);
  follow();
};
ink.addEventListener("pointerdown", (event) => {
  if (finger !== null || event.button) return;
  event.preventDefault();
  turn++;
  if (!drawing) { wipe(); paint(picture, new Uint8Array(784), 28, 28); drawing = true; }
  finger = event.pointerId;
  ink.setPointerCapture(finger);
  pen.lineWidth = INK_WIDTH;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = pen.fillStyle = "#fff";
  const here = place(event);
  pen.beginPath();
  pen.arc(...here, INK_WIDTH / 2, 0, 2 * Math.PI);  // a line of no length would leave no dot
  pen.fill();
  pen.beginPath();
  pen.moveTo(...here);
  follow();
  say("your drawing, as the models see it below");
});
ink.addEventListener("pointermove", (event) => { if (event.pointerId === finger) drawTo(event); });
const endStroke = (event) => {
  if (event.pointerId !== finger) return;
  rest();
  choose(showDrawing(), "", "drawing");
};
ink.addEventListener("pointerup", endStroke);
ink.addEventListener("pointercancel", endStroke);

const askRandom = latestOnly(
  () => server.random_digit({}),
  (answer, mine) => { if (mine === turn) chooseSample(answer); },
  complain,
);

// The file, or what the browser can make of it where the server could not: a smaller PNG, upright.
const sendable = async (file) => {
  const image = new Image(), url = URL.createObjectURL(file);
  try {
    image.src = url;
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image, long = Math.max(width, height);
    const known = fileInput.accept.split(",").includes(file.type);
    if (known && file.size <= MOST_BYTES && long <= MOST_LENGTH && width * height <= MOST_PIXELS) return file;
    const canvas = document.createElement("canvas"), scale = Math.min(1, SMALLER / long);
    [canvas.width, canvas.height] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob((blob) => done(blob ?? file), "image/png"));
  } catch {
    return file;  // nothing that the browser can read; the server says what it is
  } finally {
    URL.revokeObjectURL(url);
  }
};

const choosePhoto = async (file) => {
  const mine = ++turn;
  say("reading your picture …");
  const sent = await sendable(file);
  if (mine !== turn) return;
  if (sent.size > MOST_BYTES) return complain("That picture is over 10 MB; use a smaller one.");
  const pixels = textOf(new Uint8Array(await sent.arrayBuffer()));
  const answer = await asked(() => server.normalize_photo({ pixels }), "That picture could not be sent; try a smaller one.");
  if (mine !== turn) return;
  if (answer.error) return complain(answer.error);
  const digit = bytesOf(answer.digit.pixels);
  showPicture(digit);
  showSteps(answer, bytesOf);
  say(answer.inverted ? "your picture, inverted to white ink on black" : "your picture");
  choose(digit, "", "photo");
};

element.addEventListener("click", (event) => {
  const action = event.target.closest("[data-do]")?.dataset.do;
  if (action === "random") askRandom(++turn);
  if (action === "clear") {
    turn++;
    const nothing = new Uint8Array(784);
    showPicture(nothing);
    say("draw a digit above, or pick one below");
    choose(nothing, "", "drawing");
  }
  if (action === "photo") fileInput.click();
  const sample = event.target.closest(".samples button");
  if (sample) { turn++; chooseSample(sample.dataset); }
});
fileInput.addEventListener("change", () => {
  if (fileInput.files[0]) choosePhoto(fileInput.files[0]);
  fileInput.value = "";
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
  element.querySelector(".source").textContent = `samples: ${name}`;
};

const begin = async (answer) => {
  showSamples(answer);
  const found = props.leads ? await digitOfLink() : undefined;
  if (turn) return;  // the visitor was faster
  if (found) chooseLinked(found); else chooseSample(answer.digits[props.start]);
};
asked(() => server.sample_digits({}), "The samples did not load; reload the page.")
  .then((answer) => (answer.error ? complain(answer.error) : begin(answer)));
