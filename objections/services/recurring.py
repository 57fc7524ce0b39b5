"""Linking a case to the one in which its trouble was seen first, and undoing it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.models import Role, User
from objections import notices, steps
from objections.models import Case, CaseEvent
from objections.recurrences import customers_of, first_of
from objections.services.work import Work
from objections.steps import Step
from objections.vocabulary import EventKind, NoticeKind

SEVERAL = 2  # customers, from which on a recurrence is the quality analyst's business


def touched_by(case: Case, taken: Sequence[Step]) -> list[int]:
    """Return the keys of the other cases that these steps link, and let nobody else link meanwhile.

    Links are made one after the other, in the whole house: only so is it certain which case
    is the first, which follow it, and who was told. They are rare, and take milliseconds.
    """
    links = [step for step in taken if isinstance(step, steps.LinkRecurrence)]
    if not links and not any(isinstance(step, steps.UnlinkRecurrence) for step in taken):
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('recurrences', 0))")
    named = Case.objects.filter(reference__in=[_reference(link) for link in links])
    firsts = {first_of(other).pk for other in named}
    return [*firsts, *case.recurrences.values_list("pk", flat=True)] if links else []


def link_recurrence(work: Work, step: steps.LinkRecurrence) -> CaseEvent:
    """Link a case to the one in which its trouble was seen first.

    Named is any case of the same trouble; the link goes to the first of them, and what hung
    on this case follows. With the second customer, and once with each further one, the
    quality analysts are told. Of restricted cases they hear nothing, nor when a case that
    alerts nobody is linked.
    """
    first = first_of(Case.objects.get(reference=_reference(step)))
    before = customers_of(first)
    followers = list(work.case.recurrences.order_by("pk"))
    work.case.recurrence_of = first
    Case.objects.filter(pk=work.case.pk).update(recurrence_of=first)
    Case.objects.filter(pk__in=[one.pk for one in followers]).update(
        recurrence_of=first, version=F("version") + 1,
        updated_at=Greatest(F("updated_at"), work.now),
    )  # fmt: skip
    after = customers_of(first)
    fresh = after - before - _told_of(first, after - before)
    event = _record(work, first, step.remark)
    for one in followers:
        _record(Work(one, work.by, work.at, work.now), first, step.remark)
    if len(after) >= SEVERAL and fresh and not work.case.is_silent:
        _raise(work, first)
    return event


def unlink_recurrence(work: Work, step: steps.UnlinkRecurrence) -> CaseEvent:
    """Undo the link: it is another trouble after all."""
    first = work.case.recurrence_of
    work.case.recurrence_of = None
    return work.record(
        EventKind.RECURRENCE_UNLINKED, reference=first.reference if first else "",
        words=step.reason,
    )  # fmt: skip


def _reference(step: steps.LinkRecurrence) -> str:
    return step.of.strip().upper()


def _record(work: Work, first: Case, words: str) -> CaseEvent:
    return work.record(
        EventKind.RECURRENCE_LINKED, reference=first.reference, words=words,
        customers=len(customers_of(first)),
    )  # fmt: skip


def _told_of(first: Case, customers: set[int]) -> set[int]:
    """Return which of these customers had a case linked here before, and unlinked again."""
    linked = CaseEvent.objects.filter(
        kind=EventKind.RECURRENCE_LINKED, case__customer__in=customers,
        data__reference=first.reference,
    )  # fmt: skip
    return set(linked.values_list("case__customer_id", flat=True))


def _raise(work: Work, first: Case) -> None:
    """Tell the quality analysts, by the first case, or by this one where they may not see that."""
    about = work.case if first.is_restricted else first
    if not about.is_restricted:
        analysts: list[User] = list(User.objects.filter(role=Role.ANALYST, is_active=True))
        notices.tell(analysts, NoticeKind.RECURRING, about, at=work.at, now=work.now)
