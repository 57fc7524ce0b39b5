from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from integrations.demo import replay
from objections.models import Case, CaseEvent
from timekeeping import clock

pytestmark = pytest.mark.django_db


def test_the_same_seed_tells_the_same_story() -> None:
    """Twice from nothing, at one moment: the same titles, stages and timelines."""
    moment = clock.now()
    told = []
    for _ in range(2):
        with transaction.atomic():
            assert replay.seed(cases=30, seed=3, password="x", now=moment)
            told.append(list(CaseEvent.objects.order_by("occurred_at", "pk").values_list(
                "case__title", "kind", "occurred_at")))  # fmt: skip
            transaction.set_rollback(True)
    assert told[0] == told[1]


def test_it_is_made_in_a_sandbox_only(settings: Any) -> None:
    settings.CASETRACK_SANDBOX = False
    settings.CASETRACK_DEMO_PASSWORD = "known"
    for command in ("seed_demo", "demo_card"):
        with pytest.raises(CommandError, match="sandbox"):
            call_command(command)
    settings.CASETRACK_SANDBOX, settings.CASETRACK_DEMO_PASSWORD = True, ""
    with pytest.raises(CommandError, match="CASETRACK_DEMO_PASSWORD"):
        call_command("seed_demo")
    assert not User.objects.exists()


def test_too_few_cases_are_refused(settings: Any) -> None:
    settings.CASETRACK_DEMO_PASSWORD = "known"
    with pytest.raises(CommandError, match="at least 30"):
        call_command("seed_demo", "--cases", "5")


def test_a_seeding_that_dies_leaves_nothing_and_the_next_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, transaction.atomic():
        patched.setattr(replay, "replay", dies)
        with pytest.raises(KeyboardInterrupt):
            replay.seed(cases=30, seed=3, password="x", now=clock.now())
        assert not User.objects.exists()
    assert replay.seed(cases=30, seed=3, password="x", now=clock.now()) is True
    assert Case.objects.count() >= 30
