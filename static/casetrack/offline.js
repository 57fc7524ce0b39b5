/* Says that the connection is gone, and holds forms back until it is there again. Nothing is ever
   sent by itself: the person decides. */

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
