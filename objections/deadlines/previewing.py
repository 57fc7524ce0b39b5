"""What publishing a policy would do to the clocks that run, before anybody does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from objections.deadlines import recomputing, terms
from objections.deadlines.terms import Facts
from objections.models import Deadline, Policy
from objections.models.deadlines import DeadlineQuerySet
from objections.vocabulary import ClockMode, Promise

MOST = 20_000
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Move:
    """A running clock that would be due at another moment. ``due_at`` is in UTC."""

    deadline: Deadline
    due_at: datetime
    overdue: bool


@dataclass(slots=True)
class Preview:
    """How many running clocks were looked at, would move, would become overdue.

    Of more than 20,000 the newest are looked at; ``total`` is how many there are.
    ``by_promise`` counts those that move, ``cases`` the cases that they belong to.
    """

    total: int = 0
    checked: int = 0
    moved: int = 0
    overdue: int = 0
    cases: set[int] = field(default_factory=set)
    by_promise: Counter[Promise] = field(default_factory=Counter)
    examples: list[Move] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        return self.checked - self.moved


def preview(policy: Policy, *, now: datetime) -> Preview:
    """Return what recomputing the running clocks under ``policy`` would do at ``now``.

    Reads only. Broken promises stay broken and are left out, and so are clocks with a
    due time of their own, paused ones (they move with what is left) and historical ones.
    """
    rows = (
        Deadline.objects.running()
        .filter(breached_at=None, is_historical=False, due_at__gte=now)
        .exclude(case__clock_mode=ClockMode.HISTORICAL)
    )
    seen = Preview(total=rows.count())
    lines, editions = terms.lines_of(policy), terms.Editions()
    for deadline in _newest(rows):
        seen.checked += 1
        if deadline.has_own_due:
            continue
        promise = Promise(deadline.promise)
        given = terms.choose(lines, Facts.of(deadline.case), [promise], editions)[promise]
        due = given.due(deadline.started_at, paused=recomputing.pauses(deadline))
        if due.at == deadline.due_at:
            continue
        move = Move(deadline, due.at, overdue=due.at < now)
        seen.moved += 1
        seen.overdue += move.overdue
        seen.cases.add(deadline.case_id)
        seen.by_promise[promise] += 1
        if move.overdue or len(seen.examples) < EXAMPLES:
            seen.examples = sorted([*seen.examples, move], key=_worst)[:EXAMPLES]
    return seen


def _newest(rows: DeadlineQuerySet) -> Iterator[Deadline]:
    related = ("case__customer", "case__team__calendar")
    chosen = rows.select_related(*related).prefetch_related("pauses").order_by("-pk")[:MOST]
    return chosen.iterator(chunk_size=1000)


def _worst(move: Move) -> tuple[bool, datetime]:
    return (not move.overdue, move.due_at)
