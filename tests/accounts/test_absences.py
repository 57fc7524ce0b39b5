"""Absences are planned by the person or by who looks after them, and stand-ins are named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser

from accounts.absences import looked_after
from accounts.models import Absence, Role, Team, User
from accounts.presence import Presence
from accounts.services import cancel_absence, leave, name_stand_in, plan_absence, ring
from tests.conftest import People, person

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LookAs = Callable[[User], Browser]


@pytest.fixture
def look_as() -> LookAs:
    def sign_in(user: User, language: str = "en") -> Browser:
        browser = Browser(headers={"accept-language": language})
        browser.force_login(user)
        return browser

    return sign_in


# ── the rules ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("length", [timedelta(0), -HOUR])
def test_an_absence_that_ends_before_it_begins_is_refused(
    length: timedelta, people: People, t0: datetime
) -> None:
    with pytest.raises(ValidationError) as refusal:
        plan_absence(people.engineer, begins_at=t0, ends_at=t0 + length)
    assert list(refusal.value.message_dict) == ["ends_at"]
    assert not Absence.objects.exists()


def test_nobody_stands_in_for_themselves(people: People, t0: datetime) -> None:
    with pytest.raises(ValidationError) as refusal:
        plan_absence(people.engineer, begins_at=t0, ends_at=None, stand_in=people.engineer)
    assert list(refusal.value.message_dict) == ["stand_in"]
    with pytest.raises(ValidationError) as refusal:
        name_stand_in(people.engineer, people.engineer)
    assert list(refusal.value.message_dict) == ["stand_in"]
    people.engineer.refresh_from_db()
    assert people.engineer.stand_in is None


def test_two_absences_of_a_person_do_not_overlap_and_may_touch(
    people: People, t0: datetime
) -> None:
    plan_absence(people.engineer, begins_at=t0, ends_at=t0 + DAY)
    plan_absence(people.engineer, begins_at=t0 + DAY, ends_at=None)
    plan_absence(people.colleague, begins_at=t0, ends_at=t0 + DAY)
    for begins, ends in ((t0 - HOUR, t0 + HOUR), (t0 + 2 * DAY, t0 + 3 * DAY), (t0 - DAY, None)):
        with pytest.raises(ValidationError) as refusal:
            plan_absence(people.engineer, begins_at=begins, ends_at=ends)
        assert list(refusal.value.message_dict) == ["begins_at"]
    assert people.engineer.absences.count() == 2


def test_a_deleted_absence_brings_the_person_back(people: People, t0: datetime) -> None:
    absence = plan_absence(people.engineer, begins_at=t0, ends_at=t0 + DAY)
    assert Presence(t0).away_since(people.engineer) == t0
    cancel_absence(absence)
    assert Presence(t0).is_here(people.engineer)


def test_a_ring_of_stand_ins_is_found_and_a_chain_is_none(people: People) -> None:
    name_stand_in(people.engineer, people.colleague)
    assert ring(people.engineer) == []
    name_stand_in(people.colleague, people.stranger)
    name_stand_in(people.stranger, people.engineer)
    assert ring(people.engineer) == [people.colleague, people.stranger, people.engineer]
    name_stand_in(people.stranger, people.colleague)
    assert ring(people.engineer) == []  # a ring among others does not come back to them


def test_presence_can_be_asked_ahead_and_counts_both_ways_of_being_away(
    people: People, t0: datetime
) -> None:
    plan_absence(people.engineer, begins_at=t0 + HOUR, ends_at=t0 + 2 * HOUR)
    leave(people.colleague, at=t0 - HOUR)
    now = Presence(t0, until=t0 + DAY)
    assert now.members(people.team) == [people.engineer]
    assert now.at(t0 + HOUR).members(people.team) == []
    assert now.at(t0 + 2 * HOUR).members(people.team) == [people.engineer]
    assert now.away_since(people.colleague) == t0 - HOUR


def test_who_looks_after_whom_follows_the_teams(people: People) -> None:
    members = {people.engineer, people.colleague}
    assert set(looked_after(people.supervisor)) == members
    assert set(looked_after(people.manager)) == members
    assert not looked_after(people.duty_officer).exists()
    assert not looked_after(people.engineer).exists()
    everybody = set(User.objects.exclude(pk=people.administrator.pk))
    assert set(looked_after(people.administrator)) == everybody


# ── the page ──────────────────────────────────────────────────────────────────────────


def test_a_person_plans_sees_and_deletes_an_absence(
    people: People, look_as: LookAs, t0: datetime
) -> None:
    browser, me = look_as(people.engineer), people.engineer
    sent = {"begins_at": "2026-03-05T09:00", "ends_at": "2026-03-06T18:00",
            "stand_in": people.colleague.pk}  # fmt: skip
    answer = browser.post(f"/absences/{me.pk}/add/", sent, follow=True)
    assert answer.redirect_chain == [("/absences/", 302)]
    absence = me.absences.get()
    assert absence.begins_at.isoformat() == "2026-03-05T01:00:00+00:00"  # 09:00 in Shanghai
    assert absence.stand_in == people.colleague
    page = answer.content.decode()
    assert "The absence is noted." in page
    assert "Colleague" in page
    browser.post(f"/absences/{me.pk}/{absence.pk}/delete/")
    assert not me.absences.exists()
    assert "No absence is planned" in browser.get("/absences/").content.decode()


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"begins_at": ""}, "begins_at", "This field is required."),
        ({"begins_at": "tomorrow"}, "begins_at", "Enter a valid date/time."),
        ({"begins_at": "0001-01-01T00:00"}, "begins_at", "Enter a valid date/time."),
        (
            {"begins_at": "2026-03-05T09:00", "ends_at": "2026-03-05T08:00"},
            "ends_at", "It ends before it begins.",
        ),
        ({"begins_at": "2026-03-05T09:00", "stand_in": "0"}, "stand_in", "Select a valid choice"),
        (
            {"begins_at": "2026-03-05T09:00", "stand_in": "99999999999999999999"},
            "stand_in", "Select a valid choice",
        ),
    ],
)  # fmt: skip
def test_bad_input_names_the_field_keeps_what_was_typed_and_changes_nothing(
    sent: dict[str, str], field: str, words: str, people: People, look_as: LookAs
) -> None:
    answer = look_as(people.engineer).post(f"/absences/{people.engineer.pk}/add/", sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert words in page
    assert f'value="{sent["begins_at"]}"' in page or not sent["begins_at"]
    assert not Absence.objects.exists()


def test_oneself_as_stand_in_is_refused_on_the_page_in_both_languages(
    people: People, look_as: LookAs
) -> None:
    me = people.engineer
    sent = {"begins_at": "2026-03-05T09:00", "stand_in": me.pk}
    page = look_as(me).post(f"/absences/{me.pk}/add/", sent)
    assert "Nobody stands in for themselves." in page.content.decode()
    answer = look_as(me).post(f"/absences/{me.pk}/stand-in/", {"stand_in": me.pk})
    assert (answer.status_code, "stand_in" in answer.context["stand_in_form"].errors) == (400, True)
    me.refresh_from_db()
    assert me.stand_in is None


def test_a_stand_in_is_named_and_taken_away_and_a_ring_is_warned_of(
    people: People, look_as: LookAs
) -> None:
    browser, me = look_as(people.engineer), people.engineer
    browser.post(f"/absences/{me.pk}/stand-in/", {"stand_in": people.colleague.pk})
    me.refresh_from_db()
    assert me.stand_in == people.colleague
    assert "They stand in for each other" not in browser.get("/absences/").content.decode()
    name_stand_in(people.colleague, me)
    page = browser.get("/absences/").content.decode()
    assert "They stand in for each other: Engineer → Colleague → Engineer." in page
    browser.post(f"/absences/{me.pk}/stand-in/", {"stand_in": ""})
    me.refresh_from_db()
    assert me.stand_in is None


def test_a_supervisor_writes_down_the_absences_of_the_team_and_nobody_elses(
    people: People, look_as: LookAs
) -> None:
    browser = look_as(people.supervisor)
    sent = {"begins_at": "2026-03-05T09:00"}
    their = f"/absences/{people.engineer.pk}/"
    assert "Absences of Engineer" in browser.get(their).content.decode()
    assert browser.post(f"{their}add/", sent)["Location"] == their
    assert people.engineer.absences.count() == 1
    for other in (people.stranger, people.manager):
        assert browser.get(f"/absences/{other.pk}/").status_code == 404
        assert browser.post(f"/absences/{other.pk}/add/", sent).status_code == 404
    assert Absence.objects.count() == 1


def test_a_colleague_can_neither_plan_nor_delete_the_absence_of_another(
    people: People, look_as: LookAs, t0: datetime
) -> None:
    absence = plan_absence(people.engineer, begins_at=t0, ends_at=None)
    browser, their = look_as(people.colleague), f"/absences/{people.engineer.pk}/"
    assert browser.get(their).status_code == 404
    assert browser.post(f"{their}{absence.pk}/delete/").status_code == 404
    assert browser.post(f"{their}stand-in/", {"stand_in": ""}).status_code == 404
    # Not through one's own address either.
    mine = f"/absences/{people.colleague.pk}/{absence.pk}/delete/"
    assert browser.post(mine).status_code == 404
    assert Absence.objects.get() == absence


def test_nothing_of_it_is_open_to_who_has_not_signed_in(people: People) -> None:
    for address in ("/absences/", f"/absences/{people.engineer.pk}/"):
        assert "/sign-in/" in Browser().get(address)["Location"]
    answer = Browser().post(f"/absences/{people.engineer.pk}/add/", {})
    assert "/sign-in/" in answer["Location"]


def test_an_impossible_number_in_the_address_is_no_such_page(
    people: People, look_as: LookAs
) -> None:
    browser, huge = look_as(people.administrator), 10**30
    assert browser.get(f"/absences/{huge}/").status_code == 404
    mine = f"/absences/{people.administrator.pk}/{huge}/delete/"
    assert browser.post(mine).status_code == 404


# ── the roster and the absences in the administration ─────────────────────────────────


def roster(
    browser: Browser, team: Team, *shifts: tuple[User, str, str], gone: tuple[int, ...] = ()
) -> int:
    """Send a team's form with these shifts added and those deleted; return the status."""
    address = f"/admin/accounts/team/{team.pk}/change/"
    page = browser.get(address).context
    data: dict[str, object] = {
        bound.html_name: bound.value() for bound in page["adminform"].form if bound.value()
    }
    [inline] = page["inline_admin_formsets"]
    forms = inline.formset.initial_forms
    rows = [(str(form.instance.user_id), form.instance) for form in forms]
    data |= {"duty_shifts-INITIAL_FORMS": len(rows), "duty_shifts-TOTAL_FORMS": len(rows)
             + len(shifts)}  # fmt: skip
    for number, (user, shift) in enumerate(rows):
        data |= _row(number, user, f"{shift.begins_at:%Y-%m-%d %H:%M:%S}",
                     f"{shift.ends_at:%Y-%m-%d %H:%M:%S}", team, shift.pk)  # fmt: skip
        if shift.pk in gone:
            data[f"duty_shifts-{number}-DELETE"] = "on"
    for number, (user_, begins, ends) in enumerate(shifts, len(rows)):
        data |= _row(number, str(user_.pk), begins, ends, team)
    answer = browser.post(address, data)
    roster.page = answer.content.decode()  # type: ignore[attr-defined]
    return answer.status_code


