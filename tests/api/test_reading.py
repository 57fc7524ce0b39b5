from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Client, Scope
from objections import permissions, steps
from objections.actors import Actor
from objections.lifecycle import allowed
from objections.models import Case, CaseAccess
from objections.openings import Opening
from objections.services.cases import open_case
from objections.services.stepping import take_steps
from objections.vocabulary import Action, AttemptResult, Channel, PauseReason, Sensitivity, Stage
from tests.api.conftest import Walk, program
from tests.conftest import People
from tests.stories import ATTEMPT, DAY, MIN
from timekeeping.clock import now

pytestmark = pytest.mark.django_db


def url(case: Case, rest: str = "") -> str:
    return f"/api/v1/cases/{case.reference}/{rest}"


def test_a_case_is_read_with_all_that_was_said_and_done(
    api: APIClient, case_at: Walk, people: People
) -> None:
    case = case_at(Stage.FOLLOW_UP, at=now() - DAY)
    me = Actor.person(people.engineer)
    take_steps(case, [
        ATTEMPT,
        steps.ReceiveMessage(channel=Channel.CHAT, message="And?", questions=("Who pays?",)),
        steps.Commit(what="A new seal on Friday at 10:00", due_at=now() + DAY),
        steps.HandOver(question="Which seal?", department="Engineering"),
        steps.WriteNote(text="They are calm now."),
    ], by=me, now=now())  # fmt: skip

    told = api.get(url(case)).json()

    assert told["reference"] == case.reference
    assert told["questions"][0]["text"] == "Who pays?"
    assert told["restatements"][0]["agreed_at"] is not None
    [solution] = told["solutions"]
    assert [option["number"] for option in solution["options"]] == [1, 2]
    assert solution["chosen"] == 1
    assert told["commitments"][0]["what"] == "A new seal on Friday at 10:00"
    assert told["hand_overs"][0]["department"] == "Engineering"
    assert told["attempts"][0]["result"] == AttemptResult.NO_ANSWER
    assert told["notes"][0]["by"]["username"] == "engineer"
    assert {one["purpose"] for one in told["contacts"]} >= {"opening", "acknowledgement", "attempt"}
    assert told["contacts"][0]["with"] == "Zhou Min"
    assert {one["promise"] for one in told["deadlines"]} >= {"commitment", "hand_over"}


def test_a_verdict_is_read_with_its_score(api: APIClient, case_at: Walk) -> None:
    told = api.get(url(case_at(Stage.CLOSED))).json()
    [verdict] = told["verdicts"]
    assert (verdict["satisfied"], verdict["score"], verdict["words"]) == (True, 5, "Good.")
    assert told["closed_at"] is not None
    assert all(deadline["remaining"] is None for deadline in told["deadlines"])


