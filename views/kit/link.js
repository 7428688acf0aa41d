// What a link restores stands after the # of the address, so it never reaches the server. Each part
// of the page keeps keys of its own there: linked(key, read) gives what the link it was opened with
// says, and remember({key: text}) keeps the address true to what is shown.

const NUMBERS = /^-?\d+(\.\d+)?(,-?\d+(\.\d+)?)*$/, NAMES = /^[\w.!~*'()%-]+(,[\w.!~*'()%-]+)*$/;
const LINK_PARTS = {
  view: /^[\w ]+$/, digit: /^\d?\.[\w-]{1,1100}$/, maps: NAMES, z: NUMBERS, a: NUMBERS, b: NUMBERS,
  draws: /^\d{1,10}$/, show: NAMES, model: NAMES, code: NUMBERS, compress: NAMES, ledger: NAMES,
  gap: NAMES, kl: NUMBERS, trick: NAMES, likelihood: NAMES, score: NUMBERS,
  classes: NAMES, beta: NUMBERS, shapes: NUMBERS, iwae: NAMES, labels: NAMES, draw: NUMBERS, gan: NAMES,
  compare: NAMES,
};

// The address without what stands after its #. Written out: a bare #… is read against the page's
// <base>, and would lose the query, which may hold a theme or a Space's token.
const addressWith = (text) => location.pathname + location.search + (text ? `#${text}` : "");

// Does the address say anything of ours after its #? What does not belongs to a page around ours.
const saysOurs = () => [...new URLSearchParams(location.hash.slice(1)).keys()].some((key) => Object.hasOwn(LINK_PARTS, key));

// Tell, once and in one sentence, that the link made no sense; what it meant is left at its default,
// and the address forgets `key`, or the next link copied from it would be damaged, too.
const linkMakesNoSense = (key) => {
  window.latentLabNotice = "That link is incomplete or damaged, so this is the usual start; copy it again.";
  const notice = document.querySelector("#header .notice");
  if (notice) notice.textContent = window.latentLabNotice;  // else the header is not there yet, and will look
  if (key) remember({ [key]: "" });
};

// What the page was opened with, or nothing at all where any of it is no part of a link.
const readLink = () => {
  const link = new URLSearchParams(saysOurs() ? location.hash.slice(1) : "");
  if ([...link].every(([key, text]) => Object.hasOwn(LINK_PARTS, key) && LINK_PARTS[key].test(text))) return link;
  history.replaceState(history.state, "", addressWith(""));
  linkMakesNoSense();
  return new URLSearchParams();
};

// The value of `key` as read(text) gives it; undefined without one, or when read finds none in it.
const linked = (key, read) => {
  // Another link pasted into the same tab changes only what stands after the #: begin anew with it.
  if (!window.latentLabLink) addEventListener("hashchange", () => { if (saysOurs()) location.reload(); });
  const opened = (window.latentLabLink ??= readLink());
  if (!opened.has(key)) return undefined;
  const value = read(opened.get(key));
  if (value === undefined) linkMakesNoSense(key);
  return value;
};

// `count` numbers of at most `most` each, written with commas; undefined for anything else.
const readNumbers = (text, count, most = 1e6) => {
  const numbers = text.split(",").map(Number);
  return numbers.length === count && numbers.every((n) => Math.abs(n) <= most) ? numbers : undefined;
};
// Names written with commas; undefined for what is none. A folder may be called anything, so each is
// encoded by itself.
const readNames = (text) => { try { return text.split(",").map(decodeURIComponent); } catch { return undefined; } };
const readName = (text, isKnown) => {
  const names = readNames(text) ?? [];
  return names.length === 1 && isKnown(names[0]) ? names[0] : undefined;
};
const writeNames = (names) => names.map(encodeURIComponent).join();
const writeNumbers = (numbers) => numbers.map((n) => Number(n.toFixed(4))).join(",");

// Browsers refuse to hear of every move: the address follows once it has been quiet for a moment.
// What waits is the page's, so that whoever writes, writes all of it.
const unwritten = (window.latentLabUnwritten ??= {});
let addressTimer = null;
const remember = (part) => {
  Object.assign(unwritten, part);
  clearTimeout(addressTimer);
  addressTimer = setTimeout(writeAddress, 250);
};
// Everything a link to what is shown says, also where the address is not ours to write.
const linkParts = () => {
  const parts = (window.latentLabParts ??= new URLSearchParams(window.latentLabLink));
  for (const [key, text] of Object.entries(unwritten)) {
    if (text) parts.set(key, text); else parts.delete(key);
    delete unwritten[key];
  }
  return parts;
};
const linkNow = () => addressWith(linkParts().toString().replaceAll("%2C", ","));
const writeAddress = () => {
  clearTimeout(addressTimer);
  const link = linkNow();
  if (location.hash.length < 2 || saysOurs()) history.replaceState(history.state, "", link);
};
