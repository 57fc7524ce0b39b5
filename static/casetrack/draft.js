/* Keeps what is typed into form[data-draft] on this device, until it has been sent.

   The key is the person, where the form goes, and its own name (data-draft="reply"). A draft is brought
   back into fields that the server left as they were, and forgotten once its form was accepted:
   the next page has come, was no error, and does not show the form with a mistake in it.
   [data-draft-note] inside the form says when it was kept. A hidden field is kept where it says
   data-kept; files never are. What was picked from a list that the page looks up is ticked again
   when that list has come. */

const PREFIX = "casetrack:draft:";
const SENT = "casetrack:sent";
const words = document.getElementById("ct-draft-words")?.dataset ?? {};
const person = document.body.dataset.user || "nobody";
const store = (() => {
  try {
    localStorage.setItem(`${PREFIX}probe`, "1");
    localStorage.removeItem(`${PREFIX}probe`);
    return localStorage;
  } catch {
    return null; /* Storage is forbidden here: drafts are simply not kept. */
  }
})();

const pathOf = (form) => new URL(form.getAttribute("action") || "", location.href).pathname;
const keyOf = (form) => `${PREFIX}${person}:${pathOf(form)}:${form.dataset.draft || "form"}`;
const skipped = new Set(["hidden", "password", "file", "submit", "button", "reset"]);
const isKept = (field) => field.name && (field.dataset.kept || !skipped.has(field.type));
const fields = (form) => [...form.elements].filter(isKept);
const tellRestored = (form) => form.dispatchEvent(new CustomEvent("casetrack:restored", { bubbles: true }));
/* A script like this one runs before htmx listens to anything. */
const ready = new Promise((resolve) => {
  if (document.readyState === "complete") resolve();
  else document.addEventListener("DOMContentLoaded", () => setTimeout(resolve));
});
const toPick = new WeakMap(); /* form → what was picked from lists that are not here yet */
const timeOf = (at) =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(new Date(at));

const untouched = (field) => {
  if (field.type === "hidden") return true;
  if (field.type === "checkbox" || field.type === "radio") return field.checked === field.defaultChecked;
  if (field instanceof HTMLSelectElement) return true;
  return field.value === field.defaultValue;
};

const read = (form) => {
  const values = {};
  for (const field of fields(form)) {
    if (field.type === "radio" && !field.checked) continue;
    const value = field.type === "checkbox" ? (field.checked ? field.value : null) : field.value;
    (values[field.name] ??= []).push(value);
  }
  return { ...toPick.get(form), ...values };
};

/* The same words: keys and moments of the page alone are no draft. */
const wordsIn = (form, values) => {
  const own = new Set(fields(form).filter((field) => field.type === "hidden").map((field) => field.name));
  return JSON.stringify(Object.entries(values).filter(([name]) => !own.has(name)));
};

const pick = (form) => {
  const waiting = toPick.get(form) ?? {};
  for (const [name, [value]] of Object.entries(waiting)) {
    const found = [...form.elements].filter((field) => field.name === name && field.type === "radio");
    const wanted = found.find((field) => field.value === value);
    if (!wanted) continue;
    delete waiting[name];
    if (found.some((field) => field.checked && field.value)) continue;
    wanted.checked = true;
    wanted.dispatchEvent(new Event("change", { bubbles: true }));
  }
};

const write = (form, values) => {
  const places = {};
  for (const field of fields(form)) {
    const kept = values[field.name];
    if (!kept) continue;
    if (field.type === "radio") {
      if (kept[0] === field.value) field.checked = true;
      continue;
    }
    const value = kept[(places[field.name] = (places[field.name] ?? -1) + 1)];
    if (field.type === "hidden") field.dataset.given = field.value;
    if (field.type === "checkbox") field.checked = value === field.value;
    else if (value !== undefined && (untouched(field) || !field.value)) field.value = value;
  }
  const here = new Set(fields(form).map((field) => field.name));
  toPick.set(form, Object.fromEntries(Object.entries(values).filter(([name, [value]]) => !here.has(name) && value)));
  ready.then(() => tellRestored(form));
};

const say = (form, text, drop) => {
  const note = form.querySelector("[data-draft-note]");
  if (!note) return;
  note.replaceChildren(document.createTextNode(text));
  if (!drop) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-link p-0 fs-mini text-decoration-underline";
  button.textContent = words.drop;
  button.addEventListener("click", drop);
  note.append(" · ", button);
};

const keep = (form) => {
  const at = Date.now();
  try {
    store.setItem(keyOf(form), JSON.stringify({ at, values: read(form) }));
    say(form, words.kept?.replace("{time}", timeOf(at)) ?? "");
  } catch {
    say(form, ""); /* The device is full. Claiming a draft would be a lie. */
  }
};

const forget = (key) => store.removeItem(key);

const restore = (form) => {
  const kept = store.getItem(keyOf(form));
  if (!kept) return;
  let draft;
  try {
    draft = JSON.parse(kept);
  } catch {
    return forget(keyOf(form));
  }
  form.dispatchEvent(new CustomEvent("casetrack:restoring", { bubbles: true, detail: draft.values }));
  if (wordsIn(form, draft.values) === wordsIn(form, read(form))) return;
  write(form, draft.values);
  say(form, words.restored?.replace("{time}", timeOf(draft.at)) ?? "", () => {
    forget(keyOf(form));
    toPick.delete(form);
    form.reset();
    for (const field of fields(form)) {
      if (field.dataset.given) field.value = field.dataset.given; /* A reset leaves hidden fields alone. */
    }
    say(form, "");
    tellRestored(form);
  });
};

/* The last form that left this tab: was it accepted? Only the page that its answer led to can say so:
   whoever comes here from elsewhere, after the answer was lost, still needs the draft. */
const settle = () => {
  const [key, page] = (sessionStorage.getItem(SENT) ?? "").split(" ");
  if (!key) return;
  sessionStorage.removeItem(SENT);
  if (!document.referrer || new URL(document.referrer).pathname !== page) return;
  const [entry] = performance.getEntriesByType("navigation");
  const cameBack = entry && (entry.type === "back_forward" || entry.type === "reload");
  const failed = document.documentElement.hasAttribute("data-failed") || (entry?.responseStatus ?? 200) >= 400;
  const mistaken = [...document.querySelectorAll("form[data-draft]")].some(
    (form) => keyOf(form) === key && form.querySelector('[aria-invalid="true"], [data-refused]'),
  );
  const refused = document.querySelector('[data-refused], [data-message="error"]');
  if (!cameBack && !failed && !mistaken && !refused) forget(key);
};

const watch = (form) => {
  if (form.ctDraft) return;
  form.ctDraft = true;
  restore(form);
  let waiting = 0;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      waiting = 0;
      keep(form);
    }, 400);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  window.addEventListener("pagehide", () => {
    if (!waiting) return;
    clearTimeout(waiting);
    keep(form);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    waiting = 0;
    keep(form);
    sessionStorage.setItem(SENT, `${keyOf(form)} ${location.pathname}`);
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.elt === form) forget(keyOf(form));
  });
};

const watchAll = () => document.querySelectorAll("form[data-draft]").forEach(watch);

if (store) {
  settle();
  watchAll();
  document.addEventListener("htmx:afterSwap", () => {
    watchAll();
    document.querySelectorAll("form[data-draft]").forEach(pick);
  });
  for (const form of document.querySelectorAll("form[data-forget-drafts]")) {
    form.addEventListener("submit", () => {
      for (const key of Object.keys(store)) {
        if (key.startsWith(`${PREFIX}${person}:`)) forget(key);
      }
    });
  }
}
