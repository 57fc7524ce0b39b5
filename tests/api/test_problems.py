"""Whatever is sent, the answer is a reason and never a crash."""

from __future__ import annotations

from typing import Any

import pytest

from objections.models import Case
from tests.api.conftest import Walk
from tests.conftest import People

pytestmark = pytest.mark.django_db

URL = "/api/v1/cases/"
JSON = "application/json"


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["code"] == code
    assert told["status"] == status
    assert told["type"] == f"urn:casetrack:problem:{code}"
    assert told["title"]
    assert told["detail"]
    assert not Case.objects.exists()
    return told


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b"nonsense",
        b'{"statement": NaN}',
        b'{"statement": Infinity}',
        b'{"statement": "\\ud800"}',
        b'{"\\udfff": 1}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"[" * 900 + b"]" * 900,
        b'{"a":' * 21 + b"1" + b"}" * 21,
        b'{"emotion": ' + b"9" * 5000 + b"}",
    ],
)
def test_json_that_cannot_be_read_is_refused(api: Any, people: People, body: bytes) -> None:
    answer = api.generic("POST", URL, body, content_type=JSON, HTTP_IDEMPOTENCY_KEY="k")
    if body:
        refused(answer, 400, "parse_error")
    else:
        refused(answer, 400, "invalid")


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"true", b"[[]]"])
def test_json_that_is_no_object_is_refused(api: Any, case_at: Walk, body: bytes) -> None:
    refused(api.generic("POST", URL, body, content_type=JSON), 400, "invalid")


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"true", b"[[]]"])
def test_a_step_that_is_no_object_is_refused(api: Any, case_at: Walk, body: bytes) -> None:
    url = f"{URL}{case_at().reference}/steps/"
    answer = api.generic("POST", url, body, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_whole_character_written_in_two_halves_is_fine(api: Any) -> None:
    body = b'{"statement": "\\ud83d\\ude21 it leaks", "channel": "web", "customer": {"name": "N"}}'
    answer = api.generic("POST", URL, body, content_type=JSON)
    assert answer.status_code == 201
    assert answer.json()["statement"] == "😡 it leaks"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "x", ""]
)
def test_another_type_of_content_is_refused(api: Any, kind: str) -> None:
    refused(api.generic("POST", URL, b"a=1", content_type=kind), 415, "unsupported_media_type")


def test_an_unknown_charset_does_no_harm(api: Any) -> None:
    answer = api.generic("POST", URL, b"{}", content_type="application/json; charset=klingon")
    assert answer.status_code == 400


def test_a_body_of_more_than_a_megabyte_is_refused(api: Any) -> None:
    body = b'{"statement": "' + b"x" * 1_048_576 + b'"}'
    refused(api.generic("POST", URL, body, content_type=JSON), 413, "too_large")


def test_a_page_of_words_is_not_too_large(api: Any) -> None:
    body = {"statement": "漏" * 20_000, "channel": "web", "customer": {"name": "N"}}
    assert api.post(URL, body).status_code == 201


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "PUT", "OPTIONS"])
def test_a_method_that_is_not_there_is_refused(api: Any, method: str) -> None:
    answer = api.generic(method, URL, b"{}", content_type=JSON)
    refused(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize(
    "path",
    ["cases/CT-2026-000001/", "cases/nonsense/", "cases/CT-2026-000001%00/", "nowhere/",
     "escalations/0/take/", "escalations/99999999999999999999999/take/", "%00/", "cases/../x/"],
)  # fmt: skip
def test_an_address_that_is_not_there_says_so_in_the_same_way(api: Any, path: str) -> None:
    method = "POST" if path.endswith("take/") else "GET"
    answer = api.generic(method, f"/api/v1/{path}", b"{}", content_type=JSON)
    refused(answer, 404, "not_found")


def test_answers_are_json_alone(api: Any) -> None:
    answer = api.get(URL, HTTP_ACCEPT="text/html")
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This field is required."), ("zh-Hans", "该字段是必填项。"), ("xx", "This field is")],
)
def test_what_is_wrong_is_said_in_the_callers_language(api: Any, language: str, words: str) -> None:
    answer = api.post(URL, {}, HTTP_ACCEPT_LANGUAGE=language)
    said = [point["detail"] for point in answer.json()["errors"] if point["field"] == "statement"]
    assert said[0].startswith(words)


def test_every_problem_has_a_title_of_its_own() -> None:
    from casetrack.api.errors import TITLES

    assert len({str(title) for title in TITLES.values()}) >= len(TITLES) - 1


def test_every_refusal_of_the_domain_has_an_answer(people: People, case_at: Walk) -> None:
    from casetrack.api.errors import problem
    from objections import errors
    from objections.vocabulary import Action

    case = case_at()
    examples: list[errors.Refused] = [
        errors.StepRefused(case, Action.REOPEN, [Action.NOTE]),
        errors.DemandUnmet(case, Action.CHOOSE, [errors.Demand("solution")]),
        errors.CaseEnded(case, [Action.NOTE]),
        errors.NotPermitted("note"),
        errors.AboveLimit("approve_remedy"),
        errors.StaleVersion(case),
        errors.FieldInvalid("at", "future"),
        errors.AlreadyExists("CT-2026-000001"),
        errors.AlreadyTaken(None),
    ]
    kinds = {cls for cls in vars(errors).values() if isinstance(cls, type)}
    refusals = {cls for cls in kinds if issubclass(cls, errors.Refused)} - {errors.Refused}
    assert {type(one) for one in examples} == refusals
    for one in examples:
        answer = problem(one, {})
        assert answer is not None
        assert 400 <= answer.status_code < 500


def test_a_fault_of_our_own_is_not_hidden() -> None:
    from casetrack.api.errors import problem

    assert problem(ZeroDivisionError(), {}) is None
