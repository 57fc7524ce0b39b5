"""What a token opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api.callers import token_of

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ScopeMissing(PermissionDenied):
    """The token is good, but was not made for this. ``scopes`` lists what would open it."""

    default_code = "scope_missing"
    default_detail = _("This token was not made for that.")

    def __init__(self, scopes: tuple[str, ...]) -> None:
        super().__init__()
        self.scopes = scopes


class ScopesAllow(BasePermission):
    """Lets a token in by its scopes, and a person who is signed in.

    What a person may do to a case is asked further in, case by case.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = token_of(request)
        if token is None:
            return request.user.is_authenticated
        if request.method not in view.allowed_methods:
            return True  # answered with 405
        method = "GET" if request.method == "HEAD" else request.method
        opened_by = getattr(view, "scopes", {}).get(method, ())
        if not set(opened_by) & set(token.scopes):
            raise ScopeMissing(opened_by)
        return True
