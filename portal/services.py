"""What a customer does on their page, taken as the steps that everybody takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from objections import steps
from objections.actors import CUSTOMER
from objections.errors import Refused, StaleVersion
from objections.locking import lock
from objections.models import Case, CustomerLink
from objections.services.stepping import take_steps
from objections.steps import Step
from objections.vocabulary import Channel, Stage
from portal.models import Answer
from portal.reading import case_of, seen_in

WEB = Channel.WEB


class LeadsNoMore(Refused):
    """The link was revoked, or led to another case, before what came through it was taken."""


@dataclass(frozen=True, slots=True)
class Given:
    """What came with a form. ``seen`` is what the page stood at when it was opened."""

    do: str
    key: UUID
    seen: str
    words: str = ""
    option: int = 0
    score: int | None = None


def opened(link: CustomerLink, *, now: datetime) -> None:
    """Count that a link was opened. Nothing else follows from it."""
    CustomerLink.objects.filter(pk=link.pk).update(
        times_opened=F("times_opened") + 1, opened_at=Coalesce(F("opened_at"), now)
    )


@transaction.atomic
def answer(link: CustomerLink, case: Case, given: Given, *, now: datetime) -> bool:
    """Take what the customer sent as steps on the case; False where it was taken before.

    Refuses with LeadsNoMore where the link leads there no more in that instant, with
    StaleVersion where what they answered to is not what stands now, and with whatever the
    steps refuse; then nothing has changed. A message and "I am not satisfied" are never
    out of date.
    """
    locked = lock(case, link.case_id)
    if not _leads_to(locked, link, now):
        raise LeadsNoMore
    if Answer.objects.filter(link=link, key=given.key).exists():
        return False
    if given.do not in ALWAYS_TRUE and given.seen != seen_in(locked):
        raise StaleVersion(locked)
    taken = _TAKEN[given.do](locked, given)
    take_steps(locked, taken, by=CUSTOMER, now=now)
    Answer.objects.create(link=link, key=given.key, action=taken[0].action, given_at=now)
    return True


def _leads_to(case: Case, link: CustomerLink, now: datetime) -> bool:
    """Tell whether a link still opens this case, both of which are locked."""
    works = CustomerLink.objects.filter(pk=link.pk, revoked_at=None, expires_at__gt=now)
    found = works.select_related("case").first()
    return found is not None and case_of(found) == case


ALWAYS_TRUE = frozenset({"protest", "message"})


def _confirm(_case: Case, given: Given) -> Sequence[Step]:
    return [steps.Confirm(channel=WEB, reply=given.words)]


def _correct(_case: Case, given: Given) -> Sequence[Step]:
    return [steps.Correct(channel=WEB, correction=given.words)]


def _choose(_case: Case, given: Given) -> Sequence[Step]:
    return [steps.Choose(channel=WEB, option=given.option, reply=given.words)]


def _reject(_case: Case, given: Given) -> Sequence[Step]:
    return [steps.RejectSolution(channel=WEB, reason=given.words)]


def _verdict(case: Case, given: Given) -> Sequence[Step]:
    """Close on their word; while a promise to them is open, keep their word and stay open."""
    if case.commitments.filter(kept_at=None, voided_at=None).exists():
        return [steps.GiveVerdict(channel=WEB, score=given.score, words=given.words)]
    return [steps.CloseSatisfied(channel=WEB, score=given.score, words=given.words)]


def _protest(case: Case, given: Given) -> Sequence[Step]:
    if case.stage == Stage.FOLLOW_UP:
        return [steps.NotSatisfied(channel=WEB, still_open=given.words)]
    if case.stage == Stage.CLOSED:
        return [steps.Reopen(reason=given.words)]
    return [steps.Protest(channel=WEB, message=given.words)]


def _message(_case: Case, given: Given) -> Sequence[Step]:
    return [steps.ReceiveMessage(channel=WEB, message=given.words)]


_TAKEN: dict[str, Callable[[Case, Given], Sequence[Step]]] = {
    "confirm": _confirm,
    "correct": _correct,
    "choose": _choose,
    "reject": _reject,
    "verdict": _verdict,
    "protest": _protest,
    "message": _message,
}
