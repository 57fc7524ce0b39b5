"""Merging, its undoing and another kind or urgency, as people do it in front of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from customers.models import Customer, Tier
from objections import steps
from objections.actors import Actor
from objections.models import Case, CaseEvent
from objections.services.stepping import take_step
from objections.vocabulary import (
    Action,
    Channel,
    ClockMode,
    EventKind,
    Promise,
    Sensitivity,
    Stage,
)
from tests.conftest import People
from tests.objections.pages.conftest import page, post, text_of
from tests.objections.record import clock

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Browser]
AtStage = Callable[..., Case]


@pytest.fixture
def pair(at_stage: AtStage) -> tuple[Case, Case]:
    """The case that ends, and the one that stays."""
    early, late = timedelta(minutes=10), timedelta(minutes=5)
    return at_stage(ago=early), at_stage(ago=late, title="The one that stays")


def merged(pair: tuple[Case, Case], people: People, now: datetime) -> Case:
    step = steps.Merge(into=pair[1].reference, reason="The same pump")
    take_step(pair[0], step, by=Actor.person(people.engineer), now=now)
    return pair[0]


def test_item_13_a_case_is_merged_from_its_page_and_both_pages_say_so(
    pair: tuple[Case, Case], people: People, sign_in: SignIn
) -> None:
    case, survivor = pair
    browser = sign_in(people.engineer)
    offered = page(browser, case, do="merge")
    assert "Why they are one matter" in offered
    assert f'<option value="{survivor.reference}">' in offered
    answer = post(
        browser, case, Action.MERGE, into=survivor.reference.lower(), reason="The same pump"
    )
    assert answer.status_code == 302, text_of(answer)
    left, stays = page(browser, case), page(browser, survivor)
    assert reverse("case", args=[survivor.reference]) in left
    assert "It is a part of" in left
    assert "merged the case into" in left
    assert "Took in" in stays
    shown = reverse("case", args=[case.reference])
    assert f'href="{shown}">{case.reference}</a> into this case' in stays


def test_a_merge_that_is_refused_keeps_what_was_typed_and_says_why_at_its_field(
    pair: tuple[Case, Case], people: People, sign_in: SignIn
) -> None:
    case = pair[0]
    answer = post(
        sign_in(people.engineer), case, Action.MERGE, into="CT-2026-999999", reason="So they say"
    )
    assert answer.status_code == 422
    shown = text_of(answer)
    assert "There is no case CT-2026-999999 that you can see" in shown
    assert 'value="CT-2026-999999"' in shown
    assert "So they say" in shown
    case.refresh_from_db()
    assert case.stage == Stage.LISTEN


def test_before_a_merge_the_page_names_the_promise_that_is_still_open(
    pair: tuple[Case, Case], people: People, sign_in: SignIn, now: datetime
) -> None:
    case = pair[0]
    promise = steps.Commit(what="A seal at your gate", due_at=now + timedelta(hours=3))
    take_step(case, promise, by=Actor.person(people.engineer), now=now)
    assert "A seal at your gate" in page(sign_in(people.engineer), case, do="merge")


def test_the_page_of_a_merged_case_offers_its_undoing_to_a_supervisor_alone(
    pair: tuple[Case, Case], people: People, sign_in: SignIn, now: datetime
) -> None:
    case = merged(pair, people, now)
    assert "do=unmerge" in page(sign_in(people.supervisor), case)
    for who in (people.engineer, people.stranger, people.analyst):
        shown = page(sign_in(who), case)
        assert "do=unmerge" not in shown
        assert "do=acknowledge" not in shown
        assert "do=reclassify" not in shown


def test_item_13_a_supervisor_undoes_a_merge_from_its_page(
    pair: tuple[Case, Case], people: People, sign_in: SignIn, now: datetime
) -> None:
    case = merged(pair, people, now)
    refused = post(sign_in(people.engineer), case, Action.UNMERGE, reason="Two pumps")
    assert refused.status_code == 403
    browser = sign_in(people.supervisor)
    answer = post(browser, case, Action.UNMERGE, reason="Two pumps")
    assert answer.status_code == 302, text_of(answer)
    case.refresh_from_db()
    assert case.stage == Stage.LISTEN
    assert "undid the merge into" in page(browser, case)
    assert "undid the merge of" in page(browser, pair[1])
    again = post(browser, case, Action.UNMERGE, reason="Two pumps")
    assert again.status_code == 409


def test_a_survivor_that_the_reader_may_not_see_is_not_linked(
    pair: tuple[Case, Case], people: People, sign_in: SignIn, now: datetime
) -> None:
    case = merged(pair, people, now)
    Case.objects.filter(pk=pair[1].pk).update(sensitivity=Sensitivity.RESTRICTED)
    assert "It is a part of another case." in page(sign_in(people.colleague), case)


@pytest.mark.parametrize("hidden", [0, 1])
def test_a_case_that_was_restricted_since_is_not_named_on_the_page_of_the_other(
    hidden: int, pair: tuple[Case, Case], people: People, sign_in: SignIn, now: datetime
) -> None:
    merged(pair, people, now)
    Case.objects.filter(pk=pair[hidden].pk).update(sensitivity=Sensitivity.RESTRICTED)
    secret, shown = pair[hidden], pair[1 - hidden]
    explained = [
        reverse("explain-deadline", args=[shown.reference, row.pk]) for row in shown.deadlines.all()
    ]
    addresses = [reverse("case", args=[shown.reference]), *explained]

    def read(who: User) -> str:
        browser = sign_in(who)
        return "".join(text_of(browser.get(address)) for address in addresses)

    for stranger in (people.colleague, people.stranger):
        assert secret.reference not in read(stranger)
        assert "The same pump" not in read(stranger)
        assert "another case" in read(stranger)
    assert secret.reference in read(people.engineer)
    assert "The same pump" in read(people.engineer)


def test_a_case_that_another_one_grew_out_of_is_named_only_to_those_who_see_it(
    people: People, at_stage: AtStage, sign_in: SignIn, now: datetime
) -> None:
    parent = at_stage(Stage.FOLLOW_UP)
    more = steps.NewObjection(statement="The invoice is wrong", channel=Channel.PHONE)
    take_step(parent, more, by=Actor.person(people.engineer), now=now)
    child = parent.children.get()
    assert parent.reference in page(sign_in(people.colleague), child)
    assert "The invoice is wrong" in page(sign_in(people.colleague), parent)
    Case.objects.filter(pk=parent.pk).update(sensitivity=Sensitivity.RESTRICTED)
    assert parent.reference not in page(sign_in(people.colleague), child)
    Case.objects.filter(pk=parent.pk).update(sensitivity=Sensitivity.NORMAL)
    Case.objects.filter(pk=child.pk).update(sensitivity=Sensitivity.RESTRICTED)
    shown = page(sign_in(people.colleague), parent)
    assert child.reference not in shown
    assert "The invoice is wrong" not in shown


def test_a_merge_that_would_lose_an_answer_says_so_at_its_field(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    answered = at_stage(Stage.FOLLOW_UP)
    waits = at_stage(Stage.CONFIRM)
    answer = post(
        sign_in(people.engineer), waits, Action.MERGE, into=answered.reference, reason="One pump"
    )
    assert answer.status_code == 422
    said = f"This case needs an answer of its own: {answered.reference} has been answered already"
    assert said in text_of(answer)


def test_item_11_kind_and_urgency_are_changed_from_the_list_of_other_actions(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage(Stage.CONFIRM)
    browser = sign_in(people.engineer)
    assert "do=reclassify" in page(browser, case, do="more")
    form = page(browser, case, do="reclassify")
    assert "Change the case" in form
    assert 'value="complaint"' in form
    answer = post(
        browser, case, Action.RECLASSIFY, kind="complaint", urgency="crisis", reason="Line 2 stands"
    )
    assert answer.status_code == 302, text_of(answer)
    shown = page(browser, case)
    assert "changed kind or urgency" in shown
    assert "Urgency: Normal → Crisis" in shown
    progress = clock(case, Promise.PROGRESS_UPDATE)
    assert progress.due_at == progress.started_at + timedelta(minutes=30)


def test_a_change_that_changes_nothing_says_so(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    case = at_stage()
    answer = post(
        sign_in(people.engineer), case, Action.RECLASSIFY, kind="complaint", urgency="normal",
        reason="x",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Say what is to be changed" in text_of(answer)
    assert not CaseEvent.objects.filter(kind=EventKind.RECLASSIFIED).exists()


def test_these_steps_ask_for_no_time_for_they_take_effect_at_once(
    pair: tuple[Case, Case], people: People, sign_in: SignIn
) -> None:
    for action in (Action.MERGE, Action.RECLASSIFY):
        assert 'name="at"' not in page(sign_in(people.engineer), pair[0], do=action)


def test_item_15_an_observed_case_is_marked_on_its_page(
    people: People, at_stage: AtStage, sign_in: SignIn
) -> None:
    mark = "Observed: nobody is alerted"
    browser = sign_in(people.engineer)
    assert mark in page(browser, at_stage(clock_mode=ClockMode.OBSERVE))
    assert mark not in page(browser, at_stage())


def test_item_11_another_tier_in_the_administration_is_noted_for_the_clocks(
    people: People, customer: Customer, sign_in: SignIn
) -> None:
    browser = sign_in(people.administrator)
    address = reverse("admin:customers_customer_change", args=[customer.pk])
    assert "tier_changed_at" not in text_of(browser.get(address))
    data = {
        "name": customer.name, "tier": Tier.STANDARD, "source": "", "external_id": "",
        "language": "", "contacts-TOTAL_FORMS": "0", "contacts-INITIAL_FORMS": "0",
    }  # fmt: skip
    assert browser.post(address, data).status_code == 302
    customer.refresh_from_db()
    assert customer.tier_changed_at is None
    assert browser.post(address, {**data, "tier": Tier.KEY_ACCOUNT}).status_code == 302
    customer.refresh_from_db()
    assert (customer.tier, customer.tier_changed_at is not None) == (Tier.KEY_ACCOUNT, True)


def test_each_clock_of_a_merge_explains_itself_in_every_language(
    pair: tuple[Case, Case], people: People, sign_in: SignIn, now: datetime
) -> None:
    case = merged(pair, people, now)
    browser = sign_in(people.supervisor)

    def explained() -> None:
        for one in pair:
            for deadline in one.deadlines.all():
                for language in ("en", "zh-hans", "zh-hant"):
                    address = reverse("explain-deadline", args=[one.reference, deadline.pk])
                    answer = browser.get(address, headers={"accept-language": language})
                    assert answer.status_code == 200

    explained()
    post(browser, case, Action.UNMERGE, reason="Two pumps")
    explained()
