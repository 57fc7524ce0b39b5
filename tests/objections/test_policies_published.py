"""Versions of a policy: drafted, published once, applied as its publisher chose."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client as Browser

from customers.models import Customer, Product, Tier
from objections.actors import Actor
from objections.deadlines import applying
from objections.errors import NotPermitted
from objections.models import Allowance, Case, Policy, Recomputation, Rung
from objections.policies.publishing import (
    AlreadyPublished,
    Apply,
    Gone,
    SeenOtherwise,
    as_seen,
    publish,
)
from objections.policies.versions import draft_from
from objections.vocabulary import Promise
from tests.conftest import People
from tests.objections.record import clock
from tests.objections.test_races import at_once
from tests.stories import DAY, HOUR, MIN, open_at
from timekeeping import clock as present

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped() -> Policy:
    return Policy.objects.get(in_force=True)


@pytest.fixture
def draft(people: People, shipped: Policy) -> Policy:
    return draft_from(shipped, by=people.administrator)[0]


@pytest.fixture
def office(people: People) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.administrator)
    return browser


@pytest.fixture
def recent(people: People, customer: Customer) -> Callable[[timedelta], Case]:
    """Open a case some time ago by the database's clock, as pages see it."""
    now = present.now()

    def opened(ago: timedelta) -> Case:
        return open_at(now - ago, by=Actor.person(people.engineer), customer=customer)

    return opened


def shorten(draft: Policy, length: timedelta = 4 * HOUR) -> None:
    """Let the draft promise the response sooner."""
    row = draft.allowances.get(promise=Promise.RESPONSE, urgency="", kind="")
    row.rungs.filter(offset__lte=-length).delete()
    row.length = length
    row.save()


def said(policy: Policy) -> list[Any]:
    """Return all that a policy says, without keys."""
    hidden = {"id", "policy_id", "allowance_id"}
    return [
        (
            {name: value for name, value in row.items() if name not in hidden},
            [
                {name: value for name, value in rung.items() if name not in hidden}
                for rung in Rung.objects.filter(allowance=row["id"]).order_by("pk").values()
            ],
        )
        for row in Allowance.objects.filter(policy=policy).order_by("pk").values()
    ]


# ── drafts ─────────────────────────────────────────────────────────────────────────────


def test_item_14_a_new_version_is_drafted_whole(
    people: People, shipped: Policy, product: Product
) -> None:
    special = Allowance.objects.create(
        policy=shipped, promise="response", kind="complaint", urgency="crisis",
        tier=Tier.KEY_ACCOUNT, team=people.team, product=product, unit="days", days=2,
        pause_maximum=HOUR, pauses_per_cycle=1, pause_reasons=["customer_shutdown"],
        night_from=time(21), night_until=time(8), remind_every=10 * MIN, remind_at_most=6,
    )  # fmt: skip
    Rung.objects.create(allowance=special, offset=HOUR, level=2, person=people.stranger)
    before = said(shipped)
    draft, is_new = draft_from(shipped, by=people.administrator)
    assert is_new
    assert (draft.name, draft.version, draft.in_force, draft.is_draft) == (
        "Standard", 2, False, True,
    )  # fmt: skip
    assert said(draft) == before == said(shipped)
    assert len(before) > 10


def test_a_draft_asked_for_twice_is_the_same(people: People, shipped: Policy) -> None:
    first, _new = draft_from(shipped, by=people.administrator)
    assert draft_from(shipped, by=people.administrator) == (first, False)
    assert draft_from(first, by=people.administrator) == (first, False)
    assert Policy.objects.count() == 2


def test_an_old_version_is_followed_by_the_next_free_one(
    people: People, shipped: Policy, draft: Policy, t0: datetime
) -> None:
    publish(draft, by=people.administrator, now=t0, how=Apply.NEW_CASES)
    shipped.refresh_from_db()
    third, is_new = draft_from(shipped, by=people.administrator)
    assert (third.version, is_new) == (3, True)


