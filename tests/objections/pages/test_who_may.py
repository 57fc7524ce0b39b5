"""Who may open and use which address of a case: everybody against everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from objections import steps, urls
from objections.actors import Actor
from objections.models import Case, RemedyLimit
from objections.selectors.timelines import evidence_url
from objections.services import analysis, remedies
from objections.services.stepping import take_step
from objections.vocabulary import LinkMedium, RemedyKind, Sensitivity, Stage
from tests.conftest import People
from tests.objections.pages.conftest import PNG

pytestmark = pytest.mark.django_db

WRITERS = {"engineer", "colleague", "supervisor", "manager", "duty_officer", "stranger"}
READERS = {"analyst", "auditor", "administrator"}
EVERYBODY = WRITERS | READERS
OWN = WRITERS - {"stranger"}
INSIDERS = {"engineer", "auditor", "administrator"}
"""Those for whom a restricted case of the engineer's exists."""


@dataclass(frozen=True)
class Door:
    """One way in: who gets through, and what the others are told."""

    name: str
    method: str
    opens_to: set[str]
    others_get: int = 403
    data: dict[str, Any] = field(default_factory=dict)
    more: tuple[Any, ...] = ()


DOORS = [
    Door("new-case", "get", WRITERS),
    Door("new-case-clock", "get", EVERYBODY),
    Door("pick-customer", "get", EVERYBODY),
    Door("pick-product", "get", EVERYBODY),
    Door("case", "get", EVERYBODY),
    Door("case-live", "get", EVERYBODY),
    Door("case-timeline", "get", EVERYBODY),
    Door("case-evidence", "get", EVERYBODY),
    Door("explain-deadline", "get", EVERYBODY),
    Door("case-step", "post", OWN, data={"text": "A note"}, more=("note",)),
    Door("case-whys", "post", OWN, data={"text": "Because"}),
    Door("case-why", "post", OWN - {"colleague"},
         data={"text": "Because", "version": "1"}, more=(1,)),
    Door("case-why-take-back", "post", EVERYBODY, data={"size": "1"}, more=(1,)),
    Door("case-sheet", "post", OWN, data={"version": "0"}, more=("conflict",)),
    Door("case-links", "get", EVERYBODY),
    Door("case-link-revoke", "post", EVERYBODY),
    Door("case-remedies", "post", OWN,
         data={"kind": "refund", "description": "Half", "cost": "1"}),
    Door("case-remedy", "post", EVERYBODY, more=(1, "refuse")),
    Door("case-late-record", "post", EVERYBODY, others_get=404),
]  # fmt: skip
WITHOUT_CASE = {"new-case", "new-case-clock", "pick-customer", "pick-product"}


def test_every_address_of_this_room_is_in_the_table() -> None:
    assert {door.name for door in DOORS} == {one.name for one in urls.urlpatterns}


@pytest.fixture
def furnished(people: People, at_stage: Callable[..., Case], now: datetime) -> Callable[..., Case]:
    """Return a function that makes a case with evidence and a remedy that waits."""

    def made(**more: Any) -> Case:
        RemedyLimit.objects.update_or_create(role="engineer", defaults={"amount": 10})
        case = at_stage(Stage.RESPOND, **more)
        by = Actor.person(people.engineer)
        take_step(case, steps.Attach(file=SimpleUploadedFile("a.png", PNG)), by=by, now=now)
        remedies.propose(
            case, kind=RemedyKind.REFUND, description="Half", cost=Decimal(20), by=by, now=now
        )
        analysis.write(case, text="Because", by=by, now=now)
        take_step(case, steps.Invite(medium=LinkMedium.BY_HAND), by=by, now=now)
        case.refresh_from_db()
        return case

    return made


def address(door: Door, case: Case) -> str:
    if door.name in WITHOUT_CASE:
        return reverse(door.name)
    if door.name == "case-evidence":
        return evidence_url(case, case.evidence.get())
    if door.name == "explain-deadline":
        return reverse(door.name, args=[case.reference, case.deadlines.earliest("pk").pk])
    if door.name == "case-link-revoke":
        return reverse(door.name, args=[case.reference, case.links.get().pk])
    return reverse(door.name, args=[case.reference, *door.more])


def knock(browser: Browser, door: Door, case: Case) -> int:
    data = {**door.data}
    if door.name == "case-step":
        data["version"] = case.version
    if door.name == "case-late-record":
        data["record"] = case.contact_records.earliest("pk").pk
    answer = getattr(browser, door.method)(address(door, case), data)
    return int(answer.status_code)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.name}")
def test_who_gets_through_and_who_is_told_no(
    people: People, furnished: Callable[..., Case], sign_in: Callable[[User], Browser], door: Door
) -> None:
    case = furnished()
    for name in sorted(EVERYBODY):
        case.refresh_from_db()
        status = knock(sign_in(getattr(people, name)), door, case)
        expected = {200, 302} if name in door.opens_to else {door.others_get}
        assert status in expected, (name, door.name, status)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.name}")
def test_without_signing_in_every_door_leads_to_the_sign_in(
    furnished: Callable[..., Case], door: Door
) -> None:
    case = furnished()
    answer = getattr(Browser(), door.method)(address(door, case))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize(
    "door", [d for d in DOORS if d.name not in WITHOUT_CASE], ids=lambda d: f"{d.method} {d.name}"
)
def test_a_restricted_case_does_not_exist_for_those_it_does_not_concern(
    people: People, furnished: Callable[..., Case], sign_in: Callable[[User], Browser], door: Door
) -> None:
    case = furnished(sensitivity=Sensitivity.RESTRICTED)
    told = set(case.notices.values_list("user__username", flat=True))
    for name in sorted(EVERYBODY - INSIDERS - told):
        assert knock(sign_in(getattr(people, name)), door, case) == 404, name


def test_a_forged_request_without_the_token_is_refused(
    people: People, furnished: Callable[..., Case]
) -> None:
    case = furnished()
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(people.engineer)
    url = reverse("case-step", args=[case.reference, "note"])
    assert browser.post(url, {"version": case.version, "text": "Forged"}).status_code == 403
    assert not case.notes.exists()
