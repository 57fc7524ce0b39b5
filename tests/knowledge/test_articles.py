"""Articles: who drafts, publishes, revises and retires them, and who reads them meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import product as every
from typing import Any

import pytest

from accounts.models import User
from customers.models import Contact, Customer
from knowledge import articles
from knowledge.articles import (
    ArticleChanged,
    ArticleText,
    NamesCustomer,
    NotForYou,
    NotInThisState,
    draft,
    publish,
    readable_by,
    retire,
    revise,
)
from knowledge.models import Article
from knowledge.reading import Block, blocks
from objections import steps
from objections.actors import Actor
from objections.errors import FieldInvalid
from objections.models import Case
from objections.services.stepping import take_steps
from objections.vocabulary import CauseCategory, Sensitivity, Stage
from tests.conftest import People
from tests.stories import DAY, HOUR, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db

TEXT = ArticleText("Seal leaks after weeks", "Check the strainer first.", "en")
EVERYBODY = ("engineer", "colleague", "supervisor", "manager", "duty_officer", "analyst",
             "auditor", "administrator")  # fmt: skip
PUBLISH = {"supervisor", "manager", "duty_officer", "analyst", "administrator"}


@pytest.fixture
def kept(people: People, t0: datetime) -> Article:
    """The engineer's draft."""
    return draft(TEXT, by=people.engineer, now=t0)


@pytest.fixture
def public(kept: Article, people: People, t0: datetime) -> Article:
    return publish(kept, by=people.analyst, now=t0 + HOUR, seen=1)


@pytest.fixture
def learnt(people: People, customer: Customer, contact: Contact, t0: datetime) -> Case:
    """A closed case with a lesson."""
    by = Actor.person(people.engineer)
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer, contact=contact)
    ending = steps.CloseSatisfied(score=5, words="Good.", cause_category=CauseCategory.MATERIAL,
                                  lesson="Measure the sleeve first.")  # fmt: skip
    take_steps(case, [ending], by=by, now=t0 + DAY)
    return case


def may(move: Callable[..., Any], *given: Any, **more: Any) -> bool:
    try:
        move(*given, **more)
    except NotForYou:
        return False
    return True


def test_an_article_goes_from_draft_to_published_to_retired_and_back(
    kept: Article, people: People, t0: datetime
) -> None:
    assert (kept.is_draft, kept.is_published, kept.version) == (True, False, 1)
    out = publish(kept, by=people.analyst, now=t0 + HOUR, seen=1)
    assert (out.is_published, out.published_at, out.published_by) == (
        True, t0 + HOUR, people.analyst,
    )  # fmt: skip
    gone = retire(out, by=people.manager, now=t0 + DAY, seen=2)
    assert (gone.is_published, gone.retired_at) == (False, t0 + DAY)
    again = publish(gone, by=people.supervisor, now=t0 + 2 * DAY, seen=3)
    assert (again.is_published, again.published_at, again.version) == (True, t0 + 2 * DAY, 4)
    told = [(one.kind, one.by, one.version) for one in again.changes.all()]
    assert told == [
        ("published", people.supervisor, 4), ("retired", people.manager, 3),
        ("published", people.analyst, 2), ("drafted", people.engineer, 1),
    ]  # fmt: skip


def test_what_is_published_is_not_published_again_and_a_draft_not_retired(
    kept: Article, people: People, t0: datetime
) -> None:
    with pytest.raises(NotInThisState):
        retire(kept, by=people.analyst, now=t0, seen=1)
    out = publish(kept, by=people.analyst, now=t0, seen=1)
    with pytest.raises(NotInThisState):
        publish(out, by=people.analyst, now=t0, seen=2)


def test_the_matrix_of_people_and_what_they_may_do(people: People, t0: datetime) -> None:
    for who in EVERYBODY:
        person: User = getattr(people, who)
        assert may(draft, TEXT, by=person, now=t0) == (who != "auditor"), who
        one = draft(TEXT, by=people.engineer, now=t0)
        revises = may(revise, one, TEXT, by=person, now=t0, seen=1)
        assert revises == (who in {"engineer", *PUBLISH}), who
        version = 2 if revises else 1
        assert may(publish, one, by=person, now=t0, seen=version) == (who in PUBLISH), who
        if who not in PUBLISH:
            publish(one, by=people.analyst, now=t0, seen=version)
        version += 1
        assert may(revise, one, TEXT, by=person, now=t0, seen=version) == (who in PUBLISH), who
        version += who in PUBLISH
        assert may(retire, one, by=person, now=t0, seen=version) == (who in PUBLISH), who


def test_who_has_left_may_do_and_read_nothing(
    public: Article, people: People, t0: datetime
) -> None:
    people.analyst.is_active = False
    assert not may(draft, TEXT, by=people.analyst, now=t0)
    assert not may(retire, public, by=people.analyst, now=t0, seen=2)
    assert not readable_by(people.analyst).exists()


