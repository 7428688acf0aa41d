() => {
  document.querySelector(".lights")?.addEventListener("click", () => document.body.classList.toggle("dark"));
}
