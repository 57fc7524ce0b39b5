"""My desk: the cases that need me, the next due first, and those around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import pgettext_lazy

from accounts.models import User
from dashboards.selectors import queues, rows, scope
from dashboards.selectors.filters import CaseFilter
from dashboards.selectors.paging import Part, part_of
from dashboards.selectors.rows import Row, Slice
from objections.models import Case
from objections.permissions import visible_to
from objections.vocabulary import ClockMode, Stage

RARE = 2000


class Tab(TextChoices):
    MINE = "mine", pgettext_lazy("tab", "Mine")
    TEAM = "team", pgettext_lazy("tab", "My team")
    UNASSIGNED = "unassigned", pgettext_lazy("tab", "Unassigned")
    WAITING = "waiting", pgettext_lazy("tab", "Waiting")
    FOLLOW_UP = "follow-up", pgettext_lazy("tab", "Follow-ups due")
    ALL = "all", pgettext_lazy("tab", "All")


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading. ``size`` counts those on other pages too; None where not counted."""

    key: str
    label: str
    size: int | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of the desk. ``lead`` is the next promise of mine that can still be kept."""

    now: datetime
    tab: Tab
    counts: dict[str, int]
    overdue: int
    lead: Row | None
    groups: tuple[Group, ...]
    part: Part[Row]


@dataclass(frozen=True, slots=True)
class Nearby:
    """The open cases that a person or their teams carry, sorted onto the tabs."""

    tabs: dict[Tab, list[int]]

    @property
    def counts(self) -> dict[str, int]:
        return {tab.value: len(keys) for tab, keys in self.tabs.items()}


def nearby(user: User) -> Nearby:
    """Sort what is near onto the tabs, in a few light queries."""
    teams = list(scope.teams_of(user).values_list("pk", flat=True))
    asked = set(scope.asked_of(user))
    near = scope.open_cases(user).filter(Q(handler=user) | Q(pk__in=asked) | Q(team__in=teams))
    near = near.exclude(clock_mode=ClockMode.HISTORICAL, handler=None)  # kept for the record
    found = list(near.order_by().values_list("pk", "handler", "team", "stage"))
    waiting, ours = scope.standing_still([key for key, *_rest in found]), set(teams)
    free = {key for key, handler, *_rest in found if not handler}
    return Nearby(
        {
            Tab.MINE: [key for key, handler, *_ in found if handler == user.pk or key in asked],
            Tab.TEAM: [key for key, _handler, team, _stage in found if team in ours],
            Tab.UNASSIGNED: [
                key for key, _handler, team, _stage in found if key in free and team in ours
            ],
            Tab.WAITING: [key for key, *_rest in found if key in waiting],
            Tab.FOLLOW_UP: [key for key, *_rest, stage in found if stage == Stage.FOLLOW_UP],
        }
    )


def show(user: User, tab: Tab, narrowed: CaseFilter, page: int, *, now: datetime) -> Desk:
    """Return a page of the desk as it stands at ``now``."""
    near = nearby(user)
    mine = queues.queue_of(near.tabs[Tab.MINE])
    listed = _listed(user, tab, near, narrowed, page, now)
    first = mine.next_to_keep(now)
    lead = [] if first is None or first in listed.part.items else [first]
    cases = rows.fetch([*listed.part.items, *lead])
    built = {row.case.pk: row for row in rows.build(cases, user, now)}
    on_page = [built[key] for key in listed.part.items if key in built]
    return Desk(
        now=now,
        tab=tab,
        counts=near.counts,
        overdue=mine.overdue(now),
        lead=built.get(first) if first is not None else None,
        groups=_grouped(on_page, listed.sizes),
        part=Part(on_page, page, listed.part.has_next),
    )


def _listed(
    user: User, tab: Tab, near: Nearby, narrowed: CaseFilter, page: int, now: datetime
) -> Slice:
    narrowed.is_valid()
    if tab is Tab.ALL:
        return rows.slice_of(narrowed.narrow(scope.open_cases(user)), page, now)
    keys = near.tabs[tab]
    if narrowed.is_set:
        cases = Case.objects.filter(pk__in=keys)
        keys = list(narrowed.narrow(cases).order_by().values_list("pk", flat=True))
    return rows.slice_of_queue(queues.queue_of(keys), page, now)


@dataclass(frozen=True, slots=True)
class TabLink:
    tab: Tab
    count: int | None
    current: bool


def tabs(page: Desk) -> list[TabLink]:
    """Return the tabs in their order, each with how many cases stand on it.

    "All" is not counted, for it may be very long.
    """
    return [TabLink(tab, page.counts.get(tab.value), tab is page.tab) for tab in Tab]


def facts(page: Desk) -> tuple[object, ...]:
    """Return what the page says; when it differs, the page must be drawn anew.

    The minute is part of it, so that what is said in whole minutes never lags behind.
    """
    listed = [
        (row.case.pk, row.case.version, row.case.updated_at, row.group, row.promise)
        for row in page.part
    ]
    lead = page.lead.case.pk if page.lead else None
    minute = page.now.replace(second=0, microsecond=0)
    return listed, lead, page.counts, page.overdue, page.part.has_next, minute


def every(user: User, narrowed: CaseFilter, page: int, *, now: datetime) -> Part[Row]:
    """Return a page of all cases that exist for this person, the newest first."""
    cases = narrowed.narrow(visible_to(user))
    if narrowed.is_set:
        cases = _found_first(cases)
    cases = cases.order_by("-received_at", "-pk")
    found = part_of(cases.select_related(*rows.SHOWN), page, rows.PAGE)
    return Part(rows.build(found.items, user, now), page, found.has_next)


def _found_first(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Find what is rare by its own indexes before it is put in order.

    What is common is left to the order's index, which meets it soon.
    """
    keys = list(cases.order_by().values_list("pk", flat=True)[: RARE + 1])
    return Case.objects.filter(pk__in=keys) if len(keys) <= RARE else cases


def _grouped(found: list[Row], sizes: dict[str, int] | None) -> tuple[Group, ...]:
    groups = []
    for key, label in queues.GROUPS.items():
        under = tuple(row for row in found if row.group == key)
        if under:
            groups.append(Group(key, str(label), sizes[key] if sizes else None, under))
    return tuple(groups)
