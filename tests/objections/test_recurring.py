"""The same trouble again: cases linked to the first, and who hears of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from accounts.models import Client
from customers.models import Customer
from objections import steps
from objections.actors import Actor
from objections.errors import AlreadyExists, DemandUnmet, NotPermitted
from objections.models import Case, CaseEvent, Notice
from objections.openings import Opening
from objections.recurrences import first_of
from objections.selectors import recurrences
from objections.services.cases import open_case
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import ClockMode, EventKind, NoticeKind, Sensitivity
from tests.conftest import T0, People
from tests.objections.record import missing, refused, told
from tests.objections.test_races import at_once
from tests.stories import HOUR, MIN, open_at, opening

pytestmark = pytest.mark.django_db


def again(case: Case) -> steps.LinkRecurrence:
    return steps.LinkRecurrence(of=case.reference, remark="The same bearing")


UNLINK = steps.UnlinkRecurrence(reason="Another bearing after all")


@pytest.fixture
def three(by: Actor) -> list[Case]:
    """One case each of three customers, an hour apart."""
    names = ("Hengyuan", "Qingquan", "Donggang")
    return [
        open_at(T0 + number * HOUR, by=by, customer=Customer.objects.create(name=name))
        for number, name in enumerate(names)
    ]


def link(case: Case, to: Case, *, by: Actor, now: datetime = T0 + 4 * HOUR) -> CaseEvent:
    return take_step(case, again(to), by=by, now=now)


def heard() -> list[tuple[str, str]]:
    """Return who was told in the product of which recurring trouble."""
    rows = Notice.objects.filter(kind=NoticeKind.RECURRING, channel="in_app").order_by("pk")
    return list(rows.values_list("user__username", "case__reference"))


# ── links ─────────────────────────────────────────────────────────────────────────────


def test_every_link_leads_to_the_first_case_whichever_was_named(
    three: list[Case], by: Actor
) -> None:
    first, second, third = three
    link(second, first, by=by)
    event = link(third, second, by=by)
    assert third.recurrence_of == first
    assert (event.data["reference"], event.data["customers"]) == (first.reference, 3)
    assert event.data["words"] == "The same bearing"


def test_what_hung_on_a_case_goes_with_it_and_its_timeline_says_so(
    three: list[Case], by: Actor
) -> None:
    first, second, third = three
    link(third, second, by=by)
    version = Case.objects.get(pk=third.pk).version
    link(second, first, by=by)
    third.refresh_from_db()
    assert (third.recurrence_of, third.version) == (first, version + 1)
    linked = third.events.filter(kind=EventKind.RECURRENCE_LINKED)
    assert [one.data["reference"] for one in linked.order_by("pk")] == [
        second.reference, first.reference,
    ]  # fmt: skip


@pytest.mark.parametrize("named", ["itself", "follower", "linked", "sibling", "unknown"])
def test_a_link_that_says_nothing_new_is_refused_and_changes_nothing(
    named: str, three: list[Case], by: Actor
) -> None:
    first, second, third = three
    for case in (second, third):
        link(case, first, by=by)
    case, to, code = {
        "itself": (first, first.reference, "first_other"),
        "follower": (first, second.reference, "first_other"),
        "linked": (second, first.reference, "first_linked"),
        "sibling": (second, third.reference.lower(), "first_linked"),
        "unknown": (second, "CT-2026-999999", "first_known"),
    }[named]
    with refused(DemandUnmet) as found:
        take_step(case, steps.LinkRecurrence(of=to), by=by, now=T0 + 5 * HOUR)
    assert missing(found) == [(code, "of")]


def test_a_case_that_does_not_exist_for_somebody_cannot_be_named_by_them(
    three: list[Case], by: Actor, boss: Actor, people: People
) -> None:
    secret = open_at(
        T0, by=boss, customer=three[0].customer, sensitivity=Sensitivity.RESTRICTED,
        named_people=(people.supervisor,), handler=people.supervisor,
    )  # fmt: skip
    with refused(DemandUnmet) as found:
        link(three[1], secret, by=by)
    assert missing(found) == [("first_known", "of")]
    link(three[1], secret, by=boss)
    assert three[1].recurrence_of == secret


def test_who_may_not_work_on_a_case_links_nothing(three: list[Case], people: People) -> None:
    for who in (people.stranger, people.analyst, people.auditor, people.administrator):
        for step in (again(three[0]), UNLINK):
            with refused(NotPermitted):
                take_step(three[1], step, by=Actor.person(who), now=T0 + 4 * HOUR)


def test_one_of_the_middle_is_unlinked_and_the_others_stay_together(
    three: list[Case], by: Actor
) -> None:
    first, second, third = three
    link(second, first, by=by)
    link(third, second, by=by)
    event = take_step(second, UNLINK, by=by, now=T0 + 5 * HOUR)
    third.refresh_from_db()
    assert (second.recurrence_of, third.recurrence_of) == (None, first)
    assert (event.data["reference"], event.data["words"]) == (first.reference, UNLINK.reason)


def test_the_first_case_and_one_without_a_link_have_nothing_to_undo(
    three: list[Case], by: Actor
) -> None:
    link(three[1], three[0], by=by)
    for case in (three[0], three[2]):
        with refused(DemandUnmet) as found:
            take_step(case, UNLINK, by=by, now=T0 + 5 * HOUR)
        assert missing(found) == [("recurrence_linked", "")]


def test_a_first_case_that_was_merged_leads_on_to_the_same_group(
    three: list[Case], by: Actor, boss: Actor
) -> None:
    first, second, third = three
    survivor = open_at(T0 + 2 * HOUR, by=by, customer=first.customer)
    link(second, first, by=by)
    merge = steps.Merge(into=survivor.reference, reason="Entered twice")
    take_step(first, merge, by=by, now=T0 + 5 * HOUR)
    link(third, survivor, by=by, now=T0 + 6 * HOUR)
    assert third.recurrence_of == first == first_of(survivor)
    found = recurrences.of(survivor, by.user)  # type: ignore[arg-type]
    assert found is not None
    assert found.first == first
    assert {one.pk for one in found.cases} == {second.pk, third.pk}
    take_step(first, steps.Unmerge(reason="Two pumps"), by=boss, now=T0 + 7 * HOUR)
    assert Case.objects.filter(recurrence_of=first).count() == 2
    assert first_of(Case.objects.get(pk=survivor.pk)) == survivor


def test_naming_a_merged_case_means_the_one_that_it_went_into(three: list[Case], by: Actor) -> None:
    first, second, _third = three
    survivor = open_at(T0 + 2 * HOUR, by=by, customer=first.customer)
    merge = steps.Merge(into=survivor.reference, reason="Entered twice")
    take_step(first, merge, by=by, now=T0 + 5 * HOUR)
    link(second, first, by=by, now=T0 + 6 * HOUR)
    assert second.recurrence_of == survivor


def test_a_withdrawn_first_case_keeps_its_recurrences(three: list[Case], by: Actor) -> None:
    first, second, third = three
    link(second, first, by=by)
    take_step(first, steps.Withdraw(reason="Their mistake"), by=by, now=T0 + 5 * HOUR)
    link(third, first, by=by, now=T0 + 6 * HOUR)
    assert Case.objects.filter(recurrence_of=first).count() == 2


# ── at opening ────────────────────────────────────────────────────────────────────────


def test_a_case_is_opened_and_linked_in_one_breath_or_not_opened(
    three: list[Case], by: Actor
) -> None:
    given = opening(three[1].customer)
    linked = open_case(given, by=by, now=T0 + 4 * HOUR, steps=[again(three[0])])
    assert linked.recurrence_of == three[0]
    with refused(DemandUnmet):
        nothing = steps.LinkRecurrence(of="CT-2026-999999")
        open_case(given, by=by, now=T0 + 4 * HOUR, steps=[nothing])


# ── who hears of it ───────────────────────────────────────────────────────────────────


def test_the_analyst_hears_of_the_second_customer_and_once_of_each_further_one(
    three: list[Case], by: Actor
) -> None:
    first, second, third = three
    mine = open_at(T0 + MIN, by=by, customer=first.customer)
    more = open_at(T0 + MIN, by=by, customer=second.customer)
    link(mine, first, by=by)
    assert heard() == []
    once = [("analyst", first.reference)]
    link(second, first, by=by)
    assert heard() == once
    assert told(first, NoticeKind.RECURRING) == [("analyst", 0, T0 + 4 * HOUR)]
    link(more, first, by=by)
    assert heard() == once
    link(third, second, by=by)
    assert heard() == once * 2
    mails = Notice.objects.filter(kind=NoticeKind.RECURRING, channel="email")
    assert mails.count() == 2


def test_a_customer_who_is_unlinked_and_linked_again_is_no_news(
    three: list[Case], by: Actor
) -> None:
    first, second, _third = three
    link(second, first, by=by)
    take_step(second, UNLINK, by=by, now=T0 + 5 * HOUR)
    link(second, first, by=by, now=T0 + 6 * HOUR)
    assert len(heard()) == 1


def test_a_group_that_joins_another_is_told_once(three: list[Case], by: Actor) -> None:
    first, second, third = three
    link(third, second, by=by)
    link(second, first, by=by)
    assert heard() == [("analyst", second.reference), ("analyst", first.reference)]


@pytest.mark.parametrize("mode", [ClockMode.OBSERVE, ClockMode.HISTORICAL])
def test_a_case_that_alerts_nobody_raises_nothing(
    mode: ClockMode, three: list[Case], by: Actor
) -> None:
    silent = open_at(T0 + HOUR, by=by, customer=three[1].customer, clock_mode=mode)
    link(silent, three[0], by=by)
    assert heard() == []


def test_of_restricted_cases_the_analyst_hears_nothing_they_may_not_open(
    three: list[Case], boss: Actor, people: People
) -> None:
    more: dict[str, Any] = {
        "sensitivity": Sensitivity.RESTRICTED, "named_people": (people.supervisor,),
        "handler": people.supervisor,
    }  # fmt: skip
    secret = open_at(T0, by=boss, customer=three[0].customer, **more)
    link(three[1], secret, by=boss)
    assert heard() == []  # one customer, as far as the analyst may know
    link(three[2], three[1], by=boss)
    assert heard() == [("analyst", three[2].reference)]
    hidden = open_at(T0, by=boss, customer=Customer.objects.create(name="Fourth"), **more)
    link(hidden, three[1], by=boss)
    assert len(heard()) == 1


# ── what a reader is shown ────────────────────────────────────────────────────────────


def test_cases_that_are_not_for_the_reader_are_counted_and_not_named(
    three: list[Case], boss: Actor, people: People
) -> None:
    first, second, third = three
    for case in (second, third):
        link(case, first, by=boss)
    Case.objects.filter(pk__in=[first.pk, third.pk]).update(sensitivity=Sensitivity.RESTRICTED)
    for reader in (people.stranger, people.analyst, people.auditor):
        found = recurrences.of(Case.objects.get(pk=second.pk), reader)
        assert found is not None
        assert (found.first, found.cases, found.known, found.hidden) == (None, [], 0, 2)
        assert found.customers == 1
    assert recurrences.of(open_at(T0, by=boss, customer=first.customer), people.engineer) is None


# ── at once ───────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_two_of_one_customer_linked_at_once_are_told_once(three: list[Case], by: Actor) -> None:
    first, second, _third = three
    pair = [second, open_at(T0 + HOUR, by=by, customer=second.customer)]

    def go(number: int) -> None:
        link(pair[number], first, by=by)

    assert at_once(2, go) == []
    assert Case.objects.filter(recurrence_of=first).count() == 2
    assert len(heard()) == 1


@pytest.mark.django_db(transaction=True)
def test_many_linked_in_a_circle_at_once_end_in_one_group_and_never_wait_for_each_other(
    by: Actor, customer: Customer
) -> None:
    for _turn in range(3):
        ring = [open_at(T0, by=by, customer=customer) for _one in range(5)]
        refusals: list[str] = []

        def go(number: int, ring: list[Case] = ring, refusals: list[str] = refusals) -> None:
            mine = Case.objects.get(pk=ring[number].pk)
            try:
                link(mine, ring[(number + 1) % len(ring)], by=by)
            except DemandUnmet as refusal:
                refusals.extend(one.code for one in refusal.missing)

        assert at_once(len(ring), go) == []
        heads = list(Case.objects.filter(pk__in=[one.pk for one in ring]))
        firsts = {first_of(case).pk for case in heads}
        assert len(firsts) == 1
        assert sum(case.recurrence_of_id is None for case in heads) == 1
        assert refusals in (["first_other"], ["first_linked"])


@pytest.mark.django_db(transaction=True)
def test_a_link_meets_a_merge_of_the_same_cases_and_neither_is_lost(
    three: list[Case], by: Actor
) -> None:
    first, second, _third = three
    survivor = open_at(T0, by=by, customer=first.customer)
    merge = steps.Merge(into=survivor.reference, reason="Entered twice")

    def go(number: int) -> None:
        if number:
            take_steps(Case.objects.get(pk=first.pk), [merge], by=by, now=T0 + 5 * HOUR)
        else:
            link(Case.objects.get(pk=second.pk), first, by=by, now=T0 + 5 * HOUR)

    assert at_once(2, go) == []
    second.refresh_from_db()
    assert second.recurrence_of in (first, survivor)
    assert first_of(survivor) == second.recurrence_of


def test_the_number_of_a_source_that_is_known_links_nothing(three: list[Case], crm: Client) -> None:
    program = Actor.program(crm)
    given = Opening(statement="x", customer=three[0].customer, channel=opening(None).channel,
                    source="crm", external_id="7")  # fmt: skip
    open_case(given, by=program, now=T0 + HOUR)
    with refused(AlreadyExists):
        open_case(given, by=program, now=T0 + 2 * HOUR, steps=[again(three[0])])
