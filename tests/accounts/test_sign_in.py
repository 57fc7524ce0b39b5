"""Who may come in, and where they land."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from django.views.defaults import server_error
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.conftest import PASSWORD, People

pytestmark = pytest.mark.django_db
NEXT = "/components/"


def sign_in(browser: Browser, username: str, password: str = PASSWORD, to: str = NEXT) -> object:
    return browser.post("/sign-in/", {"username": username, "password": password, "next": to})


def test_the_right_password_lets_a_person_in(client: Browser, people: People) -> None:
    answer = sign_in(client, "engineer")
    assert answer.status_code == 302  # type: ignore[attr-defined]
    assert answer["Location"] == NEXT  # type: ignore[index]
    assert int(client.session["_auth_user_id"]) == people.engineer.pk


@pytest.mark.parametrize(
    ("username", "password"), [("engineer", "wrong"), ("nobody", PASSWORD), ("engineer", "")]
)
def test_anything_else_is_refused_without_saying_which_was_wrong(
    client: Browser, people: People, username: str, password: str
) -> None:
    answer = client.post("/sign-in/", {"username": username, "password": password})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session
    assert f'value="{username}"' in answer.content.decode()
    if password:
        assert "Name and password do not match" in answer.content.decode()


def test_a_closed_account_stays_out(client: Browser, people: People) -> None:
    User.objects.filter(pk=people.engineer.pk).update(is_active=False)
    sign_in(client, "engineer")
    assert "_auth_user_id" not in client.session


def test_nobody_is_sent_to_a_foreign_site(client: Browser, people: People) -> None:
    answer = sign_in(client, "auditor", to="https://evil.example/")
    assert answer["Location"] == reverse("desk")  # type: ignore[index]


@pytest.mark.parametrize(
    ("username", "home"),
    [("engineer", "desk"), ("analyst", "desk"), ("supervisor", "board"), ("manager", "board")],
)
def test_everybody_lands_on_the_home_of_their_role(
    client: Browser, people: People, username: str, home: str
) -> None:
    answer = client.post("/sign-in/", {"username": username, "password": PASSWORD})
    assert answer["Location"] == reverse(home)


def test_a_sandbox_offers_its_people_by_one_tap(
    client: Browser, people: People, settings: Settings
) -> None:
    settings.CASETRACK_DEMO_PASSWORD = PASSWORD
    User.objects.create_user("real", "real@firm.test", PASSWORD, display_name="Real Person")
    page = client.get("/sign-in/").content.decode()
    assert '<input type="hidden" name="username" value="engineer">' in page
    assert "Real Person" not in page


@pytest.mark.parametrize(("sandbox", "password"), [(False, PASSWORD), (True, "")])
def test_no_other_system_shows_who_works_there(
    client: Browser, people: People, settings: Settings, sandbox: bool, password: str
) -> None:
    settings.CASETRACK_SANDBOX, settings.CASETRACK_DEMO_PASSWORD = sandbox, password
    page = client.get("/sign-in/").content.decode()
    assert 'value="engineer"' not in page
    assert PASSWORD not in page


def test_signing_out_takes_a_post(client: Browser, people: People) -> None:
    client.force_login(people.engineer)
    assert client.get("/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_form_without_its_token_is_refused_in_words(people: People) -> None:
    answer = Browser(enforce_csrf_checks=True).post("/sign-in/", {"username": "engineer"})
    assert answer.status_code == 403
    assert "This form has grown old" in answer.content.decode()


def test_a_wrong_address_says_so_in_the_look_of_the_product(client: Browser) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert "casetrack.css" in answer.content.decode()


def test_a_failure_of_ours_has_a_page_that_needs_nothing() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()
    assert " data-failed" in answer.content.decode()
