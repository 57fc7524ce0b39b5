/* Files that were chosen, dropped or photographed: shown by name, and taken out again one by one.

   A zone is [data-drop] with its input; what is chosen is added to what is there. An input with
   data-photograph hands its pictures to the input of that id. Without the script the browser's own
   control shows the names, and a second choice takes the place of the first. */

const words = document.getElementById("ct-file-words")?.dataset ?? {};
const kept = new WeakMap();

const put = (input, files) => {
  const all = new DataTransfer();
  for (const file of files) all.items.add(file);
  input.files = all.files;
  kept.set(input, [...input.files]);
  show(input);
};

const size = (bytes) =>
  new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit", unit: bytes < 1e6 ? "kilobyte" : "megabyte", maximumFractionDigits: bytes < 1e6 ? 0 : 1,
  }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));

const row = (input, file) => {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const button = document.createElement("button");
  item.className = "d-flex align-items-center gap-2 min-0";
  name.className = "text-truncate";
  name.textContent = `${file.name} · ${size(Math.max(file.size, 1))}`;
  button.type = "button";
  button.className = "btn btn-link p-0 fs-meta text-decoration-underline flex-shrink-0";
  button.textContent = words.remove ?? "×";
  button.setAttribute("aria-label", `${button.textContent} ${file.name}`);
  button.addEventListener("click", () => {
    put(input, kept.get(input).filter((one) => one !== file));
    (listOf(input).querySelector("button") ?? input).focus();
  });
  item.append(name, button);
  return item;
};

const listOf = (input) => {
  const zone = input.closest("[data-drop]");
  if (zone.nextElementSibling?.matches("[data-drop-list]")) return zone.nextElementSibling;
  const list = document.createElement("ul");
  list.className = "list-unstyled fs-meta mt-2 mb-0 d-flex flex-column gap-1";
  list.dataset.dropList = "";
  zone.after(list);
  return list;
};

const show = (input) => listOf(input).replaceChildren(...input.files.length ? [...input.files].map((file) => row(input, file)) : []);

const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

const add = (input, files) => {
  const before = input.multiple ? kept.get(input) ?? [] : [];
  put(input, [...before, ...files.filter((file) => !before.some((one) => same(one, file)))]);
};

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.matches?.("[data-photograph]")) {
    const main = document.getElementById(input.dataset.photograph);
    if (main && input.files.length) {
      add(main, [...input.files]);
      input.value = "";
    }
  } else if (input.matches?.('[data-drop] input[type="file"]')) {
    add(input, [...input.files]);
  }
});

document.addEventListener("dragover", (event) => {
  if (event.target.closest?.("[data-drop]")) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const input = event.target.closest?.("[data-drop]")?.querySelector('input[type="file"]');
  if (!input || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  add(input, [...event.dataTransfer.files]);
});
