"""What somebody hands in to open a case, as a frozen, typed value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Team, User
from customers.models import Contact, Customer, Product
from objections.vocabulary import (
    Channel,
    ClockMode,
    CustomerStyle,
    Emotion,
    Kind,
    Origin,
    Sensitivity,
    Urgency,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A new case. ``received_at`` is when the customer spoke; left out, it is now.

    ``title`` left out is the beginning of the statement; ``team`` left out is found by
    routing. A historical case may lack customer and channel.
    """

    statement: str
    customer: Customer | None = None
    channel: Channel | None = None
    contact: Contact | None = None
    title: str = ""
    kind: Kind = Kind.COMPLAINT
    urgency: Urgency = Urgency.NORMAL
    sensitivity: Sensitivity = Sensitivity.NORMAL
    named_people: tuple[User, ...] = ()
    received_at: datetime | None = None
    questions: tuple[str, ...] = ()
    emotion: Emotion | None = None
    style: CustomerStyle | None = None
    origin: Origin | None = None
    product: Product | None = None
    serial: str = ""
    batch: str = ""
    purchased_on: date | None = None
    symptom_codes: tuple[str, ...] = ()
    frequency: str = ""
    since: str = ""
    expectation: str = ""
    already_tried: str = ""
    team: Team | None = None
    handler: User | None = None
    source: str = ""
    external_id: str = ""
    clock_mode: ClockMode = ClockMode.LIVE
