"""Pages of a list that stay right while rows are added.

A cursor says behind which row the next page begins, not how many rows to skip: what is
added in front of it moves nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.api.strict import StrictSerializer, wrong

MOST_ROWS = 200
ROWS = 50

M = TypeVar("M", bound=Model)


class PageAsked(StrictSerializer):
    """Which page, and how long."""

    cursor = serializers.CharField(
        required=False, max_length=400, help_text="Where the page begins; taken from `next`."
    )
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_ROWS, help_text=f"{ROWS} where left out."
    )


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by an instant of theirs, and by key where that is the same."""

    name: str
    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    rows: Sequence[M]
    next_cursor: str | None

    def answer(self, request: Request, shown: Callable[[Sequence[M]], Any]) -> Response:
        url = None
        if self.next_cursor is not None:
            url = replace_query_param(request.build_absolute_uri(), "cursor", self.next_cursor)
        return Response({"next": url, "results": shown(self.rows)})


def page_of(rows: QuerySet[M], order: Order, *, cursor: str | None, size: int) -> Page[M]:
    """Return the page that begins behind the cursor. A cursor of another order is refused."""
    sign = "-" if order.descending else ""
    ordered = rows.order_by(f"{sign}{order.column}", f"{sign}pk")
    if cursor is not None:
        ordered = ordered.filter(_behind(order, *read_cursor(cursor, order)))
    found = list(ordered[: size + 1])
    if len(found) <= size:
        return Page(found, None)
    last = found[size - 1]
    return Page(found[:size], cursor_at(order, getattr(last, order.column), last.pk))


def _behind(order: Order, moment: datetime, key: int) -> Q:
    than = "lt" if order.descending else "gt"
    later = Q(**{f"{order.column}__{than}": moment}) | Q(**{f"pk__{than}": key})
    return Q(**{f"{order.column}__{than}e": moment}) & later


def cursor_at(order: Order, moment: datetime, key: int) -> str:
    """Return the cursor of the page that begins behind this row."""
    text = json.dumps([order.name, moment.isoformat(), key])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: Order) -> tuple[datetime, int]:
    """Return the row that a cursor stands behind, or refuse what is none of this order."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, written, key = json.loads(base64.urlsafe_b64decode(padded))
        moment = parse_datetime(written)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise _wrong_cursor() from error
    fits = name == order.name and isinstance(key, int) and abs(key) < 2**63
    if not fits or moment is None or moment.tzinfo is None:
        raise _wrong_cursor()
    return moment, key


def _wrong_cursor() -> serializers.ValidationError:
    sentence = _("This cursor does not belong to this list and order.")
    return wrong("cursor", sentence, "invalid")


def asked(request: Request, reader: type[StrictSerializer]) -> dict[str, Any]:
    """Return what the query string asks for. An unknown or wrong parameter is refused."""
    fields = reader().fields
    given: dict[str, Any] = {}
    for name, values in request.query_params.lists():
        several = isinstance(fields.get(name), serializers.ListField)
        given[name] = values if several else values[-1]
    query = reader(data=given)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)
