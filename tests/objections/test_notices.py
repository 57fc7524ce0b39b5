"""Each person is told once, by each way that reaches them, and sees what is new to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Robot, Team, User
from accounts.presence import Presence
from accounts.services import arrive, leave
from objections import audience, batches, notices
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import Case, Notice
from objections.vocabulary import ClockMode, NoticeChannel, NoticeKind
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


# Chat robots


def robot(team: Team, name: str = "Group", **more: Any) -> Robot:
    made = Robot.objects.create(name=name, kind="wecom", address="https://x.example/", **more)
    made.teams.add(team)
    return made


def heard(case: Case, kind: NoticeKind, at: datetime, level: int = 0) -> list[str]:
    rows = notices.compose([], kind, case, at=at, now=at, level=level)
    batches.insert(Notice, rows)
    return [row["robot"].name for row in rows]


def test_item_16_a_robot_hears_from_its_own_level_on(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    for level in range(4):
        robot(people.team, str(level), least_level=level)
    case = open_at(t0, by=by, customer=customer)
    assert heard(case, NoticeKind.WARNED, t0) == ["0"]
    assert heard(case, NoticeKind.ANNOUNCED, t0) == ["0"]
    assert heard(case, NoticeKind.ESCALATED, t0, 1) == ["0", "1"]
    assert heard(case, NoticeKind.REMINDED, t0, 2) == ["0", "1", "2"]
    assert heard(case, NoticeKind.LAPSED, t0, 3) == ["0", "1", "2", "3"]
    assert not Notice.objects.filter(robot__isnull=False).exclude(channel="chat").exists()


@pytest.mark.parametrize(
    "kind",
    [
        NoticeKind.ASSIGNED, NoticeKind.MAIL_FAILED, NoticeKind.HANDED_OVER,
        NoticeKind.APPROVAL_ASKED,
    ],
)  # fmt: skip
def test_what_is_for_one_person_is_said_in_no_group(
    kind: NoticeKind, people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    robot(people.team, least_level=0)
    assert heard(open_at(t0, by=by, customer=customer), kind, t0, 3) == []


def test_a_robot_hears_of_its_own_teams_alone_and_only_while_it_is_on(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    other = Team.objects.create(slug="valves", name="Valves")
    robot(other, "other")
    robot(people.team, "off", is_active=False)
    both = robot(people.team, "both")
    both.teams.add(other)
    case = open_at(t0, by=by, customer=customer)
    assert heard(case, NoticeKind.ESCALATED, t0, 1) == ["both"]


@pytest.mark.parametrize("mode", [ClockMode.OBSERVE, ClockMode.HISTORICAL])
def test_a_robot_hears_nothing_of_clocks_that_alert_nobody(
    mode: ClockMode, people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    robot(people.team, least_level=0)
    case = open_at(t0, by=by, customer=customer)
    case.clock_mode = mode
    assert heard(case, NoticeKind.ESCALATED, t0, 3) == []


def test_an_overtaken_warning_is_said_in_no_group(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    robot(people.team, least_level=0)
    open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 31 * MIN)
    told = Notice.objects.filter(channel=NoticeChannel.CHAT).values_list("kind", "level")
    assert sorted(told) == [("escalated", 1), ("escalated", 2)]
    waits = Notice.objects.filter(channel=NoticeChannel.CHAT).values_list("send_at", flat=True)
    assert t0 + 31 * MIN + notices.SETTLE in waits


def test_a_batch_of_alarms_asks_for_the_robots_of_a_team_once(
    people: People, by: Actor, customer: Any, t0: datetime, django_assert_num_queries: Any
) -> None:
    robot(people.team)
    case = open_at(t0, by=by, customer=customer)
    known: notices.Robots = {}
    with django_assert_num_queries(1):
        for _number in range(20):
            rows = notices.compose(
                [], NoticeKind.ESCALATED, case, at=t0, now=t0, level=1, robots=known
            )
            assert len(rows) == 1
