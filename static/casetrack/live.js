/* Keeps a page up to date without getting in anybody's way.

   [data-live] asks its address again and again, and names the [data-part]s that it shows by id and
   print. The answer holds the parts that changed, or nothing. What is ticked, open, focused or half
   typed stays: a [data-keep] that somebody has touched is never drawn anew. */

const touched = (kept) =>
  kept.contains(document.activeElement) ||
  [kept, ...kept.querySelectorAll("input, textarea, select")].some(
    (field) =>
      ("defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue) ||
      (field.options && ![...field.options].every((option) => option.selected === option.defaultSelected) && field.selectedIndex > 0),
  );

const typed = (kept) => [...kept.querySelectorAll('input:not([type="hidden"]), textarea')].map((field) => field.value).filter(Boolean).join(" · ");

/* What stays: remembered by id before the new part takes the place of the old one. */
const remember = (here) => ({
  checked: [...here.querySelectorAll("input[type=checkbox][id]:checked")].map((box) => box.id),
  open: [...here.querySelectorAll("details[id][open]")].map((details) => details.id),
  row: here.querySelector(".row-focus")?.id,
  kept: [...here.querySelectorAll("[data-keep][id]")].filter(touched),
  focus: here.contains(document.activeElement) ? document.activeElement : null,
  selection: here.contains(document.activeElement) && document.activeElement.selectionStart !== undefined ? [document.activeElement.selectionStart, document.activeElement.selectionEnd] : null,
});

const restore = (fresh, was) => {
  for (const id of was.checked) {
    const box = fresh.querySelector(`#${CSS.escape(id)}`);
    if (box) box.checked = true;
  }
  for (const id of was.open) fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  if (was.row) fresh.querySelector(`#${CSS.escape(was.row)}`)?.classList.add("row-focus");
  if (!was.focus) return;
  const target = fresh.contains(was.focus) ? was.focus : twin(fresh, was.focus);
  target?.focus({ preventScroll: true });
  if (was.selection && target?.setSelectionRange) {
    try {
      target.setSelectionRange(...was.selection);
    } catch {
      /* A field of a kind that has no selection. */
    }
  }
};

const twin = (fresh, old) => {
  if (old.id) return fresh.querySelector(`#${CSS.escape(old.id)}`);
  const row = old.closest("[id]");
  const same = row && fresh.querySelector(`#${CSS.escape(row.id)}`);
  return same?.querySelector(old.matches("[data-open]") ? "[data-open]" : old.tagName) ?? null;
};

/* What was half typed for something that has gone is shown, so that it can be used elsewhere. */
const tell = (fresh, lost) => {
  const template = document.getElementById("ct-gone");
  for (const kept of lost) {
    const words = typed(kept);
    if (!template || !words) continue;
    const notice = template.content.cloneNode(true);
    notice.querySelector("[data-typed]").textContent = words;
    fresh.prepend(notice);
  }
};

const merge = (fresh) => {
  const here = document.getElementById(fresh.id);
  if (!here) return;
  const was = remember(here);
  const lost = [];
  for (const kept of was.kept) {
    const place = fresh.querySelector(`#${CSS.escape(kept.id)}`);
    if (place) place.replaceWith(kept);
    else lost.push(kept);
  }
  tell(fresh, lost);
  here.replaceWith(fresh);
  restore(fresh, was);
  window.htmx?.process(fresh);
};

document.addEventListener("htmx:configRequest", (event) => {
  const live = event.detail.elt;
  if (!live.matches("[data-live]")) return;
  const parts = [...live.querySelectorAll("[data-part]")];
  event.detail.parameters.print = parts.map((part) => `${part.id}:${part.dataset.print}`).join(" ");
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const live = event.detail.elt;
  if (live.matches("[data-live]") && (document.hidden || !navigator.onLine)) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const live = event.detail.elt;
  if (!live.matches?.("[data-live]")) return;
  event.detail.shouldSwap = false;
  if (event.detail.xhr.status !== 200) return;
  const parsed = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  for (const fresh of [...parsed.querySelectorAll("[data-part]")]) merge(document.adoptNode(fresh));
  document.dispatchEvent(new CustomEvent("htmx:afterSwap"));
});

/* A clock has crossed a rung, or somebody has come back to the page: ask at once. */
const ask = () => {
  for (const live of document.querySelectorAll("[data-live]")) window.htmx?.trigger(live, "refresh");
};
document.addEventListener("casetrack:turned", () => setTimeout(ask, 1000));
document.addEventListener("visibilitychange", () => document.hidden || ask());
