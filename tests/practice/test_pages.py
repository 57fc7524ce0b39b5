"""The pages of practice: choosing, rehearsing, looking back; and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Team, User
from customers.models import Customer
from knowledge.models import PlaybookCard
from objections.actors import Actor
from objections.vocabulary import Action
from practice import services, urls
from practice.models import Rehearsal
from tests.conftest import T0, People
from tests.practice.conftest import GOOD, take, walk
from tests.stories import open_at

pytestmark = pytest.mark.django_db

Begun = Callable[..., Rehearsal]
SignIn = Callable[[User], Browser]
HOUR = timedelta(hours=1)
WRITERS = {"engineer", "colleague", "supervisor", "manager", "duty_officer", "stranger"}
READERS = {"analyst", "auditor", "administrator"}
BUDGET = 420
"""Queries of a rehearsal's page after fifteen turns: each turn is taken anew by the real
services. An empty one costs at most 75."""


def at(name: str, *more: Any) -> str:
    return reverse(name, args=more)


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:2000]
    return str(answer.content.decode())


# Who may

DOORS: list[tuple[str, str, tuple[Any, ...], dict[str, str]]] = [
    ("practice", "get", (), {}),
    ("practice-start", "post", (), {"scenario": "stopped_line"}),
    ("rehearsal", "get", ("pk",), {}),
    ("rehearsal-step", "post", ("pk", "note"), {"text": "A note", "after": "0"}),
    ("rehearsal-wait", "post", ("pk",), {"length": "5m", "after": "0"}),
    ("rehearsal-end", "post", ("pk",), {}),
    ("rehearsal-share", "post", ("pk",), {"shared": "1"}),
]


def test_every_address_of_this_room_is_in_the_table() -> None:
    assert {name for name, *_rest in DOORS} == {one.name for one in urls.urlpatterns}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door[0])
def test_who_gets_through_and_for_whom_a_rehearsal_does_not_exist(
    door: tuple[str, str, tuple[Any, ...], dict[str, str]],
    begun: Begun, people: People, sign_in: SignIn,
) -> None:  # fmt: skip
    name, method, more, data = door
    for who in sorted(WRITERS | READERS):
        key = begun().pk
        url = at(name, *(key if one == "pk" else one for one in more))
        status = getattr(sign_in(getattr(people, who)), method)(url, data).status_code
        if name == "practice":
            assert status == 200
        elif name == "practice-start":
            assert status == (302 if who in WRITERS else 403)
        else:
            assert status in ({200, 302} if who == "engineer" else {404}), (who, name)
        assert getattr(Browser(), method)(url, data).status_code == 302  # signs in first


def test_a_rehearsal_is_shared_by_choice_after_its_end_with_the_team_alone(
    begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal = begun()
    url, colleague = at("rehearsal", rehearsal.pk), sign_in(people.colleague)
    sign_in(people.engineer).post(at("rehearsal-share", rehearsal.pk), {"shared": "1"})
    assert colleague.get(url).status_code == 404  # it has not ended
    services.finish(rehearsal, now=T0)
    assert "Rehearsed by Engineer" in text(colleague.get(url))
    assert f'href="{url}"' in text(colleague.get(at("practice")))
    assert sign_in(people.supervisor).get(url).status_code == 200
    assert sign_in(people.stranger).get(url).status_code == 404
    assert colleague.post(at("rehearsal-share", rehearsal.pk)).status_code == 404
    sign_in(people.engineer).post(at("rehearsal-share", rehearsal.pk), {"shared": "0"})
    assert colleague.get(url).status_code == 404


# Choosing


def test_scenarios_are_chosen_by_style_and_difficulty(people: People, sign_in: SignIn) -> None:
    browser = sign_in(people.engineer)
    everything = text(browser.get(at("practice")))
    assert everything.count('name="scenario"') == 8
    angry = text(browser.get(at("practice"), {"style": "very_angry", "difficulty": "3"}))
    assert angry.count('name="scenario"') == 1
    none = text(browser.get(at("practice"), {"style": "very_angry", "difficulty": "1"}))
    assert "No scenario of this kind" in none
    assert "No scenario of this kind" in text(browser.get(at("practice"), {"style": "<b>"}))


def test_a_scenario_that_does_not_exist_cannot_be_started(people: People, sign_in: SignIn) -> None:
    answer = sign_in(people.engineer).post(at("practice-start"), {"scenario": "none"})
    assert answer.status_code == 404


def test_it_is_in_the_menu_and_speaks_chinese(people: People, sign_in: SignIn) -> None:
    User.objects.filter(pk=people.engineer.pk).update(language="zh-hans")
    browser = sign_in(people.engineer)
    assert f'href="{at("practice")}"' in text(browser.get("/practice/"))
    answer = browser.post(at("practice-start"), {"scenario": "stopped_line"}, follow=True)
    assert "你们三周前换的机封又漏了" in text(answer)
    assert Rehearsal.objects.get().language == "zh-hans"


def test_whoever_has_no_team_rehearses_in_the_default_one(people: People, sign_in: SignIn) -> None:
    people.team.members.remove(people.engineer)
    sign_in(people.engineer).post(at("practice-start"), {"scenario": "stopped_line"})
    assert Rehearsal.objects.get().team == people.team
    Team.objects.update(is_default=False)
    answer = sign_in(people.engineer).post(
        at("practice-start"), {"scenario": "stopped_line"}, follow=True
    )
    assert "nothing here is real" in text(answer)


# Rehearsing


def test_the_page_shows_customer_clocks_and_the_real_form(
    begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal = begun()
    shown = text(sign_in(people.engineer).get(at("rehearsal", rehearsal.pk)))
    assert "Practice: nothing here is real" in shown
    assert "The seal you changed three weeks ago leaks again!" in shown
    assert 'name="summary"' in shown
    assert 'data-promise="acknowledgement"' not in shown  # no clock of it ticks by itself
    assert "data-due" not in shown.partition("<main")[2]
    assert 'value="8h"' in shown


def test_a_step_is_taken_and_the_customer_answers(
    begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal = begun()
    posted: dict[str, Any] = {**GOOD[Action.ACKNOWLEDGE], "after": "0"}
    answer = sign_in(people.engineer).post(
        at("rehearsal-step", rehearsal.pk, "acknowledge"), posted, follow=True
    )
    assert "You called. Good." in text(answer)
    assert 'name="restatement"' in text(answer)


def test_what_is_refused_keeps_what_was_typed(
    begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal = begun()
    take(rehearsal, Action.ACKNOWLEDGE)
    take(rehearsal, Action.RESTATE)
    posted: dict[str, Any] = {
        **GOOD[Action.COMMUNICATE_SOLUTION], "answer_2": "", "after": "2",
        "message": "A message of twenty minutes",
    }  # fmt: skip
    answer = sign_in(people.engineer).post(
        at("rehearsal-step", rehearsal.pk, "communicate_solution"), posted
    )
    shown = text(answer, 422)
    assert "A message of twenty minutes" in shown
    assert "Who pays for the hours" in shown
    assert rehearsal.refused_tries.count() == 1


def test_what_comes_from_an_older_page_is_shown_again_with_what_was_typed(
    begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal = begun()
    services.wait(rehearsal, HOUR, after=0)
    posted: dict[str, Any] = {**GOOD[Action.ACKNOWLEDGE], "summary": "Typed late", "after": "0"}
    browser = sign_in(people.engineer)
    shown = text(browser.post(at("rehearsal-step", rehearsal.pk, "acknowledge"), posted), 409)
    assert "Typed late" in shown
    assert "went on in another window" in shown
    assert rehearsal.turns.count() == 1


@pytest.mark.parametrize("after", ["", "-1", "x", "99", "²"])
def test_a_turn_without_its_place_is_refused(
    after: str, begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal = begun()
    answer = sign_in(people.engineer).post(
        at("rehearsal-wait", rehearsal.pk), {"length": "1h", "after": after}
    )
    assert answer.status_code == 409
    assert rehearsal.turns.count() == 0


def test_time_passes_by_the_lengths_that_are_offered_alone(
    begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal, browser = begun(), sign_in(people.engineer)
    url = at("rehearsal-wait", rehearsal.pk)
    assert browser.post(url, {"length": "9y", "after": "0"}).status_code == 404
    shown = text(browser.post(url, {"length": "1h", "after": "0"}, follow=True))
    assert "Twenty minutes! Forty people stand here!" in shown


@pytest.mark.parametrize("action", ["attach", "merge", "assign", "new_objection", "invite", "no"])
def test_what_would_leave_the_rehearsal_is_not_offered(
    action: str, begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal = begun()
    browser = sign_in(people.engineer)
    assert (
        browser.post(at("rehearsal-step", rehearsal.pk, action), {"after": "0"}).status_code == 404
    )
    shown = text(browser.get(at("rehearsal", rehearsal.pk), {"do": "more"}))
    assert f"?do={action}#work" not in shown


def test_no_form_of_a_rehearsal_leads_to_a_real_case(
    begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal, browser = begun(), sign_in(people.engineer)
    for taken in (Action.ACKNOWLEDGE, Action.RESTATE, Action.COMMUNICATE_SOLUTION):
        assert take(rehearsal, taken) is None
    for action in (Action.CHOOSE, Action.CARRY_OUT, Action.UPDATE_PROGRESS, Action.HAND_OVER):
        shown = text(browser.get(at("rehearsal", rehearsal.pk), {"do": action.value}))
        assert "CT-0000" not in shown, action


def test_a_null_byte_in_a_field_that_no_form_has_is_left_out(
    begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal = begun()
    data = {"text": "A note", "after": "0", "options-0-x": "\0", "evil": "\0"}
    answer = sign_in(people.engineer).post(at("rehearsal-step", rehearsal.pk, "note"), data)
    assert answer.status_code == 302
    assert rehearsal.turns.get().posted == {"text": ["A note"]}


# Looking back


def test_after_the_end_there_is_the_debrief_and_nothing_more_is_taken(
    begun: Begun, people: People, sign_in: SignIn
) -> None:
    rehearsal, browser = begun(), sign_in(people.engineer)
    services.wait(rehearsal, HOUR, after=0)
    take(rehearsal, Action.ACKNOWLEDGE, summary=["I am sorry if you feel that way."])
    shown = text(browser.post(at("rehearsal-end", rehearsal.pk), follow=True))
    assert "Three things to try next time" in shown
    assert "Sorry with an “if”" in shown
    assert "Supervisor" in shown
    assert "Rehearse it again" in shown
    url = at("rehearsal-step", rehearsal.pk, "note")
    late = text(browser.post(url, {"text": "Late", "after": "2"}), 409)
    assert "This rehearsal has ended." in late
    assert rehearsal.turns.count() == 2


def test_the_card_of_the_style_stands_beside_what_was_done(
    begun: Begun, people: People, sign_in: SignIn
) -> None:
    PlaybookCard.objects.update_or_create(
        style="very_angry", language="en",
        defaults={"recognise": "Loud", "do": "Lower your voice\nName the effect",
                  "avoid": "Calm down", "phrase": "I stay on this."},
    )  # fmt: skip
    rehearsal = begun()
    services.finish(rehearsal, now=T0)
    shown = text(sign_in(people.engineer).get(at("rehearsal", rehearsal.pk)))
    assert "Lower your voice" in shown
    assert "I stay on this." in shown


# Apart


def test_desk_cases_search_board_and_metrics_know_nothing_of_it(
    begun: Begun, people: People, customer: Customer, sign_in: SignIn
) -> None:
    open_at(T0, by=Actor.person(people.colleague), customer=customer)
    browser = sign_in(people.engineer)
    rehearsal = begun()
    services.wait(rehearsal, HOUR, after=0)
    walk(begun())
    for url in ("/desk/", "/cases/?q=Hengyuan", "/board/", "/notices/", "/customers/"):
        assert "CT-0000" not in text(browser.get(url))
        assert "Line 2 has stood" not in text(browser.get(url))
    shown = text(browser.get(at("rehearsal", rehearsal.pk)))
    menu = shown.partition("<main")[0]
    assert 'ms-auto">1</span>' not in menu  # its own case is not counted on the desk


def test_the_page_keeps_its_budget(
    begun: Begun, people: People, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    rehearsal, browser = begun(), sign_in(people.engineer)
    with django_assert_max_num_queries(75):
        text(browser.get(at("rehearsal", rehearsal.pk)))
    take(rehearsal, Action.ACKNOWLEDGE)
    for number in range(7):
        services.wait(rehearsal, timedelta(minutes=5), after=rehearsal.turns.count())
        take(rehearsal, Action.NOTE, text=[f"Note {number}"])
    with django_assert_max_num_queries(BUDGET):
        text(browser.get(at("rehearsal", rehearsal.pk)))
    services.finish(rehearsal, now=T0)
    with django_assert_max_num_queries(BUDGET):
        text(browser.get(at("rehearsal", rehearsal.pk)))
    with django_assert_max_num_queries(15):
        text(browser.get(at("practice")))
