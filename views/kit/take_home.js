/**
 * What each view gives to be taken home: its numbers as a table, and the Python that computes them.
 *
 * A view says so by `takeHome` of mountView; the sheet of views/shell/take_home.js asks when somebody
 * opens it. The Python prints the rows of the table, and no more, as lines of comma-separated cells:
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

/** @type {Map<string, Give>} */
const gives = new Map();

/** Say what a view gives. @param {string} view its folder @param {Give} give */
export const offerHome = (view, give) => {
  gives.set(view, give);
};

/** What a view gives now; null where it has nothing. @param {string} view its folder */
export const homeOf = (view) => gives.get(view)?.() ?? null;
