/* Reads a draft by the rules, in the browser: what is typed is sent nowhere.

   The same engine as knowledge/coach/engine.py and answering.py, step by step; a test runs every
   labelled sentence through both. `book` is what /knowledge/coach/rules/ answers. Places are counted
   as a textarea counts them. */

const HAN = /[一-鿿]/gu;
const compiled = new Map();

const pattern = (source) => {
  if (!compiled.has(source)) compiled.set(source, new RegExp(source, "dgu"));
  const made = compiled.get(source);
  made.lastIndex = 0;
  return made;
};
const matches = (source, text) => pattern(source).test(text);
const finds = (source, text) => [...text.matchAll(pattern(source))];
const count = (text, signs) => (text.match(signs) ?? []).length;

export const makeEngine = (book) => {
  const { rules } = book;
  const signs = new Map([...book.signs.from].map((sign, at) => [sign, book.signs.to[at]]));
  const others = { "\u00a0": " ", "\u3000": " ", "\t": " ", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\r": "\n", "\u2028": "\n", "\u2029": "\n" };

  const foldSign = (sign) => {
    const number = sign.charCodeAt(0);
    if (number >= 0xff01 && number < 0xff5f) return String.fromCharCode(number - 0xfee0).replace(/[A-Z]/, (big) => big.toLowerCase());
    if (number >= 65 && number <= 90) return sign.toLowerCase();
    return signs.get(sign) ?? others[sign] ?? sign;
  };
  const folded = (text) => text.split("").map(foldSign).join("");

  const languageOf = (text) => {
    const han = count(text, HAN);
    if (han * 4 <= count(text, /[a-z]/giu)) return "en";
    let traditional = 0;
    for (const sign of text) if (signs.has(sign)) traditional += 1;
    return traditional * 12 > han ? "zh-hant" : "zh-hans";
  };

  const sentences = (text) => {
    const spans = [];
    let start = 0;
    for (const mark of finds(rules.split, text)) {
      const end = mark.index + mark[0].length;
      spans.push([start, end]);
      start = end;
    }
    if (start < text.length) spans.push([start, text.length]);
    return spans;
  };

  const hits = (piece, entries, before) => {
    const found = [];
    for (const entry of entries) {
      for (const match of finds(entry.re, piece)) {
        const [low, high] = match.indices[1] ?? match.indices[0];
        if (match.index < before && high > low) found.push([low, high, entry]);
      }
    }
    found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
    const kept = [];
    for (const one of found) if (!kept.length || one[0] >= kept.at(-1)[1]) kept.push(one);
    return kept;
  };

  const speaks = (rule, piece) =>
    !(rule.unless ?? []).some((one) => matches(one, piece)) &&
    (!rule.only_if?.length || rule.only_if.some((one) => matches(one, piece)));

  const pointed = (text, draft, language) => {
    const found = [], seen = new Set();
    for (const rule of rules.pointing) {
      for (const [start, end] of sentences(text)) {
        const piece = text.slice(start, Math.min(text.length, end + (rule.into_next ?? 0)));
        if (!speaks(rule, piece)) continue;
        for (const [low, high, entry] of hits(piece, rule.find, end - start)) {
          const key = `${rule.id} ${start + low}`;
          if (seen.has(key)) continue;
          seen.add(key);
          const facts = { words: draft.text.slice(start + low, start + high) };
          const say = entry.say?.[language];
          if (say !== undefined) facts.suggestion = say;
          found.push({ rule: rule.id, start: start + low, end: start + high, facts });
        }
      }
    }
    return found;
  };

  const whole = (term) => {
    const latin = (sign) => sign >= "0" && sign <= "z";
    const source = term.replace(/([\\^$.|?*+()[\]{}/])/gu, "\\$1");
    return (latin(term[0]) ? "(?<![a-z0-9])" : "") + source + (latin(term.at(-1)) ? "(?![a-z0-9])" : "");
  };

  const jargon = (text, draft, language) => {
    const terms = new Map();
    for (const one of book.jargon) {
      const key = folded(one.term).replace(/^[ \n]+|[ \n]+$/gu, "");
      if (key && (!terms.has(key) || one.language === language)) terms.set(key, one);
    }
    const found = [], taken = [];
    const order = (one, other) => other.length - one.length || (one < other ? -1 : 1);
    for (const key of [...terms.keys()].sort(order)) {
      for (const match of finds(whole(key), text)) {
        const low = match.index, high = low + match[0].length;
        if (taken.some(([start, end]) => low < end && start < high)) continue;
        taken.push([low, high]);
        const { plain } = terms.get(key);
        found.push({ rule: "jargon", start: low, end: high, facts: { words: draft.text.slice(low, high), plain, suggestion: plain } });
      }
    }
    return found;
  };

  /* Questions */

  const units = (text) => {
    const told = rules.answers, empty = new Set(told.empty_words), found = new Set();
    for (const [word] of finds(told.word, text)) if (!empty.has(word)) found.add(word.replace(pattern(told.ending), ""));
    for (const [run] of finds(told.han, text.replace(pattern(told.empty_signs), " "))) {
      for (let at = 0; at < run.length - 1; at += 1) found.add(run.slice(at, at + 2));
    }
    return found;
  };

  const shares = (asked, window, brings, alone) => {
    if (!asked.size) return brings;
    const said = units(window);
    const shared = [...asked].filter((one) => said.has(one)).length;
    if (brings) return shared >= (alone && asked.size < 3 ? 0 : 1);
    return shared >= (asked.size > 3 ? 2 : 1) && shared * 100 >= asked.size * rules.answers.share_percent;
  };

  const isAnswered = (question, number, pieces, alone) => {
    const told = rules.answers, whole_text = pieces.join("\n");
    if (told.numbered.some((one) => matches(one.replaceAll("{n}", String(number)), whole_text))) return true;
    const asked = units(question);
    const kinds = told.kinds.filter((kind) => matches(kind.asked, question));
    const said = pieces.filter((piece) => !matches(told.asks, piece));
    const windows = [...said, ...said.slice(1).map((piece, at) => said[at] + piece)];
    return windows.some(
      (window) => shares(asked, window, kinds.length > 0, alone) && kinds.every((kind) => matches(kind.told, window)),
    );
  };

  const unanswered = (text, draft) => {
    const pieces = sentences(text).map(([start, end]) => text.slice(start, end));
    const alone = draft.questions.filter(Boolean).length === 1;
    return draft.questions
      .map((question, at) => ({ question, number: at + 1 }))
      .filter(({ question, number }) => question && !isAnswered(folded(question), number, pieces, alone))
      .map(({ question, number }) => ({ rule: "unanswered_question", start: null, end: null, facts: { number: String(number), question } }));
  };

  /* The whole text */

  const apology = (text, draft) => {
    const begun = draft.asksApology ? finds(rules.apology.begins, text)[0] : undefined;
    if (!begun) return [];
    const missing = rules.apology.parts.filter((part) => !matches(part.re, text)).map((part) => part.id);
    if (!missing.length) return [];
    const start = begun.index, end = start + begun[0].length;
    return [{ rule: "incomplete_apology", start, end, facts: { words: draft.text.slice(start, end), missing: missing.join(",") } }];
  };

  const weight = (text) => count(text, HAN) + [...text].filter((sign) => sign !== " " && sign !== "\n").length;

  const isNamed = (text, contact) => {
    const name = folded(contact);
    if (!name) return false;
    return text.includes(name) || name.split(" ").some((word) => word.length > 1 && matches(whole(word), text));
  };

  const manners = (text, draft, language) => {
    if (weight(text) < rules.manners.from_weight) return [];
    const name = draft.contact.trim();
    return rules.manners.parts
      .filter((part) => !matches(part.re, text) && !(part.id === "name" && isNamed(text, name)))
      .map((part) => {
        const facts = { part: part.id, place: part.place }, say = part.say?.[language] ?? "";
        if (say && (name || !say.includes("{contact}"))) facts.suggestion = say.replaceAll("{contact}", name);
        return { rule: "missing_manners", start: null, end: null, facts };
      });
  };

  const alike = (near) => {
    const [closest] = [...near].sort((one, other) => other.similarity - one.similarity);
    if (!closest || closest.similarity < rules.alike_from) return [];
    const percent = String(Math.round(100 * closest.similarity));
    return [{ rule: "canned", start: null, end: null, facts: { part: closest.kind, percent, name: closest.name, day: closest.day } }];
  };

  const review = (given, near = []) => {
    const draft = { language: null, questions: [], contact: "", asksApology: true, leaveOut: new Set(), ...given };
    const text = folded(draft.text);
    if (!text.replace(/[ \n]/gu, "")) return [];
    const language = draft.language || languageOf(draft.text);
    const found = [
      ...pointed(text, draft, language),
      ...jargon(text, draft, language),
      ...unanswered(text, draft),
      ...apology(text, draft),
      ...manners(text, draft, language),
      ...alike(near),
    ];
    return found
      .filter((one) => !draft.leaveOut.has(one.rule) && !draft.leaveOut.has(`${one.rule}.${one.facts.part ?? ""}`))
      .sort((one, other) => (one.start ?? text.length) - (other.start ?? text.length));
  };

  /* Sentences */

  const shown = (facts) => {
    if (!facts.missing) return facts;
    const parts = facts.missing.split(",").map((one) => book.parts[one]);
    return { ...facts, missing: parts.join(book.separator) };
  };
  const say = (finding) => {
    const facts = shown(finding.facts);
    const lines = book.sentences[`${finding.rule}.${finding.facts.part ?? ""}`] ?? book.sentences[finding.rule];
    return lines.map((line) => line.replace(/\{([a-z]+)\}/gu, (place, name) => facts[name] ?? place));
  };

  return { review, say, weight: (text) => weight(folded(text)) };
};
