/** On a phone the sentence that says what to look for is folded to two lines; a tap unfolds it. */
export const mountLooks = () =>
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element) target.closest(".look")?.classList.toggle("whole");
  });
