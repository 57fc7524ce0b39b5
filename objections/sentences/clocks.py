"""Sentences about what the clocks did, and how escalations climbed, were taken and closed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from objections.clockface import promise_name
from objections.models import CaseEvent, Deadline
from objections.sentences.telling import (
    CLOCK,
    US,
    Telling,
    Told,
    lines,
    says,
    sentence,
    who,
    words_of,
)
from objections.vocabulary import EscalationReason, EventKind, PauseReason, Promise, RecomputeCause
from timekeeping import wording


def _deadline(event: CaseEvent, telling: Telling) -> Deadline | None:
    return telling.deadlines.get(event.data.get("deadline") or 0)


def _promise(event: CaseEvent, telling: Telling) -> str:
    deadline = _deadline(event, telling)
    if deadline is not None:
        return promise_name(deadline)
    promise = event.data.get("promise")
    return str(Promise(promise).label) if promise in Promise.values else ""


def _clock(
    event: CaseEvent, telling: Telling, pattern: str | Lazy, state: str, **parts: object
) -> Told:
    text = sentence(pattern, promise=_promise(event, telling), **parts)
    return Told(CLOCK, state, text, detail=words_of(event))


def _between(names: Iterable[str]) -> str:
    return pgettext("between names", ", ").join(names)


def _informed(event: CaseEvent, telling: Telling) -> str:
    """Return who was told at this rung, as the end of a sentence."""
    names = telling.informed.get((event.data.get("deadline"), event.occurred_at), [])
    return _(", {names} told").format(names=_between(names)) if names else ""


@says(EventKind.DEADLINE_STARTED)
def deadline_started(event: CaseEvent, telling: Telling) -> Told:
    due = telling.moment(event.data.get("due_at"))
    return _clock(event, telling, _("{promise} runs, due {moment}"), "running", moment=due)


@says(EventKind.DEADLINE_WARNED)
def deadline_warned(event: CaseEvent, telling: Telling) -> Told:
    number = int(event.data.get("rung") or 0) + 1
    informed = _informed(event, telling)
    pattern = _("{promise}: warning {number}{informed}")
    return _clock(event, telling, pattern, "warned", number=number, informed=informed)


@says(EventKind.DEADLINE_BREACHED)
def deadline_breached(event: CaseEvent, telling: Telling) -> Told:
    informed = _informed(event, telling)
    return _clock(event, telling, _("{promise} breached{informed}"), "breached", informed=informed)


@says(EventKind.DEADLINE_KEPT)
def deadline_kept(event: CaseEvent, telling: Telling) -> Told:
    deadline = _deadline(event, telling)
    if deadline is None:
        return _clock(event, telling, _("{promise} kept"), "kept")
    took = wording.duration(event.occurred_at - deadline.started_at)
    return _clock(event, telling, _("{promise} kept, took {length}"), "kept", length=took)


@says(EventKind.DEADLINE_ANSWERED_LATE)
def deadline_answered_late(event: CaseEvent, telling: Telling) -> Told:
    deadline = _deadline(event, telling)
    if deadline is None or deadline.due_at is None:
        return _clock(event, telling, _("{promise} done late"), "answered_late")
    late = wording.duration(event.occurred_at - deadline.due_at)
    return _clock(event, telling, _("{promise} done {length} late"), "answered_late", length=late)


@says(EventKind.DEADLINE_VOIDED)
def deadline_voided(event: CaseEvent, telling: Telling) -> Told:
    return _clock(event, telling, _("{promise} ended and is not counted"), "ended")


@says(EventKind.DEADLINE_MERGED)
def deadline_merged(event: CaseEvent, telling: Telling) -> Told:
    return _clock(event, telling, _("{promise} ended with the merge and is not counted"), "ended")


@says(EventKind.DEADLINE_RECOMPUTED)
def deadline_recomputed(event: CaseEvent, telling: Telling) -> Told:
    data = event.data
    due, was = telling.moment(data.get("due_at")), telling.moment(data.get("was"))
    pattern = _("{promise} was computed anew")
    if due and was and data.get("due_at") != data.get("was"):
        pattern = _("{promise} is due {moment} instead of {before}")
    told = _clock(event, telling, pattern, "running", moment=due, before=was)
    cause = data.get("cause")
    why = str(RecomputeCause(cause).label) if cause in RecomputeCause.values else ""
    late = _("Overdue by this change") if data.get("overdue") else ""
    return Told(told.kind, told.icon, told.sentence, detail=lines(why, late))


@says(EventKind.DEADLINE_REVIVED)
def deadline_revived(event: CaseEvent, telling: Telling) -> Told:
    due = telling.moment(event.data.get("due_at"))
    if not due:
        return _clock(event, telling, _("{promise} stands still again"), "paused")
    return _clock(event, telling, _("{promise} runs again, due {moment}"), "running", moment=due)


@says(EventKind.DEADLINE_PAUSED)
def deadline_paused(event: CaseEvent, telling: Telling) -> Told:
    reason = event.data.get("reason")
    why = PauseReason(reason).label if reason in PauseReason.values else ""
    until = telling.moment(event.data.get("resume_at"))
    pattern = _("{promise} stands still until {moment}: {reason}")
    return _clock(event, telling, pattern, "paused", reason=why, moment=until)


@says(EventKind.DEADLINE_RESUMED)
def deadline_resumed(event: CaseEvent, telling: Telling) -> Told:
    due = telling.moment(event.data.get("due_at"))
    return _clock(event, telling, _("{promise} runs again, due {moment}"), "running", moment=due)


@says(EventKind.BREACH_WITHDRAWN)
def breach_withdrawn(event: CaseEvent, telling: Telling) -> Told:
    pattern = _("{promise}: the breach is withdrawn, the proof was in time")
    return _clock(event, telling, pattern, "kept")


@says(EventKind.PROOF_WITHDRAWN)
def proof_withdrawn(event: CaseEvent, telling: Telling) -> Told:
    promises = [p for p in event.data.get("promises") or [] if p in Promise.values]
    names = _between(str(Promise(promise).label) for promise in promises)
    text = sentence(_("The proof did not hold, so these run again: {promises}"), promises=names)
    return Told(CLOCK, "running", text)


# ── escalations ───────────────────────────────────────────────────────────────────────


def _reason(event: CaseEvent, telling: Telling) -> str:
    reason = event.data.get("reason")
    if reason in (EscalationReason.PERSISTENT, EscalationReason.NOT_SATISFIED):
        return str(EscalationReason(reason).label)
    return _promise(event, telling)


def _shape(event: CaseEvent) -> str:
    """Red means a broken promise and nothing else."""
    return "breached" if event.data.get("deadline") else "warned"


ESCALATED: dict[str, str | Lazy] = {
    EventKind.ESCALATION_RAISED: gettext_lazy("{reason}: escalated to level {level}{informed}"),
    EventKind.ESCALATION_CLIMBED: gettext_lazy("{reason}: climbed to level {level}{informed}"),
    EventKind.ESCALATION_LAPSED: gettext_lazy(
        "{reason}: {taker}’s time passed, now level {level}{informed}"
    ),
    EventKind.ESCALATION_REMINDED: gettext_lazy(
        "{reason}: still nobody has taken it, level {level}{informed}"
    ),
}
OBSERVED = gettext_lazy("{reason}: would have climbed to level {level}, but is only observed")


@says(
    EventKind.ESCALATION_RAISED, EventKind.ESCALATION_CLIMBED, EventKind.ESCALATION_LAPSED,
    EventKind.ESCALATION_REMINDED,
)  # fmt: skip
def escalated(event: CaseEvent, telling: Telling) -> Told:
    data = event.data
    pattern = OBSERVED if data.get("observed") else ESCALATED[event.kind]
    text = sentence(
        pattern, reason=_reason(event, telling), level=data.get("level", ""),
        taker=telling.person(data.get("taker")), informed=_informed(event, telling),
    )  # fmt: skip
    return Told(CLOCK, _shape(event), text)


@says(EventKind.ESCALATION_TAKEN)
def escalation_taken(event: CaseEvent, telling: Telling) -> Told:
    until = telling.moment(event.data.get("until"))
    pattern = _("{who} took the escalation, until {moment}")
    text = sentence(pattern, who=who(event, telling), moment=until)
    return Told(US, "hand-stop", text, detail=words_of(event))


@says(EventKind.ESCALATION_CLOSED)
def escalation_closed(event: CaseEvent, telling: Telling) -> Told:
    text = sentence(_("{reason}: the escalation is closed"), reason=_reason(event, telling))
    return Told(CLOCK, "ended", text)
