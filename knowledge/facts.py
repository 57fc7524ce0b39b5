"""What a case can put into the variables of a template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import override

from accounts.models import User
from objections.deadlines import terms
from objections.demands import open_questions
from objections.models import Case, Commitment
from objections.vocabulary import OPEN_STAGES, Promise
from timekeeping import wording


@dataclass(frozen=True, slots=True)
class Facts:
    """A case as templates see it, read once for any number of them. Moments are in UTC."""

    case: Case
    user: User
    questions: list[str]
    promise: Commitment | None
    response_due: datetime | None
    next_update: datetime | None
    option: str

    def values(self, language: str) -> dict[str, str]:
        """Return what each variable stands for; an empty text is what the case lacks.

        Names and moments are written as ``language`` writes them, in the zone in force.
        """
        case, promise = self.case, self.promise
        with override(language):
            return {
                "customer": case.customer.name if case.customer else "",
                "contact": case.contact.name if case.contact else "",
                "me": str(self.user),
                "team": str(case.team or ""),
                "product": str(case.product or ""),
                "serial": case.serial,
                "batch": case.batch,
                "reference": case.reference,
                "symptom": case.title,
                "question": next(iter(self.questions), ""),
                "questions": "\n".join(f"{n}. {one}" for n, one in enumerate(self.questions, 1)),
                "promise": promise.what if promise else "",
                "promise_due": _said(promise.due_at if promise else None),
                "response_due": _said(self.response_due),
                "next_update": _said(self.next_update),
                "option": self.option,
            }


def of(case: Case, user: User, *, now: datetime) -> Facts:
    """Read what a case knows, for whoever writes to its customer."""
    responses = case.deadlines.running().filter(promise=Promise.RESPONSE)
    chosen = case.solutions.filter(rejected_at=None, withdrawn_at=None, chosen__isnull=False)
    solution = chosen.select_related("chosen").order_by("cycle", "number").last()
    return Facts(
        case=case,
        user=user,
        questions=[question.text for question in open_questions(case)],
        promise=case.commitments.filter(kept_at=None, voided_at=None).first(),
        response_due=responses.values_list("due_at", flat=True).first(),
        next_update=_next_update(case, now),
        option=solution.chosen.title if solution and solution.chosen else "",
    )


def _next_update(case: Case, now: datetime) -> datetime | None:
    """Return when a progress clock falls due that starts with what is told now."""
    if case.stage not in OPEN_STAGES:
        return None
    try:
        return terms.find(case, [Promise.PROGRESS_UPDATE])[Promise.PROGRESS_UPDATE].due(now).at
    except terms.NoPolicy:
        return None


def _said(at: datetime | None) -> str:
    return wording.day_and_time(at) if at is not None else ""
