"""Whom to ask again, the next due first, and what each of those cases still needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from objections.clockface import Clock, face
from objections.demands import ATTEMPT_DAYS_NEEDED, ATTEMPTS_NEEDED
from objections.demands.record import attempt_days
from objections.models import Case, ContactRecord, CustomerLink, Deadline, Solution
from objections.permissions import WRITE_NOTHING_ROLES, visible_to
from objections.vocabulary import AttemptResult, ClockMode, Promise, Purpose, Stage

PAGE = 50


@dataclass(slots=True)
class Row:
    """One case to follow up. ``emotions`` are at each contact, the first and the last tell most.

    ``told`` is the last attempt's result in words.
    """

    case: Case
    clock: Clock | None
    done: str = ""
    attempts: list[ContactRecord] = field(default_factory=list)
    emotions: list[int] = field(default_factory=list)
    link: CustomerLink | None = None

    @property
    def told(self) -> str:
        last = self.attempts[-1] if self.attempts else None
        return str(AttemptResult(last.result).label) if last and last.result else ""

    @property
    def last_at(self) -> datetime | None:
        return self.attempts[-1].occurred_at if self.attempts else None

    @property
    def days(self) -> int:
        return attempt_days(self.attempts)

    @property
    def may_close_unreachable(self) -> bool:
        return len(self.attempts) >= ATTEMPTS_NEEDED and self.days >= ATTEMPT_DAYS_NEEDED


@dataclass(frozen=True, slots=True)
class Due:
    """A page of the list, and whether there is another."""

    rows: list[Row]
    page: int
    has_next: bool


def due(user: User, *, mine: bool, page: int, now: datetime) -> Due:
    """Return a page of the cases to follow up of this person, or of all their teams.

    Of those who only read, every team is theirs.
    """
    start = (page - 1) * PAGE
    cases = list(_ordered(_near(user, mine))[start : start + PAGE + 1])
    return Due(_rows(cases[:PAGE], now), page, len(cases) > PAGE)


def count(user: User) -> int:
    """Return how many cases this person has to follow up."""
    return _near(user, mine=True).count()


def _near(user: User, mine: bool) -> QuerySet[Case]:
    cases = visible_to(user).filter(stage=Stage.FOLLOW_UP, clock_mode=ClockMode.LIVE)
    if mine:
        return cases.filter(handler=user)
    if user.role in WRITE_NOTHING_ROLES:
        return cases
    above = Q(team__supervisor=user) | Q(team__manager=user)
    return cases.filter(Q(handler=user) | Q(team__in=user.teams.values("pk")) | above)


def _ordered(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Order by when the follow-up falls due; what waits without a clock stands last."""
    clock = Deadline.objects.filter(
        case=OuterRef("pk"), promise=Promise.FOLLOW_UP, kept_at=None, ended_at=None
    )
    return (
        cases.annotate(asked_by=Subquery(clock.values("due_at")[:1]))
        .select_related("customer", "contact", "product", "handler", "team")
        .order_by(F("asked_by").asc(nulls_last=True), "pk")
    )


def _rows(cases: Sequence[Case], now: datetime) -> list[Row]:
    clocks = Deadline.objects.filter(
        case__in=cases, promise=Promise.FOLLOW_UP, kept_at=None, ended_at=None
    )
    by_case = {clock.case_id: clock for clock in clocks}
    rows = {
        case.pk: Row(case, face(by_case[case.pk], now=now) if case.pk in by_case else None)
        for case in cases
    }
    _say_what_was_done(rows)
    _count_contacts(rows)
    links = CustomerLink.objects.filter(case__in=rows, revoked_at=None, expires_at__gt=now)
    for link in links.order_by("created_at"):
        if link.created_at >= rows[link.case_id].case.stage_entered_at:
            rows[link.case_id].link = link
    return list(rows.values())


def _say_what_was_done(rows: dict[int, Row]) -> None:
    told = Solution.objects.filter(case__in=rows, carried_out_at__isnull=False)
    for solution in told.select_related("chosen").order_by("number"):
        chosen = solution.chosen.title if solution.chosen else ""
        rows[solution.case_id].done = chosen or solution.proof


def _count_contacts(rows: dict[int, Row]) -> None:
    felt: defaultdict[int, list[int]] = defaultdict(list)
    records = ContactRecord.objects.filter(case__in=rows).filter(
        Q(purpose=Purpose.ATTEMPT) | Q(emotion__isnull=False)
    )
    for record in records.order_by("occurred_at", "pk"):
        row = rows[record.case_id]
        if record.emotion:
            felt[record.case_id].append(record.emotion)
        since = record.occurred_at >= row.case.stage_entered_at
        if record.purpose == Purpose.ATTEMPT and since:
            row.attempts.append(record)
    for key, row in rows.items():
        row.emotions = felt[key]
