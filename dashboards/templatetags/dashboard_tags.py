"""What the desk, the board and the customer's record say about a case, as template tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django import template
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.models import User
from customers.models import Customer
from dashboards.selectors.board import Board, Risk
from dashboards.selectors.escalated import Climb, Told
from dashboards.selectors.filters import CaseFilter
from dashboards.selectors.lanes import Lane
from objections.models import Case, Notice
from objections.permissions import READ_ALL_ROLES
from objections.templatetags.casetrack_tags import icon
from objections.vocabulary import Channel, NoticeKind
from timekeeping.wording import duration, moment, time_of_day

register = template.Library()

CAME_IN = {
    Channel.PHONE: gettext_lazy("{name} · called {moment}"),
    Channel.EMAIL: gettext_lazy("{name} · wrote {moment}"),
    Channel.WEB: gettext_lazy("{name} · web form {moment}"),
    Channel.CHAT: gettext_lazy("{name} · in the chat {moment}"),
    Channel.SOCIAL: gettext_lazy("{name} · on social media {moment}"),
    Channel.ON_SITE: gettext_lazy("{name} · on site {moment}"),
}
KEY_ACCOUNT = pgettext_lazy("badge", "Key account")
KEY_ACCOUNT_SHORT = pgettext_lazy("short badge", "Key")


@register.simple_tag
def weekday(now: datetime) -> str:
    """Return the day as the head of a page says it: "Tue 17 Mar"."""
    return written(timezone.localtime(now), pgettext("date format: weekday and day", "D j M"))


@register.simple_tag
def tier(customer: Customer | None, long: bool = False) -> SafeString:
    """Mark a key account; nothing for other customers."""
    if customer is None or not customer.is_key_account:
        return SafeString("")
    words = KEY_ACCOUNT if long else KEY_ACCOUNT_SHORT
    return format_html('<span class="badge">{}{}</span>', icon("f-star"), words)


@register.simple_tag
def came_in(case: Case, now: datetime) -> str:
    """Say who spoke, how and when: "Ms Luo · called 10:31"."""
    at = moment(case.received_at, now, day=False)
    if not case.channel:
        return at
    name = str(case.contact or case.customer or "")
    return str(CAME_IN[Channel(case.channel)]).format(name=name, moment=at)


@register.simple_tag
def ended(case: Case, now: datetime) -> str:
    """Say when a case ended, or that none of its clocks runs."""
    if case.closed_at is None:
        return _("no clock is running")
    words = {"stage": case.get_stage_display(), "moment": moment(case.closed_at, now, day=False)}
    return _("{stage} {moment}").format(**words)


@register.simple_tag
def veiled(case: Case, user: User) -> bool:
    """True where a list names a case by its reference alone.

    Those who may read everything read a restricted case on its own page, where that
    leaves a trace, and not in passing.
    """
    return case.is_restricted and user.role in READ_ALL_ROLES


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address of the page without it."""

    label: str
    value: str
    without: str


@register.simple_tag
def chips(narrowed: CaseFilter, request: HttpRequest) -> list[Chip]:
    """Return the filters in force, each with the way to remove it."""
    found = []
    for name, value in narrowed.in_force.items():
        rest = request.GET.copy()
        for other in (name, "page", "print"):
            rest.pop(other, None)
        found.append(Chip(str(narrowed.fields[name].label), value, f"?{rest.urlencode()}"))
    return found


# The board


@register.simple_tag
def board_sentence(board: Board) -> str:
    """Say in one sentence what the board shows: what to take, what is at risk, who cannot."""
    taking = ngettext("{count} to take", "{count} to take", board.untaken_count)
    risk = ngettext("{count} at risk by {moment}", "{count} at risk by {moment}", board.risk_count)
    parts = [
        taking.format(count=board.untaken_count),
        risk.format(count=board.risk_count, moment=time_of_day(board.risk_until)),
    ]
    if board.overloaded:
        people = ngettext(
            "{count} person cannot meet everything",
            "{count} people cannot meet everything",
            board.overloaded,
        )
        parts.append(people.format(count=board.overloaded))
    return pgettext("between parts of a sentence", ", ").join(parts)


@register.simple_tag
def told(people: Sequence[Told], reader: User, now: datetime) -> str:
    """Say who was told when, and whether they looked."""
    parts = []
    for one in people:
        name = _("you") if one.person == reader else str(one.person or _("somebody who left"))
        words = {"name": name, "at": moment(one.at, now, day=False)}
        if one.seen_at is not None:
            seen = _("{name} {at}, seen {seen}")
            parts.append(seen.format(seen=moment(one.seen_at, now, day=False), **words))
        else:
            parts.append(_("{name} {at}, not seen yet").format(**words))
    return _("Told: {people}").format(people=pgettext("between people", "; ").join(parts))


@register.simple_tag
def climb(next_level: Climb) -> str:
    """Say who is told next and in how long."""
    names = pgettext("between names", ", ").join(str(person) for person in next_level.people)
    words = {"name": names or _("nobody"), "length": duration(next_level.length)}
    return _("{name} in {length}").format(**words)


@register.simple_tag
def why_at_risk(risk: Risk) -> str:
    """Say what stands between a promise and its keeping."""
    handler = risk.deadline.case.handler
    if handler is None:
        return _("nobody has it")
    if risk.handler_away:
        return _("{name} is away").format(name=handler)
    if not risk.before:
        return _("{name} has it next").format(name=handler)
    words = ngettext("{name} has {count} before it", "{name} has {count} before it", risk.before)
    return words.format(name=handler, count=risk.before)


@register.filter
def short(reference: str) -> str:
    """Return the end of a reference, for where there is little room: CT-…4815."""
    return f"CT-…{reference[-4:]}"


@register.simple_tag
def lane_words(lane: Lane) -> str:
    """Say whether a person can meet everything, and what not."""
    if lane.away_since is not None:
        since = moment(lane.away_since, lane.now, day=False)
        away = _("Away since {moment}").format(moment=since)
        if not lane.misses:
            return away
        due = time_of_day(lane.misses[0].due_at)
        return _("{away}, would miss {due}").format(away=away, due=due)
    if lane.misses:
        first = lane.misses[0]
        return _("Cannot all be met: {reference} would end {length} after {due}").format(
            reference=short(first.case.reference),
            length=duration(first.over_by),
            due=time_of_day(first.due_at),
        )
    if lane.room:
        return _("Room for {length}").format(length=duration(lane.room))
    return _("All can be met")


@register.simple_tag
def notice_heading(notice: Notice) -> str:
    """Say why somebody was told something."""
    label = str(NoticeKind(notice.kind).label)
    if notice.level:
        return _("{notice}, level {level}").format(notice=label, level=notice.level)
    return label
