"""The notes on the page that explains a deadline, as template tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from objections import explained, explained_changes
from objections.allowances import allowed
from objections.clockface import promise_name
from objections.deadlines.explaining import Explanation, Listener, RungSaid, Start, Stood
from objections.deadlines.reasons import Change
from objections.deadlines.terms import BREACH, WARNING
from objections.models import ContactRecord, Deadline
from objections.vocabulary import Promise, Unit
from timekeeping.wording import duration, moment, time_of_day

register = template.Library()

MINUTE = timedelta(minutes=1)


@register.simple_tag
def promise_and_round(deadline: Deadline) -> str:
    """Return the promise with its round, the first one too."""
    if deadline.promise in (Promise.RESPONSE, Promise.FOLLOW_UP) and deadline.cycle == 1:
        return _("{promise}, round {round}").format(promise=promise_name(deadline), round=1)
    return promise_name(deadline)


@register.simple_tag
def exactly(at: datetime) -> str:
    """Return a moment to the second, in the reader's zone."""
    pattern = pgettext("date format: day and time to the second", "j M Y H:i:s")
    return written(timezone.localtime(at), pattern)


@register.simple_tag
def exact_length(length: timedelta) -> str:
    """Return a length with its seconds, where it has any."""
    rest = length % MINUTE
    if length >= MINUTE and rest < timedelta(seconds=1):
        return duration(length)
    seconds = _("{count} s").format(count=rest // timedelta(seconds=1))
    return seconds if length < MINUTE else f"{duration(length)} {seconds}"


@register.simple_tag
def start_note(told: Explanation) -> str:
    """Say what the start is, and what it is not."""
    case = told.case
    if told.start is Start.SPOKE:
        if case.opened_at - case.received_at >= MINUTE:
            opened = time_of_day(case.opened_at)
            return _("when the customer spoke, not {opened} when the case was written down").format(
                opened=opened
            )
        return _("when the customer spoke")
    return explained.sentences(told)[0]


@register.simple_tag
def allowed_words(told: Explanation) -> str:
    """Return what the policy allows, with the unit in which it is counted."""
    return allowed(Unit(told.deadline.unit), told.allowed)


@register.simple_tag
def allowance_note(told: Explanation) -> str:
    """Say how the allowance is counted, and by which policy and calendar."""
    deadline, unit = told.deadline, Unit(told.deadline.unit).label
    words = _("{unit}; policy “{policy}”, version {version}").format(
        unit=unit, policy=deadline.policy_name, version=deadline.policy_version
    )
    if told.counting is None:
        return words
    return _("{words}; calendar “{calendar}”, version {edition}").format(
        words=words, calendar=told.counting.name, edition=told.counting.version
    )


@register.simple_tag
def counting_note(told: Explanation) -> str:
    """Say what the calendar left out and what it took in; empty for elapsed time."""
    return explained.joined(explained_changes.counted(told, explained.plain)[1:])


@register.simple_tag
def provisional_note(told: Explanation) -> str:
    """Say which year's calendar may still move the due moment; empty where none does."""
    return explained.joined(explained_changes.provisional(told))


@register.simple_tag
def change_note(change: Change, told: Explanation) -> str:
    """Say why a clock was computed anew, by whom, and when it was due before."""
    return explained.joined(list(explained_changes.change(change, told.now, explained.plain)))


@register.simple_tag
def pause_note(stood: Stood, told: Explanation) -> str:
    """Say why a clock stood still, on what evidence, and what the policy allows."""
    pause = stood.pause
    words = _("{reason}: {evidence}").format(
        reason=pause.get_reason_display(), evidence=pause.evidence
    )
    if told.deadline.pause_maximum is None:
        return words
    maximum = duration(told.deadline.pause_maximum)
    return _("{words}; {maximum} at most").format(words=words, maximum=maximum)


@dataclass(frozen=True, slots=True)
class Line:
    """A rung as the page tells it. ``late`` says when the system noticed it late."""

    rung: RungSaid
    names: str
    words: str
    state: str
    seen: str
    late: str

    @property
    def is_due(self) -> bool:
        return self.rung.kind == BREACH


@register.filter
def rung_lines(told: Explanation) -> Iterator[Line]:
    """Return the rungs of an explanation in words."""
    warnings = 0
    for rung in told.rungs:
        warnings += rung.kind == WARNING
        names = pgettext("between names", ", ").join(_name(one) for one in rung.listeners)
        yield Line(
            rung=rung,
            names=names or _nobody(rung, told),
            words=explained.rung_words(rung, warnings),
            state=explained.rung_state(rung, told.now),
            seen=_seen(rung, told.now),
            late=_late(rung, told.now),
        )


def _name(listener: Listener) -> str:
    if listener.in_place_of is None:
        return str(listener.person)
    words = _("{name}, standing in for {absent}")
    return words.format(name=listener.person, absent=listener.in_place_of)


def _nobody(rung: RungSaid, told: Explanation) -> str:
    """Say why a rung told nobody, or will not."""
    if told.case.is_observed:
        return _("nobody: the case is only observed")
    if rung.rang and rung.kind in (WARNING, "reminder"):
        return _("nobody: overtaken by the next")
    return _("nobody there")


def _seen(rung: RungSaid, now: datetime) -> str:
    seen = [one.seen_at for one in rung.listeners if one.seen_at is not None]
    if not seen:
        return ""
    return _("seen {moment}").format(moment=moment(min(seen), now, day=False))


def _late(rung: RungSaid, now: datetime) -> str:
    if rung.late_by_system is None or rung.recorded_at is None:
        return ""
    return _("The system noticed it only {moment}, {length} late").format(
        moment=moment(rung.recorded_at, now), length=duration(rung.late_by_system)
    )


@register.simple_tag
def proof_words(proof: ContactRecord, now: datetime) -> str:
    """Say what contact keeps the promise: who, with whom, how, when."""
    words = {
        "purpose": proof.get_purpose_display(),
        "channel": proof.get_channel_display(),
        "whom": proof.with_whom or _("the customer"),
        "who": str(proof.by_user or _("a connected system")),
        "at": moment(proof.occurred_at, now),
    }
    return _("{purpose} by {who}, {at}: {channel}, {whom}").format(**words)


@register.simple_tag
def proof_note(proof: ContactRecord, now: datetime) -> str:
    """Say when a proof counts, where that is not simply when it took place."""
    if proof.late_confirmed_at is not None:
        return _("Recorded {recorded}; {name} confirmed that it counts when it took place").format(
            recorded=moment(proof.recorded_at, now), name=proof.late_confirmed_by
        )
    if proof.counts_at != proof.occurred_at:
        return _("Recorded {recorded}, more than 10 min later: it counts from then").format(
            recorded=moment(proof.recorded_at, now)
        )
    if proof.recorded_at - proof.occurred_at >= MINUTE:
        return _("Recorded {recorded}").format(recorded=moment(proof.recorded_at, now))
    return ""
