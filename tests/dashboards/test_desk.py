"""My desk: what needs me, the next due first, and nothing that is not mine to see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Tier
from dashboards.selectors import desk, rows
from dashboards.selectors.desk import Desk, Tab
from dashboards.selectors.filters import CaseFilter
from objections import steps
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case, CaseAccess
from objections.services.cases import open_case
from objections.services.stepping import take_step
from objections.vocabulary import (
    ActorKind,
    Channel,
    ClockMode,
    Emotion,
    PauseReason,
    Sensitivity,
    Stage,
    Urgency,
)
from tests.conftest import People
from tests.dashboards.conftest import LookAs
from tests.stories import DAY, HOUR, MIN, open_at, opening, walk_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(people: People) -> Actor:
    return Actor.person(people.engineer)


@pytest.fixture
def opened(engineer: Actor, people: People, customer: Customer) -> Callable[..., Case]:
    """Return what opens a case of the engineer's at a stated time."""

    def make(t: datetime, **more: object) -> Case:
        given = {"handler": people.engineer, "team": people.team} | more
        return open_at(t, by=engineer, customer=customer, **given)

    return make


def see(people: People, now: datetime, tab: Tab = Tab.MINE, page: int = 1, **narrow: str) -> Desk:
    narrowed = CaseFilter(dict(narrow))
    return desk.show(people.engineer, tab, narrowed, page, now=now)


def listed(page: Desk) -> list[str]:
    return [row.case.reference for row in page.part]


