"""Timer health as people see it: a small page for everybody, all of it for administrators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import translation

from accounts.models import User
from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case, Deadline, Escalation, Notice, Policy, Recomputation
from tests.conftest import People
from tests.stories import MIN, open_at
from timekeeping import clock
from timekeeping.models import Calendar, CalendarYear, Heartbeat
from timekeeping.punctuality import Tally

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Leave no language behind: a request in Chinese speaks Chinese to its thread afterwards."""
    with translation.override("en"):
        yield


def look(user: User | None, address: str, language: str = "en") -> Any:
    browser = Browser(headers={"accept-language": language})
    if user is not None:
        browser.force_login(user)
    return browser.get(address)


def words(user: User, address: str, language: str = "en") -> str:
    """Return what a page says, without its tags."""
    answer = look(user, address, language)
    assert answer.status_code == 200
    main = answer.content.decode().partition('tabindex="-1">')[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def drained() -> None:
    """Sweep, and lift the sweep's own limit from the transaction that is this test's."""
    sweeping.drain(clock.now)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def rang(*seconds: float, ago: timedelta = timedelta(0)) -> None:
    tally = Tally()
    for one in seconds:
        tally.add(timedelta(seconds=one))
    tally.save(now=clock.now() - ago)


def late_case(people: People, customer: Customer) -> Case:
    by = Actor.person(people.engineer)
    return open_at(clock.now() - 20 * MIN, by=by, customer=customer, team=people.team)


def aside(row: Deadline | Escalation, failure: str = "ValueError: this row is broken") -> None:
    row.failures, row.failure = 3, failure
    row.quarantined_at = clock.now() - MIN
    row.alarm_at = clock.now() + 5 * MIN
    row.save()


# ── for everybody ─────────────────────────────────────────────────────────────────────


def test_everybody_who_is_signed_in_sees_whether_the_timers_are_on_time(people: People) -> None:
    drained()
    for person in (people.engineer, people.auditor, people.analyst, people.administrator):
        seen = words(person, "/timers/")
        assert "Timers on time, lag 0.0 s" in seen
        assert re.search(r"Last look \d\.\d s ago", seen)


def test_nobody_else_does() -> None:
    answer = look(None, "/timers/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/timers/")


def test_the_page_says_that_they_are_late_by_what_waits_now(
    people: People, customer: Customer
) -> None:
    drained()
    late_case(people, customer)
    assert "Timers are late since" in words(people.engineer, "/timers/")


def test_the_page_says_that_nothing_has_ever_looked(people: People) -> None:
    seen = words(people.engineer, "/timers/")
    assert "Timers are late since" in seen
    assert "No process has ever looked" in seen


def test_the_page_shows_how_late_alarms_rang_in_two_spans_of_time(people: People) -> None:
    rang(0.05, 0.05, 0.7, 8.0)
    rang(0.05, ago=5 * HOUR)
    rang(0.05, ago=27 * HOUR)
    seen = words(people.engineer, "/timers/")
    assert "3 of 4 alarms rang within one second." in seen
    assert "4 of 5 alarms rang within one second." in seen
    assert "≤ 0.1 s 2" in seen
    assert "≤ 0.1 s 3" in seen
    assert "≤ 1 s 1" in seen
    assert "≤ 15 s 1" in seen


def test_bars_have_widths_without_any_style(people: People) -> None:
    rang(0.05, 0.05, 0.7)
    page = look(people.engineer, "/timers/", "zh-hans").content.decode()
    assert 'width="100.0"' in page
    assert 'width="50.0"' in page
    assert "style=" not in page


def test_where_nothing_rang_the_page_says_so(people: People) -> None:
    assert words(people.engineer, "/timers/").count("Nothing rang") == 2


def test_the_small_page_tells_nothing_of_cases_hosts_or_processes(
    people: People, customer: Customer
) -> None:
    case = late_case(people, customer)
    drained()
    aside(case.deadlines.all()[0])
    seen = words(people.engineer, "/timers/")
    assert case.reference not in seen
    assert "broken" not in seen
    assert clock.host() not in seen


# ── for administrators ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["engineer", "supervisor", "manager", "analyst", "auditor"])
def test_only_who_may_enter_the_administration_sees_all_of_it(name: str, people: People) -> None:
    answer = look(getattr(people, name), "/admin/timers/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_the_administration_leads_there(people: People) -> None:
    assert 'href="/admin/timers/"' in look(people.administrator, "/admin/").content.decode()
    assert 'href="/admin/timers/"' in look(people.administrator, "/timers/").content.decode()
    assert 'href="/admin/timers/"' not in look(people.engineer, "/timers/").content.decode()


def test_a_system_on_time_shows_no_trouble(people: People) -> None:
    Calendar.objects.update(country="")
    drained()
    seen = words(people.administrator, "/admin/timers/")
    for said in (
        "Timers on time", "0 alarms are due and have not rung.", "Nothing is set aside",
        "Every year that a clock needs is published", "Nothing is being computed anew",
    ):  # fmt: skip
        assert said in seen
    assert "Given up lately" not in seen
    assert "Alarms that wait" not in seen


def test_each_process_shows_its_look_and_its_hosts_clock(people: People) -> None:
    drained()
    at = Heartbeat.objects.get().beaten_at
    for number, (skew, ago) in enumerate(
        [(1.9 * SECOND, 0 * MIN), (-2.1 * SECOND, 0 * MIN), (0 * SECOND, 3 * HOUR)], 1
    ):
        Heartbeat.objects.create(
            name=f"sweep host-{number} {number}7", host=f"host-{number}", beaten_at=at - ago,
            skew=skew,
        )  # fmt: skip
    seen = words(people.administrator, "/admin/timers/")
    assert re.search(r"host-1 17 \S+ s ago, saw a lag of 0\.0 s clock \+1\.9 s", seen)
    assert re.search(r"host-2 27 \S+ s ago, saw a lag of 0\.0 s clock wrong by −2\.1 s", seen)
    assert "host-3 37 silent for 3 h" in seen
    assert "Timers on time" in seen


def test_alarms_that_wait_lead_to_their_explanation(people: People, customer: Customer) -> None:
    case = late_case(people, customer)
    page = look(people.administrator, "/admin/timers/").content.decode()
    deadline = case.deadlines.get(alarm_at__lt=clock.now())
    assert f'href="/cases/{case.reference}/deadlines/{deadline.pk}/explain/"' in page
    seen = words(people.administrator, "/admin/timers/")
    assert "1 alarm is due and has not rung." in seen
    assert "1 promise is overdue and open. The oldest has been for 5 min." in seen


def test_what_was_set_aside_shows_its_reason_and_its_next_try(
    people: People, customer: Customer
) -> None:
    case = late_case(people, customer)
    drained()
    aside(case.deadlines.get(breached_at__isnull=False), "ValueError: <b>&amp;\nand more of it")
    aside(case.escalations.get())
    page = look(people.administrator, "/admin/timers/").content.decode()
    assert page.count("Try again now</button>") == 2
    assert "ValueError: &lt;b&gt;&amp;amp;</span>" in page
    seen = words(people.administrator, "/admin/timers/")
    assert seen.count("Failed 3 times since") == 2
    assert len(re.findall(r"Next try to(?:day|morrow) \d\d:\d\d", seen)) == 2
    assert "Escalation, level 1" in seen


def test_a_row_of_a_case_that_one_may_not_see_is_only_counted(
    people: People, customer: Customer
) -> None:
    case = late_case(people, customer)
    drained()
    aside(case.escalations.get())
    Case.objects.update(sensitivity="restricted")
    User.objects.filter(pk=people.stranger.pk).update(is_staff=True)
    people.stranger.refresh_from_db()
    seen = words(people.stranger, "/admin/timers/")
    assert case.reference not in seen
    assert "1 more is not listed here." in seen
    assert case.reference in words(people.administrator, "/admin/timers/")


@pytest.mark.parametrize("table", ["deadline", "escalation"])
def test_the_button_lets_it_ring_at_the_next_sweep(
    table: str, people: People, customer: Customer
) -> None:
    case = late_case(people, customer)
    drained()
    row: Deadline | Escalation = (
        case.escalations.get() if table == "escalation"
        else case.deadlines.get(breached_at__isnull=False)
    )  # fmt: skip
    aside(row)
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.administrator)
    answer = browser.post(f"/admin/timers/{table}/{row.pk}/again/", follow=True)
    assert answer.redirect_chain == [("/admin/timers/", 302)]
    assert "tried again within a second or two" in answer.content.decode()
    row.refresh_from_db()
    assert row.alarm_at is not None
    assert row.alarm_at < clock.now()


def test_the_button_changes_nothing_where_there_is_nothing_to_try(
    people: People, customer: Customer
) -> None:
    deadline = late_case(people, customer).deadlines.all()[0]
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.administrator)
    answer = browser.post(f"/admin/timers/deadline/{deadline.pk}/again/", follow=True)
    assert "not set aside any more" in answer.content.decode()
    again = Deadline.objects.get(pk=deadline.pk)
    assert again.alarm_at == deadline.alarm_at
    for address in ("deadline/999999", "case/1", "deadline/0"):
        assert browser.post(f"/admin/timers/{address}/again/").status_code == 404
    assert browser.get(f"/admin/timers/deadline/{deadline.pk}/again/").status_code == 405