def test_drafts_and_retired_ones_exist_for_their_author_and_those_who_publish(
    kept: Article, people: People, t0: datetime
) -> None:
    close = {"engineer", "auditor", *PUBLISH}
    retired = draft(TEXT, by=people.engineer, now=t0)
    publish(retired, by=people.analyst, now=t0, seen=1)
    retire(retired, by=people.analyst, now=t0, seen=2)
    shown = draft(TEXT, by=people.engineer, now=t0)
    publish(shown, by=people.analyst, now=t0, seen=1)
    for who, article in every(EVERYBODY, (kept, retired, shown)):
        found = readable_by(getattr(people, who)).filter(pk=article.pk).exists()
        assert found == (article == shown or who in close), who


def test_of_two_who_revise_at_once_the_second_is_told_and_nothing_is_lost(
    kept: Article, people: People, t0: datetime
) -> None:
    revise(kept, ArticleText("First", "One", "en"), by=people.engineer, now=t0, seen=1)
    with pytest.raises(ArticleChanged) as told:
        revise(kept, ArticleText("Second", "Two", "en"), by=people.analyst, now=t0, seen=1)
    assert told.value.article.title == "First"
    assert Article.objects.get(pk=kept.pk).title == "First"


def test_nobody_publishes_a_text_that_they_have_not_read(
    kept: Article, people: People, t0: datetime
) -> None:
    revise(kept, TEXT, by=people.engineer, now=t0, seen=1)
    with pytest.raises(ArticleChanged):
        publish(kept, by=people.analyst, now=t0, seen=1)


@pytest.mark.parametrize(("title", "body", "field"), [(" ", "x", "title"), ("x", "\n", "body")])
def test_an_article_has_a_title_and_a_text(
    title: str, body: str, field: str, people: People, t0: datetime
) -> None:
    with pytest.raises(FieldInvalid) as refused:
        draft(ArticleText(title, body, "en"), by=people.engineer, now=t0)
    assert refused.value.field == field


# ── lessons ───────────────────────────────────────────────────────────────────────────


def test_a_lesson_begins_an_article_with_its_cause_and_product(learnt: Case) -> None:
    text = articles.begin(learnt, "en")
    assert (text.title, text.body) == (learnt.title, "Measure the sleeve first.")
    assert (text.product, text.cause_category) == (learnt.product, "material")


def test_no_article_of_an_open_case_nor_of_one_that_they_may_not_see(
    learnt: Case, people: People, customer: Customer, t0: datetime
) -> None:
    still_open = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    assert not may(draft, TEXT, by=people.engineer, now=t0, case=still_open)
    assert may(draft, TEXT, by=people.stranger, now=t0, case=learnt)
    learnt.sensitivity = Sensitivity.RESTRICTED
    learnt.save(update_fields=["sensitivity"])
    assert not may(draft, TEXT, by=people.stranger, now=t0, case=learnt)


@pytest.mark.parametrize("kind", ["customer", "contact", "phone", "email"])
def test_an_article_that_names_the_customer_is_drafted_but_not_published(
    kind: str, learnt: Case, contact: Contact, people: People, t0: datetime
) -> None:
    contact.phone, contact.email = "+86 138 0000 1111", "zhou@hengyuan.example"
    contact.save()
    assert learnt.customer is not None
    name = {"customer": learnt.customer.name, "contact": contact.name, "phone": contact.phone,
            "email": contact.email}[kind]  # fmt: skip
    text = ArticleText("Seal", f"They say that {name.upper()} saw it.", "en")
    named = draft(text, by=people.engineer, now=t0, case=learnt)
    with pytest.raises(NamesCustomer) as refused:
        publish(named, by=people.analyst, now=t0, seen=1)
    assert refused.value.names == [name]
    revise(named, TEXT, by=people.engineer, now=t0, seen=1)
    publish(named, by=people.analyst, now=t0 + MIN, seen=2)
    with pytest.raises(NamesCustomer):
        revise(named, text, by=people.analyst, now=t0 + DAY, seen=3)


def test_a_name_is_found_as_a_word_in_latin_and_anywhere_in_chinese(
    learnt: Case, contact: Contact
) -> None:
    contact.name = "Li"
    contact.save()
    assert articles.named(learnt, "Line 2 is delivered") == []
    assert articles.named(learnt, "as LI said") == ["Li"]
    contact.name = "罗海燕"
    contact.save()
    assert articles.named(learnt, "由羅海燕确认") == ["罗海燕"]
    assert articles.named(None, "罗海燕") == []


# ── how a text reads ──────────────────────────────────────────────────────────────────


def test_paragraphs_and_lists_are_told_from_plain_text() -> None:
    text = "First line\nsecond line\n\n- one\n• two\nAfter\n1. a\n2、b\n3.5 bar"
    assert blocks(text) == [
        Block("p", ["First line", "second line"]), Block("ul", ["one", "two"]),
        Block("p", ["After"]), Block("ol", ["a", "b"]), Block("p", ["3.5 bar"]),
    ]  # fmt: skip


def test_an_empty_text_has_no_blocks() -> None:
    assert blocks(" \n \n") == []
