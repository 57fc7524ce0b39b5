"""Looking back: three answers, for the team alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from customers.models import Customer
from followups.models import Reflection
from followups.reflecting import Answers, ReflectionChanged, TooEarly, reflect
from objections.actors import Actor
from objections.errors import FieldInvalid, NotPermitted
from objections.models import Case, CaseAccess
from objections.services.changing import describe
from objections.vocabulary import Sensitivity, Stage
from tests.conftest import People
from tests.followups.conftest import LookAs
from tests.stories import DAY, HOUR, walk_to

pytestmark = pytest.mark.django_db

SAID = Answers(went_well="Called back in 4 minutes", should_learn="Check the alignment")


@pytest.fixture
def closed(by: Actor, customer: Customer, t0: datetime) -> Case:
    return walk_to(Stage.CLOSED, t0, by=by, customer=customer)


def test_the_team_writes_what_it_thinks_of_a_case(
    closed: Case, by: Actor, people: People, t0: datetime
) -> None:
    kept = reflect(closed, SAID, by=by, now=t0 + DAY, expected_version=0)
    assert (kept.went_well, kept.can_be_better) == ("Called back in 4 minutes", "")
    assert (kept.version, kept.written_by, kept.written_at) == (1, people.engineer, t0 + DAY)


def test_with_it_comes_the_lesson_that_the_case_lacked(
    closed: Case, by: Actor, t0: datetime
) -> None:
    facts = {"lesson": "Measure before you close"}
    reflect(closed, SAID, by=by, now=t0 + DAY, expected_version=0, facts=facts)
    closed.refresh_from_db()
    assert closed.lesson == "Measure before you close"
    changed = closed.events.get(kind="changed")
    assert changed.data["changes"] == {"lesson": ["", "Measure before you close"]}


def test_who_writes_over_somebody_elses_words_is_shown_them_and_changes_nothing(
    closed: Case, by: Actor, people: People, t0: datetime
) -> None:
    reflect(closed, SAID, by=by, now=t0 + DAY, expected_version=0)
    other = Answers(can_be_better="Ask for the serial number at once")
    colleague = Actor.person(people.colleague)
    with pytest.raises(ReflectionChanged) as refused:
        reflect(closed, other, by=colleague, now=t0 + DAY, expected_version=0)
    assert refused.value.now.went_well == "Called back in 4 minutes"
    assert Reflection.objects.get().can_be_better == ""
    reflect(closed, other, by=colleague, now=t0 + DAY, expected_version=1)
    assert Reflection.objects.get().version == 2


@pytest.mark.parametrize("answers", [Answers(), Answers(went_well="  ")])
def test_three_blanks_say_nothing(answers: Answers, closed: Case, by: Actor, t0: datetime) -> None:
    with pytest.raises(FieldInvalid) as refused:
        reflect(closed, answers, by=by, now=t0 + DAY, expected_version=0)
    assert refused.value.field == "went_well"
    assert not Reflection.objects.exists()


def test_nobody_looks_back_before_the_solution_was_carried_out(
    by: Actor, customer: Customer, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    with pytest.raises(TooEarly):
        reflect(case, SAID, by=by, now=t0 + HOUR, expected_version=0)


def test_a_stranger_neither_writes_nor_reads_it(
    closed: Case, people: People, look_as: LookAs, by: Actor, t0: datetime
) -> None:
    with pytest.raises(NotPermitted):
        reflect(closed, SAID, by=Actor.person(people.stranger), now=t0 + DAY, expected_version=0)
    reflect(closed, SAID, by=by, now=t0 + DAY, expected_version=0)
    url = f"/cases/{closed.reference}/reflection/"
    for reader in (people.stranger, people.analyst, people.auditor):
        assert look_as(reader).get(url).status_code == 404
    for reader in (people.colleague, people.supervisor):
        assert "Called back in 4 minutes" in look_as(reader).get(url).content.decode()


def test_reading_it_of_a_restricted_case_leaves_a_trace(
    closed: Case, people: People, look_as: LookAs
) -> None:
    closed.sensitivity = Sensitivity.RESTRICTED
    closed.save()
    assert look_as(people.engineer).get(f"/cases/{closed.reference}/reflection/").status_code == 200
    assert CaseAccess.objects.get().user == people.engineer


def test_the_database_refuses_an_empty_reflection(closed: Case, people: People, t0: Any) -> None:
    with pytest.raises(IntegrityError, match="reflection_says_something"), transaction.atomic():
        Reflection.objects.create(case=closed, written_at=t0, written_by=people.engineer)


def test_the_panel_keeps_what_was_typed_and_shows_what_another_wrote(
    closed: Case, people: People, look_as: LookAs, by: Actor, t0: datetime
) -> None:
    reflect(closed, SAID, by=by, now=t0 + DAY, expected_version=0)
    url = f"/cases/{closed.reference}/reflection/"
    typed = {"version": "0", "can_be_better": "Ask for the serial number", "cause_category": ""}
    answer = look_as(people.colleague).post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ask for the serial number" in page
    assert "Called back in 4 minutes" in page
    assert 'name="version" value="1"' in page
    kept = look_as(people.colleague).post(url, typed | {"version": "1"})
    assert kept.status_code == 302
    assert Reflection.objects.get().can_be_better == "Ask for the serial number"


def test_the_panel_names_the_question_that_was_left_blank(
    closed: Case, people: People, look_as: LookAs
) -> None:
    url = f"/cases/{closed.reference}/reflection/"
    answer = look_as(people.engineer).post(url, {"version": "0", "went_well": " "})
    assert answer.status_code == 422
    assert "Answer at least one of the three questions." in answer.content.decode()
    assert not Reflection.objects.exists()


@pytest.mark.parametrize("version", ["9", "9" * 30])
def test_a_version_of_nothing_hinders_nobody(
    version: str, closed: Case, people: People, look_as: LookAs
) -> None:
    url = f"/cases/{closed.reference}/reflection/"
    sent = {"version": version, "went_well": "Called back in 4 minutes"}
    assert look_as(people.engineer).post(url, sent).status_code == 302
    assert Reflection.objects.get().version == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 5000])
def test_what_is_no_version_is_refused(
    version: str, closed: Case, people: People, look_as: LookAs
) -> None:
    url = f"/cases/{closed.reference}/reflection/"
    sent = {"version": version, "went_well": "Called back in 4 minutes"}
    assert look_as(people.engineer).post(url, sent).status_code == 422
    assert not Reflection.objects.exists()


def test_a_lesson_that_was_only_read_does_not_replace_a_newer_one(
    closed: Case, by: Actor, people: People, look_as: LookAs, t0: datetime
) -> None:
    describe(closed, {"lesson": "Old\nand long"}, by=by, now=t0 + DAY)
    url, browser = f"/cases/{closed.reference}/reflection/", look_as(people.engineer)
    form = browser.get(url).context["form"]
    read = {name: form[name].value() or "" for name in form.fields} | {"version": "0"}
    read["lesson"] = read["lesson"].replace("\n", "\r\n")  # as browsers send it
    describe(closed, {"lesson": "New"}, by=by, now=t0 + 2 * DAY)
    assert browser.post(url, {**read, "went_well": "Fast"}).status_code == 302
    closed.refresh_from_db()
    assert closed.lesson == "New"
