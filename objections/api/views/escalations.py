from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.shown import show_all
from accounts.api.strict import PersonField, StrictSerializer, wrong
from accounts.api.views import ApiView
from accounts.models import Scope
from objections.actors import Actor
from objections.api.callers import Caller
from objections.api.fields import InstantField
from objections.api.idempotency import idempotent
from objections.api.pages import ROWS, Order, PageAsked, asked, page_of
from objections.api.schemas import EscalationPage
from objections.api.shown.escalations import EscalationShown
from objections.models import Escalation
from objections.services.escalations import take
from timekeeping.clock import now

LONGEST_NEXT_STEP = 300
BY_TIME = Order("opened_at", "opened_at")


class EscalationsAsked(PageAsked):
    open = serializers.BooleanField(required=False, help_text="1: not closed yet; 0: closed")


class TakeWritten(StrictSerializer):
    """`until` is when the next step will be done. A program says by `taken_by` who takes it."""

    next_step = serializers.CharField(max_length=LONGEST_NEXT_STEP)
    until = InstantField()
    taken_by = PersonField(required=False)


class EscalationsView(ApiView):
    scopes = {"GET": (Scope.CASES_READ,)}

    @extend_schema(
        operation_id="escalation_list",
        parameters=[EscalationsAsked],
        responses=EscalationPage,
        tags=["escalations"],
    )
    def get(self, request: Request) -> Response:
        """List escalations, those that were opened first in front."""
        wanted = asked(request, EscalationsAsked)
        found = _visible(Caller.of(request))
        if "open" in wanted:
            found = found.filter(closed_at__isnull=wanted["open"])
        size = wanted.get("page_size", ROWS)
        page = page_of(found, BY_TIME, cursor=wanted.get("cursor"), size=size)
        return page.answer(request, lambda rows: show_all(EscalationShown, rows))


class TakeView(ApiView):
    scopes = {"POST": (Scope.CASES_WRITE,)}

    @extend_schema(
        operation_id="escalation_take",
        request=TakeWritten,
        responses=EscalationShown,
        tags=["escalations"],
    )
    @idempotent
    def post(self, request: Request, key: int) -> Response:
        """Take an escalation: the climb stops, the breach stays.

        Refused with the name of the first where somebody was faster (409 `already_taken`).
        When `until` passes and the promise is still open, it reopens one level higher.
        """
        caller, moment = Caller.of(request), now()
        escalation = _visible(caller).filter(pk=key).first()
        if escalation is None:
            raise Http404
        written = TakeWritten(data=request.data)
        written.is_valid(raise_exception=True)
        values = dict(written.validated_data)
        by = _taker(caller, values.pop("taken_by", None))
        take(escalation, by=by, now=moment, **values)
        return Response(EscalationShown(_visible(caller).get(pk=key)).data)


def _visible(caller: Caller) -> QuerySet[Escalation]:
    return (
        Escalation.objects.filter(case__in=caller.cases().values("pk"))
        .select_related("case__team", "case__handler", "deadline", "taken_by")
        .prefetch_related("entries")
    )


def _taker(caller: Caller, named: Any) -> Actor:
    """Return who takes it. A program names a person of ours; a person takes it themselves."""
    if caller.client is not None and named is None:
        sentence, code = _("Name the person of ours who takes it."), "required"
    elif caller.client is None and named not in (None, caller.user):
        sentence, code = _("Nobody can take it for somebody else."), "somebody_else"
    else:
        return caller.actor.speaking_through(named)
    raise wrong("taken_by", sentence, code)
