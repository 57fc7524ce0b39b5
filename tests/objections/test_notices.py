"""Each person is told once, by each way that reaches them, and sees what is new to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.presence import Presence
from accounts.services import arrive, leave
from objections import audience, notices
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import Case, Notice
from objections.vocabulary import NoticeKind
from tests.conftest import People
from tests.stories import HOUR, MIN, open_at

pytestmark = pytest.mark.django_db


def test_who_is_named_twice_is_told_once(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    twice = [people.supervisor, people.supervisor]
    notices.tell(twice, NoticeKind.ESCALATED, case, at=t0, now=t0)
    rows = Notice.objects.filter(user=people.supervisor).order_by("pk")
    assert [(row.channel, row.send_at) for row in rows] == [("in_app", None), ("email", t0)]


@pytest.mark.parametrize(
    ("late", "waits"),
    [(MIN, timedelta(0)), (MIN + timedelta(microseconds=1), 2 * MIN)],
    ids=["a minute", "an instant more"],
)
def test_a_mail_about_what_was_noticed_late_waits_for_others(
    late: timedelta, waits: timedelta, people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    notices.tell([people.manager], NoticeKind.ESCALATED, case, at=t0, now=t0 + late)
    assert Notice.objects.get(user=people.manager, channel="email").send_at == t0 + late + waits


def test_a_person_sees_what_is_new_to_them_and_nobody_elses(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 31 * MIN)
    mine = list(notices.unseen(people.supervisor))
    theirs = list(notices.unseen(people.manager))
    assert ([row.level for row in mine], [row.level for row in theirs]) == ([1], [2])
    pks = [row.pk for row in (*mine, *theirs)]
    assert notices.mark_seen(people.supervisor, pks, now=t0 + HOUR) == 1
    assert notices.mark_seen(people.supervisor, pks, now=t0 + 2 * HOUR) == 0
    assert Notice.objects.get(pk=mine[0].pk).seen_at == t0 + HOUR
    assert list(notices.unseen(people.manager)) == theirs


def test_opening_a_case_sees_all_that_was_told_of_it(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case, other = (open_at(t0, by=by, customer=customer) for _number in range(2))
    sweep(now=t0 + 11 * MIN)
    assert notices.see_case(people.engineer, case, now=t0 + HOUR) == 1
    assert [row.case for row in notices.unseen(people.engineer)] == [other]


def announced(case: Case, now: datetime) -> list[User]:
    return audience.people(audience.announced(case, Presence(now)))


def test_who_is_away_hears_nothing_of_an_unassigned_case_until_they_arrive(
    people: People, crm: Any, customer: Any, t0: datetime
) -> None:
    leave(people.engineer, at=t0)
    case = open_at(t0, by=Actor.program(crm), customer=customer)
    assert announced(case, t0) == [people.colleague]
    arrive(people.engineer)
    assert announced(case, t0) == [people.engineer, people.colleague]


def test_a_case_without_a_team_reaches_nobody(
    people: People, crm: Any, customer: Any, t0: datetime
) -> None:
    people.team.is_default = False
    people.team.save()
    case = open_at(t0, by=Actor.program(crm), customer=customer)
    assert announced(case, t0) == []
    assert audience.above(case, 1, Presence(t0)) == []
