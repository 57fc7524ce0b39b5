"""Ringing what is due: in a batch by the sweep, or for one case before somebody writes to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min, Q, QuerySet, prefetch_related_objects

from objections import escalation, reminders
from objections.deadlines import reckoning
from objections.deadlines.isolation import isolating
from objections.deadlines.pace import Pace
from objections.models import Case, Deadline, Escalation, Pause
from objections.ringing import Ringing, facts
from objections.timeline import iso
from objections.vocabulary import EventKind, Unit
from timekeeping import clock, punctuality
from timekeeping.punctuality import Tally

BATCH = 500
PACE = Pace()
HEARTBEAT = "sweep"
RINGS = {
    EventKind.DEADLINE_WARNED, EventKind.DEADLINE_BREACHED, EventKind.ESCALATION_CLIMBED,
    EventKind.ESCALATION_LAPSED, EventKind.ESCALATION_REMINDED,
}  # fmt: skip
NEXT_ALARM = f"""
    SELECT least(
        (SELECT min(alarm_at) FROM {Deadline._meta.db_table} WHERE case_id = %s),
        (SELECT min(alarm_at) FROM {Escalation._meta.db_table} WHERE case_id = %s)
    )
"""  # noqa: S608 - made of this module's own names
PEOPLE = (
    "case__team__supervisor", "case__team__manager", "case__team__duty_officer", "case__handler",
)  # fmt: skip
# What a case says is long, and rings nothing.
WORDS = tuple(
    f"case__{field.name}"
    for field in Case._meta.concrete_fields
    if field.name
    not in {"id", "team", "handler", "kind", "urgency", "sensitivity", "stage", "clock_mode"}
)


def sweep(*, now: datetime) -> int:
    """Ring every alarm that is due by ``now``, and return how many rungs rang.

    Any number of processes may sweep at once, late, or twice: a row belongs to whoever
    locks it first, and a row that has rung carries a later alarm. What fell due in the
    last seconds goes first, then one batch of backlog, and again.
    """
    total, pace = 0, Pace()
    while True:
        rows, rungs = _pass(now, pace)
        total += rungs
        if not rows:
            return total


def drain(clock_now: Callable[[], datetime], *, limit: timedelta | None = None) -> int:
    """Sweep until nothing is due, asking the clock again for each batch.

    Beats the heartbeat with the lag that it found on coming. ``limit`` bounds the time
    that it takes, so that a long backlog does not hold a worker for ever.
    """
    started, total, pace = time.monotonic(), 0, PACE.begin()
    _beat(clock_now())
    while True:
        rows, rungs = _pass(clock_now(), pace)
        total += rungs
        if not rows:
            return total
        _beat(clock_now())
        if limit is not None and time.monotonic() - started > limit.total_seconds():
            return total


def _beat(now: datetime) -> None:
    clock.beat(HEARTBEAT, lag=lag(now=now))
    punctuality.tidy(now=now)


def lag(*, now: datetime) -> timedelta:
    """Return how long the oldest due alarm has been waiting; nothing when none waits."""
    waiting = [
        Deadline.objects.filter(alarm_at__lt=now).aggregate(oldest=Min("alarm_at"))["oldest"],
        Escalation.objects.filter(alarm_at__lt=now).aggregate(oldest=Min("alarm_at"))["oldest"],
    ]
    oldest: datetime | None = min((at for at in waiting if at is not None), default=None)
    return now - oldest if oldest else timedelta(0)


def _pass(now: datetime, pace: Pace) -> tuple[int, int]:
    """Ring one batch of each lane; return how many rows were looked at, and rungs rung."""
    since = pace.fresh_since(now)
    fresh = _ring_batch(Deadline.objects.filter(alarm_at__gte=since), now)
    began = time.monotonic()
    backlog = _ring_batch(Deadline.objects.all(), now, most=min(pace.rows, BATCH))
    pace.learn(backlog[0], time.monotonic() - began)
    others = _ring_escalations(now, since)
    return fresh[0] + backlog[0] + others[0], fresh[1] + backlog[1] + others[1]


@transaction.atomic(durable=True)
def _ring_batch(lane: QuerySet[Deadline], now: datetime, *, most: int = BATCH) -> tuple[int, int]:
    """Claim due rows together with their cases, ring them, commit.

    Only the pair keeps an alarm from ringing twice when a step arrives in between, and
    only locking both at once keeps sweepers and people from deadlocking.
    """
    let_go_when_stopped()
    rows = list(
        lane.filter(alarm_at__lt=now)
        .select_related("case")
        .defer(*WORDS)
        .select_for_update(of=("self", "case"), skip_locked=True, no_key=True)
        .order_by("alarm_at", "pk")[:most]
    )
    tally = Tally()
    rungs = _ring_or_isolate(rows, now, tally)
    tally.save(now=now)
    return len(rows), rungs


def let_go_when_stopped() -> None:
    """Make this transaction lose its rows after two seconds in a process that was stopped.

    Said for the transaction alone: behind a pooler its session is somebody else's next.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '2s'")


