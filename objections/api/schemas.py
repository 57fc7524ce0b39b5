"""Shapes that the OpenAPI document needs and the code does not."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework import serializers

from objections.api.shown.cases import CaseShown, CaseWhole
from objections.api.shown.clocks import DeadlineShown
from objections.api.shown.escalations import EscalationShown
from objections.api.shown.events import EventShown
from objections.api.steps import MOST_STEPS

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of the case as it was read. On a mismatch nothing is saved (412).",
)

MUST_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The `ETag` of the case as it was read; without it nothing is saved (428), and on"
    " a mismatch neither (412).",
)


def either(name: str, *shapes: type[serializers.Serializer[Any]]) -> PolymorphicProxySerializer:
    """Say that an answer has one of several shapes."""
    return PolymorphicProxySerializer(
        component_name=name, serializers=list(shapes), resource_type_field_name=None
    )


STEP = {"$ref": "#/components/schemas/Step"}
STEP_BODY = {
    "oneOf": [
        STEP,
        {
            "type": "object",
            "required": ["steps"],
            "additionalProperties": False,
            "properties": {
                "steps": {"type": "array", "items": STEP, "minItems": 1, "maxItems": MOST_STEPS}
            },
        },
    ]
}
EVIDENCE_FORM = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "caption": {"type": "string", "maxLength": 200},
        "at": {"type": "string", "format": "date-time"},
    },
}


class StepTaken(serializers.Serializer[Any]):
    event = EventShown()
    case = CaseWhole()


class StepsTaken(serializers.Serializer[Any]):
    """One event for each step, in their order."""

    events = EventShown(many=True)
    case = CaseWhole()


class PageShown(serializers.Serializer[Any]):
    next = serializers.URLField(
        allow_null=True, help_text="Where the next page is; null on the last."
    )


class CasePage(PageShown):
    results = CaseShown(many=True)


class EventPage(PageShown):
    results = EventShown(many=True)


class EscalationPage(PageShown):
    results = EscalationShown(many=True)


class DeadlinePage(serializers.Serializer[Any]):
    results = DeadlineShown(many=True)
