from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F

from accounts import tokens
from accounts.models import Scope, Team, User
from customers.models import Customer
from demo.replay import prepare, tell
from demo.sharing import Order
from demo.stories import stories
from integrations.customer_mail import deliver_next as deliver_to_customers
from integrations.notice_mail import deliver_next as deliver_to_people
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import (
    Case,
    CaseEvent,
    CustomerMail,
    Deadline,
    Escalation,
    Notice,
    RefusedDemand,
    Why,
)
from objections.permissions import visible_to
from objections.services.remedies import approve
from objections.vocabulary import EventKind as E
from objections.vocabulary import NoticeChannel, Stage
from timekeeping import clock

CASES = 60
Now = datetime


@pytest.fixture(scope="module")
def now(django_db_setup: None, django_db_blocker: Any) -> Iterator[datetime]:
    """Seed the demo once for this module, and give the moment at which it stands."""
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        moment = clock.now()
        order = Order(CASES, 7, "demo-password", moment)
        assert prepare(order)
        tell(order)
    yield moment
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        block.__exit__(None, None, None)


pytestmark = pytest.mark.django_db


def test_all_stages_are_there_and_as_many_cases_as_were_asked_for(now: Now) -> None:
    grown = Case.objects.exclude(parent=None).count()
    absorbed = Case.objects.exclude(merged_into=None).count()
    again = Case.objects.exclude(recurrence_of=None).count()
    assert (absorbed, again) == (1, 2)
    assert Case.objects.count() == CASES + grown + absorbed + again
    found = set(Case.objects.values_list("stage", flat=True))
    assert found >= {Stage.LISTEN, Stage.CONFIRM, Stage.RESPOND, Stage.FOLLOW_UP, Stage.CLOSED}
    first = Case.objects.order_by("received_at")[0]
    assert now - timedelta(days=60) <= first.received_at


def test_a_second_seeding_changes_nothing(now: Now) -> None:
    before = (Case.objects.count(), CaseEvent.objects.count(), User.objects.count())
    assert prepare(Order(CASES, 8, "other", now)) is False
    assert (Case.objects.count(), CaseEvent.objects.count(), User.objects.count()) == before


def test_item_21_the_timelines_of_the_demo_rebuild_its_clocks(now: Now) -> None:
    said = io.StringIO()
    call_command("verify_clocks", stdout=said)
    assert said.getvalue().startswith(f"{Case.objects.count()} cases")
    assert "0 differences" in said.getvalue()
    assert "began before" not in said.getvalue()


def test_nothing_that_is_due_still_waits_to_ring(now: Now) -> None:
    assert not Deadline.objects.filter(alarm_at__lt=now - timedelta(seconds=1)).exists()
    assert sweep(now=now - timedelta(seconds=1)) == 0
    assert not Deadline.objects.exclude(quarantined_at=None).exists()


def test_no_mail_of_the_past_leaves_when_the_product_starts(now: Now) -> None:
    assert not Notice.objects.filter(send_at__isnull=False).exists()
    assert not CustomerMail.objects.filter(next_attempt_at__isnull=False).exists()
    assert CustomerMail.objects.filter(sent_at=None).count() == 0
    assert deliver_to_people(lambda: now) is False
    assert deliver_to_customers(lambda: now) is False


def test_the_board_has_three_that_nobody_has_taken(now: Now) -> None:
    waiting = Escalation.objects.filter(closed_at=None, taken_at=None).select_related("case")
    found = sorted((row.reason, row.level, row.case.title[:20]) for row in waiting)
    assert found == [
        ("deadline", 1, "潜水泵运行两小时后过热跳闸"[:20]),
        ("deadline", 2, "Rear brakes failed o"),
        ("persistent", 1, "Price of the wear-ri"),
    ]


def test_six_promises_are_at_risk_within_the_hour(now: Now) -> None:
    soon = Deadline.objects.running().filter(due_at__gt=now, due_at__lt=now + timedelta(hours=1))
    titles = set(soon.filter(breached_at=None).values_list("case__title", flat=True))
    assert titles >= {
        "加药泵突然停机，出水余氯在下降", "Rear brake went to the bar",
        "Coupling guard missing on delivery", "Impeller does not match the drawing",
        "Display shows wrong range in the cold", "备件发运单号迟迟没有",
    }  # fmt: skip


def test_ten_cases_wait_on_the_desk_of_chen_siyuan(now: Now) -> None:
    chen = User.objects.get(username="chen.siyuan")
    mine = Case.objects.filter(handler=chen, closed_at=None)
    assert mine.count() == 10
    earliest = {
        case.title[:9]: (deadline.promise, round((deadline.due_at - now) / timedelta(minutes=1)))
        for case in mine
        for deadline in Deadline.objects.running().filter(case=case).order_by("due_at")[:1]
        if deadline.due_at is not None
    }
    assert earliest["加药泵突然停机，出"] == ("acknowledgement", 4)
    assert earliest["潜水泵运行两小时后"] == ("progress_update", -18)
    assert earliest["Impeller "] == ("customer_message", 38)
    assert earliest["备件发运单号迟迟没有"[:9]] == ("commitment", 56)
    paused = Deadline.objects.running().filter(case__handler=chen, paused_at__isnull=False)
    [response] = paused
    assert response.remaining is not None
    assert abs(response.remaining - timedelta(hours=9, minutes=5)) < timedelta(minutes=2)


