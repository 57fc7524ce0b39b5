"""What the coach points at, measured on sentences that people would write."""

from __future__ import annotations

from collections import Counter

import pytest

from knowledge.coach import review
from tests.knowledge.coach.labelled import RULES, Labelled, jargon, scores, sentences, table


def read(one: Labelled) -> set[str]:
    return {finding.rule for finding in review(one.draft, jargon(), one.near)}


def test_each_rule_is_right_nine_times_in_ten_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = scores(read)
    with capsys.disabled():
        print(f"\n{len(sentences())} labelled texts\n{table(found)}")
    assert set(found) == {(rule, language) for rule in RULES for language in ("en", "zh")}
    poor = {key: score for key, score in found.items() if min(score.precision, score.recall) < 0.9}
    assert not poor


def test_there_are_enough_sentences_of_each_side() -> None:
    yes: Counter[str] = Counter()
    no: Counter[str] = Counter()
    for one in sentences():
        yes.update(one.judged & one.broken)
        no.update(one.judged - one.broken)
    assert len(sentences()) >= 240
    assert {rule for rule in RULES if yes[rule] < 15 or no[rule] < 15} == set()


def test_every_label_is_a_rule_that_is_judged_there() -> None:
    assert [one for one in sentences() if not one.broken <= one.judged] == []
