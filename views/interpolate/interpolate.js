const paths = element.querySelector(".paths");
const slider = element.querySelector("input");
const said = element.querySelector(".said");
const playButton = element.querySelector('[data-do="play"]');
let frames = []; // per path: its pictures' bytes, one after another
let timer = null;

const showFrame = (i) => {
  const { count } = props.value;
  slider.value = i;
  element.querySelector("output").textContent = `t = ${(i / (count - 1)).toFixed(2)}`;
  [...paths.children].forEach((path, p) => {
    paint(path.querySelector(".now"), frames[p].subarray(i * 784, (i + 1) * 784), 28, 28);
    const mark = path.querySelector("i");
    mark.style.left = `${(100 * i) / count}%`;
    mark.style.width = `${100 / count}%`;
  });
};

const stop = () => {
  clearInterval(timer);
  timer = null;
  playButton.textContent = "Play";
  playButton.setAttribute("aria-pressed", "false");
};
const play = () => {
  const last = props.value.count - 1;
  let step = Number(slider.value) < last ? 1 : -1;
  timer = setInterval(() => {
    const next = Number(slider.value) + step;
    if (next === 0 || next === last) step = -step;
    showFrame(next);
  }, 120);
  playButton.textContent = "Pause";
  playButton.setAttribute("aria-pressed", "true");
};

const build = () => {
  if (!props.value) return;
  const { rows, count } = props.value;
  frames = rows.map((r) => bytesOf(r.pixels));
  slider.max = count - 1;
  paths.replaceChildren(
    ...rows.map(({ family, name, note }, p) => {
      const div = document.createElement("div");
      div.className = `path ${family}`;
      div.innerHTML = `<div class="name"><b class="model ${family}">${name}</b>${note}</div>
      <canvas class="now" role="img" aria-label="${name} at the position of the slider"></canvas>
      <div class="where"><canvas class="strip" role="img" aria-label="${name}: ${count} steps from A to B"></canvas><i></i></div>`;
      paint(div.querySelector(".strip"), frames[p], 28, 28, count);
      return div;
    }),
  );
  showFrame(Math.min(Number(slider.value), count - 1));
};

const save = (kind) => download(() => server.export_film({ ...props.value.request, kind }), said);

slider.addEventListener("input", () => {
  stop();
  showFrame(Number(slider.value));
});
element.addEventListener("click", (event) => {
  const action = event.target.closest("[data-do]")?.dataset.do;
  if (!action || !props.value) return;
  if (action === "play") {
    if (timer) stop();
    else play();
  } else save(action);
});
watch("value", build);
build();
