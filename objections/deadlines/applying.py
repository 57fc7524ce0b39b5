"""Working off what is to be computed anew: a published policy, a calendar, a customer's tier.

One case at a time, each in a transaction of its own, so that nobody waits for long, any
number of processes may do it at once, and one that dies has lost nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from accounts.models import User
from customers.models import Customer
from objections.actors import SYSTEM
from objections.deadlines import keeping, recomputing, sweeping, terms
from objections.locking import lock
from objections.models import Case, Deadline, Policy, Recomputation
from objections.vocabulary import ClockMode, Promise, RecomputeCause
from timekeeping.models import Edition

logger = logging.getLogger(__name__)

LONGEST_RUN = timedelta(seconds=2)
TRIED_AGAIN = timedelta(hours=1)


def ask(
    *,
    policy: Policy | None = None,
    edition: Edition | None = None,
    customer: Customer | None = None,
    with_alerts: bool = True,
    only_provisional: bool = False,
    by: User | None = None,
    now: datetime,
) -> Recomputation:
    """Ask for the running clocks to be computed anew, in the caller's transaction.

    Cases that are opened afterwards have the new terms already.
    """
    return Recomputation.objects.create(
        policy=policy, edition=edition, customer=customer, with_alerts=with_alerts,
        only_provisional=only_provisional, asked_at=now, asked_by=by,
        last=Case.objects.aggregate(last=Max("pk"))["last"] or 0,
    )  # fmt: skip


def drain(clock_now: Callable[[], datetime], *, limit: timedelta = LONGEST_RUN) -> int:
    """Compute anew what is asked for, until none is left or the time is up.

    Returns how many cases were looked at. Safe at any time, in any number of processes.
    A case that raises is left as it is, counted and logged, and stops nobody else.
    """
    started, cases = time.monotonic(), 0
    _pick_up_editions(clock_now())
    _pick_up_tiers(clock_now())
    while _next_case(clock_now()):
        cases += 1
        if time.monotonic() - started > limit.total_seconds():
            break
    return cases


def _pick_up_editions(now: datetime) -> None:
    """Ask for the newest edition of a calendar that some provisional clock has not seen.

    Also of one that runs again later, after a pause or an undone merge. Where a case
    failed, it is asked for again after an hour.
    """
    waiting = Deadline.objects.filter(
        is_provisional=True, kept_at=None, ended_at=None,
        calendar__calendar=OuterRef("calendar"), calendar__version__lt=OuterRef("version"),
    )  # fmt: skip
    newer = Edition.objects.filter(calendar=OuterRef("calendar"), version__gt=OuterRef("version"))
    asked = Recomputation.objects.filter(edition=OuterRef("pk"))
    lately = asked.filter(Q(done_at=None) | Q(failed__gt=0, asked_at__gt=now - TRIED_AGAIN))
    unbroken, broken = waiting.filter(breached_at=None), waiting.exclude(breached_at=None)
    unseen = Q(Exists(unbroken), ~Exists(lately)) | Q(Exists(broken), ~Exists(asked))
    for edition in Edition.objects.filter(~Exists(newer)).filter(unseen).order_by("pk"):
        with transaction.atomic():
            sweeping.let_go_when_stopped()
            Edition.objects.select_for_update().get(pk=edition.pk)
            if not Recomputation.objects.filter(edition=edition, done_at=None).exists():
                ask(edition=edition, only_provisional=True, now=now)


def _pick_up_tiers(now: datetime) -> None:
    """Ask for the cases of customers whose tier has changed, once for each change."""
    changed = Customer.objects.filter(tier_changed_at__isnull=False).order_by("pk")
    for pk in list(changed.values_list("pk", flat=True)):
        with transaction.atomic():
            sweeping.let_go_when_stopped()
            customer = changed.select_for_update(no_key=True).filter(pk=pk).first()
            if customer is not None:
                ask(customer=customer, now=now)
                Customer.objects.filter(pk=pk).update(tier_changed_at=None)


@transaction.atomic
def _next_case(now: datetime) -> bool:
    """Compute the clocks of one more case anew. False when nothing is asked for.

    The question is locked with the case, so that two processes never count one twice.
    """
    sweeping.let_go_when_stopped()
    waiting = Recomputation.objects.filter(done_at=None).select_for_update(
        of=("self",), skip_locked=True, no_key=True
    )
    asked = waiting.select_related("policy", "edition", "customer").order_by("pk").first()
    if asked is None:
        return False
    found = _concerned(asked).filter(pk__gt=asked.cursor, pk__lte=asked.last).order_by("pk")
    case = found.first()
    if case is None:
        asked.done_at = now
        asked.save(update_fields=["done_at"])
        return True
    moved, failed = _recompute_or_leave(case, asked, now)
    overdue = sum(1 for row in moved if row.breached_at is not None)
    Recomputation.objects.filter(pk=asked.pk).update(
        cursor=case.pk, moved=F("moved") + len(moved), overdue=F("overdue") + overdue,
        failed=F("failed") + failed,
    )  # fmt: skip
    return True


def _recompute_or_leave(
    case: Case, asked: Recomputation, now: datetime
) -> tuple[list[Deadline], int]:
    """Compute one case anew, or leave it as it is; return what moved, and whether it failed."""
    try:
        with transaction.atomic():
            return _recompute(lock(case), asked, now), 0
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("the clocks of %s could not be computed anew", case.reference)
        return [], 1


def _concerned(asked: Recomputation) -> QuerySet[Case]:
    if asked.customer is not None:
        return _open_cases().filter(customer=asked.customer)
    if asked.edition is None or not asked.only_provisional:
        return _open_cases()
    clocks = Deadline.objects.filter(case=OuterRef("pk"), is_provisional=True)
    return Case.objects.filter(Exists(clocks.filter(calendar__calendar=asked.edition.calendar_id)))


def _open_cases() -> QuerySet[Case]:
    return Case.objects.filter(closed_at=None).exclude(clock_mode=ClockMode.HISTORICAL)


def _recompute(case: Case, asked: Recomputation, now: datetime) -> list[Deadline]:
    sweeping.ring_case(case, now=now)
    if asked.edition is not None:
        return _follow_calendar(case, asked.edition, now)
    if asked.policy is None:
        return recomputing.recompute_case(
            case, RecomputeCause.TIER, now=now, with_alerts=asked.with_alerts
        )
    newer = _newer_than(asked.policy)
    running = [
        row
        for row in keeping.running(case)
        if not row.has_own_due and (row.policy_name, row.policy_version) not in newer
    ]
    wanted = {Promise(row.promise) for row in running}
    given = terms.of(asked.policy, terms.Facts.of(case), wanted) if wanted else {}
    return recomputing.apply(
        running, given, RecomputeCause.POLICY, now=now, by=SYSTEM, with_alerts=asked.with_alerts
    )


def _newer_than(policy: Policy) -> set[tuple[str, int]]:
    """Return the policies published after this one: what runs under them stays there."""
    older = Q(name=policy.name, version__lt=policy.version)
    later = Policy.objects.filter(published_at__gt=policy.published_at).exclude(older)
    return set(later.values_list("name", "version"))


def _follow_calendar(case: Case, edition: Edition, now: datetime) -> list[Deadline]:
    rows = case.deadlines.select_for_update(no_key=True, of=("self",)).filter(
        is_provisional=True, calendar__calendar=edition.calendar_id,
        calendar__version__lt=edition.version, kept_at=None, ended_at=None,
    )  # fmt: skip
    changed = []
    for row in rows.order_by("pk"):
        row.case = case
        was = (row.due_at, row.remaining)
        followed = recomputing.follow_calendar(row, edition, now=now)
        if followed and (row.due_at, row.remaining) != was:
            changed.append(row)
    return changed
