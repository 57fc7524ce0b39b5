"""Why a deadline is due when it is, or why it was late: read from the record, never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet

from accounts.models import User
from accounts.presence import Presence
from objections import audience
from objections.audience import Hearer
from objections.clockface import Clock, face
from objections.deadlines import reasons, reckoning
from objections.deadlines.reasons import Change, Counting
from objections.deadlines.terms import BREACH, LEVEL, WARNING
from objections.models import (
    Case,
    CaseEvent,
    Commitment,
    ContactRecord,
    Deadline,
    Escalation,
    HandOver,
    LadderRung,
    Notice,
    Pause,
)
from objections.vocabulary import EventKind, NoticeChannel, Promise, Unit

NOTHING = timedelta(0)
LATE_BY_SYSTEM = timedelta(minutes=1)
"""A rung that was recorded later than this after its moment was late by the system."""

NEW_ROUND = (EventKind.SOLUTION_REJECTED, EventKind.NOT_SATISFIED, EventKind.REOPENED)
RANG = (EventKind.DEADLINE_WARNED, EventKind.DEADLINE_BREACHED, EventKind.ESCALATION_CLIMBED)
ABOUT_CLIMB = (*RANG, EventKind.ESCALATION_LAPSED, EventKind.ESCALATION_REMINDED)
KINDS = {
    EventKind.DEADLINE_WARNED: WARNING,
    EventKind.DEADLINE_BREACHED: BREACH,
    EventKind.ESCALATION_LAPSED: "lapse",
    EventKind.ESCALATION_REMINDED: "reminder",
}


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
    MERGED = "merged"


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
    """Who a rung told, for whom they stand in, and when they looked at it."""

    person: User
    seen_at: datetime | None = None
    in_place_of: User | None = None


@dataclass(frozen=True, slots=True)
class RungSaid:
    """A rung that rang, or will. ``recorded_at`` is None for one to come.

    ``kind`` is one of the ladder's, "lapse" where a taker's time ran out, or "reminder".
    One that told nobody has no listeners, and so has one to come where nobody is there.
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

    ``started_at`` + ``allowance`` + the pauses = due, counted in the clock's unit by its
    edition of the calendar; ``adds_up`` says whether the rows agree. ``about`` is the
    promise, question or message that the clock is about. ``pauses_left`` is how often it
    may still be paused in this round. ``brought_by`` is the number of the merged case
    that its start comes from, ``merged_into`` that of the one that this case became a
    part of; each empty where it does not exist for the reader. ``revived_at`` is when it
    last ran again after a merge that was undone.
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
    changes: tuple[Change, ...] = ()
    counting: Counting | None = None
    brought_by: str = ""
    merged_into: str = ""
    revived_at: datetime | None = None

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
        return _due(self.deadline, self.now)

    @property
    def adds_up(self) -> bool:
        """True where the due moment in the row is the sum of start, allowance and pauses.

        What was used up when it was paused is due when it runs on, and not before.
        """
        deadline = self.deadline
        spans = [(one.pause.paused_at, one.pause.paused_at + one.length) for one in self.pauses]
        reckoned = reckoning.reckon(
            Unit(deadline.unit), deadline.calendar, deadline.started_at, deadline.allowance,
            paused=spans,
        )  # fmt: skip
        ran_on = [ended for _began, ended in spans]
        return self.due_at == reckoned.at or (reckoned.at < self.due_at and self.due_at in ran_on)

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


def explain(
    deadline: Deadline, *, now: datetime, seen: QuerySet[Case] | None = None
) -> Explanation:
    """Return why this deadline is due when it is, who was and will be told, and what stops it.

    Names no other case outside ``seen``, which are those that exist for the reader; None
    is all. Reads the record and writes nothing; the same rows give the same answer.
    """
    case = deadline.case
    said = case.events.filter(data__deadline=deadline.pk).select_related("user", "client")
    events = list(said.order_by("occurred_at", "pk"))
    changes = reasons.changes(events)
    brought_by = reasons.brought_by(case, deadline, changes)
    stood = tuple(_stood(pause, deadline.ended_at or now) for pause in deadline.pauses.all())
    withdrawn = [one for one in events if one.kind == EventKind.BREACH_WITHDRAWN]
    standing = Escalation.objects.filter(deadline=deadline, closed_at=None)
    climbing = standing.select_related("taken_by").first()
    return Explanation(
        deadline=deadline,
        case=case,
        now=now,
        clock=face(deadline, now=now),
        start=Start.MERGED if brought_by else _start(deadline),
        about=_about(deadline),
        pauses=stood,
        pauses_left=_pauses_left(deadline, len(stood)),
        rungs=(*_rang(deadline, events), *_coming(deadline, climbing, now)),
        taken=climbing if climbing is not None and climbing.taken_at is not None else None,
        withdrawn_at=withdrawn[-1].occurred_at if withdrawn else None,
        proof=_proof(deadline),
        events=len(events),
        changes=changes,
        counting=reasons.counting(deadline, _due(deadline, now)),
        brought_by=_named(brought_by, seen),
        merged_into=_named(case.merged_into.reference if case.merged_into else "", seen),
        revived_at=reasons.unmerged_at(events),
    )


