"""Remedies and late records: what people decide on the page of a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from objections import steps
from objections.actors import Actor
from objections.models import Case, ContactRecord, Remedy, RemedyLimit
from objections.services import remedies
from objections.services.stepping import take_step
from objections.vocabulary import Channel, DeadlineState, Promise, Purpose, RemedyKind, Stage
from tests.conftest import People
from tests.objections.pages.conftest import text_of
from tests.stories import MIN

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Browser]
AtStage = Callable[..., Case]


@pytest.fixture(autouse=True)
def limits(db: None) -> None:
    for role, amount in (("engineer", 1_000), ("supervisor", 20_000)):
        RemedyLimit.objects.update_or_create(role=role, defaults={"amount": amount})


def remedy_of(people: People, case: Case, now: datetime, cost: int = 5_000) -> Remedy:
    return remedies.propose(
        case, kind=RemedyKind.REFUND, description="Half the price", cost=Decimal(cost),
        by=Actor.person(people.engineer), now=now,
    )  # fmt: skip


def test_a_remedy_is_proposed_and_waits_above_the_limit(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.RESPOND)
    given = {"kind": "refund", "description": "Half the price", "cost": "5000"}
    url = reverse("case-remedies", args=[case.reference])
    assert sign_in(people.engineer).post(url, given).status_code == 302
    assert case.remedies.get().needs_approval


@pytest.mark.parametrize(
    "wrong",
    [{"cost": "-1"}, {"cost": "much"}, {"cost": "9" * 20}, {"kind": "x"}, {"description": "\0"},
     {"description": " "}, {"cost": "NaN"}],
    ids=str,
)  # fmt: skip
def test_a_remedy_that_says_nothing_is_refused_and_what_was_typed_kept(
    people: People, at_stage: AtStage, sign_in: SignIn, wrong: dict[str, str]
) -> None:
    case = at_stage(Stage.RESPOND)
    given = {"kind": "refund", "description": "Half the price", "cost": "77", **wrong}
    url = reverse("case-remedies", args=[case.reference])
    answer = sign_in(people.engineer).post(url, given)
    assert answer.status_code == 422
    assert "data-refused" in text_of(answer)
    assert not case.remedies.exists()


@pytest.mark.parametrize(
    ("decision", "field"), [("approve", "approved_at"), ("refuse", "refused_at")]
)
def test_the_supervisor_decides_on_a_remedy(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime, decision: str, field: str
) -> None:
    case = at_stage(Stage.RESPOND)
    remedy = remedy_of(people, case, now)
    url = reverse("case-remedy", args=[case.reference, 1, decision])
    assert sign_in(people.supervisor).post(url).status_code == 302
    remedy.refresh_from_db()
    assert getattr(remedy, field) is not None
    assert remedy.decided_by == people.supervisor


def test_nobody_approves_their_own_remedy_nor_one_above_their_limit(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    dear = remedy_of(people, case, now, cost=30_000)
    url = reverse("case-remedy", args=[case.reference, 1, "approve"])
    for user in (people.engineer, people.colleague, people.supervisor, people.stranger):
        answer = sign_in(user).post(url, follow=True)
        why = "above your own limit" if user == people.supervisor else "You may not do this"
        assert why in text_of(answer)
    dear.refresh_from_db()
    assert dear.approved_at is None


@pytest.mark.parametrize(
    ("number", "decision"),
    [(0, "approve"), (2, "approve"), (10**30, "approve"), (1, "nothing")],
)
def test_a_decision_on_nothing_is_not_found(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime, number: int, decision: str
) -> None:
    case = at_stage(Stage.RESPOND)
    remedy_of(people, case, now)
    url = reverse("case-remedy", args=[case.reference, number, decision])
    assert sign_in(people.supervisor).post(url).status_code == 404


def late_record(people: People, case: Case, now: datetime) -> ContactRecord:
    spoke = steps.Acknowledge(channel=Channel.PHONE, summary="Thanks.", at=now - 35 * MIN)
    take_step(case, spoke, by=Actor.person(people.engineer), now=now)
    return case.contact_records.get(purpose=Purpose.ACKNOWLEDGEMENT)


def test_the_supervisor_lets_a_late_record_count_when_it_took_place(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.LISTEN, ago=timedelta(minutes=40))
    record = late_record(people, case, now)
    clock = case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT)
    assert clock.state == DeadlineState.BREACHED
    url = reverse("case-late-record", args=[case.reference])
    assert sign_in(people.supervisor).post(url, {"record": record.pk}).status_code == 302
    kept = case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT)
    assert kept.state == DeadlineState.KEPT


def test_nobody_confirms_their_own_late_record(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.LISTEN, ago=timedelta(minutes=40))
    record = late_record(people, case, now)
    url = reverse("case-late-record", args=[case.reference])
    for user in (people.engineer, people.colleague, people.stranger, people.auditor):
        answer = sign_in(user).post(url, {"record": record.pk}, follow=True)
        assert "You may not do this" in text_of(answer)
    record.refresh_from_db()
    assert record.late_confirmed_at is None


@pytest.mark.parametrize("record", ["", "x", "\0", "9" * 30, "0"])
def test_a_record_that_is_none_is_not_found(
    people: People, at_stage: AtStage, sign_in: SignIn, record: str
) -> None:
    url = reverse("case-late-record", args=[at_stage().reference])
    assert sign_in(people.supervisor).post(url, {"record": record}).status_code == 404


def test_these_addresses_take_what_they_are_for_and_nothing_else(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    case = at_stage(Stage.RESPOND)
    remedy_of(people, case, now)
    browser = sign_in(people.supervisor)
    posted: list[tuple[str, list[Any]]] = [
        ("case-late-record", []), ("case-remedy", [1, "approve"]),
    ]  # fmt: skip
    for name, more in posted:
        assert browser.get(reverse(name, args=[case.reference, *more])).status_code == 405
    for name in ("case", "case-live", "case-timeline"):
        assert browser.post(reverse(name, args=[case.reference])).status_code == 405
