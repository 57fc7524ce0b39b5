"""What shows it, and what is still to be done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from objections.models import Commitment, HandOver, Question
from objections.vocabulary import Promise
from reports.gathering import Record
from reports.writing.pen import Pen

MOST_FILES = 8
PROMISED, ASKED = pgettext_lazy("report", "Promised"), _("Asked of")
STAGES_OWN = (Promise.ACKNOWLEDGEMENT, Promise.RESPONSE, Promise.FOLLOW_UP)


def evidence(record: Record, pen: Pen) -> list[str]:
    """The files on the case, each with its caption and when it was attached."""
    rows = record.evidence
    if not rows:
        return [pen.say(_("No file is attached to the case."))]
    found = [
        " · ".join(filter(None, (one.name, pen.own(one.caption), pen.when(one.attached_at))))
        for one in rows[:MOST_FILES]
    ]
    more = len(rows) - MOST_FILES
    rest = [pen.say(_("and {count} more files"), count=more)] if more > 0 else []
    return [*found, *rest]


def plan(record: Record, pen: Pen) -> list[str]:
    """What is owed, to whom, by when."""
    found = owed(record, pen)
    label = _("Remedy waiting for approval")
    found += [pen.pair(label, one.description) for one in record.given if one.is_open]
    return found or [pen.say(_("Nothing is open."))]


def owed(record: Record, pen: Pen) -> list[str]:
    """Promises, questions to others, the next step's clock: each with its due time."""
    return [
        *_stage(record, pen),
        *(promised(one, pen) for one in record.commitments if one.is_open),
        *(asked(one, pen) for one in record.hand_overs if one.is_open),
        *(_question(one, pen) for one in record.questions if not one.answered_at),
    ]


def _stage(record: Record, pen: Pen) -> list[str]:
    return [
        pen.pair(Promise(one.promise).label, by(pen, pen.when(one.due_at)))
        for one in record.deadlines
        if one.is_running and one.due_at and one.promise in STAGES_OWN
    ]


def by(pen: Pen, moment: str) -> str:
    return pen.say(_("by {moment}"), moment=moment)


def promised(one: Commitment, pen: Pen) -> str:
    """A promise that is open, with its due time."""
    return f"{pen.pair(PROMISED, one.what)} · {by(pen, pen.when(one.due_at))}"


def asked(one: HandOver, pen: Pen, *, question: bool = True) -> str:
    """Somebody who owes an answer, what they were asked where that may be read, and by when."""
    whom = pen.pair(ASKED, one.department or str(one.to_user))
    words = f"{whom}: {pen.own(one.question)}" if question else whom
    return f"{words} · {by(pen, pen.when(one.due_at))}"


def _question(one: Question, pen: Pen) -> str:
    words = pen.pair(_("Question to be answered"), one.text)
    if one.deferred_to is None:
        return words
    return f"{words} · {by(pen, pen.when(one.deferred_to.due_at))}"
