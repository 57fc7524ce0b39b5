"""What a load balancer and a monitor are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F
from django.test import Client as Browser

from casetrack import health
from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import sweeping, watching
from tests.conftest import People
from tests.stories import MIN, open_at
from timekeeping import clock
from timekeeping.models import Heartbeat

SECOND = timedelta(seconds=1)


def test_alive_asks_nothing_of_the_database() -> None:
    # Without the database fixture a query would fail this test.
    answer = Browser().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.django_db
def test_ready_means_that_the_database_answers_and_is_migrated() -> None:
    answer = Browser().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": True, "migrations": True, "waiting": []}


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits() -> None:
    MigrationRecorder.Migration.objects.filter(app="integrations").delete()
    answer = Browser().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["waiting"][0] == "integrations.0001_initial"


def test_not_ready_while_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_connection: object) -> None:
        raise Error("no answer")

    monkeypatch.setattr(health, "MigrationExecutor", refuse)
    answer = Browser().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] is False


@pytest.mark.django_db
def test_timers_are_on_time_after_a_sweep_that_found_nothing_late() -> None:
    sweeping.drain(clock.now)
    answer = Browser().get("/healthz/timers")
    assert answer.status_code == 200
    assert answer.json()["on_time"] is True
    assert answer.json()["lag_seconds"] < 5


@pytest.mark.django_db
def test_timers_are_late_once_the_oldest_alarm_waits_longer_than_five_seconds(
    people: People, customer: Customer
) -> None:
    sweeping.drain(clock.now)
    now = clock.now()
    first_alarm = now - 10 * MIN
    open_at(first_alarm - 4 * SECOND, by=Actor.person(people.engineer), customer=customer)
    assert Browser().get("/healthz/timers").status_code == 200
    open_at(first_alarm - 30 * SECOND, by=Actor.person(people.engineer), customer=customer)
    answer = Browser().get("/healthz/timers")
    assert answer.status_code == 503
    assert 30 <= answer.json()["lag_seconds"] < 60
    sweeping.drain(clock.now)
    assert Browser().get("/healthz/timers").status_code == 200


@pytest.mark.django_db
def test_timers_are_late_when_nothing_has_looked_for_a_while() -> None:
    assert Browser().get("/healthz/timers").status_code == 503
    sweeping.drain(clock.now)
    now = clock.now()
    assert not watching.last_look(now=now).late
    beat = Heartbeat.objects.get()
    Heartbeat.objects.update(beaten_at=beat.beaten_at - 9 * SECOND)
    assert not watching.last_look(now=now).late
    Heartbeat.objects.update(beaten_at=beat.beaten_at - 12 * SECOND)
    seen = watching.last_look(now=now)
    assert seen.late
    assert seen.since is not None
    assert now - seen.since >= 11 * SECOND
    assert Browser().get("/healthz/timers").status_code == 503


def other_process(name: str, *, silent_for: timedelta) -> None:
    at = Heartbeat.objects.get(name=f"sweep {clock.process()}").beaten_at
    Heartbeat.objects.create(name=f"sweep {name}", host=name.split()[0], beaten_at=at - silent_for)


@pytest.mark.django_db
def test_a_process_that_died_makes_nothing_late_while_another_looks() -> None:
    sweeping.drain(clock.now)
    other_process("elsewhere 17", silent_for=timedelta(hours=3))
    assert not watching.last_look(now=clock.now()).late
    assert Browser().get("/healthz/timers").status_code == 200
    Heartbeat.objects.update(beaten_at=F("beaten_at") - 12 * SECOND)
    seen = watching.last_look(now=clock.now())
    assert seen.late
    assert seen.silent_for is not None
    assert seen.silent_for < MIN  # by the one that looked last, not by the one that died


@pytest.mark.django_db
def test_a_heartbeat_of_another_kind_makes_nothing_look_alive() -> None:
    clock.claim("ping", every=MIN)
    clock.beat("sweeping", lag=timedelta(0))
    assert watching.last_look(now=clock.now()).silent_for is None
    assert Browser().get("/healthz/timers").status_code == 503


PAGES = ["/desk/", "/board/", "/cases/", "/cases/new/", "/customers/", "/notices/", "/timers/"]
FOR_STAFF = ["/admin/", "/admin/timers/", "/admin/objections/policy/"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", [*PAGES, *FOR_STAFF])
def test_a_page_says_since_when_the_timers_are_late(page: str, people: People) -> None:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.administrator if page in FOR_STAFF else people.engineer)
    assert "Timers are late since" in text_of(browser, page)
    sweeping.drain(clock.now)
    assert "Timers are late since" not in text_of(browser, page)


@pytest.mark.django_db
def test_the_words_on_a_page_lead_to_the_timers_each_to_what_they_may_see(people: People) -> None:
    browser = Browser(headers={"accept-language": "en"})
    for person, url in [(people.engineer, "/timers/"), (people.administrator, "/admin/timers/")]:
        browser.force_login(person)
        notices = text_of(browser, "/desk/").partition('id="notices"')[2].partition("</h1>")[0]
        assert f'href="{url}"' in notices
    assert "/timers/" not in text_of(Browser(), "/sign-in/")


def text_of(browser: Browser, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/healthz/timers"])
def test_a_health_address_is_only_read(address: str) -> None:
    assert Browser().post(address).status_code == 405
