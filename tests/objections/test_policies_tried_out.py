"""The simulator and the example deadlines say what the clocks would do, and write nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.utils import translation

from accounts.models import Absence, Team
from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import terms
from objections.models import Allowance, Policy, Rung
from objections.policies import lengths, saying
from objections.policies.durations import DurationField
from objections.policies.simulating import Question, simulate
from objections.policies.versions import draft_from
from objections.vocabulary import Promise
from tests.conftest import People
from tests.objections.record import clock, snapshot
from tests.stories import DAY, HOUR, MIN, open_at
from timekeeping.models import Calendar, Edition

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/objections/policy/simulate/"
OFFICE_HOURS = [["09:00", "12:00"], ["13:00", "18:00"]]


@pytest.fixture
def office(people: People) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.administrator)
    return browser


@pytest.fixture
def site(people: People, t0: datetime) -> Calendar:
    """Office hours in Shanghai, with the National Day's first three days off in 2026."""
    calendar = Calendar.objects.create(name="Suzhou", time_zone="Asia/Shanghai")
    holidays: dict[str, list[list[str]]] = {f"2026-10-0{day}": [] for day in (1, 2, 3)}
    Edition.objects.create(
        calendar=calendar, version=1, recorded_at=t0,
        content={"zone": "Asia/Shanghai", "weekly": [OFFICE_HOURS] * 5 + [[], []],
                 "days": holidays, "names": dict.fromkeys(holidays, "National Day"),
                 "years": [2026]},
    )  # fmt: skip
    people.team.calendar = calendar
    people.team.save()
    return calendar


@pytest.fixture
def draft(people: People) -> Policy:
    return draft_from(Policy.objects.get(in_force=True), by=people.administrator)[0]


def allowance(policy: Policy, promise: Promise) -> Allowance:
    return policy.allowances.get(promise=promise, kind="", urgency="")


def asked(people: People, start: datetime, *promises: Promise, **more: Any) -> Question:
    given: dict[str, Any] = {
        "kind": "complaint", "urgency": "normal", "tier": "standard", "team": people.team,
        "product": None, "start": start, "promises": promises,
    }  # fmt: skip
    return Question(**(given | more))


FROM_THE_START = [Promise.ACKNOWLEDGEMENT, Promise.RESPONSE, Promise.PROGRESS_UPDATE]


# ── the simulator reckons as the clocks do ─────────────────────────────────────────────


def test_the_simulator_says_what_a_case_then_does(
    people: People, customer: Customer, site: Calendar, t0: datetime
) -> None:
    policy = Policy.objects.get(in_force=True)
    row = allowance(policy, Promise.RESPONSE)
    row.unit, row.length = "working", 16 * HOUR
    row.save()
    before = snapshot()
    foreseen = simulate(policy, asked(people, t0, *FROM_THE_START))
    assert snapshot() == before
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer, team=people.team)
    for seen in foreseen[:2]:
        deadline = clock(case, seen.promise)
        assert deadline.due_at == seen.due.at
        moments = [deadline.moment_of(number) for number in range(len(deadline.ladder))]
        assert [rung.at for rung in seen.rungs] == moments


def test_item_2_the_three_units_differ_over_a_weekend(people: People, site: Calendar) -> None:
    policy = Policy.objects.get(in_force=True)
    friday = datetime(2026, 3, 6, 17, 50, tzinfo=ZoneInfo("Asia/Shanghai"))
    row = allowance(policy, Promise.RESPONSE)
    row.rungs.all().delete()
    found = {}
    for unit, length, days in [
        ("elapsed", DAY, None), ("elapsed", 3 * DAY, None), ("working", 24 * HOUR, None),
        ("days", None, 1), ("days", None, 3),
    ]:  # fmt: skip
        row.unit, row.length, row.days = unit, length, days
        row.save()
        [seen] = simulate(policy, asked(people, friday, Promise.RESPONSE))
        local = seen.due.at.astimezone(friday.tzinfo)
        found[unit, length or days] = f"{local:%a %d %H:%M}"
    assert found == {
        ("elapsed", DAY): "Sat 07 17:50",
        ("elapsed", 3 * DAY): "Mon 09 17:50",
        ("working", 24 * HOUR): "Wed 11 17:50",
        ("days", 1): "Mon 09 18:00",
        ("days", 3): "Wed 11 18:00",
    }


def test_a_draft_is_tried_out_before_it_is_published(people: People, draft: Policy) -> None:
    allowance(draft, Promise.ACKNOWLEDGEMENT).rungs.all().delete()
    draft.allowances.filter(promise="acknowledgement").update(length=5 * MIN)
    start = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    [seen] = simulate(draft, asked(people, start, Promise.ACKNOWLEDGEMENT))
    assert seen.due.at == start + 5 * MIN


