"""What is worked out and offered on the way to the answer, as the page of a case shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise as Lazy

from accounts.models import User
from objections.clockface import Clock, face
from objections.models import (
    Case,
    Commitment,
    Deadline,
    Evidence,
    Option,
    RefusedDemand,
    Remedy,
    RemedyApproval,
    Solution,
    Why,
    Worksheet,
)
from objections.selectors.timelines import evidence_url
from objections.sentences.inside import money
from objections.services import analysis
from objections.services.remedies import NEVER, decides_up_to, limits_by_role, may_approve
from objections.sheets import ELEMENTS
from objections.vocabulary import Promise, SheetKind


@dataclass(slots=True)
class Branch:
    """A why with what stands under it. ``size`` counts the whole branch, itself too."""

    number: int
    why: Why
    level: int
    may_correct: bool
    files: list[tuple[Evidence, str]]
    children: list[Branch] = field(default_factory=list)

    @property
    def size(self) -> int:
        return 1 + sum(child.size for child in self.children)

    @property
    def may_deepen(self) -> bool:
        return self.level < analysis.DEEPEST

    def walk(self) -> Iterable[Branch]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class OptionShown:
    """One way out with its cost in figures, and whether it is the one they chose."""

    row: Option
    is_chosen: bool

    @property
    def cost(self) -> str:
        return money(self.row.cost) if self.row.cost is not None else ""


@dataclass(frozen=True, slots=True)
class RemedyRow:
    """A remedy, its number on the page, who said yes, and what this reader may decide."""

    number: int
    remedy: Remedy
    approvals: list[RemedyApproval]
    may_approve: bool
    may_refuse: bool

    @property
    def cost(self) -> str:
        return money(self.remedy.cost)

    @property
    def is_half_approved(self) -> bool:
        return self.remedy.is_open and bool(self.approvals)


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """An open promise to the customer, with its clock; a historical one has none."""

    row: Commitment
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class SheetShown:
    """A worksheet as it is read: its elements that say something."""

    row: Worksheet

    @property
    def title(self) -> str:
        return str(SheetKind(self.row.kind).label)

    @property
    def entries(self) -> list[tuple[str | Lazy, str]]:
        known = ELEMENTS[SheetKind(self.row.kind)]
        found = ((one.title, self.row.entries.get(one.name, "")) for one in known)
        return [(title, text) for title, text in found if text]


@dataclass(slots=True)
class Answering:
    """``whys`` are the trees under the case itself; the rest in the order it is shown."""

    whys: list[Branch]
    options: list[OptionShown]
    remedies: list[RemedyRow]
    promises: list[PromiseRow]
    refused: list[RefusedDemand]
    sheets: list[SheetShown]

    @property
    def whys_count(self) -> int:
        return sum(top.size for top in self.whys)

    @property
    def root_causes(self) -> list[str]:
        every = (one for top in self.whys for one in top.walk())
        return [one.why.text for one in every if one.why.is_root_cause]


def of(
    case: Case,
    user: User,
    now: datetime,
    *,
    solution: Solution | None,
    options: Sequence[Option],
    remedies: Sequence[Remedy],
    commitments: Sequence[Commitment],
    deadlines: Sequence[Deadline],
    supervises: bool,
) -> Answering:
    """Read the rest in a fixed number of queries; what is handed in was read already."""
    chosen = solution.chosen_id if solution else None
    sheets = case.worksheets.select_related("written_by").order_by("-kind")
    return Answering(
        whys=tree(case, user),
        options=[OptionShown(row, is_chosen=row.pk == chosen) for row in options],
        remedies=_remedies(user, case, remedies, supervises=supervises),
        promises=_promises(commitments, deadlines, now),
        refused=list(case.refused_demands.select_related("told_in")),
        sheets=[SheetShown(row) for row in sheets],
    )


def tree(case: Case, user: User) -> list[Branch]:
    """Return the whys that stand, each under the one that it explains."""
    rows = case.whys.order_by("pk").select_related("written_by").prefetch_related("files")
    tops: list[Branch] = []
    found: dict[int, Branch] = {}
    for number, why in enumerate(rows, start=1):
        if why.removed_at is not None:
            continue
        above = found.get(why.parent_id) if why.parent_id is not None else None
        branch = Branch(
            number, why, above.level + 1 if above else 1,
            may_correct=analysis.may_correct(user, why, case),
            files=[(file, evidence_url(case, file)) for file in why.files.all()],
        )  # fmt: skip
        found[why.pk] = branch
        (above.children if above else tops).append(branch)
    return tops


def root_causes(case: Case) -> list[str]:
    """Return what was found to be at the root, in the order it was written."""
    rows = case.whys.filter(is_root_cause=True, removed_at=None).order_by("pk")
    return list(rows.values_list("text", flat=True))


def _remedies(
    user: User, case: Case, rows: Sequence[Remedy], *, supervises: bool
) -> list[RemedyRow]:
    asks = supervises and any(row.is_open for row in rows)
    limits, latest = (limits_by_role(), decides_up_to(user, case)) if asks else ({}, NEVER)
    shown = []
    for number, row in enumerate(rows, start=1):
        said = list(row.approvals.all())
        approvers = [one.user for one in said]
        decides = row.is_open and row.proposed_at <= latest
        shown.append(
            RemedyRow(
                number, row, said,
                may_approve=decides and may_approve(row, user, approvers, limits),
                may_refuse=decides and row.proposed_by_id != user.pk,
            )
        )  # fmt: skip
    return shown


def _promises(
    commitments: Sequence[Commitment], deadlines: Sequence[Deadline], now: datetime
) -> list[PromiseRow]:
    running = {
        one.subject: face(one, now=now)
        for one in deadlines
        if one.promise == Promise.COMMITMENT and one.is_running and not one.is_historical
    }
    return [PromiseRow(one, running.get(one.number)) for one in commitments if one.is_open]
