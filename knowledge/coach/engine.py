"""Reads a draft by the rules. Deterministic, without a database, a clock or a network.

``static/casetrack/coach-engine.js`` does the same step by step; a test holds the two
together on every labelled sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from knowledge.coach.answering import is_answered
from knowledge.coach.drafts import AnyTerm, Draft, Finding, Likeness
from knowledge.coach.rulebook import compiled, folded, rules, simple_signs

Span = tuple[int, int]


def review(
    draft: Draft, jargon: Iterable[AnyTerm] = (), near: Iterable[Likeness] = ()
) -> list[Finding]:
    """Return what a draft makes the coach point at, in the order of the text.

    ``jargon`` are the words of the house, ``near`` what the draft was found to be like
    (``knowledge.prints``). Findings about the whole text stand last. An empty text has none.
    """
    text = folded(draft.text)
    if not text.strip(" \n"):
        return []
    language = draft.language or language_of(draft.text)
    found = [
        *_pointed(text, draft, language),
        *_jargon(text, draft, language, jargon),
        *_unanswered(text, draft),
        *_apology(text, draft),
        *_manners(text, draft, language),
        *_alike(near),
    ]
    kept = [one for one in found if not _left_out(one, draft)]
    return sorted(kept, key=lambda one: len(text) if one.start is None else one.start)


def language_of(text: str) -> str:
    """Return "en", "zh-hans" or "zh-hant" by the signs of a text."""
    han = sum(1 for sign in text if "\u4e00" <= sign <= "\u9fff")
    latin = sum(1 for sign in text if "a" <= sign.lower() <= "z")
    if han * 4 <= latin:
        return "en"
    traditional = sum(1 for sign in text if sign in simple_signs())
    return "zh-hant" if traditional * 12 > han else "zh-hans"


def sentences(text: str) -> list[Span]:
    """Return where each sentence of a folded text begins and ends."""
    spans, start = [], 0
    for mark in compiled(rules()["split"]).finditer(text):
        spans.append((start, mark.end()))
        start = mark.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def matches(pattern: str, text: str) -> bool:
    return compiled(pattern).search(text) is not None


def _left_out(finding: Finding, draft: Draft) -> bool:
    part = finding.facts.get("part", "")
    return finding.rule in draft.leave_out or f"{finding.rule}.{part}" in draft.leave_out


def _pointed(text: str, draft: Draft, language: str) -> Iterator[Finding]:
    """Yield what patterns point at: words in a sentence that nothing there excuses."""
    seen: set[tuple[str, int]] = set()
    for rule in rules()["pointing"]:
        for start, end in sentences(text):
            piece = text[start : _reach(text, end, rule)]
            if not _speaks(rule, piece):
                continue
            for low, high, entry in _hits(piece, rule["find"], before=end - start):
                if (rule["id"], start + low) in seen:
                    continue
                seen.add((rule["id"], start + low))
                words = draft.text[start + low : start + high]
                facts = {"words": words, **_wording(entry, language)}
                yield Finding(rule["id"], start + low, start + high, facts)


def _speaks(rule: Any, piece: str) -> bool:
    """Tell whether a rule is about this sentence at all."""
    if any(matches(one, piece) for one in rule.get("unless", ())):
        return False
    only = rule.get("only_if", ())
    return not only or any(matches(one, piece) for one in only)


def _reach(text: str, end: int, rule: Any) -> int:
    """Return how far a pattern may look: to the end of the sentence, or into the next one."""
    return min(len(text), end + int(rule.get("into_next", 0)))


def _hits(piece: str, entries: Sequence[Any], *, before: int) -> list[tuple[int, int, Any]]:
    """Return what patterns point at, begun before a place; the longer where two overlap.

    A group in a pattern is what it points at; without one it is the whole.
    """
    found: list[tuple[int, int, Any]] = []
    for entry in entries:
        for match in compiled(entry["re"]).finditer(piece):
            low, high = match.span(1) if match.re.groups and match[1] is not None else match.span()
            if match.start() < before and high > low:
                found.append((low, high, entry))
    found.sort(key=lambda one: (one[0], -one[1]))
    kept: list[tuple[int, int, Any]] = []
    for one in found:
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    return kept


def _wording(entry: Any, language: str) -> dict[str, str]:
    say = entry.get("say", {}).get(language)
    return {} if say is None else {"suggestion": say}


def _jargon(text: str, draft: Draft, language: str, jargon: Iterable[AnyTerm]) -> Iterator[Finding]:
    """Yield the words of the house. Of equal terms, the one of the draft's language counts."""
    terms: dict[str, AnyTerm] = {}
    for one in jargon:
        key = folded(one.term).strip(" \n")
        if key and (key not in terms or one.language == language):
            terms[key] = one
    taken: list[Span] = []
    for key in sorted(terms, key=lambda key: (-len(key), key)):
        for match in compiled(_whole(key)).finditer(text):
            low, high = match.span()
            if any(low < end and start < high for start, end in taken):
                continue
            taken.append((low, high))
            plain = terms[key].plain
            facts = {"words": draft.text[low:high], "plain": plain, "suggestion": plain}
            yield Finding("jargon", low, high, facts)


