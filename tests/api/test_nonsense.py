"""Whatever a program invents, it gets a reason: never a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.test import APIClient

from objections.api.fields import InstantField
from objections.api.openings import CaseWritten
from objections.api.steps import IN_JSON, step_serializer
from objections.models import Case
from objections.vocabulary import Stage
from tests.api.conftest import Walk

pytestmark = pytest.mark.django_db

SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from([
        "phone", "email", "engineer", "pumps", "2026-03-02T09:00:00Z", "9999-12-31T23:59:59Z",
        "2100-01-01T00:00:00+14:00", "P2D", "PT15M", "-PT1M", "12.50", "1e400", "a@example.com",
        "complaint", "crisis", "response", "x" * 20_001, 0, 1, 3, 2**31, 2**63, -1,
    ])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "name", "source", "external_id", "model", "title", "question",
                         "answer", "reason", "due_at", "what", "cost", "duration", "email"])
        | st.text(max_size=5),
        inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip
ACTIONS = st.sampled_from(list(IN_JSON))
FEW = settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def send(api: Any, url: str, body: Any) -> Any:
    answer = api.generic("POST", url, json.dumps(body), content_type="application/json")
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"]
    return answer


@FEW
@given(st.dictionaries(st.sampled_from(list(CaseWritten().fields)), VALUES))
def test_any_opening_is_answered(api: APIClient, body: dict[str, Any]) -> None:
    before = Case.objects.count()
    base = {"statement": "S", "channel": "web", "customer": {"name": "N"}}
    answer = send(api, "/api/v1/cases/", base | body)
    assert Case.objects.count() == before + (answer.status_code == 201)


def plain(field: Any) -> Any:
    """Return a value that the field takes."""
    if isinstance(field, serializers.ChoiceField):
        return next(iter(field.choices))
    if isinstance(field, serializers.IntegerField):
        return 1
    return "2100-01-01T00:00:00Z" if isinstance(field, InstantField) else "Plain words"


@FEW
@given(data=st.data())
def test_any_step_is_answered(api: APIClient, case_at: Walk, data: st.DataObject) -> None:
    stages = [Stage.LISTEN, Stage.CONFIRM, Stage.RESPOND, Stage.FOLLOW_UP]
    case = case_at(data.draw(st.sampled_from(stages)))
    action = data.draw(ACTIONS)
    fields = dict(step_serializer(action)().fields)
    right = {name: plain(field) for name, field in fields.items() if field.required}
    names = sorted(set(fields) - {"action"})
    wrong = data.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=2))
    before = case.version
    named = {"contacted_by": "engineer"} if "contacted_by" in fields else {}
    url = f"/api/v1/cases/{case.reference}/steps/"
    answer = send(api, url, right | named | wrong)
    case.refresh_from_db()
    assert case.version == before + (answer.status_code == 201)


@FEW
@given(VALUES)
def test_any_body_is_answered(api: APIClient, case_at: Walk, body: Any) -> None:
    url = f"/api/v1/cases/{case_at().reference}/"
    assert send(api, f"{url}steps/", body).status_code == 400
    for address in ("/api/v1/cases/", "/api/v1/sandbox/clock/"):
        assert send(api, address, body).status_code in (400, 403)
