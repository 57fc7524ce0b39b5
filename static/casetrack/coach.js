/* The reply coach under each text for the customer: textarea[data-composer="<step>"].

   It reads the text here. Only 64 numbers of it, from which it cannot be told, are sent, to learn what
   it is like (coach-print.js). It points and never forbids; what the customer asked and nobody
   answers is refused by the server when the text is sent. */

const CALM = 400, ASK_AFTER = 1500;
const GAP = /\[[^[\]\n]{1,80}[?？]\]/u;
const told = document.getElementById("ct-coach");
let starting = null;

const start = async () => {
  const answer = await fetch(told.dataset.rules, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) throw new Error(`coach: ${answer.status}`);
  /* By the addresses that the page gives: a served file's name ends on its own hash. */
  const [{ makeEngine }, { signature }] = await Promise.all([import(told.dataset.engine), import(told.dataset.print)]);
  const book = await answer.json();
  return { book, signature, engine: makeEngine(book) };
};

const filled = (form, name) => Boolean(form?.elements.namedItem(name)?.value?.trim());

/* The customer's open questions by number; empty where an answer or a reason with a time is typed. */
const questionsOf = (form) => {
  const asked = [];
  for (const one of told.content.querySelectorAll("[data-questions] [data-number]")) {
    const { number } = one.dataset;
    const settled = filled(form, `answer_${number}`) || (filled(form, `reason_${number}`) && filled(form, `answer_due_${number}`));
    asked[number - 1] = settled ? "" : one.textContent;
  }
  return Array.from(asked, (one) => one ?? "");
};

const keyOf = (finding) => [finding.rule, finding.facts.part ?? "", finding.facts.words ?? ""].join("|");

const replace = (box, text, low, high) => {
  box.focus();
  box.setSelectionRange(low, high);
  if (!document.execCommand("insertText", false, text)) {
    box.setRangeText(text, low, high, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const gap = text.match(GAP);
  if (gap) box.setSelectionRange(low + gap.index, low + gap.index + gap[0].length);
};

class Coach {
  constructor(box) {
    Object.assign(this, { box, near: [], dismissed: new Set(), composing: false, waiting: 0, asking: 0, askedFor: "" });
    this.panel = told.content.querySelector(".ct-coach").cloneNode(true);
    this.panel.hidden = true;
    box.after(this.panel);
    box.addEventListener("compositionstart", () => (this.composing = true));
    box.addEventListener("compositionend", () => {
      this.composing = false;
      this.later();
    });
    for (const kind of ["input", "change", "casetrack:restored"]) box.form?.addEventListener(kind, () => this.later());
    if (box.value) this.later();
  }

  later() {
    if (this.composing) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.read(), CALM);
  }

  async read() {
    const text = this.box.value;
    if (!text.trim()) {
      this.near = [];
      this.askedFor = "";
      this.dismissed.clear();
      this.panel.hidden = true;
      return;
    }
    try {
      this.made = await (starting ??= start());
    } catch {
      starting = null; /* No connection: the next key tries again. */
      return;
    }
    if (!this.composing && text === this.box.value) this.show(text);
  }

  show(text) {
    const { book, engine, signature } = this.made;
    const { form, dataset } = this.box;
    const found = engine.review(
      {
        text,
        questions: questionsOf(form),
        contact: told.dataset.contact,
        asksApology: "apology" in told.dataset,
        leaveOut: new Set(book.rules.composers[dataset.composer] ?? []),
      },
      this.near,
    );
    const shown = found.filter((one) => !this.dismissed.has(keyOf(one)));
    this.list(shown);
    const said = shown.length ? told.dataset.some.replace("{count}", shown.length) : told.dataset.none;
    this.panel.hidden = false;
    for (const name of ["[data-count]", "[data-said]"]) {
      const place = this.panel.querySelector(name);
      if (place.textContent !== said) place.textContent = said;
    }
    const numbers = engine.weight(text) >= book.print_from ? signature(text) : [];
    this.sayChanged(numbers);
    this.ask(numbers);
  }

  /* What has not changed stays as it is, with what is open and what has the focus. */
  list(shown) {
    const list = this.panel.querySelector("[data-list]"), listed = JSON.stringify(shown);
    if (listed === this.listed) return;
    this.listed = listed;
    const opened = list.querySelector("details[open]")?.dataset.key;
    const held = list.contains(document.activeElement);
    list.replaceChildren(...shown.map((one) => this.item(one, opened)));
    if (held) this.box.focus();
  }

  item(finding, opened) {
    const item = told.content.querySelector("[data-point]").cloneNode(true);
    const [what, why, better] = this.made.engine.say(finding);
    const part = (name) => item.querySelector(`[data-${name}]`);
    item.dataset.point = finding.rule;
    part("what").textContent = what;
    part("why").textContent = why;
    part("better").textContent = better;
    const fold = item.querySelector("details");
    fold.dataset.key = keyOf(finding);
    fold.open = fold.dataset.key === opened;
    fold.querySelector("summary").addEventListener("click", (event) => {
      for (const other of this.panel.querySelectorAll("[data-list] details[open]")) if (other !== fold) other.open = false;
      if (fold.open || finding.start === null) return;
      if (event.detail) this.box.focus(); /* Whoever came by the keyboard stays with the point. */
      this.box.setSelectionRange(finding.start, finding.end);
    });
    const { suggestion, place } = finding.facts;
    if (suggestion === undefined) part("use").remove();
    else {
      part("use").textContent = told.dataset.use.replace("{words}", suggestion.trim());
      part("use").addEventListener("click", () => {
        const at = place === "start" ? 0 : this.box.value.length;
        replace(this.box, suggestion, finding.start ?? at, finding.end ?? at);
      });
    }
    if (finding.rule === "unanswered_question") part("dismiss").remove();
    part("dismiss")?.addEventListener("click", () => {
      this.dismissed.add(keyOf(finding));
      this.show(this.box.value);
    });
    return item;
  }

  /* How far the text has come from the template that it began with. */
  sayChanged(numbers) {
    const line = this.panel.querySelector("[data-changed-line]");
    const { templateText } = this.box.dataset;
    const begun = templateText ? this.made.signature(templateText) : [];
    if (!begun.length || !numbers.length) return void (line.textContent = "");
    const same = begun.filter((number, at) => number === numbers[at]).length;
    const percent = Math.round(100 * (1 - same / begun.length));
    line.textContent = told.dataset.changed.replace("{percent}", percent);
  }

  ask(numbers) {
    const wanted = numbers.join(",");
    if (wanted === this.askedFor) return;
    clearTimeout(this.asking);
    if (!numbers.length) {
      this.near = [];
      this.askedFor = "";
      return;
    }
    this.asking = setTimeout(() => this.askNow(numbers, wanted), ASK_AFTER);
  }

  async askNow(numbers, wanted) {
    const token = this.box.form?.elements.namedItem("csrfmiddlewaretoken")?.value ?? "";
    const body = JSON.stringify({ signature: numbers, case: told.dataset.case });
    try {
      const answer = await fetch(told.dataset.alike, {
        method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      });
      if (!answer.ok || answer.redirected) return;
      const { near } = await answer.json();
      this.askedFor = wanted;
      this.near = near;
      if (!this.composing && this.box.value.trim()) this.show(this.box.value);
    } catch {
      /* No connection: the other points do not need one. */
    }
  }
}

const watchAll = () => {
  for (const box of document.querySelectorAll("textarea[data-composer]")) box.ctCoach ??= new Coach(box);
};

if (told) {
  watchAll();
  document.addEventListener("htmx:afterSwap", watchAll);
}
