"""Everybody sees the product in their language, their time zone and their colours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client as Browser
from django.utils import timezone, translation

from accounts.models import Language, Theme, User
from accounts.services import arrive, leave, prefer
from tests.conftest import People

pytestmark = pytest.mark.django_db
PAGE = "/components/"


def page(browser: Browser, **headers: str) -> str:
    return browser.get(PAGE, headers=headers).content.decode()


def test_a_person_s_own_language_wins_over_the_browser_s(client: Browser, people: People) -> None:
    client.force_login(people.engineer)
    assert '<html lang="zh-Hant"' in page(client, accept_language="zh-hant")
    prefer(people.engineer, language=Language.SIMPLIFIED)
    html = page(client, accept_language="zh-hant")
    assert '<html lang="zh-Hans"' in html


def test_one_person_s_language_does_not_stay_for_the_next(client: Browser, people: People) -> None:
    prefer(people.engineer, language=Language.SIMPLIFIED)
    client.force_login(people.engineer)
    page(client)
    assert '<html lang="en"' in page(Browser())


def test_a_choice_is_remembered_and_leads_back(client: Browser, people: People) -> None:
    client.force_login(people.engineer)
    answer = client.post("/preferences/", {"language": "zh-hans", "next": PAGE})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    people.engineer.refresh_from_db()
    assert people.engineer.language == Language.SIMPLIFIED
    assert people.engineer.theme == Theme.AUTO


def test_who_has_not_signed_in_keeps_the_choice_on_the_device(client: Browser) -> None:
    client.post("/preferences/", {"language": "zh-hant", "theme": "dark"})
    html = client.get("/sign-in/").content.decode()
    assert '<html lang="zh-Hant"' in html
    assert 'data-bs-theme="dark"' in html


@pytest.mark.parametrize(
    ("theme", "attributes"),
    [
        (Theme.DARK, 'data-ct-theme="dark" data-bs-theme="dark"'),
        (Theme.LIGHT, 'data-ct-theme="light" data-bs-theme="light"'),
        (Theme.AUTO, 'data-ct-theme="auto">'),
    ],
)
def test_the_page_wears_the_theme_that_was_chosen(
    client: Browser, people: People, theme: Theme, attributes: str
) -> None:
    prefer(people.engineer, theme=theme)
    client.force_login(people.engineer)
    assert attributes in page(client)


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"theme": "pink"}, {"present": "perhaps"}])
def test_a_choice_that_does_not_exist_changes_nothing(
    client: Browser, people: People, wrong: dict[str, str]
) -> None:
    client.force_login(people.engineer)
    before = User.objects.filter(pk=people.engineer.pk).values().get()
    client.post("/preferences/", {"language": "zh-hans", "next": PAGE, **wrong})
    after = User.objects.filter(pk=people.engineer.pk).values().get()
    assert after == before
    assert f"That choice does not exist: {next(iter(wrong))}." in page(client)


def test_preferences_lead_to_no_foreign_site(client: Browser) -> None:
    answer = client.post("/preferences/", {"theme": "dark", "next": "https://evil.example/"})
    assert answer["Location"] == "/sign-in/"


def test_preferences_are_changed_by_post_alone(client: Browser) -> None:
    assert client.get("/preferences/?theme=dark").status_code == 405


def test_a_person_says_that_they_are_away_and_back(client: Browser, people: People) -> None:
    client.force_login(people.engineer)
    client.post("/preferences/", {"present": "0"})
    people.engineer.refresh_from_db()
    assert people.engineer.away_since is not None
    assert "I am here" in page(client)
    client.post("/preferences/", {"present": "1"})
    people.engineer.refresh_from_db()
    assert people.engineer.away_since is None


def test_nobody_else_s_presence_can_be_changed(client: Browser, people: People) -> None:
    assert client.post("/preferences/", {"present": "0"}).status_code == 302
    assert not User.objects.filter(away_since__isnull=False).exists()


def test_who_is_away_already_keeps_the_first_moment(people: People, t0: datetime) -> None:
    leave(people.engineer, at=t0)
    leave(people.engineer, at=t0.replace(hour=12))
    assert people.engineer.away_since == t0
    arrive(people.engineer)
    assert people.engineer.away_since is None


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Asia/Shanghai", "10:20"), ("Europe/Berlin", "03:20"), ("Nowhere/Land", "10:20")],
)
def test_times_are_shown_in_a_person_s_own_zone(
    client: Browser, people: People, zone: str, shown: str
) -> None:
    User.objects.filter(pk=people.engineer.pk).update(time_zone=zone)
    client.force_login(people.engineer)
    assert f">{shown}</time>" in page(client)


def test_a_zone_does_not_stay_for_the_next_request(client: Browser, people: People) -> None:
    before = timezone.get_current_timezone_name()
    User.objects.filter(pk=people.engineer.pk).update(time_zone="Europe/Berlin")
    client.force_login(people.engineer)
    page(client)
    assert timezone.get_current_timezone_name() == before


def test_only_administrators_see_the_way_to_the_administration(
    client: Browser, people: People
) -> None:
    client.force_login(people.engineer)
    assert "/admin/" not in page(client)
    client.force_login(people.administrator)
    assert "/admin/" in page(client)


def test_a_page_tells_its_countdowns_what_time_it_is(client: Browser) -> None:
    before = datetime.now(UTC)
    answer = client.get("/clock/")
    told = datetime.fromisoformat(answer.json()["now"])
    assert abs((told - before).total_seconds()) < 60
    assert "no-store" in answer["Cache-Control"]


@pytest.fixture(autouse=True)
def in_english() -> object:
    with translation.override("en"):
        yield
