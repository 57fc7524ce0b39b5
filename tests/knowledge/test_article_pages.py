"""The pages of articles: who may open and change what, and what a page says of a refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from customers.models import Contact, Customer, Product
from knowledge.articles import ArticleText, draft, publish, revise
from knowledge.models import Article
from objections import steps
from objections.actors import Actor
from objections.models import Case, CaseAccess
from objections.services.stepping import take_steps
from objections.vocabulary import CauseCategory, Sensitivity, Stage
from tests.conftest import People
from tests.stories import DAY, open_at, walk_to

pytestmark = pytest.mark.django_db

TEXT = ArticleText("Seal leaks <b>again</b>", "Check this:\n- strainer\n- <i>sleeve</i>", "en")
TYPED = {"title": "Other title", "body": "Other text", "language": "en", "product": "",
         "cause_category": ""}  # fmt: skip
LESSON = "Measure the sleeve first. So said Zhou Min."
EVERYBODY = ("engineer", "stranger", "supervisor", "manager", "analyst", "auditor",
             "administrator")  # fmt: skip
PUBLISH = {"supervisor", "manager", "analyst", "administrator"}
Look = Callable[[User], Browser]


@pytest.fixture
def look_as() -> Look:
    def sign_in(user: User) -> Browser:
        browser = Browser(headers={"accept-language": "en"})
        browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def kept(people: People, t0: datetime) -> Article:
    return draft(TEXT, by=people.engineer, now=t0)


@pytest.fixture
def learnt(people: People, customer: Customer, contact: Contact, t0: datetime) -> Case:
    by = Actor.person(people.engineer)
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer, contact=contact)
    ending = steps.CloseSatisfied(score=5, words="Good.", cause_category=CauseCategory.MATERIAL,
                                  lesson=LESSON)  # fmt: skip
    take_steps(case, [ending], by=by, now=t0 + DAY)
    return case


def test_the_matrix_of_people_and_addresses(
    people: People, kept: Article, look_as: Look, t0: datetime
) -> None:
    for who in EVERYBODY:
        browser = look_as(getattr(people, who))
        close = who in {"engineer", "auditor", *PUBLISH}
        wanted = {
            "/knowledge/": 200,
            "/knowledge/found/?q=seal": 200,
            "/knowledge/articles/new/": 403 if who == "auditor" else 200,
            f"/knowledge/articles/{kept.pk}/": 200 if close else 404,
            f"/knowledge/articles/{kept.pk}/edit/": (
                404 if not close else 403 if who == "auditor" else 200
            ),
        }
        for address, status in wanted.items():
            assert browser.get(address).status_code == status, f"{who} {address}"
        for move in ("publish", "retire"):
            if who not in PUBLISH:
                answer = browser.post(f"/knowledge/articles/{kept.pk}/{move}/", {"version": 1})
                assert answer.status_code == (403 if close else 404), f"{who} {move}"
    assert Article.objects.get(pk=kept.pk).version == 1


@pytest.mark.parametrize(
    "place", ["", "found/", "articles/new/", "articles/1/", "articles/1/edit/"]
)
def test_nobody_reads_without_having_signed_in(place: str) -> None:
    assert Browser().get(f"/knowledge/{place}").status_code == 302


def test_moves_are_posted_and_what_does_not_exist_is_not_found(
    people: People, kept: Article, look_as: Look
) -> None:
    browser = look_as(people.analyst)
    assert browser.get(f"/knowledge/articles/{kept.pk}/publish/").status_code == 405
    for number in ("999", str(10**30)):
        assert browser.get(f"/knowledge/articles/{number}/").status_code == 404


def test_an_article_is_written_published_and_retired_by_its_pages(
    people: People, look_as: Look, product: Product
) -> None:
    mine, theirs = look_as(people.engineer), look_as(people.analyst)
    answer = mine.post("/knowledge/articles/new/", TYPED | {"product": str(product)})
    article = Article.objects.get()
    assert answer.headers["Location"] == f"/knowledge/articles/{article.pk}/"
    assert (article.product, article.written_by) == (product, people.engineer)
    page = f"/knowledge/articles/{article.pk}/"
    assert "Publish" not in mine.get(page).content.decode()
    theirs.post(f"{page}publish/", {"version": 1})
    assert Article.objects.get().is_published
    assert "Other title" in look_as(people.stranger).get("/knowledge/").content.decode()
    theirs.post(f"{page}retire/", {"version": 2})
    assert look_as(people.stranger).get(page).status_code == 404
    again = theirs.post(f"{page}publish/", {"version": 2}, follow=True).content.decode()
    assert "Somebody changed this article" in again
    assert "Publish again" in again


def test_nothing_that_people_write_is_taken_for_html(
    people: People, kept: Article, look_as: Look, t0: datetime
) -> None:
    publish(kept, by=people.analyst, now=t0, seen=1)
    browser = look_as(people.engineer)
    for address in (f"/knowledge/articles/{kept.pk}/", "/knowledge/?q=sleeve"):
        page = browser.get(address).content.decode()
        assert "<b>again" not in page
        assert "<i>" not in page
        assert "sleeve" in page
    assert "<li class=\"text-break\">strainer</li>" in browser.get(
        f"/knowledge/articles/{kept.pk}/"
    ).content.decode()  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "This field is required"),
        ({"body": " "}, "This field is required"),
        ({"language": "fr"}, "Select a valid choice"),
        ({"product": "No such pump"}, "There is no product of this name"),
        ({"cause_category": "x"}, "Select a valid choice"),
        ({"title": "a\x00b"}, "Null characters"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field_and_kept(
    typed: dict[str, str], said: str, people: People, look_as: Look
) -> None:
    answer = look_as(people.engineer).post("/knowledge/articles/new/", TYPED | typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Other" in page
    assert not Article.objects.exists()


def test_the_second_of_two_editors_sees_both_texts_and_may_save_again(
    people: People, kept: Article, look_as: Look, t0: datetime
) -> None:
    browser, page = look_as(people.analyst), f"/knowledge/articles/{kept.pk}/edit/"
    revise(kept, ArticleText("From the first", "x", "en"), by=people.engineer, now=t0, seen=1)
    answer = browser.post(page, TYPED | {"version": 1})
    shown = answer.content.decode()
    assert answer.status_code == 422
    for words in ("From the first", "Other title", "in the meantime", 'value="2"'):
        assert words in shown
    assert Article.objects.get().title == "From the first"
    assert browser.post(page, TYPED | {"version": 2}).status_code == 302
    assert Article.objects.get().title == "Other title"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_was_never_read_changes_nothing(
    version: str, people: People, kept: Article, look_as: Look
) -> None:
    browser, page = look_as(people.analyst), f"/knowledge/articles/{kept.pk}/"
    assert browser.post(f"{page}edit/", TYPED | {"version": version}).status_code == 422
    assert browser.post(f"{page}publish/", {"version": version}).status_code == 302
    assert Article.objects.get().version == 1


# ── of a case ─────────────────────────────────────────────────────────────────────────


def test_a_lesson_is_offered_as_an_article_and_warns_of_names(
    people: People, learnt: Case, contact: Contact, look_as: Look
) -> None:
    browser = look_as(people.engineer)
    lesson = f"/cases/{learnt.reference}/lesson/"
    assert f'hx-get="{lesson}"' in browser.get(f"/cases/{learnt.reference}/").content.decode()
    assert "Make an article of it" in browser.get(lesson).content.decode()
    new = f"/knowledge/articles/new/?case={learnt.reference}"
    page = browser.get(new).content.decode()
    for words in (LESSON, learnt.title, "whom it happened to", contact.name):
        assert words in page
    browser.post(new, TYPED | {"body": LESSON})
    article = Article.objects.get()
    assert article.case == learnt
    found = look_as(people.analyst).post(
        f"/knowledge/articles/{article.pk}/publish/", {"version": 1}, follow=True
    )
    assert contact.name in found.content.decode()
    assert not Article.objects.get().is_published
    assert article.title in browser.get(lesson).content.decode()


def test_an_auditor_is_offered_no_article_and_an_open_case_has_none(
    people: People, learnt: Case, customer: Customer, look_as: Look, t0: datetime
) -> None:
    auditor, mine = look_as(people.auditor), look_as(people.engineer)
    assert (
        "Make an article" not in auditor.get(f"/cases/{learnt.reference}/lesson/").content.decode()
    )
    still_open = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    new = "/knowledge/articles/new/?case="
    assert mine.get(f"{new}{still_open.reference}").status_code == 404
    assert mine.get(f"{new}CT-2026-999999").status_code == 404
    assert mine.get(f"{new}%00").status_code == 404


def test_a_restricted_case_shows_nothing_to_who_may_not_see_it(
    people: People, learnt: Case, look_as: Look, t0: datetime
) -> None:
    article = draft(TEXT, by=people.engineer, now=t0, case=learnt)
    publish(article, by=people.analyst, now=t0, seen=1)
    stranger = look_as(people.stranger)
    page = f"/knowledge/articles/{article.pk}/"
    assert learnt.reference in stranger.get(page).content.decode()
    learnt.sensitivity = Sensitivity.RESTRICTED
    learnt.save(update_fields=["sensitivity"])
    assert learnt.reference not in stranger.get(page).content.decode()
    for address in ("similar", "lesson"):
        assert stranger.get(f"/cases/{learnt.reference}/{address}/").status_code == 404
    new = f"/knowledge/articles/new/?case={learnt.reference}"
    assert stranger.get(new).status_code == 404
    assert stranger.post(new, TYPED).status_code == 404


def test_what_is_shown_of_a_restricted_case_by_itself_leaves_a_trace(
    people: People, learnt: Case, look_as: Look
) -> None:
    Case.objects.filter(pk=learnt.pk).update(
        sensitivity=Sensitivity.RESTRICTED, handler=people.engineer
    )
    browser = look_as(people.engineer)
    new = f"/knowledge/articles/new/?case={learnt.reference}"
    for count, address in enumerate(
        (f"{learnt.reference}/similar/", f"{learnt.reference}/lesson/")
    ):
        assert browser.get(f"/cases/{address}").status_code == 200
        assert CaseAccess.objects.filter(user=people.engineer).count() == count + 1
    assert browser.get(new).status_code == 200
    assert CaseAccess.objects.count() == 3


def test_who_revises_an_article_reads_no_lesson_of_a_case_that_does_not_exist_for_them(
    people: People, learnt: Case, look_as: Look, t0: datetime
) -> None:
    article = draft(TEXT, by=people.engineer, now=t0, case=learnt)
    edit, analyst = f"/knowledge/articles/{article.pk}/edit/", look_as(people.analyst)
    assert LESSON in analyst.get(edit).text
    Case.objects.filter(pk=learnt.pk).update(sensitivity=Sensitivity.RESTRICTED)
    assert LESSON not in analyst.get(edit).text
    refused = analyst.post(edit, {**TYPED, "title": "", "version": "1"})
    assert (refused.status_code, LESSON in refused.text) == (422, False)


def test_a_draft_that_is_sent_twice_is_one_article(
    people: People, learnt: Case, look_as: Look
) -> None:
    browser, new = look_as(people.engineer), f"/knowledge/articles/new/?case={learnt.reference}"
    first, second = (browser.post(new, TYPED)["Location"] for _time in range(2))
    assert first == second
    browser.post(new, {**TYPED, "title": "Another"})
    look_as(people.colleague).post(new, TYPED)
    assert Article.objects.count() == 3


def test_the_case_page_shows_what_is_alike_what_solved_it_and_articles(
    people: People, learnt: Case, customer: Customer, look_as: Look, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = open_at(t0 + 2 * DAY, by=by, customer=customer)
    publish(draft(TEXT, by=people.engineer, now=t0), by=people.analyst, now=t0, seen=1)
    browser = look_as(people.engineer)
    address = f"/cases/{case.reference}/similar/"
    assert f'hx-get="{address}"' in browser.get(f"/cases/{case.reference}/").content.decode()
    part = browser.get(address, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    for words in (learnt.reference, "Replace tonight", "Filter element broke", "5 of 5",
                  "Seal leaks"):  # fmt: skip
        assert words in part
    assert "<html" in browser.get(address).content.decode()  # without JavaScript, a page


def test_the_search_answers_a_script_with_the_rows_alone_and_says_when_there_are_none(
    people: People, kept: Article, look_as: Look, t0: datetime
) -> None:
    publish(kept, by=people.analyst, now=t0, seen=1)
    browser = look_as(people.stranger)
    part = browser.get("/knowledge/?q=strainer", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert "<mark>strainer</mark>" in part
    assert "No article speaks of this" in browser.get("/knowledge/?q=zeppelin").content.decode()
    assert "some of them" in browser.get("/knowledge/?q=strainer+zeppelin").content.decode()
    nonsense = "/knowledge/?q=%00&state=x&language=x&product=x&cause=x&page=x"
    assert browser.get(nonsense).status_code == 200
    assert "strainer" in browser.get("/knowledge/found/?q=strainer").content.decode()
    assert browser.get("/knowledge/found/?q=zeppelin").content.decode().strip() == ""


def test_the_number_of_queries_does_not_grow_with_the_articles(
    people: People, look_as: Look, t0: datetime, customer: Customer,
    django_assert_max_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:  # fmt: skip
    browser = look_as(people.engineer)
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    counts: list[int] = []
    browser.get(f"/cases/{case.reference}/similar/")  # reads how rare words are, once
    for many in (1, 12):
        for _number in range(many):
            one = draft(TEXT, by=people.engineer, now=t0)
            publish(one, by=people.analyst, now=t0, seen=1)
        for address in ("/knowledge/?q=sleeve", f"/cases/{case.reference}/similar/",
                        f"/knowledge/articles/{one.pk}/"):  # fmt: skip
            with django_assert_max_num_queries(16) as asked:
                browser.get(address)
            counts.append(len(asked.captured_queries))
    assert counts[:3] == counts[3:]
