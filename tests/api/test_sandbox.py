from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Client, Scope
from objections.models import Deadline
from tests.api.conftest import EVERYTHING, Walk, codes_of, program
from tests.conftest import People

pytestmark = pytest.mark.django_db

URL = "/api/v1/sandbox/clock/"


def test_fifteen_minutes_pass_and_what_falls_due_has_rung(crm: Client, case_at: Walk) -> None:
    case = case_at()
    answer = program(crm, Scope.SANDBOX).post(URL, {"advance": "PT16M"})

    assert answer.status_code == 200, answer.json()
    told = answer.json()
    assert told["offset"] == "PT16M"
    assert told["rang"] == 3
    assert Deadline.objects.get(case=case, promise="acknowledgement").breached_at is not None


def test_the_clock_is_read_without_moving_it(crm: Client) -> None:
    asks = program(crm, Scope.SANDBOX)
    asks.post(URL, {"advance": "PT1H"})
    told = asks.get(URL).json()
    assert (told["offset"], told["rang"]) == ("PT1H", 0)


def test_a_person_moves_it_too(people: People, signed_in: Any) -> None:
    assert signed_in(people.engineer).post(URL, {"advance": "PT1M"}).status_code == 200


def test_a_token_needs_the_sandbox_scope(crm: Client) -> None:
    asks = program(crm, *EVERYTHING)
    assert asks.get(URL).status_code == 403
    answer = asks.post(URL, {"advance": "PT1M"})
    assert (answer.status_code, answer.json()["scopes"]) == (403, ["sandbox"])


@pytest.mark.parametrize(
    "advance", ["PT0S", "-PT5M", "P32D", "15 minutes", "", None, 900, "P9999999D", "PT1M\n"]
)
def test_a_push_that_makes_no_sense_moves_nothing(crm: Client, advance: object) -> None:
    asks = program(crm, Scope.SANDBOX)
    answer = asks.post(URL, {"advance": advance})
    assert answer.status_code == 400
    assert {field for field, _code in codes_of(answer)} == {"advance"}
    assert asks.get(URL).json()["offset"] == "PT0S"


def test_where_the_clock_is_real_there_is_no_such_address(crm: Client, settings: Any) -> None:
    settings.CASETRACK_SANDBOX = False
    asks = program(crm, Scope.SANDBOX)
    assert asks.get(URL).status_code == 404
    answer = asks.post(URL, {"advance": "PT1M"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_push_that_was_sent_twice_happens_once(crm: Client) -> None:
    asks = program(crm, Scope.SANDBOX)
    first = asks.post(URL, {"advance": "PT5M"}, HTTP_IDEMPOTENCY_KEY="one")
    again = asks.post(URL, {"advance": "PT5M"}, HTTP_IDEMPOTENCY_KEY="one")
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert asks.get(URL).json()["offset"] == "PT5M"
    other = asks.post(URL, {"advance": "PT6M"}, HTTP_IDEMPOTENCY_KEY="one")
    assert other.status_code == 422
