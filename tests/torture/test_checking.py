"""The judge of the torture sees what is wrong, and nothing where all is well."""

from __future__ import annotations

from datetime import datetime

import pytest

from customers.models import Customer
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import Case, CaseEvent, Deadline, EscalationEntry, Notice
from objections.services.stepping import take_steps
from tests.conftest import People
from tests.stories import ACKNOWLEDGE, HOUR, MIN, open_at
from tests.torture.checking import judge

pytestmark = pytest.mark.django_db


@pytest.fixture
def overdue(people: People, customer: Customer, t0: datetime) -> Case:
    """A case whose acknowledgement broke, and which is rung up to half an hour after it began."""
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    sweep(now=t0 + 30 * MIN)
    return case


def breach_of(case: Case) -> CaseEvent:
    return case.events.get(kind="deadline_breached")


def again(event: CaseEvent, **changed: object) -> CaseEvent:
    """Write an event a second time, as nothing in the product can."""
    for name, value in changed.items():
        setattr(event, name, value)
    event.pk = None
    event._state.adding = True
    event.save()
    return event


def test_what_rang_once_and_in_time_is_well(overdue: Case, t0: datetime) -> None:
    found = judge(horizon=t0 + 30 * MIN)
    assert found.clean
    assert found.rungs == overdue.events.filter(data__has_key="rung").count() > 0
    assert found.worst == 20 * MIN  # its first warning was due in minute ten


def test_what_is_not_due_yet_is_not_lost(people: People, customer: Customer, t0: datetime) -> None:
    open_at(t0, by=Actor.person(people.engineer), customer=customer)
    assert judge(horizon=t0 + 9 * MIN).clean


def test_an_alarm_that_was_forgotten_is_lost(
    people: People, customer: Customer, t0: datetime
) -> None:
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    case.deadlines.filter(promise="acknowledgement").update(alarm_at=None)
    sweep(now=t0 + 16 * MIN)
    assert judge(horizon=t0 + 16 * MIN).lost == 3  # two warnings and the breach


def test_a_rung_whose_entry_is_missing_is_lost(overdue: Case, t0: datetime) -> None:
    EscalationEntry.objects.filter(deadline__case=overdue).delete()
    assert judge(horizon=t0 + 30 * MIN).lost


def test_a_person_who_was_not_told_is_lost(overdue: Case, t0: datetime) -> None:
    Notice.objects.filter(case=overdue, kind="escalated", level=1).delete()
    assert judge(horizon=t0 + 30 * MIN).lost


def test_a_rung_that_rang_twice_is_double(overdue: Case, t0: datetime) -> None:
    again(breach_of(overdue))
    assert judge(horizon=t0 + 30 * MIN).double == 1


def test_a_person_who_was_told_twice_is_double(overdue: Case, t0: datetime) -> None:
    notice = Notice.objects.filter(case=overdue, kind="escalated", channel="in_app").earliest("pk")
    notice.pk = None
    notice._state.adding = True
    notice.save()
    assert judge(horizon=t0 + 30 * MIN).double == 1


def test_a_rung_before_its_moment_is_early(overdue: Case, t0: datetime) -> None:
    coming = Deadline.objects.get(case=overdue, promise="acknowledgement")
    facts = breach_of(overdue).data | {"rung": coming.rung}
    again(breach_of(overdue), kind="escalation_climbed", data=facts)
    assert judge(horizon=t0 + 30 * MIN).early == 1


def test_a_breach_after_the_answer_is_early(
    people: People, customer: Customer, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [ACKNOWLEDGE], by=by, now=t0 + 14 * MIN)
    assert judge(horizon=t0 + HOUR).clean
    warned = case.events.filter(kind="deadline_warned").earliest("pk")
    again(warned, kind="deadline_breached", data=warned.data | {"rung": 2},
          occurred_at=t0 + 15 * MIN, recorded_at=t0 + 15 * MIN)  # fmt: skip
    found = judge(horizon=t0 + HOUR)
    assert found.early == 1
    assert found.lost  # and nobody was told
