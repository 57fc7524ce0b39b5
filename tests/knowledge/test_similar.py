"""Cases that look like the one at hand, and what satisfied those customers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Product
from knowledge import rarity
from knowledge.rarity import UNKNOWN, Rarity
from knowledge.similar import MOST_ROWS, by_words, question, similar, similar_to
from objections import steps
from objections.actors import Actor
from objections.models import Case, CaseText
from objections.services.stepping import take_steps
from objections.vocabulary import CauseCategory, Channel, Sensitivity, Stage
from tests.conftest import People
from tests.stories import DAY, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db

LEAK = "Seal leaks again after three weeks, line stands still"
LEAK_ZH = "更换三周的机械密封再次泄漏，二号线停机"


@pytest.fixture(autouse=True)
def fresh_statistics() -> Iterator[None]:
    rarity.forget()
    yield
    rarity.forget()


@pytest.fixture
def by(people: People) -> Actor:
    return Actor.person(people.engineer)


def references(found: Any) -> list[str]:
    return [one.case.reference for one in found]


def solved(t: datetime, *, by: Actor, customer: Customer, score: int, **more: Any) -> Case:
    """Bring a case to its end with the customer's score."""
    case = walk_to(Stage.FOLLOW_UP, t, by=by, customer=customer, **more)
    ending = steps.CloseSatisfied(score=score, words="Good.", cause_category=CauseCategory.MATERIAL,
                                  nothing_new=True)  # fmt: skip
    take_steps(case, [ending], by=by, now=t + DAY)
    return case


def test_the_case_with_the_same_words_comes_first_and_an_other_trouble_not_at_all(
    people: People, by: Actor, customer: Customer, t0: datetime
) -> None:
    same = open_at(t0, by=by, customer=customer, statement="The seal leaks again: line 2 stands")
    open_at(t0, by=by, customer=customer, statement="Invoice 4711 shows the wrong tax rate")
    assert references(similar(LEAK, user=people.engineer)) == [same.reference]


@pytest.mark.parametrize("asked", [LEAK_ZH, "機械密封再次洩漏", "密封又泄漏了"])
def test_chinese_is_compared_by_its_words_in_either_writing(
    asked: str, people: People, by: Actor, customer: Customer, t0: datetime
) -> None:
    same = open_at(t0, by=by, customer=customer, title="机械密封再次泄漏", statement=LEAK_ZH)
    open_at(t0, by=by, customer=customer, title="发票抬头错误", statement="发票抬头写错了")
    assert references(similar(asked, user=people.engineer)) == [same.reference]


def test_a_serial_or_batch_number_alone_is_enough_and_a_product_alone_is_not(
    people: People, by: Actor, customer: Customer, product: Product, t0: datetime
) -> None:
    words = {"title": "Noise", "statement": "It hums"}
    serial = open_at(t0, by=by, customer=customer, serial="S-1", **words)
    batch = open_at(t0, by=by, customer=customer, batch="B-7", **words)
    open_at(t0, by=by, customer=customer, product=product, **words)
    found = similar("Colour", user=people.engineer, product=product, serial="S-1", batch="B-7")
    assert references(found) == [serial.reference, batch.reference]
    assert [one.same for one in found] == [("serial",), ("batch",)]


def test_the_same_product_with_the_same_symptom_is_alike(
    people: People, by: Actor, customer: Customer, product: Product, t0: datetime
) -> None:
    alike = open_at(t0, by=by, customer=customer, product=product, symptom_codes=("H93",),
                    title="Noise", statement="It hums")  # fmt: skip
    [found] = similar("Colour", user=people.engineer, product=product, symptom_codes=["H93"])
    assert (found.case, found.same) == (alike, ("product", "symptom"))


def test_among_equals_the_satisfied_customers_come_first_with_what_solved_it(
    people: People, by: Actor, customer: Customer, t0: datetime
) -> None:
    three, five, four = (
        solved(t0, by=by, customer=customer, score=score, statement=LEAK) for score in (3, 5, 4)
    )
    still_open = open_at(t0, by=by, customer=customer, statement=LEAK)
    found = similar(LEAK, user=people.engineer)
    assert references(found) == [case.reference for case in (five, four, three, still_open)]
    assert (found[0].score, found[0].satisfied) == (5, True)
    assert (found[0].chosen, found[0].cause) == ("Replace tonight", "Filter element broke")
    assert (found[3].score, found[3].chosen, found[3].cause) == (None, "", "")


def test_a_solution_that_was_taken_back_is_not_shown(
    people: People, by: Actor, customer: Customer, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer, statement=LEAK)
    case.solutions.update(withdrawn_at=t0 + DAY)
    [found] = similar(LEAK, user=people.engineer)
    assert (found.chosen, found.cause) == ("", "")


