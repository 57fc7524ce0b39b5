"""What the product brings along, and that it is worth bringing."""

from __future__ import annotations

import pytest

from accounts.models import Language
from knowledge import variables
from knowledge.models import JargonTerm, PlaybookCard, ReplyTemplate
from knowledge.playbooks import points
from knowledge.shipped import card_rows, jargon_rows, ship, template_rows
from objections.vagueness import is_vague
from objections.vocabulary import CustomerStyle, Kind, Stage

TEMPLATES = list(template_rows())
LETTERS = [row for row in TEMPLATES if row["body"].endswith("{me}\n{team}")]
THANKS = {"en": "hank you", "zh-hans": "感谢", "zh-hant": "感謝"}
NEXT = {"en": "next", "zh-hans": "下一步", "zh-hant": "下一步"}
TAKEN_BACK = (" but ", "but,", "however", "但是", "不过", "不過", "可是")
CONDITIONAL = ("if you feel", "if we have", "if there", "如果", "若是", "要是", "倘若")


def name(row: dict[str, str]) -> str:
    return f"{row['language']}: {row['name']}"


def test_each_style_has_a_card_in_each_language_with_three_to_five_points() -> None:
    rows = list(card_rows())
    assert {(row["style"], row["language"]) for row in rows} == {
        (style, language) for style in CustomerStyle.values for language in Language.values
    }
    for row in rows:
        for part in ("recognise", "do", "avoid"):
            assert 3 <= len(points(row[part])) <= 5, (row["style"], part)
        assert row["phrase"]


def test_each_language_has_the_same_templates_and_terms_enough() -> None:
    kinds = {
        language: sorted((row.get("stage", ""), row.get("kind", "")) for row in TEMPLATES
                         if row["language"] == language)
        for language in Language.values
    }  # fmt: skip
    assert kinds["en"] == kinds["zh-hans"] == kinds["zh-hant"]
    assert len(kinds["en"]) >= 14
    for language in Language.values:
        assert sum(row["language"] == language for row in jargon_rows()) >= 25


@pytest.mark.parametrize("row", TEMPLATES, ids=name)
def test_a_shipped_template_keeps_the_rules_of_the_reply_coach(row: dict[str, str]) -> None:
    body = row["body"]
    assert variables.faults(body) == []
    assert row.get("stage", "") in ["", *Stage.values]
    assert row.get("kind", "") in ["", *Kind.values]
    assert "{contact}" in body
    assert variables.GAP.search(body), "a template is meant to be adapted"
    assert not is_vague(body)
    assert not [one for one in (*TAKEN_BACK, *CONDITIONAL) if one in body.lower()]
    terms = {one["term"] for one in jargon_rows() if one["language"] == row["language"]}
    assert not [term for term in terms if term in body]


@pytest.mark.parametrize("row", LETTERS, ids=name)
def test_a_shipped_letter_thanks_names_and_says_what_comes_next(row: dict[str, str]) -> None:
    body, language = row["body"], row["language"]
    assert THANKS[language] in body
    assert NEXT[language] in body.lower()


@pytest.mark.django_db
def test_the_tables_hold_what_is_shipped_after_migrating() -> None:
    assert PlaybookCard.objects.count() == len(list(card_rows()))
    assert ReplyTemplate.objects.count() == len(TEMPLATES)
    assert JargonTerm.objects.count() == len(list(jargon_rows()))


@pytest.mark.django_db
def test_an_upgrade_writes_over_nothing_that_people_changed() -> None:
    ReplyTemplate.objects.update(body="Ours: {me}")
    JargonTerm.objects.exclude(term="RMA").delete()
    PlaybookCard.objects.all().delete()
    ship(PlaybookCard, ReplyTemplate, JargonTerm)
    assert set(ReplyTemplate.objects.values_list("body", flat=True)) == {"Ours: {me}"}
    assert set(JargonTerm.objects.values_list("term", flat=True)) == {"RMA"}
    assert PlaybookCard.objects.count() == len(list(card_rows()))
