"""Playbook cards: eight styles, chosen in one tap at a case, never in anybody's way."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from knowledge import playbooks
from knowledge.models import PlaybookCard
from objections.models import Case
from objections.vocabulary import CustomerStyle, Sensitivity, Stage
from tests.conftest import People
from tests.knowledge.people import AtStage, SignIn, text_of

pytestmark = pytest.mark.django_db

PART = {"HX-Request": "true"}


def url(case: Case) -> str:
    return reverse("case-playbook", args=[case.reference])


def style_of(case: Case) -> str:
    return str(Case.objects.values_list("style", flat=True).get(pk=case.pk))


def test_all_eight_styles_can_be_recognised_from_a_short_sign() -> None:
    for language in ("en", "zh-hans", "zh-hant", "xx"):
        hints = playbooks.hints(language)
        assert [hint.style for hint in hints] == list(CustomerStyle)
        assert all(hint.sign for hint in hints)


def test_a_style_whose_card_was_deleted_can_still_be_chosen() -> None:
    PlaybookCard.objects.filter(style="rational").delete()
    assert playbooks.card_of("rational", "en") is None
    assert CustomerStyle.RATIONAL in [hint.style for hint in playbooks.hints("en")]
    assert len(playbooks.cards("en")) == 7


def test_a_card_comes_in_the_nearest_language_there_is() -> None:
    PlaybookCard.objects.filter(style="rational", language="zh-hant").delete()
    card = playbooks.card_of("rational", "zh-hant")
    assert card is not None
    assert card.row.language == "zh-hans"


def test_without_a_style_the_case_asks_how_they_come_across(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    shown = text_of(sign_in(people.engineer).get(url(at_stage()), headers=PART))
    assert "How do they come across?" in shown
    assert shown.count('name="style"') == len(CustomerStyle)
    assert "<html" not in shown


@pytest.mark.parametrize("style", CustomerStyle.values)
def test_one_tap_sets_the_style_and_shows_its_card(
    people: People, at_stage: AtStage, sign_in: SignIn, style: str
) -> None:
    case, browser = at_stage(), sign_in(people.engineer)
    answer = browser.post(url(case), {"style": style, "version": case.version}, headers=PART)
    card = playbooks.card_of(style, "en")
    assert card is not None
    shown = text_of(answer)
    assert all(point.split("“")[0] in shown for point in card.avoid)
    assert style_of(case) == style
    [event] = case.events.filter(kind="changed")
    assert event.data["changes"] == {"style": ["", style]}


def test_the_timeline_says_the_style_in_words(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case, browser = at_stage(), sign_in(people.engineer)
    browser.post(url(case), {"style": "very_angry"})
    browser.post(url(case), {"style": "rational"})
    timeline = text_of(browser.get(reverse("case-timeline", args=[case.reference])))
    assert "Customer style: Very angry → Rational" in timeline


def test_without_a_script_the_style_is_set_too_and_can_be_taken_away(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case, browser = at_stage(), sign_in(people.engineer)
    assert "<html" in text_of(browser.get(url(case)))
    answer = browser.post(url(case), {"style": "cautious"})
    assert answer.headers["Location"] == reverse("case", args=[case.reference])
    assert style_of(case) == "cautious"
    browser.post(url(case), {"style": ""})
    assert style_of(case) == ""


def test_a_reply_that_is_being_written_is_not_refused_for_the_style_set_beside_it(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case, browser = at_stage(Stage.RESPOND), sign_in(people.engineer)
    given = {"style": "rational", "version": case.version}
    shown = text_of(browser.post(url(case), given, headers=PART))
    case.refresh_from_db()
    assert f'value="{case.version}" id="case-version" hx-swap-oob="true"' in shown
    assert f"version={case.version}&amp;seen=" in shown


def test_what_somebody_else_changed_meanwhile_is_not_hidden_by_setting_the_style(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case, browser = at_stage(Stage.RESPOND), sign_in(people.engineer)
    Case.objects.filter(pk=case.pk).update(version=case.version + 1)
    given = {"style": "rational", "version": case.version}
    shown = text_of(browser.post(url(case), given, headers=PART))
    assert style_of(case) == "rational"
    assert "case-version" not in shown
    assert f'name="version" value="{case.version}"' in shown


@pytest.mark.parametrize("headers", [{}, PART])
def test_an_unknown_style_is_refused_and_changes_nothing(
    people: People, at_stage: AtStage, sign_in: SignIn, headers: dict[str, str]
) -> None:
    case = at_stage()
    answer = sign_in(people.engineer).post(url(case), {"style": "difficult"}, headers=headers)
    assert answer.status_code == (200 if headers else 302)
    assert answer.has_header("HX-Redirect") == bool(headers)
    assert style_of(case) == ""


def test_who_may_not_act_reads_the_card_and_sets_no_style(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage()
    for who in (people.stranger, people.analyst, people.auditor, people.administrator):
        browser = sign_in(who)
        assert 'name="style"' not in text_of(browser.get(url(case)))
        browser.post(url(case), {"style": "rational"})
        assert style_of(case) == ""
    sign_in(people.engineer).post(url(case), {"style": "rational"})
    assert "Playbook: Rational" in text_of(sign_in(people.auditor).get(url(case)))


def test_a_restricted_case_has_no_card_for_a_stranger_and_leaves_a_trace_for_who_reads_it(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(sensitivity=Sensitivity.RESTRICTED)
    assert sign_in(people.stranger).get(url(case)).status_code == 404
    sign_in(people.auditor).get(url(case))
    assert list(case.accesses.values_list("user", flat=True)) == [people.auditor.pk]


def test_the_page_of_a_case_asks_for_the_card_and_a_closed_one_without_style_does_not(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    browser = sign_in(people.engineer)
    for stage, there in ((Stage.LISTEN, True), (Stage.RESPOND, True), (Stage.CLOSED, False)):
        case = at_stage(stage)
        shown = text_of(browser.get(reverse("case", args=[case.reference])))
        assert (f'hx-get="{url(case)}?version=' in shown) == there


def test_everybody_reads_the_eight_cards(
    people: People, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for who in (people.engineer, people.auditor, people.analyst):
        browser = sign_in(who)
        with django_assert_max_num_queries(15):
            shown = text_of(browser.get(reverse("playbooks")))
        assert all(f'id="{style}"' in shown for style in CustomerStyle.values)


# ── the private prompt ────────────────────────────────────────────────────────────────


def test_the_five_distortions_stand_beside_the_restatement_and_nowhere_else(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case, browser = at_stage(Stage.CONFIRM), sign_in(people.engineer)
    page = reverse("case", args=[case.reference])
    shown = text_of(browser.get(page, {"do": "restate"}))
    prompt = shown.split("Am I reading this right?")[1].split("</details>")[0]
    assert prompt.count("<dt") == 5
    assert prompt.count("?</dd>") == 5
    assert "<input" not in prompt
    assert "<textarea" not in prompt
    assert "Am I reading this right?" not in text_of(browser.get(page, {"do": "update_progress"}))
