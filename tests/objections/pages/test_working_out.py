"""The cause, the options and the worksheets on the page of a case, with and without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Scope, User
from objections import steps
from objections.actors import Actor
from objections.models import Case
from objections.services import analysis, remedies, worksheets
from objections.services.stepping import take_step
from objections.vocabulary import CauseCategory, Channel, RemedyKind, SheetKind, Stage
from tests.conftest import People
from tests.objections.pages.conftest import page, text_of
from tests.stories import HOUR, MIN

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Browser]
SECRET = "They fear a penalty of 80,000"


@pytest.fixture
def case(at_stage: Callable[..., Case]) -> Case:
    return at_stage(Stage.RESPOND)


@pytest.fixture
def by(people: People) -> Actor:
    return Actor.person(people.engineer)


@pytest.fixture
def browser(people: People, sign_in: SignIn) -> Browser:
    return sign_in(people.engineer)


def wrote(browser: Browser, case: Case, **data: Any) -> Any:
    return browser.post(reverse("case-whys", args=[case.reference]), data)


def test_each_why_leads_on_to_the_next_one_under_it_and_a_root_cause_ends_it(
    browser: Browser, case: Case
) -> None:
    onwards = wrote(browser, case, text="It leaks").headers["Location"]
    assert onwards.endswith("?do=whys&under=1#work")
    shown = text_of(browser.get(onwards))
    assert "Why: “It leaks”?" in shown
    ended = wrote(browser, case, text="The filter broke", under="1", is_root_cause="on")
    assert ended.headers["Location"].endswith("?do=whys#work")
    assert [why.parent_id for why in case.whys.all()] == [None, case.whys.earliest("pk").pk]


def test_a_refused_why_keeps_what_was_typed(browser: Browser, case: Case) -> None:
    answer = wrote(browser, case, text=" ", evidence="Photo of 08:22", under="7")
    assert answer.status_code == 422
    assert "Photo of 08:22" in text_of(answer)
    assert not case.whys.exists()


def test_two_who_correct_a_why_see_what_the_other_wrote(
    browser: Browser, case: Case, by: Actor, now: datetime
) -> None:
    analysis.write(case, text="It leaks", by=by, now=now)
    seen = case.events.latest("pk").pk
    analysis.correct(case, 1, version=1, text="It leaks at the face", by=by, now=now)
    address = reverse("case-why", args=[case.reference, 1])
    answer = browser.post(address, {"text": "It drips", "version": "1", "seen": seen})
    assert answer.status_code == 409
    shown = text_of(answer)
    assert "It leaks at the face" in shown
    assert "It drips" in shown
    again = browser.post(address, {"text": "It drips", "version": "2", "seen": seen})
    assert again.status_code == 302


@pytest.mark.parametrize("under", ["x", "9" * 30, "-1", "\0"])
def test_odd_numbers_of_a_why_are_no_fault_of_ours(
    browser: Browser, case: Case, under: str
) -> None:
    assert wrote(browser, case, text="It leaks", under=under).status_code == 422
    for name in ("under", "why", "commitment", "hand_over", "sheet"):
        page(browser, case, do="whys", **{name: under})
    for name in ("case-why", "case-why-take-back"):
        address = reverse(name, args=[case.reference, 10**30])
        assert browser.post(address, {"text": "x", "size": under}).status_code in (302, 404)


def test_the_root_cause_and_its_category_begin_the_solution(
    browser: Browser, case: Case, by: Actor, now: datetime
) -> None:
    analysis.write(
        case, text="The filter broke", is_root_cause=True, category=CauseCategory.MATERIAL,
        by=by, now=now,
    )  # fmt: skip
    address = reverse("case", args=[case.reference])
    form = browser.get(address, {"do": "communicate_solution"}).context["form"]
    assert form["cause"].value() == "The filter broke"
    assert form["cause_category"].value() == "material"


def test_the_options_stand_side_by_side_with_what_speaks_for_and_against_them(
    browser: Browser, case: Case, by: Actor, now: datetime
) -> None:
    offered = steps.OptionOffered(
        title="Tonight", benefit="Runs at once", drawback="Three hours", duration=28 * HOUR,
        cost=Decimal(18_400),
    )  # fmt: skip
    told = steps.CommunicateSolution(
        channel=Channel.PHONE, message="x", cause="y", options=(offered, offered)
    )
    take_step(case, told, by=by, now=now)
    for do in ("note", "choose"):
        shown = page(browser, case, do=do)
        for words in ("Runs at once", "Three hours", "1 d 4 h", "18,400.00"):
            assert shown.count(words) == 2, (do, words)


def test_a_second_writer_of_a_sheet_sees_both_texts_and_may_then_keep_theirs(
    browser: Browser, case: Case, by: Actor, now: datetime
) -> None:
    worksheets.write(case, SheetKind.CONFLICT, {"plan": "First"}, version=0, by=by, now=now)
    address = reverse("case-sheet", args=[case.reference, "conflict"])
    answer = browser.post(address, {"plan": "Second", "version": "0"})
    assert answer.status_code == 409
    shown = text_of(answer)
    assert "What stands there now" in shown
    assert "First" in shown
    assert "Second" in shown
    assert 'name="version" value="1"' in shown
    assert browser.post(address, {"plan": "Second", "version": "1"}).status_code == 302
    assert case.worksheets.get().entries["plan"] == "Second"


def test_what_a_sheet_says_is_for_our_eyes_alone(
    browser: Browser, case: Case, by: Actor, crm: Any, now: datetime
) -> None:
    worksheets.write(case, SheetKind.NEGOTIATION, {"interests": SECRET}, version=0, by=by, now=now)
    assert SECRET in page(browser, case)
    token = tokens.issue(crm, list(Scope), now=now)
    program = APIClient(headers={"authorization": f"Bearer {token}"})
    for address in (
        f"/api/v1/cases/{case.reference}/",
        f"/api/v1/cases/{case.reference}/timeline/",
    ):
        answer = program.get(address)
        assert answer.status_code == 200, address
        assert SECRET not in answer.content.decode()


def test_the_first_of_two_approvals_is_named_and_the_second_one_is_asked(
    people: People, sign_in: SignIn, case: Case, by: Actor, now: datetime
) -> None:
    remedy = remedies.propose(
        case, kind=RemedyKind.REFUND, description="All", cost=Decimal(60_000), by=by, now=now
    )
    remedies.approve(remedy, by=Actor.person(people.supervisor), now=now)
    first = page(sign_in(people.supervisor), case, do="remedies")
    assert "1 of 2 approvals: Supervisor" in first
    assert "/remedies/1/approve/" not in first
    assert "/remedies/1/refuse/" in first
    assert "/remedies/1/approve/" in page(sign_in(people.manager), case, do="remedies")


def test_an_open_promise_leads_to_its_own_form_and_says_how_often_it_moved(
    browser: Browser, case: Case, by: Actor, now: datetime
) -> None:
    for number in (1, 2):
        commit = steps.Commit(what=f"Send part {number}", due_at=now + 2 * HOUR)
        take_step(case, commit, by=by, now=now)
    moved = steps.ReagreeCommitment(
        channel=Channel.PHONE, commitment=2, due_at=now + 3 * HOUR, message="Later"
    )
    take_step(case, moved, by=by, now=now + MIN)
    assert "new time agreed once" in page(browser, case)
    address = reverse("case", args=[case.reference])
    answer = browser.get(address, {"do": "keep_commitment", "commitment": "2"})
    assert answer.context["form"]["commitment"].value() == "2"


def test_what_was_refused_is_read_on_the_page_with_what_was_offered(
    people: People, sign_in: SignIn, case: Case, by: Actor, now: datetime
) -> None:
    no = steps.RefuseDemand(
        channel=Channel.PHONE, demand="A new pump", reason="It is sound", rule="Terms 4.2",
        alternative="A seal at half the price",
    )  # fmt: skip
    take_step(case, no, by=by, now=now)
    shown = page(sign_in(people.auditor), case)
    assert "What we could not do, and what we offered instead" in shown
    assert "A seal at half the price" in shown


def test_a_file_of_the_case_proves_a_why_and_one_of_another_case_does_not(
    browser: Browser, case: Case, by: Actor, at_stage: Callable[..., Case], now: datetime
) -> None:
    other = at_stage(Stage.RESPOND)
    for one in (case, other):
        file = SimpleUploadedFile("seal.txt", b"scratched")
        take_step(one, steps.Attach(file=file, caption="Scratched face"), by=by, now=now)
    foreign = wrote(browser, case, text="It leaks", proofs=[other.evidence.get().pk])
    assert foreign.status_code == 422
    wrote(browser, case, text="It leaks", proofs=[case.evidence.get().pk])
    assert case.whys.get().files.get() == case.evidence.get()
