"""The main job in a real browser, in both languages, and the same story over REST."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from accounts.models import User
from objections.models import Case
from tests.conftest import People
from tests.walks import in_browser, over_rest
from tests.walks.calls import Caller
from tests.walks.in_browser import Person
from tests.walks.script import STORIES, Story, told_by

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.language)
def test_people_walk_a_case_and_a_program_tells_the_same_story(
    caller: Caller,
    opened_browser: Callable[[], AbstractContextManager[Browser]],
    people: People,
    story: Story,
    screenshots: Callable[[str, str], Path],
) -> None:
    User.objects.update(language=story.language)
    with opened_browser() as browser:
        engineer, supervisor = (
            Person.at(browser, caller.address, story, partial(screenshots, story.language))
            for _ in range(2)
        )
        reference = in_browser.walk(engineer, supervisor, story)
    assert engineer.complaints + supervisor.complaints == []
    by_hand = Case.objects.get(reference=reference)

    by_rest = Case.objects.get(
        reference=over_rest.walk(caller, story, engineer="engineer", supervisor="supervisor")
    )
    assert told_by(by_hand) == told_by(by_rest)
