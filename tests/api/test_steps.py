from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Client, Scope, User
from objections.api.steps import IN_JSON, step_serializer
from objections.lifecycle import STEPS, allowed
from objections.models import Case, CaseEvent, CustomerMail
from objections.steps import STEP_CLASSES
from objections.vocabulary import Action, Stage
from tests.api.conftest import Walk, codes_of, program
from tests.conftest import People
from timekeeping.clock import now

pytestmark = pytest.mark.django_db

ACKNOWLEDGE = {
    "action": "acknowledge", "channel": "phone", "with": "Zhou Min", "summary": "Thank you.",
    "emotion": 4, "contacted_by": "engineer",
}  # fmt: skip
NOTE = {"action": "note", "text": "Called the plant."}


def steps(case: Case) -> str:
    return f"/api/v1/cases/{case.reference}/steps/"


def test_a_step_answers_with_its_event_and_the_case_as_it_is_now(
    api: APIClient, case_at: Walk
) -> None:
    case = case_at()
    answer = api.post(steps(case), ACKNOWLEDGE)

    assert answer.status_code == 201, answer.json()
    event, told = answer.json()["event"], answer.json()["case"]
    assert event["kind"] == "acknowledged"
    assert event["actor"] == {
        "kind": "client", "client": "crm", "user": {"username": "engineer", "name": "Engineer"},
    }  # fmt: skip
    assert event["data"]["words"] == "Thank you."
    assert (told["stage"], told["version"]) == ("confirm", 2)
    assert answer["ETag"] == '"2"'
    kept = told["deadlines"][0]
    assert (kept["promise"], kept["state"]) == ("acknowledgement", "kept")
    assert kept["remaining"] is None
    assert kept["next_rung"] is None


