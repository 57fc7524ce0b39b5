"""My desk: the cases that need me, the next due first, and those around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, TextChoices
from django.utils.translation import pgettext_lazy

from accounts.models import User
from dashboards.selectors import rows, scope
from dashboards.selectors.filters import CaseFilter
from dashboards.selectors.paging import Part, part_of
from dashboards.selectors.rows import Row
from objections.models import Case
from objections.permissions import visible_to
from objections.vocabulary import Stage


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


def condition(tab: Tab, user: User) -> Q:
    """Return which open cases stand on a tab."""
    teams = Q(team__in=scope.teams_of(user))
    conditions = {
        Tab.MINE: scope.needs(user),
        Tab.TEAM: teams,
        Tab.UNASSIGNED: teams & Q(handler=None),
        Tab.WAITING: scope.near(user) & scope.stands_still(),
        Tab.FOLLOW_UP: scope.near(user) & Q(stage=Stage.FOLLOW_UP),
        Tab.ALL: Q(),
    }
    return conditions[tab]


def on_tab(tab: Tab, user: User) -> QuerySet[Case]:
    return scope.open_cases(user).filter(condition(tab, user))


def show(user: User, tab: Tab, narrowed: CaseFilter, page: int, *, now: datetime) -> Desk:
    """Return a page of the desk as it stands at ``now``."""
    mine = scope.open_cases(user).filter(scope.needs(user))
    cases = narrowed.narrow(on_tab(tab, user))
    listed = rows.page_of(cases, page)
    upcoming = (
        rows.leading(mine)
        .filter(due_at__gte=now)
        .select_related("case__customer", "case__product", "case__contact")
    )
    first = upcoming.first()
    lead = [first.case] if first else []
    built = {row.case.pk: row for row in rows.build([*listed.items, *lead], user, now)}
    sizes = None if tab is Tab.ALL else rows.group_sizes(cases, now)
    return Desk(
        now=now,
        tab=tab,
        counts=counts(user),
        overdue=rows.leading(mine).filter(due_at__lt=now).count(),
        lead=built[lead[0].pk] if lead else None,
        groups=_grouped([built[case.pk] for case in listed], sizes),
        part=Part([built[case.pk] for case in listed], page, listed.has_next),
    )


@dataclass(frozen=True, slots=True)
class TabLink:
    tab: Tab
    count: int | None
    current: bool


def tabs(page: Desk) -> list[TabLink]:
    """Return the tabs in their order, each with how many cases stand on it."""
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
    cases = narrowed.narrow(visible_to(user)).order_by("-received_at", "-pk")
    found = part_of(cases.select_related(*rows.SHOWN), page, rows.PAGE)
    return Part(rows.build(found.items, user, now), page, found.has_next)


def counts(user: User) -> dict[str, int]:
    """Count the tabs in one query; "all" is not counted, for it may be very long."""
    tabs = [tab for tab in Tab if tab is not Tab.ALL]
    counted: dict[str, int] = (
        scope.open_cases(user)
        .filter(scope.near(user))
        .aggregate(
            **{f"on_{tab.name.lower()}": Count("pk", filter=condition(tab, user)) for tab in tabs}
        )
    )
    return {tab.value: counted[f"on_{tab.name.lower()}"] for tab in tabs}


def _grouped(found: list[Row], sizes: dict[str, int] | None) -> tuple[Group, ...]:
    groups = []
    for key, label in rows.GROUPS.items():
        under = tuple(row for row in found if row.group == key)
        if under:
            groups.append(Group(key, str(label), sizes[key] if sizes else None, under))
    return tuple(groups)
