"""How programs write customers down, and how they read them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.shown import PersonShown, TeamShown
from accounts.api.strict import PersonField, StrictSerializer, TeamField
from accounts.models import Language
from customers.models import Contact, Customer, Product, Tier
from customers.services import ContactFacts, CustomerFacts


class SourceKey(StrictSerializer):
    """The two parts of a customer's address."""

    source = serializers.CharField(max_length=80)  # type: ignore[assignment]
    external_id = serializers.CharField(max_length=120)


class ContactWritten(StrictSerializer):
    """A person at the customer's, found by name and brought up to date, or written down."""

    name = serializers.CharField(max_length=120)
    job_title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> Any:
        return ContactFacts(**attrs)


class CustomerWritten(StrictSerializer):
    """What is left out stays as it is. A customer that is new needs a name."""

    name = serializers.CharField(max_length=200, required=False)
    tier = serializers.ChoiceField(choices=Tier.choices, required=False)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    dedicated_team = TeamField(required=False)
    emergency_contact = PersonField(required=False)
    contacts = ContactWritten(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        contacts = attrs.pop("contacts", [])
        return {"facts": customer_facts(attrs), "contacts": contacts}


def customer_facts(values: dict[str, Any]) -> CustomerFacts:
    tier = values.get("tier")
    return CustomerFacts(**{**values, "tier": Tier(tier) if tier else None})


class ContactShown(serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = ["id", "name", "job_title", "phone", "email"]


class ProductShown(serializers.ModelSerializer[Product]):
    class Meta:
        model = Product
        fields = ["id", "brand", "model"]


class CustomerBrief(serializers.ModelSerializer[Customer]):
    """A customer as far as a case needs it."""

    class Meta:
        model = Customer
        fields = ["id", "source", "external_id", "name", "tier"]


class CustomerShown(CustomerBrief):
    dedicated_team = TeamShown(allow_null=True)
    emergency_contact = PersonShown(allow_null=True)
    contacts = ContactShown(many=True)

    class Meta(CustomerBrief.Meta):
        fields = [
            *CustomerBrief.Meta.fields, "language", "dedicated_team", "emergency_contact",
            "contacts",
        ]  # fmt: skip
