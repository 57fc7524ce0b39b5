"""The rules are data that both engines understand, and a page that people can read."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.coach import Draft, Finding, Term, better, review, sentence, why
from knowledge.coach.engine import language_of
from knowledge.coach.minhash import bands, pieces, signature, similarity
from knowledge.coach.rulebook import folded, rules, simple_signs
from knowledge.coach.sentences import PARTS, SENTENCES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "coach.md"
NAMES = {
    "unanswered_question", "conditional_apology", "incomplete_apology", "empathy_but",
    "vague_promise", "blame", "jargon", "missing_manners", "canned",
}  # fmt: skip
NOT_ALIKE = re.compile(r"\\[bBwWdDAZ]|\$|\(\?P|\(\?[aiLmsux]|(?<!\[)\\s(?!\\S)")


def patterns(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from patterns(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from patterns(one, key)
    elif isinstance(value, str) and key not in {"id", "place", "en", "zh-hans", "zh-hant"}:
        yield value


def found(text: str, **more: Any) -> set[str]:
    return {finding.rule for finding in review(Draft(text, **more))}


def test_the_page_names_every_rule_and_no_other() -> None:
    named = set(re.findall(r"^\| `([a-z_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == NAMES
    assert {key.partition(".")[0] for key in SENTENCES} == NAMES


def test_every_pattern_is_one_that_both_languages_read_alike() -> None:
    told = {key: value for key, value in rules().items() if key != "composers"}
    all_patterns = list(patterns(told))
    assert len(all_patterns) > 150
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for one in all_patterns:
            re.compile(one)
            assert not NOT_ALIKE.search(one), one


def test_every_part_of_an_apology_has_a_name() -> None:
    assert {part["id"] for part in rules()["apology"]["parts"]} == set(PARTS)


def test_folding_keeps_every_sign_in_its_place() -> None:
    text = "儘快 ＡＢＣ “it’s”　𠮷🙂\r\nÖ İ ß"
    assert len(folded(text)) == len(text)
    assert folded("儘快，ＡＳＡＰ　It’s") == "尽快,asap it's"
    assert all(len(sign) == len(to) == 1 for sign, to in simple_signs().items())


def test_a_finding_names_its_words_and_says_why_and_what_is_better() -> None:
    text = "Thank you, Ms Zhou. We will call you soon."
    [finding] = review(Draft(text))
    assert finding.start is not None
    assert text[finding.start : finding.end] == "soon"
    assert sentence(finding) == "A promise without a time: “soon”"
    assert why(finding)
    assert better(finding)
    assert finding.facts["suggestion"] == "by [day and time?]"


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_no_sentence_leaves_a_place_open(key: str) -> None:
    facts = dict.fromkeys(
        ("number", "question", "words", "plain", "percent", "name", "day"), "X"
    )  # fmt: skip
    rule, _dot, part = key.partition(".")
    finding = Finding(rule, facts={**facts, "missing": "wrong,again", "part": part})
    for line in (sentence(finding), why(finding), better(finding)):
        assert line
        assert "{" not in line


def test_what_a_customer_types_is_never_taken_for_a_place() -> None:
    finding = Finding("jargon", 0, 1, {"words": "{plain}", "plain": "return number"})
    assert sentence(finding) == "A word of ours: “{plain}”"


def test_suggestions_are_in_the_language_of_the_draft() -> None:
    for text, by in (
        ("我们会尽快答复。", "在[日期和时间？]前"),
        ("我們會儘快答覆。", "在[日期和時間？]前"),
    ):
        [finding] = review(Draft(text))
        assert finding.facts["suggestion"] == by
    assert language_of("CP 80-250 的密封") == "zh-hans"
    assert language_of("The pump 泵 leaks again") == "en"


def test_a_term_of_the_drafts_own_language_is_put_in() -> None:
    terms = [Term("RMA", "return number", "en"), Term("RMA", "退回编号", "zh-hans")]
    [english] = review(Draft("Write the RMA on it."), terms)
    [chinese] = review(Draft("请写明RMA。"), terms)
    assert english.facts["suggestion"] == "return number"
    assert chinese.facts["suggestion"] == "退回编号"


def test_what_does_not_concern_a_text_is_left_out() -> None:
    text = "The pump was tested for two hours and did not leak at six bar at all."
    assert found(text) == {"missing_manners"}
    assert found(text, leave_out=frozenset({"missing_manners"})) == set()
    parts = {finding.facts["part"] for finding in review(Draft(
        text, leave_out=frozenset({"missing_manners.name"})
    ))}  # fmt: skip
    assert parts == {"thanks", "next_step"}


def test_no_apology_is_measured_where_none_is_owed() -> None:
    assert "incomplete_apology" in found("Sorry about that.")
    assert found("Sorry about that.", asks_apology=False) == set()
    assert found("The bike is ready.") == set()


def test_an_empty_draft_has_nothing_to_point_at() -> None:
    assert found(" \n", questions=("When?",)) == set()


def test_an_answered_question_counts_no_more_and_keeps_the_others_number() -> None:
    [finding] = review(Draft("The bike is blue.", questions=("", "Who pays for the seal?")))
    assert finding.facts == {"number": "2", "question": "Who pays for the seal?"}


def test_a_long_text_is_read_in_a_moment() -> None:
    text = "I understand if you are sorry, but we will see you soon. 如果给您，我们会，" * 240
    assert len(review(Draft(text[:20_000]))) > 100


def test_every_composer_that_leaves_something_out_leaves_out_what_there_is() -> None:
    known = NAMES | {f"missing_manners.{one}" for one in ("thanks", "name", "next_step")}
    for left_out in rules()["composers"].values():
        assert set(left_out) <= known


def test_fingerprints_are_those_of_always() -> None:
    """They are kept in rows; other arithmetic would make every row a stranger."""
    numbers = signature("The seal was fitted the wrong way round. 密封件装反了。")
    assert numbers[:4] == [53367140, 310654182, 112895950, 8989390]
    assert bands(numbers)[0] == 876229384
    assert similarity(numbers, numbers) == 1.0
    assert similarity(numbers, []) == 0.0
    assert pieces("Ａb! {contact} [day?]") == {"ab"}
    assert json.loads(json.dumps(numbers)) == numbers
