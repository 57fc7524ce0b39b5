from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from demo.replay import prepare, tell
from demo.sharing import Order
from objections.models import Case, CaseEvent
from timekeeping import clock

pytestmark = pytest.mark.django_db


def told(order: Order, *, shares: int = 1) -> list[tuple[Any, ...]]:
    """Tell a demo, give its timelines, and forget it again."""
    with transaction.atomic():
        for share in range(shares):
            tell(order, share=share, shares=shares)
        events = CaseEvent.objects.order_by("case__received_at", "case__title", "occurred_at", "pk")
        told = list(events.values_list("case__title", "kind", "occurred_at"))
        transaction.set_rollback(True)
    return told


def test_the_same_seed_tells_the_same_story_however_many_share_the_work() -> None:
    order = Order(30, 3, "x", clock.now())
    first = told(order)
    assert len(first) > 30 * 10  # some ten events a case, at least
    assert told(order, shares=2) == first


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


@pytest.mark.django_db(transaction=True)
def test_processes_share_the_work_and_a_second_run_changes_nothing(settings: Any) -> None:
    settings.CASETRACK_DEMO_PASSWORD = "known"
    said = io.StringIO()
    call_command("seed_demo", "--cases", "30", "--processes", "2", stdout=said)
    count = Case.objects.count()
    assert count >= 30
    assert said.getvalue().startswith(f"{count} cases over 60 days")
    call_command("seed_demo", "--cases", "30", stdout=said)
    assert "here already" in said.getvalue()
    assert Case.objects.count() == count


@pytest.mark.django_db(transaction=True)
def test_what_dies_leaves_no_case_and_the_next_attempt_goes_on() -> None:
    order = Order(30, 3, "x", clock.now())
    assert prepare(order)

    def dies() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tell(order, together=dies)
    assert not Case.objects.exists()
    assert prepare(order)
    tell(order)
    assert Case.objects.count() >= 30
