"""Messages through chat robots: all that waits for one robot leaves as one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from accounts.models import Robot
from integrations import attempts, budget, outbox
from integrations.chat.posting import hand_over
from integrations.chat.said import Said
from integrations.chat.words import trial_words, write
from integrations.models import DeliveryAttempt
from integrations.outbox import Batch
from integrations.outgoing import Attempt, Outcome, failed
from objections.models import Notice
from objections.vocabulary import NoticeChannel


class TooManyMessages(Exception):
    """Raised where a robot has said all that it may for the moment. ``until`` is when it may."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def deliver_next(clock_now: Callable[[], datetime]) -> bool:
    """Claim and send what waits for one robot. False when nothing may leave now.

    No robot sends more in any minute than its chat program takes, over all processes.
    """
    return outbox.deliver_next(NoticeChannel.CHAT, _send, clock_now)


def _send(batch: Batch, now: datetime) -> Attempt:
    robot = batch.listener
    assert isinstance(robot, Robot)
    said = hand_over(robot, write(robot, batch.notices, message=batch.message, now=now))
    if said.accepted:
        return Attempt(Outcome.SENT, answer=said.words)
    return failed(said.words, batch.attempts, for_good=said.for_good)


def send_test(robot: Robot, clock_now: Callable[[], datetime]) -> Said:
    """Send a test message now and return the answer. It counts like any other message.

    Raises TooManyMessages where the robot may say nothing more in this minute.
    """
    trace = _begin_test(robot, clock_now())
    message = trial_words(robot, message=trace.message)

    def send() -> Attempt:
        said = hand_over(robot, message)
        if said.accepted:
            return Attempt(Outcome.SENT, answer=said.words)
        return Attempt(Outcome.REFUSED, said.words)

    result, took = attempts.timed(send)
    attempts.settle(trace, result, took)
    return Said(result.outcome is Outcome.SENT, trace.answer)


@transaction.atomic
def _begin_test(robot: Robot, now: datetime) -> DeliveryAttempt:
    Robot.objects.select_for_update(no_key=True).get(pk=robot.pk)
    until = budget.full_until(robot, now)
    if until is not None:
        raise TooManyMessages(until)
    name = f"test-{now:%Y%m%dT%H%M%S%f}.robot-{robot.pk}"
    return attempts.begin(NoticeChannel.CHAT, name, number=1, now=now, robot=robot)


def silence(robot: Robot) -> int:
    """Let go of what still waits for a robot that is switched off, and return how much."""
    return Notice.objects.filter(robot=robot, send_at__isnull=False).update(send_at=None)