def test_the_button_is_for_who_looks_after_the_clock_alone(
    people: People, customer: Customer
) -> None:
    case = late_case(people, customer)
    drained()
    row = case.escalations.get()
    aside(row)
    before = Escalation.objects.get().alarm_at
    User.objects.filter(pk=people.supervisor.pk).update(is_staff=True)
    people.supervisor.refresh_from_db()
    assert "Try again now" not in words(people.supervisor, "/admin/timers/")
    browser = Browser()
    for person, status in [(people.supervisor, 403), (people.engineer, 302)]:
        browser.force_login(person)
        assert browser.post(f"/admin/timers/escalation/{row.pk}/again/").status_code == status
    assert Escalation.objects.get().alarm_at == before


def test_messages_show_how_many_wait_and_which_were_given_up(
    people: People, customer: Customer
) -> None:
    case = late_case(people, customer)
    Notice.objects.all().delete()
    now = clock.now()
    shared: dict[str, Any] = {
        "user": people.engineer, "channel": "email", "kind": "warned", "case": case,
        "occurred_at": now,
    }  # fmt: skip
    Notice.objects.create(**shared, created_at=now - 3 * HOUR, send_at=now)
    Notice.objects.create(
        **shared, created_at=now, failed_at=now, failure="550 5.1.1 <nobody> of this name"
    )
    seen = words(people.administrator, "/admin/timers/")
    assert "E-mail to our people 1 3 h 1" in seen
    assert "E-mail to customers 0 – 0" in seen
    assert "550 5.1.1 &lt;nobody&gt; of this name" in seen


