/* A button with data-copy="#id" copies what stands in that field, and says so for a moment.

   It is hidden until this script runs: without it the field can be selected by hand. */

const show = (part) => {
  for (const button of part.querySelectorAll?.("[data-copy]") ?? []) button.hidden = !navigator.clipboard;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  const field = button && document.querySelector(button.dataset.copy);
  if (!field) return;
  field.select();
  await navigator.clipboard.writeText(field.value);
  const words = button.querySelector("span");
  const before = words.textContent;
  words.textContent = button.dataset.copied;
  setTimeout(() => { words.textContent = before; }, 2000);
});

document.addEventListener("htmx:load", (event) => show(event.target.parentElement ?? event.target));
show(document);
