"""Worksheets are optional, ours alone, and lose nobody's words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from objections.actors import CUSTOMER, SYSTEM, Actor
from objections.errors import CaseEnded, FieldInvalid, NotPermitted, StaleVersion
from objections.models import Case, Worksheet
from objections.services import worksheets
from objections.sheets import ELEMENTS
from objections.vocabulary import SheetKind, Stage
from tests.conftest import People
from tests.objections.record import refused
from tests.stories import HOUR, MIN, walk_to

pytestmark = pytest.mark.django_db

NEGOTIATION, CONFLICT = SheetKind.NEGOTIATION, SheetKind.CONFLICT


@pytest.fixture
def case(by: Actor, customer: Any, t0: datetime) -> Case:
    return walk_to(Stage.RESPOND, t0, by=by, customer=customer)


@pytest.fixture
def now(t0: datetime) -> datetime:
    return t0 + HOUR


def wrote(
    case: Case, by: Actor, now: datetime, version: int = 0, kind: SheetKind = NEGOTIATION,
    **entries: str,
) -> Worksheet | None:  # fmt: skip
    return worksheets.write(case, kind, entries, version=version, by=by, now=now)


def test_the_sheets_have_the_four_elements_and_the_five_steps() -> None:
    assert [one.name for one in ELEMENTS[NEGOTIATION]] == [
        "interests", "standards", "alternatives", "relationship",
    ]  # fmt: skip
    assert [one.name for one in ELEMENTS[CONFLICT]] == [
        "plan", "approach", "collaborate", "check", "settle",
    ]  # fmt: skip
    assert all(one.question for elements in ELEMENTS.values() for one in elements)


def test_what_is_written_stays_and_what_is_left_out_stays_as_it_is(
    case: Case, people: People, by: Actor, now: datetime
) -> None:
    wrote(case, by, now, interests=" They want no stop. ", standards="Contract 7")
    sheet = wrote(case, by, now + MIN, 1, standards="Contract 7, ISO 5199")
    assert sheet is not None
    assert sheet.entries == {
        "interests": "They want no stop.", "standards": "Contract 7, ISO 5199",
    }  # fmt: skip
    assert (sheet.version, sheet.written_by, sheet.written_at) == (2, people.engineer, now + MIN)


def test_each_kind_is_one_sheet_of_its_own(case: Case, by: Actor, now: datetime) -> None:
    wrote(case, by, now, interests="x")
    wrote(case, by, now, kind=CONFLICT, plan="y")
    assert case.worksheets.count() == 2


def test_every_writing_is_in_the_timeline_by_its_elements_and_never_by_its_words(
    case: Case, by: Actor, now: datetime
) -> None:
    wrote(case, by, now, interests="They fear a penalty of 80,000", standards="")
    wrote(case, by, now, 1, relationship="secret")
    said = [event.data for event in case.events.filter(kind="sheet_written")]
    assert said == [
        {"sheet": "negotiation", "elements": ["interests"]},
        {"sheet": "negotiation", "elements": ["relationship"]},
    ]
    assert Case.objects.get(pk=case.pk).version == case.version + 2


def test_nothing_new_is_not_recorded(case: Case, by: Actor, now: datetime) -> None:
    assert wrote(case, by, now, interests="  ") is None
    wrote(case, by, now, interests="x")
    wrote(case, by, now + MIN, 1, interests="x ")
    assert case.events.filter(kind="sheet_written").count() == 1


def test_who_has_not_seen_the_newest_text_overwrites_nothing(
    case: Case, by: Actor, now: datetime
) -> None:
    with refused(StaleVersion):
        wrote(case, by, now, 1, interests="there is none yet")
    wrote(case, by, now, interests="first")
    with refused(StaleVersion):
        wrote(case, by, now, 0, interests="second")


@pytest.mark.parametrize(
    ("entries", "code"), [({"price": "x"}, "unknown"), ({"interests": "x" * 20_001}, "too_long")]
)
def test_a_sheet_takes_its_own_elements_and_no_book(
    case: Case, by: Actor, now: datetime, entries: dict[str, str], code: str
) -> None:
    with refused(FieldInvalid) as found:
        worksheets.write(case, NEGOTIATION, entries, version=0, by=by, now=now)
    assert (found.value.field, found.value.code) == (next(iter(entries)), code)


@pytest.mark.parametrize("who", ["stranger", "analyst", "auditor", "administrator"])
def test_who_may_not_work_on_the_case_writes_on_no_sheet(
    who: str, case: Case, people: People, now: datetime
) -> None:
    with refused(NotPermitted):
        wrote(case, Actor.person(getattr(people, who)), now, interests="x")


def test_neither_customer_nor_program_nor_system_writes_on_a_sheet(
    case: Case, crm: Any, now: datetime
) -> None:
    for actor in (CUSTOMER, SYSTEM, Actor.program(crm)):
        with refused(NotPermitted):
            wrote(case, actor, now, interests="x")


def test_on_a_case_that_has_ended_nobody_writes(by: Actor, customer: Any, t0: datetime) -> None:
    case = walk_to(Stage.CLOSED, t0, by=by, customer=customer)
    with refused(CaseEnded):
        wrote(case, by, t0 + HOUR, interests="x")
