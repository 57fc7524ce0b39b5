"""The clocks of one case as its page shows them: those that run, and what became of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from objections.clockface import Clock, ClockState, face, not_started
from objections.deadlines import terms
from objections.models import Case, Deadline, Pause
from objections.vocabulary import OPEN_STAGES, Kind, Promise, Stage
from timekeeping import wording

MOST_SHOWN = 7
SETTLED_SHOWN = (Promise.ACKNOWLEDGEMENT, Promise.RESPONSE, Promise.FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class Panel:
    """A running clock: what it shows, and what would keep it."""

    deadline: Deadline
    clock: Clock
    keeps: str
    due_time: str
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """A clock that does not run: settled, or, without a deadline, still to come."""

    clock: Clock
    deadline: Deadline | None = None


@dataclass(frozen=True, slots=True)
class Clocks:
    """``running`` are due next first; ``others`` have been settled or have not begun.

    ``later`` is how many more run, due after those that are shown.
    """

    running: list[Panel]
    others: list[Other]
    later: int = 0


def clocks_of(case: Case, now: datetime, deadlines: Sequence[Deadline]) -> Clocks:
    """Return the clocks of a case; ``deadlines`` are all of its own."""
    open_ones = [one for one in deadlines if one.is_running and not one.is_historical]
    open_ones.sort(key=lambda one: (one.due_at is None, one.due_at or one.resume_at))
    subjects = _subjects(case)
    pauses = _pauses(open_ones)
    updates = sum(1 for one in deadlines if one.promise == Promise.PROGRESS_UPDATE)
    running = [
        Panel(
            one,
            face(one, now=now),
            _keeps(one, now, subjects, pauses, updates),
            wording.time_of_day(one.due_at) if one.due_at else "",
            lead=place == 0 and one.due_at is not None,
        )
        for place, one in enumerate(open_ones[:MOST_SHOWN])
    ]
    others = [*_settled(deadlines, now), *_to_come(case, deadlines, now)]
    return Clocks(running, others, later=max(len(open_ones) - MOST_SHOWN, 0))


def _settled(deadlines: Sequence[Deadline], now: datetime) -> list[Other]:
    """Return the newest settled clock of each main promise, and every one that was broken."""
    newest: dict[Promise, int] = {}
    settled = [one for one in deadlines if not one.is_running or one.is_historical]
    for one in settled:
        if one.promise in SETTLED_SHOWN:
            newest[Promise(one.promise)] = one.pk
    shown = [one for one in settled if one.breached_at or one.pk in newest.values()]
    return [Other(face(one, now=now), one) for one in shown]


def _to_come(case: Case, deadlines: Sequence[Deadline], now: datetime) -> list[Other]:
    begun = any(one.promise == Promise.FOLLOW_UP and one.cycle == case.cycle for one in deadlines)
    before = OPEN_STAGES[: OPEN_STAGES.index(Stage.FOLLOW_UP)]
    if begun or case.kind == Kind.THANKS or case.stage not in before or case.is_historical:
        return []
    given = terms.find(case, [Promise.FOLLOW_UP])[Promise.FOLLOW_UP]
    if given.length is None:
        return []
    return [Other(not_started(Promise.FOLLOW_UP, given.length, now=now, unit=given.unit))]


def _subjects(case: Case) -> dict[tuple[str, int], str]:
    """Return what each commitment and hand-over is about, by promise and number."""
    found: dict[tuple[str, int], str] = {}
    for number, what in case.commitments.values_list("number", "what"):
        found[Promise.COMMITMENT, number] = what
    for number, question in case.hand_overs.values_list("number", "question"):
        found[Promise.HAND_OVER, number] = question
    return found


def _pauses(deadlines: Sequence[Deadline]) -> dict[int, Pause]:
    paused = [one.pk for one in deadlines if one.paused_at is not None]
    if not paused:
        return {}
    rows = Pause.objects.filter(deadline__in=paused, resumed_at=None)
    return {row.deadline_id: row for row in rows}


def _keeps(
    deadline: Deadline,
    now: datetime,
    subjects: dict[tuple[str, int], str],
    pauses: dict[int, Pause],
    updates: int,
) -> str:
    """Say in one sentence what would keep a promise, or what it waits for."""
    if deadline.pk in pauses:
        return pauses[deadline.pk].evidence
    promise = Promise(deadline.promise)
    late = face(deadline, now=now).state == ClockState.BREACHED
    if promise == Promise.ACKNOWLEDGEMENT:
        if late:
            return _("Call now. It stays late, and still matters")
        return _("Kept when a person of ours has spoken with the customer")
    if promise == Promise.RESPONSE:
        return _("Kept when cause and solution have been told")
    if promise == Promise.FOLLOW_UP:
        return _("Kept by the customer’s verdict")
    if promise == Promise.PROGRESS_UPDATE:
        return _("Number {number}. Little news is news too").format(number=updates)
    if promise == Promise.CUSTOMER_MESSAGE:
        return _("Kept when a person has replied")
    return subjects.get((promise, deadline.subject or 0), "")
