// Where pictures come from: the networks the server publishes, run in this page by kernel.js, or the
// server itself. Visitors switch between the two; every component on the page follows.
const decoding = (window.latentLabDecoding ??= { onServer: false, networks: new Map() });

const setOnServer = (onServer) => {
  decoding.onServer = onServer;
  document.dispatchEvent(new Event("latent-lab:decoding"));
};

// A network by its address, fetched once for the whole page: run(x), or a rejected promise.
const network = (address) => {
  if (!decoding.networks.has(address)) {
    const fetched = fetch(address, { signal: AbortSignal.timeout(30_000) }).then(async (answer) => {
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      return readNetwork(await answer.arrayBuffer());
    });
    fetched.catch(() => decoding.networks.delete(address));  // who asks next tries again
    decoding.networks.set(address, fetched);
  }
  return decoding.networks.get(address);
};

// One part of one model: `run` is there once its network is. Until then it is on its way, or has
// `failed`, and only the server can; load() tries again.
const part = (address) => {
  const self = { run: null, failed: !address, ready: null };
  self.load = () => (self.ready ??= (address ? network(address) : Promise.reject()).then(
    (run) => Object.assign(self, { run, failed: false }),
    () => Object.assign(self, { ready: null, failed: true }),
  ));
  return self;
};

// A canvas of 28x28 that is repainted at every frame: nothing is allocated on the way.
const screen = (canvas) => {
  const context = canvas.getContext("2d");
  const image = new ImageData(28, 28);
  const bytes = new Uint8ClampedArray(784);  // rounds and clips as the server does
  const words = new Uint32Array(image.data.buffer);
  const showBytes = (from) => {
    for (let i = 0; i < 784; i++) words[i] = 0xff000000 | (from[i] * 0x010101);
    context.putImageData(image, 0, 0);
  };
  const show = (values) => {
    for (let i = 0; i < 784; i++) bytes[i] = 255 * values[i];
    showBytes(bytes);
  };
  return { show, showBytes };
};

const toBytes = (values) => Uint8ClampedArray.from(values, (v) => 255 * v);

// Draw at once, but no more than once a frame: what else comes in a frame is drawn with the next.
const oncePerFrame = (draw) => {
  let drawn = false, stale = false;
  const refresh = () => {
    if (drawn) { stale = true; return; }
    drawn = true;
    requestAnimationFrame(() => { drawn = false; if (stale) { stale = false; refresh(); } });
    draw();
  };
  return refresh;
};

const nextFrame = () => new Promise(requestAnimationFrame);

// Pictures of many codes as bytes, one after another: in slices, so that the page stays awake, or by
// the server, a request at a time: ask(codes). null once they are no longer wanted, or it failed.
const decodeMany = async (run, codes, ask, wanted = () => true) => {
  const all = new Uint8ClampedArray(784 * codes.length);
  const slice = run ? 6 : 60;
  for (let from = 0; from < codes.length; from += slice) {
    const some = codes.slice(from, from + slice);
    if (run) some.forEach((z, i) => all.set(toBytes(run(z)), 784 * (from + i)));
    else {
      const pixels = await ask(some);
      if (!pixels) return null;
      all.set(pixels, 784 * from);
    }
    if (run && codes.length > slice) await nextFrame();
    if (!wanted()) return null;
  }
  return all;
};

// The same question to the server, for one model; its fault goes to complain.
const serverDecodes = (server, model, complain) => async (codes) => {
  const answer = await asked(() => server.decode_codes({ models: [model], z: codes }));
  if (answer.error) complain(answer.error);
  return answer.error ? null : bytesOf(answer.pixels[0]);
};

// The badge: where pictures are decoded and how long a frame's take, the median of the last twenty
// frames. A click moves decoding to the other side.
const decodingBadge = (button) => {
  const took = [];
  button.addEventListener("click", () => setOnServer(!decoding.onServer));
  document.addEventListener("latent-lab:decoding", () => { took.length = 0; });
  const note = (ms) => { took.push(ms); if (took.length > 20) took.shift(); };
  const show = (where) => {
    const median = [...took].sort((a, b) => a - b)[took.length >> 1];
    button.textContent = `decodes ${where}${took.length > 5 ? ` · ${median.toFixed(1)} ms` : ""} ⇄`;
  };
  return { note, show };
};
