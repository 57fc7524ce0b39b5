"""The administration of working calendars: checked when saved, in force when published."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from tests.conftest import People
from timekeeping.editions import edition_for, publish, standing
from timekeeping.models import Calendar, CalendarDay, Edition

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def office(people: People) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.administrator)
    return browser


@pytest.fixture
def site() -> Calendar:
    calendar = Calendar.objects.create(name="Suzhou", time_zone="Asia/Shanghai", country="CN")
    for weekday in range(5):
        calendar.windows.create(weekday=weekday, opens=time(9), closes=time(18))
    publish(calendar, now=NOW)
    return calendar


def change_url(calendar: Calendar) -> str:
    return reverse("admin:timekeeping_calendar_change", args=[calendar.pk])


def year_url(calendar: Calendar, year: int) -> str:
    return reverse("admin:timekeeping_calendar_year", args=[calendar.pk, year])


def filled(browser: Browser, address: str) -> dict[str, Any]:
    """What the form at an address would send if nothing were changed."""
    page = browser.get(address).context
    inlines = [inline.formset for inline in page["inline_admin_formsets"]]
    forms = [page["adminform"].form, *(form for formset in inlines for form in formset.forms)]
    bound = [field for form in [*forms, *(each.management_form for each in inlines)]
             for field in form]  # fmt: skip
    data = {field.html_name: field.value() for field in bound}
    shown = {name: "" if value is None else value for name, value in data.items()}
    return {name: value for name, value in shown.items() if value is not False}


def text(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def added(calendar: Calendar, **day: str) -> dict[str, str]:
    """A row typed into the special days of a calendar's page."""
    return {f"days-0-{name}": value for name, value in day.items()}


def test_the_administrators_pages_of_calendars_open(office: Browser, site: Calendar) -> None:
    day = site.days.create(on=date(2026, 3, 4), windows=[["09:00", "12:00"]])
    for address in (
        reverse("admin:timekeeping_calendar_changelist"),
        reverse("admin:timekeeping_calendar_add"),
        change_url(site),
        reverse("admin:timekeeping_calendarday_changelist"),
        reverse("admin:timekeeping_calendarday_change", args=[day.pk]),
        reverse("admin:timekeeping_edition_changelist"),
        reverse("admin:timekeeping_edition_change", args=[site.editions.get().pk]),
        year_url(site, 2026),
    ):
        assert office.get(address).status_code == 200, address


def test_what_is_saved_waits_and_says_so(office: Browser, site: Calendar) -> None:
    typed = added(site, on="2026-07-16", name="Typhoon", windows="", is_one_off="on")
    answer = office.post(change_url(site), filled(office, change_url(site)) | typed, follow=True)
    assert "Changed since version 1" in text(answer)
    assert site.days.get().windows == []
    assert edition_for(site).version == 1
    for address in (change_url(site), year_url(site, 2026)):
        assert "Changed since version 1" in text(office.get(address))


def test_what_is_saved_and_published_is_in_force(office: Browser, site: Calendar) -> None:
    typed = added(site, on="2026-07-16", windows="9:00-12:00，13:00–17:30", is_one_off="on")
    data = filled(office, change_url(site)) | typed | {"_publish": "1"}
    answer = office.post(change_url(site), data, follow=True)
    assert "Suzhou: version 2 is in force." in text(answer)
    assert edition_for(site).content["days"] == {
        "2026-07-16": [["09:00", "12:00"], ["13:00", "17:30"]]
    }
    assert "Changed since" not in text(office.get(change_url(site)))


@pytest.mark.parametrize("button", ["_save", "_publish"])
@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"windows-5-weekday": "0", "windows-5-opens": "17:00", "windows-5-closes": "20:00"},
         "Monday: 17:00–20:00 begins before 09:00–18:00 has ended."),
        ({"windows-5-weekday": "0", "windows-5-opens": "22:00", "windows-5-closes": "09:30"},
         "Tuesday: 09:00–18:00 begins before 22:00–09:30 has ended."),
        ({"windows-5-weekday": "5", "windows-5-opens": "09:00:30", "windows-5-closes": "12:00"},
         "Working hours begin and end at a full minute."),
        ({"time_zone": "Asia/Suzhou"}, "“Asia/Suzhou” is not a known time zone."),
        ({"country": "QQ"}, "Nobody here knows the public holidays of QQ."),
        ({"country": "DE", "subdivision": "QQ"},
         "Nobody here knows the public holidays of DE-QQ."),
        ({"country": "", "subdivision": "BY"}, "A part needs its country."),
        ({"days-0-on": "2026-07-16", "days-0-windows": "9 to 5"},
         "“9 to 5” are no hours such as 09:00–12:00."),
        ({"days-0-on": "2026-07-16", "days-0-windows": "09:00-25:00"},
         "“25:00” is not a time from 00:00 to 23:59."),
        ({f"windows-{number}-DELETE": "on" for number in range(5)},
         "Hardly anybody works within the next ten years"),
    ],
)  # fmt: skip
def test_item_8_what_cannot_be_reckoned_with_is_refused_and_kept_as_typed(
    office: Browser, site: Calendar, typed: dict[str, str], reason: str, button: str
) -> None:
    before = standing(site)
    data = filled(office, change_url(site)) | typed | {button: "1"}
    answer = office.post(change_url(site), data)
    assert answer.status_code == 200
    shown = text(answer).replace("&quot;", '"')
    assert reason in shown
    for name, value in typed.items():
        if name.endswith(("opens", "on", "-windows", "time_zone")):
            assert value in shown
    site.refresh_from_db()
    assert (standing(site), site.windows.count(), site.days.count()) == (before, 5, 0)
    assert (site.time_zone, site.country) == ("Asia/Shanghai", "CN")


