"""The least that a Django REST view can do to write what opening a case writes.

It knows beforehand which rows those are and copies them, one INSERT where the product needs
one: no token, no permission, no routing, no policy, no clock, no lock, and a short answer.
"""

from __future__ import annotations

import copy
import json
import os
from functools import cache
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models, transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import Customer
from objections.models import Case, IdempotentRequest
from tests.bench.asking import SOURCE

Rows = list[models.Model]


class Written(serializers.ModelSerializer[Case]):
    customer = serializers.SlugRelatedField(
        slug_field="external_id", queryset=Customer.objects.filter(source=SOURCE)
    )
    questions = serializers.ListField(child=serializers.CharField(), write_only=True)

    class Meta:
        model = Case
        fields = [
            "reference", "source", "external_id", "customer", "channel", "kind", "urgency",
            "statement", "received_at", "questions",
        ]  # fmt: skip
        read_only_fields = ["reference", "received_at"]


class BareOpening(APIView):
    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    @transaction.atomic
    def post(self, request: Request) -> Response:
        written = Written(data=request.data)
        written.is_valid(raise_exception=True)
        case: Case | None = None
        for rows in recipe():
            made = [_copy(row, case, written.validated_data) for row in rows]
            if len(made) == 1:
                made[0].save(force_insert=True)
            else:
                type(made[0])._default_manager.bulk_create(made)
            if isinstance(made[0], Case):
                case = made[0]
        assert case is not None
        return Response(Written(case).data, status=201)


@cache
def recipe() -> list[Rows]:
    """Return the rows that one opening by the product wrote, statement by statement."""
    listed = json.loads(os.environ["BENCH_RECIPE"])
    found: list[Rows] = []
    for label, keys in listed:
        model = apps.get_model(label)
        found.append([model._default_manager.get(pk=key) for key in keys])
    return found


def _copy(row: models.Model, case: Case | None, values: dict[str, Any]) -> models.Model:
    made = copy.copy(row)
    made._state = copy.copy(row._state)
    made._state.adding = True
    made.pk = None
    if isinstance(made, Case):
        made.reference = f"B{uuid4().hex[:15]}"
        made.external_id, made.statement = values["external_id"], values["statement"]
    elif isinstance(made, IdempotentRequest):
        made.key = uuid4().hex
    for field in made._meta.local_concrete_fields:
        of_case = isinstance(field, models.ForeignKey) and field.related_model is Case
        if case is not None and of_case and getattr(row, field.attname) is not None:
            setattr(made, field.attname, case.pk)
    return made
