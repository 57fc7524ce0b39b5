"""Articles are found by their words, in Chinese as in English, and by exact numbers."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection

from customers.models import Product
from knowledge.articles import ArticleText, draft, publish
from knowledge.models import Article
from knowledge.searching import Asked, State, find, fitting, highlighted, snippet
from tests.conftest import People
from tests.stories import MIN

pytestmark = pytest.mark.django_db

SEAL = ArticleText("机械密封再次泄漏", "先查冲洗过滤器，再查轴套磨损。控制器显示 E-17。", "zh-hans")
CHARGE = ArticleText("Charger shows E-18", "Call back every charger of batch 2409-11. Gas is "
                     "no cause; seals are.", "en")  # fmt: skip
NOISE = ArticleText("Noise from the rear hub", "Grease the bearing before you seal it.", "en")


@pytest.fixture(autouse=True)
def three(people: People, t0: datetime) -> list[Article]:
    made = []
    for number, text in enumerate((SEAL, CHARGE, NOISE)):
        one = draft(text, by=people.engineer, now=t0 + number * MIN)
        made.append(publish(one, by=people.analyst, now=t0 + number * MIN, seen=1))
    return made


def titles(people: People, text: str, **more: object) -> list[str]:
    return [one.title for one in find(Asked(text, **more), user=people.engineer).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "asked", ["密封泄漏", "軸套磨損", "过滤器", "E-17", "e-17 泄漏", "Ｅ－１７"]
)
def test_chinese_is_found_by_its_words_in_either_writing(asked: str, people: People) -> None:
    assert titles(people, asked) == [SEAL.title]


@pytest.mark.parametrize("asked", ["chargers", "call charger", "2409-11", "E-18", "CHARG"])
def test_english_is_found_with_or_without_an_ending(asked: str, people: People) -> None:
    assert titles(people, asked) == [CHARGE.title]


def test_a_number_is_found_exactly(people: People) -> None:
    assert titles(people, "E-19") == []
    assert titles(people, "2409-1") == [CHARGE.title]  # a part of a text, as it was typed


def test_a_word_in_the_title_weighs_more(people: People, t0: datetime) -> None:
    late = draft(ArticleText("Seal", "Nothing else", "en"), by=people.engineer, now=t0)
    publish(late, by=people.analyst, now=t0, seen=1)
    assert titles(people, "seal")[0] == "Seal"
    assert set(titles(people, "seal")) == {"Seal", CHARGE.title, NOISE.title}


def test_where_none_has_all_words_those_with_some_are_shown_and_that_is_said(
    people: People,
) -> None:
    answer = find(Asked("charger bearing"), user=people.engineer)
    assert answer.loosely
    assert {one.title for one in answer.rows} == {CHARGE.title, NOISE.title}
    assert not find(Asked("grease bearing"), user=people.engineer).loosely


def test_a_part_of_a_word_is_found_as_it_was_typed(people: People) -> None:
    assert titles(people, "earin") == [NOISE.title]


@pytest.mark.parametrize("text", ["nothing of this", "'", "a & | ! :*", "\x00", "%", "_" * 300])
def test_any_text_may_be_asked_for(text: str, people: People) -> None:
    list(find(Asked(text), user=people.engineer).rows)


def test_without_words_the_newest_come_first_and_filters_narrow(
    people: People, product: Product, three: list[Article], t0: datetime
) -> None:
    assert titles(people, "") == [NOISE.title, CHARGE.title, SEAL.title]
    assert titles(people, "", language="zh-hans") == [SEAL.title]
    Article.objects.filter(pk=three[1].pk).update(product=product, cause_category="material")
    assert titles(people, "", product=product) == [CHARGE.title]
    assert titles(people, "", cause_category="material") == [CHARGE.title]
    assert titles(people, "seal", cause_category="design") == []


def test_a_draft_is_found_by_those_for_whom_it_exists(people: People, t0: datetime) -> None:
    draft(ArticleText("Secret seal", "x", "en"), by=people.engineer, now=t0)
    asked = Asked("secret", state=State.DRAFT)
    assert find(Asked("secret"), user=people.engineer).rows.count() == 0
    assert [one.title for one in find(asked, user=people.engineer).rows] == ["Secret seal"]
    assert find(asked, user=people.stranger).rows.count() == 0
    assert find(asked, user=people.analyst).rows.count() == 1


def test_what_fits_a_case_is_published_near_in_words_and_in_the_readers_language_first(
    people: People, product: Product, t0: datetime
) -> None:
    told = "更换三周的机械密封再次泄漏，二号线停机"
    assert [one.title for one in fitting(told, product=None, language="en")] == [SEAL.title]
    assert fitting("发票抬头错误", product=None, language="en") == []
    assert fitting("", product=product, language="en") == []
    draft(SEAL, by=people.engineer, now=t0)
    assert len(fitting(told, product=None, language="en")) == 1


def hits(pieces: list[object]) -> list[str]:
    return [piece.text for piece in pieces if piece.is_hit]  # type: ignore[attr-defined]


def test_a_snippet_shows_where_the_words_stand_in_the_text_as_it_was_written() -> None:
    body = "前言。" * 60 + "先查沖洗過濾器，<b>再查</b>軸套磨損。" + "后记。" * 60
    pieces = snippet(body, "过滤器")
    shown = "".join(piece.text for piece in pieces)
    assert hits(list(pieces)) == ["過濾器"]
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 200
    assert "".join(piece.text for piece in highlighted(body, "轴套")) == body


def test_an_english_word_is_marked_by_its_beginning_and_not_inside_another() -> None:
    assert hits(list(highlighted("Seals leak; unsealed too", "seal"))) == ["Seal"]
    assert hits(list(highlighted("Nothing here", "seal"))) == []


def test_the_index_finds_the_words_among_thousands(people: People, t0: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO knowledge_article (title, body, language, cause_category, version,"
            " created_at, updated_at, published_at, tokens) SELECT 'w' || n, 'x', 'en', '', 1,"
            " %s, %s, %s, to_tsvector('simple', 'common w' || n)"
            " FROM generate_series(1, 4000) n; ANALYZE knowledge_article",
            [t0, t0, t0],
        )
    rows = find(Asked("过滤器"), user=people.engineer).rows
    assert "article_words" in rows.explain()
    assert [one.title for one in rows] == [SEAL.title]