def _deadlines(pks: Iterable[int]) -> list[Deadline]:
    rows = Deadline.objects.filter(pk__in=list(pks)).select_related("case")
    return list(rows.order_by("alarm_at", "pk"))


def _escalations(pks: Iterable[int]) -> list[Escalation]:
    rows = Escalation.objects.filter(pk__in=list(pks))
    return list(rows.select_related("case", "deadline", "taken_by").order_by("alarm_at", "pk"))


def _ring_or_isolate(rows: Sequence[Deadline], now: datetime, tally: Tally | None = None) -> int:
    return isolating(rows, lambda part: ring(part, now=now, tally=tally), _deadlines, now)


def _lapse_or_isolate(rows: Sequence[Escalation], now: datetime, tally: Tally | None = None) -> int:
    return isolating(rows, lambda part: _lapse(part, now, tally), _escalations, now)


def ring(rows: Sequence[Deadline], *, now: datetime, tally: Tally | None = None) -> int:
    """Ring all that is due by ``now`` on rows whose locks are held; return the rungs rung.

    ``tally`` counts how late each was; a write that rings them first counts none.
    """
    _with_people(rows)
    ringing = Ringing(now)
    ringing.open_by_deadline = {
        found.deadline_id: found
        for found in Escalation.objects.filter(
            deadline__in=[row.pk for row in rows if row.breached_at], closed_at=None
        )
        if found.deadline_id is not None
    }
    for deadline in rows:
        _ring_one(deadline, ringing)
    ringing.save()
    _save_rung(rows)
    _end_pauses(ringing.resumed)
    _save_laid_anew(rows, ringing.resumed)
    _touch({row.case_id for row in rows}, now)
    _count(ringing, tally)
    return ringing.rungs


def _count(ringing: Ringing, tally: Tally | None) -> None:
    if tally is None:
        return
    for event in ringing.events:
        if event["kind"] in RINGS:
            tally.add(ringing.now - event["occurred_at"])


def _with_people(rows: Sequence[Deadline] | Sequence[Escalation]) -> None:
    """Read the people around the locked cases, in a statement of its own.

    Joined to the statement that locks, a case that somebody moved in that instant would
    come without its team, and its rung would tell nobody.
    """
    prefetch_related_objects(rows, *PEOPLE)


def _ring_one(deadline: Deadline, ringing: Ringing) -> None:
    while deadline.rings(ringing.now):
        if deadline.paused_at is not None:
            _resume_by_itself(deadline, ringing)
        else:
            escalation.climb(deadline, ringing)


def _resume_by_itself(deadline: Deadline, ringing: Ringing) -> None:
    at = deadline.resume_at
    if at is None:
        raise ValueError("a paused deadline knows when it resumes")
    reckoning.run_on(deadline, at)
    deadline.alarm_at = deadline.moment_of(deadline.rung)
    ringing.resumed.append(deadline.pk)
    ringing.say(
        deadline.case, EventKind.DEADLINE_RESUMED, at=at, due_at=iso(deadline.due_at),
        **facts(deadline),
    )  # fmt: skip


