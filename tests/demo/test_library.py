"""The articles of the demo grow out of its cases' lessons."""

from __future__ import annotations

from datetime import datetime

import pytest

from demo import library
from demo.cast import assemble
from knowledge.models import Article
from knowledge.searching import Asked, find
from objections import steps
from objections.actors import Actor
from objections.services.stepping import take_steps
from objections.vocabulary import CauseCategory, Stage
from tests.stories import DAY, walk_to

pytestmark = pytest.mark.django_db

LESSON = "Measure the sleeve before a seal is replaced."


def test_articles_of_both_languages_are_written_once_and_linked_to_their_cases(
    t0: datetime,
) -> None:
    cast = assemble("demo-password")
    engineer, customer = cast.people["grace.okafor"], next(iter(cast.customers.values()))
    by = Actor.person(engineer)
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer, handler=engineer)
    ending = steps.CloseSatisfied(
        score=5, words="Good.", cause_category=CauseCategory.SERVICE, lesson=LESSON
    )
    take_steps(case, [ending], by=by, now=t0 + DAY)
    now = t0 + 30 * DAY
    assert library.write(now=now) >= 12
    assert library.write(now=now) == 0
    [grown] = Article.objects.exclude(case=None)
    assert (grown.case, grown.written_by, grown.is_published) == (case, engineer, True)
    assert set(Article.objects.values_list("language", flat=True)) == {"zh-hans", "en"}
    assert not Article.objects.filter(updated_at__gt=now).exists()
    e17 = find(Asked("E-17"), user=engineer).rows
    assert {one.language for one in e17} == {"zh-hans", "en"}
