"""Who asks. Imported by what REST framework loads first, so it imports nothing of its views."""

from __future__ import annotations

from rest_framework.request import Request

from accounts.models import Token


def token_of(request: Request) -> Token | None:
    """Return the token that a program showed; None for a person in a browser."""
    return request.auth if isinstance(request.auth, Token) else None
