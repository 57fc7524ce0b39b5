/* n new · / search · j k next and previous row · o open · x select · ? the list · Esc leave.

   A row is [data-row] with a link [data-open] and, where it can be selected, a checkbox.
   A key of the page itself is any link, button or field with data-key="n". */

const dialog = document.getElementById("ct-keys");
const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length);
const current = () => document.querySelector("[data-row].row-focus");

const focusRow = (row) => {
  current()?.classList.remove("row-focus");
  row.classList.add("row-focus");
  row.querySelector("[data-open]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};

const step = (by) => {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  focusRow(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
};

const press = (key) => {
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(
    (found) => found.matches("a") || found.getClientRects().length,
  );
  if (!target) return false;
  if (target.matches("input, textarea, select")) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
  return true;
};

const ACTIONS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => current()?.querySelector("[data-open]")?.click(),
  x: () => current()?.querySelector('input[type="checkbox"]')?.click(),
  "?": () => dialog?.showModal(),
};

const typing = (target) =>
  target.matches?.('textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"])');

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.form?.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") {
    const open = event.target.closest?.("details[open].ct-menu, details[open].ct-drawer");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (typing(event.target)) {
      event.target.blur();
    }
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (ACTIONS[key]) {
    event.preventDefault();
    ACTIONS[key]();
  } else if (/^[a-z/]$/.test(key) && press(key)) {
    event.preventDefault();
  }
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (!row || row === current()) return;
  current()?.classList.remove("row-focus");
  row.classList.add("row-focus");
});

/* A menu closes when the pointer goes elsewhere. */
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("aside details.ct-menu[open], details.ct-drawer[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog?.showModal());
}

/* What a refused form says is read first. */
document.querySelector("[data-refused]")?.focus();
