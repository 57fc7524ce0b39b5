"""What has happened so far, from the customer's side: a list of public events, in plain words.

Words are quoted only where they were written: by the customer on this page, or by us in an
e-mail that left. What one of us noted of a talk stays with us.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from objections.models import Case, CaseEvent
from objections.vocabulary import ActorKind, Channel, EventKind
from timekeeping.wording import moment

E = EventKind
MOST = 40

SAID: Mapping[str, str | Lazy] = {
    E.OPENED: _("You told us about it"),
    E.ACKNOWLEDGED: _("We thanked you and heard you"),
    E.RESTATED: _("We put into words what we understood"),
    E.CORRECTED: _("You told us what was not right"),
    E.CONFIRMED: _("You confirmed what we understood"),
    E.SOLUTION_COMMUNICATED: _("We told you the cause and the ways out"),
    E.OPTION_CHOSEN: _("You chose: {title}"),
    E.SOLUTION_REJECTED: _("You told us that none of the ways suits you"),
    E.DEMAND_REFUSED: _("We told you what we cannot do, and what we can do instead"),
    E.CARRIED_OUT: _("It was carried out"),
    E.ATTEMPT_RECORDED: _("We tried to reach you"),
    E.VERDICT_GIVEN: _("You told us that it is solved"),
    E.CLOSED_SATISFIED: _("You told us that it is solved"),
    E.CLOSED_UNREACHABLE: _("We did not reach you and ended the matter for now"),
    E.CLOSED_THANKED: _("We thanked you"),
    E.NOT_SATISFIED: _("You told us that you are not satisfied"),
    E.PROTESTED: _("You told us that you are not satisfied"),
    E.REOPENED: _("We took it up again"),
    E.PROGRESS_UPDATED: _("We told you how things stand"),
    E.MESSAGE_RECEIVED: _("You wrote to us or called us"),
    E.REPLIED: _("We answered you"),
    E.COMMITMENT_KEPT: _("We kept a promise: {what}"),
    E.COMMITMENT_REAGREED: _("We agreed on a new time for: {what}"),
}
"""The events that a customer hears of, each as they lived it. All others are ours."""

FACTS = ("title", "what")


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the course. ``quote`` is in the words of whoever wrote it."""

    kind: str
    at: datetime
    when: str
    words: str
    quote: str
    is_theirs: bool


def course_of(case: Case, now: datetime) -> list[Moment]:
    """Return the newest public events, newest first. A message that never arrived is none."""
    lost = case.contact_records.filter(withdrawn_at__isnull=False).values_list("pk", flat=True)
    gone = set(lost)
    events = case.events.filter(kind__in=SAID).order_by("-occurred_at", "-pk")[:MOST]
    return [_said(event, now) for event in events if event.data.get("contact") not in gone]


def _said(event: CaseEvent, now: datetime) -> Moment:
    data: dict[str, Any] = event.data
    facts = {name: data.get(name) or "" for name in FACTS}
    theirs = event.actor_kind == ActorKind.CUSTOMER
    written = event.kind in WRITTEN_BY_US and data.get("channel") == Channel.EMAIL
    quote = str(data.get("words") or "") if theirs or written else ""
    return Moment(
        event.kind, event.occurred_at, moment(event.occurred_at, now),
        str(SAID[event.kind]).format(**facts), quote, theirs,
    )  # fmt: skip


WRITTEN_BY_US = frozenset({
    E.ACKNOWLEDGED, E.SOLUTION_COMMUNICATED, E.DEMAND_REFUSED, E.PROGRESS_UPDATED, E.REPLIED,
    E.COMMITMENT_REAGREED,
})  # fmt: skip
"""What leaves word for word where it goes by e-mail."""
