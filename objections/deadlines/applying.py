"""Working off what is to be computed anew: a published policy, a calendar, a customer's tier.

One case at a time, each in a transaction of its own, so that nobody waits for long, any
number of processes may do it at once, and one that dies has lost nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet

from accounts.models import User
from customers.models import Customer
from objections.actors import SYSTEM
from objections.deadlines import keeping, recomputing, sweeping, terms
from objections.locking import lock
from objections.models import Case, Deadline, Policy, Recomputation
from objections.vocabulary import ClockMode, Promise, RecomputeCause
from timekeeping.models import Edition

LONGEST_RUN = timedelta(seconds=2)


def ask(
    *,
    policy: Policy | None = None,
    edition: Edition | None = None,
    with_alerts: bool = True,
    only_provisional: bool = False,
    by: User | None = None,
    now: datetime,
) -> Recomputation:
    """Ask for the running clocks to be computed anew, in the caller's transaction.

    Cases that are opened afterwards have the new terms already.
    """
    return Recomputation.objects.create(
        policy=policy, edition=edition, with_alerts=with_alerts,
        only_provisional=only_provisional, asked_at=now, asked_by=by,
        last=Case.objects.aggregate(last=Max("pk"))["last"] or 0,
    )  # fmt: skip


def drain(clock_now: Callable[[], datetime], *, limit: timedelta = LONGEST_RUN) -> int:
    """Compute anew what is asked for, until none is left or the time is up.

    Returns how many cases were looked at. Safe at any time, in any number of processes.
    """
    started, cases = time.monotonic(), 0
    _pick_up_editions(clock_now())
    while _next_case(clock_now()) or _next_customer(clock_now()):
        cases += 1
        if time.monotonic() - started > limit.total_seconds():
            break
    return cases


def _pick_up_editions(now: datetime) -> None:
    """Ask for each edition that some provisional clock has not seen yet, once."""
    waiting = Deadline.objects.filter(is_provisional=True, calendar__calendar=OuterRef("calendar"))
    waiting = waiting.filter(calendar__version__lt=OuterRef("version"))
    asked = Recomputation.objects.filter(edition=OuterRef("pk"))
    newest = Edition.objects.filter(Exists(waiting), ~Exists(asked)).order_by("pk")
    for edition in newest:
        with transaction.atomic():
            Edition.objects.select_for_update().get(pk=edition.pk)
            if not Recomputation.objects.filter(edition=edition).exists():
                ask(edition=edition, only_provisional=True, now=now)


@transaction.atomic
def _next_case(now: datetime) -> bool:
    """Compute the clocks of one more case anew. False when nothing is asked for.

    The question is locked with the case, so that two processes never count one twice.
    """
    waiting = Recomputation.objects.filter(done_at=None).select_for_update(
        of=("self",), skip_locked=True, no_key=True
    )
    asked = waiting.select_related("policy", "edition").order_by("pk").first()
    if asked is None:
        return False
    found = _concerned(asked).filter(pk__gt=asked.cursor, pk__lte=asked.last).order_by("pk")
    case = found.first()
    if case is None:
        asked.done_at = now
        asked.save(update_fields=["done_at"])
        return True
    moved = _recompute(lock(case), asked, now)
    overdue = sum(1 for row in moved if row.breached_at is not None)
    Recomputation.objects.filter(pk=asked.pk).update(
        cursor=case.pk, moved=F("moved") + len(moved), overdue=F("overdue") + overdue
    )
    return True


def _concerned(asked: Recomputation) -> QuerySet[Case]:
    if asked.edition is None or not asked.only_provisional:
        return Case.objects.filter(closed_at=None).exclude(clock_mode=ClockMode.HISTORICAL)
    clocks = Deadline.objects.filter(case=OuterRef("pk"), is_provisional=True)
    return Case.objects.filter(Exists(clocks.filter(calendar__calendar=asked.edition.calendar_id)))


def _recompute(case: Case, asked: Recomputation, now: datetime) -> list[Deadline]:
    sweeping.ring_case(case, now=now)
    if asked.edition is not None:
        return _follow_calendar(case, asked.edition, now)
    running = [row for row in keeping.running(case) if not recomputing.has_own_due(row)]
    if not running or asked.policy is None or not asked.policy.in_force:
        return []
    wanted = {Promise(row.promise) for row in running}
    given = terms.of(asked.policy, terms.Facts.of(case), wanted)
    return recomputing.apply(
        running, given, RecomputeCause.POLICY, now=now, by=SYSTEM, with_alerts=asked.with_alerts
    )


def _follow_calendar(case: Case, edition: Edition, now: datetime) -> list[Deadline]:
    rows = case.deadlines.select_for_update(no_key=True, of=("self",)).filter(
        is_provisional=True, calendar__calendar=edition.calendar_id, kept_at=None, ended_at=None
    )
    changed = []
    for row in rows.order_by("pk"):
        row.case = case
        was = row.due_at
        if recomputing.follow_calendar(row, edition, now=now) and row.due_at != was:
            changed.append(row)
    return changed


def _next_customer(now: datetime) -> bool:
    """Let the clocks of one customer's cases follow a change of tier. False when none waits."""
    customer = Customer.objects.filter(tier_changed_at__isnull=False).order_by("pk").first()
    if customer is None:
        return False
    open_cases = customer.cases.filter(closed_at=None).exclude(clock_mode=ClockMode.HISTORICAL)
    for case in open_cases.order_by("pk"):
        with transaction.atomic():
            locked = lock(case)
            sweeping.ring_case(locked, now=now)
            recomputing.recompute_case(locked, RecomputeCause.TIER, now=now)
    done = Customer.objects.filter(pk=customer.pk, tier_changed_at=customer.tier_changed_at)
    done.update(tier_changed_at=None)
    return True
