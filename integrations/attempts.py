"""The record of every try to hand a message to the world."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from accounts.models import Robot, User
from integrations.models import DeliveryAttempt
from integrations.outgoing import Attempt


def begin(
    channel: str,
    message: str,
    *,
    number: int,
    now: datetime,
    user: User | None = None,
    robot: Robot | None = None,
    notices: Sequence[int] = (),
) -> DeliveryAttempt:
    """Write down that a message is about to leave, in the transaction that claims it.

    Its outcome stays empty until `settle`: a process that dies in between leaves its trace.
    """
    return DeliveryAttempt.objects.create(
        channel=channel, message=message, number=number, attempted_at=now, user=user,
        robot=robot, notices=list(notices),
    )  # fmt: skip


def settle(attempt: DeliveryAttempt, result: Attempt, took: timedelta) -> None:
    """Write down what came of it. ``took`` is by this process' own stop-watch."""
    attempt.outcome, attempt.took = result.outcome, took
    attempt.answer = (result.failure or result.answer)[:300]
    attempt.save(update_fields=["outcome", "answer", "took"])


def timed(send: Callable[[], Attempt]) -> tuple[Attempt, timedelta]:
    """Return what came of a try and how long it took."""
    began = time.monotonic()
    result = send()
    return result, timedelta(seconds=time.monotonic() - began)