def _row(
    number: int, user: str, begins: str, ends: str, team: Team, pk: int | str = ""
) -> dict[str, object]:
    start = f"duty_shifts-{number}-"
    return {
        f"{start}id": pk, f"{start}team": team.pk, f"{start}user": user,
        **dict(zip((f"{start}begins_at_0", f"{start}begins_at_1"), begins.split(), strict=True)),
        **dict(zip((f"{start}ends_at_0", f"{start}ends_at_1"), ends.split(), strict=True)),
    }  # fmt: skip


@pytest.fixture
def office(people: People, look_as: LookAs) -> Browser:
    people.administrator.time_zone = "UTC"
    people.administrator.save()
    return look_as(people.administrator)


def test_a_roster_takes_shifts_that_touch(people: People, office: Browser) -> None:
    first = (people.engineer, "2126-03-02 08:00:00", "2126-03-02 20:00:00")
    second = (people.colleague, "2126-03-02 20:00:00", "2126-03-03 08:00:00")
    assert roster(office, people.team, first, second) == 302
    assert people.team.duty_shifts.count() == 2


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "one after the other"])
def test_two_people_on_duty_at_the_same_time_are_refused_beside_the_field(
    at_once: bool, people: People, office: Browser
) -> None:
    first = (people.engineer, "2126-03-02 08:00:00", "2126-03-02 20:00:00")
    second = (people.colleague, "2126-03-02 19:59:00", "2126-03-03 08:00:00")
    if at_once:
        assert roster(office, people.team, first, second) == 200
    else:
        assert roster(office, people.team, first) == 302
        assert roster(office, people.team, second) == 200
    assert "Engineer is on duty during part of it: from 2126-03-02 08:00" in roster.page  # type: ignore[attr-defined]
    assert people.team.duty_shifts.count() == (0 if at_once else 1)


