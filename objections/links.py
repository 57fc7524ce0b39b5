"""The address of a customer's own page: signed by us, so that nobody can guess or make one."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from objections.models import CustomerLink

SALT = "casetrack.customer-link"


def token(link: CustomerLink) -> str:
    """Return the part of the address that opens the page."""
    return signing.Signer(salt=SALT).sign(link.key.hex)


def address(link: CustomerLink) -> str:
    """Return the whole address, as it is sent to the customer."""
    return f"{settings.CASETRACK_BASE_URL}{reverse('customer-page', args=[token(link)])}"


def find(given: str) -> CustomerLink | None:
    """Return the link of a token; None for one that we did not make."""
    try:
        key = UUID(hex=signing.Signer(salt=SALT).unsign(given))
    except (signing.BadSignature, ValueError):
        return None
    return CustomerLink.objects.filter(key=key).select_related("case").first()
