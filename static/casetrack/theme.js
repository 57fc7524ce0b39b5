/* Runs before the first paint, so that a page never flashes in the other theme. */
(() => {
  const root = document.documentElement;
  if (root.dataset.ctTheme !== "auto") return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", follow);
})();
