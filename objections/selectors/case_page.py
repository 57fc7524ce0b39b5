"""Everything that the page of one case shows, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from accounts.models import User
from customers.models import Customer
from objections import demands, permissions
from objections.evidence import SHOWN_INLINE
from objections.models import (
    Case,
    ContactRecord,
    CustomerMail,
    Deadline,
    Escalation,
    Evidence,
    HandOver,
    Note,
    Verdict,
)
from objections.selectors import answering, checklists
from objections.selectors.answering import Answering, RemedyRow
from objections.selectors.case_clocks import Clocks, clocks_of
from objections.selectors.checklists import Mark, Point, Record
from objections.selectors.next_steps import Facts, NextStep, from_facts
from objections.selectors.timelines import evidence_url
from objections.vocabulary import REACHED_NOBODY, Action, EventKind, Purpose, Stage

ENTERED_BY = {
    EventKind.ACKNOWLEDGED: Stage.CONFIRM,
    EventKind.CONFIRMED: Stage.RESPOND,
    EventKind.CONFIRMATION_SKIPPED: Stage.RESPOND,
    EventKind.NOT_SATISFIED: Stage.RESPOND,
    EventKind.REOPENED: Stage.RESPOND,
    EventKind.CARRIED_OUT: Stage.FOLLOW_UP,
}
RECENT_CASES = 3


@dataclass(frozen=True, slots=True)
class Rights:
    """What this person may do to this case. The services ask again.

    ``answer``: somebody of another team who was asked something may answer it.
    """

    act: bool
    supervise: bool
    answer: bool


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """Who complains: what we know of them, and how it went before."""

    customer: Customer | None
    emotions: list[int]
    earlier: int
    recent: list[Case]
    last_score: int | None
    team: list[str]


@dataclass(frozen=True, slots=True)
class File:
    row: Evidence
    url: str

    @property
    def is_shown(self) -> bool:
        """True for what a browser shows as a picture."""
        return self.row.content_type in SHOWN_INLINE


@dataclass(slots=True)
class CasePage:
    """One case as somebody sees it at ``now``."""

    case: Case
    user: User
    now: datetime
    rights: Rights
    next: NextStep | None
    clocks: Clocks
    record: Record
    points: list[Point]
    card: CustomerCard
    moments: dict[str, datetime]
    answering: Answering
    hand_overs: list[HandOver] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    late: list[ContactRecord] = field(default_factory=list)
    failed: list[CustomerMail] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    verdict: Verdict | None = None
    last_event: int | None = None
    unanswered_messages: int = 0
    parent: Case | None = None
    merged_into: Case | None = None
    absorbed: list[Case] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(1 for point in self.points if point.mark == Mark.DONE)

    @property
    def left(self) -> int:
        return len(self.points) - self.done

    @property
    def remedies(self) -> list[RemedyRow]:
        return self.answering.remedies

    @property
    def phone(self) -> str:
        return self.case.contact.phone if self.case.contact else ""

    @property
    def email(self) -> str:
        return self.case.contact.email if self.case.contact else ""


def of(case: Case, user: User, now: datetime) -> CasePage:
    """Read the page of a case for somebody who may see it."""
    deadlines = list(case.deadlines.all())
    record = _record(case)
    rights = rights_of(user, case)
    last = case.events.order_by("-pk").values_list("pk", flat=True).first()
    verdicts = list(case.verdicts.all())
    hand_overs = list(case.hand_overs.select_related("to_user").order_by("-asked_at", "-pk"))
    facts = _facts(record, deadlines, hand_overs)
    work = answering.of(
        case, user, now, solution=record.solution, options=record.options,
        remedies=record.remedies, commitments=record.commitments, deadlines=deadlines,
        supervises=rights.supervise,
    )  # fmt: skip
    record.root_causes = work.root_causes
    return CasePage(
        case=case,
        user=user,
        now=now,
        rights=rights,
        next=from_facts(case, facts, user, now) if rights.act else None,
        clocks=clocks_of(case, now, deadlines),
        record=record,
        points=checklists.checklist(case, record),
        card=_card(case, user),
        moments=_moments(case),
        answering=work,
        hand_overs=hand_overs,
        notes=list(case.notes.select_related("by_user", "by_client").order_by("-written_at")),
        files=[File(row, evidence_url(case, row)) for row in case.evidence.all()],
        late=_late(case, user) if rights.supervise else [],
        failed=_failed(case),
        escalations=list(case.escalations.filter(closed_at=None).select_related("taken_by")),
        verdict=verdicts[-1] if verdicts else None,
        last_event=last,
        unanswered_messages=case.contact_records.filter(
            purpose=Purpose.MESSAGE, answered_at=None
        ).count(),
        parent=_seen(case.parent_id, user),
        merged_into=_seen(case.merged_into_id, user),
        absorbed=list(permissions.visible_to(user).filter(merged_into=case).order_by("merged_at")),
    )


def _seen(key: int | None, user: User) -> Case | None:
    """Return the other case of this key, if it exists for the reader."""
    return permissions.visible_to(user).filter(pk=key).first() if key is not None else None


def rights_of(user: User, case: Case) -> Rights:
    act = permissions.may(user, Action.NOTE, case)
    return Rights(
        act,
        supervise=act and permissions.may(user, permissions.APPROVE_REMEDY, case),
        answer=act or permissions.may(user, Action.ANSWER_HAND_OVER, case),
    )


def _record(case: Case) -> Record:
    solutions = case.solutions.filter(cycle=case.cycle, rejected_at=None, withdrawn_at=None)
    solution = solutions.select_related("chosen").order_by("number").last()
    restatements = list(case.restatements.all())
    return Record(
        questions=list(case.questions.select_related("deferred_to")),
        restatement=restatements[-1] if restatements else None,
        solution=solution,
        options=list(solution.options.all()) if solution else [],
        remedies=list(
            case.remedies.select_related("proposed_by", "decided_by").prefetch_related(
                "approvals__user"
            )
        ),
        commitments=list(case.commitments.all()),
        attempts=demands.attempts(case) if case.stage == Stage.FOLLOW_UP else [],
    )


def _facts(record: Record, deadlines: Sequence[Deadline], hand_overs: Sequence[HandOver]) -> Facts:
    return Facts(
        deadlines=[one for one in deadlines if one.is_running and not one.is_historical],
        unanswered=record.unanswered,
        restatement=record.restatement,
        solution=record.solution,
        attempts=record.attempts,
        commitments=record.open_commitments,
        hand_overs=[one for one in hand_overs if one.is_open],
    )


def _moments(case: Case) -> dict[str, datetime]:
    """Return when each stage was reached, the last time where there were several rounds."""
    found: dict[str, datetime] = {Stage.LISTEN: case.received_at}
    rows = case.events.filter(kind__in=list(ENTERED_BY)).order_by("occurred_at", "pk")
    for kind, at in rows.values_list("kind", "occurred_at"):
        found[ENTERED_BY[EventKind(kind)]] = at
    if case.is_open:
        found[case.stage] = case.stage_entered_at
    return found


def _card(case: Case, user: User) -> CustomerCard:
    felt = case.contact_records.filter(emotion__isnull=False).order_by("occurred_at", "pk")
    emotions = [level for level in felt.values_list("emotion", flat=True) if level is not None]
    customer = case.customer
    if customer is None:
        return CustomerCard(None, emotions, 0, [], None, [])
    others = permissions.visible_to(user).filter(customer=customer).exclude(pk=case.pk)
    recent = list(others.order_by("-received_at")[:RECENT_CASES])
    score = Verdict.objects.filter(case__customer=customer, score__isnull=False)
    last = score.exclude(case=case).order_by("given_at").last()
    team = customer.dedicated_team
    return CustomerCard(
        customer=customer,
        emotions=emotions,
        earlier=len(recent) if len(recent) < RECENT_CASES else others.count(),
        recent=recent,
        last_score=last.score if last else None,
        team=[str(member) for member in team.members.filter(is_active=True)] if team else [],
    )


def _late(case: Case, user: User) -> list[ContactRecord]:
    """Return the contacts that were recorded too late to count when they took place."""
    rows = case.contact_records.filter(
        withdrawn_at=None, late_confirmed_at=None, proves__isnull=False
    ).exclude(by_user=user)
    found = rows.select_related("by_user").distinct()
    return [row for row in found if row.counts_at != row.occurred_at]


def _failed(case: Case) -> list[CustomerMail]:
    """Return the e-mails that failed, until the customer has been told something since."""
    rows = CustomerMail.objects.filter(
        contact_record__case=case, contact_record__withdrawn_at__isnull=False
    )
    found = list(rows.select_related("contact_record").order_by("created_at"))
    if not found:
        return []
    told = case.contact_records.filter(direction="outbound", withdrawn_at=None)
    heard = told.exclude(purpose__in=REACHED_NOBODY)
    newest = heard.aggregate(last=Max("recorded_at"))["last"]
    return [row for row in found if newest is None or newest < _withdrawn_at(row)]


def _withdrawn_at(mail: CustomerMail) -> datetime:
    moment = mail.contact_record.withdrawn_at
    return moment if moment is not None else mail.created_at


def visible_case(user: User, reference: str) -> Case | None:
    """Return the case of this reference with what its page needs, if it exists for somebody."""
    return (
        permissions.visible_to(user)
        .select_related(
            "team", "handler", "contact", "product", "customer__dedicated_team",
            "customer__emergency_contact",
        )
        .filter(reference=reference)
        .first()
    )  # fmt: skip
