"""The links to the customer's page that were made for a case, as its page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.models import User
from objections import links, permissions
from objections.models import Case, CustomerLink
from objections.vocabulary import Action, LinkMedium, Stage

MOST = 10


class State(StrEnum):
    WORKS = "works"
    ENDED = "ended"
    REVOKED = "revoked"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Row:
    """A link: ``address`` only of one that works and that somebody passes on."""

    link: CustomerLink
    state: State
    address: str

    @property
    def works(self) -> bool:
        return self.state is State.WORKS


@dataclass(frozen=True, slots=True)
class Links:
    """``may_invite`` and ``may_revoke`` say what this reader may do now."""

    rows: list[Row]
    may_invite: bool
    may_revoke: bool


def links_of(case: Case, user: User, now: datetime) -> Links:
    """Return the newest links of a case. Who may not act on it sees no address."""
    may = permissions.may(user, Action.INVITE, case)
    found = case.links.select_related("created_by", "sent_in")[:MOST]
    rows = [_row(link, now, may=may) for link in found]
    is_open = case.is_open and case.stage != Stage.MERGED and not case.is_silent
    return Links(rows, may_invite=may and is_open, may_revoke=may)


def _row(link: CustomerLink, now: datetime, *, may: bool) -> Row:
    state = _state(link, now)
    shown = may and state is State.WORKS and link.medium == LinkMedium.BY_HAND
    return Row(link, state, links.address(link) if shown else "")


def _state(link: CustomerLink, now: datetime) -> State:
    if link.revoked_at is not None:
        return State.REVOKED
    if link.expires_at <= now:
        return State.ENDED
    if link.sent_in is not None and link.sent_in.withdrawn_at is not None:
        return State.LOST
    return State.WORKS
