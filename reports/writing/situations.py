"""What happened, and what it did: background and effect."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from objections.clockface import promise_name
from objections.models import Deadline
from objections.vocabulary import CauseCategory, Channel, Emotion, Origin
from reports.gathering import Record
from reports.writing.pen import Pen

MOST_BROKEN = 4


def background(record: Record, pen: Pen) -> list[str]:
    """Who complained of what, in their words, and what we understood of it."""
    case, said = record.case, record.restatement
    return [
        *pen.pairs(
            (_("Received"), _received(record, pen)),
            (_("The customer's words"), pen.quote(case.statement) if case.statement else None),
            (_("How often, since when"), " · ".join(filter(None, (case.frequency, case.since)))),
            (_("Already tried"), case.already_tried),
            (_("They ask for"), (said.position if said else "") or case.expectation),
            (_("They really want"), said.interest if said else None),
        ),
        *restated(record, pen),
        *pen.pairs((_("Where it comes from"), Origin(case.origin).label if case.origin else None)),
    ]


def restated(record: Record, pen: Pen) -> list[str]:
    """The issue in our words, and whether the customer agreed to it."""
    said = record.restatement
    if said is None:
        return [pen.say(_("We have not said back yet what we understood."))]
    agreed = _("As we understood it, agreed by the customer")
    waits = _("As we understood it, not agreed by the customer yet")
    return [pen.pair(agreed if said.agreed_at else waits, said.text)]


def _received(record: Record, pen: Pen) -> str:
    case = record.case
    channel = pen.say(Channel(case.channel).label) if case.channel else ""
    who = " · ".join(str(one) for one in (case.contact, case.customer) if one is not None)
    return " · ".join(filter(None, (pen.when(case.received_at), channel, who)))


def effect(record: Record, pen: Pen) -> list[str]:
    """What it costs the customer and us: feeling, time, rounds, promises, money."""
    first = pen.pairs(
        (_("How the customer felt at first"), felt(record.emotions[:1])),
        (_("Urgency"), _urgency(record)),
    )
    figures = pen.pairs(
        (_("Time so far"), _time(record, pen)),
        (_("Contacts with the customer"), len(record.contacts)),
        (_("Rounds"), record.case.cycle if record.case.cycle > 1 else None),
        (_("Persistent since"), _persistent(record, pen)),
    )
    return [
        " · ".join(first),
        " · ".join(figures),
        *promises(record, pen),
        *_escalated(record, pen),
    ]


def _urgency(record: Record) -> Callable[[], str]:
    return lambda: f"{record.case.get_kind_display()} · {record.case.get_urgency_display()}"


def _time(record: Record, pen: Pen) -> str | None:
    """How long it took; while the case is open its beginning says it, and does not change."""
    case = record.case
    if case.closed_at is None:
        return None
    return pen.say(pen.length(case.closed_at - case.received_at))


def _persistent(record: Record, pen: Pen) -> str | None:
    at = record.case.persistent_at
    return pen.when(at) if at else None


def felt(levels: list[int]) -> str | Lazy | None:
    return Emotion(levels[0]).label if levels else None


def promises(record: Record, pen: Pen) -> list[str]:
    """The clocks: how many were kept, and each that was broken."""
    kept, broken = len(record.kept), record.broken
    if not kept and not broken:
        return [pen.say(_("No promise has fallen due yet."))]
    total = pen.say(_("{kept} kept, {broken} broken"), kept=kept, broken=len(broken))
    named = [pen.pair(_name(one), _late(one, record, pen)) for one in broken[:MOST_BROKEN]]
    more = len(broken) - MOST_BROKEN
    rest = [pen.say(_("and {count} more broken"), count=more)] if more > 0 else []
    return [pen.pair(pgettext_lazy("report", "Promises"), total), *named, *rest]


def _name(deadline: Deadline) -> Callable[[], str]:
    return lambda: promise_name(deadline)


def _late(deadline: Deadline, record: Record, pen: Pen) -> str:
    """How late it was, or that it still is: said by moments, which do not move."""
    due = deadline.due_at
    if due is not None and deadline.answered_late_at is not None:
        late = pen.length(deadline.answered_late_at - due)
        return pen.say(pgettext_lazy("report", "broken, done {length} late"), length=late)
    if due is None:
        return pen.say(pgettext_lazy("report", "broken"))
    if deadline.ended_at is not None:
        pattern = _("broken at {moment}, ended unanswered")
    else:
        pattern = _("broken at {moment}, still open")
    return pen.say(pattern, moment=pen.when(due))


def _escalated(record: Record, pen: Pen) -> list[str]:
    if not record.escalations:
        return []
    count, level = len(record.escalations), max(one.level for one in record.escalations)
    words = ngettext_lazy(
        "{count} escalation, up to level {level}", "{count} escalations, up to level {level}", count
    )
    return [pen.pair(_("Escalated"), pen.say(words, count=count, level=level))]


def category(value: str) -> Lazy | str | None:
    """Return the words of a cause category, none where it is not known."""
    return CauseCategory(value).label if value and value != CauseCategory.UNKNOWN else None
