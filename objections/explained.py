"""An explanation in words: sentences that a customer, an engineer and an auditor can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from objections import explained_changes
from objections.allowances import allowed, worked
from objections.clockface import promise_name
from objections.deadlines.explaining import Explanation, RungSaid, Start
from objections.deadlines.terms import BREACH, WARNING
from objections.models import Commitment, ContactRecord, HandOver
from objections.vocabulary import Channel, PauseReason, Promise, Unit
from timekeeping.wording import duration, moment

Mark = Callable[[str], str]
"""What is done to a moment or a length inside a sentence: nothing, or making it stand out."""

SPOKE: dict[str, str | Lazy] = {
    Channel.PHONE: gettext_lazy("The customer called {at}."),
    Channel.EMAIL: gettext_lazy("The customer wrote {at}."),
    Channel.WEB: gettext_lazy("The customer sent a web form {at}."),
    Channel.CHAT: gettext_lazy("The customer wrote in the chat {at}."),
    Channel.SOCIAL: gettext_lazy("The customer wrote on social media {at}."),
    Channel.ON_SITE: gettext_lazy("The customer spoke to us on site {at}."),
    "": gettext_lazy("The customer spoke {at}."),
}
STARTED: dict[Start, str | Lazy] = {
    Start.REJECTED: gettext_lazy("The customer rejected the solution {at}."),
    Start.NOT_SATISFIED: gettext_lazy("The customer was not satisfied {at}."),
    Start.REOPENED: gettext_lazy("The case was reopened {at}."),
    Start.CARRIED_OUT: gettext_lazy("The solution was carried out {at}."),
    Start.TOLD: gettext_lazy("The customer last heard from us {at}."),
    Start.PROMISED: gettext_lazy("We promised {at}: “{what}”."),
    Start.ASKED: gettext_lazy("We asked {who} {at}: “{what}”."),
    Start.WROTE: gettext_lazy("The customer wrote or called {at}."),
    Start.MERGED: gettext_lazy(
        "The customer spoke {at}: that was {what}, which was merged into this case."
    ),
}
PROMISED: dict[Promise, str | Lazy] = {
    Promise.ACKNOWLEDGEMENT: gettext_lazy("A person gets back to them within {length}."),
    Promise.RESPONSE: gettext_lazy("We promise cause and solution within {length}."),
    Promise.FOLLOW_UP: gettext_lazy("Within {length} we ask whether it is really solved."),
    Promise.PROGRESS_UPDATE: gettext_lazy("Within {length} we say how things stand."),
    Promise.COMMITMENT: gettext_lazy("That leaves {length}."),
    Promise.HAND_OVER: gettext_lazy("Their answer is owed within {length}."),
    Promise.CUSTOMER_MESSAGE: gettext_lazy("A person replies within {length}."),
}
STOPS: dict[Promise, tuple[str | Lazy, str | Lazy]] = {
    Promise.ACKNOWLEDGEMENT: (
        gettext_lazy("A person speaks to the customer, and it is on record"),
        gettext_lazy("When, by which channel, with whom, what was said"),
    ),
    Promise.RESPONSE: (
        gettext_lazy("The customer is told cause and solution, and it is on record"),
        gettext_lazy("What was sent, to whom, when"),
    ),
    Promise.FOLLOW_UP: (
        gettext_lazy("The customer says how it went, or could not be reached"),
        gettext_lazy("A verdict, or at least 3 attempts on at least 2 different days"),
    ),
    Promise.PROGRESS_UPDATE: (
        gettext_lazy("A person tells the customer how things stand"),
        gettext_lazy("Even if little has moved; telling the solution counts, too"),
    ),
    Promise.COMMITMENT: (
        gettext_lazy("What was promised is done, with proof"),
        gettext_lazy("Told before it falls due, it can be re-agreed; that is counted"),
    ),
    Promise.HAND_OVER: (
        gettext_lazy("Their answer is on record"),
        gettext_lazy("What was answered, and when"),
    ),
    Promise.CUSTOMER_MESSAGE: (
        gettext_lazy("A person replies to the customer"),
        gettext_lazy("What was said, by which channel, when"),
    ),
}
PAUSED: dict[str, str | Lazy] = {
    PauseReason.CUSTOMER: gettext_lazy("waiting for the customer"),
    PauseReason.SHUTDOWN: gettext_lazy("the customer's shutdown"),
}


def plain(text: str) -> str:
    return text


def title(told: Explanation) -> str:
    """Return the question that the page answers."""
    if told.late_by is not None:
        return _("Why “{promise}” was late").format(promise=promise_name(told.deadline))
    due = moment(told.due_at, told.now)
    if told.deadline.is_running and told.deadline.due_at is not None:
        return _("Why it is due {moment}").format(moment=due)
    if told.deadline.is_running:
        return _("Why this clock stands still")
    return _("Why it was due {moment}").format(moment=due)


def _moved(told: Explanation, mark: Mark) -> list[str]:
    if not told.deadline.moved:
        return []
    length = mark(duration(told.deadline.moved))
    return [_("That would have been at night, so it moved by {length}.").format(length=length)]


def sentences(told: Explanation, mark: Mark = plain) -> list[str]:
    """Return the answer, one sentence after the other, in the active language.

    ``mark`` makes moments and lengths stand out; what people wrote is handed to it, too,
    so that it can be escaped.
    """
    length = mark(allowed(Unit(told.deadline.unit), told.allowed))
    promised = str(PROMISED[Promise(told.deadline.promise)]).format(length=length)
    return [
        _started(told, mark),
        promised,
        *explained_changes.counted(told, mark),
        *_moved(told, mark),
        *_stood_still(told, mark),
        *explained_changes.changed(told, mark),
        _due(told, mark),
        *explained_changes.provisional(told),
        *_outcome(told, mark),
    ]


def joined(parts: Sequence[str]) -> str:
    """Return sentences as one text; Chinese has no space between them."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(parts)


