"""Keys for programs. The plain key is seen once, when it is made; only its digest is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from accounts.models import Client, Scope, Token

BEGINNING = "ct_"


def issue(
    client: Client, scopes: Iterable[str], *, now: datetime, expires_at: datetime | None = None
) -> str:
    """Make a key for a client and return it, plain, for the only time.

    Refuses (ValueError) an unknown scope, no scope at all, and an end that is not to come.
    """
    wanted = [Scope(scope).value for scope in dict.fromkeys(scopes)]
    if not wanted:
        raise ValueError("a token without a scope opens nothing")
    if expires_at is not None and expires_at <= now:
        raise ValueError("a token must end after it begins")
    plain = BEGINNING + secrets.token_urlsafe(32)
    Token.objects.create(
        client=client,
        prefix=plain[:10],
        digest=digest(plain),
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    return plain


def find(plain: str, *, now: datetime) -> Token | None:
    """Return the token that a key opens at ``now``, with its client.

    None for a key that is unknown, revoked or expired, or whose client is not active.
    """
    if not plain.startswith(BEGINNING):
        return None
    token = Token.objects.select_related("client").filter(digest=digest(plain)).first()
    if token is None or not token.client.is_active:
        return None
    if token.revoked_at is not None and token.revoked_at <= now:
        return None
    if token.expires_at is not None and token.expires_at <= now:
        return None
    return token


def revoke(token: Token, *, now: datetime) -> None:
    """Close a token for good. One that is revoked already keeps its first moment."""
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])


def digest(plain: str) -> str:
    """Return what is kept of a key. Keys are long and random, so one round suffices."""
    return sha256(plain.encode()).hexdigest()
