from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.shown import show_all
from accounts.api.views import ApiView
from accounts.models import Scope
from objections.api.callers import Caller
from objections.api.schemas import DeadlinePage
from objections.api.shown.clocks import DeadlineShown
from objections.api.shown.explaining import ExplanationShown
from objections.deadlines.explaining import explain
from objections.models import Deadline
from timekeeping.clock import now


class DeadlinesView(ApiView):
    scopes = {"GET": (Scope.CASES_READ,)}

    @extend_schema(operation_id="case_deadlines", responses=DeadlinePage, tags=["clocks"])
    def get(self, request: Request, reference: str) -> Response:
        """Read every promise made to a case, and where it stands."""
        moment = now()
        case = Caller.of(request).reads(reference, now=moment)
        deadlines = case.deadlines.select_related("calendar__calendar").prefetch_related("pauses")
        return Response({"results": show_all(DeadlineShown, deadlines, now=moment)})


class ExplainView(ApiView):
    scopes = {"GET": (Scope.CASES_READ,)}

    @extend_schema(operation_id="deadline_explain", responses=ExplanationShown, tags=["clocks"])
    def get(self, request: Request, reference: str, key: int) -> Response:
        """Read why a deadline is due when it is, whom it told and will tell, and what stops it."""
        moment = now()
        caller = Caller.of(request)
        case = caller.reads(reference, now=moment)
        rows = Deadline.objects.select_related("case__team", "case__handler", "case__contact")
        deadline = get_object_or_404(rows, case=case, pk=key)
        told = explain(deadline, now=moment, seen=caller.cases())
        return Response(ExplanationShown(told, context={"now": moment}).data)
