/* Puts the beginning of a reply into the box at the cursor, and names the gaps that are still open.

   [data-pick] belongs to one text area and names it. In it stand the templates ([data-insert] with
   the whole text in [data-text]) once they have been asked for, a search over them, and [data-gaps].
   What was typed stays. The text area remembers the template: data-template is its number,
   data-template-text what was put in. */

const GAP = /\[[^[\]\n]{1,80}[?？]\]/g;
const gapsOf = (text) => [...new Set(text.match(GAP) ?? [])];
const boxOf = (pick) => document.getElementById(pick.dataset.pick);

const sayGaps = (pick) => {
  const box = boxOf(pick), line = pick.querySelector("[data-gaps]");
  const gaps = box ? gapsOf(box.value) : [];
  line.hidden = !gaps.length;
  line.textContent = gaps.length ? line.dataset.gaps.replace("{gaps}", gaps.join(" ")) : "";
};

/* On lines of its own, where there is text already. */
const apart = (box, text) => {
  const before = box.value.slice(0, box.selectionStart), after = box.value.slice(box.selectionStart);
  return `${before && !before.endsWith("\n") ? "\n\n" : ""}${text}${after && !after.startsWith("\n") ? "\n\n" : ""}`;
};

const insert = (pick, chosen) => {
  const box = boxOf(pick), text = chosen.querySelector("[data-text]").textContent;
  const start = box.selectionStart;
  box.setRangeText(apart(box, text), start, start, "end");
  box.rows = Math.max(box.rows, Math.min(18, box.value.split("\n").length + 1));
  box.dataset.template = chosen.dataset.insert;
  box.dataset.templateText = text;
  pick.querySelector("details").open = false;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  const [gap] = gapsOf(text);
  const at = gap ? box.value.indexOf(gap, start) : -1;
  if (at >= 0) box.setSelectionRange(at, at + gap.length);
};

const narrow = (search) => {
  const wanted = search.value.trim().toLocaleLowerCase();
  const panel = search.closest("[data-pick]");
  let shown = 0;
  for (const item of panel.querySelectorAll("[data-pick-item]")) {
    item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
    shown += !item.hidden;
  }
  panel.querySelector("[data-pick-none]").hidden = shown > 0;
};

document.addEventListener("click", (event) => {
  const chosen = event.target.closest?.("[data-insert]"), pick = chosen?.closest("[data-pick]");
  if (!pick || !boxOf(pick) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  insert(pick, chosen);
});

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-pick-search]")) return narrow(event.target);
  for (const pick of document.querySelectorAll("[data-pick]")) if (boxOf(pick) === event.target) sayGaps(pick);
});

document.addEventListener("keydown", (event) => {
  const pick = event.target.closest?.("[data-pick]");
  if (!pick) return;
  if (event.key === "Escape" && pick.querySelector("details").open) {
    pick.querySelector("details").open = false;
    pick.querySelector("summary").focus();
  }
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("[data-pick-search]")) return;
  event.preventDefault();
  pick.querySelector("[data-pick-item]:not([hidden]) [data-insert]")?.click();
});

document.addEventListener("htmx:afterSwap", (event) => {
  event.target.closest?.("[data-pick]")?.querySelector("[data-pick-search]")?.focus();
});
document.addEventListener("casetrack:restored", () => document.querySelectorAll("[data-pick]").forEach(sayGaps));

document.querySelectorAll("[data-pick]").forEach(sayGaps);
