"""The rules by which a simulated customer goes on, and the files that they stand in."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from accounts.models import Language
from objections.vocabulary import CustomerStyle
from practice import checks
from practice.scenarios import COMMON, FOLDER, BadScenario, scenario, scenarios
from practice.script import Facts, Rule, react

SHRILL = Rule("shrill", frozenset({"acknowledge"}), heat=1)


def test_the_first_rule_that_fits_speaks() -> None:
    other = Rule("other", frozenset({"acknowledge"}), heat=-1)
    assert react([SHRILL, other], Facts("acknowledge", heat=3)).rule == SHRILL
    assert react([other, SHRILL], Facts("acknowledge", heat=3)).heat == 2


def test_where_no_rule_fits_nothing_is_said() -> None:
    said = react([SHRILL], Facts("note", heat=3))
    assert (said.rule, said.heat) == (None, 3)


@pytest.mark.parametrize(("heat", "change", "after"), [(5, 1, 5), (1, -1, 1), (3, 2, 5)])
def test_the_temper_stays_between_calm_and_furious(heat: int, change: int, after: int) -> None:
    rule = Rule("any", frozenset({"wait"}), heat=change)
    assert react([rule], Facts("wait", heat=heat)).heat == after


def test_a_rule_speaks_once_unless_it_says_again() -> None:
    facts = Facts("acknowledge", fired=frozenset({"shrill"}))
    assert not SHRILL.fits(facts)
    assert Rule("shrill", frozenset({"acknowledge"}), again=True).fits(facts)


SPOKEN = {"on": frozenset({"spoken"})}
WAITED = {"on": frozenset({"wait"})}


@pytest.mark.parametrize(
    ("rule", "fits", "fails"),
    [
        ({**SPOKEN}, {"spoken": True}, {"spoken": False}),
        ({**SPOKEN, "found": frozenset({"blame"})},
         {"spoken": True, "findings": frozenset({"blame", "jargon"})},
         {"spoken": True, "findings": frozenset({"jargon"})}),
        ({**WAITED, "late": frozenset({"response"})},
         {"late": frozenset({"response"})}, {"late": frozenset({"acknowledgement"})}),
        ({**WAITED, "stages": frozenset({"listen"})}, {"stage": "listen"}, {"stage": "respond"}),
        ({**WAITED, "interest": False}, {"names_interest": False}, {"names_interest": True}),
        ({**WAITED, "fewer_options": 2}, {"options": 1}, {"options": 2}),
        ({**WAITED, "put_off": 1}, {"put_off": 1}, {"put_off": 0}),
        ({**WAITED, "silent": 20}, {"silent": 20}, {"silent": 19}),
        ({**WAITED, "heat_from": 4}, {"heat": 4}, {"heat": 3}),
        ({**WAITED, "heat_to": 3}, {"heat": 3}, {"heat": 4}),
    ],
)  # fmt: skip
def test_each_condition_has_to_hold(
    rule: dict[str, Any], fits: dict[str, Any], fails: dict[str, Any]
) -> None:
    made = Rule("one", **rule)
    assert made.fits(Facts("wait", **fits))
    assert not made.fits(Facts("wait", **fails))


def test_every_style_has_a_scenario_in_both_languages() -> None:
    assert {one.style for one in scenarios().values()} == set(CustomerStyle)
    for one in scenarios().values():
        assert one.told(Language.ENGLISH) != one.told(Language.SIMPLIFIED)
        assert one.told(Language.TRADITIONAL) == one.told(Language.SIMPLIFIED)
        english, chinese = one.told("en"), one.told("zh-hans")
        assert len(english.questions) == len(chinese.questions)
        assert set(english.lines) == set(chinese.lines) == {rule.name for rule in one.rules}


def test_the_interest_of_a_scenario_is_recognised_in_its_own_words() -> None:
    for one in scenarios().values():
        for language in ("en", "zh-hans"):
            words = one.told(language)
            assert words.names_interest(words.interest), (one.key, language)
            assert not words.names_interest(words.position), (one.key, language)


Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.update(style="grumpy"), "style"),
        (lambda told: told.update(difficulty=9), "difficulty"),
        (lambda told: told.update(emotion=True), "emotion"),
        (lambda told: told.update(colour="red"), "unknown entry"),
        (lambda told: told.pop("zh-hans"), "no words"),
        (lambda told: told["en"].update(said=" "), "said is missing"),
        (lambda told: told["en"].update(questions=[]), "questions"),
        (lambda told: told["en"].update(tone="high"), "unknown entries"),
        (lambda told: told["en"]["lines"].update(no_such_rule="Oh"), "lines of no rule"),
        (lambda told: told["rule"].append({"on": ["wait"]}), "without a name"),
        (lambda told: told["rule"].append({"name": "x", "on": ["dance"]}), "not known"),
        (lambda told: told["rule"].append({"name": "x", "on": ["wait"], "found": ["rude"]}),
         "not known"),
        (lambda told: told["rule"].append({"name": "x", "on": ["wait"], "heat": "1"}), "heat"),
        (lambda told: told["rule"].append({"name": "x", "on": ["wait"], "does": "shout"}), "does"),
        (lambda told: told["rule"].append({"name": "x"}), "after what"),
        (lambda told: told["rule"].append({"name": "heard", "on": ["wait"], "en": "x"}),
         "two rules"),
        (lambda told: told["rule"].append({"name": "x", "on": ["wait"], "en": "x"}), "no line"),
        (lambda told: told["rule"].append({"name": "x", "on": ["wait"], "whim": 1}), "unknown"),
    ],
)  # fmt: skip
def test_a_scenario_with_a_slip_is_refused_and_says_where(change: Change, said: str) -> None:
    told = tomllib.loads((FOLDER / "stopped_line.toml").read_text())
    common = tomllib.loads(COMMON.read_text())
    assert scenario("a_try", deepcopy(told), common).key == "a_try"
    change(told)
    with pytest.raises(BadScenario, match=said):
        scenario("a_try", told, common)


def test_a_broken_file_is_an_error_before_the_product_starts(monkeypatch: Any) -> None:
    assert checks.scenarios_are_right() == []

    def broken() -> None:
        raise BadScenario("a_try: style")

    monkeypatch.setattr(checks, "scenarios", broken)
    (found,) = checks.scenarios_are_right()
    assert found.id == "practice.E001"
    assert "a_try" in found.msg
