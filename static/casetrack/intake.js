/* The new case by keyboard alone: Enter takes the first of what was found and goes on, arrow down
   goes into the list, a digit chooses a face. Alt + R goes to the cases that look alike, and Enter or
   Escape back again. Enter in a line never sends the form: Ctrl + Enter does. */

const form = document.getElementById("new-case");

const usable = (field) => field.checkVisibility() && !field.disabled && field.tabIndex >= 0;
const stops = () => [...form.querySelectorAll("input, textarea, select, button, summary")].filter(
  (field) => usable(field) && field.type !== "file",
);

/* The next field that is not of the same group, and no fold. */
const after = (field) => {
  const all = stops();
  return all.slice(all.indexOf(field) + 1).find((one) => !one.matches("summary, [type=radio], [type=checkbox]"));
};

const hits = (field) => {
  const place = field.closest("[data-pick]")?.dataset.pick;
  return place ? [...document.querySelectorAll(`${place} input[type=radio]`)] : [];
};

const choose = (radio) => {
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
};

const goOn = (field) => {
  const found = hits(field);
  if (found.length && !found.some((one) => one.checked)) choose(found[0]);
  after(found.at(-1) ?? field)?.focus();
};

const isLine = (field) =>
  field.matches("input:not([type=radio], [type=checkbox], [type=submit], [type=button], [type=file])");

let cameFrom = null;

const toSimilar = () => {
  const place = form.querySelector("#similar");
  const first = place.querySelector('input:checked:not([value=""])') ?? place.querySelector("input") ?? place.querySelector("a");
  if (!first) return;
  if (!place.contains(document.activeElement)) cameFrom = document.activeElement;
  first.focus();
};

const back = (field) => {
  if (!cameFrom || !field.closest("#similar")) return false;
  cameFrom.focus();
  cameFrom = null;
  return true;
};

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.code !== "KeyR" || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  toSimilar();
});

form.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && isLine(field) && !field.closest("[data-rows]")) {
    event.preventDefault();
    goOn(field);
  } else if (event.key === "Enter" && field.matches("[type=radio], [type=checkbox]")) {
    event.preventDefault();
    if (field.type === "radio" && !field.checked) choose(field);
    if (!back(field)) after(field)?.focus();
  } else if (event.key === "Escape") {
    back(field);
  } else if (event.key === "ArrowDown" && hits(field).length) {
    event.preventDefault();
    const list = hits(field);
    const first = list.find((one) => one.checked) ?? list[0];
    choose(first);
    first.focus();
  } else if (field.name === "emotion" && /^[1-5]$/.test(event.key)) {
    event.preventDefault();
    const face = form.querySelector(`[name=emotion][value="${event.key}"]`);
    face.focus();
    choose(face);
  }
});