def _whole(term: str) -> str:
    """Return the pattern of a term that is no part of a longer Latin word."""
    before = "(?<![a-z0-9])" if "0" <= term[0] <= "z" else ""
    after = "(?![a-z0-9])" if "0" <= term[-1] <= "z" else ""
    return before + re.sub(r"([\\^$.|?*+()\[\]{}/])", r"\\\1", term) + after


def _unanswered(text: str, draft: Draft) -> Iterator[Finding]:
    pieces = [text[start:end] for start, end in sentences(text)]
    alone = sum(bool(one) for one in draft.questions) == 1
    for number, question in enumerate(draft.questions, start=1):
        if question and not is_answered(folded(question), number, pieces, alone=alone):
            yield Finding(
                "unanswered_question", facts={"number": str(number), "question": question}
            )


def _apology(text: str, draft: Draft) -> Iterator[Finding]:
    """Yield the one finding about an apology that lacks some of its five parts."""
    told = rules()["apology"]
    begun = compiled(told["begins"]).search(text)
    if not draft.asks_apology or begun is None:
        return
    missing = [part["id"] for part in told["parts"] if not matches(part["re"], text)]
    if missing:
        low, high = begun.span()
        facts = {"words": draft.text[low:high], "missing": ",".join(missing)}
        yield Finding("incomplete_apology", low, high, facts)


def _manners(text: str, draft: Draft, language: str) -> Iterator[Finding]:
    """Yield thanks, name and next step where they are missing from what is long enough."""
    told = rules()["manners"]
    if weight(text) < told["from_weight"]:
        return
    name = draft.contact.strip()
    for part in told["parts"]:
        pattern = part["re"]
        if matches(pattern, text) or (part["id"] == "name" and _is_named(text, name)):
            continue
        facts = {"part": part["id"], "place": part["place"]}
        say = part.get("say", {}).get(language, "")
        if say and (name or "{contact}" not in say):
            facts["suggestion"] = say.replace("{contact}", name)
        yield Finding("missing_manners", facts=facts)


def weight(text: str) -> int:
    """Return how long a text is: a Han sign says as much as two Latin letters."""
    return sum(2 if "\u4e00" <= sign <= "\u9fff" else 1 for sign in text if sign not in " \n")


def _is_named(text: str, contact: str) -> bool:
    """Tell whether the reader's own name stands in a text: whole, or a word of it."""
    name = folded(contact)
    if not name:
        return False
    if name in text:
        return True
    return any(matches(_whole(word), text) for word in name.split(" ") if len(word) > 1)


def _alike(near: Iterable[Likeness]) -> Iterator[Finding]:
    closest = max(near, key=lambda one: one.similarity, default=None)
    if closest is None or closest.similarity < rules()["alike_from"]:
        return
    percent = str(round(100 * closest.similarity))
    facts = {"part": closest.kind, "percent": percent, "name": closest.name, "day": closest.day}
    yield Finding("canned", facts=facts)
