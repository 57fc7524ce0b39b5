"""Who gets in: tokens, scopes, sessions. Each address is asked with each scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Client, Scope, Token
from objections.deadlines.sweeping import sweep
from objections.models import Case, Escalation
from tests.api.conftest import EVERYTHING, Walk, program
from tests.conftest import PASSWORD, People
from tests.stories import MIN
from timekeeping.clock import now

pytestmark = pytest.mark.django_db

CASE = "/api/v1/cases/"
READ, WRITE, CUSTOMERS = Scope.CASES_READ, Scope.CASES_WRITE, Scope.CUSTOMERS_WRITE

TABLE: dict[tuple[str, str], set[Scope]] = {
    ("GET", "cases/"): {READ},
    ("POST", "cases/"): {WRITE},
    ("GET", "cases/REF/"): {READ},
    ("PATCH", "cases/REF/"): {WRITE},
    ("POST", "cases/REF/steps/"): {WRITE},
    ("GET", "cases/REF/timeline/"): {READ},
    ("POST", "cases/REF/evidence/"): {WRITE},
    ("GET", "cases/REF/deadlines/"): {READ},
    ("GET", "cases/REF/deadlines/DEADLINE/explain/"): {READ},
    ("GET", "escalations/"): {READ},
    ("POST", "escalations/ESCALATION/take/"): {WRITE},
    ("GET", "customers/crm/C-17/"): {READ, CUSTOMERS},
    ("PUT", "customers/crm/C-17/"): {CUSTOMERS},
    ("GET", "sandbox/clock/"): {Scope.SANDBOX},
    ("POST", "sandbox/clock/"): {Scope.SANDBOX},
}
"""What each address needs: any one of these scopes."""


def test_the_table_knows_every_address() -> None:
    def paths(patterns: Any, before: str = "") -> Iterator[tuple[str, Any]]:
        for one in patterns:
            here = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from paths(one.url_patterns, here)
            elif isinstance(one, URLPattern):
                yield here, one.callback

    found = {
        (method, path.removeprefix("api/v1/"))
        for path, view in paths(get_resolver().url_patterns)
        if path.startswith("api/v1/")
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if hasattr(view.cls, method.lower())
    }
    named = {
        (method, path.replace("REF", "<reference:reference>").replace("DEADLINE", "<key:key>")
         .replace("ESCALATION", "<key:key>").replace("crm/C-17", "<str:source>/<path:external_id>"))
        for method, path in TABLE
    }  # fmt: skip
    assert found == named


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(("method", "path"), TABLE)
def test_an_address_opens_to_its_scopes_and_to_no_other(
    crm: Client, case_at: Walk, method: str, path: str, scope: Scope
) -> None:
    url = _address(path, case_at)
    answer = program(crm, scope).generic(method, url, "{}", content_type="application/json")
    wanted = TABLE[method, path]
    if scope in wanted:
        assert answer.status_code not in (401, 403), answer.json()
    else:
        assert answer.status_code == 403
        assert answer.json()["code"] == "scope_missing"
        assert set(answer.json()["scopes"]) == wanted


@pytest.mark.parametrize(("method", "path"), TABLE)
def test_nobody_gets_in_without_showing_who_they_are(case_at: Walk, method: str, path: str) -> None:
    answer = APIClient().generic(method, _address(path, case_at), "{}", "application/json")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    assert answer["WWW-Authenticate"] == 'Bearer realm="casetrack"'


def _address(path: str, case_at: Walk) -> str:
    case: Case = case_at(at=now() - 20 * MIN)
    sweep(now=now())
    deadline = case.deadlines.get(promise="response")
    return "/api/v1/" + (
        path.replace("REF", case.reference)
        .replace("DEADLINE", str(deadline.pk))
        .replace("ESCALATION", str(Escalation.objects.get().pk))
    )


def test_asking_for_the_head_alone_needs_the_same_scope(crm: Client, people: People) -> None:
    assert program(crm, READ).head(CASE).status_code == 200
    assert program(crm, WRITE).head(CASE).status_code == 403


# ── tokens ────────────────────────────────────────────────────────────────────────────


def shown(key: str, kind: str = "Bearer") -> Any:
    return APIClient().get(CASE, HTTP_AUTHORIZATION=f"{kind} {key}")


@pytest.fixture
def key(crm: Client, people: People) -> str:
    return tokens.issue(crm, EVERYTHING, now=now(), expires_at=now() + timedelta(hours=1))


def test_a_good_token_opens(key: str) -> None:
    assert shown(key).status_code == 200
    assert shown(key, "bearer").status_code == 200


@pytest.mark.parametrize("wrong", ["", "ct_unknown", "x", "ct_" + "a" * 5000, "ct_é", "a b"])
def test_an_unknown_token_is_refused(key: str, wrong: str) -> None:
    answer = shown(wrong)
    assert answer.status_code == 401
    assert answer.json()["code"] == "token_invalid"
    assert "WWW-Authenticate" in answer


def test_another_kind_of_credential_is_none(key: str) -> None:
    assert shown(key, "Basic").json()["code"] == "not_authenticated"


def test_a_revoked_token_is_refused(key: str) -> None:
    tokens.revoke(Token.objects.get(), now=now())
    assert shown(key).json()["code"] == "token_invalid"


def test_a_token_whose_time_has_come_is_refused(key: str) -> None:
    Token.objects.update(expires_at=now())
    assert shown(key).json()["code"] == "token_invalid"


def test_the_tokens_of_a_client_that_is_not_active_are_refused(key: str, crm: Client) -> None:
    crm.is_active = False
    crm.save()
    assert shown(key).json()["code"] == "token_invalid"


def test_a_wrong_token_is_refused_though_a_person_is_signed_in(
    people: People, signed_in: Any
) -> None:
    answer = signed_in(people.engineer).get(CASE, HTTP_AUTHORIZATION="Bearer ct_wrong")
    assert answer.status_code == 401


# ── people ────────────────────────────────────────────────────────────────────────────


def test_a_person_who_is_signed_in_gets_in(people: People, signed_in: Any) -> None:
    assert signed_in(people.engineer).get(CASE).status_code == 200


def test_a_person_who_has_left_does_not(people: People, signed_in: Any) -> None:
    asks = signed_in(people.engineer)
    people.engineer.is_active = False
    people.engineer.save()
    assert asks.get(CASE).status_code == 401


def test_a_persons_post_needs_the_csrf_token(people: People, case_at: Walk) -> None:
    asks = APIClient(enforce_csrf_checks=True)
    assert asks.login(username="engineer", password=PASSWORD)
    url = f"{CASE}{case_at().reference}/steps/"
    note = {"action": "note", "text": "x"}

    refused = asks.post(url, note)
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    assert Case.objects.get().version == 1

    asks.cookies["csrftoken"] = "a" * 32
    assert asks.post(url, note, HTTP_X_CSRFTOKEN="a" * 32).status_code == 201


def test_a_programs_post_needs_none(crm: Client, case_at: Walk) -> None:
    asks = APIClient(enforce_csrf_checks=True)
    issued = tokens.issue(crm, [WRITE], now=now())
    url = f"{CASE}{case_at().reference}/steps/"
    answer = asks.post(url, {"action": "note", "text": "x"}, HTTP_AUTHORIZATION=f"Bearer {issued}")
    assert answer.status_code == 201