def _save_rung(rows: Sequence[Deadline]) -> None:
    """Write the rows back in one statement; bulk_update takes twice as long."""
    columns = ["alarm_at", "breached_at", "due_at", "paused_at", "resume_at"]
    sql = f"""
        UPDATE {Deadline._meta.db_table} AS d SET rung = v.rung, shift = v.shift,
            remaining = v.remaining, {", ".join(f"{c} = v.{c}" for c in columns)},
            failures = 0, failure = '', quarantined_at = NULL
        FROM unnest(%s::bigint[], %s::smallint[], %s::interval[], %s::interval[],
                    {", ".join("%s::timestamptz[]" for _ in columns)})
            AS v(id, rung, shift, remaining, {", ".join(columns)})
        WHERE d.id = v.id
    """  # noqa: S608 - made of this module's own names
    values: list[list[object]] = [
        [row.pk for row in rows],
        [row.rung for row in rows],
        [row.shift for row in rows],
        [row.remaining for row in rows],
        *([getattr(row, column) for row in rows] for column in columns),
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _end_pauses(deadline_ids: Sequence[int]) -> None:
    if deadline_ids:
        for pause in Pause.objects.filter(deadline__in=deadline_ids, resumed_at=None):
            pause.resumed_at = pause.resume_at
            pause.save(update_fields=["resumed_at"])


def _save_laid_anew(rows: Sequence[Deadline], resumed: Sequence[int]) -> None:
    """Write the rungs of working time that a calendar has laid out anew."""
    for deadline in rows:
        if deadline.pk in resumed and deadline.unit == Unit.WORKING:
            deadline.save(update_fields=["ladder", "is_provisional"])


def _touch(case_ids: set[int], now: datetime) -> None:
    """Let mirrors see the cases again; the version stays, for no person changed them."""
    Case.objects.filter(pk__in=case_ids, updated_at__lt=now).update(updated_at=now)


def _ring_escalations(now: datetime, since: datetime) -> tuple[int, int]:
    """Ring one batch of each lane of lapses and reminders. Mostly there are none to look for."""
    due = Escalation.objects.filter(alarm_at__lt=now)
    if not due.exists():
        return 0, 0
    fresh = _lapse_batch(due.filter(alarm_at__gte=since), now)
    backlog = _lapse_batch(due, now)
    return fresh[0] + backlog[0], fresh[1] + backlog[1]


@transaction.atomic(durable=True)
def _lapse_batch(lane: QuerySet[Escalation], now: datetime) -> tuple[int, int]:
    """Ring the lapses and reminders of a lane, with their cases locked.

    One whose clock has a rung to ring waits for that, for it may climb first.
    """
    let_go_when_stopped()
    rows = list(
        lane.filter(Q(deadline__alarm_at__isnull=True) | Q(deadline__alarm_at__gte=now))
        .select_related("case")
        .select_for_update(of=("self", "case"), skip_locked=True, no_key=True)
        .order_by("alarm_at", "pk")[:BATCH]
    )
    tally = Tally()
    rungs = _lapse_or_isolate(_escalations(row.pk for row in rows), now, tally)
    tally.save(now=now)
    return len(rows), rungs


def _lapse(rows: Sequence[Escalation], now: datetime, tally: Tally | None = None) -> int:
    """Reopen what its taker has let lapse, and remind of what nobody has taken."""
    _with_people(rows)
    ringing = Ringing(now)
    climbed = []
    for row in rows:
        if row.taken_at is None:
            reminders.ring(row, ringing)
            continue
        escalation.lapse(row, ringing)
        if row.deadline is not None:
            climbed.append(row.deadline)
    ringing.save()
    if climbed:
        _save_rung(climbed)
    _touch({row.case_id for row in rows}, now)
    _count(ringing, tally)
    return ringing.rungs


def ring_case(case: Case, *, now: datetime) -> int:
    """Ring every alarm of a locked case that is due by ``now``, in the caller's transaction.

    Called before every write to a case, so that its timeline does not depend on when
    the sweep ran: an answer in minute 16 is a breach even if every worker was dead. An
    alarm that cannot be rung is set apart and does not stand in the way of the write.
    """
    rungs = 0
    while (alarm := next_alarm(case)) is not None and alarm < now:
        due = case.deadlines.filter(alarm_at__lt=now).select_related("case")
        rows = list(due.select_for_update(of=("self",), no_key=True).order_by("alarm_at", "pk"))
        lapsing = list(case.escalations.filter(alarm_at__lt=now).values_list("pk", flat=True))
        rungs += _ring_or_isolate(rows, now)
        rungs += _lapse_or_isolate(_escalations(lapsing), now) if lapsing else 0
    return rungs


def next_alarm(case: Case) -> datetime | None:
    """Return the next moment at which something of this case will ring, in UTC.

    Asked before every write to a case, so it is one plain statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT_ALARM, [case.pk, case.pk])
        found: datetime | None = cursor.fetchone()[0]
    return found


__all__ = ["drain", "lag", "let_go_when_stopped", "next_alarm", "ring", "ring_case", "sweep"]