def test_a_case_is_not_similar_to_itself_nor_to_one_that_was_merged_or_withdrawn(
    people: People, by: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, statement=LEAK)
    walk_to(Stage.WITHDRAWN, t0, by=by, customer=customer, statement=LEAK)
    merged = open_at(t0, by=by, customer=customer, statement=LEAK)
    take_steps(merged, [steps.Acknowledge(channel=Channel.PHONE, summary="Yes", with_whom="Zhou"),
                        steps.Merge(into=case.reference, reason="Twice")],
               by=by, now=t0 + MIN)  # fmt: skip
    assert similar_to(case, user=people.engineer) == []


def test_a_restricted_case_is_similar_for_those_alone_for_whom_it_exists(
    people: People, by: Actor, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, statement=LEAK, handler=people.engineer,
                   sensitivity=Sensitivity.RESTRICTED, named_people=(people.engineer,))  # fmt: skip
    assert references(similar(LEAK, user=people.engineer)) == [case.reference]
    assert similar(LEAK, user=people.stranger) == []


def test_only_open_cases_where_only_those_are_asked_for(
    people: People, by: Actor, customer: Customer, t0: datetime
) -> None:
    solved(t0, by=by, customer=customer, score=5, statement=LEAK)
    still_open = open_at(t0, by=by, customer=customer, statement=LEAK)
    found = similar(LEAK, user=people.engineer, only_open=True)
    assert references(found) == [still_open.reference]


@pytest.mark.parametrize("text", ["", "的", "，。！", "x" * 10_000, "\x01 & | ! :* '", "a:b & (c"])
def test_any_text_may_be_asked_for(text: str, people: People, by: Actor) -> None:
    assert similar(text, user=people.engineer) == []


def test_the_number_of_queries_does_not_grow_with_the_cases(
    people: People, by: Actor, customer: Customer, product: Product, t0: datetime,
    django_assert_max_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:  # fmt: skip
    facts: dict[str, Any] = {"product": product, "serial": "S-1", "batch": "B-7"}
    for _number in range(8):
        open_at(t0, by=by, customer=customer, statement=LEAK, **facts)
    similar(LEAK, user=people.engineer)
    with django_assert_max_num_queries(8):
        assert len(similar(LEAK, user=people.engineer, **facts)) == 5


# ── words by their rarity ─────────────────────────────────────────────────────────────


def test_common_words_are_asked_for_only_while_few_rows_are_expected() -> None:
    known = Rarity(rows=400_000, shares={"pump": 0.2, "leaks": 0.004, "seal": 0.003}, least=1e-5)
    rare = known.rarest(["pump", "leaks", "seal", "e-17", "seal"], 24)
    assert rare == ["e-17", "seal", "leaks", "pump"]
    asked = question(rare, known)
    assert asked == [("e-17",), ("seal",)]
    assert sum(known.expected(word) for [word] in asked) <= MOST_ROWS
    assert question(["pump"], known) == [("pump",)]
    assert known.weight("e-17") > known.weight("seal") > known.weight("pump")


def test_a_database_without_statistics_takes_every_word_for_rare(people: People) -> None:
    assert rarity.of_cases() == UNKNOWN
    assert question(["a", "b"], UNKNOWN) == [("a",), ("b",)]


def test_of_words_that_are_all_common_two_are_asked_for_together() -> None:
    known = Rarity(rows=400_000, shares={"pump": 0.2, "seal": 0.1, "leak": 0.1}, least=1e-5)
    rare = known.rarest(["pump", "seal", "leak"], 24)
    assert question(rare, known) == [("seal", "leak"), ("seal", "pump"), ("leak", "pump")]


@pytest.fixture
def many_cases(people: People, by: Actor, customer: Customer, t0: datetime) -> Case:
    """Some thousands of cases: every one has a common word, three share a rare one."""
    first = open_at(t0, by=by, customer=customer, title="pump", statement="pump stands")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE copied AS SELECT * FROM objections_case")
        cursor.execute(
            "UPDATE copied SET title = 'pump'; INSERT INTO objections_case SELECT (r).* FROM"
            " (SELECT jsonb_populate_record(c, jsonb_build_object('id', 100000 + n,"
            " 'reference', 'CT-2020-' || 100000 + n)) AS r"
            " FROM copied c, generate_series(1, 6000) n) made"
        )
        cursor.execute(
            "INSERT INTO objections_casetext (case_id, tokens) SELECT 100000 + n,"
            " to_tsvector('simple', 'pump w' || n || ' v' || n % 3000 || CASE WHEN n % 2000 = 0"
            " THEN ' cavitation' ELSE '' END) FROM generate_series(1, 6000) n"
        )
        cursor.execute("ANALYZE objections_casetext; ANALYZE objections_case")
    rarity.forget()
    return first


def test_the_rare_word_is_found_by_the_index_among_thousands(
    many_cases: Case, people: People
) -> None:
    known = rarity.of_cases()
    assert known.rows >= 6000
    assert known.share("pump") > 0.9
    assert known.share("cavitation") < 0.01
    rare = known.rarest(["pump", "cavitation"], 24)
    plan = by_words(rare, known).explain()
    assert "case_text_words" in plan
    assert CaseText.objects.filter(pk__in=by_words(rare, known)).count() == 3
    assert len(similar("pump cavitation", user=people.engineer)) == 3
