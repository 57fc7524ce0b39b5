/* Says that the connection is gone, and holds forms back until it is there again. Nothing is ever
   sent by itself: the person decides. Also shows the names of files that were chosen or dropped. */

const place = document.getElementById("notices");

const show = (id) => {
  const template = document.getElementById(id);
  place?.querySelector("[data-offline]")?.remove();
  if (template && place) place.prepend(template.content.cloneNode(true));
};

const offline = () => {
  show("ct-offline");
  place?.querySelector("[data-retry]")?.addEventListener("click", retry);
};

const online = () => {
  if (place?.querySelector("[data-offline]")) show("ct-online");
};

async function retry() {
  try {
    const url = document.querySelector('meta[name="server-now"]')?.dataset.url ?? location.href;
    const answer = await fetch(url, { method: "GET", cache: "no-store" });
    if (answer.status < 500) online();
  } catch {
    offline();
  }
}

window.addEventListener("offline", offline);
window.addEventListener("online", online);
document.addEventListener("htmx:sendError", offline);
if (!navigator.onLine) offline();

document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.target.method === "dialog") return;
  event.preventDefault();
  event.stopPropagation();
  offline();
  place?.scrollIntoView({ block: "nearest" });
}, true);

const showNames = (input) => {
  const names = input.closest("[data-drop]")?.querySelector("[data-drop-names]");
  if (names) names.textContent = [...input.files].map((file) => file.name).join(", ");
};

document.addEventListener("change", (event) => {
  if (event.target.matches?.('[data-drop] input[type="file"]')) showNames(event.target);
});

for (const zone of document.querySelectorAll("[data-drop]")) {
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    const input = zone.querySelector('input[type="file"]');
    if (!input || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
