/**
 * What each view gives to be taken home: its numbers as a table, and the Python that computes them.
 *
 * A view says so by `takeHome` of mountView; the sheet of views/shell/take_home.js asks when somebody
 * opens it. The Python prints the first columns of the table, as comma-separated values, and no more:
 * tests/browser/test_take_home.py runs it and compares.
 */

/** @typedef {string | number} Cell */

/**
 * @typedef {object} Home
 * @property {string[]} columns their titles, with the unit where all of a column has one
 * @property {Cell[][]} rows
 * @property {string} protocol how the numbers came about, in a sentence
 * @property {() => string[] | Promise<string[]>} python its lines, to be run in the project's folder
 */

/** @typedef {() => Home | null} Give null where there is no number yet */

/** @type {Map<string, Give[]>} */
const gives = new Map();

/**
 * Say what a view, or a part of it, gives until it ends.
 * @param {string} view its folder
 * @param {Give} give
 * @param {AbortSignal} ended
 */
export const offerHome = (view, give, ended) => {
  gives.set(view, [...(gives.get(view) ?? []), give]);
  ended.addEventListener("abort", () =>
    gives.set(
      view,
      (gives.get(view) ?? []).filter((each) => each !== give),
    ),
  );
};

/** One of what the parts of a view give, whose columns are the same. @param {Home[]} homes @returns {Home} */
const together = (homes) => ({
  columns: homes[0].columns,
  rows: homes.flatMap(({ rows }) => rows),
  protocol: homes.map(({ protocol }) => protocol).join(" "),
  python: async () => {
    const scripts = await Promise.all(homes.map(({ python }) => python()));
    return scripts.flatMap((lines, i) => (i ? ["", ...lines] : lines));
  },
});

/** What a view gives now; null where it has nothing. @param {string} view its folder */
export const homeOf = (view) => {
  const homes = (gives.get(view) ?? []).flatMap((give) => give() ?? []);
  return homes.length > 1 ? together(homes) : (homes[0] ?? null);
};
