const TITLE = "Score";
const state = { seed: 1, noisy: true, share: 0.25, steps: 1, open: true };

const show = ({ pictures, errors, score, slope }, { noisy, seed, share, steps }) => {
  find(".said").textContent = "";
  for (const [name, pixels] of Object.entries(pictures)) {
    paint(find(`[data-picture=${name}]`), bytesOf(pixels), 28, 28);
    find(`[data-error=${name}]`).textContent = `error ${written(errors[name], 3)}`;
  }
  find(".score").src = score;
  find(".scale").textContent = `±${props.limit} in full colour, rms ${written(slope, 2)}`;
  element.dataset.shown = [noisy, seed, share, steps].join(" "); // of what was asked
};
const ask = latestOnly(
  ({ pixels, ...rest }) => server.show_score({ pixels: textOf(pixels), ...rest }),
  show,
  (text) => {
    find(".said").textContent = text;
  },
);
const refresh = () => {
  if (!state.open || !window.latentLabDigit) return;
  const { seed, noisy, share, steps } = state;
  ask({ pixels: window.latentLabDigit.pixels, seed, noisy, share, steps });
};

find("[data-slide=steps]").max = props.most;
for (const slider of element.querySelectorAll("[data-slide]")) {
  const output = slider.parentElement.querySelector("output"),
    { slide } = slider.dataset;
  const read = () => {
    state[slide] = Number(slider.value);
    output.textContent = slide === "share" ? written(state.share, 2) : slider.value;
  };
  read();
  slider.addEventListener("input", () => {
    read();
    refresh();
  });
}
find("[data-do=noisy]").addEventListener("change", ({ target }) => {
  state.noisy = target.checked;
  refresh();
});
find("[data-do=again]").addEventListener("click", () => {
  state.seed += 1;
  refresh();
});
find(".sigma").textContent = props.sigma;
find(".words").textContent =
  `Orange: the network takes more ink for more probable under noise of σ; blue: less. With t = 1 one step is the denoiser's answer; small steps, repeated, climb to a peak of the blurred density. The noise is not clipped; greys below 0 and above 1 look black and white. Errors: root mean square per pixel against the clean digit.`;

document.addEventListener("latent-lab:view", ({ detail }) => {
  state.open = detail === TITLE;
  refresh();
});
document.addEventListener("latent-lab:digit", refresh);
refresh();
