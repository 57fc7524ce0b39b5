"""Why a deadline is due when it is, or why it was late: read from the record, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.models import User
from objections import audience
from objections.clockface import Clock, face
from objections.deadlines.terms import BREACH, LEVEL, WARNING
from objections.models import (
    Case,
    CaseEvent,
    Commitment,
    ContactRecord,
    Deadline,
    Escalation,
    EscalationEntry,
    HandOver,
    LadderRung,
    Notice,
    Pause,
)
from objections.vocabulary import EventKind, NoticeChannel, Promise

NOTHING = timedelta(0)
LATE_BY_SYSTEM = timedelta(minutes=1)
"""A rung that was recorded later than this after its moment was late by the system."""

NEW_ROUND = (EventKind.SOLUTION_REJECTED, EventKind.NOT_SATISFIED, EventKind.REOPENED)
RANG = (EventKind.DEADLINE_WARNED, EventKind.DEADLINE_BREACHED, EventKind.ESCALATION_CLIMBED)
ABOUT_CLIMB = (*RANG, EventKind.ESCALATION_LAPSED)


class Start(StrEnum):
    """What set the clock going."""

    SPOKE = "spoke"
    REJECTED = "rejected"
    NOT_SATISFIED = "not_satisfied"
    REOPENED = "reopened"
    CARRIED_OUT = "carried_out"
    TOLD = "told"
    PROMISED = "promised"
    ASKED = "asked"
    WROTE = "wrote"


STARTED_BY = {
    Promise.FOLLOW_UP: Start.CARRIED_OUT,
    Promise.PROGRESS_UPDATE: Start.TOLD,
    Promise.COMMITMENT: Start.PROMISED,
    Promise.HAND_OVER: Start.ASKED,
    Promise.CUSTOMER_MESSAGE: Start.WROTE,
}


@dataclass(frozen=True, slots=True)
class Stood:
    """A time for which the clock stood still. ``length`` is until now where it still does."""

    pause: Pause
    length: timedelta


@dataclass(frozen=True, slots=True)
class Listener:
    """Who a rung told, and when they looked at it."""

    person: User
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RungSaid:
    """A rung that rang, or will. ``recorded_at`` is None for one to come.

    ``kind`` is one of the ladder's, or "lapse" where a taker's time ran out. ``nobody``
    tells a rung to come whose level has nobody in it.
    """

    at: datetime | None
    kind: str
    level: int
    offset: timedelta
    listeners: tuple[Listener, ...]
    recorded_at: datetime | None = None

    @property
    def rang(self) -> bool:
        return self.recorded_at is not None

    @property
    def late_by_system(self) -> timedelta | None:
        """How much later than its moment it was noticed, where that is more than a minute."""
        if self.recorded_at is None or self.at is None:
            return None
        late = self.recorded_at - self.at
        return late if late > LATE_BY_SYSTEM else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that makes a deadline what it is, as it stands at ``now``.

    ``started_at`` + ``allowance`` + the pauses = due; ``adds_up`` says whether the rows
    agree. ``about`` is the promise, question or message that the clock is about.
    ``pauses_left`` is how often it may still be paused in this round.
    """

    deadline: Deadline
    case: Case
    now: datetime
    clock: Clock
    start: Start
    about: Commitment | HandOver | ContactRecord | None
    pauses: tuple[Stood, ...]
    pauses_left: int
    rungs: tuple[RungSaid, ...]
    taken: Escalation | None
    withdrawn_at: datetime | None
    proof: ContactRecord | None
    events: int

    @property
    def paused_for(self) -> timedelta:
        return sum((stood.length for stood in self.pauses), NOTHING)

    @property
    def allowed(self) -> timedelta:
        """The policy's allowance, without what was added to keep it out of the night."""
        return self.deadline.allowance - self.deadline.moved

    @property
    def due_at(self) -> datetime:
        """The due moment; while it stands still, the one if it ran on now."""
        if self.deadline.due_at is not None:
            return self.deadline.due_at
        return self.now + (self.deadline.remaining or NOTHING)

    @property
    def adds_up(self) -> bool:
        started, allowance = self.deadline.started_at, self.deadline.allowance
        return started + allowance + self.paused_for == self.due_at

    @property
    def settled_at(self) -> datetime | None:
        """When proof settled it, in time or late."""
        return self.deadline.kept_at or self.deadline.answered_late_at

    @property
    def late_by(self) -> timedelta | None:
        """How late it was, or is by now; None where it was not, or is kept for the record."""
        deadline = self.deadline
        if deadline.is_historical or (deadline.ended_at and not deadline.breached_at):
            return None
        late = (self.settled_at or deadline.ended_at or self.now) - self.due_at
        return late if late > NOTHING else None

    @property
    def late_by_system(self) -> bool:
        """True where some rung was noticed late: then the system, too, has something to answer."""
        return any(rung.late_by_system for rung in self.rungs)