@pytest.mark.django_db(transaction=True)
def test_two_who_draft_at_once_get_one_draft(people: People) -> None:
    shipped, drafts = Policy.objects.get(in_force=True), []
    failures = at_once(
        4, lambda number: drafts.append(draft_from(shipped, by=people.administrator))
    )
    assert failures == []
    assert len({draft.pk for draft, _new in drafts}) == 1
    assert sorted(new for _draft, new in drafts) == [False, False, False, True]
    assert Allowance.objects.filter(policy=drafts[0][0]).count() == shipped.allowances.count()


def test_the_draft_button_opens_the_draft(office: Browser, shipped: Policy) -> None:
    page = f"/admin/objections/policy/{shipped.pk}/"
    assert f'action="{page}draft/"' in office.get(f"{page}change/").content.decode()
    assert office.get(f"{page}draft/").status_code == 405
    addresses = {office.post(f"{page}draft/").headers["Location"] for _twice in range(2)}
    draft = Policy.objects.get(published_at=None)
    assert addresses == {f"/admin/objections/policy/{draft.pk}/change/"}
    shown = office.get(addresses.pop()).content.decode()
    assert f"/admin/objections/policy/{draft.pk}/publish/" in shown
    assert "Draft a new version" not in shown


# ── publishing ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", Apply)
def test_item_14_publishing_puts_the_version_in_force_and_asks_as_chosen(
    people: People, shipped: Policy, draft: Policy, t0: datetime, how: Apply
) -> None:
    asked = publish(draft, by=people.administrator, now=t0, how=how)
    draft.refresh_from_db()
    shipped.refresh_from_db()
    assert (draft.in_force, draft.published_at, draft.published_by) == (
        True, t0, people.administrator,
    )  # fmt: skip
    assert not shipped.in_force
    found = [(row.policy, row.with_alerts, row.asked_by) for row in Recomputation.objects.all()]
    wanted = {
        Apply.NEW_CASES: [],
        Apply.WITH_ALERTS: [(draft, True, people.administrator)],
        Apply.WITHOUT_ALERTS: [(draft, False, people.administrator)],
    }
    assert found == wanted[how]
    assert (asked is None) == (how is Apply.NEW_CASES)


