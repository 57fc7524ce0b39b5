"""Events become sentences when they are shown: every kind, in every language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from customers.models import Contact, Customer
from objections import steps
from objections.actors import CUSTOMER, SYSTEM, Actor
from objections.deadlines.sweeping import sweep
from objections.models import CaseEvent
from objections.selectors.timelines import CLOCKS, entries_of, telling_of, timeline_of
from objections.sentences import FORMATTERS, told
from objections.services.stepping import take_steps
from objections.vocabulary import Channel, Emotion, EventKind, Stage
from tests.conftest import People
from tests.stories import ACKNOWLEDGE, DAY, HOUR, MIN, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db
LANGUAGES = ["en", "zh-hans", "zh-hant"]


def test_every_kind_of_event_has_a_sentence() -> None:
    assert set(FORMATTERS) == set(EventKind)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(EventKind))
def test_a_kind_says_something_even_where_its_data_is_bare(
    people: People, customer: Customer, t0: datetime, kind: EventKind, language: str
) -> None:
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    for actor in (Actor.person(people.engineer), CUSTOMER, SYSTEM):
        event = CaseEvent(
            case=case, kind=kind, occurred_at=t0, recorded_at=t0, actor_kind=actor.kind,
            user=actor.user, data={"reference": "CT-2026-000001"},
        )  # fmt: skip
        with translation.override(language):
            said = told(event, telling_of(case, [event], t0))
        assert str(said.sentence).strip()
        assert "{" not in said.sentence
        assert said.kind in {"customer", "us", "clock", "internal"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_life_is_told_from_the_real_events(
    people: People, customer: Customer, contact: Contact, t0: datetime, language: str
) -> None:
    case = walk_to(
        Stage.CLOSED, t0, by=Actor.person(people.engineer), customer=customer, contact=contact
    )
    with translation.override(language):
        entries = timeline_of(case, t0 + DAY).entries
    assert all(str(entry.sentence).strip() and "{" not in entry.sentence for entry in entries)
    assert [entry.at for entry in entries] == sorted((e.at for e in entries), reverse=True)


def told_at(case: Any, kind: EventKind, now: datetime) -> Any:
    event = case.events.select_related("user", "client").filter(kind=kind).latest("pk")
    return entries_of(case, [event], now)[0]


def test_the_customer_s_words_are_quoted_as_spoken(
    people: People, customer: Customer, contact: Contact, t0: datetime
) -> None:
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer, contact=contact)
    entry = told_at(case, EventKind.OPENED, t0)
    assert entry.sentence == "<b>Zhou Min</b> called"
    assert entry.quote == case.statement
    assert (entry.kind, entry.icon) == ("customer", "phone-incoming")


def test_a_breach_names_who_was_told(people: People, customer: Customer, t0: datetime) -> None:
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    sweep(now=t0 + 16 * MIN)
    entry = told_at(case, EventKind.DEADLINE_BREACHED, t0 + 16 * MIN)
    assert entry.sentence.startswith("Acknowledgement breached, ")
    assert "Supervisor" in entry.sentence
    assert (entry.kind, entry.icon) == ("clock", "breached")


def test_the_mood_is_said_with_the_one_before(
    people: People, customer: Customer, contact: Contact, t0: datetime
) -> None:
    case = open_at(
        t0, by=Actor.person(people.engineer), customer=customer, contact=contact,
        emotion=Emotion.FURIOUS,
    )  # fmt: skip
    take_steps(case, [ACKNOWLEDGE], by=Actor.person(people.engineer), now=t0 + MIN)
    assert "emotion 5 furious → 4 angry" in told_at(case, EventKind.ACKNOWLEDGED, t0).sentence


def test_progress_updates_are_numbered(
    people: People, customer: Customer, contact: Contact, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer, contact=contact)
    for number in (1, 2):
        update = steps.UpdateProgress(channel=Channel.PHONE, message="Still on it")
        take_steps(case, [update], by=by, now=t0 + number * HOUR)
    last = told_at(case, EventKind.PROGRESS_UPDATED, t0 + DAY)
    assert "progress update 2 by phone" in last.sentence


def test_a_kept_promise_says_how_long_it_took(
    people: People, customer: Customer, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [ACKNOWLEDGE], by=by, now=t0 + 6 * MIN)
    entry = told_at(case, EventKind.DEADLINE_KEPT, t0 + HOUR)
    assert entry.sentence == "Acknowledgement kept, took 6 min"


def test_what_people_typed_is_escaped_in_a_sentence(
    people: People, customer: Customer, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    promise = steps.Commit(what="<img src=x onerror=1>{who}", due_at=t0 + DAY)
    take_steps(case, [promise], by=by, now=t0 + HOUR)
    sentence = told_at(case, EventKind.COMMITTED, t0 + HOUR).sentence
    assert "<img" not in sentence
    assert "&lt;img src=x onerror=1&gt;{who}" in sentence


def test_a_case_begins_with_what_the_customer_said_and_hides_that_clocks_began(
    people: People, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    timeline = timeline_of(case, t0 + timedelta(seconds=1))
    assert [entry.kind for entry in timeline.entries] == ["customer"]
    clocks = timeline_of(case, t0, shown="clock")
    assert len(clocks.entries) == 2
    assert EventKind.DEADLINE_STARTED in CLOCKS


def test_options_and_cause_are_told_with_the_solution(
    people: People, customer: Customer, contact: Contact, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer, contact=contact)
    take_steps(case, [TELL], by=by, now=t0 + HOUR)
    entry = told_at(case, EventKind.SOLUTION_COMMUNICATED, t0 + HOUR)
    assert entry.detail.splitlines() == [
        "The filter broke. Two ways out.", "Cause: Filter element broke", "1. Replace tonight",
        "2. Refund", "They chose option 1",
    ]  # fmt: skip
