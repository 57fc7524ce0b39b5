/* Ticks every clock that has a due moment, by the server's time.

   Words, units and shapes come from the page (#ct-clock-words), so they are in its language.
   The accessible name and the live region change with the state only; the figure changes quietly. */

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR, YEAR = 365 * DAY;
const LAST_MINUTES = 15 * MINUTE;
const JUMP = 2 * SECOND;

const meta = document.querySelector('meta[name="server-now"]');
const words = document.getElementById("ct-clock-words");
const live = document.getElementById("ct-live");

/* The server's clock minus this device's. Measured when the answer began to arrive. */
let offset = 0;
let drift = Date.now() - performance.now();

const arrival = () => {
  const [entry] = performance.getEntriesByType("navigation");
  return performance.timeOrigin + (entry?.responseStart ?? 0);
};

const serverNow = () => Date.now() + offset;

const unit = (value, name) => [String(value), words.dataset[name]];
const pad = (value) => String(value).padStart(2, "0");

/* As timekeeping.wording.parts does: the two numbers that matter, rounded down. */
const parts = (length, seconds) => {
  const two = (big, bigName, small, smallName) => {
    const first = Math.floor(length / big), second = Math.floor((length % big) / small);
    return second ? [unit(first, bigName), unit(second, smallName)] : [unit(first, bigName)];
  };
  if (length >= YEAR) return two(YEAR, "year", DAY, "day");
  if (length >= DAY) return two(DAY, "day", HOUR, "hour");
  const hours = Math.floor(length / HOUR), minutes = Math.floor((length % HOUR) / MINUTE);
  if (hours) return [unit(hours, "hour"), unit(pad(minutes), "minute")];
  if (!seconds) return [unit(minutes || "<1", "minute")];
  const left = Math.floor((length % MINUTE) / SECOND);
  return minutes ? [unit(minutes, "minute"), unit(pad(left), "second")] : [unit(left, "second")];
};

const element = (name, text) => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};

const write = (clock, figure, length, seconds) => {
  const numbers = parts(length, seconds);
  const key = numbers.flat().join(" ") + figure;
  if (clock.ctShown === key) return;
  clock.ctShown = key;
  const [before, after] = figure.split("{figure}").map((side) => side.trim());
  const pieces = numbers.flatMap(([number, name]) => [document.createTextNode(number), element("small", name)]);
  if (before) pieces.unshift(element("em", before));
  if (after) pieces.push(element("em", after));
  clock.querySelector(".ct-countdown-figure").replaceChildren(...pieces);
};

const fill = (pattern, data) =>
  pattern.replace("{promise}", data.promise).replace("{moment}", data.moment);

/* A rung has been reached: shape, colour, words and name change together. */
const turn = (clock, state, face) => {
  const data = clock.dataset;
  data.state = state;
  const glyph = face.querySelector("svg").cloneNode(true);
  clock.querySelector(".ct-glyph").replaceWith(glyph);
  const line = clock.querySelector(".ct-countdown-word");
  const rest = fill("named" in data ? face.dataset.named : face.dataset.plain, { promise: data.promise, moment: data.when });
  line.replaceChildren(document.createTextNode(rest));
  if (face.dataset.strong) line.prepend(element("b", face.dataset.strong), " · ");
  const label = fill(face.dataset.spoken, { promise: data.promise, moment: data.spoken });
  clock.setAttribute("aria-label", label);
  live?.replaceChildren(label);
  clock.dispatchEvent(new CustomEvent("casetrack:turned", { bubbles: true, detail: { state } }));
};

const draw = (clock, now) => {
  const data = clock.dataset;
  const left = Date.parse(data.due) - now;
  const warned = data.state === "warned" || (data.warns ?? "").split(" ").some((at) => at && Date.parse(at) <= now);
  const state = left < 0 ? "breached" : warned ? "warned" : "running";
  const face = words.content.querySelector(`[data-state="${state}"]`);
  if (state !== data.state) turn(clock, state, face);
  const length = Math.abs(left);
  write(clock, face.dataset.figure, length, "lead" in data && length < LAST_MINUTES);
  const allowance = Number(data.allowance) * SECOND;
  const used = allowance > 0 ? Math.min(Math.max(100 * (1 - left / allowance), 0), 100) : 0;
  clock.querySelector(".arc")?.setAttribute("stroke-dasharray", `${(100 - used).toFixed(1)} 100`);
  clock.querySelector(".used")?.setAttribute("width", used.toFixed(1));
};

const tick = () => {
  const now = serverNow();
  for (const clock of document.querySelectorAll(".ct-countdown[data-due]")) draw(clock, now);
};

/* Ask the server what time it is; the answer's travel is halved. */
let asking = false;
const ask = async () => {
  const url = meta.dataset.url;
  if (!url || asking) return;
  asking = true;
  try {
    const sent = Date.now();
    const answer = await fetch(url, { cache: "no-store", headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { now } = await answer.json();
    offset = Date.parse(now) - (sent + Date.now()) / 2;
    tick();
  } catch {
    /* Offline: the device's own clock carries on. */
  } finally {
    asking = false;
  }
};

let beats = 0;
const beat = () => {
  if (++beats % 60 === 0 && !document.hidden) ask();
  const seen = Date.now() - performance.now();
  if (Math.abs(seen - drift) > JUMP) {
    drift = seen;
    ask(); /* The device slept, or somebody set its clock. */
  }
  if (!document.hidden) tick();
  setTimeout(beat, SECOND - (serverNow() % SECOND) + 5);
};

if (meta && words) {
  offset = Date.parse(meta.content) - arrival();
  const [entry] = performance.getEntriesByType("navigation");
  if (entry && entry.type === "back_forward") ask(); /* This page may come from a cache. */
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  window.addEventListener("online", ask);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    tick();
    ask();
  });
  document.addEventListener("htmx:afterSwap", tick);
  beat();
}
