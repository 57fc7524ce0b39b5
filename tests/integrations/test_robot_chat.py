"""Chat robots: one message of all that waits, no more a minute than the program takes."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connections
from pytest_django.fixtures import Settings

from accounts.models import Robot, RobotKind
from customers.models import Customer
from integrations import robot_chat
from integrations.delivery import deliver
from integrations.models import DeliveryAttempt, StoredMail
from integrations.outgoing import LEASE, WAITS
from objections import batches, notices
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case, Notice
from objections.vocabulary import NoticeKind, Sensitivity
from tests.conftest import People
from tests.integrations.chat import KEY, Program, chat_program, robot_of
from tests.stories import HOUR, MIN, open_at

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def program(settings: Settings) -> Iterator[Program]:
    settings.CASETRACK_CHAT_BACKEND = "integrations.chat.posting.post"
    with chat_program() as started:
        yield started


@pytest.fixture
def robot(people: People, program: Program) -> Robot:
    return robot_of(people.team, program)


def speak(now: datetime) -> int:
    """Deliver to robots alone until nothing may leave, and return how many messages left."""
    count = 0
    while robot_chat.deliver_next(lambda: now):
        count += 1
    return count


def told(case: Case, at: datetime, **more: Any) -> None:
    """Tell the robots of the case's team alone."""
    given: dict[str, Any] = {"kind": NoticeKind.ESCALATED, "now": at, "level": 1} | more
    batches.insert(Notice, notices.compose([], case=case, at=at, **given))


def opened(people: People, customer: Customer, t0: datetime, **more: Any) -> Case:
    by = Actor.person(people.engineer)
    return open_at(t0, by=by, customer=customer, handler=people.engineer, **more)


