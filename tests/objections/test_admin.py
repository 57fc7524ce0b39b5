"""Administration: policies can be edited and are checked, what happened can only be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client as Browser

from customers.models import Customer
from objections.actors import Actor
from objections.models import Allowance, Case, CaseAccess, Policy, Rung
from objections.vocabulary import Promise
from tests.conftest import People
from tests.stories import MIN, open_at

pytestmark = pytest.mark.django_db

READ_ONLY = ["case", "deadline", "escalation", "caseevent", "notice", "customermail", "caseaccess"]
EDITABLE = ["policy", "allowance", "remedylimit"]


@pytest.fixture
def office(people: People) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.administrator)
    return browser


@pytest.fixture
def acknowledgement() -> Allowance:
    return Allowance.objects.get(promise=Promise.ACKNOWLEDGEMENT, kind="", urgency="")


def filled(browser: Browser, address: str, **changed: str) -> dict[str, Any]:
    """Return what the form at an address would send, with some fields changed."""
    page = browser.get(address).context
    data: dict[str, Any] = {}
    for form in [page["adminform"].form, *(
        form for inline in page["inline_admin_formsets"] for form in inline.formset.forms
    )]:  # fmt: skip
        for bound in form:
            value = bound.value()
            data[bound.html_name] = "" if value is None else value
    for inline in page["inline_admin_formsets"]:
        for bound in inline.formset.management_form:
            data[bound.html_name] = bound.value()
    return {name: value for name, value in data.items() if value is not False} | changed


@pytest.mark.parametrize("name", READ_ONLY + EDITABLE)
def test_every_list_of_the_office_opens_and_searches(
    office: Browser, people: People, customer: Customer, t0: datetime, name: str
) -> None:
    open_at(t0, by=Actor.person(people.engineer), customer=customer)
    assert office.get(f"/admin/objections/{name}/").status_code == 200


@pytest.mark.parametrize("name", ["customer", "product"])
def test_customers_and_products_open_too(office: Browser, customer: Customer, name: str) -> None:
    assert office.get(f"/admin/customers/{name}/").status_code == 200
    assert office.get(f"/admin/customers/{name}/add/").status_code == 200


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_happened_is_not_added_changed_or_deleted_there(
    office: Browser, people: People, customer: Customer, t0: datetime, name: str
) -> None:
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    assert office.get(f"/admin/objections/{name}/add/").status_code == 403
    if name == "case":
        address = f"/admin/objections/case/{case.pk}"
        assert office.get(f"{address}/change/").status_code == 200
        assert office.post(f"{address}/change/", {"title": "Another"}).status_code == 403
        assert office.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
        assert Case.objects.get().title == case.title


def test_a_restricted_case_is_not_read_there_without_a_trace(
    office: Browser, people: People, customer: Customer, t0: datetime
) -> None:
    case = open_at(
        t0, by=Actor.person(people.engineer), customer=customer, title="Insulted on site",
        sensitivity="restricted",
    )  # fmt: skip
    listed = office.get("/admin/objections/case/").content.decode()
    assert case.reference in listed
    assert "Insulted" not in listed
    assert not CaseAccess.objects.exists()
    event = case.events.first()
    assert event is not None
    for address in (f"case/{case.pk}", f"caseevent/{event.pk}"):
        before = CaseAccess.objects.count()
        assert office.get(f"/admin/objections/{address}/change/").status_code == 200
        assert CaseAccess.objects.filter(user=people.administrator).count() > before


def test_an_allowance_is_changed_and_counts_for_what_starts_from_then_on(
    office: Browser, people: People, customer: Customer, t0: datetime, acknowledgement: Allowance
) -> None:
    by = Actor.person(people.engineer)
    before = open_at(t0, by=by, customer=customer)
    address = f"/admin/objections/allowance/{acknowledgement.pk}/change/"
    answer = office.post(address, filled(office, address, length="00:20:00"))
    assert answer.status_code == 302, answer.context["errors"]
    after = open_at(t0, by=by, customer=customer)
    allowances = [
        case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT).allowance for case in (before, after)
    ]
    assert allowances == [15 * MIN, 20 * MIN]


def test_a_warning_that_would_come_before_the_start_is_refused(
    office: Browser, acknowledgement: Allowance
) -> None:
    address = f"/admin/objections/allowance/{acknowledgement.pk}/change/"
    answer = office.post(address, filled(office, address, length="00:05:00"))
    assert answer.status_code == 200
    assert "A warning must come after the clock has started." in answer.content.decode()
    acknowledgement.refresh_from_db()
    assert acknowledgement.length == 15 * MIN


def test_an_allowance_that_is_shortened_among_others_is_held_to_its_ladder_too(
    office: Browser, acknowledgement: Allowance
) -> None:
    policy = Policy.objects.get()
    address = f"/admin/objections/policy/{policy.pk}/change/"
    data = filled(office, address)
    [prefix] = [
        name.removesuffix("-id")
        for name, value in data.items()
        if name.endswith("-id") and str(value) == str(acknowledgement.pk)
    ]
    answer = office.post(address, data | {f"{prefix}-length": "00:05:00"})
    assert answer.status_code == 200
    assert "A rung of its ladder no longer fits" in answer.content.decode()
    acknowledgement.refresh_from_db()
    assert acknowledgement.length == 15 * MIN
    assert office.post(address, data | {f"{prefix}-length": "00:12:00"}).status_code == 302


def test_a_rung_before_the_due_moment_tells_the_handler_only(
    office: Browser, acknowledgement: Allowance
) -> None:
    rung = acknowledgement.rungs.filter(offset=timedelta(minutes=-5)).get()
    address = f"/admin/objections/allowance/{acknowledgement.pk}/change/"
    data = filled(office, address)
    [prefix] = [
        name.removesuffix("-id")
        for name, value in data.items()
        if name.startswith("rungs") and name.endswith("-id") and str(value) == str(rung.pk)
    ]
    answer = office.post(address, data | {f"{prefix}-level": "2"})
    assert "Before the due moment only the handler is told." in answer.content.decode()
    assert Rung.objects.get(pk=rung.pk).level == 0


def test_the_office_is_closed_to_who_does_not_administer(people: People) -> None:
    browser = Browser()
    browser.force_login(people.engineer)
    assert browser.get("/admin/objections/policy/").status_code == 302


def test_every_model_that_services_write_is_read_only_there() -> None:
    registered = {model._meta.model_name for model in admin.site._registry}
    assert set(READ_ONLY) | set(EDITABLE) <= registered


def test_the_policy_in_force_keeps_an_allowance_for_every_promise(
    office: Browser, acknowledgement: Allowance
) -> None:
    address = f"/admin/objections/policy/{acknowledgement.policy_id}/change/"
    data = filled(office, address)
    [row] = [name[:-3] for name, value in data.items() if name.endswith("-id")
             and value == acknowledgement.pk]  # fmt: skip
    page = office.post(address, data | {f"{row}-DELETE": "on"})
    assert page.status_code == 200
    assert "Acknowledgement" in page.content.decode()
    assert Allowance.objects.filter(pk=acknowledgement.pk).exists()
    gone = office.post(f"/admin/objections/policy/{acknowledgement.policy_id}/delete/")
    assert gone.status_code == 403
    assert (
        office.post(f"/admin/objections/allowance/{acknowledgement.pk}/delete/").status_code == 403
    )


def test_another_policy_takes_the_place_of_the_one_in_force_only_if_it_is_whole(
    office: Browser, acknowledgement: Allowance
) -> None:
    shipped, new = acknowledgement.policy, Policy.objects.create(name="Summer", version=1)
    choose = {"action": "put_in_force", "_selected_action": str(new.pk)}
    office.post("/admin/objections/policy/", choose)
    assert Policy.objects.get(in_force=True) == shipped
    for promise in Promise:
        Allowance.objects.create(policy=new, promise=promise, length=timedelta(hours=1))
    office.post("/admin/objections/policy/", choose)
    assert Policy.objects.get(in_force=True) == new