def _started(told: Explanation, mark: Mark) -> str:
    at = mark(moment(told.deadline.started_at, told.now))
    if told.start is Start.SPOKE:
        return str(SPOKE.get(told.case.channel, SPOKE[""])).format(at=at)
    what, who = _subject(told)
    return str(STARTED[told.start]).format(at=at, what=mark(what), who=mark(who))


def _subject(told: Explanation) -> tuple[str, str]:
    about = told.about
    if told.start is Start.MERGED:
        return told.brought_by or _("another case"), ""
    if isinstance(about, Commitment):
        return about.what, ""
    if isinstance(about, HandOver):
        return about.question, about.department or str(about.to_user or "")
    return (about.words if isinstance(about, ContactRecord) else ""), ""


def _stood_still(told: Explanation, mark: Mark) -> list[str]:
    words = []
    for stood in told.pauses:
        reason = str(PAUSED.get(stood.pause.reason, stood.pause.reason))
        length = mark(duration(stood.length))
        if stood.pause.resumed_at is None:
            until = mark(moment(stood.pause.resume_at, told.now))
            pattern = _("It stands still: {reason}, for {length} so far, until {until} at most.")
            words.append(pattern.format(reason=reason, length=length, until=until))
        else:
            pattern = _("In between it stood still for {length}: {reason}.")
            words.append(pattern.format(reason=reason, length=length))
    return words


def _due(told: Explanation, mark: Mark) -> str:
    if told.deadline.due_at is None:
        rest = told.deadline.remaining or timedelta(0)
        if told.deadline.unit == Unit.WORKING:
            left = mark(worked(rest))
            return _("{length} of working time are left when it runs on.").format(length=left)
        left = mark(duration(rest))
        return _("{length} are left when it runs on.").format(length=left)
    due = mark(moment(told.due_at, told.now))
    if told.deadline.is_running and told.late_by is None:
        return _("So it is due {due}.").format(due=due)
    return _("So it was due {due}.").format(due=due)


def _outcome(told: Explanation, mark: Mark) -> list[str]:
    deadline, settled = told.deadline, told.settled_at
    if deadline.is_historical:
        return [_("It is kept for the record alone: it never rings and is never counted.")]
    if deadline.ended_at is not None:
        at = mark(moment(deadline.ended_at, told.now))
        if deadline.ended_as == "merged":
            return [explained_changes.ended_with_case(told, at, mark)]
        if told.late_by is None:
            return [_("It ended {at} and is not counted.").format(at=at)]
        late = mark(duration(told.late_by))
        return [_("It ended {at} without an answer, {length} late.").format(at=at, length=late)]
    if settled is None:
        if told.late_by is None:
            return []
        late = mark(duration(told.late_by))
        return [_("Nothing on record keeps it, so it is {length} late.").format(length=late)]
    words = []
    if told.withdrawn_at is not None:
        words.append(_("A proof that came to light later was in time: the breach was withdrawn."))
    at = mark(moment(settled, told.now))
    if told.late_by is not None:
        late = mark(duration(told.late_by))
        return [*words, _("It was answered {at}, {length} too late.").format(at=at, length=late)]
    early = mark(duration(told.due_at - settled))
    return [*words, _("It was kept {at}, with {length} to spare.").format(at=at, length=early)]


# The parts below the sentence


def stops(told: Explanation) -> tuple[str, str]:
    """Return what keeps this promise, and what of it must be on record."""
    what, record = STOPS[Promise(told.deadline.promise)]
    return str(what), str(record)


def pause_words(told: Explanation) -> str:
    """Return whether the clock may still be paused."""
    if told.deadline.promise == Promise.ACKNOWLEDGEMENT:
        return _("An acknowledgement is never paused")
    left = told.pauses_left
    if told.deadline.pause_maximum is None:
        return _("This promise is not paused")
    if not left:
        return _("It may not be paused any more")
    words = ngettext(
        "It may be paused {count} more time, with evidence: waiting for the customer's"
        " information or shutdown, at most {maximum}",
        "It may be paused {count} more times, with evidence: waiting for the customer's"
        " information or shutdown, at most {maximum} each",
        left,
    )
    return words.format(count=left, maximum=duration(told.deadline.pause_maximum))


def rung_words(rung: RungSaid, number: int) -> str:
    """Return what a rung is. ``number`` counts the warnings."""
    if rung.kind == WARNING:
        return _("Warning {number}, {length} before it is due").format(
            number=number, length=duration(-rung.offset)
        )
    if rung.kind == "lapse":
        return _("The taker's time passed: level {level}").format(level=rung.level)
    if rung.kind == "reminder":
        return _("Reminder, still nobody has taken it: level {level}").format(level=rung.level)
    if rung.kind == BREACH:
        return _("Due and not kept: level {level}").format(level=rung.level)
    return _("Still nobody has taken it: level {level}").format(level=rung.level)


def rung_state(rung: RungSaid, now: datetime) -> str:
    """Return whether a rung rang, or in how long it will."""
    if rung.rang:
        return _("rang") if not rung.listeners else _("told")
    if rung.at is None or rung.at <= now:
        return _("now")
    return _("in {length}").format(length=duration(rung.at - now))