def test_several_steps_are_taken_in_one_request(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    answer = api.post(
        steps(case),
        {"steps": [ACKNOWLEDGE, {"action": "restate", "restatement": "R", "interest": "I"}]},
    )
    assert answer.status_code == 201, answer.json()
    assert [event["kind"] for event in answer.json()["events"]] == ["acknowledged", "restated"]
    assert "event" not in answer.json()


def test_of_several_steps_none_is_taken_where_one_is_refused(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    before = CaseEvent.objects.count()
    answer = api.post(steps(case), {"steps": [ACKNOWLEDGE, {"action": "carry_out", "proof": "P"}]})

    assert answer.status_code == 409
    assert answer.json()["code"] == "step_refused"
    assert CaseEvent.objects.count() == before
    case.refresh_from_db()
    assert (case.stage, case.version) == ("listen", 1)


def test_a_step_that_the_stage_does_not_allow_lists_what_it_does(
    api: APIClient, case_at: Walk
) -> None:
    case = case_at()
    answer = api.post(steps(case), {"action": "reopen", "reason": "R"})

    assert answer.status_code == 409
    refusal = answer.json()
    assert (refusal["code"], refusal["action"]) == ("step_refused", "reopen")
    assert refusal["allowed"] == [action.value for action in allowed(Stage.LISTEN)]
    assert "“Reopen” is not possible" in refusal["detail"]


def test_a_demand_that_is_not_met_says_what_is_missing(api: APIClient, case_at: Walk) -> None:
    case = case_at(Stage.RESPOND, questions=("Who pays?",))
    answer = api.post(
        steps(case),
        {"action": "communicate_solution", "channel": "phone", "message": "M",
         "contacted_by": "engineer"},
    )  # fmt: skip
    assert answer.status_code == 409
    assert answer.json()["code"] == "demand_unmet"
    missing = {one["code"]: one for one in answer.json()["missing"]}
    assert set(missing) >= {"cause", "options", "answer_question"}
    assert missing["answer_question"]["params"] == {"number": 1, "text": "Who pays?"}
    assert missing["answer_question"]["detail"].startswith("Answer question 1")


def test_a_program_names_who_of_us_had_the_contact(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    without = {name: value for name, value in ACKNOWLEDGE.items() if name != "contacted_by"}
    answer = api.post(steps(case), without)

    assert answer.status_code == 409
    assert answer.json()["missing"] == [
        {"code": "contacted_by", "field": "contacted_by", "params": {},
         "detail": "Name the person of ours who had the contact"},
    ]  # fmt: skip
    assert case.deadlines.get(promise="acknowledgement").kept_at is None


@pytest.mark.parametrize("name", ["nobody", "", "gone", 7])
def test_a_person_who_is_not_here_had_no_contact(
    api: APIClient, case_at: Walk, people: People, name: object
) -> None:
    User.objects.create_user("gone", is_active=False)
    answer = api.post(steps(case_at()), ACKNOWLEDGE | {"contacted_by": name})
    assert answer.status_code == 400
    assert {field for field, _code in codes_of(answer)} == {"contacted_by"}


def test_a_program_that_has_no_person_may_bring_the_customers_news(
    api: APIClient, case_at: Walk
) -> None:
    answer = api.post(
        steps(case_at()), {"action": "receive_message", "channel": "web", "message": "Well?"}
    )
    assert answer.status_code == 201, answer.json()
    assert answer.json()["event"]["actor"]["user"] is None


def test_a_step_says_when_it_happened(api: APIClient, case_at: Walk) -> None:
    case = case_at(at=now() - timedelta(minutes=8))
    at = now() - timedelta(minutes=5)
    answer = api.post(steps(case), ACKNOWLEDGE | {"at": at.isoformat()})

    told = answer.json()["case"]["deadlines"][0]
    assert told["kept_at"] == at.isoformat().replace("+00:00", "Z")


def test_an_email_to_the_customer_waits_to_be_sent(api: APIClient, case_at: Walk) -> None:
    body = ACKNOWLEDGE | {"channel": "email", "to": "zhou@example.com"}
    assert api.post(steps(case_at()), body).status_code == 201
    assert CustomerMail.objects.get().to == "zhou@example.com"


# ── the order of checks ───────────────────────────────────────────────────────────────


def test_what_is_written_is_checked_before_the_version(api: APIClient, case_at: Walk) -> None:
    wrong = {"action": "acknowledge", "channel": "pigeon"}
    answer = api.post(steps(case_at()), wrong, HTTP_IF_MATCH='"99"')
    assert answer.status_code == 400
    assert codes_of(answer) == {("channel", "invalid_choice"), ("summary", "required")}


def test_the_version_is_checked_before_the_stage(api: APIClient, case_at: Walk) -> None:
    body = {"action": "reopen", "reason": "R"}
    answer = api.post(steps(case_at()), body, HTTP_IF_MATCH='"99"')
    assert answer.status_code == 412
    assert answer.json()["code"] == "stale_version"
    assert answer.json()["version"] == 1


def test_the_stage_is_checked_before_the_demands(api: APIClient, case_at: Walk) -> None:
    answer = api.post(steps(case_at()), {"action": "close_satisfied"}, HTTP_IF_MATCH='"1"')
    assert answer.json()["code"] == "step_refused"


# ── If-Match ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tag", ['"1"', "*", '"7", "1"', ' "1" '])
def test_a_step_meant_for_this_version_is_taken(api: APIClient, case_at: Walk, tag: str) -> None:
    assert api.post(steps(case_at()), NOTE, HTTP_IF_MATCH=tag).status_code == 201


@pytest.mark.parametrize("tag", ['"2"', 'W/"1"', '"0"', '"x"', '""', '"7", "8"', '"99999999999"'])
def test_a_step_meant_for_another_version_changes_nothing(
    api: APIClient, case_at: Walk, tag: str
) -> None:
    case = case_at()
    before = CaseEvent.objects.count()
    assert api.post(steps(case), NOTE, HTTP_IF_MATCH=tag).status_code == 412
    assert CaseEvent.objects.count() == before


@pytest.mark.parametrize("tag", ["1", "", '"1', 'w/"1"', '"1" "2"'])
def test_what_is_no_tag_is_refused(api: APIClient, case_at: Walk, tag: str) -> None:
    answer = api.post(steps(case_at()), NOTE, HTTP_IF_MATCH=tag)
    assert answer.status_code == 400
    assert codes_of(answer) == {("If-Match", "invalid")}


def test_the_tag_of_an_answer_fits_the_next_step(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    tag = api.get(f"/api/v1/cases/{case.reference}/")["ETag"]
    first = api.post(steps(case), NOTE, HTTP_IF_MATCH=tag)
    assert first.status_code == 201
    assert api.post(steps(case), NOTE, HTTP_IF_MATCH=tag).status_code == 412
    assert api.post(steps(case), NOTE, HTTP_IF_MATCH=first["ETag"]).status_code == 201


# ── what is written ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "action"),
        ({"action": None}, "action"),
        ({"action": ["note"]}, "action"),
        ({"action": "open"}, "action"),
        ({"action": "attach", "file": "x"}, "action"),
        ({"action": "absorb"}, "action"),
        ({"action": "note"}, "text"),
        ({"action": "note", "text": None}, "text"),
        ({"action": "note", "text": {"a": 1}}, "text"),
        ({"action": "note", "text": "\0"}, "text"),
        ({"action": "note", "text": "x" * 20_001}, "text"),
        ({"action": "note", "text": "x", "with_whom": "y"}, "with_whom"),
        ({"action": "note", "text": "x", "at": "2026-03-02T09:00:00"}, "at"),
        ({**ACKNOWLEDGE, "with": "x" * 121}, "with"),
        ({**ACKNOWLEDGE, "to": "no address"}, "to"),
        ({**ACKNOWLEDGE, "next_by": "soon"}, "next_by"),
        ({"action": "close_satisfied", "score": 6}, "score"),
        ({"action": "close_satisfied", "score": 0}, "score"),
        ({"action": "close_satisfied", "score": "5.5"}, "score"),
        ({"action": "close_satisfied", "nothing_new": "perhaps"}, "nothing_new"),
        ({"action": "assign", "handler": "nobody"}, "handler"),
        ({"action": "assign", "team": "nowhere"}, "team"),
        ({"action": "choose", "channel": "phone", "option": -1}, "option"),
        ({"action": "choose", "channel": "phone", "option": 10**9}, "option"),
        ({"steps": "note"}, "steps"),
        ({"steps": [NOTE], "action": "note"}, "action"),
        ({"steps": [NOTE, {"action": "note"}]}, "steps.1.text"),
    ],
)
def test_a_step_that_is_written_wrong_is_refused_by_field(
    api: APIClient, case_at: Walk, body: dict[str, Any], field: str
) -> None:
    case = case_at()
    answer = api.post(steps(case), body)
    assert answer.status_code == 400, answer.json()
    assert {name for name, _code in codes_of(answer)} == {field}
    case.refresh_from_db()
    assert case.version == 1


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ({"title": "A", "duration": "2 days"}, "invalid"),
        ({"title": "A", "duration": "P"}, "invalid"),
        ({"title": "A", "duration": "PT"}, "invalid"),
        ({"title": "A", "duration": 5}, "invalid"),
        ({"title": "A", "duration": "-PT5M"}, "negative"),
        ({"title": "A", "duration": "P999999D"}, "range"),
        ({"title": "A", "duration": "P1Y"}, "invalid"),
        ({"title": "A", "cost": "-1"}, "min_value"),
        ({"title": "A", "cost": "NaN"}, "invalid"),
        ({"title": "A", "cost": "99999999999"}, "max_whole_digits"),
        ({"title": "A", "cost": "1.001"}, "max_decimal_places"),
        ({"benefit": "B"}, "required"),
        ({"title": "x" * 201}, "max_length"),
        ({"title": "A", "colour": "red"}, "unknown_field"),
    ],
)
def test_an_option_that_is_written_wrong_is_refused(
    api: APIClient, case_at: Walk, option: dict[str, Any], code: str
) -> None:
    body = {"action": "communicate_solution", "channel": "phone", "message": "M",
            "options": [option]}  # fmt: skip
    answer = api.post(steps(case_at(Stage.RESPOND)), body)
    assert answer.status_code == 400, answer.json()
    [(field, found)] = codes_of(answer)
    assert field.startswith("options.0.")
    assert found == code


