"""What the page of a new case looks up while the customer speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db.models import Q
from django.forms.boundfield import BoundField

from customers.models import Contact, Customer, Product
from objections.clockface import Clock, face
from objections.deadlines import keeping, terms
from objections.models import Case, Deadline
from objections.vocabulary import Kind, Promise, Urgency

MOST = 6
SHORTEST = 2
"""A search for fewer letters would find everything; of Chinese ones, one is enough."""


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A customer with one of its contacts. ``value`` is what the form sends."""

    customer: Customer
    contact: Contact | None
    is_chosen: bool = False

    @property
    def value(self) -> str:
        return f"{self.customer.pk}:{self.contact.pk}" if self.contact else str(self.customer.pk)


@dataclass(frozen=True, slots=True)
class ProductHit:
    product: Product
    is_chosen: bool = False


def customers(typed: str, chosen: object = None) -> list[CustomerHit]:
    """Return who matches what is typed, by name or telephone number; the chosen one first."""
    found = _chosen_customer(str(chosen or ""))
    text = _searchable(typed)
    if not text:
        return found
    named = Q(name__icontains=text) | Q(contacts__name__icontains=text)
    by_phone = Q(contacts__phone__icontains=text) | Q(contacts__email__icontains=text)
    rows = Customer.objects.filter(named | by_phone).distinct().order_by("name", "pk")
    taken = {hit.value for hit in found}
    hits = [hit for row in rows.prefetch_related("contacts")[:MOST] for hit in _hits(row, text)]
    return [*found, *(hit for hit in hits if hit.value not in taken)][: MOST + len(found)]


def _hits(customer: Customer, text: str) -> list[CustomerHit]:
    contacts = list(customer.contacts.all())
    wanted = text.casefold()
    if wanted not in customer.name.casefold():
        contacts = [one for one in contacts if wanted in _facts(one)]
    return [CustomerHit(customer, one) for one in contacts] or [CustomerHit(customer, None)]


def _facts(contact: Contact) -> str:
    return f"{contact.name}\n{contact.phone}\n{contact.email}".casefold()


def _chosen_customer(value: str) -> list[CustomerHit]:
    customer_key, _colon, contact_key = value.partition(":")
    if not _is_key(customer_key):
        return []
    customer = Customer.objects.filter(pk=customer_key).first()
    if customer is None:
        return []
    contact = customer.contacts.filter(pk=contact_key).first() if _is_key(contact_key) else None
    return [CustomerHit(customer, contact, is_chosen=True)]


def products(typed: str, chosen: object = None) -> list[ProductHit]:
    """Return the products whose brand and model hold all the words that are typed."""
    key = str(chosen or "")
    first = Product.objects.filter(pk=key).first() if _is_key(key) else None
    found = [ProductHit(first, is_chosen=True)] if first else []
    text = _searchable(typed)
    if not text:
        return found
    rows = Product.objects.all()
    for word in text.split():
        rows = rows.filter(Q(brand__icontains=word) | Q(model__icontains=word))
    others = rows.exclude(pk=first.pk) if first else rows
    return [*found, *(ProductHit(row) for row in others[:MOST])]


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 13


def _searchable(typed: str) -> str:
    text = typed.replace("\0", "").strip()[:100]
    return text if len(text) >= SHORTEST or not text.isascii() else ""


def spoken_at(form: forms.Form, now: datetime) -> datetime:
    """Return when the customer spoke as far as the form says so already; else now."""
    return cleaned(form["received_at"]) or cleaned(form["spoke_at"]) or now


def cleaned(bound: BoundField) -> datetime | None:
    """Return the moment in a field, or None where there is none that can be read."""
    try:
        value: datetime | None = bound.field.clean(bound.value())
    except forms.ValidationError:
        return None
    return value


def acknowledgement(kind: object, urgency: object, at: datetime, now: datetime) -> Clock:
    """Return the clock of the acknowledgement as it would run for a case of this kind."""
    case = Case(
        kind=kind if kind in Kind.values else Kind.COMPLAINT,
        urgency=urgency if urgency in Urgency.values else Urgency.NORMAL,
    )
    given = terms.find(case, [Promise.ACKNOWLEDGEMENT])[Promise.ACKNOWLEDGEMENT]
    if given.length is None:
        raise terms.NoPolicy(Promise.ACKNOWLEDGEMENT)
    deadline, due = Deadline(promise=Promise.ACKNOWLEDGEMENT, started_at=at), given.due(at)
    keeping.put(deadline, given, due)
    deadline.ladder = given.ladder(at, due)
    return face(deadline, now=now)
