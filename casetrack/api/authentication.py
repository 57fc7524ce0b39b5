"""Who a program is, by the token it shows."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import tokens
from accounts.models import Token
from timekeeping.clock import now


class TokenAuthentication(BaseAuthentication):
    """Takes ``Authorization: Bearer …``. A token that is unknown, revoked or expired is refused."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Token] | None:
        kind, _space, plain = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = tokens.find(plain.strip(), now=now())
        if token is None:
            raise AuthenticationFailed(
                _("This token is unknown, revoked or expired."), "token_invalid"
            )
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="casetrack"'