@pytest.mark.parametrize(
    ("written", "shown"),
    [("P2D", "P2D"), ("PT36H", "P1DT12H"), ("P1W", "P7D"), ("PT90M", "PT1H30M"),
     ("PT0S", "PT0S"), ("PT0.5S", "PT0.5S")],
)  # fmt: skip
def test_a_length_of_time_comes_back_as_it_was_meant(
    api: APIClient, case_at: Walk, written: str, shown: str
) -> None:
    body = {
        "action": "communicate_solution", "channel": "phone", "message": "M", "cause": "C",
        "options": [{"title": "A", "duration": written, "cost": "12.5"}], "chosen": 1,
        "contacted_by": "engineer",
    }  # fmt: skip
    told = api.post(steps(case_at(Stage.RESPOND)), body).json()["case"]["solutions"][0]
    assert told["chosen"] == 1
    [option] = told["options"]
    assert (option["number"], option["duration"], option["cost"]) == (1, shown, "12.50")


def test_the_serializers_are_made_from_the_steps_and_leave_none_out() -> None:
    assert set(IN_JSON) | {Action.ATTACH} == set(STEPS) - {Action.OPEN}
    for action, made in STEP_CLASSES.items():
        written = set(step_serializer(action)().fields)
        declared = {one.name for one in dataclasses.fields(made)}
        renamed = {"with" if name == "with_whom" else name for name in declared}
        assert written == {"action", *renamed}


