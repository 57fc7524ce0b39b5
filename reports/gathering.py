"""All that a report is made of, read from the case in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from knowledge.models import Article
from objections.clockface import ClockState, face
from objections.models import (
    Case,
    Commitment,
    ContactRecord,
    Deadline,
    Escalation,
    Evidence,
    HandOver,
    Question,
    RefusedDemand,
    Remedy,
    Restatement,
    Solution,
    Verdict,
    Why,
)
from objections.permissions import visible_to
from objections.vocabulary import Purpose, Sensitivity

MOST_RELATED = 8


@dataclass(frozen=True, slots=True)
class Record:
    """One case as it stands at ``now``. The same for everybody who may see it."""

    case: Case
    now: datetime
    contacts: list[ContactRecord]
    questions: list[Question]
    restatements: list[Restatement]
    whys: list[Why]
    solutions: list[Solution]
    remedies: list[Remedy]
    refused_demands: list[RefusedDemand]
    commitments: list[Commitment]
    hand_overs: list[HandOver]
    deadlines: list[Deadline]
    escalations: list[Escalation]
    verdicts: list[Verdict]
    evidence: list[Evidence]
    articles: list[Article]
    people: list[User]

    @property
    def restatement(self) -> Restatement | None:
        """The newest restatement that the customer did not correct."""
        return next((one for one in reversed(self.restatements) if not one.corrected_at), None)

    @property
    def solution(self) -> Solution | None:
        """The solution that was told last and still stands, rejected or not."""
        return self.solutions[-1] if self.solutions else None

    @property
    def emotions(self) -> list[int]:
        felt = [one.emotion for one in self.contacts if one.emotion is not None]
        return felt or ([self.case.emotion] if self.case.emotion else [])

    @property
    def acknowledged(self) -> ContactRecord | None:
        return next((one for one in self.contacts if one.purpose == Purpose.ACKNOWLEDGEMENT), None)

    @property
    def kept(self) -> list[Deadline]:
        return [one for one in self.deadlines if one.kept_at]

    @property
    def broken(self) -> list[Deadline]:
        """Those whose due moment passed without proof, whether or not the sweep was there."""
        late = (ClockState.BREACHED, ClockState.ANSWERED_LATE)
        return [
            one for one in self.deadlines
            if one.breached_at or face(one, now=self.now).state in late
        ]  # fmt: skip

    @property
    def given(self) -> list[Remedy]:
        """The remedies that nobody refused."""
        return [one for one in self.remedies if one.refused_at is None]


def record_of(case: Case, *, now: datetime) -> Record:
    """Read a case for its reports. Whoever asks has seen to it that the reader may see it."""
    solutions = case.solutions.filter(withdrawn_at=None).select_related("chosen")
    return Record(
        case=case,
        now=now,
        contacts=list(case.contact_records.filter(withdrawn_at=None)),
        questions=list(case.questions.select_related("deferred_to")),
        restatements=list(case.restatements.all()),
        whys=list(case.whys.filter(removed_at=None)),
        solutions=list(solutions.prefetch_related("options")),
        remedies=list(case.remedies.all()),
        refused_demands=list(case.refused_demands.all()),
        commitments=list(case.commitments.filter(voided_at=None)),
        hand_overs=list(case.hand_overs.select_related("to_user")),
        deadlines=list(case.deadlines.filter(is_historical=False)),
        escalations=list(case.escalations.all()),
        verdicts=list(case.verdicts.all()),
        evidence=list(case.evidence.all()),
        articles=list(
            Article.objects.filter(case=case, published_at__isnull=False, retired_at=None).order_by(
                "pk"
            )
        ),
        people=list(case.named_people.order_by("pk")),
    )


def related(case: Case, user: User) -> list[Case]:
    """Return the cases tied to this one that exist for the reader; restricted ones never.

    A report travels further than its reader, so that it names no restricted case at all.
    """
    tied = Q(children=case) | Q(parent=case) | Q(absorbed=case) | Q(merged_into=case)
    tied |= Q(recurrences=case) | Q(recurrence_of=case)
    found = visible_to(user).filter(tied, sensitivity=Sensitivity.NORMAL).distinct()
    return list(found.order_by("-received_at", "-pk")[:MOST_RELATED])
