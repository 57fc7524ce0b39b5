"""What is answered when something of ours fails."""

from __future__ import annotations

import json

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from casetrack.failures import server_error


def answered(path: str, raised: Exception) -> HttpResponse:
    try:
        raise raised
    except (OperationalError, InterfaceError, ValueError):
        return server_error(RequestFactory().get(path))


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_database_that_is_away_is_said_and_when_to_try_again(error: Exception) -> None:
    page = answered("/desk/", error)
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "The database does not answer" in page.content.decode()
    program = answered("/api/v1/cases/", error)
    assert (program.status_code, program["Content-Type"]) == (503, "application/problem+json")
    assert json.loads(program.content)["code"] == "unavailable"


def test_a_fault_of_ours_is_a_problem_for_programs_and_a_page_for_people() -> None:
    page = answered("/desk/", ValueError("a bug"))
    assert (page.status_code, page.has_header("Retry-After")) == (500, False)
    program = answered("/api/v1/cases/", ValueError("a bug"))
    assert (program.status_code, json.loads(program.content)["code"]) == (500, "server_error")
