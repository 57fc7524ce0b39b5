"""The same trouble again: cases linked to the one in which it was seen first."""

from __future__ import annotations

from accounts.models import Role, User
from objections import notices, steps
from objections.models import Case, CaseEvent
from objections.services.work import Work
from objections.vocabulary import EventKind, NoticeKind, Sensitivity

SEVERAL = 2  # customers, from which on a recurrence is the quality analyst's business


def first_of(case: Case) -> Case:
    """Return the case in which the trouble was seen first; the case itself where it is that."""
    return case.recurrence_of or case


def link_recurrence(work: Work, step: steps.LinkRecurrence) -> CaseEvent:
    """Link a case to the one in which its trouble was seen first.

    Named is any case of the same trouble; the link goes to the first of them, and what hung
    on this case follows. With the second customer, and with each further one, the quality
    analysts are told.
    """
    first = first_of(Case.objects.get(reference=step.of.strip().upper()))
    before = customers_of(first)
    work.case.recurrence_of = first
    Case.objects.filter(pk=work.case.pk).update(recurrence_of=first)
    Case.objects.filter(recurrence_of=work.case.pk).update(recurrence_of=first)
    after = customers_of(first)
    event = work.record(
        EventKind.RECURRENCE_LINKED, reference=first.reference, words=step.remark,
        customers=len(after),
    )  # fmt: skip
    silent = work.case.is_silent or work.case.is_restricted or first.is_restricted
    if len(after) >= SEVERAL and after - before and not silent:
        notices.tell(_analysts(), NoticeKind.RECURRING, first, at=work.at, now=work.now)
    return event


def unlink_recurrence(work: Work, step: steps.UnlinkRecurrence) -> CaseEvent:
    """Undo the link: it is another trouble after all."""
    first = work.case.recurrence_of
    work.case.recurrence_of = None
    return work.record(
        EventKind.RECURRENCE_UNLINKED, reference=first.reference if first else "",
        words=step.reason,
    )  # fmt: skip


def customers_of(first: Case) -> set[int]:
    """Return which customers have this trouble, by the cases that anybody may know of."""
    rows = Case.objects.filter(sensitivity=Sensitivity.NORMAL, customer__isnull=False)
    same = rows.filter(pk=first.pk) | rows.filter(recurrence_of=first.pk)
    return set(same.values_list("customer_id", flat=True))


def _analysts() -> list[User]:
    return list(User.objects.filter(role=Role.ANALYST, is_active=True))
