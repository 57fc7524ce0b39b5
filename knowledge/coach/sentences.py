"""What the coach says of a finding, in the reader's language. Made when shown, never stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from knowledge.coach.drafts import Finding

_PLACE = re.compile(r"\{([a-z]+)\}")


class Said(NamedTuple):
    """The three sentences about a finding: what it is, why it matters, what is better."""

    what: str | Lazy
    why: str | Lazy
    better: str | Lazy


SENTENCES: dict[str, Said] = {
    "unanswered_question": Said(
        _("Question {number} has no answer: “{question}”"),
        _("The customer waits for this answer, and reads everything else as a way around it."),
        _("Answer it, or say why you cannot yet and by when you will."),
    ),
    "conditional_apology": Said(
        _("Sorry with an “if”: “{words}”"),
        _("It doubts that anything happened, and puts the fault into the customer’s feelings."),
        _("Say what happened as a fact, and that you are sorry for it."),
    ),
    "incomplete_apology": Said(
        _("The apology lacks: {missing}"),
        _("An apology is believed when it has all five parts."),
        _("Add what is missing, in a sentence each."),
    ),
    "empathy_but": Said(
        _("Understanding taken back: “{words}”"),
        _("After “but” the customer remembers only what follows."),
        _("End the sentence before it, or join both with “and”."),
    ),
    "vague_promise": Said(
        _("A promise without a time: “{words}”"),
        _("The customer cannot plan with it, and nobody can keep it."),
        _("Name the day and the hour. If you do not know it, say when you will."),
    ),
    "blame": Said(
        _("Sounds like blame: “{words}”"),
        _("Whose fault it is helps nobody now, and the customer will defend themselves."),
        _("Say what happened and what you do about it, without “you” or “they” as the culprit."),
    ),
    "jargon": Said(
        _("A word of ours: “{words}”"),
        _("The customer need not know it, and will not ask."),
        _("Say “{plain}”."),
    ),
    "missing_manners.thanks": Said(
        _("No thanks"),
        _("Whoever complains gives us a chance to put it right."),
        _("Thank them for telling us, at the beginning."),
    ),
    "missing_manners.name": Said(
        _("Nobody is addressed by name"),
        _("A name shows that one person writes to another."),
        _("Begin with the customer’s name."),
    ),
    "missing_manners.next_step": Said(
        _("No next step"),
        _("Without it the customer has to ask again."),
        _("End with what happens next, and by when."),
    ),
    "canned": Said(
        _("Fits any letter: “{words}”"),
        _("Words that fit everybody tell this customer that nobody read their case."),
        _("Leave it out, or say something that is true of this case alone."),
    ),
    "canned.template": Said(
        _("{percent} % the same as the template “{name}”"),
        _("Words that fit everybody tell this customer that nobody read their case."),
        _("Name what happened to them, in their own words."),
    ),
    "canned.reply": Said(
        _("{percent} % the same as a reply to another customer of {day}"),
        _("Customers compare. Two equal letters look like none."),
        _("Name what happened to them, in their own words."),
    ),
}

PARTS: dict[str, str | Lazy] = {
    "wrong": pgettext_lazy("part of an apology", "what went wrong"),
    "effect": pgettext_lazy("part of an apology", "what it meant for the customer"),
    "regret": pgettext_lazy("part of an apology", "that you are sorry"),
    "now": pgettext_lazy("part of an apology", "what you do now"),
    "again": pgettext_lazy("part of an apology", "how it will not happen again"),
}

SEPARATOR = pgettext_lazy("between parts of a list", ", ")


def sentence(finding: Finding) -> str:
    """Return what was found, in one line."""
    return _filled(_said(finding).what, finding)


def why(finding: Finding) -> str:
    """Return why the customer minds it."""
    return _filled(_said(finding).why, finding)


def better(finding: Finding) -> str:
    """Return what to write instead."""
    return _filled(_said(finding).better, finding)


def _said(finding: Finding) -> Said:
    part = finding.facts.get("part", "")
    return SENTENCES.get(f"{finding.rule}.{part}") or SENTENCES[finding.rule]


def _filled(pattern: str | Lazy, finding: Finding) -> str:
    facts = shown(finding.facts)
    return _PLACE.sub(lambda found: facts.get(found[1], found[0]), str(pattern))


def shown(facts: Mapping[str, str]) -> dict[str, str]:
    """Return facts as they are shown: the parts that are missing by their names."""
    if "missing" not in facts:
        return dict(facts)
    parts = [str(PARTS[one]) for one in facts["missing"].split(",")]
    return {**facts, "missing": str(SEPARATOR).join(parts)}