def explain(deadline: Deadline, *, now: datetime) -> Explanation:
    """Return why this deadline is due when it is, who was and will be told, and what stops it.

    Reads the record and writes nothing; the same rows give the same answer.
    """
    case = deadline.case
    events = list(case.events.filter(data__deadline=deadline.pk).order_by("occurred_at", "pk"))
    stood = tuple(_stood(pause, now) for pause in deadline.pauses.all())
    withdrawn = [one for one in events if one.kind == EventKind.BREACH_WITHDRAWN]
    taken = Escalation.objects.filter(deadline=deadline, closed_at=None, taken_at__isnull=False)
    return Explanation(
        deadline=deadline,
        case=case,
        now=now,
        clock=face(deadline, now=now),
        start=_start(deadline),
        about=_about(deadline),
        pauses=stood,
        pauses_left=_pauses_left(deadline, len(stood)),
        rungs=tuple(_rungs(deadline, events, now)),
        taken=taken.select_related("taken_by").first(),
        withdrawn_at=withdrawn[-1].occurred_at if withdrawn else None,
        proof=_proof(deadline),
        events=len(events),
    )


def _start(deadline: Deadline) -> Start:
    promise = Promise(deadline.promise)
    if promise in STARTED_BY:
        return STARTED_BY[promise]
    if promise is Promise.RESPONSE and deadline.cycle > 1:
        began = (
            deadline.case.events.filter(kind__in=NEW_ROUND, recorded_at__gte=deadline.started_at)
            .order_by("recorded_at", "pk")
            .first()
        )
        if began is not None:
            return Start(began.kind.removeprefix("solution_"))
    return Start.SPOKE


def _about(deadline: Deadline) -> Commitment | HandOver | ContactRecord | None:
    case, subject = deadline.case, deadline.subject
    if subject is None:
        return None
    if deadline.promise == Promise.COMMITMENT:
        return case.commitments.filter(number=subject).first()
    if deadline.promise == Promise.HAND_OVER:
        return case.hand_overs.filter(number=subject).select_related("to_user").first()
    return case.contact_records.filter(pk=subject).first()


def _stood(pause: Pause, now: datetime) -> Stood:
    return Stood(pause, (pause.resumed_at or now) - pause.paused_at)


def _pauses_left(deadline: Deadline, taken: int) -> int:
    if not deadline.is_running or deadline.pause_maximum is None or deadline.breached_at:
        return 0
    return max(deadline.pauses_per_cycle - taken, 0)


def _proof(deadline: Deadline) -> ContactRecord | None:
    if deadline.proof_id is None:
        return None
    people = ("by_user", "late_confirmed_by")
    return ContactRecord.objects.select_related(*people).get(pk=deadline.proof_id)


# Who was told, and who will be


def _rungs(deadline: Deadline, events: Iterable[CaseEvent], now: datetime) -> list[RungSaid]:
    rang = [one for one in events if one.kind in ABOUT_CLIMB]
    listeners = _listeners(deadline)
    said = [_rang(one, deadline, listeners) for one in rang]
    return said + _coming(deadline, now)


def _rang(
    event: CaseEvent, deadline: Deadline, listeners: dict[tuple[datetime, int], list[Listener]]
) -> RungSaid:
    level = event.data.get("level", 0)
    kinds = {EventKind.DEADLINE_WARNED: WARNING, EventKind.DEADLINE_BREACHED: BREACH}
    kind = kinds.get(EventKind(event.kind), LEVEL)
    if event.kind == EventKind.ESCALATION_LAPSED:
        kind = "lapse"
    heard = tuple(listeners.get((event.occurred_at, level), ()))
    offset = event.occurred_at - deadline.due_at if deadline.due_at else NOTHING
    return RungSaid(event.occurred_at, kind, level, offset, heard, event.recorded_at)


def _listeners(deadline: Deadline) -> dict[tuple[datetime, int], list[Listener]]:
    """Return who heard of each rung: those above by the level's entry, the handler by notices.

    The entry is the record of who was told; a notice adds when they looked.
    """
    notices = Notice.objects.filter(deadline=deadline, channel=NoticeChannel.IN_APP)
    heard: dict[tuple[datetime, int], list[Listener]] = {}
    seen: dict[tuple[datetime, int, int], datetime | None] = {}
    for notice in notices.select_related("user").order_by("pk"):
        seen[notice.occurred_at, notice.level, notice.user_id] = notice.seen_at
        if not notice.level:
            heard.setdefault((notice.occurred_at, 0), []).append(
                Listener(notice.user, notice.seen_at)
            )
    entries = list(EscalationEntry.objects.filter(escalation__deadline=deadline))
    people = User.objects.in_bulk({pk for entry in entries for pk in entry.told})
    for entry in entries:
        key = (entry.occurred_at, entry.level)
        heard[key] = [
            Listener(people[pk], seen.get((*key, pk))) for pk in entry.told if pk in people
        ]
    return heard


def _coming(deadline: Deadline, now: datetime) -> list[RungSaid]:
    """Return the rungs that will still ring if nothing happens; none once it is taken."""
    if not deadline.is_running or deadline.is_historical or deadline.alarm_at is None:
        return []
    shift = NOTHING
    if deadline.due_at is None and deadline.resume_at and deadline.remaining is not None:
        shift = deadline.resume_at + deadline.remaining - now
    rungs = []
    for index in range(deadline.rung, len(deadline.ladder)):
        rung = deadline.ladder[index]
        offset = timedelta(seconds=rung["offset"])
        at = deadline.moment_of(index) or now + shift + offset
        people = _who(deadline.case, rung)
        heard = tuple(Listener(person) for person in people)
        rungs.append(RungSaid(at, rung["kind"], rung["level"], offset, heard))
    return rungs


def _who(case: Case, rung: LadderRung) -> Sequence[User]:
    if rung["kind"] == WARNING:
        return audience.warned(case, rung["level"])
    return audience.above(case, rung["level"])
