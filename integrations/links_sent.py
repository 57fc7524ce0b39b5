"""The link that a message to a customer brings, put in when the message leaves."""

from __future__ import annotations

from objections.models import ContactRecord, CustomerLink


def brought_by(record: ContactRecord) -> CustomerLink | None:
    """Return the link of an invitation while it opens something; None for other messages."""
    return CustomerLink.objects.filter(sent_in=record, revoked_at=None).first()
