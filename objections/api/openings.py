"""A new case as programs hand it in: with customer, contact and product inside."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.strict import StrictSerializer, wrong
from accounts.models import Scope
from customers import services
from customers.api.serializers import ContactWritten, CustomerWritten
from customers.models import Contact, Customer
from customers.services import ContactFacts, CustomerFacts
from objections.api.callers import Caller
from objections.api.steps import StepsField, field_of
from objections.openings import Opening
from timekeeping import clock

LARGEST_KEY = 2**63 - 1
OF_THE_PRODUCT = ("serial", "batch", "purchased_on")
WRITTEN_HERE = {"customer", "contact", "product", "clock_mode", *OF_THE_PRODUCT}
"""What programs write in another shape than the dataclass has it, or not at all."""


def _key() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST_KEY, required=False)


class CustomerNamed(CustomerWritten):
    """By `id`, or by `source` and `external_id`, or by name alone where no system knows it.

    A customer that the source has not named before is written down. One that is known
    is brought up to date if the token also has `customers:write`; without that it stays
    as it is.
    """

    contacts = None  # type: ignore[assignment]
    id = _key()
    source = serializers.CharField(max_length=80, required=False)  # type: ignore[assignment]
    external_id = serializers.CharField(max_length=120, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        naming = {name: attrs.pop(name, None) for name in ("id", "source", "external_id")}
        if naming["id"] is None and not naming["external_id"] and "name" not in attrs:
            raise wrong("name", _("Name the customer: by id, external_id or name."), "required")
        return {**naming, "facts": super().validate(attrs)["facts"]}


class ContactNamed(ContactWritten):
    """By `id`, or by name: found among the customer's contacts, or written down."""

    id = _key()
    name = serializers.CharField(max_length=120, required=False)

    def validate(self, attrs: dict[str, Any]) -> Any:
        if "id" in attrs:
            return attrs["id"]
        if "name" not in attrs:
            raise wrong("name", _("Name the contact: by id or name."), "required")
        return super().validate(attrs)


class ProductNamed(StrictSerializer):
    """By brand and model; one that nobody has named before is written down."""

    brand = serializers.CharField(max_length=120, required=False, allow_blank=True)
    model = serializers.CharField(max_length=200, required=False)
    serial = serializers.CharField(max_length=80, required=False, allow_blank=True)
    batch = serializers.CharField(max_length=80, required=False, allow_blank=True)
    purchased_on = serializers.DateField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("brand") and "model" not in attrs:
            raise wrong("model", _("Say the model, too."), "required")
        return attrs


class CaseWritten(StrictSerializer):
    """A new case. Left out, `received_at` is now and `source` is the client's name.

    `steps` are taken at once: all of it is saved, or nothing.
    """

    customer = CustomerNamed(required=False)
    contact = ContactNamed(required=False)
    product = ProductNamed(required=False)
    steps = StepsField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        hints = get_type_hints(Opening)
        made = [one for one in fields(Opening) if one.name not in WRITTEN_HERE]
        return {one.name: field_of(one, hints[one.name]) for one in made} | super().get_fields()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "customer" not in attrs and "contact" not in attrs:
            raise wrong("customer", _("Name the customer or a contact."), "required")
        return attrs


def opening_from(values: dict[str, Any], caller: Caller) -> Opening:
    """Return the opening for valid values; customer, contact and product exist afterwards.

    In the caller's transaction, so that a case that is refused leaves none of them.
    """
    given: dict[str, Any] = dict(values)
    given["source"] = _source(given, caller)
    customer, contact = _people(given, caller)
    product = {"product": None} | product_facts(given.pop("product", {}))
    given |= {"customer": customer, "contact": contact, **product}
    exact: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return Opening(**exact)


def _source(given: dict[str, Any], caller: Caller) -> str:
    source: str = given.get("source", "")
    if source or caller.client is None:
        if given.get("external_id") and not source:
            raise wrong("source", _("Say which system this number is from."), "required")
        return source
    return caller.client.name


def _people(given: dict[str, Any], caller: Caller) -> tuple[Customer | None, Contact | None]:
    """Return customer and contact. A contact alone brings its customer, or is one."""
    named, contact = given.pop("customer", None), given.pop("contact", None)
    customer = _customer(named, given["source"], caller) if named else None
    if isinstance(contact, int):
        found = Contact.objects.select_related("customer").filter(pk=contact).first()
        if found is None:
            raise wrong("contact.id", _("There is no such contact."), "unknown")
        return customer or found.customer, found
    if isinstance(contact, ContactFacts):
        customer = customer or services.create(CustomerFacts(name=contact.name))
        return customer, services.contact_of(customer, contact)
    return customer, None


def _customer(named: dict[str, Any], source: str, caller: Caller) -> Customer:
    facts: CustomerFacts = named["facts"]
    if named["id"] is not None:
        found = Customer.objects.filter(pk=named["id"]).first()
        if found is None:
            raise wrong("customer.id", _("There is no such customer."), "unknown")
        return found
    if not named["external_id"]:
        return services.create(facts)
    key = (named["source"] or source, named["external_id"])
    try:
        if caller.client is None or Scope.CUSTOMERS_WRITE in caller.scopes:
            return services.upsert(*key, facts, now=clock.now())[0]
        return services.find_or_create(*key, facts)
    except ValueError as error:
        said = _("A new customer needs a name.")
        raise wrong("customer.name", said, "required") from error


def product_facts(named: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a product, by the names that a case has for it."""
    given = {name: named[name] for name in OF_THE_PRODUCT if name in named}
    if "model" in named:
        given["product"] = services.product_of(named.get("brand", ""), named["model"])
    return given
