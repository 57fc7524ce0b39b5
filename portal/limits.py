"""How often a link, and an address, may use the customer's page."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.http import HttpRequest

from accounts import asking

OF_ONE_ADDRESS = 5
"""An office behind one address has several customers of ours. Ours."""
FORMS = 10
"""One form in so many requests: nobody types faster. Ours."""


def wait_of(request: HttpRequest, token: str) -> int | None:
    """Count this request; return the seconds to wait where there were too many."""
    limit = settings.CASETRACK_PAGE_PER_MINUTE
    link = hashlib.sha256(token.encode()).hexdigest()[:24]
    counts = [(f"page:{link}", limit), (f"page-from:{address(request)}", OF_ONE_ADDRESS * limit)]
    if request.method == "POST":
        counts.append((f"page-form:{link}", max(limit // FORMS, 1) if limit else 0))
    waits = [asking.wait_of(who, limit=most) for who, most in counts]
    return max((wait for wait in waits if wait is not None), default=None)


def address(request: HttpRequest) -> str:
    """Return the address of whoever asks, as the last proxy that we believe names it."""
    named = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies = settings.CASETRACK_PROXIES
    if proxies and named[0].strip():
        return str(named[-min(proxies, len(named))]).strip()[:64]
    return str(request.META.get("REMOTE_ADDR", ""))