def test_a_new_calendar_is_published_from_its_own_page(office: Browser) -> None:
    add = reverse("admin:timekeeping_calendar_add")
    typed = {
        "name": "Athens", "time_zone": "Europe/Athens", "country": "gr", "_publish": "1",
        "windows-0-weekday": "0", "windows-0-opens": "08:00", "windows-0-closes": "16:00",
    }  # fmt: skip
    answer = office.post(add, filled(office, add) | typed, follow=True)
    assert "Athens: version 1 is in force." in text(answer)
    calendar = Calendar.objects.get(name="Athens")
    assert calendar.country == "GR"
    assert edition_for(calendar).content["weekly"][0] == [["08:00", "16:00"]]


def test_a_day_of_a_library_that_is_edited_becomes_ours(office: Browser, site: Calendar) -> None:
    day = site.days.create(on=date(2026, 10, 1), name="国庆节", source="chinesecalendar 1.11.0")
    address = reverse("admin:timekeeping_calendarday_change", args=[day.pk])
    office.post(address, filled(office, address))
    day.refresh_from_db()
    assert day.source == "chinesecalendar 1.11.0"
    answer = office.post(address, filled(office, address) | {"windows": "09:00–12:00"})
    day.refresh_from_db()
    assert (day.source, day.windows) == ("", [["09:00", "12:00"]])
    assert answer["Location"] == year_url(site, 2026)


def test_a_special_day_that_overlaps_is_refused(office: Browser, site: Calendar) -> None:
    add = reverse("admin:timekeeping_calendarday_add")
    typed = {"calendar": site.pk, "on": "2026-03-04", "windows": "20:00–09:30"}
    answer = office.post(add, filled(office, add) | typed)
    assert "09:00–18:00 begins before 20:00–09:30 has ended." in text(answer)
    assert not site.days.exists()


def test_chosen_calendars_are_published_and_the_bad_ones_named(
    office: Browser, site: Calendar
) -> None:
    empty = Calendar.objects.create(name="Empty", time_zone="Asia/Shanghai")
    site.windows.filter(weekday=4).delete()
    data = {"action": "publish_chosen", "_selected_action": [site.pk, empty.pk]}
    shown = text(office.post(reverse("admin:timekeeping_calendar_changelist"), data, follow=True))
    assert "Suzhou: version 2 is in force." in shown
    assert "Empty: Hardly anybody works within the next ten years" in shown
    assert not empty.editions.exists()


def test_one_published_calendar_is_used_for_teams_that_have_none(
    office: Browser, site: Calendar
) -> None:
    fresh = Calendar.objects.create(name="Fresh", time_zone="Asia/Shanghai")
    changelist = reverse("admin:timekeeping_calendar_changelist")
    before = edition_for(None).calendar
    for chosen, reason in ([fresh.pk], "Publish it first"), ([fresh.pk, site.pk], "Choose one"):
        data = {"action": "make_default", "_selected_action": chosen}
        assert reason in text(office.post(changelist, data, follow=True))
        assert edition_for(None).calendar == before
    office.post(changelist, {"action": "make_default", "_selected_action": [site.pk]})
    assert edition_for(None).calendar == site


def test_a_year_shows_each_day_with_what_it_is_and_why(office: Browser, site: Calendar) -> None:
    office.post(year_url(site, 2026), {"fill": "1"})
    site.days.create(on=date(2026, 7, 16), name="Typhoon", is_one_off=True)
    site.days.create(on=date(2026, 12, 31), name="New Year's Eve", windows=[["09:00", "12:00"]])
    shown = text(office.get(year_url(site, 2026)))
    for day, told in {
        "Oct. 1, 2026": "public holiday · 国庆节 · National Day · no working hours",
        "Feb. 14, 2026": "make-up working day · 春节调休上班 · Spring Festival, make-up working"
                         " day · 09:00–18:00",
        "March 4, 2026": "working day · 09:00–18:00",
        "March 7, 2026": "day off · no working hours",
        "July 16, 2026": "one-off · Typhoon · no working hours · not published yet",
        "Dec. 31, 2026": "half day · New Year&#x27;s Eve · 09:00–12:00 · not published yet",
    }.items():  # fmt: skip
        assert f'<span class="visually-hidden">{day} · {told}</span>' in shown
    assert "The public holidays of this year come from chinesecalendar" in shown
    assert len(re.findall(r'class="day [a-z-]+( changed)?" href=', shown)) == 365
    assert shown.partition('class="year-months"')[2].count("<caption>") == 12
    assert year_url(site, 2025) in shown
    assert year_url(site, 2027) in shown


