"""Who writes into a report, and how two who do it at once lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from objections import steps
from objections.actors import Actor
from objections.errors import FieldInvalid, NotPermitted
from objections.models import Case
from objections.services.stepping import take_step
from objections.vocabulary import Sensitivity, Stage
from reports.assembling import PartShown, assemble
from reports.models import Report, ReportPart
from reports.services import EditedMeanwhile, may_edit, take_back, write_part
from reports.vocabulary import Part, ReportKind, Tongue
from tests.conftest import People
from tests.stories import MIN, RESTATE

pytestmark = pytest.mark.django_db

UP, ENGLISH, BACKGROUND = ReportKind.UP, Tongue.ENGLISH, Part.BACKGROUND
WRITERS = {"engineer", "colleague", "supervisor", "manager", "duty_officer", "analyst"}
EVERYBODY = WRITERS | {"stranger", "auditor", "administrator"}
Write = Callable[..., None]


@pytest.fixture
def case(case_at: Callable[..., Case]) -> Case:
    return case_at(Stage.CONFIRM)


@pytest.fixture
def read(case: Case, people: People, now: datetime) -> Callable[..., PartShown]:
    """Return a function that reads the background as it stands."""

    def found(tongue: Tongue = ENGLISH, at: datetime = now) -> PartShown:
        part = assemble(case, UP, tongue, user=people.engineer, now=at).part(BACKGROUND)
        assert part is not None
        return part

    return found


@pytest.fixture
def write(case: Case, people: People, now: datetime, read: Callable[..., PartShown]) -> Write:
    """Return a function that writes the background, as it stands before the writer."""

    def written(text: str, *, by: User = people.engineer, **more: Any) -> None:
        before = read()
        given: dict[str, Any] = {"seen": before.number, "made_from": before.made_from}
        write_part(case, UP, ENGLISH, BACKGROUND, text=text, by=by, now=now, **{**given, **more})

    return written


def test_a_part_is_the_products_until_somebody_writes_it_and_then_theirs(
    case: Case, people: People, now: datetime, read: Any, write: Write
) -> None:
    take_step(case, RESTATE, by=Actor.person(people.engineer), now=now)
    assert "The new seal leaks" in read().text
    write("Our own words.\r\nTwo lines.")
    assert read().text == "Our own words.\nTwo lines."
    assert read().edited.edited_by == people.engineer
    assert "The new seal leaks" in read().own


def test_a_text_counts_in_its_own_language_alone(read: Any, write: Write) -> None:
    write("Our own words.")
    assert read(Tongue.SIMPLIFIED).edited is None


def test_a_case_that_changed_since_is_pointed_at(
    case: Case, people: People, now: datetime, read: Any, write: Write
) -> None:
    write("Our own words.")
    assert not read().is_outdated
    take_step(case, RESTATE, by=Actor.person(people.engineer), now=now)
    assert read().is_outdated
    assert read().text == "Our own words."
    write("Our own words, with the restatement.")
    assert not read().is_outdated


def test_the_products_text_can_be_taken_again_and_what_was_written_stays_on_record(
    case: Case, people: People, now: datetime, read: Any, write: Write
) -> None:
    write("Our own words.")
    for _twice in range(2):
        take_back(case, UP, ENGLISH, BACKGROUND, seen=1, by=people.colleague, now=now + MIN)
    assert read().edited is None
    assert read().text == read().own
    assert [one.text for one in read().earlier] == ["Our own words."]
    assert ReportPart.objects.count() == 2
    write("Once more.")
    assert read().number == 3


def test_taking_back_what_nobody_wrote_changes_nothing(
    case: Case, people: People, now: datetime
) -> None:
    take_back(case, UP, ENGLISH, BACKGROUND, seen=0, by=people.engineer, now=now)
    assert not ReportPart.objects.exists()


def test_the_second_of_two_writers_is_told_and_nothing_is_lost(
    case: Case, people: People, read: Any, write: Write
) -> None:
    write("The first text.")
    with pytest.raises(EditedMeanwhile) as told:
        write("The second text.", by=people.colleague, seen=0)
    assert told.value.newest.text == "The first text."
    assert read().text == "The first text."
    write("Both texts.", by=people.colleague)
    assert [one.text for one in read().earlier] == ["The first text."]


def test_taking_back_a_text_that_is_newer_than_the_one_seen_is_refused(
    case: Case, people: People, now: datetime, read: Any, write: Write
) -> None:
    write("The first text.")
    write("The second text.")
    with pytest.raises(EditedMeanwhile):
        take_back(case, UP, ENGLISH, BACKGROUND, seen=1, by=people.colleague, now=now)
    assert read().text == "The second text."


def test_the_same_text_twice_is_kept_once(read: Any, write: Write) -> None:
    write("Our own words.")
    write("Our own words.  ", seen=0)
    assert read().number == 1
    assert Report.objects.get().version == 1


def test_the_products_own_text_is_not_kept_as_somebodys(read: Any, write: Write) -> None:
    write(read().own)
    assert not ReportPart.objects.exists()
    write("Our own words.")
    write(read().own)
    assert read().edited is None


@pytest.mark.parametrize("text", ["", "  \n \t "])
def test_an_empty_text_is_refused_and_changes_nothing(write: Write, text: str) -> None:
    with pytest.raises(FieldInvalid):
        write(text)
    assert not Report.objects.exists()


def test_a_part_of_another_kind_of_report_is_refused(
    case: Case, people: People, now: datetime
) -> None:
    with pytest.raises(FieldInvalid):
        write_part(
            case, UP, ENGLISH, Part.D4, text="x", seen=0, made_from="", by=people.engineer, now=now
        )
    assert not Report.objects.exists()


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_who_may_write(case: Case, people: People, write: Write, who: str) -> None:
    if who in WRITERS:
        write("Our own words.", by=getattr(people, who))
        assert ReportPart.objects.get().edited_by == getattr(people, who)
    else:
        with pytest.raises(NotPermitted):
            write("Our own words.", by=getattr(people, who))
        assert not Report.objects.exists()


def test_an_analyst_may_not_write_into_a_case_that_does_not_exist_for_them(
    case: Case, people: People, now: datetime
) -> None:
    Case.objects.filter(pk=case.pk).update(sensitivity=Sensitivity.RESTRICTED)
    case.refresh_from_db()
    assert not may_edit(people.analyst, case)
    with pytest.raises(NotPermitted):
        take_back(case, UP, ENGLISH, BACKGROUND, seen=0, by=people.analyst, now=now)


def test_a_note_changes_no_report(
    case: Case, people: People, now: datetime, read: Any, write: Write
) -> None:
    write("Our own words.")
    note = steps.WriteNote(text="Among ourselves")
    take_step(case, note, by=Actor.person(people.engineer), now=now)
    assert not read().is_outdated