def test_each_breach_was_told_above_and_every_rung_rang_on_time(now: Now) -> None:
    broken = Deadline.objects.exclude(breached_at=None)
    assert broken.exists()
    for deadline in broken:
        rung = CaseEvent.objects.filter(kind=E.DEADLINE_BREACHED, data__deadline=deadline.pk)
        assert rung.count() == 1
        [escalation] = Escalation.objects.filter(deadline=deadline)
        assert escalation.entries.exclude(told=[]).exists()
        assert (escalation.closed_at is None) == deadline.is_running
    late = CaseEvent.objects.filter(
        kind__in=[E.DEADLINE_WARNED, E.DEADLINE_BREACHED, E.ESCALATION_CLIMBED],
        recorded_at__gt=F("occurred_at") + timedelta(seconds=2),
    )
    assert not late.exists()


def test_no_timeline_tells_of_what_has_not_happened_yet(now: Now) -> None:
    assert not CaseEvent.objects.filter(occurred_at__gt=F("recorded_at")).exists()
    assert not CaseEvent.objects.filter(recorded_at__gt=now).exists()
    for case in Case.objects.all():
        recorded = list(
            case.events.exclude(kind=E.MAIL_SENT)
            .order_by("pk")
            .values_list("recorded_at", flat=True)
        )
        assert recorded == sorted(recorded)


def test_it_shows_what_the_product_can_tell(now: Now) -> None:
    told = set(CaseEvent.objects.values_list("kind", flat=True))
    assert told >= {
        E.OPENED, E.ACKNOWLEDGED, E.RESTATED, E.CONFIRMED, E.SOLUTION_COMMUNICATED, E.CARRIED_OUT,
        E.CLOSED_SATISFIED, E.PROGRESS_UPDATED, E.MESSAGE_RECEIVED, E.REPLIED, E.COMMITTED,
        E.HANDED_OVER, E.DEADLINE_PAUSED, E.DEADLINE_RESUMED, E.NOT_SATISFIED, E.MADE_PERSISTENT,
        E.REMEDY_PROPOSED, E.ESCALATION_TAKEN, E.ESCALATION_LAPSED, E.ESCALATION_CLIMBED,
        E.ATTEMPT_RECORDED, E.NOTED, E.DEADLINE_ANSWERED_LATE,
    }  # fmt: skip


def test_a_remedy_waits_for_the_supervisors_word(now: Now) -> None:
    case = Case.objects.get(title__startswith="更换三周的机械密封", closed_at=None,
                            handler__username="chen.siyuan")  # fmt: skip
    [remedy] = case.remedies.all()
    assert remedy.is_open
    supervisor = Actor.person(User.objects.get(username="lin.jing"))
    assert approve(remedy, by=supervisor, now=now).approved_at == now


def test_a_restricted_case_is_hidden_from_those_who_are_not_named(now: Now) -> None:
    case = Case.objects.get(title__startswith="充电器发烫", closed_at=None)
    stranger = User.objects.get(username="tom.becker")
    named = User.objects.get(username="wang.jiayi")
    assert not visible_to(stranger).filter(pk=case.pk).exists()
    assert visible_to(named).filter(pk=case.pk).exists()


def test_one_batch_of_bearings_came_up_at_three_customers_and_the_analyst_was_told(
    now: Now,
) -> None:
    [first] = Case.objects.filter(recurrences__isnull=False).distinct()
    group = [first, *first.recurrences.all()]
    assert {case.batch for case in group} == {"B26-07"}
    assert len({case.customer_id for case in group}) == 3
    told = Notice.objects.filter(kind="recurring", channel=NoticeChannel.IN_APP, case=first)
    assert [one.user.username for one in told if one.user] == ["mei.tan"] * 2


def test_its_people_have_teams_languages_and_addresses(now: Now) -> None:
    assert Team.objects.count() == 3
    assert Customer.objects.filter(tier="key_account").count() == 4
    for team in Team.objects.all():
        assert team.members.count() >= 4
        assert (team.supervisor and team.supervisor.username) == "lin.jing"
    assert {user.email.partition("@")[2] for user in User.objects.all()} == {"casetrack.example"}
    assert User.objects.get(username="admin").is_superuser
    assert User.objects.get(username="chen.siyuan").check_password("demo-password")
    unseen = Notice.objects.filter(channel=NoticeChannel.IN_APP, seen_at=None)
    assert unseen.filter(user__username="he.jianguo").count() == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_forty_different_stories_are_told_in_each_language(language: str) -> None:
    told = stories(language)
    assert len({one.title for one in told}) >= 40
    assert len({one.said for one in told}) >= 40
    for one in told:
        if one.kind != "thanks":
            assert one.heard
            assert one.needs
            assert one.cause
            assert one.ways


def test_the_command_says_that_the_demo_is_here(now: Now, settings: Any) -> None:
    settings.CASETRACK_DEMO_PASSWORD = "known"
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    assert said.getvalue() == "The demo is here already; nothing was changed.\n"


def test_the_card_names_address_people_and_a_token_that_opens(now: Now, settings: Any) -> None:
    settings.CASETRACK_DEMO_PASSWORD = "demo-password"
    said = io.StringIO()
    call_command("demo_card", "--port", "9000", stdout=said)
    card = said.getvalue()
    assert "http://127.0.0.1:9000/" in card
    assert "demo-password" in card
    assert "Supervisor, 林静 Lin Jing" in card
    plain = next(line.split()[2] for line in card.splitlines() if line.startswith("API token"))
    token = tokens.find(plain, now=clock.now())
    assert token is not None
    assert (token.client.name, set(token.scopes)) == ("demo-crm", set(Scope.values))


def test_causes_are_worked_out_with_evidence_and_some_demands_refused(now: Now) -> None:
    dug = Why.objects.values("case").distinct().count()
    assert dug >= CASES / 10
    assert Why.objects.filter(is_root_cause=True).count() == dug
    assert RefusedDemand.objects.exists()
    assert not Why.objects.filter(evidence="").exists()
