"""PATCH on a case, and merges over the API."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Client, Scope
from customers.models import Customer, Product, Tier
from objections import steps
from objections.actors import Actor
from objections.deadlines import applying
from objections.models import Case, CaseEvent
from objections.services.stepping import take_step
from objections.vocabulary import ClockMode, Kind, Sensitivity, Stage
from tests.api.conftest import Walk, codes_of, program, untouched
from tests.conftest import People
from timekeeping.clock import now

pytestmark = pytest.mark.django_db


def url(case: Case) -> str:
    return f"/api/v1/cases/{case.reference}/"


def patch(api: APIClient, case: Case, body: Any, match: str | None = '"1"') -> Any:
    headers: dict[str, Any] = {} if match is None else {"HTTP_IF_MATCH": match}
    return api.patch(url(case), body, **headers)


def unchanged(case: Case) -> bool:
    fresh = Case.objects.get(pk=case.pk)
    return (fresh.version, fresh.updated_at) == (case.version, case.updated_at)


# ── which version ─────────────────────────────────────────────────────────────────────


def test_a_change_without_if_match_is_refused_and_changes_nothing(
    api: APIClient, case_at: Walk
) -> None:
    case = case_at()
    answer = patch(api, case, {"urgency": "crisis", "reason": "R"}, match=None)
    assert answer.status_code == 428
    assert answer.json()["code"] == "precondition_required"
    assert unchanged(case)


@pytest.mark.parametrize("match", ['"7"', 'W/"1"', '"x"'])
def test_a_change_of_another_version_is_refused_and_changes_nothing(
    api: APIClient, case_at: Walk, match: str
) -> None:
    case = case_at()
    answer = patch(api, case, {"urgency": "crisis", "reason": "R"}, match)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")
    assert unchanged(case)


def test_what_is_no_list_of_tags_is_refused(api: APIClient, case_at: Walk) -> None:
    answer = patch(api, case_at(), {"urgency": "crisis", "reason": "R"}, "1")
    assert answer.status_code == 400
    assert {field for field, _code in codes_of(answer)} == {"If-Match"}


def test_a_star_means_the_case_as_it_is_now(api: APIClient, case_at: Walk) -> None:
    assert patch(api, case_at(), {"urgency": "crisis", "reason": "R"}, "*").status_code == 200


# ── what can be changed ───────────────────────────────────────────────────────────────


def test_item_11_another_kind_and_urgency_move_the_clocks(api: APIClient, case_at: Walk) -> None:
    case = case_at(kind=Kind.INQUIRY)
    answer = patch(api, case, {"urgency": "urgent", "reason": "They called twice"})
    assert answer.status_code == 200, answer.json()
    told = answer.json()
    assert (told["urgency"], told["version"], answer["ETag"]) == ("urgent", 2, '"2"')
    assert told["deadlines"][0]["allowance"] == "PT30M"
    event = CaseEvent.objects.get(kind="reclassified")
    assert event.data["words"] == "They called twice"


def test_another_kind_needs_a_reason(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    answer = patch(api, case, {"kind": "inquiry"})
    assert answer.status_code == 400
    assert codes_of(answer) == {("reason", "required")}
    assert unchanged(case)


def test_a_handler_is_assigned_and_taken_away_again(
    api: APIClient, people: People, case_at: Walk
) -> None:
    case = case_at()
    assert patch(api, case, {"handler": "colleague"}).json()["handler"]["username"] == "colleague"
    told = patch(api, case, {"handler": None}, '"2"').json()
    assert (told["handler"], told["team"]["slug"]) == (None, "pumps")
    assert CaseEvent.objects.filter(kind="assigned").count() == 2


def test_another_team_takes_the_case_into_its_queue(
    api: APIClient, people: People, case_at: Walk
) -> None:
    told = patch(api, case_at(), {"team": "bikes"}).json()
    assert (told["team"]["slug"], told["handler"]) == ("bikes", None)
    case = case_at()
    both = patch(api, case, {"team": "bikes", "handler": "stranger"}).json()
    assert (both["team"]["slug"], both["handler"]["username"]) == ("bikes", "stranger")


def test_a_handler_of_another_team_is_refused_and_changes_nothing(
    api: APIClient, people: People, case_at: Walk
) -> None:
    case = case_at()
    answer = patch(api, case, {"handler": "stranger"})
    assert (answer.status_code, answer.json()["code"]) == (409, "demand_unmet")
    assert answer.json()["missing"][0]["code"] == "handler_in_team"
    assert unchanged(case)


def test_the_product_is_corrected_and_the_timeline_says_so(
    api: APIClient, case_at: Walk, product: Product
) -> None:
    case = case_at(product=product)
    body = {"product": {"brand": "Hydra", "model": "CP 100", "serial": "S-9"}}
    told = patch(api, case, body).json()
    assert (told["product"]["model"], told["serial"]) == ("CP 100", "S-9")
    event = CaseEvent.objects.get(kind="changed")
    assert event.data["changes"] == {
        "product": ["Hydra CP 80-250", "Hydra CP 100"], "serial": ["", "S-9"],
    }  # fmt: skip
    told = patch(api, case, {"product": None}, '"2"').json()
    assert (told["product"], told["serial"]) == (None, "S-9")


def test_only_a_supervisor_changes_the_sensitivity_and_goes_on_seeing_the_case(
    api: APIClient, people: People, case_at: Walk, signed_in: Any
) -> None:
    case = case_at()
    body = {"sensitivity": "restricted"}
    for asks in (api, signed_in(people.engineer), signed_in(people.colleague)):
        answer = patch(asks, case, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
        assert unchanged(case)
    boss = signed_in(people.supervisor)
    assert patch(boss, case, body).json()["sensitivity"] == "restricted"
    assert boss.get(url(case)).status_code == 200
    assert signed_in(people.colleague).get(url(case)).status_code == 404
    assert patch(boss, case, {"sensitivity": "normal"}, '"2"').json()["sensitivity"] == "normal"
    case.refresh_from_db()
    assert case.sensitivity == Sensitivity.NORMAL


def test_all_of_a_change_is_saved_or_nothing(
    api: APIClient, people: People, case_at: Walk, signed_in: Any
) -> None:
    case = case_at()
    before = untouched([Case, CaseEvent, Product])
    body = {
        "handler": "colleague", "product": {"model": "New"}, "urgency": "crisis", "reason": "R",
        "sensitivity": "restricted",
    }  # fmt: skip
    assert patch(signed_in(people.engineer), case, body).status_code == 403
    assert untouched([Case, CaseEvent, Product]) == before
    answer = patch(signed_in(people.supervisor), case, body)
    assert answer.status_code == 200, answer.json()
    assert answer.json()["version"] == 4


def test_what_is_the_same_already_changes_nothing(
    api: APIClient, people: People, case_at: Walk
) -> None:
    case = case_at()
    same = {
        "handler": "engineer", "team": "pumps", "kind": "complaint", "urgency": "normal",
        "sensitivity": "normal",
    }  # fmt: skip
    answer = patch(api, case, same)
    assert (answer.status_code, answer.json()["version"], answer["ETag"]) == (200, 1, '"1"')
    assert patch(api, case, {}).status_code == 200
    assert unchanged(case)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"stage": "closed"}, "stage", "unknown_field"),
        ({"received_at": "2026-01-01T00:00:00Z"}, "received_at", "unknown_field"),
        ({"kind": "praise"}, "kind", "invalid_choice"),
        ({"urgency": None}, "urgency", "null"),
        ({"handler": "nobody"}, "handler", "unknown"),
        ({"team": "nowhere"}, "team", "unknown"),
        ({"team": None}, "team", "null"),
        ({"product": {"colour": "red"}}, "product.colour", "unknown_field"),
        ({"product": {"brand": "Hydra"}}, "product.model", "required"),
        ({"urgency": "crisis", "reason": ""}, "reason", "blank"),
    ],
)
def test_what_cannot_be_right_names_its_field_and_changes_nothing(
    api: APIClient, case_at: Walk, body: dict[str, Any], field: str, code: str
) -> None:
    case = case_at()
    answer = patch(api, case, body)
    assert answer.status_code == 400, answer.json()
    assert codes_of(answer) == {(field, code)}
    assert unchanged(case)


@pytest.mark.parametrize("body", [[], "x", 7])
def test_what_is_no_object_is_refused(api: APIClient, case_at: Walk, body: Any) -> None:
    assert patch(api, case_at(), body).status_code == 400


def test_a_case_that_has_ended_keeps_its_kind_but_gets_its_product_right(
    api: APIClient, case_at: Walk
) -> None:
    case = case_at(Stage.CLOSED)
    tag = f'"{case.version}"'
    answer = patch(api, case, {"urgency": "crisis", "reason": "R"}, tag)
    assert (answer.status_code, answer.json()["code"]) == (409, "step_refused")
    assert patch(api, case, {"product": {"model": "CP 100"}}, tag).status_code == 200


def test_who_only_reads_changes_nothing(
    people: People, case_at: Walk, signed_in: Any, crm: Client
) -> None:
    case = case_at()
    body = {"product": {"model": "CP 100"}}
    for who in ("stranger", "analyst", "auditor"):
        assert patch(signed_in(getattr(people, who)), case, body).status_code == 403
    assert patch(program(crm, Scope.CASES_READ), case, body).status_code == 403
    assert unchanged(case)


# ── merging over the API ──────────────────────────────────────────────────────────────


def test_item_13_a_merge_and_its_undoing_by_steps(
    api: APIClient, people: People, case_at: Walk, signed_in: Any
) -> None:
    case, survivor = case_at(), case_at()
    body = {"action": "merge", "into": survivor.reference, "reason": "The same pump"}
    answer = api.post(f"{url(case)}steps/", body)
    assert answer.status_code == 201, answer.json()
    told = answer.json()["case"]
    assert (told["stage"], told["merged_into"]) == ("merged", survivor.reference)
    assert {one["state"] for one in told["deadlines"]} == {"merged"}
    assert api.get(url(survivor)).json()["absorbed"] == [case.reference]
    undo = {"action": "unmerge", "reason": "Two pumps"}
    assert api.post(f"{url(case)}steps/", undo).status_code == 403
    answer = signed_in(people.supervisor).post(f"{url(case)}steps/", undo)
    assert answer.status_code == 201, answer.json()
    told = answer.json()["case"]
    assert (told["stage"], told["merged_into"], told["merged_at"]) == ("listen", None, None)
    assert api.get(url(survivor)).json()["absorbed"] == []


def test_what_a_merged_case_allows_is_listed_by_what_the_person_may(
    api: APIClient, people: People, case_at: Walk, signed_in: Any
) -> None:
    case, survivor = case_at(), case_at()
    step = steps.Merge(into=survivor.reference, reason="x")
    take_step(case, step, by=Actor.person(people.engineer), now=now())

    def allowed(asks: APIClient) -> list[str]:
        return [one["action"] for one in asks.get(url(case)).json()["allowed_actions"]]

    always = ["link_recurrence", "unlink_recurrence", "assign", "note", "attach"]
    assert allowed(signed_in(people.supervisor)) == ["unmerge", *always]
    assert allowed(signed_in(people.engineer)) == always
    assert allowed(api) == always


@pytest.mark.parametrize("reference", ["CT-2026-999999", "x", " "])
def test_a_survivor_that_is_not_there_is_named_as_missing(
    api: APIClient, case_at: Walk, reference: str
) -> None:
    body = {"action": "merge", "into": reference, "reason": "x"}
    answer = api.post(f"{url(case_at())}steps/", body)
    assert answer.status_code in (400, 409)
    if answer.status_code == 409:
        assert [one["field"] for one in answer.json()["missing"]] == ["into"]


def test_item_15_the_mode_of_the_clocks_is_shown(api: APIClient, case_at: Walk) -> None:
    for mode in ClockMode:
        case = case_at(clock_mode=mode)
        assert api.get(url(case)).json()["clock_mode"] == mode


# ── the customer's tier ───────────────────────────────────────────────────────────────


def test_item_11_a_tier_that_the_crm_changes_reaches_the_clocks_of_open_cases(
    api: APIClient, case_at: Walk
) -> None:
    known = Customer.objects.create(name="Hengyuan", source="crm", external_id="C-17")
    case = case_at(customer=known, contact=None)
    address = "/api/v1/customers/crm/C-17/"
    api.put(address, {"tier": "standard", "name": "Hengyuan Chemical"})
    known.refresh_from_db()
    assert known.tier_changed_at is None
    api.put(address, {"tier": "key_account"})
    known.refresh_from_db()
    assert (known.tier, known.tier_changed_at is not None) == (Tier.KEY_ACCOUNT, True)
    applying.drain(now)
    known.refresh_from_db()
    assert known.tier_changed_at is None
    [event] = CaseEvent.objects.filter(case=case, kind="deadline_recomputed",
                                       data__promise="acknowledgement")  # fmt: skip
    assert event.data["cause"] == "tier"


def test_item_11_a_tier_that_comes_with_a_new_case_reaches_the_older_ones_too(
    api: APIClient, case_at: Walk, people: People
) -> None:
    known = Customer.objects.create(name="Hengyuan", source="crm", external_id="C-17")
    case_at(customer=known, contact=None)
    body = {
        "statement": "It leaks", "channel": "phone",
        "customer": {"external_id": "C-17", "tier": "key_account"},
    }  # fmt: skip
    assert api.post("/api/v1/cases/", body).status_code == 201
    known.refresh_from_db()
    assert known.tier_changed_at is not None


def test_a_new_customer_has_no_tier_that_changed(api: APIClient) -> None:
    api.put("/api/v1/customers/crm/C-99/", {"name": "New", "tier": "key_account"})
    assert Customer.objects.get(external_id="C-99").tier_changed_at is None


# ── the customer's style: a hint for this case ────────────────────────────────────────


def test_a_style_is_set_changed_and_taken_away_and_the_timeline_says_so(
    api: APIClient, case_at: Walk
) -> None:
    case = case_at()
    for match, style in (('"1"', "very_angry"), ('"2"', "rational"), ('"3"', None)):
        answer = patch(api, case, {"style": style}, match)
        assert answer.status_code == 200
        assert answer.json()["style"] == (style or "")
    changes = [one.data["changes"]["style"] for one in CaseEvent.objects.filter(kind="changed")]
    assert changes == [["", "very_angry"], ["very_angry", "rational"], ["rational", ""]]


def test_an_unknown_style_is_refused_and_changes_nothing(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    answer = patch(api, case, {"style": "difficult"})
    assert answer.status_code == 400
    assert codes_of(answer) == {("style", "invalid_choice")}
    assert unchanged(case)