def test_a_shift_is_replaced_in_one_go_and_another_teams_does_not_matter(
    people: People, office: Browser
) -> None:
    mine = ("2126-03-02 08:00:00", "2126-03-02 20:00:00")
    assert roster(office, people.team, (people.engineer, *mine)) == 302
    old = people.team.duty_shifts.get()
    assert roster(office, people.team, (people.colleague, *mine), gone=(old.pk,)) == 302
    assert people.team.duty_shifts.get().user == people.colleague
    assert roster(office, people.stranger.teams.get(), (people.engineer, *mine)) == 302


def test_a_shift_that_ends_before_it_begins_is_refused(people: People, office: Browser) -> None:
    back = (people.engineer, "2126-03-02 08:00:00", "2126-03-02 08:00:00")
    assert roster(office, people.team, back) == 200
    assert "It ends before it begins." in roster.page  # type: ignore[attr-defined]
    assert not people.team.duty_shifts.exists()


def test_the_administration_of_a_team_offers_its_calendar_and_of_a_person_the_stand_in(
    people: People, office: Browser
) -> None:
    team = office.get(f"/admin/accounts/team/{people.team.pk}/change/").content.decode()
    assert 'name="calendar"' in team
    who = office.get(f"/admin/accounts/user/{people.engineer.pk}/change/").content.decode()
    assert 'name="stand_in"' in who
    assert "absences-TOTAL_FORMS" in who
    assert office.get("/admin/accounts/user/add/").status_code == 200


def test_the_demo_of_roles_that_only_read_has_the_page_too(people: People, look_as: LookAs) -> None:
    for role in Role.values:
        someone = person(f"one_{role}", Role(role))
        assert look_as(someone).get("/absences/").status_code == 200
