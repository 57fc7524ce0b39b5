"""The weekly digest: each member's copy, written in their language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from followups import digests
from followups.digests import Week
from followups.models import DigestCopy
from integrations import leasing
from integrations.mailbox import CASES_HEADER
from integrations.outgoing import attempt
from objections.models import Case
from objections.vocabulary import NoticeChannel

NOT_WANTED = "nobody to read it, or nothing left to read, by the time it would have left"


def deliver_next(clock_now: Callable[[], datetime]) -> bool:
    """Send the copy that has waited longest. False when none is waiting.

    Who has left meanwhile is sent nothing, nor is anybody where all lessons were taken
    back or restricted since.
    """
    return leasing.deliver_next(
        DigestCopy.objects.select_related("digest__team__calendar", "user"),
        lambda copy: attempt(_message(copy), attempts=copy.attempts),
        leasing.write_down,
        clock_now,
        channel=NoticeChannel.EMAIL,
        name=_message_id,
        reader=lambda copy: copy.user,
        unwanted=_unwanted,
    )


def _unwanted(copy: DigestCopy) -> str:
    wanted = copy.user.is_active and copy.user.email and _lessons(copy).exists()
    return "" if wanted else NOT_WANTED


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
