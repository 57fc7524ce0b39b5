"""Which cases a list is about, and in what order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.models import Customer, Tier
from objections.api.fields import InstantField, WordField
from objections.api.pages import Order, PageAsked
from objections.models import Case, Deadline
from objections.vocabulary import Kind, Stage, Urgency

LARGEST_KEY = 2**63 - 1
NEXT_DUE = "next_due"
ORDERS = {
    f"{sign}{column}": Order(f"{sign}{column}", column, bool(sign))
    for column in ("received_at", "updated_at")
    for sign in ("", "-")
}


@extend_schema_field({"type": "string", "maxLength": 201})
class CustomerChosen(serializers.Field[Q, Any, Any, Any]):
    """A customer: our id, or the source's number as `source:external_id`."""

    default_error_messages = {"unclear": _("Say an id, or source:external_id.")}

    def to_internal_value(self, data: Any) -> Q:
        text: str = serializers.CharField(max_length=201).run_validation(data)
        if text.isascii() and text.isdigit():
            return Q(customer=min(int(text), LARGEST_KEY))
        source, colon, number = text.partition(":")
        if not colon:
            self.fail("unclear")
        found = Customer.objects.filter(source=source, external_id=number)
        return Q(customer__in=found.values("pk"))


class CasesAsked(PageAsked):
    """What may be asked of a list of cases. Stage, kind, urgency and tier may be repeated."""

    stage = serializers.ListField(child=WordField(Stage), required=False)
    kind = serializers.ListField(child=WordField(Kind), required=False)
    urgency = serializers.ListField(child=WordField(Urgency), required=False)
    tier = serializers.ListField(child=WordField(Tier), required=False)
    team = serializers.CharField(required=False, max_length=50, help_text="identifier of a team")
    handler = serializers.CharField(required=False, max_length=150, help_text="user name")
    customer = CustomerChosen(required=False, help_text="an id, or `source:external_id`")
    product = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
    external_id = serializers.CharField(required=False, max_length=120)
    overdue = serializers.BooleanField(required=False, help_text="whether anything is late")
    due_before = InstantField(required=False, help_text="something is due before this moment")
    updated_since = InstantField(
        required=False,
        help_text="Changed at or after this moment. With `ordering=updated_at` it is enough to"
        " mirror everything; overlap by a minute, for what was being saved meanwhile.",
    )
    q = serializers.CharField(
        required=False, max_length=200, help_text="words, a reference or an external number"
    )
    ordering = serializers.ChoiceField(
        choices=[NEXT_DUE, *ORDERS], required=False, default=NEXT_DUE
    )


def chosen(cases: QuerySet[Case], asked: dict[str, Any], *, now: datetime) -> QuerySet[Case]:
    """Return the cases that were asked for."""
    plain = {
        "stage": "stage__in", "kind": "kind__in", "urgency": "urgency__in",
        "tier": "customer__tier__in", "team": "team__slug", "handler": "handler__username",
        "product": "product", "external_id": "external_id", "updated_since": "updated_at__gte",
    }  # fmt: skip
    cases = cases.filter(**{column: asked[name] for name, column in plain.items() if name in asked})
    if "customer" in asked:
        cases = cases.filter(asked["customer"])
    if "overdue" in asked:
        late = Exists(Deadline.objects.overdue(now).filter(case=OuterRef("pk")))
        cases = cases.filter(late if asked["overdue"] else ~late)
    if "due_before" in asked:
        cases = cases.filter(Exists(_waited().filter(due_at__lt=asked["due_before"])))
    if "q" in asked:
        cases = cases.filter(_says(asked["q"]))
    return cases


def _waited() -> QuerySet[Deadline]:
    return Deadline.objects.running().filter(case=OuterRef("pk"), is_historical=False)


def _says(words: str) -> Q:
    exact = Q(reference__iexact=words) | Q(external_id=words)
    named = Q(customer__in=Customer.objects.filter(name__icontains=words).values("pk"))
    return exact | named | Q(title__icontains=words) | Q(statement__icontains=words)
