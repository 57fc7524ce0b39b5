"""The pages of a case's reports: who reads, who writes, and what they are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from objections import steps
from objections.actors import Actor
from objections.models import Case, CaseAccess
from objections.services.stepping import take_step
from objections.vocabulary import Sensitivity, Stage
from reports import urls
from reports.assembling import fingerprint
from reports.models import Report, ReportPart
from reports.vocabulary import ReportKind, Tongue
from tests.conftest import People
from tests.reports.conftest import SignIn, text_of, url
from tests.stories import RESTATE

pytestmark = pytest.mark.django_db

CaseAt = Callable[..., Case]
MADE_FROM = fingerprint("what stood there")
EVERYBODY = {
    "engineer", "colleague", "supervisor", "manager", "duty_officer", "stranger", "analyst",
    "auditor", "administrator",
}  # fmt: skip
WRITERS = EVERYBODY - {"stranger", "auditor", "administrator"}
INSIDERS = {"engineer", "auditor", "administrator"}
BUDGET = 45
"""Queries for one report, page or file, however much has happened to its case."""


@dataclass(frozen=True)
class Door:
    """One way in: who gets through; the others are told that they may not."""

    name: str
    opens_to: set[str]
    more: tuple[str, ...] = ()
    data: dict[str, Any] | None = None
    answers: set[int] = field(default_factory=lambda: {200})


TEXT = {"seen": "0", "made_from": MADE_FROM, "text": "Our own words."}
DOORS = [
    Door("case-report", EVERYBODY),
    Door("case-report-print", EVERYBODY),
    Door("case-report-file", EVERYBODY, ("docx",)),
    Door("case-report-part", WRITERS, ("background",), TEXT, {302}),
    Door("case-report-again", WRITERS, ("background",), {"seen": "0"}, {302}),
]


def test_every_address_of_this_room_is_in_the_table() -> None:
    assert {door.name for door in DOORS} == {one.name for one in urls.urlpatterns}


def knock(sign_in: SignIn, people: People, who: str, door: Door, case: Case) -> int:
    browser, address = sign_in(getattr(people, who)), url(case, "up", door.name, *door.more)
    answer = browser.get(address) if door.data is None else browser.post(address, door.data)
    return int(answer.status_code)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_who_gets_through_and_who_is_told_no(
    case_at: CaseAt, people: People, sign_in: SignIn, door: Door
) -> None:
    for who in sorted(EVERYBODY):
        status = knock(sign_in, people, who, door, case_at(Stage.CONFIRM))
        assert status in (door.answers if who in door.opens_to else {403}), who


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_restricted_case_has_no_report_for_outsiders_and_leaves_a_trace_of_insiders(
    case_at: CaseAt, people: People, sign_in: SignIn, door: Door
) -> None:
    case = case_at(Stage.LISTEN, sensitivity=Sensitivity.RESTRICTED)
    for who in sorted(EVERYBODY):
        CaseAccess.objects.all().delete()
        status = knock(sign_in, people, who, door, case)
        if who in INSIDERS:
            assert status in {*door.answers, 403}
            assert CaseAccess.objects.get().user == getattr(people, who)
        else:
            assert status == 404, who
            assert not CaseAccess.objects.exists()


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_nobody_gets_in_without_signing_in(case_at: CaseAt, client: Any, door: Door) -> None:
    address = url(case_at(Stage.LISTEN), "up", door.name, *door.more)
    answer = client.get(address) if door.data is None else client.post(address, door.data)
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]
    assert not Report.objects.exists()


@pytest.mark.parametrize("language", Tongue.values)
@pytest.mark.parametrize("kind", ReportKind.values)
def test_a_report_is_shown_and_printed_in_the_language_of_its_address(
    rich: Case, people: People, sign_in: SignIn, kind: str, language: str
) -> None:
    browser = sign_in(people.engineer)
    for name in ("case-report", "case-report-print"):
        answer = browser.get(url(rich, kind, name), {"lang": language})
        shown = answer.context["report"]
        assert shown.tongue == language
        for part in shown.parts:
            assert part.heading in text_of(answer)
        assert "机封材料硬度不够" in text_of(answer)
        assert rich.reference in text_of(answer)


@pytest.mark.parametrize("asked", ["", "xx", "\0", "EN"])
def test_an_unknown_language_is_the_readers_own(
    case_at: CaseAt, people: People, sign_in: SignIn, asked: str
) -> None:
    people.engineer.language = "zh-hant"
    people.engineer.save()
    answer = sign_in(people.engineer).get(url(case_at(Stage.LISTEN)), {"lang": asked})
    assert answer.context["report"].tongue == Tongue.TRADITIONAL


def test_the_case_leads_to_its_reports(case_at: CaseAt, people: People, sign_in: SignIn) -> None:
    case = case_at(Stage.LISTEN)
    shown = text_of(sign_in(people.auditor).get(reverse("case", args=[case.reference])))
    assert f'href="{url(case, "up")}"' in shown
    assert f'href="{url(case, "8d")}"' in shown


def test_a_part_is_edited_in_its_place_and_saved(
    case_at: CaseAt, people: People, sign_in: SignIn
) -> None:
    case, browser = case_at(Stage.CONFIRM), sign_in(people.engineer)
    opened = browser.get(url(case), {"edit": "background", "lang": "en"})
    initial = opened.context["form"].initial
    assert "The seal that you fitted leaks again." in initial["text"]
    address = f"{url(case, 'up', 'case-report-part', 'background')}?lang=en"
    answer = browser.post(address, {**initial, "text": "=Our <b>own</b> words."}, follow=True)
    assert answer.redirect_chain[0][0].endswith("?lang=en#background")
    assert "=Our &lt;b&gt;own&lt;/b&gt; words." in text_of(answer)
    assert "Written by Engineer" in text_of(answer)
    assert "Take the product" in text_of(answer)


def test_who_may_not_write_is_offered_no_form(
    case_at: CaseAt, people: People, sign_in: SignIn
) -> None:
    case, browser = case_at(Stage.CONFIRM), sign_in(people.auditor)
    assert "?lang=en&amp;edit=" not in text_of(browser.get(url(case)))
    assert browser.get(url(case), {"edit": "background"}).status_code == 403


def test_an_unknown_part_opens_no_form(case_at: CaseAt, people: People, sign_in: SignIn) -> None:
    case, browser = case_at(Stage.CONFIRM), sign_in(people.engineer)
    for asked in ("d4", "nonsense", "\0"):
        assert browser.get(url(case), {"edit": asked}).context["form"] is None
    assert browser.post(url(case, "up", "case-report-part", "d4"), TEXT).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "  "},
        {"text": "x" * 8001},
        {"seen": "x"},
        {"made_from": "<script>"},
        {"text": "\0"},
    ],
)
def test_a_form_that_is_wrong_keeps_what_was_typed_and_changes_nothing(
    case_at: CaseAt, people: People, sign_in: SignIn, wrong: dict[str, str]
) -> None:
    case = case_at(Stage.CONFIRM)
    address = url(case, "up", "case-report-part", "background")
    answer = sign_in(people.engineer).post(address, {**TEXT, **wrong})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not ReportPart.objects.exists()
    if "text" not in wrong:
        assert "Our own words." in text_of(answer)


def test_the_second_of_two_editors_sees_both_texts_and_may_save_again(
    case_at: CaseAt, people: People, sign_in: SignIn
) -> None:
    case = case_at(Stage.CONFIRM)
    address = f"{url(case, 'up', 'case-report-part', 'background')}?lang=en"
    sign_in(people.engineer).post(address, {**TEXT, "text": "The first text."})
    second = sign_in(people.colleague)
    answer = second.post(address, {**TEXT, "text": "The second text."})
    assert answer.status_code == 409
    assert "The first text." in text_of(answer)
    assert "The second text." in answer.context["form"].initial["text"]
    assert ReportPart.objects.get().text == "The first text."
    again = second.post(address, answer.context["form"].initial, follow=True)
    assert "The second text." in text_of(again)
    assert "Earlier texts" in text_of(again)
    assert "The first text." in text_of(again)


def test_a_case_that_changed_since_is_pointed_at_with_what_the_product_says_now(
    case_at: CaseAt, people: People, sign_in: SignIn, now: datetime
) -> None:
    case, browser = case_at(Stage.CONFIRM), sign_in(people.engineer)
    before = browser.get(url(case), {"edit": "background", "lang": "en"}).context["form"].initial
    address = f"{url(case, 'up', 'case-report-part', 'background')}?lang=en"
    browser.post(address, {**before, "text": "Our own words."})
    assert "The case has changed" not in text_of(browser.get(url(case), {"lang": "en"}))
    take_step(case, RESTATE, by=Actor.person(people.engineer), now=now)
    shown = text_of(browser.get(url(case), {"lang": "en"}))
    assert "The case has changed since this was written" in shown
    assert "The new seal leaks after 3 weeks." in shown
    again = browser.post(url(case, "up", "case-report-again", "background") + "?lang=en",
                         {"seen": "1"}, follow=True)  # fmt: skip
    assert "Written by" not in text_of(again).split("Earlier texts")[0]


def test_taking_back_what_somebody_wrote_since_is_refused_and_said(
    case_at: CaseAt, people: People, sign_in: SignIn
) -> None:
    case, browser = case_at(Stage.CONFIRM), sign_in(people.engineer)
    browser.post(url(case, "up", "case-report-part", "background") + "?lang=en", TEXT)
    again = url(case, "up", "case-report-again", "background") + "?lang=en"
    answer = browser.post(again, {"seen": "nonsense"}, follow=True)
    assert "Somebody else wrote this part in the meantime." in text_of(answer)
    assert ReportPart.objects.get().text == "Our own words."


@pytest.mark.parametrize("times", [1, 30])
def test_a_report_costs_the_same_number_of_queries_however_much_happened(
    case_at: CaseAt,
    people: People,
    sign_in: SignIn,
    now: datetime,
    django_assert_max_num_queries: Any,
    times: int,
) -> None:
    case, by = case_at(Stage.RESPOND), Actor.person(people.engineer)
    for number in range(times):
        question = steps.HandOver(question=f"Question {number}", department="Laboratory")
        take_step(case, question, by=by, now=now)
    address = url(case, "up", "case-report-part", "background") + "?lang=en"
    browser = sign_in(people.engineer)
    for number in range(times):
        browser.post(address, {**TEXT, "seen": str(number), "text": f"Text {number}"})
    for path in (url(case), url(case, "8d"), url(case, "8d", "case-report-file", "docx")):
        with django_assert_max_num_queries(BUDGET):
            assert browser.get(path, {"lang": "en"}).status_code == 200


def test_the_page_speaks_the_readers_language_and_the_report_its_own(
    case_at: CaseAt, people: People, sign_in: SignIn
) -> None:
    people.engineer.language = "zh-hans"
    people.engineer.save()
    answer = sign_in(people.engineer).get(url(case_at(Stage.LISTEN)), {"lang": "en"})
    assert 'lang="zh-Hans"' in text_of(answer)
    assert "Background" in text_of(answer)
    with translation.override("zh-hans"):
        assert answer.context["report"].tongue == Tongue.ENGLISH
