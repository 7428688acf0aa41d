/** Questions to the server: each is a POST of JSON to a route of ours, and needs no session. */

const SILENT = "The server does not answer; check that it is still running.";

// Whoever asks has a turn before anybody has a second: this page is one of those who ask.
const HEADERS = { "Content-Type": "application/json", "X-Page": String(Math.random()).slice(2) };
const PATIENCE = 60_000; // ms: the longest that any question takes on a busy server

/** @typedef {{ error: string }} Refusal why there is no answer, in one sentence */

/**
 * The address of a file or route of ours, which lies beside the page, behind whatever prefix a proxy
 * gives it.
 * @param {string} path
 */
export const addressOf = (path) => new URL(path, document.baseURI);

/** @param {AbortSignal} [ended] */
const patient = (ended) => {
  const late = AbortSignal.timeout(PATIENCE);
  // A browser of before 2024 cannot join two signals: it waits for the answer, and drops it.
  return ended && "any" in AbortSignal ? AbortSignal.any([late, ended]) : late;
};

/**
 * What the server answers, or in a sentence why it does not.
 * @template {keyof import("./routes.js").Routes} Name
 * @param {Name} name the route's
 * @param {import("./routes.js").Routes[Name]["question"]} question
 * @param {AbortSignal} [ended] nobody wants the answer any more: the server need not work on it
 * @returns {Promise<import("./routes.js").Routes[Name]["answer"] | Refusal>}
 */
export const ask = async (name, question, ended) => {
  try {
    const response = await fetch(addressOf(`ask/${name}`), {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify(question),
      signal: patient(ended),
    });
    const answer = await response.json();
    return response.ok ? answer : { error: String(answer.error ?? SILENT) };
  } catch {
    return { error: SILENT };
  }
};

/**
 * Did the server refuse?
 * @param {object} answer
 * @returns {answer is Refusal}
 */
export const isRefusal = (answer) => "error" in answer;

/** @type {Map<string, Promise<any>>} */
const files = new Map();

/**
 * What a JSON file of ours holds, fetched once for the whole page; who asks after a failure tries
 * again. Rejects, with a sentence for the visitor, what does not arrive.
 * @param {string} address relative to the page
 * @returns {Promise<any>}
 */
export const fetchJson = (address) => {
  const known = files.get(address);
  if (known) return known;
  const fetched = fetch(addressOf(address)).then((response) => {
    if (!response.ok) throw new Error("A part of this view did not load; reload the page.");
    return response.json();
  });
  fetched.catch(() => files.delete(address));
  files.set(address, fetched);
  return fetched;
};

/**
 * At most `most` requests at a time; while they are out only the newest question waits.
 * @template Question
 * @template {object} Answer
 * @param {(question: Question) => Promise<Answer | Refusal | null>} send null: nobody wants the
 *   answer any more, so nothing was asked
 * @param {(answer: Answer, question: Question) => void} show
 * @param {(sentence: string, question: Question) => void} complain
 * @param {number} [most]
 * @returns {(question: Question) => void}
 */
export const latestOnly = (send, show, complain, most = 1) => {
  let out = 0;
  /** @type {{ question: Question } | null} */
  let next = null;
  const run = async (/** @type {Question} */ question) => {
    out += 1;
    try {
      const answer = await send(question);
      if (answer === null) return;
      if (isRefusal(answer)) complain(answer.error, question);
      else show(answer, question);
    } finally {
      out -= 1;
      if (next) {
        const newest = next.question;
        next = null;
        run(newest);
      }
    }
  };
  return (question) => {
    if (out < most) run(question);
    else next = { question };
  };
};

/**
 * Save a file that the server made.
 * @param {{ name: string, uri: string }} file
 */
export const saveFile = ({ name, uri }) => {
  const link = document.createElement("a");
  link.href = uri;
  link.download = name;
  link.click();
};
