"""How a text is cut into the words that one searches by."""

from __future__ import annotations

import pytest

from objections.segmentation import words


def test_chinese_without_blanks_is_cut_into_words_and_empty_ones_are_left_out() -> None:
    assert words("我的电机轴承有异响") == ["电机", "轴承", "异响"]


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("電機軸承異響", "电机轴承异响"), ("說明書", "说明书"), ("頭髮乾淨", "头发干净")],
)
def test_traditional_and_simplified_writing_are_the_same_words(
    traditional: str, simplified: str
) -> None:
    assert words(traditional) == words(simplified) != []


def test_full_width_and_capitals_make_no_difference() -> None:
    assert words("Ｅ－１７ Controller") == words("e-17 CONTROLLER") == ["e-17", "controller"]


@pytest.mark.parametrize("number", ["E-17", "CARG-2601-1234", "80-250", "3.5"])
def test_a_number_with_its_signs_stays_whole(number: str) -> None:
    assert number.casefold() in words(f"error {number}, again")


@pytest.mark.parametrize("text", ["", "  ", "，。！", "的 了 the of", "x" * 61])
def test_what_says_nothing_has_no_words(text: str) -> None:
    assert words(text) == []
