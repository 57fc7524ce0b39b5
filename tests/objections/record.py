"""Reading what is on record, for tests that say exactly what must stand there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import pytest
from django.apps import apps

from objections.errors import DemandUnmet, Refused
from objections.models import Case, CaseEvent, Deadline, Escalation
from objections.steps import Step
from objections.vocabulary import Promise

NOT_OF_CASES = {
    "Policy", "Allowance", "Rung", "RemedyLimit", "ApprovalRule", "IdempotentRequest",
}  # fmt: skip
R = TypeVar("R", bound=Refused)


def snapshot() -> dict[str, list[Any]]:
    """Return every row about cases, as it stands in the database."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in apps.get_app_config("objections").get_models(include_auto_created=True)
        if model.__name__ not in NOT_OF_CASES
    }


@contextmanager
def refused(kind: type[R]) -> Iterator[pytest.ExceptionInfo[R]]:
    """Expect a refusal of this kind, after which every row is as it was."""
    before = snapshot()
    with pytest.raises(kind) as found:
        yield found
    assert snapshot() == before
    assert found.value.sentence


def missing(found: pytest.ExceptionInfo[DemandUnmet]) -> list[tuple[str, str]]:
    return [(demand.code, demand.field) for demand in found.value.missing]


def clock(case: Case, promise: Promise, *, cycle: int | None = None) -> Deadline:
    """Return the newest clock of a promise, or the one of a round."""
    rows = case.deadlines.filter(promise=promise)
    if cycle is not None:
        rows = rows.filter(cycle=cycle)
    return rows.order_by("-cycle", "-pk")[0]


def states(case: Case) -> dict[str, str]:
    return {
        f"{row.promise} {row.subject or row.cycle}": row.state.value for row in case.deadlines.all()
    }


def events(case: Case, *kinds: str) -> list[tuple[str, datetime]]:
    """Return kind and true moment of the case's events, of these kinds or of all."""
    rows = CaseEvent.objects.filter(case=case)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return list(rows.values_list("kind", "occurred_at"))


def rang(case: Case, promise: Promise) -> list[tuple[str, datetime]]:
    """Return the rungs of a promise that rang, each at its true moment."""
    kinds = ("deadline_warned", "deadline_breached", "escalation_climbed")
    rows = CaseEvent.objects.filter(case=case, kind__in=kinds, data__promise=promise)
    return list(rows.values_list("kind", "occurred_at"))


def told(case: Case, kind: str) -> list[tuple[str, int, datetime]]:
    """Return who was told in the product, at which level, and when it happened."""
    rows = case.notices.filter(channel="in_app", kind=kind).order_by("occurred_at", "pk")
    return list(rows.values_list("user__username", "level", "occurred_at"))


def escalation_of(case: Case, promise: Promise) -> Escalation:
    return Escalation.objects.get(deadline__case=case, deadline__promise=promise, closed_at=None)


def actions(taken: Sequence[Step]) -> list[str]:
    return [step.action.value for step in taken]
