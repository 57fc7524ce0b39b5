"""In the administration articles are read and retired, and nothing else."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client as Browser

from knowledge.articles import ArticleText, draft, publish
from knowledge.models import Article
from tests.conftest import People

pytestmark = pytest.mark.django_db
LIST = "/admin/knowledge/article/"


def test_chosen_articles_are_retired_by_the_service_and_drafts_are_refused(
    people: People, t0: datetime
) -> None:
    text = ArticleText("Seal leaks", "Check the strainer.", "en")
    shown = publish(draft(text, by=people.engineer, now=t0), by=people.analyst, now=t0, seen=1)
    kept = draft(text, by=people.engineer, now=t0)
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.administrator)
    assert "Seal leaks" in browser.get(LIST).content.decode()
    page = browser.get(f"{LIST}{shown.pk}/change/").content.decode()
    assert 'name="title"' not in page
    chosen = {"action": "retire", "_selected_action": [shown.pk, kept.pk]}
    said = browser.post(LIST, chosen, follow=True).content.decode()
    assert "1 article retired" in said
    assert "Only a published article can be retired" in said
    assert Article.objects.get(pk=shown.pk).retired_at is not None
    assert shown.changes.first().by == people.administrator  # type: ignore[union-attr]
    assert browser.get(f"{LIST}add/").status_code == 403
