const notice = find(".notice");
if (window.latentLabNotice) notice.textContent = window.latentLabNotice;

// Outside a secure context, as on a classroom's plain http, there is no clipboard but this.
const copyBySelection = (text, button) => {
  const field = Object.assign(document.createElement("textarea"), { value: text });
  element.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  button.focus();
  return copied;
};
const copy = async (button) => {
  writeAddress();
  const link = new URL(linkNow(), location.href).href;
  const copied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
  const done = copied || copyBySelection(link, button);
  button.textContent = done ? "copied" : "copy link";
  notice.textContent = done ? "" : "Your browser keeps pages from copying; take the link from its address bar.";
  setTimeout(() => { button.textContent = "copy link"; }, 1500);
};
element.addEventListener("click", ({ target }) => {
  if (target.dataset.do === "lights") document.body.classList.toggle("dark");
  if (target.dataset.do === "copy") copy(target);
});