def test_each_rung_says_who_would_be_told_then(people: People, t0: datetime) -> None:
    policy = Policy.objects.get(in_force=True)
    people.supervisor.stand_in = people.colleague
    people.supervisor.save()
    Absence.objects.create(
        user=people.supervisor, begins_at=t0 + 10 * MIN, stand_in=people.colleague
    )
    Rung.objects.filter(allowance=allowance(policy, Promise.ACKNOWLEDGEMENT), level=3).update(
        person=people.stranger
    )
    [seen] = simulate(policy, asked(people, t0, Promise.ACKNOWLEDGEMENT))
    assert [(rung.what, rung.people) for rung in saying.rungs(seen)] == [
        ("Warning", "Engineer, Colleague"),
        ("Warning", "Engineer, Colleague"),
        ("Breach, level 1", "Colleague for Supervisor, Engineer"),
        ("Level 2", "Manager"),
        ("Level 3", "Duty Officer, Stranger"),
    ]
    Team.objects.update(supervisor=None, manager=None, duty_officer=None)
    [seen] = simulate(
        policy,
        asked(people, t0, Promise.ACKNOWLEDGEMENT, team=Team.objects.get(pk=people.team.pk)),
    )
    assert saying.rungs(seen)[3].people == "nobody: it stands on the board"


def test_a_key_account_is_escalated_one_rung_earlier(people: People, t0: datetime) -> None:
    policy = Policy.objects.get(in_force=True)
    [seen] = simulate(policy, asked(people, t0, Promise.ACKNOWLEDGEMENT, tier="key_account"))
    assert [rung.level for rung in seen.rungs] == [0, 1, 1, 2, 3]


def test_pauses_are_added_where_the_policy_allows_them(people: People, t0: datetime) -> None:
    policy = Policy.objects.get(in_force=True)
    paused = [
        (t0 + HOUR, t0 + 3 * HOUR), (t0 + 4 * HOUR, t0 + 40 * HOUR), (t0 + 9 * DAY, t0 + 10 * DAY)
    ]  # fmt: skip
    acknowledgement, response = simulate(
        policy, asked(people, t0, Promise.ACKNOWLEDGEMENT, Promise.RESPONSE, paused=paused)
    )
    assert acknowledgement.due.at == t0 + 15 * MIN
    assert response.due.at == t0 + DAY + 2 * HOUR + 8 * HOUR, "a pause lasts 8 h at most"
    assert len(response.paused) == 2, "a broken promise is not paused"


# ── its page ───────────────────────────────────────────────────────────────────────────


def query(people: People, chosen: Policy, **more: Any) -> dict[str, Any]:
    return {
        "policy": chosen.pk, "kind": "complaint", "urgency": "normal", "tier": "standard",
        "team": people.team.pk, "product": "", "start": "2026-09-30T17:50",
        "promises": ["response"],
    } | more  # fmt: skip


def test_item_2_the_page_says_opened_before_the_holiday_due_after_it(
    office: Browser, people: People, draft: Policy, site: Calendar
) -> None:
    row = allowance(draft, Promise.RESPONSE)
    row.rungs.all().delete()
    row.unit, row.length = "working", 4 * HOUR
    row.save()
    before = snapshot()
    page = office.get(ADDRESS, query(people, draft))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Allowance: 4 h of working time." in text
    assert "It starts Wed 30 Sep 2026, 17:50 and is due Mon 5 Oct 2026, 13:50." in text
    assert "Days off on the way: Thu 1 Oct 2026 National Day, Fri 2 Oct 2026" in text
    assert "Moments are in the time zone Asia/Shanghai." in text
    assert snapshot() == before


def test_the_start_is_typed_in_the_zone_of_the_team(
    office: Browser, people: People, draft: Policy, site: Calendar
) -> None:
    site.time_zone = "America/New_York"
    site.save()
    [seen] = office.get(ADDRESS, query(people, draft)).context["seen"]
    assert seen["sentences"][1] == (
        "It starts Wed 30 Sep 2026, 17:50 and is due Thu 1 Oct 2026, 17:50."
    )
    refused = office.get(ADDRESS, query(people, draft, start="2026-03-08T02:30"))
    assert "start" in refused.context["form"].errors, "that hour does not exist there"


