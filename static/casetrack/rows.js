/* Lists that grow: an input a line ([data-rows] > [data-line]), and blocks of fields of a formset
   ([data-blocks] with [data-block], a <template> and the formset's TOTAL_FORMS).

   Enter in a line goes on to the next one. A draft that has more rows than the page gets them
   before it is brought back. Without the script the page has rows enough, and more after a submit. */

const lines = (list) => [...list.querySelectorAll("[data-line]")];

const addLine = (list) => {
  const all = lines(list), last = all.at(-1), first = all[0].querySelector("input");
  const row = last.cloneNode(true), input = row.querySelector("input"), number = all.length + 1;
  input.value = "";
  input.defaultValue = "";
  input.id = `${first.id}_${number}`;
  input.setAttribute("aria-label", first.getAttribute("aria-label").replace("1", number));
  row.querySelector("[data-number]").textContent = number;
  list.append(row);
  return input;
};

const emptyLine = (list) => lines(list).map((row) => row.querySelector("input")).find((input) => !input.value);

document.addEventListener("keydown", (event) => {
  const list = event.target.closest?.("[data-rows]");
  if (!list || event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (event.target.value.trim()) (emptyLine(list) ?? addLine(list)).focus();
});

const addBlock = (place) => {
  const total = place.querySelector("input[name$=TOTAL_FORMS]");
  const most = Number(place.dataset.most);
  const number = Number(total.value);
  if (number >= most) return null;
  const template = place.querySelector("template");
  const block = template.content.cloneNode(true);
  for (const node of block.querySelectorAll("*")) {
    for (const name of ["name", "id", "for", "aria-describedby", "aria-labelledby"]) {
      const value = node.getAttribute(name);
      if (value) node.setAttribute(name, value.replaceAll("__prefix__", number));
    }
    if (node.hasAttribute("data-number")) node.textContent = number + 1;
  }
  place.querySelector("[data-list]").append(block);
  total.value = number + 1;
  const chosen = document.querySelector(place.dataset.choice || ":not(*)");
  chosen?.append(new Option(chosen.dataset.pattern.replace("{number}", number + 1), number + 1));
  const added = place.querySelector("[data-list]").lastElementChild;
  if (total.value >= most) place.querySelector("[data-add]").hidden = true;
  return added;
};

const prepare = (root) => {
  for (const button of root.querySelectorAll("[data-add][hidden]")) {
    const place = button.closest("[data-blocks]");
    if (Number(place.querySelector("input[name$=TOTAL_FORMS]").value) < Number(place.dataset.most)) button.hidden = false;
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-add]");
  if (!button) return;
  const place = button.closest("[data-blocks]");
  const folded = place.querySelector("[data-block] > details:not([open])");
  if (folded) folded.open = true;
  (folded ?? addBlock(place))?.querySelector("input, textarea")?.focus();
});

document.addEventListener("casetrack:restoring", (event) => {
  for (const list of event.target.querySelectorAll("[data-rows]")) {
    const kept = event.detail[list.querySelector("input").name] ?? [];
    while (lines(list).length < kept.length) addLine(list);
  }
  for (const place of event.target.querySelectorAll("[data-blocks]")) {
    const row = new RegExp(`^${place.dataset.blocks}-(\\d+)-`);
    const last = Math.max(-1, ...Object.keys(event.detail).map((name) => Number(name.match(row)?.[1] ?? -1)));
    while (Number(place.querySelector("input[name$=TOTAL_FORMS]").value) <= last && addBlock(place));
  }
});

/* What a draft brought back is not left inside a closed fold. */
document.addEventListener("casetrack:restored", (event) => {
  for (const fold of event.target.querySelectorAll("details:not([open])")) {
    const fields = [...fold.querySelectorAll("input:not([type=radio]), textarea")];
    fold.open = fields.some((field) => (field.type === "checkbox" ? field.checked : field.value !== field.defaultValue));
  }
});

prepare(document);
document.addEventListener("htmx:afterSwap", (event) => prepare(event.target));
