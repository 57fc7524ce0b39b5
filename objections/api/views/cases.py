from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.parsers import UploadParser
from accounts.api.shown import show_all
from accounts.api.strict import read
from accounts.api.views import ApiView
from accounts.models import Scope
from objections.api.callers import Caller
from objections.api.changes import CaseChanged, facts_of, steps_of
from objections.api.dues import page_by_due
from objections.api.filters import NEXT_DUE, ORDERS, CasesAsked, chosen
from objections.api.idempotency import idempotent
from objections.api.openings import CaseWritten, opening_from
from objections.api.pages import ROWS, Order, PageAsked, asked, page_of
from objections.api.preconditions import demanded_version, etag, expected_version
from objections.api.schemas import (
    EVIDENCE_FORM,
    IF_MATCH,
    MUST_MATCH,
    STEP_BODY,
    CasePage,
    EventPage,
    StepsTaken,
    StepTaken,
    either,
)
from objections.api.shown.cases import CaseShown, CaseWhole, for_list, show_case, show_opened
from objections.api.shown.events import show_events
from objections.api.steps import read_steps, step_serializer
from objections.models import Case, CaseEvent
from objections.services.cases import open_whole
from objections.services.changing import change
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import Action
from timekeeping.clock import now

READ, WRITE = (Scope.CASES_READ,), (Scope.CASES_WRITE,)
BY_TIME = Order("occurred_at", "occurred_at")


class CasesView(ApiView):
    scopes = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="case_list", parameters=[CasesAsked], responses=CasePage, tags=["cases"]
    )
    def get(self, request: Request) -> Response:
        """List cases, those with the earliest due moment first."""
        wanted, moment = asked(request, CasesAsked), now()
        cases = chosen(Caller.of(request).cases(), wanted, now=moment)
        if wanted["ordering"] == NEXT_DUE:
            page = page_by_due(cases, for_list(Case.objects.all()), **_where(wanted))
        else:
            page = page_of(for_list(cases), ORDERS[wanted["ordering"]], **_where(wanted))
        return page.answer(request, lambda rows: show_all(CaseShown, rows, now=moment))

    @extend_schema(
        operation_id="case_open", request=CaseWritten, responses={201: CaseWhole}, tags=["cases"]
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Open a case, and take steps at once if any are given: all is saved, or nothing.

        Its clocks run from `received_at`. A number that the source has brought before is
        refused with the reference of the case (409 `already_exists`).
        """
        caller, moment = Caller.of(request), now()
        values = dict(read(CaseWritten, request.data))
        steps = values.pop("steps", [])
        opening = opening_from(values, caller)
        opened = open_whole(opening, by=caller.actor, now=moment, steps=steps)
        case = opened.case
        if steps:
            shown = show_case(case, caller=caller, now=moment)
        else:
            shown = show_opened(opened, caller=caller, now=moment)
        headers = {
            "ETag": etag(case), "Location": request.build_absolute_uri(f"{case.reference}/"),
        }  # fmt: skip
        return Response(shown, status.HTTP_201_CREATED, headers=headers)


class CaseView(ApiView):
    scopes = {"GET": READ, "PATCH": WRITE}

    @extend_schema(operation_id="case_read", responses=CaseWhole, tags=["cases"])
    def get(self, request: Request, reference: str) -> Response:
        """Read a case. Its `ETag` is for `If-Match` alone: clocks do not change it."""
        caller, moment = Caller.of(request), now()
        case = caller.reads(reference, now=moment)
        shown = show_case(case, caller=caller, now=moment)
        return Response(shown, headers={"ETag": etag(case)})

    @extend_schema(
        operation_id="case_change", parameters=[MUST_MATCH], request=CaseChanged,
        responses=CaseWhole, tags=["cases"],
    )  # fmt: skip
    def patch(self, request: Request, reference: str) -> Response:
        """Change who has a case, its kind, urgency, sensitivity, product or style: all, or nothing.

        Needs `If-Match` (428 without, 412 where the case has changed since). What is the
        same already changes nothing.
        """
        caller, moment = Caller.of(request), now()
        case = caller.reads(reference, now=moment)
        version = demanded_version(request, case)
        given = read(CaseChanged, request.data)
        with transaction.atomic():
            change(
                case, steps_of(case, given), facts_of(given), by=caller.actor, now=moment,
                expected_version=version,
            )  # fmt: skip
        shown = show_case(case, caller=caller, now=moment)
        return Response(shown, headers={"ETag": etag(case)})


class StepsView(ApiView):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="case_step",
        parameters=[IF_MATCH],
        request={"application/json": STEP_BODY},
        responses={201: either("StepAnswer", StepTaken, StepsTaken)},
        tags=["cases"],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Take a step, or several in a list: all of them, or none.

        Checked in this order: what is written (400), whether the case is as it was read
        (412), whether the stage allows it (409 `step_refused`), and whether all that it
        demands is there (409 `demand_unmet`). What is refused has changed nothing.
        """
        caller, moment = Caller.of(request), now()
        case = caller.reads(reference, now=moment)
        steps, several = read_steps(request.data)
        version = expected_version(request, case)
        events = take_steps(case, steps, by=caller.actor, now=moment, expected_version=version)
        return _taken(case, events, caller, moment, several=several)


class EvidenceView(ApiView):
    scopes = {"POST": WRITE}
    parser_classes = [UploadParser]

    @extend_schema(
        operation_id="case_attach",
        parameters=[IF_MATCH],
        request={"multipart/form-data": EVIDENCE_FORM},
        responses={201: StepTaken},
        tags=["cases"],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Attach a file to a case: the step `attach`, sent as a form."""
        caller, moment = Caller.of(request), now()
        case = caller.reads(reference, now=moment)
        form = dict(request.data.items()) | {"action": Action.ATTACH.value}
        written = step_serializer(Action.ATTACH)(data=form)
        written.is_valid(raise_exception=True)
        version = expected_version(request, case)
        event = take_step(
            case, written.validated_data, by=caller.actor, now=moment, expected_version=version
        )
        return _taken(case, [event], caller, moment, several=False)


class TimelineView(ApiView):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="case_timeline", parameters=[PageAsked], responses=EventPage, tags=["cases"]
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read what happened to a case, in the order in which it happened."""
        wanted = asked(request, PageAsked)
        caller = Caller.of(request)
        case = caller.reads(reference, now=now())
        events = CaseEvent.objects.filter(case=case).select_related("user", "client")
        page = page_of(events, BY_TIME, **_where(wanted))
        return page.answer(request, lambda rows: show_events(rows, caller))


def _where(wanted: dict[str, Any]) -> dict[str, Any]:
    return {"cursor": wanted.get("cursor"), "size": wanted.get("page_size", ROWS)}


def _taken(
    case: Case, events: list[CaseEvent], caller: Caller, moment: datetime, *, several: bool
) -> Response:
    shown = show_events(events, caller)
    told: dict[str, Any] = {"events": shown} if several else {"event": shown[0]}
    whole = show_case(case, caller=caller, now=moment)
    headers = {"ETag": etag(case)}
    return Response({**told, "case": whole}, status.HTTP_201_CREATED, headers=headers)
