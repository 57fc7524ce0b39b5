"""Five whys: a tree with evidence that keeps what was said before, and two hands apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from objections import steps
from objections.actors import CUSTOMER, SYSTEM, Actor
from objections.errors import CaseEnded, FieldInvalid, NotPermitted, StaleVersion
from objections.models import Case, Evidence, Why
from objections.selectors.answering import root_causes, tree
from objections.services import analysis
from objections.services.stepping import take_step
from objections.vocabulary import CauseCategory, Promise, Stage
from tests.conftest import People
from tests.objections.record import events, rang, refused
from tests.stories import HOUR, MIN, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def evidence_in_a_folder_of_its_own(settings: Any, tmp_path: Any) -> None:
    settings.CASETRACK_EVIDENCE_ROOT = tmp_path / "evidence"


@pytest.fixture
def case(by: Actor, customer: Any, t0: datetime) -> Case:
    return walk_to(Stage.RESPOND, t0, by=by, customer=customer)


@pytest.fixture
def now(t0: datetime) -> datetime:
    return t0 + HOUR


def wrote(case: Case, by: Actor, now: datetime, text: str = "x", **more: Any) -> Why:
    return analysis.write(case, text=text, by=by, now=now, **more)


def photo(case: Case, by: Actor, now: datetime, name: str = "seal.txt") -> Evidence:
    file = SimpleUploadedFile(name, b"scratched")
    take_step(case, steps.Attach(file=file, caption="Scratched face"), by=by, now=now)
    return case.evidence.latest("pk")


def test_each_answer_stands_under_the_one_that_it_explains(
    case: Case, people: People, by: Actor, now: datetime
) -> None:
    wrote(case, by, now, " The seal leaks ", evidence="Photo of 08:22")
    wrote(case, by, now, "Its face is scratched", under=1)
    wrote(case, by, now, "The filter broke", under=2, is_root_cause=True)
    wrote(case, by, now, "It ran dry", under=1)
    [top] = tree(case, people.engineer)
    assert (top.number, top.why.text, top.size) == (1, "The seal leaks", 4)
    assert [(one.number, one.level) for one in top.walk()] == [(1, 1), (2, 2), (3, 3), (4, 2)]
    assert root_causes(case) == ["The filter broke"]


def test_a_why_stands_in_the_timeline_with_what_shows_it_and_where_it_hangs(
    case: Case, by: Actor, now: datetime
) -> None:
    file = photo(case, by, now)
    wrote(case, by, now, "The seal leaks")
    wrote(case, by, now, "Scratched", under=1, evidence="Seen", files=[file])
    written = case.events.filter(kind="why_written").latest("pk").data
    assert written == {
        "number": 2, "under": 1, "words": "Scratched", "evidence": "Seen",
        "files": ["Scratched face"], "root_cause": False, "corrected": False, "cause_category": "",
    }  # fmt: skip
    assert Case.objects.get(pk=case.pk).version == case.version + 2


def test_a_root_cause_gives_the_case_its_category_and_another_why_does_not(
    case: Case, by: Actor, now: datetime
) -> None:
    wrote(case, by, now, category=CauseCategory.USE)
    assert Case.objects.get(pk=case.pk).cause_category == ""
    wrote(case, by, now, is_root_cause=True, category=CauseCategory.MATERIAL)
    assert Case.objects.get(pk=case.pk).cause_category == CauseCategory.MATERIAL


def test_a_correction_is_another_version_and_what_it_said_before_stays(
    case: Case, by: Actor, now: datetime
) -> None:
    why = wrote(case, by, now, "The seal leaks")
    told: dict[str, Any] = {"text": "The seal leaks at its face", "evidence": "Photo", "by": by}
    analysis.correct(case, 1, version=1, now=now + MIN, **told)
    why.refresh_from_db()
    assert (why.text, why.version, why.written_at) == ("The seal leaks at its face", 2, now)
    said = [event.data["words"] for event in case.events.filter(kind="why_written")]
    assert said == ["The seal leaks", "The seal leaks at its face"]
    analysis.correct(case, 1, version=2, now=now + MIN, **told)  # the same again
    assert case.events.filter(kind="why_written").count() == 2


def test_a_second_hand_that_has_not_seen_the_first_changes_nothing(
    case: Case, by: Actor, now: datetime
) -> None:
    wrote(case, by, now)
    analysis.correct(case, 1, version=1, text="first", by=by, now=now)
    with refused(StaleVersion):
        analysis.correct(case, 1, version=1, text="second", by=by, now=now)


def test_a_why_is_taken_back_with_its_branch_and_stays_in_the_rows(
    case: Case, people: People, by: Actor, now: datetime
) -> None:
    for under in (None, 1, 2, 1):
        wrote(case, by, now, under=under)
    analysis.take_back(case, 2, size=2, by=by, now=now + MIN)
    [top] = tree(case, people.engineer)
    assert [one.number for one in top.walk()] == [1, 4]
    assert list(case.whys.filter(removed_at=now + MIN).values_list("pk", flat=True)) == [
        row.pk for number, row in analysis.numbered(case).items() if number in (2, 3)
    ]
    assert case.events.get(kind="why_removed").data["branch"] == [2, 3]
    assert wrote(case, by, now, under=4).pk == analysis.numbered(case)[5].pk


def test_a_branch_that_has_grown_since_it_was_read_is_not_taken_back(
    case: Case, by: Actor, now: datetime
) -> None:
    wrote(case, by, now)
    wrote(case, by, now, under=1)
    with refused(StaleVersion):
        analysis.take_back(case, 1, size=1, by=by, now=now)


@pytest.mark.parametrize("under", [0, 2, 99, -1])
def test_a_why_hangs_under_one_that_stands(
    under: int, case: Case, by: Actor, now: datetime
) -> None:
    wrote(case, by, now)
    wrote(case, by, now)
    analysis.take_back(case, 2, size=1, by=by, now=now)
    with refused(FieldInvalid) as found:
        wrote(case, by, now, under=under)
    assert (found.value.field, found.value.code) == ("under", "unknown")


def test_what_was_taken_back_is_neither_corrected_nor_taken_back_again(
    case: Case, by: Actor, now: datetime
) -> None:
    wrote(case, by, now)
    analysis.take_back(case, 1, size=1, by=by, now=now)
    with refused(FieldInvalid):
        analysis.correct(case, 1, version=1, text="y", by=by, now=now)
    with refused(FieldInvalid):
        analysis.take_back(case, 1, size=1, by=by, now=now)


def test_the_eighth_level_is_one_too_deep(case: Case, by: Actor, now: datetime) -> None:
    for number in range(7):
        wrote(case, by, now, under=number or None)
    with refused(FieldInvalid) as found:
        wrote(case, by, now, under=7)
    assert (found.value.field, found.value.code) == ("under", "too_deep")


def test_the_sixty_first_why_is_one_too_many_and_one_taken_back_leaves_room(
    case: Case, by: Actor, people: People, now: datetime
) -> None:
    Why.objects.bulk_create(
        Why(case=case, text="x", written_at=now, written_by=people.engineer) for _ in range(60)
    )
    with refused(FieldInvalid) as found:
        wrote(case, by, now)
    assert (found.value.field, found.value.code) == ("text", "too_many")
    analysis.take_back(case, 1, size=1, by=by, now=now)
    wrote(case, by, now)


def test_a_why_says_something_and_points_to_files_of_its_own_case(
    case: Case, by: Actor, customer: Any, now: datetime, t0: datetime
) -> None:
    other = photo(open_at(t0, by=by, customer=customer), by, now)
    with refused(FieldInvalid) as empty:
        wrote(case, by, now, "  ")
    with refused(FieldInvalid) as foreign:
        wrote(case, by, now, files=[other])
    assert [one.value.field for one in (empty, foreign)] == ["text", "files"]


@pytest.mark.parametrize("who", ["stranger", "analyst", "auditor", "administrator"])
def test_who_may_not_work_on_the_case_writes_no_why(
    who: str, case: Case, people: People, by: Actor, now: datetime
) -> None:
    wrote(case, by, now)
    actor = Actor.person(getattr(people, who))
    with refused(NotPermitted):
        wrote(case, actor, now)
    with refused(NotPermitted):
        analysis.correct(case, 1, version=1, text="y", by=actor, now=now)
    with refused(NotPermitted):
        analysis.take_back(case, 1, size=1, by=actor, now=now)


def test_neither_customer_nor_program_nor_system_writes_a_why(
    case: Case, crm: Any, now: datetime
) -> None:
    for actor in (CUSTOMER, SYSTEM, Actor.program(crm)):
        with refused(NotPermitted):
            wrote(case, actor, now)


def test_a_why_is_corrected_by_its_writer_the_handler_and_those_above_alone(
    case: Case, people: People, by: Actor, now: datetime
) -> None:
    colleague = Actor.person(people.colleague)
    Case.objects.filter(pk=case.pk).update(handler=people.engineer)
    wrote(case, by, now)
    with refused(NotPermitted):
        analysis.correct(case, 1, version=1, text="y", by=colleague, now=now)
    with refused(NotPermitted):
        analysis.take_back(case, 1, size=1, by=colleague, now=now)
    wrote(case, colleague, now)
    boss = Actor.person(people.supervisor)
    for version, actor in enumerate((colleague, by, boss), start=1):
        analysis.correct(case, 2, version=version, text=f"v{version}", by=actor, now=now)


def test_a_case_that_has_ended_is_read_and_not_written(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CLOSED, t0, by=by, customer=customer)
    with refused(CaseEnded) as found:
        wrote(case, by, t0 + HOUR)
    assert found.value.allowed[0] == "reopen"


def test_writing_a_why_rings_what_fell_due_first_and_keeps_no_promise(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    wrote(case, by, t0 + 16 * MIN)
    assert len(rang(case, Promise.ACKNOWLEDGEMENT)) == 3
    assert events(case, "deadline_kept") == []


def test_the_cause_that_is_told_does_not_change_the_tree(
    case: Case, by: Actor, now: datetime
) -> None:
    wrote(case, by, now, "The filter broke", is_root_cause=True)
    take_step(case, TELL, by=by, now=now + MIN)
    assert root_causes(case) == ["The filter broke"]
