"""A program's key: seen once, kept as a digest, closed in every way that it can be."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from accounts.models import Client, Scope, Token
from accounts.tokens import digest, find, issue, revoke
from tests.conftest import People
from timekeeping import clock

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
READ = [Scope.CASES_READ]


def test_a_key_opens_what_it_was_made_for(crm: Client, t0: datetime) -> None:
    plain = issue(crm, ["cases:read", "cases:write", "cases:read"], now=t0)
    token = find(plain, now=t0)
    assert token is not None
    assert token.client == crm
    assert token.scopes == ["cases:read", "cases:write"]
    assert plain.startswith("ct_")


def test_the_key_itself_is_kept_nowhere(crm: Client, t0: datetime) -> None:
    plain = issue(crm, READ, now=t0)
    row = Token.objects.values().get()
    assert all(plain != value for value in row.values())
    assert row["digest"] == digest(plain)
    assert plain.startswith(row["prefix"])
    assert len(row["prefix"]) <= 12


def test_no_two_keys_are_the_same(crm: Client, t0: datetime) -> None:
    assert len({issue(crm, READ, now=t0) for _ in range(20)}) == 20


@pytest.mark.parametrize("scopes", [[], ["everything"], ["cases:read", "CASES:WRITE"]])
def test_a_scope_that_does_not_exist_is_refused(
    crm: Client, t0: datetime, scopes: list[str]
) -> None:
    with pytest.raises(ValueError):
        issue(crm, scopes, now=t0)
    assert not Token.objects.exists()


def test_a_key_that_would_never_be_valid_is_refused(crm: Client, t0: datetime) -> None:
    with pytest.raises(ValueError, match="end after it begins"):
        issue(crm, READ, now=t0, expires_at=t0)
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    ("after", "opens"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)]
)
def test_a_key_ends_at_its_moment(crm: Client, t0: datetime, after: timedelta, opens: bool) -> None:
    end = t0 + timedelta(days=30)
    plain = issue(crm, READ, now=t0, expires_at=end)
    assert (find(plain, now=end + after) is not None) is opens


def test_a_revoked_key_opens_nothing(crm: Client, t0: datetime) -> None:
    plain = issue(crm, READ, now=t0)
    token = Token.objects.get()
    revoke(token, now=t0 + SECOND)
    revoke(token, now=t0 + 9 * SECOND)
    assert token.revoked_at == t0 + SECOND
    assert find(plain, now=t0 + SECOND) is None


def test_a_client_that_is_not_active_is_shut_out(crm: Client, t0: datetime) -> None:
    plain = issue(crm, READ, now=t0)
    Client.objects.update(is_active=False)
    assert find(plain, now=t0) is None


@pytest.mark.parametrize("wrong", ["", "ct_", "ct_" + "x" * 43, "Bearer", "密钥", "\x00"])
def test_what_is_no_key_opens_nothing(crm: Client, t0: datetime, wrong: str) -> None:
    issue(crm, READ, now=t0)
    assert find(wrong, now=t0) is None


def test_the_digest_opens_nothing(crm: Client, t0: datetime) -> None:
    plain = issue(crm, READ, now=t0)
    assert find(digest(plain), now=t0) is None
    assert find("ct_" + digest(plain), now=t0) is None


def make(*arguments: str) -> str:
    out = StringIO()
    call_command("create_token", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_a_working_key_and_nothing_else() -> None:
    plain = make("--client", "crm", "--scope", "cases:read", "--scope", "cases:write").strip()
    token = find(plain, now=clock.now())
    assert token is not None
    assert token.client.name == "crm"
    assert token.scopes == ["cases:read", "cases:write"]
    assert token.expires_at is None


def test_the_command_can_say_how_long_a_key_lives() -> None:
    make("--client", "crm", "--scope", "cases:read", "--days", "30")
    token = Token.objects.get()
    assert token.expires_at == token.created_at + timedelta(days=30)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--client", "our crm!", "--scope", "cases:read"], "--client"),
        (["--client", "crm", "--scope", "everything"], "--scope"),
        (["--client", "crm"], "--scope"),
        (["--client", "crm", "--scope", "cases:read", "--days", "0"], "--days"),
        (["--client", "crm", "--scope", "cases:read", "--days", "99999999"], "--days"),
    ],
)
def test_the_command_names_what_is_wrong_and_makes_nothing(
    arguments: list[str], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        make(*arguments)
    assert not Client.objects.exists()
    assert not Token.objects.exists()


def test_the_command_makes_no_key_for_a_client_that_is_not_active(crm: Client) -> None:
    Client.objects.update(is_active=False)
    with pytest.raises(CommandError, match="not active"):
        make("--client", "crm", "--scope", "cases:read")


def test_an_administrator_can_revoke_a_token_and_do_nothing_else_to_it(
    client: Browser, people: People, crm: Client, t0: datetime
) -> None:
    plain = issue(crm, READ, now=t0)
    token = Token.objects.get()
    client.force_login(people.administrator)
    url = "/admin/accounts/token/"
    assert client.get(f"{url}add/").status_code == 403
    assert client.post(f"{url}{token.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"{url}{token.pk}/change/", {"scopes": "sandbox", "digest": "x", "prefix": "y"})
    token.refresh_from_db()
    assert (token.scopes, token.digest) == (["cases:read"], digest(plain))
    client.post(url, {"action": "revoke_selected", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert plain not in client.get(f"{url}{token.pk}/change/").content.decode()


def test_the_administration_is_closed_to_everybody_else(client: Browser, people: People) -> None:
    client.force_login(people.engineer)
    assert client.get("/admin/accounts/token/").status_code == 302
    assert client.get("/admin/accounts/user/").status_code == 302


def test_the_administration_refuses_a_time_zone_that_does_not_exist(
    client: Browser, people: People
) -> None:
    client.force_login(people.administrator)
    url = f"/admin/accounts/user/{people.engineer.pk}/change/"
    assert client.get(url).status_code == 200
    filled = {"username": "engineer", "role": "engineer", "theme": "auto", "is_active": "on",
              "absences-TOTAL_FORMS": 0, "absences-INITIAL_FORMS": 0}  # fmt: skip
    refused = client.post(url, {**filled, "time_zone": "Mars/Base"})
    assert "There is no such time zone" in refused.content.decode()
    people.engineer.refresh_from_db()
    assert people.engineer.time_zone == "Asia/Shanghai"
    client.post(url, {**filled, "time_zone": "Europe/Berlin"})
    people.engineer.refresh_from_db()
    assert people.engineer.time_zone == "Europe/Berlin"
