"""How a message that waits in a row is claimed by one process, and what came of it kept.

The rows of mails to customers, of text messages and of digests are alike: ``next_attempt_at``
says when the next try may be, ``sent_at`` or ``failed_at`` that there is none any more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from followups.models import DigestCopy
from integrations import attempts
from integrations.models import DeliveryAttempt
from integrations.outgoing import LEASE, Attempt, Outcome, wait_after
from objections import timeline
from objections.actors import SYSTEM
from objections.models import CustomerMail, CustomerText
from objections.services import records
from objections.services.stepping import lock
from objections.vocabulary import EventKind

Letter: TypeAlias = CustomerMail | CustomerText | DigestCopy
ToCustomer: TypeAlias = CustomerMail | CustomerText
L = TypeVar("L", CustomerMail, CustomerText, DigestCopy)


def deliver_next(
    waiting: QuerySet[L],
    send: Callable[[L], Attempt],
    settle: Callable[[L, Attempt, datetime], object],
    clock_now: Callable[[], datetime],
    *,
    channel: str,
    name: Callable[[L], str],
    reader: Callable[[L], User | None] = lambda _letter: None,
    unwanted: Callable[[L], str] = lambda _letter: "",
) -> bool:
    """Claim and send what has waited longest. False when nothing is waiting.

    It is leased, not locked, while it is sent: a process that dies between sending and
    writing that down has it sent once more when the lease ends, under the same ``name``,
    and never loses it. What is ``unwanted`` by now, with the reason why, is not sent.
    """

    def begin(letter: L, now: datetime) -> DeliveryAttempt:
        number, who = letter.attempts, reader(letter)
        return attempts.begin(channel, name(letter), number=number, now=now, user=who)

    claimed = _claim(waiting, clock_now(), begin, unwanted)
    if claimed is None:
        return False
    letter, trace = claimed
    if trace is None:
        return True
    result, took = attempts.timed(lambda: send(letter))
    attempts.settle(trace, result, took)
    settle(letter, result, clock_now())
    return True


@transaction.atomic(durable=True)
def _claim(
    waiting: QuerySet[L],
    now: datetime,
    begin: Callable[[L, datetime], DeliveryAttempt],
    unwanted: Callable[[L], str],
) -> tuple[L, DeliveryAttempt | None] | None:
    """Return the next letter with the trace of its sending; no trace where it is not wanted."""
    letter = (
        waiting.filter(next_attempt_at__lte=now)
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .order_by("next_attempt_at", "pk")
        .first()
    )
    if letter is None:
        return None
    if why := unwanted(letter):
        letter.next_attempt_at, letter.failure = None, why
        letter.save(update_fields=["next_attempt_at", "failure"])
        return letter, None
    letter.attempts += 1
    letter.next_attempt_at = now + LEASE
    letter.save(update_fields=["attempts", "next_attempt_at"])
    return letter, begin(letter, now)


def write_down(letter: Letter, result: Attempt, now: datetime) -> bool:
    """Write what came of an attempt; False where another process settled it before."""
    rows = type(letter)._default_manager.filter(pk=letter.pk, next_attempt_at__isnull=False)
    if result.outcome is Outcome.LATER:
        again = now + wait_after(letter.attempts)
        return bool(rows.update(next_attempt_at=again, failure=result.failure))
    if result.outcome is Outcome.SENT:
        return bool(rows.update(next_attempt_at=None, sent_at=now, failure=""))
    return bool(rows.update(next_attempt_at=None, failed_at=now, failure=result.failure))


@transaction.atomic(durable=True)
def settle_for_case(letter: ToCustomer, result: Attempt, now: datetime, **facts: object) -> None:
    """Write down what came of a message to a customer, on its case as well.

    One that was refused for good withdraws what it proved, and the handler is told.
    """
    record = letter.contact_record
    case = lock(record.case)
    if not write_down(letter, result, now) or result.outcome is Outcome.LATER:
        return
    if result.outcome is Outcome.SENT:
        timeline.record(
            case, EventKind.MAIL_SENT, at=now, now=now, by=SYSTEM, contact=record.pk,
            purpose=record.purpose, to=letter.to, **facts,
        )  # fmt: skip
    else:
        records.withdraw_proof(record, failure=result.failure, now=now)
