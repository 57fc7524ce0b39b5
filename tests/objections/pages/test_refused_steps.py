"""Steps that are refused from their form: why, what is allowed, and nothing is lost or changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from objections.actors import Actor
from objections.models import Case
from objections.services.stepping import take_step
from objections.steps import STEP_CLASSES
from objections.vocabulary import Action, Stage
from tests.conftest import People
from tests.objections.pages.conftest import post, text_of
from tests.objections.pages.test_step_forms import NO_ROWS, solution, typed
from tests.stories import DAY, HOUR, RESTATE

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Browser]
AtStage = Callable[..., Case]


@pytest.mark.parametrize("action", [a for a in STEP_CLASSES if a != Action.CLOSE_THANKED])
def test_an_empty_form_is_refused_or_asks_for_nothing_and_never_fails(
    people: People, at_stage: AtStage, sign_in: SignIn, action: Action
) -> None:
    for stage in (Stage.LISTEN, Stage.CONFIRM, Stage.RESPOND, Stage.FOLLOW_UP, Stage.CLOSED):
        case = at_stage(stage)
        events = case.events.count()
        answer = post(sign_in(people.engineer), case, action)
        assert answer.status_code in (302, 409, 422)
        if answer.status_code != 302:
            assert case.events.count() == events


def test_a_step_that_the_stage_does_not_allow_says_what_is_allowed_and_keeps_what_was_typed(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.LISTEN)
    answer = post(
        sign_in(people.engineer), case, Action.RESTATE,
        restatement="Typed in vain, but kept", interest="No stop",
    )  # fmt: skip
    shown = text_of(answer)
    assert answer.status_code == 409
    assert "is not possible while the case is in" in shown
    assert "Call back" in shown
    case.refresh_from_db()
    assert case.stage == Stage.LISTEN
    assert not case.restatements.exists()


def test_a_demand_that_is_not_met_is_said_beside_its_field_and_nothing_changes(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND, questions=("Who pays?",))
    answer = post(sign_in(people.engineer), case, Action.COMMUNICATE_SOLUTION, **solution(now))
    shown = text_of(answer)
    assert answer.status_code == 422
    assert "Answer question 1" in shown
    assert "The filter broke. Two ways out." in shown
    assert 'value="Replace tonight"' in shown
    assert not case.solutions.exists()


def test_choosing_an_empty_row_is_refused(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    answer = post(
        sign_in(people.engineer), case, Action.COMMUNICATE_SOLUTION, **solution(now, chosen="2")
    )
    assert answer.status_code == 422
    assert not case.solutions.exists()


def test_an_agreement_to_nothing_is_refused_and_the_talk_with_it(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.LISTEN)
    answer = post(
        sign_in(people.engineer), case, Action.ACKNOWLEDGE, channel="phone", summary="Thanks",
        agreed="Yes",
    )  # fmt: skip
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.stage == Stage.LISTEN


def test_two_people_at_once_the_second_sees_what_the_first_did_and_keeps_their_text(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.CONFIRM)
    seen, version = case.events.latest("pk").pk, case.version
    take_step(case, RESTATE, by=Actor.person(people.colleague), now=now)
    answer = sign_in(people.engineer).post(
        reverse("case-step", args=[case.reference, Action.RESTATE]),
        {"version": version, "seen": seen, "restatement": "My own words", "interest": "Peace"},
    )
    shown = text_of(answer)
    assert answer.status_code == 409
    assert "Somebody changed this case" in shown
    assert "Colleague" in shown
    assert RESTATE.restatement in shown
    assert "My own words" in shown
    assert case.restatements.count() == 1
    assert f'name="version" value="{case.version}"' in shown


def test_somebody_without_the_right_is_refused_though_they_forge_the_form(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.LISTEN)
    for user in (people.stranger, people.analyst, people.auditor, people.administrator):
        answer = post(sign_in(user), case, Action.NOTE, text="Forged")
        assert answer.status_code == 403
    assert not case.notes.exists()


def test_a_vague_promise_is_refused(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    vague = {"what": "尽快答复", "due_at": typed(now + HOUR)}
    answer = post(sign_in(people.engineer), case, Action.COMMIT, **vague)
    assert answer.status_code == 422
    assert "尽快答复" in text_of(answer)
    assert not case.commitments.exists()


ODD = [
    {"text": "\0"},
    {"text": "x" * 1_000_000},
    {"text": "   "},
    {"text": ["a", "b"], "version": "not a number"},
    {"text": "ok", "seen": "x", "at": "yesterday"},
    {"text": "ok", "at": "0001-01-01T00:00"},
    {"text": "ok", "at": "9999-12-31T23:59"},
    {"text": "ok", "at": "2026-02-30T10:00"},
    {"text": "ok", "at": "\0"},
]


@pytest.mark.parametrize("data", ODD, ids=lambda data: str(data)[:40])
def test_odd_input_is_refused_with_a_reason_and_never_fails(
    people: People, at_stage: AtStage, sign_in: SignIn, data: dict[str, Any]
) -> None:
    case = at_stage(Stage.LISTEN)
    answer = post(sign_in(people.engineer), case, Action.NOTE, **data)
    assert answer.status_code == 422
    assert "data-refused" in text_of(answer)
    assert not case.notes.exists()


def test_a_version_that_never_was_is_refused_as_stale(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage()
    for version in ("0", "-1", str(10**30)):
        answer = post(sign_in(people.engineer), case, Action.NOTE, text="ok", version=version)
        assert answer.status_code == 409
    assert not case.notes.exists()


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {"options-TOTAL_FORMS": "x"},
        {**NO_ROWS, "options-TOTAL_FORMS": "100000"},
        {**NO_ROWS, "options-TOTAL_FORMS": "2", "options-0-benefit": "No title"},
        {**NO_ROWS, "promises-TOTAL_FORMS": "1", "promises-0-what": "No time"},
        {**NO_ROWS, "answer_due_1": "soon", "chosen": "77"},
        {**NO_ROWS, "options-TOTAL_FORMS": "1", "options-0-title": "t", "options-0-cost": "-1"},
        {**NO_ROWS, "options-TOTAL_FORMS": "1", "options-0-title": "t", "options-0-hours": "NaN"},
    ],
    ids=lambda rows: str(rows)[-40:],
)
def test_odd_rows_of_options_are_refused_and_never_fail(
    people: People, at_stage: AtStage, sign_in: SignIn, rows: dict[str, Any]
) -> None:
    case = at_stage(Stage.RESPOND, questions=("Who pays?",))
    given = {"channel": "phone", "message": "Text", "cause": "c", "answer_1": "We do", **rows}
    answer = post(sign_in(people.engineer), case, Action.COMMUNICATE_SOLUTION, **given)
    assert answer.status_code == 422
    assert not case.solutions.exists()


@pytest.mark.parametrize("action", ["open", "nothing", "merged"])
def test_an_action_that_is_none_is_not_found(
    people: People, at_stage: AtStage, sign_in: SignIn, action: str
) -> None:
    url = reverse("case-step", args=[at_stage().reference, action])
    assert sign_in(people.engineer).post(url, {"version": 1}).status_code == 404


def test_a_time_before_the_customer_spoke_is_refused(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.LISTEN)
    given = {"channel": "phone", "summary": "Thanks", "at": typed(now - DAY)}
    answer = post(sign_in(people.engineer), case, Action.ACKNOWLEDGE, **given)
    assert answer.status_code == 422
    assert "before the customer first spoke" in text_of(answer)
