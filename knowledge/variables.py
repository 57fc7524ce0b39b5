"""The variables of reply templates: which there are, what they mean, and how they are filled.

Pure. ``{serial}`` in a template becomes the case's serial number; what the case lacks stays
as a visible gap, ``[serial number?]``, that the engineer has to fill.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

_VARIABLE = re.compile(r"\{([^{}\n]*)\}")
_BRACE = re.compile(r"[{}｛｝]")
GAP = re.compile(r"\[[^\[\]\n]{1,80}[?？]\]")
"""A place that only the engineer can fill: in square brackets, ending on a question mark."""


@dataclass(frozen=True, slots=True)
class Variable:
    """``meaning`` says what stands there, ``gap`` what is asked for where the case lacks it."""

    meaning: str | Lazy
    gap: str | Lazy
    sample: str | Lazy


VARIABLES: dict[str, Variable] = {
    "customer": Variable(
        gettext_lazy("the customer's name"),
        gettext_lazy("customer"),
        gettext_lazy("Hengyuan Chemical"),
    ),
    "contact": Variable(
        gettext_lazy("the person at the customer's"),
        gettext_lazy("name"),
        gettext_lazy("Zhou Min"),
    ),
    "me": Variable(
        gettext_lazy("your name"), gettext_lazy("your name"), gettext_lazy("Chen Siyuan")
    ),
    "team": Variable(
        gettext_lazy("the team of the case"),
        gettext_lazy("team"),
        gettext_lazy("Pump service"),
    ),
    "product": Variable(
        gettext_lazy("brand and model"), gettext_lazy("product"), "Hydra CP 80-250"
    ),
    "serial": Variable(
        gettext_lazy("serial number"), gettext_lazy("serial number"), "CP8-2508-1173"
    ),
    "batch": Variable(gettext_lazy("batch"), gettext_lazy("batch"), "2508-B"),
    "reference": Variable(
        gettext_lazy("the reference of the case"), gettext_lazy("reference"), "CT-2026-004817"
    ),
    "symptom": Variable(
        gettext_lazy("the matter in one line"),
        gettext_lazy("what happened"),
        gettext_lazy("The seal leaks again after three weeks"),
    ),
    "question": Variable(
        gettext_lazy("their first question that is not answered yet"),
        gettext_lazy("question"),
        gettext_lazy("Who pays for the standstill?"),
    ),
    "questions": Variable(
        gettext_lazy("all their questions that are not answered yet, one a line"),
        gettext_lazy("questions"),
        gettext_lazy("1. Who pays for the standstill?\n2. Will line 1 leak as well?"),
    ),
    "promise": Variable(
        gettext_lazy("the open promise that falls due first"),
        gettext_lazy("promise"),
        gettext_lazy("The new seal is at your gate"),
    ),
    "promise_due": Variable(
        gettext_lazy("when that promise falls due"),
        gettext_lazy("day and time"),
        gettext_lazy("Wed 18 Mar, 12:00"),
    ),
    "response_due": Variable(
        gettext_lazy("when cause and solution fall due"),
        gettext_lazy("day and time"),
        gettext_lazy("Tue 17 Mar, 16:25"),
    ),
    "next_update": Variable(
        gettext_lazy("when the next progress update falls due, counted from now"),
        gettext_lazy("day and time"),
        gettext_lazy("Tue 17 Mar, 18:05"),
    ),
    "option": Variable(
        gettext_lazy("the option that they chose"),
        gettext_lazy("option"),
        gettext_lazy("Double mechanical seal, changed at night"),
    ),
}


def faults(text: str) -> list[str]:
    """Return what is wrong with the braces of a template, each in a sentence; none if nothing.

    An unknown variable is named, and so is the line of a brace that has no partner.
    """
    named = dict.fromkeys(name for name in _VARIABLE.findall(text) if name not in VARIABLES)
    found = [_("There is no variable {name}.").format(name="{" + name + "}") for name in named]
    for number, line in enumerate(text.splitlines(), start=1):
        if _BRACE.search(_VARIABLE.sub("", line)):
            words = _("A brace has no partner in line {number}: “{line}”")
            found.append(words.format(number=number, line=line.strip()[:80]))
    return found


def fill(text: str, values: Mapping[str, str], language: str) -> str:
    """Return the text with its variables filled; what is lacking is a gap in ``language``."""
    with override(language):
        return _VARIABLE.sub(lambda found: values.get(found[1]) or _gap(found[1]), text)


def samples(language: str) -> dict[str, str]:
    """Return believable values, for a preview without a case."""
    with override(language):
        return {name: str(one.sample) for name, one in VARIABLES.items()}


def gaps(text: str) -> list[str]:
    """Return the gaps that are still to be filled, in the order they stand there."""
    return GAP.findall(text)


def _gap(name: str) -> str:
    known = VARIABLES.get(name)
    return _("[{what}?]").format(what=known.gap if known else name)
