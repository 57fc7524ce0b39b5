"""Quiet hours: what can wait does not leave at night."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest
from django.test import Client as Browser

from accounts.models import User
from customers.models import Customer
from integrations.delivery import deliver
from integrations.quiet import quiet_until
from objections import batches, notices
from objections.actors import Actor
from objections.models import Notice
from objections.vocabulary import NoticeChannel, NoticeKind, Urgency
from tests.conftest import People
from tests.integrations.conftest import Server
from tests.stories import open_at

SECOND = timedelta(seconds=1)
NIGHT = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
MORNING = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # 07:00 there


def replay(at: datetime) -> datetime:
    return at


def sleeper(**more: object) -> User:
    given = {"quiet_from": time(22), "quiet_until": time(7), "time_zone": "Asia/Shanghai"}
    return User(**(given | more))


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2026, 3, 2, 13, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 3, 2, 14, 0, tzinfo=UTC), MORNING),
        (NIGHT, MORNING),
        (MORNING - SECOND, MORNING),
        (MORNING, None),
    ],
)
def test_quiet_hours_run_over_midnight_in_the_listeners_own_zone(
    at: datetime, until: datetime | None
) -> None:
    assert quiet_until(sleeper(), at) == until


def test_quiet_hours_may_lie_within_a_day() -> None:
    at_noon = sleeper(quiet_from=time(12), quiet_until=time(13), time_zone="UTC")
    noon = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert quiet_until(at_noon, noon) == noon + timedelta(hours=1)
    assert quiet_until(at_noon, noon - SECOND) is None
    assert quiet_until(at_noon, noon + timedelta(hours=1)) is None


@pytest.mark.parametrize("half", ["quiet_from", "quiet_until"])
def test_half_of_the_quiet_hours_are_none(half: str) -> None:
    assert quiet_until(sleeper(**{half: None}), NIGHT) is None
    assert quiet_until(sleeper(quiet_from=time(7)), NIGHT) is None


def test_quiet_hours_end_in_the_hour_that_comes_twice() -> None:
    berliner = sleeper(quiet_until=time(2, 30), time_zone="Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in summer time
    assert quiet_until(berliner, first - SECOND) == first
    between = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 again, in winter time
    assert quiet_until(berliner, between) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "level", "urgency", "leaves"),
    [
        (NoticeKind.ESCALATED, 1, Urgency.NORMAL, False),
        (NoticeKind.WARNED, 0, Urgency.CRISIS, False),
        (NoticeKind.HANDED_OVER, 0, Urgency.NORMAL, False),
        (NoticeKind.ESCALATED, 2, Urgency.NORMAL, True),
        (NoticeKind.REMINDED, 3, Urgency.NORMAL, True),
        (NoticeKind.ESCALATED, 1, Urgency.CRISIS, True),
    ],
)
def test_item_16_only_what_is_critical_wakes_a_person(
    kind: NoticeKind, level: int, urgency: Urgency, leaves: bool,
    people: People, customer: Customer, server: type[Server],
) -> None:  # fmt: skip
    manager = people.manager
    manager.quiet_from, manager.quiet_until = time(22), time(7)
    manager.save()
    by = Actor.person(people.engineer)
    case = open_at(NIGHT, by=by, customer=customer, handler=people.engineer, urgency=urgency)
    Notice.objects.all().delete()
    rows = notices.compose([manager], kind, case, at=NIGHT, now=NIGHT, level=level)
    batches.insert(Notice, rows)
    assert deliver(lambda: NIGHT) == int(leaves)
    assert len(server.accepted) == int(leaves)
    in_app = Notice.objects.get(channel=NoticeChannel.IN_APP)
    assert in_app in notices.unseen(manager)  # what stands in the product wakes nobody
    deliver(lambda: MORNING)
    assert len(server.accepted) == 1


@pytest.mark.django_db
def test_item_16_what_was_held_at_night_is_one_mail_in_the_morning(
    people: People, customer: Customer, server: type[Server]
) -> None:
    manager = people.manager
    manager.quiet_from, manager.quiet_until = time(22), time(7)
    manager.save()
    case = open_at(NIGHT, by=Actor.person(people.engineer), customer=customer)
    Notice.objects.all().delete()
    for minute in range(5):
        at = NIGHT + timedelta(minutes=minute)
        notices.tell([manager], NoticeKind.HANDED_OVER, case, at=at, now=at)
        deliver(partial(replay, at))
    assert server.accepted == []
    deliver(lambda: MORNING - SECOND)
    assert server.accepted == []
    deliver(lambda: MORNING)
    [mail] = server.accepted
    assert str(mail.subject).startswith("5 notices")


# The person's own page


@pytest.fixture
def browser(people: People) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.manager)
    return browser


@pytest.mark.django_db
def test_a_person_sets_and_clears_their_own_quiet_hours(people: People, browser: Browser) -> None:
    manager = people.manager
    browser.post("/quiet-hours/", {"quiet_from": "22:00", "quiet_until": "07:00"})
    manager.refresh_from_db()
    assert (manager.quiet_from, manager.quiet_until) == (time(22), time(7))
    page = browser.get("/quiet-hours/").content.decode()
    assert 'value="22:00"' in page
    assert "Asia/Shanghai" in page
    assert "Quiet hours 22:00–07:00" in browser.get("/notices/").content.decode()
    browser.post("/quiet-hours/", {"quiet_from": "", "quiet_until": ""})
    manager.refresh_from_db()
    assert (manager.quiet_from, manager.quiet_until) == (None, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "wrong", "words"),
    [
        ({"quiet_from": "22:00"}, "quiet_until", "a beginning and an end"),
        ({"quiet_until": "07:00"}, "quiet_from", "a beginning and an end"),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "quiet_from", "valid time"),
        ({"quiet_from": "07:00", "quiet_until": "07:00"}, "quiet_until", "Choose another time"),
    ],
)
def test_half_a_night_is_refused_and_kept_in_the_form(
    given: dict[str, str], wrong: str, words: str, people: People, browser: Browser
) -> None:
    answer = browser.post("/quiet-hours/", given)
    assert words in " ".join(answer.context["form"].errors[wrong])
    assert all(f'value="{value}"' in answer.content.decode() for value in given.values())
    people.manager.refresh_from_db()
    assert people.manager.quiet_from is None


def test_quiet_hours_are_nobodys_who_has_not_signed_in() -> None:
    assert Browser().get("/quiet-hours/").status_code == 302
