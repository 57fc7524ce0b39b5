"""What is answered when something of ours fails."""

from __future__ import annotations

import json

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

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


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("gone"), 503), (ValueError("a bug"), 500)]
)
def test_a_customer_hears_of_a_fault_of_ours_as_a_customer(error: Exception, status: int) -> None:
    page = answered("/c/abc:def/", error)
    said = page.content.decode()
    assert page.status_code == status
    assert "Nothing was changed. Please go back" in said
    assert page["Referrer-Policy"] == "no-referrer"
    assert "Casetrack" not in said
    assert "desk" not in said


@pytest.mark.django_db
def test_a_form_that_cannot_be_read_is_answered_in_the_words_of_its_page() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    too_much, form = "&".join(["a=x"] * 2000), "application/x-www-form-urlencoded"
    page = client.post("/c/abc:def/", too_much, content_type=form)
    assert page.status_code == 400
    assert "Please open the page once more from our message" in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    assert "desk" not in page.content.decode()
    ours = client.post("/sign-in/", too_much, content_type=form)
    assert (ours.status_code, b"Back to my desk" in ours.content) == (400, True)