def test_a_calendar_that_lacks_a_year_is_named_with_the_clocks_that_need_it(
    people: People, customer: Customer
) -> None:
    case, year = late_case(people, customer), clock.now().year
    calendar = Calendar.objects.get(is_default=True)
    Calendar.objects.update(country="CN")
    calendar.years.all().delete()
    assert "The holidays of this year are not published." in words(
        people.administrator, "/admin/timers/"
    )
    for one in (year - 1, year, year + 1):
        CalendarYear.objects.create(calendar=calendar, year=one, published_at=clock.now())
    seen = words(people.administrator, "/admin/timers/")
    assert "Every year that a clock needs is published" in seen
    case.deadlines.update(is_provisional=True, calendar=calendar.editions.latest("version"))
    seen = words(people.administrator, "/admin/timers/")
    assert f"{case.deadlines.count()} provisional deadlines." in seen
    assert f"Published: {year - 1}, {year}, {year + 1}" in seen


def test_a_recomputation_shows_how_far_it_has_come(people: People, customer: Customer) -> None:
    Recomputation.objects.create(
        policy=Policy.objects.get(in_force=True), asked_at=clock.now(), cursor=30, last=120,
        moved=7, overdue=2,
    )  # fmt: skip
    seen = words(people.administrator, "/admin/timers/")
    assert "25 % done: 7 moved, 2 became overdue" in seen
    Recomputation.objects.all().delete()
    Customer.objects.update(tier_changed_at=clock.now())
    seen = words(people.administrator, "/admin/timers/")
    assert "The clocks of 1 customer follow a change of tier." in seen


def test_the_page_costs_the_same_whatever_there_is_to_show(
    people: People, customer: Customer, django_assert_max_num_queries: Any
) -> None:
    for _number in range(4):
        case = late_case(people, customer)
        drained()
        aside(case.escalations.get())
        aside(case.deadlines.get(breached_at__isnull=False))
    Notice.objects.filter(channel="email").update(send_at=None, failed_at=clock.now())
    browser = Browser()
    browser.force_login(people.administrator)
    with django_assert_max_num_queries(38):
        assert browser.get("/admin/timers/").status_code == 200
    browser.force_login(people.engineer)
    with django_assert_max_num_queries(12):
        assert browser.get("/timers/").status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_both_pages_speak_chinese(language: str, people: People, customer: Customer) -> None:
    Calendar.objects.update(country="")
    case = late_case(people, customer)
    drained()
    aside(case.escalations.get())
    for address in ("/timers/", "/admin/timers/"):
        seen = words(people.administrator, address, language)
        said = seen.replace(case.reference, "").replace("ValueError: this row is broken", "")
        said = said.replace(clock.host(), "")
        assert re.findall(r"[A-Za-z]{4,}", said) == []
