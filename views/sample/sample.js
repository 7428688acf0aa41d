const grids = element.querySelector(".grids");

const tile = (pixels, i, family) => {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.index = i;
  button.tabIndex = i === 0 ? 0 : -1;
  button.setAttribute("aria-label", `${family.toUpperCase()} sample ${i + 1}: open in the sliders`);
  button.appendChild(document.createElement("canvas"));
  paint(button.firstChild, pixels, 28, 28);
  return button;
};

const build = () => {
  if (!props.value) return;
  const { grids: found, columns, count, real } = props.value;
  element.querySelector(".real").innerHTML = real;
  grids.replaceChildren(
    ...found.map(({ model, family, heading, pixels, judged, note, map }) => {
      const div = document.createElement("div");
      div.className = `sampled ${family}`;
      div.dataset.model = model;
      if (!pixels) {
        // nothing can be drawn from there
        div.innerHTML = `${heading}<p class="note">${note}</p>`;
        return div;
      }
      div.innerHTML = `${heading}<div class="tiles"></div><div class="judged">${judged}</div><p class="note">${note}</p>${map}`;
      const bytes = bytesOf(pixels);
      const tiles = div.querySelector(".tiles");
      tiles.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
      tiles.replaceChildren(
        ...Array.from({ length: count }, (_, i) =>
          tile(bytes.subarray(784 * i, 784 * (i + 1)), i, family),
        ),
      );
      return div;
    }),
  );
};

element.querySelector('[data-do="save"]').addEventListener("click", () => {
  if (props.value)
    download(() => server.export_samples(props.value.request), element.querySelector(".said"));
});
grids.addEventListener("click", (event) => {
  const button = event.target.closest(".tiles button");
  if (!button) return;
  const model = button.closest(".sampled").dataset.model;
  const { draws } = props.value.grids.find((grid) => grid.model === model);
  props.value = { ...props.value, picked: { model, z: draws[button.dataset.index] } };
  trigger("select");
});
grids.addEventListener("keydown", (event) => {
  const tiles = event.target.closest(".tiles");
  const columns = props.value?.columns;
  const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  const to = tiles && [...tiles.children][Number(event.target.dataset.index) + move];
  if (!to) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
});
watch("value", build);
build();
