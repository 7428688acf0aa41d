/** The top of the page: a notice, the light switch, the link to what is shown, and the way back. */
import { oneOf, optional } from "../kit/keys.js";
import { addressWith, link, reload, writeAddress } from "../kit/link.js";
import { notice, onServer, openView } from "../kit/page.js";
import { finder, linkedValue } from "../kit/view.js";

const COPIED_FOR = 1500; // ms that the button says so

/** Outside a secure context, as on a classroom's plain http, there is no clipboard but this. */
const copyBySelection = (/** @type {HTMLElement} */ root, /** @type {string} */ text) => {
  const field = Object.assign(document.createElement("textarea"), { value: text });
  root.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
};

/** @param {import("../kit/view.js").Mounting<{}>} mounting */
export default function mount({ element }) {
  const find = finder(element);
  const sentence = find(".notice");
  const show = (/** @type {string} */ text) => {
    sentence.textContent = text;
  };
  show(notice.value);
  notice.subscribe(show);

  const theme = linkedValue("theme", optional(oneOf(["dark", "light"])));
  if (theme.value) document.body.classList.toggle("dark", theme.value === "dark");
  const switchLights = () => {
    const dark = document.body.classList.toggle("dark");
    theme.remember(dark ? "dark" : "light");
  };

  const decoding = linkedValue("decoding", oneOf(["page", "server"]));
  onServer.value = decoding.value === "server";
  onServer.subscribe((server) => decoding.remember(server ? "server" : "page"));

  const copy = async (/** @type {HTMLElement} */ button) => {
    writeAddress();
    const text = new URL(addressWith(link.text()), location.href).href;
    const written = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    const done = written || copyBySelection(element, text);
    button.focus();
    button.textContent = done ? "copied" : "copy link";
    show(done ? "" : "Your browser keeps pages from copying; take the link from its address bar.");
    setTimeout(() => {
      button.textContent = "copy link";
    }, COPIED_FOR);
  };

  const resetView = () => {
    link.reset(openView.value);
    reload();
  };

  element.addEventListener("click", ({ target }) => {
    const button = /** @type {HTMLElement} */ (target);
    if (button.dataset.do === "lights") switchLights();
    if (button.dataset.do === "copy") copy(button);
    if (button.dataset.do === "reset") resetView();
  });
}