def _named(reference: str, seen: QuerySet[Case] | None) -> str:
    if not reference or seen is None or seen.filter(reference=reference).exists():
        return reference
    return ""


def _due(deadline: Deadline, now: datetime) -> datetime:
    if deadline.due_at is not None:
        return deadline.due_at
    return reckoning.if_run_on(deadline, deadline.ended_at or now)


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


def _rang(deadline: Deadline, events: Iterable[CaseEvent]) -> list[RungSaid]:
    """Return the rungs that rang. The event is the record of who was told."""
    rang = [one for one in events if one.kind in ABOUT_CLIMB]
    notices = Notice.objects.filter(deadline=deadline, channel=NoticeChannel.IN_APP)
    seen = {(one.occurred_at, one.level, one.user_id): one.seen_at for one in notices}
    wanted = {pk for one in rang for key in ("told", "in_place_of") for pk in one.data.get(key, ())}
    people = User.objects.in_bulk(wanted)
    said = []
    for event in rang:
        level = event.data.get("level", 0)
        told: list[int] = event.data.get("told", [])
        instead: list[int] = event.data.get("in_place_of") or [0] * len(told)
        heard = tuple(
            Listener(people[pk], seen.get((event.occurred_at, level, pk)), people.get(absent))
            for pk, absent in zip(told, instead, strict=True)
            if pk in people
        )
        kind = KINDS.get(EventKind(event.kind), LEVEL)
        offset = event.occurred_at - deadline.due_at if deadline.due_at else NOTHING
        said.append(RungSaid(event.occurred_at, kind, level, offset, heard, event.recorded_at))
    return said


def _coming(deadline: Deadline, climbing: Escalation | None, now: datetime) -> list[RungSaid]:
    """Return what will still ring if nothing happens; no more rungs once it is taken."""
    case, due_at = deadline.case, deadline.due_at
    if not deadline.is_running or deadline.is_historical:
        return []
    indexes = range(deadline.rung, len(deadline.ladder)) if deadline.alarm_at is not None else ()
    steps = [(_moment(deadline, index, now), deadline.ladder[index]) for index in indexes]
    reminder = climbing.alarm_at if climbing is not None and climbing.taken_at is None else None
    until = max([now, *(at for at, _ in steps), *([reminder] if reminder else [])])
    presence = Presence(now, until=until)
    rungs = [
        RungSaid(
            at, rung["kind"], rung["level"], timedelta(seconds=rung["offset"]),
            _listening(case, rung, presence.at(max(at, now))),
        )
        for at, rung in steps
    ]  # fmt: skip
    if climbing is not None and reminder is not None:
        there = presence.at(max(reminder, now))
        heard = audience.of_level(case, climbing.level, deadline, there)
        offset = reminder - due_at if due_at else NOTHING
        rungs.append(RungSaid(reminder, "reminder", climbing.level, offset, _told(heard)))
    return sorted(rungs, key=lambda rung: rung.at or now)


def _moment(deadline: Deadline, index: int, now: datetime) -> datetime:
    """Return when a rung to come will ring; of a clock that stands still, once it resumes."""
    at = deadline.moment_of(index)
    if at is not None:
        return at
    due_at = reckoning.if_run_on(deadline, deadline.resume_at or now)
    ladder = reckoning.lay(deadline.ladder, due_at, deadline.calendar)
    return due_at + timedelta(seconds=ladder[index]["offset"])


def _listening(case: Case, rung: LadderRung, presence: Presence) -> tuple[Listener, ...]:
    if case.is_silent:
        return ()
    if rung["kind"] == WARNING:
        return _told(audience.warned(case, rung, presence))
    return _told(audience.reached(case, rung, rung["level"], presence))


def _told(heard: Iterable[Hearer]) -> tuple[Listener, ...]:
    return tuple(Listener(one.person, in_place_of=one.in_place_of) for one in heard)
