"""The weekly digest: each member's copy is claimed, written in their language, and sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from followups import digests
from followups.digests import Week
from followups.models import DigestCopy
from integrations import attempts
from integrations.mailbox import CASES_HEADER
from integrations.models import DeliveryAttempt
from integrations.outgoing import LEASE, Attempt, Outcome, attempt, wait_after
from objections.models import Case
from objections.vocabulary import NoticeChannel

NOT_WANTED = "nobody to read it, or nothing left to read, by the time it would have left"


def deliver_next(clock_now: Callable[[], datetime]) -> bool:
    """Claim and send the copy that has waited longest. False when none is waiting.

    Leased as every mail is: a process that dies in between has it sent once more, under
    the same Message-ID. Who has left meanwhile is sent nothing, nor is anybody where all
    lessons were taken back or restricted since.
    """
    claimed = _claim(clock_now())
    if claimed is None:
        return False
    copy, trace = claimed
    if trace is None:
        return True
    result, took = attempts.timed(lambda: attempt(_message(copy), attempts=copy.attempts))
    attempts.settle(trace, result, took)
    _settle(copy, result, clock_now())
    return True


@transaction.atomic(durable=True)
def _claim(now: datetime) -> tuple[DigestCopy, DeliveryAttempt | None] | None:
    """Return the next copy with the trace of its sending; no trace where it is not wanted."""
    copy = (
        DigestCopy.objects.filter(next_attempt_at__lte=now)
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("digest__team__calendar", "user")
        .order_by("next_attempt_at", "pk")
        .first()
    )
    if copy is None:
        return None
    if not (copy.user.is_active and copy.user.email and _lessons(copy).exists()):
        copy.next_attempt_at, copy.failure = None, NOT_WANTED
        copy.save(update_fields=["next_attempt_at", "failure"])
        return copy, None
    copy.attempts += 1
    copy.next_attempt_at = now + LEASE
    copy.save(update_fields=["attempts", "next_attempt_at"])
    trace = attempts.begin(
        NoticeChannel.EMAIL, _message_id(copy), number=copy.attempts, now=now, user=copy.user
    )
    return copy, trace


def _message_id(copy: DigestCopy) -> str:
    return f"<digest-{copy.pk}@{settings.CASETRACK_MAIL_DOMAIN}>"


def _lessons(copy: DigestCopy) -> QuerySet[Case]:
    team = copy.digest.team
    return digests.lessons([team], Week(copy.digest.week_on, digests.zone_of(team)))


def _message(copy: DigestCopy) -> EmailMessage:
    digest, user = copy.digest, copy.user
    found = list(_lessons(copy))
    language = user.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(ZoneInfo(user.time_zone)):
        count = ngettext(
            "{team}: {count} lesson of the week", "{team}: {count} lessons of the week", len(found)
        )
        body = render_to_string(
            "integrations/digest.txt",
            {
                "name": str(user), "digest": digest, "cases": found,
                "site": settings.CASETRACK_BASE_URL,
                "url": settings.CASETRACK_BASE_URL + reverse("lessons"),
            },
        )  # fmt: skip
    return EmailMessage(
        subject=count.format(team=digest.team, count=len(found)),
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[user.email],
        headers={
            "Message-ID": _message_id(copy),
            CASES_HEADER: " ".join(case.reference for case in found),
        },
    )


@transaction.atomic(durable=True)
def _settle(copy: DigestCopy, result: Attempt, now: datetime) -> None:
    """Write down what came of it. A copy that another process settled stays as it is."""
    waiting = DigestCopy.objects.filter(pk=copy.pk, next_attempt_at__isnull=False)
    if result.outcome is Outcome.LATER:
        waiting.update(next_attempt_at=now + wait_after(copy.attempts), failure=result.failure)
    elif result.outcome is Outcome.SENT:
        waiting.update(next_attempt_at=None, sent_at=now, failure="")
    else:
        waiting.update(next_attempt_at=None, failed_at=now, failure=result.failure)