def test_a_step_of_a_person_is_theirs(people: People, case_at: Walk, signed_in: Any) -> None:
    case = case_at(by=people.engineer)
    body = {name: value for name, value in ACKNOWLEDGE.items() if name != "contacted_by"}
    answer = signed_in(people.engineer).post(steps(case), body)
    assert answer.status_code == 201, answer.json()
    assert answer.json()["event"]["actor"] == {
        "kind": "user", "client": None, "user": {"username": "engineer", "name": "Engineer"},
    }  # fmt: skip


def test_a_stranger_may_not_move_the_case(people: People, case_at: Walk, signed_in: Any) -> None:
    case = case_at()
    answer = signed_in(people.stranger).post(steps(case), ACKNOWLEDGE)
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_permitted"
    case.refresh_from_db()
    assert case.version == 1


def test_a_step_on_a_case_that_is_not_there_is_not_found(api: APIClient, people: People) -> None:
    answer = api.post("/api/v1/cases/CT-2026-999999/steps/", NOTE)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_new_objection_is_linked_to_the_case(api: APIClient, case_at: Walk) -> None:
    case = case_at(Stage.FOLLOW_UP)
    body = {"action": "new_objection", "statement": "And the invoice!", "channel": "phone"}
    told = api.post(steps(case), body).json()
    [child] = told["case"]["children"]
    assert told["event"]["data"]["reference"] == child
    assert api.get(f"/api/v1/cases/{child}/").json()["parent"] == case.reference


def test_a_write_only_token_still_sees_what_it_did(crm: Client, case_at: Walk) -> None:
    answer = program(crm, Scope.CASES_WRITE).post(steps(case_at()), NOTE)
    assert answer.status_code == 201
    assert answer.json()["case"]["notes"][0]["text"] == "Called the plant."