def test_reading_is_never_cached_and_its_tag_is_the_version(api: APIClient, case_at: Walk) -> None:
    answer = api.get(url(case_at(Stage.CONFIRM)))
    assert answer["Cache-Control"] == "no-store"
    assert answer["ETag"] == f'"{answer.json()["version"]}"' == '"2"'
    again = api.get(answer.request["PATH_INFO"], HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 200


def test_a_breach_is_told_before_any_sweep_and_leaves_the_tag_alone(
    api: APIClient, case_at: Walk
) -> None:
    case = case_at(at=now() - timedelta(minutes=20))
    answer = api.get(url(case))
    told = answer.json()["deadlines"][0]
    assert (told["overdue"], told["state"], answer["ETag"]) == (True, "running", '"1"')
    assert told["remaining"].startswith("-PT5M")


def test_a_paused_clock_says_since_when_and_why(
    api: APIClient, case_at: Walk, people: People
) -> None:
    case = case_at(Stage.RESPOND)
    pause = steps.Pause(reason=PauseReason.CUSTOMER, evidence="They look for the invoice.")
    take_steps(case, [pause], by=Actor.person(people.engineer), now=now())
    [told] = [one for one in api.get(url(case)).json()["deadlines"] if one["promise"] == "response"]
    assert told["state"] == "paused"
    assert told["due_at"] is None
    assert told["paused_since"] is not None
    assert told["remaining"].startswith("PT23H")
    assert told["pauses"][0]["reason"] == "waiting_for_customer"


# ── what is allowed ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", [Stage.LISTEN, Stage.RESPOND, Stage.CLOSED])
def test_allowed_actions_are_those_of_the_stage(
    api: APIClient, case_at: Walk, stage: Stage
) -> None:
    told = api.get(url(case_at(stage))).json()["allowed_actions"]
    assert [one["action"] for one in told] == [action.value for action in allowed(stage)]


def test_an_allowed_action_brings_the_schema_of_its_body(api: APIClient, case_at: Walk) -> None:
    told = api.get(url(case_at())).json()["allowed_actions"]
    schema = next(one for one in told if one["action"] == "acknowledge")["fields"]

    assert schema["required"] == ["action", "channel", "summary"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["action"]["const"] == "acknowledge"
    assert "phone" in schema["properties"]["channel"]["enum"]
    assert schema["properties"]["emotion"] == {
        "type": ["integer", "null"], "enum": [1, 2, 3, 4, 5, None],
    }  # fmt: skip
    assert schema["properties"]["summary"] == {
        "type": "string", "maxLength": 20_000, "minLength": 1,
    }  # fmt: skip
    assert schema["properties"]["next_by"]["format"] == "date-time"
    assert "with" in schema["properties"]


def test_an_allowed_action_says_what_the_case_still_lacks(api: APIClient, case_at: Walk) -> None:
    case = case_at(Stage.RESPOND, questions=("Who pays?",))
    told = {one["action"]: one for one in api.get(url(case)).json()["allowed_actions"]}
    assert [one["code"] for one in told["carry_out"]["missing"]] == ["solution"]
    assert told["communicate_solution"]["missing"][0]["code"] == "answer_question"
    assert told["note"]["missing"] == []


def test_a_token_that_may_not_write_is_offered_nothing(crm: Client, case_at: Walk) -> None:
    told = program(crm, Scope.CASES_READ).get(url(case_at())).json()
    assert told["allowed_actions"] == []


@pytest.mark.parametrize(
    "who", ["engineer", "colleague", "supervisor", "stranger", "analyst", "auditor"]
)
def test_a_person_is_offered_exactly_what_they_may_do(
    people: People, case_at: Walk, signed_in: Any, who: str
) -> None:
    case, user = case_at(Stage.CONFIRM), getattr(people, who)
    told = signed_in(user).get(url(case)).json()["allowed_actions"]
    may = [action for action in allowed(Stage.CONFIRM) if permissions.may(user, action, case)]
    assert [Action(one["action"]) for one in told] == may


def test_labels_and_sentences_are_in_the_language_that_is_asked_for(
    api: APIClient, case_at: Walk
) -> None:
    answer = api.get(url(case_at()), HTTP_ACCEPT_LANGUAGE="zh-Hans")
    assert answer["Content-Language"] == "zh-hans"


# ── restricted ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rest", ["", "timeline/", "deadlines/"])
def test_a_restricted_case_does_not_exist_for_a_program(
    api: APIClient, case_at: Walk, rest: str
) -> None:
    hidden = case_at(sensitivity=Sensitivity.RESTRICTED)
    assert api.get(url(hidden, rest)).status_code == 404
    missing = api.get("/api/v1/cases/CT-2026-999999/")
    assert api.get(url(hidden)).json() == missing.json()
    note = {"action": "note", "text": "x"}
    assert api.post(url(hidden, "steps/"), note).status_code == 404
    assert api.get("/api/v1/cases/").json()["results"] == []


def test_a_program_sees_the_restricted_case_that_it_brought(api: APIClient, people: People) -> None:
    body = {
        "statement": "S", "channel": "web", "customer": {"name": "N"}, "sensitivity": "restricted",
    }  # fmt: skip
    reference = api.post("/api/v1/cases/", body).json()["reference"]
    assert api.get(f"/api/v1/cases/{reference}/").status_code == 200


def test_reading_a_restricted_case_leaves_a_trace(
    people: People, case_at: Walk, signed_in: Any
) -> None:
    hidden = case_at(sensitivity=Sensitivity.RESTRICTED)
    assert signed_in(people.colleague).get(url(hidden)).status_code == 404
    assert signed_in(people.auditor).get(url(hidden)).status_code == 200
    assert [trace.user for trace in CaseAccess.objects.all()] == [people.auditor]


# ── timeline ──────────────────────────────────────────────────────────────────────────


def test_the_timeline_tells_what_happened_in_its_order(api: APIClient, case_at: Walk) -> None:
    case = case_at(Stage.CONFIRM, at=now() - timedelta(minutes=10))
    told = api.get(url(case, "timeline/")).json()

    kinds = [event["kind"] for event in told["results"]]
    assert kinds[0] == "opened"
    assert "acknowledged" in kinds
    assert told["next"] is None
    times = [event["occurred_at"] for event in told["results"]]
    assert times == sorted(times)
    assert all(event["recorded_at"] for event in told["results"])
    opened = told["results"][0]
    assert opened["actor"]["user"]["username"] == "engineer"
    assert opened["label"] == "opened the case"


def test_the_timeline_comes_in_pages(api: APIClient, case_at: Walk) -> None:
    case = case_at(Stage.CLOSED)
    whole = [one["id"] for one in api.get(url(case, "timeline/")).json()["results"]]
    page = api.get(url(case, "timeline/?page_size=4")).json()
    found = [one["id"] for one in page["results"]]
    while page["next"]:
        page = api.get(page["next"]).json()
        found += [one["id"] for one in page["results"]]
    assert found == whole


def test_people_in_events_are_known_by_user_name(
    api: APIClient, case_at: Walk, people: People
) -> None:
    case = case_at()
    by = Actor.person(people.supervisor)
    take_steps(case, [steps.Assign(handler=people.colleague)], by=by, now=now())
    [event] = [
        one for one in api.get(url(case, "timeline/")).json()["results"]
        if one["kind"] == "assigned"
    ]  # fmt: skip
    assert (event["data"]["handler"], event["data"]["before"]) == ("colleague", "engineer")


# ── clocks ────────────────────────────────────────────────────────────────────────────


def test_the_deadlines_of_a_case_are_read_alone(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    told = api.get(url(case, "deadlines/")).json()["results"]
    assert [one["promise"] for one in told] == ["acknowledgement", "response"]


def test_a_deadline_is_explained(api: APIClient, case_at: Walk, people: People) -> None:
    case = case_at(at=now() - 20 * MIN)
    note = steps.WriteNote(text="Nobody answers.")
    take_steps(case, [note], by=Actor.person(people.engineer), now=now())
    deadline = case.deadlines.get(promise="acknowledgement")

    told = api.get(url(case, f"deadlines/{deadline.pk}/explain/")).json()

    assert told["start"] == "spoke"
    assert told["title"] == "Why “Acknowledgement” was late"
    assert told["deadline"]["state"] == "breached"
    assert told["late_by"].startswith("PT5M")
    rang = [rung for rung in told["rungs"] if rung["rang"]]
    assert [(rung["kind"], rung["offset"]) for rung in rang] == [
        ("warning", "-PT5M"), ("warning", "-PT2M"), ("breach", "PT0S"),
    ]  # fmt: skip
    assert rang[-1]["told"][0]["person"]["username"] == "supervisor"
    coming = [rung for rung in told["rungs"] if not rung["rang"]]
    assert coming[0]["told"][0]["person"]["username"] == "manager"
    assert told["stopped_by"]["what"].startswith("A person speaks to the customer")
    assert told["sentences"]


def test_a_deadline_of_another_case_is_not_found(api: APIClient, case_at: Walk) -> None:
    one, other = case_at(), case_at()
    foreign = other.deadlines.get(promise="response")
    assert api.get(url(one, f"deadlines/{foreign.pk}/explain/")).status_code == 404
    assert api.get(url(one, "deadlines/999999999999999999/explain/")).status_code == 404


def test_a_historical_clock_is_never_overdue(api: APIClient, people: People) -> None:
    from objections.vocabulary import ClockMode

    long_ago = now() - 30 * DAY
    case = open_case(
        Opening(statement="S", received_at=long_ago, clock_mode=ClockMode.HISTORICAL,
                channel=Channel.PHONE),
        by=Actor.person(people.engineer), now=now(),
    )  # fmt: skip
    told = api.get(url(case)).json()
    assert told["overdue"] is False
    assert told["next_due_at"] is None
    assert all(one["historical"] and not one["overdue"] for one in told["deadlines"])


# ── how much is asked of the database ─────────────────────────────────────────────────


def test_a_long_case_takes_no_more_queries_than_a_short_one(
    api: APIClient, case_at: Walk, people: People, django_assert_max_num_queries: Any
) -> None:
    case = case_at(Stage.CLOSED)
    with django_assert_max_num_queries(45):
        api.get(url(case))
    notes = [steps.WriteNote(text=str(number)) for number in range(15)]
    take_steps(case, notes, by=Actor.person(people.engineer), now=now())
    with django_assert_max_num_queries(45):
        api.get(url(case))
