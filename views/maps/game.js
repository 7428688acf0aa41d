// Part of latent_map.js: the game of guessing where a digit lands.
const theDigit = () => (state.digit?.label ? `your ${state.digit.label}` : "your digit");
const startGuessing = () => {
  state.revealed = false;
  for (const cell of cells.values()) {
    cell.guess = null;
    cell.find(".score").textContent = "";
  }
  say(
    state.predict ? `Where will ${theDigit()} land? Choose a place on every map, then reveal.` : "",
  );
  bar.querySelector("[data-do=reveal]").hidden = !state.predict;
  refresh();
};
// How far the codes of a class lie from their centre: the root of the mean square.
const spreadOf = ({ codes, classes }, digit) => {
  const own = [...classes.keys()].filter((i) => classes[i] === digit);
  const mean = [0, 1].map(
    (axis) => own.reduce((sum, i) => sum + codes[2 * i + axis], 0) / own.length,
  );
  const squares = own.map((i) => (codes[2 * i] - mean[0]) ** 2 + (codes[2 * i + 1] - mean[1]) ** 2);
  return Math.sqrt(squares.reduce((a, b) => a + b) / own.length);
};
const reveal = () => {
  if (!ink()) return say("Pick or draw a digit first; then guess where it lands.");
  const open = shown().find((cell) => !cell.guess);
  if (open)
    return say(`Choose a place on the map of ${open.map.family.toUpperCase()} too; then reveal.`);
  if (shown().some((cell) => !cell.landing))
    return say("The digit has not landed yet; try again in a moment.");
  state.revealed = true;
  state.at = null;
  say(`Here is ${theDigit()}. Pick or draw another digit for the next guess.`);
  bar.querySelector("[data-do=reveal]").hidden = true;
  for (const cell of shown()) score(cell);
  refresh();
  settle();
};
const score = ({ map, guess, landing, find }) => {
  const off = Math.hypot(guess[0] - landing.z[0], guess[1] - landing.z[1]);
  const digit = state.digit.label ? Number(state.digit.label) : nearest(map, landing.z).digit;
  const spread = spreadOf(map, digit);
  find(".score").textContent =
    `your guess is ${written(off)} off: ${written(off / spread, 1)} times the spread of the ${digit}s, ${written(spread)}`;
};
