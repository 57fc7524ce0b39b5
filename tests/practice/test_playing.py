"""A rehearsal is played on the real services, in a time of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from objections.vocabulary import Action, Promise, Stage
from practice import debrief, services
from practice.errors import RehearsalMoved, RehearsalOver, TooManyTurns
from practice.models import RefusedTry, Rehearsal
from practice.playing import Play, played
from practice.scenarios import scenarios
from tests.conftest import T0, People
from tests.practice.conftest import GOOD, refused, take, walk

pytestmark = pytest.mark.django_db

Begun = Callable[..., Rehearsal]
MIN, HOUR = timedelta(minutes=1), timedelta(hours=1)


def seen(rehearsal: Rehearsal) -> AbstractContextManager[Play]:
    return played(rehearsal, scenarios()[rehearsal.scenario], list(rehearsal.turns.all()))


def wait(rehearsal: Rehearsal, length: timedelta) -> None:
    services.wait(rehearsal, length, after=rehearsal.turns.count())


def back(rehearsal: Rehearsal) -> debrief.Debrief:
    with seen(rehearsal) as play:
        return debrief.of(play, list(rehearsal.refused_tries.all()), language="en")


def reactions(rehearsal: Rehearsal) -> list[str]:
    return [name for turn in rehearsal.turns.all() for name in turn.reaction]


def test_it_begins_on_a_monday_at_nine_where_the_team_works(begun: Begun) -> None:
    rehearsal = begun()
    assert rehearsal.begins_at > T0
    local = rehearsal.begins_at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert (local.weekday(), local.hour, local.minute) == (0, 9, 0)


def test_it_goes_from_the_first_call_to_the_verdict(begun: Begun) -> None:
    rehearsal = begun()
    walk(rehearsal)
    with seen(rehearsal) as play:
        assert play.case.stage == Stage.CLOSED
        assert play.heats == [5, 4, 3, 2, 1, 1]
    assert reactions(rehearsal) == ["heard", "understood", "chooses", "works", "thanks"]


def test_played_again_it_is_the_same(begun: Begun) -> None:
    rehearsal = begun()
    take(rehearsal, Action.ACKNOWLEDGE)
    wait(rehearsal, 8 * HOUR)
    both = []
    for _time in range(2):
        with seen(rehearsal) as play:
            clocks = list(play.case.deadlines.values_list("promise", "due_at", "breached_at"))
            both.append((play.sayings, clocks, play.now))
    assert both[0] == both[1]


def test_a_step_that_the_product_refuses_is_refused_and_counted(begun: Begun) -> None:
    rehearsal = begun()
    take(rehearsal, Action.ACKNOWLEDGE)
    assert take(rehearsal, Action.COMMUNICATE_SOLUTION) == "refused"  # not at this stage
    take(rehearsal, Action.RESTATE)
    assert take(rehearsal, Action.COMMUNICATE_SOLUTION, answer_2=[""]) == "refused"
    assert rehearsal.turns.count() == 2
    told = [one.sentence for one in back(rehearsal).refusals]
    assert any("Who pays" in sentence for sentence in told)


def test_a_form_that_is_not_filled_in_is_refused_and_counted(begun: Begun) -> None:
    rehearsal = begun()
    assert take(rehearsal, Action.ACKNOWLEDGE, summary=[""]) == "refused"
    assert [one.count for one in back(rehearsal).refusals] == [1]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("I am sorry if you feel that way.", "conditional_apology"),
        ("I understand how you feel, but the seal was sound.", "taken_back"),
        ("Thank you Zhou Min. We will look into it as soon as possible.", "vague"),
        ("It is your own fault, you did not read the manual.", "blamed"),
    ],
)
def test_the_customer_minds_what_the_coach_would_have_pointed_at(
    begun: Begun, words: str, rule: str
) -> None:
    rehearsal = begun(key="long_story")
    take(rehearsal, Action.ACKNOWLEDGE, summary=[words])
    assert reactions(rehearsal) == [rule]
    with seen(rehearsal) as play:
        assert play.heats == [3, 4]


def test_a_restatement_without_the_interest_is_corrected_by_the_customer(begun: Begun) -> None:
    rehearsal = begun()
    take(rehearsal, Action.ACKNOWLEDGE)
    take(rehearsal, Action.RESTATE, restatement=["You want a pump"], interest=["A pump"],
         agreed=[""])  # fmt: skip
    assert reactions(rehearsal)[-1] == "misread"
    with seen(rehearsal) as play:
        assert play.case.restatements.get().corrected_at == play.now
    assert back(rehearsal).corrections == 1


def test_one_option_is_no_choice(begun: Begun) -> None:
    rehearsal = begun()
    take(rehearsal, Action.ACKNOWLEDGE)
    take(rehearsal, Action.RESTATE)
    assert take(rehearsal, Action.COMMUNICATE_SOLUTION, **{"options-1-title": [""]}) is None
    assert reactions(rehearsal)[-1] == "no_choice"


def test_silence_breaks_the_clock_and_brings_an_angry_call(begun: Begun, people: People) -> None:
    rehearsal = begun()
    wait(rehearsal, HOUR)
    assert reactions(rehearsal) == ["nobody_called"]
    looked = back(rehearsal)
    broken = [one.clock.promise for one in looked.broken]
    assert broken == [str(Promise.ACKNOWLEDGEMENT.label)]
    called = [name for climb in looked.climbs for name in climb.people]
    assert called == [str(people.supervisor), str(people.manager)]
    with seen(rehearsal) as play:
        assert play.case.deadlines.filter(promise=Promise.CUSTOMER_MESSAGE).exists()


def test_a_clock_that_broke_is_broken_by_how_much(begun: Begun) -> None:
    rehearsal = begun()
    wait(rehearsal, HOUR)
    take(rehearsal, Action.ACKNOWLEDGE)
    late = [one.late_by for one in back(rehearsal).broken]
    assert late == [45 * MIN]


def test_engineering_answers_what_was_handed_over_after_its_time(begun: Begun) -> None:
    rehearsal = begun()
    take(rehearsal, Action.ACKNOWLEDGE)
    take(rehearsal, Action.HAND_OVER, question=["Why does it leak?"], department=["Engineering"])
    with seen(rehearsal) as play:
        assert not [one for one in play.sayings if one.who == "engineering"]
    wait(rehearsal, HOUR)
    with seen(rehearsal) as play:
        (answer,) = [one for one in play.sayings if one.who == "engineering"]
        assert "25 µm" in answer.text
        assert play.case.hand_overs.get().answered_at == rehearsal.begins_at + HOUR


def test_engineering_finds_the_cause_by_itself_in_time(begun: Begun) -> None:
    rehearsal = begun()
    wait(rehearsal, 8 * HOUR)
    with seen(rehearsal) as play:
        said = [one.at for one in play.sayings if one.who == "engineering"]
    assert said == [rehearsal.begins_at + 4 * HOUR]


def test_the_same_turn_posted_twice_is_taken_once(begun: Begun) -> None:
    rehearsal = begun()
    posted = GOOD[Action.ACKNOWLEDGE]
    for _time in range(2):
        services.take(rehearsal, Action.ACKNOWLEDGE, posted, after=0, show=refused)
    services.wait(rehearsal, HOUR, after=1)
    services.wait(rehearsal, HOUR, after=1)
    assert rehearsal.turns.count() == 2


def test_a_zero_byte_in_a_tick_is_no_more_than_the_tick(begun: Begun) -> None:
    rehearsal = begun()
    walk(rehearsal)
    rehearsal.turns.latest("number").delete()
    after, ticked = rehearsal.turns.count(), {"nothing_new": ["on\x00"]}
    posted = {**GOOD[Action.CLOSE_SATISFIED], **ticked}
    for _time in range(2):
        assert services.take(
            rehearsal, Action.CLOSE_SATISFIED, posted, after=after, show=refused
        ) is None  # fmt: skip
    assert rehearsal.turns.count() == after + 1


def test_something_else_from_a_page_of_before_is_refused(begun: Begun) -> None:
    rehearsal = begun()
    take(rehearsal, Action.ACKNOWLEDGE)
    other = {**GOOD[Action.ACKNOWLEDGE], "summary": ["Something else"]}
    with pytest.raises(RehearsalMoved):
        services.take(rehearsal, Action.ACKNOWLEDGE, other, after=0, show=refused)
    assert rehearsal.turns.count() == 1


def test_a_turn_after_the_end_is_refused(begun: Begun) -> None:
    rehearsal = begun()
    services.finish(rehearsal, now=T0)
    with pytest.raises(RehearsalOver):
        take(rehearsal, Action.ACKNOWLEDGE)
    with pytest.raises(RehearsalOver):
        wait(rehearsal, HOUR)
    services.finish(rehearsal, now=T0 + HOUR)
    rehearsal.refresh_from_db()
    assert rehearsal.ended_at == T0


def test_a_rehearsal_has_an_end_to_its_length(begun: Begun, monkeypatch: Any) -> None:
    monkeypatch.setattr(services, "MOST_TURNS", 1)
    rehearsal = begun()
    wait(rehearsal, HOUR)
    with pytest.raises(TooManyTurns):
        wait(rehearsal, HOUR)


def test_a_turn_that_todays_rules_refuse_stops_the_play_there(begun: Begun) -> None:
    rehearsal = begun()
    walk(rehearsal)
    rehearsal.turns.filter(number=2).update(posted={"restatement": [""]})
    with seen(rehearsal) as play:
        assert (play.stuck_at, play.case.stage) == (2, Stage.CONFIRM)
    assert back(rehearsal).stuck_at == 2


def test_the_debrief_names_three_things_by_what_weighed_most(begun: Begun) -> None:
    rehearsal = begun()
    wait(rehearsal, HOUR)
    take(
        rehearsal,
        Action.ACKNOWLEDGE,
        summary=["I am sorry if you feel that way. We will come soon."],
    )
    looked = back(rehearsal)
    assert len(looked.tips) == 3
    assert "late by 45 min" in looked.tips[0]
    assert {"conditional_apology", "vague_promise"} <= set(looked.told_rules)
    assert (looked.heats[0], looked.noted) == (5, [5])
    assert (looked.answered, looked.asked) == (0, 2)


def test_after_a_good_one_the_debrief_still_has_three_things_to_try(begun: Begun) -> None:
    rehearsal = begun()
    walk(rehearsal)
    looked = back(rehearsal)
    assert looked.ended_well
    assert not looked.broken
    assert not looked.climbs
    assert (looked.answered, looked.asked) == (2, 2)
    assert len(set(looked.tips)) == 3


def test_fifteen_turns_are_played_in_a_bounded_number_of_queries(
    begun: Begun, django_assert_max_num_queries: Any
) -> None:
    rehearsal = begun()
    take(rehearsal, Action.ACKNOWLEDGE)
    for number in range(7):
        wait(rehearsal, 5 * MIN)
        assert take(rehearsal, Action.NOTE, text=[f"Note {number}"]) is None
    assert rehearsal.turns.count() == 15
    with django_assert_max_num_queries(400), seen(rehearsal) as play:
        assert play.now == rehearsal.begins_at + 35 * MIN
    assert RefusedTry.objects.count() == 0
