// Shared by every component's script. Images travel as base64 of one grey byte per pixel.
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

const textOf = (bytes) => {
  let text = "";
  for (const b of bytes) text += String.fromCharCode(b);
  return btoa(text);
};

// Numbers as people write them: a true minus sign, and none before a zero.
const written = (v, digits = 2) => v.toFixed(digits).replace("-", "−").replace(/^−(0(\.0*)?)$/, "$1");

const clamp = (v, low, high) => Math.min(Math.max(v, low), high);
const sum = (values) => values.reduce((a, b) => a + b, 0);
const find = (selector) => element.querySelector(selector);
// Numbers that Python sent as four bytes each, in base64.
const floats = (text) => new Float32Array(bytesOf(text).buffer);

// Paint `count` images of width x height side by side; the canvas takes their size.
const paint = (canvas, bytes, width, height, count = 1) => {
  canvas.width = width * count;
  canvas.height = height;
  const image = new ImageData(width * count, height);
  for (let n = 0; n < count; n++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const to = 4 * ((y * count + n) * width + x);
        image.data.fill(bytes[(n * height + y) * width + x], to, to + 3);
        image.data[to + 3] = 255;
      }
  canvas.getContext("2d").putImageData(image, 0, 0);
};

// What the server answers, or why it does not: Gradio gives undefined for a call that failed.
const asked = async (call, fault = "The server does not answer; check that it is still running.") =>
  (await call().catch(() => null)) ?? { error: fault };

// Ask the server, one request at a time; while one is out only the newest question waits.
const latestOnly = (ask, show, complain) => {
  let busy = false, next = null;
  const run = async (question) => {
    busy = true;
    const answer = await asked(() => ask(question));
    try {
      if (answer.error) complain(answer.error); else show(answer, question);
    } finally {
      busy = false;
      if (next !== null) { const newest = next; next = null; run(newest); }
    }
  };
  return (question) => { if (busy) next = question; else run(question); };
};

// Save the file that the server makes: it answers {name, uri} or {error}.
const download = async (ask, said) => {
  const answer = await asked(ask);
  said.textContent = answer.error ?? "";
  if (answer.error) return;
  const link = document.createElement("a");
  link.href = answer.uri;
  link.download = answer.name;
  link.click();
};

