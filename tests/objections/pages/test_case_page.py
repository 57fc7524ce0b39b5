"""The page of a case: what it shows in every stage, to whom, and at what cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from objections import steps
from objections.actors import Actor
from objections.models import Case, CaseAccess, CustomerMail, RemedyLimit
from objections.services import remedies
from objections.services.records import withdraw_proof
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import (
    Channel,
    ClockMode,
    Emotion,
    Kind,
    PauseReason,
    RemedyKind,
    Sensitivity,
    Stage,
)
from tests.conftest import People
from tests.objections.pages.conftest import page
from tests.stories import ACKNOWLEDGE, HOUR, MIN, RESTATE, TELL

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Browser]
AtStage = Callable[..., Case]
STAGES = [stage for stage in Stage if stage != Stage.MERGED]

BUDGET = 50
"""Queries for one page, however much has happened to its case."""


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("stage", STAGES)
def test_the_page_shows_a_case_in_every_stage_and_language(
    people: People, at_stage: AtStage, sign_in: SignIn, stage: Stage, language: str
) -> None:
    case = at_stage(stage)
    people.engineer.language = language
    people.engineer.save()
    shown = page(sign_in(people.engineer), case)
    assert case.title in shown
    assert case.reference in shown
    with translation.override(language):
        assert str(Stage(case.stage).label) in shown


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("stage", [Stage.LISTEN, Stage.CONFIRM])
def test_the_page_shows_every_kind_of_case(
    people: People, at_stage: AtStage, sign_in: SignIn, stage: Stage, kind: Kind
) -> None:
    case = at_stage(stage, kind=kind)
    assert str(kind.label) in page(sign_in(people.engineer), case)


def test_exactly_one_button_is_filled(people: People, at_stage: AtStage, sign_in: SignIn) -> None:
    browser = sign_in(people.engineer)
    for stage in STAGES:
        case = at_stage(stage)
        shown = page(browser, case)
        filled = [line for line in shown.split("<") if "btn-primary" in line]
        on_desktop = [line for line in filled if "flex-fill" not in line]
        assert len(on_desktop) == (1 if case.is_open else 0), stage


def test_the_next_step_is_a_verb_and_leads_to_its_form(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    shown = page(sign_in(people.engineer), at_stage(Stage.LISTEN))
    assert "Call back Zhou Min" in shown
    assert 'href="?do=acknowledge#work"' in shown


def test_a_form_that_was_asked_for_has_the_filled_button(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    shown = page(sign_in(people.engineer), at_stage(Stage.CONFIRM), do="restate")
    assert 'action="/cases/' in shown
    assert shown.count("btn btn-primary d-none") == 1


def test_every_step_that_the_stage_allows_can_be_opened(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    browser = sign_in(people.supervisor)
    for stage in STAGES:
        case = at_stage(stage)
        first = browser.get(reverse("case", args=[case.reference]))
        offer = first.context["offer"]
        for action in offer.everything:
            answer = browser.get(reverse("case", args=[case.reference]), {"do": action})
            assert answer.status_code == 200
            assert answer.context["do"] == action


def test_the_checklist_ticks_itself(people: People, at_stage: AtStage, sign_in: SignIn) -> None:
    case = at_stage(Stage.CONFIRM)
    browser = sign_in(people.engineer)
    before = browser.get(reverse("case", args=[case.reference])).context["page"]
    take_step(case, RESTATE, by=Actor.person(people.engineer), now=before.now)
    after = browser.get(reverse("case", args=[case.reference])).context["page"]
    assert (before.done, after.done) == (0, 2)
    assert RESTATE.restatement in [point.detail for point in after.points]


def test_unanswered_questions_are_counted_on_the_button(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.RESPOND, questions=("Who pays?", "Until when?"))
    shown = page(sign_in(people.engineer), case)
    assert "Answer 2 questions" in shown
    assert "0 of 2 answered" in shown


def test_who_may_only_read_sees_the_case_and_no_form(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.RESPOND)
    for reader in (people.stranger, people.analyst, people.auditor, people.administrator):
        shown = page(sign_in(reader), case)
        assert case.title in shown
        assert "case-step" not in shown
        assert 'id="work"' not in shown


def test_a_restricted_case_does_not_exist_for_a_stranger(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.LISTEN, sensitivity=Sensitivity.RESTRICTED)
    for name in ("case", "case-live", "case-timeline", "case-remedies"):
        url = reverse(name, args=[case.reference])
        assert sign_in(people.stranger).get(url).status_code == 404
    assert not CaseAccess.objects.exists()


def test_opening_a_restricted_case_leaves_a_trace_and_a_normal_one_none(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    page(sign_in(people.engineer), at_stage(Stage.LISTEN))
    assert not CaseAccess.objects.exists()
    case = at_stage(Stage.LISTEN, sensitivity=Sensitivity.RESTRICTED)
    page(sign_in(people.auditor), case)
    assert [(one.case_id, one.user_id) for one in CaseAccess.objects.all()] == [
        (case.pk, people.auditor.pk)
    ]


def test_a_case_that_is_none_is_not_found(people: People, sign_in: SignIn) -> None:
    browser = sign_in(people.engineer)
    for address in ("/cases/CT-2026-999999/", "/cases/CT-2026-1/", "/cases/nothing/"):
        assert browser.get(address).status_code == 404


def test_nobody_sees_a_case_without_signing_in(at_stage: AtStage) -> None:
    answer = Browser().get(reverse("case", args=[at_stage().reference]))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("sign-in"))


def _busy(people: People, case: Case, now: datetime, times: int) -> None:
    by = Actor.person(people.engineer)
    for number in range(times):
        told = steps.UpdateProgress(
            channel=Channel.PHONE, message=f"Update {number}", emotion=Emotion.UPSET
        )
        asked = steps.HandOver(question=f"Question {number}?", department="Lab")
        take_steps(
            case,
            [told, steps.WriteNote(text=f"Note {number}"), asked,
             steps.Commit(what=f"Send part {number}", due_at=now + HOUR * (number + 2)),
             steps.ReceiveMessage(channel=Channel.EMAIL, message="?", questions=(f"{number}?",))],
            by=by, now=now,
        )  # fmt: skip


@pytest.mark.parametrize("times", [1, 30])
def test_the_page_costs_the_same_number_of_queries_however_much_happened(
    people: People,
    at_stage: AtStage,
    sign_in: SignIn,
    now: datetime,
    django_assert_max_num_queries: Any,
    times: int,
) -> None:
    case = at_stage(Stage.RESPOND)
    _busy(people, case, now, times)
    browser = sign_in(people.engineer)
    with django_assert_max_num_queries(BUDGET):
        shown = page(browser, case)
    assert len(shown.encode()) < 150_000


def test_the_timeline_can_be_filtered_and_counts_what_it_hides(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.CLOSED)
    browser = sign_in(people.engineer)
    url = reverse("case-timeline", args=[case.reference])
    for shown, kinds in {
        "customer": {"customer"},
        "us": {"us"},
        "clock": {"clock"},
    }.items():
        timeline = browser.get(url, {"show": shown}).context["timeline"]
        assert {entry.kind for entry in timeline.entries} == kinds
        counted = next(tab.count for tab in timeline.tabs if tab.name == shown)
        assert counted == len(timeline.entries)


def test_an_unknown_filter_or_page_of_the_timeline_shows_all(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.CLOSED)
    for query in ({"show": "nonsense"}, {"page": "x"}, {"page": "0"}, {"page": "9" * 30}):
        answer = sign_in(people.engineer).get(reverse("case", args=[case.reference]), query)
        assert answer.status_code == 200
        assert answer.context["timeline"].shown == "all"


def test_a_long_timeline_has_pages(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    _busy(people, case, now, 20)
    browser = sign_in(people.engineer)
    url = reverse("case-timeline", args=[case.reference])
    first = browser.get(url).context["timeline"]
    second = browser.get(url, {"page": first.more}).context["timeline"]
    assert first.more == 2
    assert first.entries[-1].at >= second.entries[0].at


def test_the_live_part_shows_the_clocks_and_is_quiet_where_nothing_changed(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.LISTEN)
    url = reverse("case-live", args=[case.reference])
    answer = sign_in(people.engineer).get(url, {"version": case.version, "seen": 0})
    assert "ct-countdown" in answer.content.decode()
    assert "Somebody changed" not in answer.content.decode()


def test_the_live_part_says_what_somebody_else_changed(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.LISTEN)
    seen, version = case.events.latest("pk").pk, case.version
    take_step(case, ACKNOWLEDGE, by=Actor.person(people.colleague), now=now)
    url = reverse("case-live", args=[case.reference])
    shown = sign_in(people.engineer).get(url, {"version": version, "seen": seen}).content.decode()
    assert "Somebody changed this case meanwhile" in shown
    assert "Colleague" in shown


@pytest.mark.parametrize("query", [{"version": "x"}, {"seen": "9" * 40}, {"version": "\0"}, {}])
def test_the_live_part_survives_odd_questions(
    people: People, at_stage: AtStage, sign_in: SignIn, query: dict[str, str]
) -> None:
    url = reverse("case-live", args=[at_stage().reference])
    assert sign_in(people.engineer).get(url, query).status_code == 200


def test_a_paused_clock_says_what_it_waits_for_and_can_be_resumed(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    pause = steps.Pause(reason=PauseReason.CUSTOMER, evidence="They send pictures")
    take_step(case, pause, by=Actor.person(people.engineer), now=now)
    answer = sign_in(people.engineer).get(reverse("case", args=[case.reference]), {"do": "resume"})
    shown = answer.content.decode()
    assert "They send pictures" in shown
    assert answer.context["do"] == "resume"


def test_an_e_mail_that_failed_is_said_until_the_customer_was_told_again(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    by = Actor.person(people.engineer)
    told = steps.UpdateProgress(channel=Channel.EMAIL, message="Parts are on the way")
    take_step(case, told, by=by, now=now)
    mail = CustomerMail.objects.get()
    withdraw_proof(mail.contact_record, failure="550 no such user", now=now)
    browser = sign_in(people.engineer)
    assert "was not delivered" in page(browser, case)
    case.refresh_from_db()
    again = steps.UpdateProgress(channel=Channel.PHONE, message="Parts are on the way")
    take_step(case, again, by=by, now=now + timedelta(seconds=1))
    assert "was not delivered" not in page(browser, case)


def test_a_late_record_can_be_confirmed_by_the_supervisor_on_the_page(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.LISTEN, ago=timedelta(minutes=40))
    spoke = steps.Acknowledge(
        channel=Channel.PHONE, summary="Thanks.", at=now - 35 * MIN, with_whom="Zhou Min"
    )
    take_step(case, spoke, by=Actor.person(people.engineer), now=now)
    assert "written down late" not in page(sign_in(people.engineer), case)
    assert "written down late" in page(sign_in(people.supervisor), case)


def test_a_remedy_that_waits_holds_the_solution_and_shows_who_may_decide(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    RemedyLimit.objects.update_or_create(role="supervisor", defaults={"amount": Decimal(50_000)})
    case = at_stage(Stage.RESPOND)
    remedies.propose(
        case, kind=RemedyKind.REFUND, description="Half the price", cost=Decimal(30_000),
        by=Actor.person(people.engineer), now=now,
    )  # fmt: skip
    assert "Before this can be recorded" in page(
        sign_in(people.engineer), case, do="communicate_solution"
    )
    assert "/remedies/1/approve/" not in page(sign_in(people.engineer), case, do="remedies")
    assert "/remedies/1/approve/" in page(sign_in(people.supervisor), case, do="remedies")


def test_a_historical_case_is_never_shown_as_late(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.LISTEN, clock_mode=ClockMode.HISTORICAL, ago=timedelta(days=90))
    shown = page(sign_in(people.engineer), case)
    assert 'data-state="breached"' not in shown.partition('id="ct-clock-words"')[0]


def test_what_people_typed_is_shown_as_text_and_never_as_markup(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    attack = "<script>alert(1)</script>{who}%(name)s"
    case = at_stage(Stage.RESPOND, title=attack, questions=(attack,))
    take_steps(
        case, [steps.WriteNote(text=attack), steps.Commit(what=attack, due_at=now + HOUR)],
        by=Actor.person(people.engineer), now=now,
    )  # fmt: skip
    shown = page(sign_in(people.engineer), case)
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{who}%(name)s" in shown


def test_a_solution_with_its_options_stands_beside_the_work(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    take_step(case, TELL, by=Actor.person(people.engineer), now=now)
    shown = page(sign_in(people.engineer), case)
    assert "Replace tonight" in shown
    assert "Record that it is carried out" in shown