def test_every_day_of_a_year_leads_to_where_it_is_edited(office: Browser, site: Calendar) -> None:
    day = site.days.create(on=date(2026, 7, 16), is_one_off=True)
    shown = text(office.get(year_url(site, 2026)))
    links = [link.replace("&amp;", "&") for link in re.findall(r'class="day [^"]+" href="([^"]+)"',
                                                               shown)]  # fmt: skip
    assert reverse("admin:timekeeping_calendarday_change", args=[day.pk]) in links
    plain = next(link for link in links if "on=2026-07-17" in link)
    form = office.get(plain).context["adminform"].form
    assert form["on"].value() == "2026-07-17"
    assert form["calendar"].value() == str(site.pk)
    office.post(plain, filled(office, plain) | {"windows": "10:00–12:00"})
    assert site.days.get(on=date(2026, 7, 17)).is_one_off


def test_item_7_a_year_that_is_not_published_says_so_and_can_be_filled(
    office: Browser, site: Calendar
) -> None:
    address = year_url(site, 2026)
    assert "are not published" in text(office.get(address))
    assert "Suzhou: version 2 is in force." in text(
        office.post(address, {"fill": "1"}, follow=True)
    )
    assert edition_for(site).content["years"] == [2026]
    assert "Nothing has changed." in text(office.post(address, {"fill": "1"}, follow=True))
    shown = text(office.post(year_url(site, 2039), {"fill": "1"}, follow=True))
    assert "does not have 2039 yet." in shown
    assert "are not published" in shown


def test_a_year_is_not_filled_past_edits_that_wait(office: Browser, site: Calendar) -> None:
    site.windows.filter(weekday=4).delete()
    shown = text(office.post(year_url(site, 2026), {"fill": "1"}, follow=True))
    assert "Publish it together with the other changes." in shown
    assert edition_for(site).version == 1
    shown = text(office.post(year_url(site, 2026), {"publish": "1"}, follow=True))
    assert "Suzhou: version 2 is in force." in shown


def test_hours_broken_in_the_database_are_named_and_change_nothing(
    office: Browser, site: Calendar
) -> None:
    CalendarDay.objects.create(calendar=site, on=date(2026, 3, 4), windows=["09:00"])
    shown = text(office.get(year_url(site, 2026)))
    assert "Cannot be published: days.2026-03-04" in shown
    assert office.get(change_url(site)).status_code == 200
    shown = text(office.post(year_url(site, 2026), {"publish": "1"}, follow=True))
    assert "is not a pair of opening and closing" in shown
    assert Edition.objects.filter(calendar=site).count() == 1


def test_who_may_only_look_sees_the_year_and_changes_nothing(
    people: People, site: Calendar
) -> None:
    people.analyst.is_staff = True
    people.analyst.save()
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.analyst)
    assert browser.get(year_url(site, 2026)).status_code == 403
    allow(people.analyst, "view_calendar")
    shown = text(browser.get(year_url(site, 2026)))
    assert "public holiday" in shown
    assert 'name="fill"' not in shown
    assert browser.post(year_url(site, 2026), {"fill": "1"}).status_code == 403
    assert not site.days.exists()


def allow(user: User, codename: str) -> None:
    from django.contrib.auth.models import Permission

    user.user_permissions.add(Permission.objects.get(codename=codename))


def test_a_year_or_a_calendar_that_there_is_not_is_not_found(
    office: Browser, site: Calendar
) -> None:
    assert office.get(year_url(site, 1492)).status_code == 404
    assert office.get(year_url(site, 9999)).status_code == 404
    site.pk = 0
    assert office.get(year_url(site, 2026)).status_code == 404


def test_a_calendar_that_was_in_force_cannot_be_deleted(office: Browser, site: Calendar) -> None:
    delete = reverse("admin:timekeeping_calendar_delete", args=[site.pk])
    assert office.post(delete, {"post": "yes"}).status_code == 403
    fresh = Calendar.objects.create(name="Fresh", time_zone="Asia/Shanghai")
    delete = reverse("admin:timekeeping_calendar_delete", args=[fresh.pk])
    assert office.post(delete, {"post": "yes"}).status_code == 302
    assert not Calendar.objects.filter(name="Fresh").exists()
    edition = reverse("admin:timekeeping_edition_delete", args=[site.editions.get().pk])
    assert office.post(edition, {"post": "yes"}).status_code == 403


def test_the_year_speaks_chinese(people: People, site: Calendar) -> None:
    browser = Browser(headers={"accept-language": "zh-hans"})
    people.administrator.language = "zh-hans"
    people.administrator.save()
    browser.force_login(people.administrator)
    shown = text(browser.get(year_url(site, 2026)))
    assert "一月" in shown
    assert 'abbr="星期一"' in shown
