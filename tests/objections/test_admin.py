"""Administration: policies can be edited and are checked, what happened can only be read."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.forms import MultipleChoiceField
from django.test import Client as Browser

from customers.models import Customer
from objections.actors import Actor
from objections.models import Allowance, ApprovalRule, Case, CaseAccess, Policy, Rung
from objections.policies.lengths import words
from objections.policies.versions import draft_from
from objections.vocabulary import Promise
from tests.conftest import People
from tests.stories import HOUR, MIN, open_at

pytestmark = pytest.mark.django_db

READ_ONLY = ["case", "deadline", "escalation", "caseevent", "notice", "customermail", "caseaccess"]
EDITABLE = ["policy", "allowance", "remedylimit", "approvalrule"]


@pytest.fixture
def office(people: People) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.administrator)
    return browser


@pytest.fixture
def draft(people: People) -> Policy:
    return draft_from(Policy.objects.get(in_force=True), by=people.administrator)[0]


@pytest.fixture
def acknowledgement(draft: Policy) -> Allowance:
    return draft.allowances.get(promise=Promise.ACKNOWLEDGEMENT, kind="", urgency="")


def filled(browser: Browser, address: str, **changed: str) -> dict[str, Any]:
    """Return what the form at an address would send, with some fields changed."""
    page = browser.get(address).context
    data: dict[str, Any] = {}
    for form in [page["adminform"].form, *(
        form for inline in page["inline_admin_formsets"] for form in inline.formset.forms
    )]:  # fmt: skip
        for bound in form:
            value = bound.value()
            nothing: Any = [] if isinstance(bound.field, MultipleChoiceField) else ""
            data[bound.html_name] = nothing if value is None else value
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


def test_an_allowance_is_changed_and_counts_for_what_starts_once_it_is_published(
    office: Browser, people: People, customer: Customer, t0: datetime, acknowledgement: Allowance
) -> None:
    by = Actor.person(people.engineer)
    address = f"/admin/objections/allowance/{acknowledgement.pk}/change/"
    answer = office.post(address, filled(office, address, length="20 min"))
    assert answer.status_code == 302, answer.context["errors"]
    before = open_at(t0, by=by, customer=customer)
    page = f"/admin/objections/policy/{acknowledgement.policy_id}/publish/"
    seen = office.get(page).context["form"]["seen"].value()
    assert office.post(page, {"how": "new", "seen": seen}).status_code == 302
    assert Policy.objects.get(in_force=True).pk == acknowledgement.policy_id
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
    address = f"/admin/objections/policy/{acknowledgement.policy_id}/change/"
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


@pytest.mark.parametrize("kind", ["policy", "allowance"])
def test_what_was_published_can_only_be_read(office: Browser, kind: str) -> None:
    policy = Policy.objects.get(in_force=True)
    row: Policy | Allowance = policy
    if kind == "allowance":
        row = policy.allowances.get(promise=Promise.RESPONSE)
    before = [snapshot_of(model) for model in (Policy, Allowance, Rung)]
    address = f"/admin/objections/{kind}/{row.pk}"
    page = office.get(f"{address}/change/")
    assert page.status_code == 200
    inputs = re.findall(r'name="(?:allowances|rungs)-\d+-(\w+)"', page.content.decode())
    assert set(inputs) <= {"id", "policy", "allowance"}
    assert 'name="_save"' not in page.content.decode()
    for end, data in [("change", {"name": "Another", "length": "1 h"}), ("delete", {"post": "1"})]:
        assert office.post(f"{address}/{end}/", data).status_code == 403
    assert [snapshot_of(model) for model in (Policy, Allowance, Rung)] == before


def snapshot_of(model: type[Policy] | type[Allowance] | type[Rung]) -> list[Any]:
    return list(model._default_manager.order_by("pk").values())


def test_a_published_ladder_is_read_in_words(office: Browser) -> None:
    response = Allowance.objects.get(promise=Promise.RESPONSE)
    page = office.get(f"/admin/objections/allowance/{response.pk}/change/").content.decode()
    for said in ("24 h", "-6 h", "Waiting for the customer, Customer&#x27;s shutdown"):
        assert said in page
    assert "23:55" not in page


def test_a_draft_is_deleted_with_all_that_it_says_and_nothing_else(
    office: Browser, draft: Policy
) -> None:
    shipped = list(Allowance.objects.exclude(policy=draft).order_by("pk"))
    answer = office.post(f"/admin/objections/policy/{draft.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    assert not Policy.objects.filter(pk=draft.pk).exists()
    assert list(Allowance.objects.order_by("pk")) == shipped


def test_an_allowance_of_its_own_is_added_to_a_draft_alone(office: Browser, draft: Policy) -> None:
    address = "/admin/objections/allowance/add/"
    data = filled(
        office, address, policy=str(draft.pk), promise="response", urgency="crisis", length="4 h"
    )
    shipped = Policy.objects.get(in_force=True)
    refused = office.post(address, data | {"policy": str(shipped.pk)})
    assert refused.status_code == 200
    assert "policy" in refused.context["adminform"].form.errors
    assert not Allowance.objects.filter(promise="response", urgency="crisis").exists()
    answer = office.post(address, data)
    assert answer.status_code == 302, answer.context["errors"]
    assert draft.allowances.get(promise="response", urgency="crisis").length == 4 * HOUR


def test_two_allowances_for_the_same_cases_are_refused(office: Browser, draft: Policy) -> None:
    address = f"/admin/objections/policy/{draft.pk}/change/"
    data = filled(office, address)
    count = draft.allowances.count()
    more = {
        f"allowances-{count + n}-{name}": value
        for n in (0, 1)
        for name, value in {
            "promise": "response", "kind": "thanks", "length": "2 h", "unit": "elapsed",
        }.items()
    }  # fmt: skip
    answer = office.post(address, data | {"allowances-TOTAL_FORMS": count + 2} | more)
    assert answer.status_code == 200
    assert "There is already an allowance for just these cases." in answer.content.decode()
    assert draft.allowances.count() == count
    one = {name: value for name, value in more.items() if f"-{count}-" in name}
    assert office.post(
        address, data | {"allowances-TOTAL_FORMS": count + 1} | one
    ).status_code == 302  # fmt: skip
    assert draft.allowances.count() == count + 1


def test_a_ladder_is_typed_in_words_and_held_to_its_order(
    office: Browser, acknowledgement: Allowance
) -> None:
    address = f"/admin/objections/allowance/{acknowledgement.pk}/change/"
    data = filled(office, address)
    offsets = [value for name, value in data.items() if name.endswith("-offset")]
    assert "-5 min" in {str(words(value)) for value in offsets if isinstance(value, timedelta)} | {
        str(value) for value in offsets
    }
    rows = {str(data[name]): name.removesuffix("-id") for name in data if name.endswith("-id")}
    of_level = {rung.level: rows[str(rung.pk)] for rung in acknowledgement.rungs.all()}
    falling = data | {f"{of_level[3]}-offset": "5 min"}
    before = snapshot_of(Rung)
    answer = office.post(address, falling)
    assert answer.status_code == 200
    assert "A ladder never goes down" in answer.content.decode()
    assert '"5 min"' in answer.content.decode(), "what was typed is kept"
    assert snapshot_of(Rung) == before
    answer = office.post(address, data | {f"{of_level[3]}-offset": "2 小时"})
    assert answer.status_code == 302, answer.context["errors"]
    assert acknowledgement.rungs.get(level=3).offset == 2 * HOUR


def test_working_time_is_not_said_in_days_of_24_hours(
    office: Browser, acknowledgement: Allowance
) -> None:
    address = f"/admin/objections/allowance/{acknowledgement.pk}/change/"
    data = filled(office, address, unit="working")
    for typed in ("3 d", "1 00:00:00", "P1D", "3 天"):
        answer = office.post(address, data | {"length": typed})
        assert "A day is 24 hours here" in answer.content.decode(), typed
        assert f'value="{typed}"' in answer.content.decode()
    acknowledgement.refresh_from_db()
    assert (acknowledgement.length, acknowledgement.unit) == (15 * MIN, "elapsed")
    assert office.post(address, data | {"length": "24 h"}).status_code == 302


@pytest.mark.parametrize(
    "typed", ["15", "soon", "15:00", "999999999999999999999 d", "P1Y", "1 parsec"]
)
def test_a_length_without_its_unit_is_refused(
    office: Browser, acknowledgement: Allowance, typed: str
) -> None:
    address = f"/admin/objections/allowance/{acknowledgement.pk}/change/"
    answer = office.post(address, filled(office, address, length=typed))
    assert answer.status_code == 200
    assert "length" in answer.context["adminform"].form.errors
    acknowledgement.refresh_from_db()
    assert acknowledgement.length == 15 * MIN


def test_what_is_wrong_with_a_field_of_another_page_is_said_above_the_row(
    office: Browser, draft: Policy
) -> None:
    Allowance.objects.filter(policy=draft, promise="response").update(pause_reasons=[])
    address = f"/admin/objections/policy/{draft.pk}/change/"
    answer = office.post(address, filled(office, address))
    assert answer.status_code == 200
    assert "Choose the reasons for which it may be paused." in answer.content.decode()


def test_the_amount_above_which_two_people_approve_is_changed_never_added_or_deleted(
    office: Browser,
) -> None:
    address = "/admin/objections/approvalrule/1/change/"
    assert office.get("/admin/objections/approvalrule/add/").status_code == 403
    assert office.post("/admin/objections/approvalrule/1/delete/").status_code == 403
    assert office.post(address, {"two_people_above": "-1"}).context["errors"]
    assert office.post(address, {"two_people_above": "9000"}).status_code == 302
    assert ApprovalRule.objects.get().two_people_above == 9000
