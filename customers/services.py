"""Writing down who our customers are, where the facts come from a form or from a CRM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction

from accounts.models import Role, Team, User
from customers.models import Contact, Customer, Product, Tier

READERS = {Role.ANALYST, Role.AUDITOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What is known of a person at the customer's. What is None stays as it was."""

    name: str
    job_title: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFacts:
    """What is known of a customer. What is None stays as it was; a new one needs a name."""

    name: str | None = None
    tier: Tier | None = None
    language: str | None = None
    dedicated_team: Team | None = None
    emergency_contact: User | None = None


def may_edit(user: User) -> bool:
    """Tell whether a person may write customers down: all but those who only read."""
    return user.is_active and user.role not in READERS


@transaction.atomic
def upsert(
    source: str,
    external_id: str,
    facts: CustomerFacts,
    *,
    contacts: Sequence[ContactFacts] = (),
    now: datetime,
) -> tuple[Customer, bool]:
    """Create or update the customer that a source knows by a number; say whether it is new.

    Two calls at once make one customer. A customer that is not known yet needs a name
    (ValueError). The clocks of its open cases follow another tier soon after.
    """
    customer, created, also = find(source, external_id), False, list[str]()
    if customer is None:
        customer, created = _added(source, external_id, facts)
    if not created:
        if facts.tier not in (None, customer.tier):
            customer.tier_changed_at = now
            also = ["tier_changed_at"]
        _bring_up_to_date(customer, facts, also)
    for contact in contacts:
        contact_of(customer, contact)
    return customer, created


@transaction.atomic
def find_or_create(source: str, external_id: str, facts: CustomerFacts) -> Customer:
    """Return the customer of a source as it stands, or make it where it is not known yet."""
    return find(source, external_id) or _added(source, external_id, facts)[0]


def _added(source: str, external_id: str, facts: CustomerFacts) -> tuple[Customer, bool]:
    """Write a customer down, unless somebody else just has; tell whether it was us."""
    if facts.name is None:
        raise ValueError("a new customer needs a name")
    return Customer.objects.get_or_create(
        source=source, external_id=external_id, defaults=_known(facts)
    )


def find(source: str, external_id: str) -> Customer | None:
    return Customer.objects.filter(source=source, external_id=external_id).first()


def create(facts: CustomerFacts) -> Customer:
    """Write down a customer that no other system knows."""
    return Customer.objects.create(**_known(facts))


@transaction.atomic
def contact_of(customer: Customer, facts: ContactFacts) -> Contact:
    """Return the customer's contact of this name, brought up to date, or a new one.

    Of two contacts of the same name the one with this e-mail address or telephone
    number is meant, else the first. Two calls at once make one contact.
    """
    found = _same_person(customer, facts)
    if found is None:
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        found = _same_person(customer, facts)
    if found is None:
        return Contact.objects.create(customer=customer, **_known(facts))
    _bring_up_to_date(found, facts)
    return found


def _same_person(customer: Customer, facts: ContactFacts) -> Contact | None:
    same_name = list(customer.contacts.filter(name=facts.name).order_by("pk"))
    for contact in same_name:
        if contact.email and contact.email == facts.email:
            return contact
        if contact.phone and contact.phone == facts.phone:
            return contact
    return same_name[0] if same_name else None


def product_of(brand: str, model: str) -> Product:
    """Return the product of this brand and model; one nobody has named before is made."""
    return Product.objects.get_or_create(brand=brand, model=model)[0]


def _known(facts: CustomerFacts | ContactFacts) -> dict[str, object]:
    values = {one.name: getattr(facts, one.name) for one in fields(facts)}
    return {name: value for name, value in values.items() if value is not None}


def _bring_up_to_date(
    row: Customer | Contact, facts: CustomerFacts | ContactFacts, also: Sequence[str] = ()
) -> None:
    known = _known(facts)
    changed = [name for name, value in known.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, known[name])
    if changed:
        row.save(update_fields=[*changed, *also])
