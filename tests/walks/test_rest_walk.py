"""A CRM carries a case from the first word to a content customer, over REST alone."""

from __future__ import annotations

import pytest

from objections.models import Case
from tests.conftest import People
from tests.walks import over_rest
from tests.walks.calls import Caller
from tests.walks.script import STORIES, Story

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.language)
def test_a_crm_walks_a_case_through_all_its_stages(
    caller: Caller, people: People, story: Story
) -> None:
    reference = over_rest.walk(caller, story, engineer="engineer", supervisor="supervisor")
    case = Case.objects.get(reference=reference)
    assert case.handler == people.engineer
    assert case.closed_at is not None
    shown = caller.get(f"/cases/{reference}/timeline/")["results"]
    assert [row["kind"] for row in shown][:1] == ["opened"]
    assert shown[-1]["kind"] == case.events.order_by("occurred_at", "pk").last().kind  # type: ignore[union-attr]


def test_a_caller_without_a_token_is_told_so(caller: Caller) -> None:
    stranger = Caller(caller.address, "ct_made_up")
    answer = stranger.call("GET", "/cases/")
    assert answer.status == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