def test_the_case_whose_clock_ends_first_stands_first(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    later = opened(t0 + 5 * MIN)
    first = opened(t0)
    page = see(people, t0 + 6 * MIN)
    assert listed(page) == [first.reference, later.reference]


def test_a_late_case_stands_above_and_the_next_that_can_be_kept_leads(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    late, soon = opened(t0), opened(t0 + 10 * MIN)
    page = see(people, t0 + 16 * MIN)
    assert [group.key for group in page.groups] == ["overdue", "hour"]
    assert page.groups[0].rows[0].case == late
    assert page.lead is not None
    assert page.lead.case == soon
    assert page.overdue == 1


def test_overdue_is_said_by_the_clock_although_nothing_has_swept(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    case = opened(t0)
    assert case.deadlines.filter(breached_at__isnull=False).count() == 0
    assert see(people, t0 + 15 * MIN).overdue == 0
    assert see(people, t0 + 15 * MIN + timedelta(microseconds=1)).overdue == 1


def test_a_case_stands_under_its_earliest_clock_that_is_not_paused(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=engineer, customer=customer, handler=people.engineer)
    pause = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Asked for photographs")
    take_step(case, pause, by=engineer, now=t0 + 10 * MIN)
    [row] = see(people, t0 + 11 * MIN).part
    assert row.clock is not None
    assert row.clock.promise.startswith("Progress update")


def test_a_case_whose_clocks_all_stand_still_comes_last(
    people: People, opened: Callable[..., Case], engineer: Actor, t0: datetime
) -> None:
    still = opened(t0)
    pause = steps.Pause(reason=PauseReason.SHUTDOWN, evidence="The line stands until Monday")
    take_step(still, pause, by=engineer, now=t0 + MIN)
    still.deadlines.filter(promise="acknowledgement").delete()
    running = opened(t0 + 20 * MIN)
    page = see(people, t0 + 21 * MIN)
    assert listed(page) == [running.reference, still.reference]
    assert page.groups[-1].key == "still"


def test_today_ends_at_midnight_of_the_reader(
    people: People, opened: Callable[..., Case], engineer: Actor, t0: datetime
) -> None:
    case = opened(t0)
    commitment = steps.Commit(what="Tell the tracking number", due_at=t0 + 8 * HOUR)
    take_step(case, commitment, by=engineer, now=t0)
    case.deadlines.exclude(promise="commitment").delete()
    # 09:00 UTC is 17:00 in Shanghai: eight hours later it is tomorrow there.
    assert see(people, t0 + MIN).groups[0].key == "later"


def test_tabs_count_what_stands_on_them(
    people: People, opened: Callable[..., Case], engineer: Actor, customer: Customer, t0: datetime
) -> None:
    opened(t0)
    opened(t0, handler=people.colleague)
    queued = opened(t0)
    take_step(queued, steps.Assign(team=people.team), by=engineer, now=t0)
    walk_to(Stage.FOLLOW_UP, t0, by=engineer, customer=customer, handler=people.engineer)
    asked = opened(t0, handler=people.colleague)
    ask = steps.HandOver(question="Which batch?", department="Research")
    take_step(asked, ask, by=Actor.person(people.colleague), now=t0 + MIN)
    counts = see(people, t0 + 2 * MIN).counts
    assert counts == {"mine": 2, "team": 5, "unassigned": 1, "waiting": 1, "follow-up": 1}
    for tab in Tab:
        if tab is not Tab.ALL:
            assert len(see(people, t0 + 2 * MIN, tab).part) == counts[tab.value]


def test_what_was_brought_in_for_the_record_waits_for_nobody_until_somebody_takes_it(
    people: People, customer: Customer, t0: datetime
) -> None:
    system = Actor(ActorKind.SYSTEM)
    case = open_at(t0, by=system, customer=customer, clock_mode=ClockMode.HISTORICAL)
    empty = dict.fromkeys(["mine", "team", "unassigned", "waiting", "follow-up"], 0)
    assert desk.nearby(people.engineer).counts == empty
    take_step(case, steps.Assign(handler=people.engineer), by=Actor.person(people.supervisor),
              now=t0 + HOUR)  # fmt: skip
    assert desk.nearby(people.engineer).counts == empty | {"mine": 1, "team": 1}


def test_a_question_for_me_puts_a_colleagues_case_on_my_desk(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    case = opened(t0, handler=people.colleague)
    ask = steps.HandOver(question="Which batch is it?", to_user=people.engineer)
    take_step(case, ask, by=Actor.person(people.colleague), now=t0 + MIN)
    assert listed(see(people, t0 + 2 * MIN)) == [case.reference]


def test_a_closed_case_leaves_the_desk(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    walk_to(Stage.CLOSED, t0, by=engineer, customer=customer, handler=people.engineer)
    assert listed(see(people, t0 + DAY, Tab.ALL)) == []


def test_the_emotion_of_each_contact_is_told_in_order(
    people: People, engineer: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=engineer, customer=customer, emotion=5, handler=people.engineer)
    for at, level in ((MIN, Emotion.ANGRY), (2 * MIN, Emotion.ANNOYED)):
        update = steps.ReceiveMessage(channel=Channel.PHONE, message="Well?", emotion=level)
        take_step(case, update, by=engineer, now=t0 + at)
    [row] = see(people, t0 + 3 * MIN).part
    assert row.emotions == (5, 4, 2)


# Narrowing and searching


def test_filters_narrow_and_an_unknown_value_is_an_error_not_a_filter(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    urgent = opened(t0, urgency=Urgency.URGENT)
    opened(t0)
    assert listed(see(people, t0 + MIN, urgency="urgent")) == [urgent.reference]
    assert len(see(people, t0 + MIN, urgency="soonish").part) == 2


def test_the_tier_and_the_team_narrow_too(
    people: People, opened: Callable[..., Case], key_account: Customer, t0: datetime
) -> None:
    opened(t0)
    key = open_at(t0, by=Actor.person(people.supervisor), customer=key_account)
    page = see(people, t0 + MIN, Tab.ALL, tier=Tier.KEY_ACCOUNT, team="key")
    assert listed(page) == [key.reference]


@pytest.mark.parametrize(
    "words",
    ["hengyuan", "密封", "{reference}", "{number}", "{year}-{number}", "Line 2 stands"],
)
def test_search_finds_by_customer_words_and_any_part_of_the_reference(
    people: People, opened: Callable[..., Case], customer: Customer, t0: datetime, words: str
) -> None:
    case = opened(t0, title="密封再次泄漏")
    other = Customer.objects.create(name="Elsewhere")
    asked = opening(other, statement="Nothing of the kind.", team=people.team)
    open_case(asked, by=Actor.person(people.engineer), now=t0)
    _prefix, year, number = case.reference.split("-")
    q = words.format(reference=case.reference, number=str(int(number)), year=year)
    assert listed(see(people, t0 + MIN, Tab.ALL, q=q)) == [case.reference]


def test_two_hundred_cases_stand_on_their_pages_once_each(
    people: People, opened: Callable[..., Case], t0: datetime
) -> None:
    for number in range(rows.PAGE * 2 + 20):
        opened(t0 + timedelta(seconds=number))
    pages = [listed(see(people, t0 + 5 * MIN, page=number)) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [rows.PAGE, rows.PAGE, 20]
    assert len({reference for page in pages for reference in page}) == rows.PAGE * 2 + 20
    assert listed(see(people, t0 + 5 * MIN, page=4)) == []
    assert see(people, t0 + 5 * MIN).groups[0].size == rows.PAGE * 2 + 20


# What does not exist for me


def test_a_restricted_case_does_not_exist_for_those_who_have_no_part_in_it(
    people: People, customer: Customer, look_as: LookAs, present: datetime
) -> None:
    case = open_at(
        present - 2 * MIN, by=Actor.person(people.supervisor), customer=customer,
        handler=people.supervisor, sensitivity=Sensitivity.RESTRICTED, title="Insulted on site",
    )  # fmt: skip
    pages = ["/desk/?tab=team", "/desk/?tab=all", "/cases/", f"/cases/?q={case.reference}",
             "/board/", f"/customers/{customer.pk}/", "/notices/"]  # fmt: skip
    for person in (people.colleague, people.stranger, people.analyst, people.manager):
        for page in pages:
            shown = look_as(person).get(page).content.decode()
            # The search says what was asked for; the case itself is not there.
            assert f"row-{case.reference}" not in shown
            assert "Insulted" not in shown
    owner = look_as(people.supervisor).get("/desk/").content.decode()
    assert f"row-{case.reference}" in owner


def test_who_reads_everything_meets_a_restricted_case_by_its_reference_alone(
    people: People, customer: Customer, look_as: LookAs, present: datetime
) -> None:
    case = open_at(
        present - 20 * MIN, by=Actor.person(people.engineer), customer=customer,
        team=people.team, handler=people.engineer, sensitivity=Sensitivity.RESTRICTED,
        title="Insulted on site",
    )  # fmt: skip
    sweeping.sweep(now=present)
    browser = look_as(people.auditor)
    for page in ("/desk/?tab=all", "/cases/", "/board/", f"/customers/{customer.pk}/"):
        shown = browser.get(page).content.decode()
        assert "Insulted" not in shown
        assert "customers" in page or (str(customer) not in shown and case.reference in shown)
    assert not CaseAccess.objects.exists()
    assert "Insulted" in browser.get(f"/cases/{case.reference}/").content.decode()
    assert CaseAccess.objects.filter(user=people.auditor).exists()


# The page


def test_the_first_button_of_the_page_is_the_verb_of_the_next_promise(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime
) -> None:
    case = opened(present - MIN)
    page = look_as(people.engineer).get("/desk/").content.decode()
    primary = re.findall(r'<a class="btn btn-primary[^>]*href="([^"]+)"', page)
    assert primary == [f"/cases/{case.reference}/"]
    assert "Call back" in page


def test_an_empty_desk_says_so_and_where_else_to_look(people: People, look_as: LookAs) -> None:
    page = look_as(people.engineer).get("/desk/").content.decode()
    assert "Nothing waits for you" in page
    assert "tab=unassigned" in page


def test_the_page_asks_again_and_is_left_alone_while_nothing_changed(
    people: People, opened: Callable[..., Case], engineer: Actor, look_as: LookAs, present: datetime
) -> None:
    case = opened(present - MIN)
    browser = look_as(people.engineer)
    while True:  # the minute is part of the print
        first = browser.get("/desk/").content.decode()
        mark = re.search(r'id="desk_live" data-part data-print="(\w+)"', first)
        assert mark is not None
        shown = {"print": f"desk_live:{mark[1]}"}
        again = browser.get("/desk/", shown, headers={"HX-Request": "true"})
        if again.status_code == 204:
            break
    take_step(case, steps.WriteNote(text="Called, engaged."), by=engineer, now=present)
    changed = browser.get("/desk/", shown, headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert changed.content.decode().lstrip().startswith('<div id="desk_live"')


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=x", "page=99999999999", "tab=nobody", "stage=closed", "q=%00",
     "team=%00", "team=nowhere", "q=" + "x" * 500, "urgency=' OR 1=1 --"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_no_error_of_ours(
    people: People, look_as: LookAs, query: str
) -> None:
    for page in ("/desk/", "/cases/"):
        assert look_as(people.engineer).get(f"{page}?{query}").status_code == 200


def test_a_stranger_is_asked_to_sign_in(db: None) -> None:
    for page in ("/desk/", "/cases/", "/board/", "/notices/", "/customers/", "/mailbox/"):
        answer = Browser().get(page)
        assert answer.status_code == 302
        assert "sign-in" in answer["Location"]


def test_the_number_of_queries_does_not_grow_with_the_rows(
    people: People,
    opened: Callable[..., Case],
    look_as: LookAs,
    present: datetime,
    django_assert_max_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    browser = look_as(people.engineer)
    opened(present - MIN, emotion=3)
    counts = []
    for many in (1, rows.PAGE):
        for _number in range(many - 1):
            opened(present - MIN, emotion=3)
        with django_assert_max_num_queries(30) as asked:
            browser.get("/desk/?tab=team")
        with django_assert_max_num_queries(22):
            browser.get("/cases/")
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1]


def test_a_full_page_stays_small(
    people: People, opened: Callable[..., Case], look_as: LookAs, present: datetime
) -> None:
    for _number in range(rows.PAGE + 5):
        opened(present - MIN, emotion=3, title="The pump stopped again after a week " * 2)
    assert len(look_as(people.engineer).get("/desk/?tab=team").content) < 150_000


# Giving to somebody


def test_several_cases_are_given_at_once_and_each_is_asked_for_itself(
    people: People, opened: Callable[..., Case], customer: Customer, look_as: LookAs,
    present: datetime,
) -> None:  # fmt: skip
    mine = opened(present - MIN)
    foreign = open_at(
        present - MIN, by=Actor.person(people.stranger), customer=customer,
        team=people.stranger.teams.get(), handler=people.stranger,
    )  # fmt: skip
    picked = [mine.reference, foreign.reference, "CT-1999-000001"]
    answer = look_as(people.engineer).post(
        "/desk/assign/", {"pick": picked, "to": people.colleague.pk}, follow=True
    )
    said = answer.content.decode()
    mine.refresh_from_db()
    foreign.refresh_from_db()
    assert mine.handler == people.colleague
    assert foreign.handler == people.stranger
    assert "1 case now belongs to Colleague" in said
    assert f"{foreign.reference}: You may not do this on this case." in said
    assert "CT-1999-000001: There is no such case." in said


def test_a_restricted_case_that_one_may_not_see_is_unknown_when_assigned_too(
    people: People, customer: Customer, look_as: LookAs, present: datetime
) -> None:
    case = open_at(
        present - MIN, by=Actor.person(people.supervisor), customer=customer, team=people.team,
        handler=people.supervisor, sensitivity=Sensitivity.RESTRICTED,
    )  # fmt: skip
    answer = look_as(people.engineer).post(
        "/desk/assign/", {"pick": [case.reference], "to": people.colleague.pk}, follow=True
    )
    assert f"{case.reference}: There is no such case." in answer.content.decode()
    case.refresh_from_db()
    assert case.handler == people.supervisor


@pytest.mark.parametrize(
    "data", [{}, {"pick": "CT-2026-000001"}, {"to": "1"}, {"pick": "\x00", "to": "x"}]
)
def test_giving_nothing_or_to_nobody_is_refused_in_words(
    people: People, look_as: LookAs, data: dict[str, str]
) -> None:
    answer = look_as(people.engineer).post("/desk/assign/", data, follow=True)
    assert "Pick at least one case, and say who gets it." in answer.content.decode()


def test_who_writes_nothing_is_offered_nothing_to_write(people: People, look_as: LookAs) -> None:
    for person, offered in (
        (people.auditor, False),
        (people.analyst, False),
        (people.engineer, True),
    ):
        main = look_as(person).get("/cases/").content.decode().split("<main")[1]
        assert ("/cases/new/" in main) is offered
