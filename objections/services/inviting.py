"""Inviting the customer to their own page, and taking the invitation back."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings
from django.db import transaction

from objections import links, permissions, steps, timeline
from objections.actors import Actor
from objections.errors import NotPermitted
from objections.locking import lock
from objections.models import CaseEvent, ContactRecord, CustomerLink, CustomerMail, CustomerText
from objections.services.work import Work
from objections.vocabulary import (
    Action,
    Channel,
    Direction,
    EventKind,
    LinkMedium,
    Purpose,
)

LINK_LASTS = timedelta(days=30)
"""How long a link opens its page: longer than a case with one round takes. Ours."""

REVOKED = "the link was revoked before this left"


def invite(work: Work, step: steps.Invite) -> CaseEvent:
    """Make a link, and send it unless the engineer passes it on. It proves no contact.

    The address is written into the message when it leaves; no row holds it.
    """
    record = _send(work, step)
    link = CustomerLink.objects.create(
        case=work.case, medium=step.medium, sent_in=record,
        language=links.language_of(work.case),
        created_at=work.now, created_by=work.by.user, expires_at=work.now + LINK_LASTS,
    )  # fmt: skip
    return work.record(
        EventKind.INVITED, medium=step.medium, link=link.pk, words=step.words,
        with_whom=record.with_whom if record else "", until=timeline.iso(link.expires_at),
    )  # fmt: skip


def _send(work: Work, step: steps.Invite) -> ContactRecord | None:
    if step.medium is LinkMedium.BY_HAND:
        return None
    contact = work.case.contact
    by_mail = step.medium is LinkMedium.EMAIL
    record = work.contact(
        Purpose.INVITATION, Direction.OUTBOUND, words=step.words,
        channel=Channel.EMAIL if by_mail else Channel.PHONE,
    )  # fmt: skip
    if by_mail:
        CustomerMail.objects.create(
            contact_record=record, to=step.to or (contact.email if contact else ""),
            subject=f"[{work.case.reference}] {work.case.title}"[:250], body=step.words,
            message_id=make_msgid(domain=settings.CASETRACK_MAIL_DOMAIN), created_at=work.now,
            next_attempt_at=work.now,
        )  # fmt: skip
    else:
        CustomerText.objects.create(
            contact_record=record,
            to=links.number(step.phone or (contact.phone if contact else "")),
            body=step.words, created_at=work.now, next_attempt_at=work.now,
        )  # fmt: skip
    return record


@transaction.atomic
def revoke(link: CustomerLink, *, by: Actor, now: datetime) -> CustomerLink:
    """Let a link open nothing any more, and its message stay here. Twice changes nothing.

    A message that a process is handing over just now may still leave; its link is dead.
    """
    case = lock(link.case)
    found = case.links.get(pk=link.pk)
    if not permissions.allows(by, Action.INVITE, case):
        raise NotPermitted(Action.INVITE)
    if found.revoked_at is not None:
        return found
    found.revoked_at, found.revoked_by = now, by.user
    found.save(update_fields=["revoked_at", "revoked_by"])
    _keep_here(found, now)
    timeline.record(case, EventKind.LINK_REVOKED, at=now, now=now, by=by, link=found.pk)
    case.version += 1
    case.updated_at = now
    case.save(update_fields=["version", "updated_at"])
    return found


def _keep_here(link: CustomerLink, now: datetime) -> None:
    """Stop the message that was to bring a link, if it has not left."""
    for outbox in (CustomerMail, CustomerText):
        waiting = outbox._default_manager.filter(
            contact_record=link.sent_in_id, next_attempt_at__isnull=False
        )
        waiting.update(next_attempt_at=None, failed_at=now, failure=REVOKED)