def test_item_14_a_running_deadline_keeps_its_version_unless_it_is_recomputed(
    people: People, customer: Customer, draft: Policy, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = open_at(t0, by=by, customer=customer)
    shorten(draft)
    publish(draft, by=people.administrator, now=t0 + MIN, how=Apply.NEW_CASES)
    applying.drain(lambda: t0 + 2 * MIN)
    assert (clock(case, Promise.RESPONSE).policy_version, clock(case, Promise.RESPONSE).due_at) == (
        1, t0 + DAY,
    )  # fmt: skip
    later = open_at(t0 + 2 * MIN, by=by, customer=customer)
    assert clock(later, Promise.RESPONSE).due_at == t0 + 2 * MIN + 4 * HOUR
    third, _new = draft_from(draft, by=people.administrator)
    publish(third, by=people.administrator, now=t0 + 3 * MIN, how=Apply.WITH_ALERTS)
    applying.drain(lambda: t0 + 4 * MIN)
    assert (clock(case, Promise.RESPONSE).policy_version, clock(case, Promise.RESPONSE).due_at) == (
        3, t0 + 4 * HOUR,
    )  # fmt: skip


def test_a_policy_is_published_once(people: People, draft: Policy, t0: datetime) -> None:
    publish(draft, by=people.administrator, now=t0, how=Apply.WITH_ALERTS)
    with pytest.raises(AlreadyPublished) as found:
        publish(draft, by=people.administrator, now=t0 + MIN, how=Apply.WITH_ALERTS)
    assert found.value.sentence == "Standard v2 has been published already, by Administrator."
    assert Recomputation.objects.count() == 1
    draft.refresh_from_db()
    assert draft.published_at == t0


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_publish_once(people: People, t0: datetime) -> None:
    draft = draft_from(Policy.objects.get(in_force=True), by=people.administrator)[0]

    def press(number: int) -> None:
        publish(draft, by=people.administrator, now=t0, how=Apply.WITH_ALERTS)

    failures = at_once(3, press)
    assert [type(failure) for failure in failures] == [AlreadyPublished] * 2
    assert Policy.objects.get(in_force=True) == draft
    assert Recomputation.objects.count() == 1


def test_what_is_published_is_what_was_looked_at(
    people: People, draft: Policy, t0: datetime
) -> None:
    seen = as_seen(draft)
    shorten(draft)
    with pytest.raises(SeenOtherwise):
        publish(draft, by=people.administrator, now=t0, how=Apply.NEW_CASES, seen=seen)
    assert Policy.objects.get(in_force=True).version == 1
    publish(draft, by=people.administrator, now=t0, how=Apply.NEW_CASES, seen=as_seen(draft))


def test_another_policy_published_meanwhile_is_said(
    people: People, draft: Policy, t0: datetime
) -> None:
    other = Policy.objects.create(name="Summer")
    for row in said_rows(draft):
        row.policy = other
        row.save(force_insert=True)
    seen = as_seen(draft)
    publish(other, by=people.administrator, now=t0, how=Apply.NEW_CASES)
    with pytest.raises(SeenOtherwise):
        publish(draft, by=people.administrator, now=t0, how=Apply.NEW_CASES, seen=seen)
    assert Policy.objects.get(in_force=True) == other


def said_rows(policy: Policy) -> list[Allowance]:
    rows = list(policy.allowances.order_by("pk"))
    for row in rows:
        row.pk = None
    return rows


def test_a_deleted_draft_is_not_published(people: People, draft: Policy, t0: datetime) -> None:
    Policy.objects.filter(pk=draft.pk).delete()
    with pytest.raises(Gone):
        publish(draft, by=people.administrator, now=t0, how=Apply.NEW_CASES)
    assert Policy.objects.get(in_force=True).version == 1


# ── the page ───────────────────────────────────────────────────────────────────────────


def test_item_14_the_page_says_how_many_cases_move_and_how_many_become_overdue(
    office: Browser, draft: Policy, recent: Callable[[timedelta], Case]
) -> None:
    address = f"/admin/objections/policy/{draft.pk}/publish/"
    recent(MIN)
    assert "No running clock would move." in office.get(address).content.decode()
    for ago in (5 * HOUR, 6 * HOUR):
        recent(ago)
    shorten(draft)
    page = office.get(address)
    assert page.context["summary"] == "3 open cases move, 2 clocks become overdue"
    assert page.context["by_promise"] == [("Response", 3)]
    text = page.content.decode()
    assert text.count("overdue</strong>") == 2
    for case in Case.objects.all():
        assert f'href="/cases/{case.reference}/"' in text
    assert Policy.objects.get(in_force=True).version == 1, "looking changes nothing"
    assert not Recomputation.objects.exists()


def test_item_14_the_page_publishes_and_shows_how_far_it_has_got(
    office: Browser, people: People, draft: Policy, recent: Callable[[timedelta], Case]
) -> None:
    for ago in (MIN, 5 * HOUR):
        recent(ago)
    shorten(draft)
    address = f"/admin/objections/policy/{draft.pk}"
    seen = office.get(f"{address}/publish/").context["form"]["seen"].value()
    done = office.post(f"{address}/publish/", {"how": "quiet", "seen": seen})
    assert (done.status_code, done.headers["Location"]) == (302, f"{address}/change/")
    asked = Recomputation.objects.get()
    assert (asked.with_alerts, asked.asked_by) == (False, people.administrator)
    waiting = office.get(f"{address}/change/").content.decode()
    assert "At work: moved 0, made overdue 0 so far." in waiting
    applying.drain(present.now)
    for page in (f"{address}/change/", "/admin/objections/policy/"):
        assert "Done: moved 2, made overdue 1." in office.get(page).content.decode()
    logged = LogEntry.objects.get(object_id=str(draft.pk), action_flag=2)
    assert logged.get_change_message() == "Changed in force."


def test_the_second_of_two_administrators_is_told(
    office: Browser, people: People, draft: Policy, t0: datetime
) -> None:
    address = f"/admin/objections/policy/{draft.pk}/publish/"
    seen = office.get(address).context["form"]["seen"].value()
    publish(draft, by=people.administrator, now=t0, how=Apply.NEW_CASES)
    answer = office.post(address, {"how": "alerts", "seen": seen}, follow=True)
    assert "Standard v2 has been published already" in answer.content.decode()
    assert not Recomputation.objects.exists()


def test_a_draft_changed_since_it_was_looked_at_is_looked_at_again(
    office: Browser, draft: Policy
) -> None:
    address = f"/admin/objections/policy/{draft.pk}/publish/"
    seen = office.get(address).context["form"]["seen"].value()
    shorten(draft)
    answer = office.post(address, {"how": "new", "seen": seen}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "Nothing was published: look at the effect again." in answer.content.decode()
    assert Policy.objects.get(in_force=True).version == 1


@pytest.mark.parametrize("sent", [{}, {"how": "loudly", "seen": "x"}, {"how": "new"}])
def test_how_it_is_applied_has_to_be_said(
    office: Browser, draft: Policy, sent: dict[str, str]
) -> None:
    address = f"/admin/objections/policy/{draft.pk}/publish/"
    assert office.post(address, sent).status_code == 200
    assert Policy.objects.get(in_force=True).version == 1


def test_what_keeps_a_draft_from_being_published_leads_to_its_place(
    office: Browser, draft: Policy
) -> None:
    row = draft.allowances.get(promise=Promise.RESPONSE)
    row.rungs.filter(level=3).update(offset=MIN)
    page = office.get(f"/admin/objections/policy/{draft.pk}/publish/").content.decode()
    assert "This draft cannot be published yet:" in page
    assert re.search(rf'href="/admin/objections/allowance/{row.pk}/change/">[^<]*never goes', page)
    assert 'name="how"' not in page


def test_an_edit_that_was_begun_before_it_was_published_is_refused(
    office: Browser, people: People, draft: Policy, t0: datetime
) -> None:
    row = draft.allowances.get(promise=Promise.RESPONSE)
    publish(draft, by=people.administrator, now=t0, how=Apply.NEW_CASES)
    for kind, key in (("policy", draft.pk), ("allowance", row.pk)):
        address = f"/admin/objections/{kind}/{key}/change/"
        assert office.post(address, {"length": "1 h"}).status_code == 403
    row.refresh_from_db()
    assert row.length == DAY


# ── who may ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["engineer", "supervisor", "manager", "analyst", "auditor"])
def test_only_administrators_draft_and_publish(
    people: People, draft: Policy, shipped: Policy, t0: datetime, name: str
) -> None:
    person = getattr(people, name)
    with pytest.raises(NotPermitted):
        draft_from(shipped, by=person)
    with pytest.raises(NotPermitted):
        publish(draft, by=person, now=t0, how=Apply.NEW_CASES)
    browser = Browser()
    browser.force_login(person)
    pages = [f"{draft.pk}/publish/", f"{shipped.pk}/draft/", "simulate/"]
    for page in pages:
        assert browser.post(f"/admin/objections/policy/{page}").status_code == 302
    assert Policy.objects.get(in_force=True) == shipped


def test_staff_who_may_only_look_can_neither_draft_nor_publish(
    people: People, draft: Policy, shipped: Policy
) -> None:
    people.auditor.is_staff = True
    people.auditor.save()
    people.auditor.user_permissions.add(Permission.objects.get(codename="view_policy"))
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.auditor)
    address = "/admin/objections/policy"
    assert browser.get(f"{address}/{draft.pk}/change/").status_code == 200
    assert browser.get(f"{address}/simulate/").status_code == 200
    assert browser.get(f"{address}/{draft.pk}/publish/").status_code == 403
    for page in (f"{draft.pk}/publish/", f"{shipped.pk}/draft/"):
        assert browser.post(f"{address}/{page}", {"how": "new", "seen": "x"}).status_code == 403
    assert (
        "Draft a new version" not in browser.get(f"{address}/{shipped.pk}/change/").content.decode()
    )
    assert Policy.objects.get(in_force=True) == shipped
