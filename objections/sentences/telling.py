"""What a sentence about an event may look at, and the parts that sentences share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from objections.models import Case, CaseEvent, Deadline, Evidence
from objections.vocabulary import ActorKind, Channel, Emotion, EventKind
from timekeeping import wording

CUSTOMER, US, CLOCK, INTERNAL = "customer", "us", "clock", "internal"


@dataclass(frozen=True, slots=True)
class Told:
    """One event as the timeline says it. ``icon`` is, for a clock, its state."""

    kind: str
    icon: str
    sentence: str
    quote: str = ""
    detail: str = ""


@dataclass(slots=True)
class Telling:
    """The case behind the events, and all the names that they speak of by number.

    ``mood`` is the emotion level before each event, ``count`` the how-manieth of its kind
    it is; ``informed`` are the people who were told at a rung. ``hidden`` are the events
    about another case that does not exist for the reader.
    """

    case: Case
    now: datetime
    people: dict[int, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    deadlines: dict[int, Deadline] = field(default_factory=dict)
    evidence: dict[int, Evidence] = field(default_factory=dict)
    informed: dict[tuple[int | None, datetime], list[str]] = field(default_factory=dict)
    mood: dict[int, int | None] = field(default_factory=dict)
    count: dict[int, int] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)

    @property
    def customer(self) -> str:
        """The name of whom we talk to: the contact, else the customer."""
        return str(self.case.contact or self.case.customer or _("The customer"))

    def moment(self, stamp: object) -> str:
        """Return an instant of an event's data as seen from now; nothing for none."""
        if not isinstance(stamp, str) or not stamp or stamp == "None":
            return ""
        return wording.moment(datetime.fromisoformat(stamp), self.now)

    def person(self, key: object) -> str:
        return self.people.get(key, "") if isinstance(key, int) else ""


Formatter = Callable[[CaseEvent, Telling], Told]
FORMATTERS: dict[EventKind, Formatter] = {}


def says(*kinds: EventKind) -> Callable[[Formatter], Formatter]:
    """Register the function that makes the sentences of these kinds."""

    def register(formatter: Formatter) -> Formatter:
        for kind in kinds:
            FORMATTERS[kind] = formatter
        return formatter

    return register


def bold(name: object) -> SafeString:
    return format_html("<b>{}</b>", name)


def who(event: CaseEvent, telling: Telling) -> SafeString:
    """Return who did it, as a name that stands out."""
    if event.actor_kind == ActorKind.CUSTOMER:
        return bold(telling.customer)
    if event.client is not None and event.user is not None:
        through = _("{person} (through {system})")
        return bold(through.format(person=event.user, system=event.client.name))
    if event.user is not None:
        return bold(event.user)
    return bold(event.client.name if event.client else _("The system"))


def other_case(event: CaseEvent, telling: Telling) -> SafeString:
    """Return the other case that an event names, as a link; unnamed where it is hidden."""
    if event.pk in telling.hidden:
        return format_html("{}", _("another case"))
    reference = str(event.data.get("reference") or "")
    url = reverse("case", args=[reference])
    return format_html('<a class="text-decoration-underline" href="{}">{}</a>', url, reference)


def partner(event: CaseEvent, telling: Telling) -> str:
    """Return with whom at the customer's the contact was."""
    return str(event.data.get("with_whom") or telling.customer)


def sentence(pattern: str | Lazy, **parts: Any) -> SafeString:
    """Fill a translated pattern; what people typed is escaped."""
    return format_html(str(pattern), **parts)


HOW: dict[str, str | Lazy] = {
    Channel.PHONE: gettext_lazy("by phone"),
    Channel.EMAIL: gettext_lazy("by e-mail"),
    Channel.WEB: gettext_lazy("through the web form"),
    Channel.CHAT: gettext_lazy("in the chat"),
    Channel.SOCIAL: gettext_lazy("on social media"),
    Channel.ON_SITE: gettext_lazy("on site"),
}
OUTGOING = {
    Channel.PHONE: "phone",
    Channel.EMAIL: "mail",
    Channel.WEB: "link",
    Channel.CHAT: "message",
    Channel.SOCIAL: "brand-wechat",
    Channel.ON_SITE: "building-factory-2",
}
INCOMING = {**OUTGOING, Channel.PHONE: "phone-incoming"}


def how(event: CaseEvent) -> str:
    return str(HOW.get(event.data.get("channel", ""), ""))


def outgoing(event: CaseEvent) -> str:
    return OUTGOING.get(event.data.get("channel", ""), "message")


def incoming(event: CaseEvent) -> str:
    return INCOMING.get(event.data.get("channel", ""), "message")


def mood(event: CaseEvent, telling: Telling) -> SafeString:
    """Return how the customer felt, and before that, where the event says so."""
    level = event.data.get("emotion")
    if level not in Emotion.values:
        return SafeString("")
    before, after = telling.mood.get(event.pk), Emotion(level)
    if before in Emotion.values and before != level:
        earlier = Emotion(before)
        words = _("emotion {before} → {after}").format(
            before=f"{earlier.value} {earlier.label}", after=f"{after.value} {after.label}"
        )
    else:
        words = _("emotion {level}").format(level=f"{after.value} {after.label}")
    return format_html(' <span class="text-secondary fs-meta">{}</span>', words)


def words_of(event: CaseEvent) -> str:
    return str(event.data.get("words") or "")


def lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