def test_item_16_a_breach_reaches_the_group_in_one_message(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    cases = [opened(people, customer, t0) for _number in range(3)]
    sweeping.sweep(now=t0 + 15 * MIN + SECOND)
    assert speak(t0 + 16 * MIN) == 1
    [said] = program.said
    assert said.startswith("Casetrack: 3 notices\n· Escalated, level 1: ")
    assert all(case.reference in said for case in cases)
    assert "Acknowledgement, due today 17:15, 1 min late" in said
    assert "/board/" in said
    assert not Notice.objects.filter(robot=robot, sent_at=None).exists()
    assert speak(t0 + HOUR) == 0


def test_item_16_after_an_outage_the_group_hears_one_digest_of_what_is_true_now(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    for _number in range(37):
        opened(people, customer, t0)
    back = t0 + 5 * HOUR
    sweeping.sweep(now=back)
    assert speak(back + MIN) == 0
    assert speak(back + 2 * MIN) == 1
    [said] = program.said
    lines = said.splitlines()
    assert lines[0] == f"Casetrack: {Notice.objects.filter(robot=robot).count()} notices"
    assert "Due soon" not in said
    shown = sum(line.startswith("· ") for line in lines)
    assert f"and {Notice.objects.filter(robot=robot).count() - shown} more" in lines
    assert 0 < shown <= 20


def test_a_message_lists_twenty_and_counts_the_rest(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    Robot.objects.update(kind=RobotKind.OTHER)
    case = opened(people, customer, t0, sensitivity=Sensitivity.RESTRICTED)
    for _number in range(37):
        told(case, t0)
    assert speak(t0) == 1
    lines = program.said[0].splitlines()
    assert sum(line.startswith("· ") for line in lines) == 20
    assert "and 17 more" in lines


def test_a_message_keeps_within_what_the_program_takes(
    people: People, customer: Customer, t0: datetime, settings: Settings
) -> None:
    settings.CASETRACK_CHAT_BACKEND = "integrations.mailbox.catch_chat"
    robot = Robot.objects.create(name="Group", kind=RobotKind.WECOM, language="zh-hans")
    robot.teams.add(people.team)
    case = opened(people, customer, t0, title="密封件三周后又开始渗漏" * 12)
    for _number in range(30):
        told(case, t0)
    assert speak(t0) == 1
    said = StoredMail.objects.get().body
    assert 1500 < len(said.encode()) <= 2048
    assert 3 <= said.count(case.reference) < 20
    assert str(30 - said.count(case.reference)) in said


def test_a_group_reads_of_a_restricted_case_its_reference_alone(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    case = opened(
        people, customer, t0, sensitivity=Sensitivity.RESTRICTED, title="Insulted by a colleague"
    )
    told(case, t0, level=2)
    speak(t0)
    [said] = program.said
    assert f"\n· {case.reference}\n" in said
    assert "Insulted" not in said
    assert str(customer) not in said
    assert "level" not in said


def test_a_customers_words_call_nobody_in_the_group_and_link_nowhere(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    case = opened(people, customer, t0, title="<!channel> @all [look](http://e.example) <at>x</at>")
    told(case, t0)
    speak(t0)
    line = next(line for line in program.said[0].splitlines() if case.reference in line)
    assert not set("<>@[]") & set(line)
    assert "channel" in line


def test_each_message_has_a_number_of_its_own(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    case = opened(people, customer, t0)
    for minute in range(2):
        told(case, t0 + minute * MIN)
        speak(t0 + minute * MIN)
    first, second = (said.splitlines()[-1] for said in program.said)
    assert first.startswith("No. ")
    assert first != second


# How much a minute


def test_item_16_a_robot_says_no_more_in_a_minute_than_it_may(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    Robot.objects.update(per_minute=3)
    case = opened(people, customer, t0)
    for second in range(30):
        told(case, t0 + second * SECOND)
        speak(t0 + second * SECOND)
    assert len(program.posted) == 3
    assert speak(t0 + 60 * SECOND - timedelta(microseconds=1)) == 0
    assert speak(t0 + 60 * SECOND) == 1
    assert program.said[3].startswith("Casetrack: 27 notices")
    assert not Notice.objects.filter(robot=robot, sent_at=None).exists()


def test_what_was_tried_and_failed_counts_too(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    Robot.objects.update(per_minute=1)
    case = opened(people, customer, t0)
    program.answers = [(503, "later")]
    told(case, t0)
    speak(t0)
    assert speak(t0 + WAITS[0]) == 0
    assert speak(t0 + MIN + SECOND) == 1


@pytest.mark.django_db(transaction=True)
def test_item_16_several_workers_keep_one_budget(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    Robot.objects.update(per_minute=4)
    case = opened(people, customer, t0)

    def work(number: int) -> None:
        try:
            for second in range(8):
                told(case, t0 + second * SECOND)
                speak(t0 + second * SECOND)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(program.posted) == 4
    speak(t0 + 2 * MIN)
    counted = [int(said.split()[1]) for said in program.said]
    assert sum(counted) == 32
    assert not Notice.objects.filter(robot=robot, sent_at=None).exists()


# When it fails


def test_a_message_that_fails_is_tried_again_as_it_was(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    case = opened(people, customer, t0)
    program.answers = [(500, "busy"), (429, "too many")]
    told(case, t0)
    speak(t0)
    told(case, t0 + SECOND)
    speak(t0 + SECOND)  # the second one fails too, and does not mix with the first
    assert speak(t0 + SECOND + WAITS[0]) == 2
    numbers = [said.splitlines()[-1] for said in program.said]
    assert numbers[:2] == numbers[2:]
    tries = DeliveryAttempt.objects.order_by("pk").values_list("number", "outcome", "answer")
    assert list(tries) == [
        (1, "later", "500 busy"), (1, "later", "429 too many"), (2, "sent", ""), (2, "sent", ""),
    ]  # fmt: skip


def test_it_is_given_up_after_four_hours_of_trying(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    told(opened(people, customer, t0), t0)
    program.answers = [(500, "busy")] * 20
    now = t0
    for wait in (*WAITS, HOUR):
        assert speak(now) == 1
        now += wait
    notice = Notice.objects.get(robot=robot)
    assert notice.failed_at is not None
    assert notice.failure == "500 busy"
    assert speak(now + 24 * HOUR) == 0


def test_a_robot_that_is_gone_is_not_tried_again(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    told(opened(people, customer, t0), t0)
    program.answers = [(404, "no such group")]
    speak(t0)
    assert Notice.objects.get(robot=robot).failed_at == t0
    assert DeliveryAttempt.objects.get().outcome == "refused"
    assert speak(t0 + HOUR) == 0


def test_a_robot_that_was_switched_off_says_nothing_more(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    told(opened(people, customer, t0), t0)
    Robot.objects.update(is_active=False)
    assert speak(t0) == 0
    robot_chat.silence(robot)
    Robot.objects.update(is_active=True)
    assert speak(t0 + HOUR) == 0


def test_a_process_that_died_repeats_the_same_message_when_its_lease_ends(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    told(opened(people, customer, t0), t0)
    with monkeypatch.context() as dying:
        dying.setattr("integrations.outbox.settle", _die)
        with pytest.raises(SystemExit):
            robot_chat.deliver_next(lambda: t0)
    assert speak(t0 + LEASE - SECOND) == 0
    assert speak(t0 + LEASE) == 1
    dead, alive = DeliveryAttempt.objects.order_by("pk")
    assert dead.message == alive.message
    assert (dead.outcome, alive.outcome) == ("", "sent")


def _die(*_args: object, **_kwargs: object) -> None:
    raise SystemExit(9)


# Quiet hours


def test_item_16_at_night_a_group_hears_of_level_two_and_above_alone(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    Robot.objects.update(quiet_from=time(16), quiet_until=time(18))  # t0 is 17:00 in Shanghai
    case = opened(people, customer, t0)
    told(case, t0)
    told(case, t0, level=2)
    told(case, t0, level=2, kind=NoticeKind.REMINDED)
    assert speak(t0) == 1
    assert program.said[0].startswith("Casetrack: 2 notices")
    assert speak(t0 + HOUR - SECOND) == 0
    assert speak(t0 + HOUR) == 1


def test_a_message_that_is_tried_again_waits_for_the_morning_whole(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    case = opened(people, customer, t0)
    program.answers = [(500, "busy"), (500, "busy")]
    for minute in range(2):
        told(case, t0 + minute * SECOND)
        speak(t0 + minute * SECOND)
    Robot.objects.update(quiet_from=time(16), quiet_until=time(18))
    assert speak(t0 + MIN) == 0
    assert speak(t0 + HOUR + SECOND) == 2
    numbers = [said.splitlines()[-1] for said in program.said]
    assert numbers[:2] == numbers[2:]


# Secrets


def test_the_address_of_a_robot_stands_in_no_log_answer_or_attempt(
    people: People, customer: Customer, program: Program, t0: datetime
) -> None:
    nowhere = robot_of(people.team, program, name="Nowhere",
                       address=f"json://127.0.0.1:1/{KEY}")  # fmt: skip
    refusing = robot_of(people.team, program)
    program.answers = [(403, f"{KEY} is not welcome")]
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        told(opened(people, customer, t0), t0)
        assert speak(t0) == 2
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
    answers = {one.robot_id: one.answer for one in DeliveryAttempt.objects.all()}
    assert answers[refusing.pk] == "403 *** is not welcome"
    assert "refused" in answers[nowhere.pk]
    failures = " ".join(Notice.objects.values_list("failure", flat=True))
    assert "attempt 1 failed" in written.getvalue()
    assert KEY not in " ".join([*answers.values(), failures, written.getvalue()])


# Mails leave their traces too


def test_each_try_of_a_mail_is_on_record(
    people: People, customer: Customer, server: Any, t0: datetime
) -> None:
    opened(people, customer, t0)
    Notice.objects.all().delete()
    sweeping.sweep(now=t0 + 11 * MIN)
    server.failing = [TimeoutError("slow")]
    deliver(lambda: t0 + 11 * MIN)
    deliver(lambda: t0 + 11 * MIN + WAITS[0])
    first, second = DeliveryAttempt.objects.order_by("pk")
    assert (first.outcome, first.answer) == ("later", "TimeoutError: slow")
    assert (second.outcome, second.number) == ("sent", 2)
    assert first.message == second.message
    assert first.notices == second.notices != []
    assert first.user == people.engineer
    assert second.took is not None


def test_a_message_that_cannot_be_written_holds_up_nobody_else(
    people: People, customer: Customer, robot: Robot, program: Program, t0: datetime
) -> None:
    broken = robot_of(people.team, program, name="Broken", time_zone="No/Where")
    told(opened(people, customer, t0), t0)
    assert speak(t0) == 2
    assert len(program.posted) == 1
    assert Notice.objects.get(robot=robot).sent_at == t0
    waiting = Notice.objects.get(robot=broken)
    assert waiting.failure == "ZoneInfoNotFoundError"
    assert waiting.send_at == t0 + WAITS[0]
