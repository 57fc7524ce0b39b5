"""Cards, templates and terms are kept in order by analysts and administrators, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from knowledge import jargon
from knowledge.models import JargonTerm, PlaybookCard, ReplyTemplate
from tests.conftest import People
from tests.knowledge.people import SignIn, text_of

pytestmark = pytest.mark.django_db

WHAT: dict[str, Any] = {"playbooks": PlaybookCard, "templates": ReplyTemplate, "jargon": JargonTerm}
KEEPERS = ("analyst", "administrator")
OTHERS = ("engineer", "supervisor", "manager", "auditor", "stranger")


def edit(what: str) -> str:
    return reverse(f"{what}-edit", args=[WHAT[what].objects.order_by("pk")[0].pk])


def shown_form(browser: Any, address: str) -> dict[str, Any]:
    form = browser.get(address).context["form"]
    return {bound.html_name: bound.value() or "" for bound in form}


@pytest.mark.parametrize("what", WHAT)
def test_the_matrix_of_people_and_pages(people: People, sign_in: SignIn, what: str) -> None:
    lists = {"playbooks": "playbooks", "templates": "reply-templates", "jargon": "jargon"}
    pages = [edit(what), reverse(f"{what}-new")]
    for who in (*KEEPERS, *OTHERS):
        browser, keeps = sign_in(getattr(people, who)), who in KEEPERS
        shown = text_of(browser.get(reverse(lists[what])))
        assert (pages[1] in shown) == keeps, who
        for page in pages:
            assert browser.get(page).status_code == (200 if keeps else 403), who
            assert browser.post(page, {}).status_code == (422 if keeps else 403), who


def test_nobody_reads_or_keeps_anything_without_signing_in(client: Any) -> None:
    for page in ("playbooks", "reply-templates", "jargon", "templates-new"):
        answer = client.get(reverse(page))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("what", WHAT)
def test_an_analyst_changes_a_row_and_it_stands_in_the_audit_trail(
    people: People, sign_in: SignIn, what: str, django_assert_max_num_queries: Any
) -> None:
    browser, page = sign_in(people.analyst), edit(what)
    changed = {"playbooks": "phrase", "templates": "body", "jargon": "plain"}[what]
    given = shown_form(browser, page) | {changed: "In our own words"}
    with django_assert_max_num_queries(30):
        assert browser.post(page, given).status_code == 302
    assert WHAT[what].objects.filter(**{changed: "In our own words"}).count() == 1
    assert [str(one.user) for one in LogEntry.objects.all()] == ["Analyst"]


def test_a_template_with_an_unknown_variable_is_refused_and_what_was_typed_stays(
    people: People, sign_in: SignIn
) -> None:
    browser, page = sign_in(people.analyst), edit("templates")
    before = list(ReplyTemplate.objects.values())
    given = shown_form(browser, page) | {"body": "Dear {contcat}, your {serial"}
    answer = browser.post(page, given)
    assert answer.status_code == 422
    shown = text_of(answer)
    assert "There is no variable {contcat}." in shown
    assert "A brace has no partner in line 1" in shown
    assert "Dear {contcat}, your {serial" in shown
    assert list(ReplyTemplate.objects.values()) == before


def test_a_template_can_be_tried_before_it_is_saved(people: People, sign_in: SignIn) -> None:
    browser, page = sign_in(people.analyst), edit("templates")
    given = shown_form(browser, page) | {"body": "Good day, {contact}", "preview": "1"}
    shown = text_of(browser.post(page, given))
    assert "Good day, Zhou Min" in shown
    assert not ReplyTemplate.objects.filter(body__startswith="Good day").exists()


@pytest.mark.parametrize("what", WHAT)
def test_nobody_writes_over_what_somebody_else_saved_meanwhile(
    people: People, sign_in: SignIn, what: str
) -> None:
    browser, page = sign_in(people.analyst), edit(what)
    name = {"playbooks": "phrase", "templates": "body", "jargon": "plain"}[what]
    given = shown_form(browser, page) | {name: "Mine"}
    row = WHAT[what].objects.order_by("pk")[0]
    WHAT[what].objects.filter(pk=row.pk).update(**{name: "Theirs"})
    refused = browser.post(page, given)
    assert refused.status_code == 422
    assert "Theirs" in text_of(refused)
    assert "Mine" in text_of(refused)
    row.refresh_from_db()
    assert getattr(row, name) == "Theirs"
    again = given | {"seen": refused.context["form"]["seen"].value()}
    assert browser.post(page, again).status_code == 302
    row.refresh_from_db()
    assert getattr(row, name) == "Mine"


def test_a_template_is_retired_and_brought_back(people: People, sign_in: SignIn) -> None:
    browser, page = sign_in(people.analyst), edit("templates")
    row = ReplyTemplate.objects.order_by("pk")[0]
    browser.post(page, shown_form(browser, page) | {"retired": "on"})
    row.refresh_from_db()
    assert row.retired_at is not None
    shown = text_of(browser.get(reverse("reply-templates"), {"language": row.language}))
    assert "no longer offered" in shown
    others = text_of(
        sign_in(people.engineer).get(reverse("reply-templates"), {"language": row.language})
    )
    assert row.name not in others
    browser.post(page, {**shown_form(browser, page), "retired": ""})
    row.refresh_from_db()
    assert row.retired_at is None


def test_a_term_is_added_read_and_deleted(people: People, sign_in: SignIn) -> None:
    browser = sign_in(people.analyst)
    given = {"term": "QPL", "plain": "list of tested suppliers", "language": "en"}
    assert browser.post(reverse("jargon-new"), given).status_code == 302
    assert jargon.wordings("en")["QPL"] == "list of tested suppliers"
    assert "QPL" not in jargon.wordings("zh-hans")
    page = text_of(sign_in(people.engineer).get(reverse("jargon"), {"language": "en"}))
    assert "list of tested suppliers" in page
    twice = browser.post(reverse("jargon-new"), given)
    assert twice.status_code == 422
    term = JargonTerm.objects.get(term="QPL")
    erase = reverse("jargon-delete", args=[term.pk])
    assert sign_in(people.engineer).post(erase).status_code == 403
    assert browser.get(erase).status_code == 405
    assert browser.post(erase).status_code == 302
    assert not JargonTerm.objects.filter(term="QPL").exists()


def test_a_row_that_is_none_is_not_found(people: People, sign_in: SignIn) -> None:
    browser = sign_in(people.analyst)
    for what in WHAT:
        assert browser.get(reverse(f"{what}-edit", args=[9**9])).status_code == 404


# ── in the administration ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", ["playbookcard", "replytemplate", "jargonterm"])
def test_the_administration_lists_and_shows_them(
    people: People, sign_in: SignIn, model: str
) -> None:
    browser = sign_in(people.administrator)
    assert browser.get(reverse(f"admin:knowledge_{model}_changelist")).status_code == 200
    assert browser.get(reverse(f"admin:knowledge_{model}_add")).status_code == 200


def test_the_administration_previews_a_template_and_refuses_an_unknown_variable(
    people: People, sign_in: SignIn
) -> None:
    browser = sign_in(people.administrator)
    row = ReplyTemplate.objects.filter(language="en").order_by("pk")[0]
    page = reverse("admin:knowledge_replytemplate_change", args=[row.pk])
    first = browser.get(page)
    assert "Zhou Min" in text_of(first)
    form = first.context["adminform"].form
    given = {bound.html_name: bound.value() or "" for bound in form}
    refused = browser.post(page, given | {"body": "{nobody}"})
    assert refused.status_code == 200
    assert "There is no variable {nobody}." in text_of(refused)
    assert browser.post(page, given | {"body": "{me}", "retired": "on"}).status_code == 302
    row.refresh_from_db()
    assert (row.body, row.retired_at is not None) == ("{me}", True)