def test_the_simulator_is_linked_from_the_policy_and_opens_with_it(
    office: Browser, draft: Policy
) -> None:
    link = f"{ADDRESS}?policy={draft.pk}"
    assert link in office.get(f"/admin/objections/policy/{draft.pk}/change/").content.decode()
    assert ADDRESS in office.get("/admin/objections/policy/").content.decode()
    page = office.get(link).content.decode()
    assert f'<option value="{draft.pk}" selected>' in page
    assert "T17:50" in page


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"policy": "999999"}, "policy"),
        ({"policy": "x"}, "policy"),
        ({"kind": "riddle"}, "kind"),
        ({"team": "999999"}, "team"),
        ({"team": "99999999999999999999"}, "team"),
        ({"team": "²"}, "team"),
        ({"start": "soon"}, "start"),
        ({"start": ""}, "start"),
        ({"start": "0001-01-01T00:00"}, "start"),
        ({"start": "9999-12-31T23:59"}, "start"),
        ({"promises": []}, "promises"),
        ({"promises": ["riddle"]}, "promises"),
        ({"promises": ["commitment"]}, "own_due"),
        ({"promises": ["commitment"], "own_due": "2026-09-30T17:50"}, "own_due"),
        ({"pause_1_from": "2026-09-30T18:00"}, "pause_1_for"),
        ({"pause_1_for": "2 h"}, "pause_1_from"),
        ({"pause_1_from": "2026-09-30T17:00", "pause_1_for": "2 h"}, "pause_1_from"),
        ({"pause_2_from": "2026-09-30T18:00", "pause_2_for": "-2 h"}, "pause_2_for"),
        ({"pause_2_from": "2026-09-30T18:00", "pause_2_for": "2"}, "pause_2_for"),
        ({"pause_2_from": "2026-09-30T18:00", "pause_2_for": "99999 d"}, "pause_2_for"),
    ],
    ids=str,
)
def test_bad_input_is_named_and_what_was_typed_is_kept(
    office: Browser, people: People, draft: Policy, more: dict[str, Any], field: str
) -> None:
    page = office.get(ADDRESS, query(people, draft, **more))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert page.context["seen"] == []
    kept = more.get("start", "2026-09-30T17:50")
    assert f'value="{kept}"' in page.content.decode() or not kept


def test_a_policy_that_says_nothing_of_a_promise_says_so(office: Browser, people: People) -> None:
    empty = Policy.objects.create(name="Empty")
    page = office.get(ADDRESS, query(people, empty))
    assert "This policy says nothing about: Response" in page.content.decode()


# ── example deadlines ──────────────────────────────────────────────────────────────────


def test_item_2_each_allowance_says_an_example_deadline(
    office: Browser, people: People, draft: Policy, site: Calendar, t0: datetime
) -> None:
    row = allowance(draft, Promise.RESPONSE)
    row.rungs.all().delete()
    row.team = people.team
    told = []
    for unit, length, days in [("elapsed", DAY, None), ("working", DAY, None), ("days", None, 1)]:
        row.unit, row.length, row.days = unit, length, days
        row.save()
        told.append(saying.example(terms.lines_of(draft), row, t0))
    opened = "opened Fri 6 Mar 2026, 17:50, due"
    assert told == [
        f"24 h around the clock: {opened} Sat 7 Mar 2026, 17:50",
        f"24 h of working time: {opened} Wed 11 Mar 2026, 17:50",
        f"1 working day, to its end: {opened} Mon 9 Mar 2026, 18:00",
    ]
    for page in (f"policy/{draft.pk}", f"allowance/{row.pk}"):
        text = office.get(f"/admin/objections/{page}/change/").content.decode()
        assert "1 working day, to its end: opened Fri" in text


def test_the_example_is_the_next_friday_evening() -> None:
    zone = "Asia/Shanghai"
    friday = datetime(2026, 3, 6, 9, 50, tzinfo=UTC)
    assert saying.next_friday(friday - MIN, zone) == friday
    assert saying.next_friday(friday, zone) == friday + 7 * DAY
    assert saying.next_friday(friday + DAY, zone) == friday + 7 * DAY


# ── lengths of time in words ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("15 min", 15 * MIN),
        ("15min", 15 * MIN),
        ("24 h", DAY),
        ("3 d", 3 * DAY),
        ("1 h 30 min", 90 * MIN),
        ("1.5 hours", 90 * MIN),
        ("-5 min", -5 * MIN),
        ("−6 h", -6 * HOUR),
        ("-00:05:00", -5 * MIN),
        ("00:15:00", 15 * MIN),
        ("1 00:00:00", DAY),
        ("-1 23:55:00", -5 * MIN),
        ("PT15M", 15 * MIN),
        ("-PT6H", -6 * HOUR),
        ("15 分钟", 15 * MIN),
        ("１５分钟", 15 * MIN),
        ("24 小时", DAY),
        ("24 小時", DAY),
        ("3天", 3 * DAY),
        ("1 小时 30 分钟", 90 * MIN),
        ("0 min", timedelta(0)),
    ],
)
def test_a_length_is_typed_in_words_in_either_language(typed: str, length: timedelta) -> None:
    assert DurationField().clean(typed) == length


@pytest.mark.parametrize(
    "length",
    [15 * MIN, DAY, 3 * DAY, -5 * MIN, -6 * HOUR, 25 * HOUR, 90 * MIN, timedelta(seconds=1.5),
     timedelta(0), 366 * DAY],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_a_length_that_is_shown_can_be_typed_again(length: timedelta, language: str) -> None:
    with translation.override(language):
        field = DurationField()
        shown = field.prepare_value(length)
        assert field.clean(shown) == length
        assert not field.has_changed(length, shown)
        assert field.has_changed(length, lengths.words(length + MIN))


def test_lengths_are_shown_as_they_are_promised() -> None:
    with translation.override("en"):
        said = [lengths.words(one) for one in (15 * MIN, DAY, 3 * DAY, -5 * MIN, 25 * HOUR)]
    assert said == ["15 min", "24 h", "3 d", "-5 min", "25 h"]
    assert lengths.words(3 * DAY, days=False).startswith("72 ")
