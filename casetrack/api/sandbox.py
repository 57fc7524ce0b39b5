from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.strict import StrictSerializer
from accounts.api.views import ApiView
from accounts.models import Scope
from casetrack import sandbox
from objections.api.fields import InstantField, LengthField
from objections.api.idempotency import idempotent_apart
from timekeeping.clock import SandboxIsOff


class Advance(StrictSerializer):
    advance = LengthField()

    def validate_advance(self, value: timedelta) -> timedelta:
        if not timedelta(0) < value <= sandbox.FARTHEST:
            raise serializers.ValidationError(
                _("Say how far, as in PT15M: more than nothing, at most 31 days."), "range"
            )
        return value


class SandboxShown(serializers.Serializer[sandbox.SandboxState]):
    """Where the clock stands; how many rungs rang and how many e-mails left by the last push."""

    now = InstantField()
    offset = LengthField()
    rang = serializers.IntegerField()
    mails = serializers.IntegerField()


class SandboxView(ApiView):
    """The sandbox clock. There is none where the clock is real."""

    scopes = {"GET": (Scope.SANDBOX,), "POST": (Scope.SANDBOX,)}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        try:
            self.before = sandbox.state()
        except SandboxIsOff as error:
            raise Http404 from error

    @extend_schema(operation_id="sandbox_read", responses=SandboxShown, tags=["sandbox"])
    def get(self, request: Request) -> Response:
        """Read where the sandbox clock stands."""
        return Response(SandboxShown(self.before).data)

    @extend_schema(
        operation_id="sandbox_advance", request=Advance, responses=SandboxShown, tags=["sandbox"]
    )
    @idempotent_apart
    def post(self, request: Request) -> Response:
        """Make time pass: the clock moves on, and all that falls due has rung on return."""
        written = Advance(data=request.data)
        written.is_valid(raise_exception=True)
        return Response(SandboxShown(sandbox.advance(written.validated_data["advance"])).data)
