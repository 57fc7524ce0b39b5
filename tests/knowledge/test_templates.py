"""Beginnings of replies: filled from the case, picked where one writes, kept in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import Language
from knowledge import templates, variables
from knowledge.models import ReplyTemplate
from objections import steps
from objections.actors import Actor
from objections.models import Case
from objections.services.stepping import take_step
from objections.vocabulary import Action, Channel, Kind, Sensitivity, Stage
from tests.conftest import People
from tests.knowledge.people import AtStage, SignIn, text_of

pytestmark = pytest.mark.django_db


def template(body: str = "Dear {contact}", **more: Any) -> ReplyTemplate:
    given = {"name": f"Ours {ReplyTemplate.objects.count()}", "language": "en", **more}
    return ReplyTemplate.objects.create(body=body, **given)


def names(case: Case, people: People, language: str = "en") -> list[str]:
    found = templates.fitting(case, people.engineer, language, now=case.opened_at)
    return [one.template.name for one in found]


# ── variables ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Dear {contact}, your {serail}", "{serail}"),
        ("Dear {}", "{}"),
        ("Fine\nDear {contact", "line 2"),
        ("Dear contact}", "line 1"),
        ("您好，｛contact｝", "｛contact｝"),
    ],
)
def test_an_unknown_variable_or_a_brace_without_partner_is_named(body: str, said: str) -> None:
    assert any(said in fault for fault in variables.faults(body))


def test_every_variable_is_accepted_and_has_a_meaning_and_a_sample() -> None:
    whole = " ".join("{" + name + "}" for name in variables.VARIABLES)
    assert variables.faults(whole) == []
    for language in Language.values:
        with translation.override(language):
            assert all(str(one.meaning) and str(one.gap) for one in variables.VARIABLES.values())
        filled = variables.fill(whole, variables.samples(language), language)
        assert variables.gaps(filled) == []


def test_a_variable_that_the_case_lacks_stays_as_a_visible_gap() -> None:
    filled = variables.fill("No. {serial} of {product}", {"serial": "", "product": "P"}, "en")
    assert filled == "No. [serial number?] of P"
    assert variables.gaps(filled) == ["[serial number?]"]


def test_what_people_wrote_is_not_taken_for_a_variable() -> None:
    assert variables.fill("“{symptom}”", {"symptom": "error {serial}"}, "en") == "“error {serial}”"


def test_a_case_fills_the_template(
    people: People, at_stage: AtStage, product: Any, t0: Any
) -> None:
    case = at_stage(
        Stage.RESPOND, questions=("Who pays?", "Until when?"), product=product, serial="S-7"
    )
    due = case.updated_at + timedelta(hours=3)
    commit = steps.Commit(what="Send the seal", due_at=due)
    take_step(case, commit, by=Actor.person(people.engineer), now=case.updated_at)
    row = template(
        "{contact}|{customer}|{me}|{team}|{product}|{serial}|{reference}|{question}|{questions}"
        "|{promise}|{batch}|{option}"
    )
    [found] = [
        one
        for one in templates.fitting(case, people.engineer, "en", now=case.updated_at)
        if one.template == row
    ]
    assert found.text.split("|") == [
        "Zhou Min", "Hengyuan Chemical", "Engineer", "Pumps", "Hydra CP 80-250", "S-7",
        case.reference, "Who pays?", "1. Who pays?\n2. Until when?", "Send the seal", "[batch?]",
        "[option?]",
    ]  # fmt: skip
    assert found.gaps == ["[batch?]", "[option?]"]


def test_times_are_said_whole_and_a_progress_clock_counts_from_now(
    people: People, at_stage: AtStage
) -> None:
    case = at_stage(Stage.RESPOND)
    template("{response_due}|{next_update}|{promise_due}", name="AAA")
    found = templates.fitting(case, people.engineer, "en", now=case.updated_at)
    [text] = [one.text for one in found if one.template.name == "AAA"]
    response, update, promise = text.split("|")
    assert response.count(":") == update.count(":") == 1
    assert promise == "[day and time?]"


# ── which fit ─────────────────────────────────────────────────────────────────────────


def test_the_templates_of_stage_and_kind_fit_and_no_others(
    people: People, at_stage: AtStage
) -> None:
    ReplyTemplate.objects.all().delete()
    for stage in ("", "listen", "respond"):
        for kind in ("", "complaint", "inquiry"):
            template(stage=stage, kind=kind, name=f"{stage}/{kind}")
    template(name="gone", retired_at=at_stage(Stage.LISTEN).opened_at)
    case = at_stage(Stage.LISTEN, kind=Kind.COMPLAINT)
    assert names(case, people) == ["listen/complaint", "/complaint", "listen/", "/"]
    beside = templates.fitting(
        case, people.engineer, "en", now=case.opened_at, action=Action.UPDATE_PROGRESS
    )
    assert [one.template.name for one in beside] == [
        "/complaint", "/", "listen/complaint", "listen/",
    ]  # fmt: skip


def test_the_customers_language_comes_first_then_the_users_then_the_nearest(
    people: People, at_stage: AtStage
) -> None:
    ReplyTemplate.objects.all().delete()
    case = at_stage(Stage.LISTEN)
    template(language="en", name="e")
    template(language="zh-hans", name="s")
    assert names(case, people, "zh-hant") == ["s"]
    assert names(case, people, "en") == ["e"]
    assert case.customer is not None
    case.customer.language = "zh-hans"
    assert names(case, people, "en") == ["s", "e"]
    assert names(case, people, "zh-hans") == ["s"]


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", Language.values)
def test_each_kind_of_case_finds_a_shipped_template_from_its_first_day(
    people: People, at_stage: AtStage, kind: Kind, language: str
) -> None:
    assert names(at_stage(Stage.LISTEN, kind=kind), people, language)


# ── picked where one writes ───────────────────────────────────────────────────────────


def pick(browser: Any, case: Case, do: str = "reply", **more: Any) -> Any:
    return browser.get(reverse("case-templates", args=[case.reference]), {"do": do}, **more)


@pytest.mark.parametrize("do", list(templates.TARGETS))
def test_a_composer_offers_its_templates_and_opens_with_one_without_a_script(
    people: People, at_stage: AtStage, sign_in: SignIn, do: str
) -> None:
    stage = Stage.LISTEN if do == Action.ACKNOWLEDGE else Stage.RESPOND
    case = at_stage(stage)
    by = Actor.person(people.engineer)
    due = case.updated_at + timedelta(hours=3)
    take_step(case, steps.Commit(what="Send it", due_at=due), by=by, now=case.updated_at)
    if do == Action.REPLY:
        asked = steps.ReceiveMessage(channel=Channel.EMAIL, message="Well?")
        take_step(case, asked, by=by, now=case.updated_at)
    row = template("Dear {contact}, [what?]", stage=stage)
    browser = sign_in(people.engineer)
    page = reverse("case", args=[case.reference])
    shown = text_of(browser.get(page, {"do": do}))
    assert f"{reverse('case-templates', args=[case.reference])}?do={do}" in shown
    assert f"?do={do}&amp;template={row.pk}#work" in text_of(pick(browser, case, do))
    begun = browser.get(page, {"do": do, "template": str(row.pk)})
    form = begun.context["form"]
    assert form[templates.TARGETS[do]].value() == "Dear Zhou Min, [what?]"
    assert f'data-template="{row.pk}"' in text_of(begun)


def test_the_picker_is_a_part_of_the_page_for_the_script_and_a_page_without_it(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case, browser = at_stage(Stage.RESPOND), sign_in(people.engineer)
    part, whole = pick(browser, case, headers={"HX-Request": "true"}), pick(browser, case)
    assert "<html" not in text_of(part)
    assert "data-pick-search" in text_of(part)
    assert "<html" in text_of(whole)
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize("key", ["0", "x", "²", "9" * 30, "-1", "1;", ""])
def test_a_template_that_is_none_opens_the_empty_form(
    people: People, at_stage: AtStage, sign_in: SignIn, key: str
) -> None:
    case = at_stage(Stage.RESPOND)
    page = reverse("case", args=[case.reference])
    answer = sign_in(people.engineer).get(page, {"do": "update_progress", "template": key})
    assert answer.status_code == 200
    assert not answer.context["form"]["message"].value()


def test_what_is_not_written_to_a_customer_has_no_templates(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.RESPOND)
    for do in ("note", "nonsense", ""):
        assert pick(sign_in(people.engineer), case, do).status_code == 404


def test_who_may_not_write_to_the_customer_picks_nothing(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.RESPOND)
    for who in (people.stranger, people.analyst, people.auditor, people.administrator):
        assert pick(sign_in(who), case).status_code == 404
    hidden = at_stage(Stage.RESPOND, sensitivity=Sensitivity.RESTRICTED)
    assert pick(sign_in(people.colleague), hidden).status_code == 404


def test_the_picker_costs_few_queries_however_many_templates_there_are(
    people: People, at_stage: AtStage, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    case, browser = at_stage(Stage.RESPOND), sign_in(people.engineer)
    for number in range(30):
        template("{questions} {promise} {option} {response_due}", name=f"T{number}")
    with django_assert_max_num_queries(20):
        assert pick(browser, case).status_code == 200


# ── the page of the templates ─────────────────────────────────────────────────────────


def test_everybody_reads_the_templates_by_stage_with_sample_values(
    people: People, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(people.auditor)
    with django_assert_max_num_queries(20):
        shown = text_of(browser.get(reverse("reply-templates")))
    assert "Dear Zhou Min" in shown
    assert "{contact}" not in shown.replace("<code>{contact}</code>", "")
    assert "In any stage" in shown
    chinese = text_of(browser.get(reverse("reply-templates"), {"language": "zh-hans"}))
    assert "首次通话记录" in chinese


def test_the_page_fills_the_templates_from_a_case(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.RESPOND)
    shown = text_of(
        sign_in(people.engineer).get(reverse("reply-templates"), {"case": case.reference.lower()})
    )
    assert case.title in shown
    assert "[serial number?]" in shown


@pytest.mark.parametrize("reference", ["CT-2026-999999", "x\x00y", "CT-1", "%"])
def test_a_case_that_is_none_is_said_and_the_samples_stand(
    people: People, sign_in: SignIn, reference: str
) -> None:
    answer = sign_in(people.engineer).get(reverse("reply-templates"), {"case": reference})
    assert answer.status_code == 200
    assert "There is no case of this reference." in text_of(answer)
    assert "CP8-2508-1173" in text_of(answer)


def test_a_restricted_case_fills_nothing_for_a_stranger(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.RESPOND, sensitivity=Sensitivity.RESTRICTED)
    answer = sign_in(people.stranger).get(reverse("reply-templates"), {"case": case.reference})
    assert case.title not in text_of(answer)
