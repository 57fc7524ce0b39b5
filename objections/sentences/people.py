"""Sentences about what people did: the customer, and those of us who talked with them."""

from __future__ import annotations

from dataclasses import replace

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from objections.models import CaseEvent
from objections.sentences.telling import (
    CUSTOMER,
    US,
    Telling,
    Told,
    bold,
    how,
    incoming,
    lines,
    mood,
    other_case,
    outgoing,
    partner,
    says,
    sentence,
    who,
    words_of,
)
from objections.vocabulary import ActorKind, AttemptResult, CauseCategory, Channel, EventKind

CAME: dict[str, str | Lazy] = {
    Channel.PHONE: gettext_lazy("{who} called"),
    Channel.EMAIL: gettext_lazy("{who} wrote an e-mail"),
    Channel.WEB: gettext_lazy("{who} wrote through the web form"),
    Channel.CHAT: gettext_lazy("{who} wrote in the chat"),
    Channel.SOCIAL: gettext_lazy("{who} wrote on social media"),
    Channel.ON_SITE: gettext_lazy("{who} told us on site"),
}


def _theirs(
    event: CaseEvent, telling: Telling, pattern: str | Lazy, icon: str = "", **parts: object
) -> Told:
    """Say what the customer did, with their own words as a quotation."""
    name = bold(partner(event, telling))
    text = sentence(pattern, who=name, **parts) + mood(event, telling)
    return Told(CUSTOMER, icon or incoming(event), text, quote=words_of(event))


def _ours(
    event: CaseEvent,
    telling: Telling,
    pattern: str | Lazy,
    icon: str = "",
    *,
    detail: str | None = None,
    **parts: object,
) -> Told:
    """Say what one of us did, with what was written as a detail below."""
    whom = bold(partner(event, telling))
    text = sentence(pattern, who=who(event, telling), whom=whom, how=how(event), **parts)
    said = words_of(event) if detail is None else detail
    return Told(US, icon or outgoing(event), text + mood(event, telling), detail=said)


@says(EventKind.OPENED, EventKind.MESSAGE_RECEIVED)
def came(event: CaseEvent, telling: Telling) -> Told:
    pattern = CAME.get(event.data.get("channel") or "", gettext_lazy("{who} complained"))
    return _theirs(event, telling, pattern)


@says(EventKind.PROTESTED)
def protested(event: CaseEvent, telling: Telling) -> Told:
    return _theirs(event, telling, _("{who} is not satisfied with how it goes"))


@says(EventKind.DEMAND_REFUSED)
def demand_refused(event: CaseEvent, telling: Telling) -> Told:
    data = event.data
    parts = [data.get(name) or "" for name in ("reason", "rule", "alternative")]
    said = words_of(event)
    detail = lines(
        "" if all(part in said for part in parts) else said,
        _("Reason: {reason}").format(reason=parts[0]),
        _("Rule: {rule}").format(rule=parts[1]),
        _("Instead: {alternative}").format(alternative=parts[2]),
    )
    pattern = _("{who} told {whom} {how} that we cannot do this: {demand}")
    return _ours(event, telling, pattern, detail=detail, demand=data.get("demand", ""))


@says(EventKind.ACKNOWLEDGED)
def acknowledged(event: CaseEvent, telling: Telling) -> Told:
    step, by = event.data.get("next_step") or "", telling.moment(event.data.get("next_by"))
    following = ""
    if step and by:
        following = _("Next: {step}, by {moment}").format(step=step, moment=by)
    elif step:
        following = _("Next: {step}").format(step=step)
    pattern = _("{who} got back to {whom} {how} and thanked them")
    return _ours(event, telling, pattern, detail=lines(words_of(event), following))


@says(EventKind.RESTATED)
def restated(event: CaseEvent, telling: Telling) -> Told:
    interest = event.data.get("interest") or ""
    wanted = _("What they really want: {interest}").format(interest=interest) if interest else ""
    pattern = _("{who} put the issue into our words")
    return _ours(event, telling, pattern, "message", detail=lines(words_of(event), wanted))


@says(EventKind.CORRECTED)
def corrected(event: CaseEvent, telling: Telling) -> Told:
    return _theirs(event, telling, _("{who} corrected us"))


@says(EventKind.CONFIRMED)
def confirmed(event: CaseEvent, telling: Telling) -> Told:
    if event.actor_kind == ActorKind.CUSTOMER:
        return _theirs(event, telling, _("{who} confirmed by link: we understood it right"), "link")
    return _theirs(event, telling, _("{who} confirmed: we understood it right"))


@says(EventKind.CONFIRMATION_SKIPPED)
def confirmation_skipped(event: CaseEvent, telling: Telling) -> Told:
    return _ours(event, telling, _("{who} went on without the confirmation"), "arrow-right")


@says(EventKind.SOLUTION_COMMUNICATED)
def solution_communicated(event: CaseEvent, telling: Telling) -> Told:
    data = event.data
    cause = data.get("cause") or data.get("cause_unknown_reason") or ""
    options = [f"{n}. {title}" for n, title in enumerate(data.get("options") or [], start=1)]
    chosen = data.get("chosen")
    detail = lines(
        words_of(event),
        _("Cause: {cause}").format(cause=cause) if cause else "",
        *options,
        _("They chose option {number}").format(number=chosen) if chosen else "",
    )
    return _ours(event, telling, _("{who} told {whom} cause and solution {how}"), detail=detail)


@says(EventKind.OPTION_CHOSEN)
def option_chosen(event: CaseEvent, telling: Telling) -> Told:
    number, title = event.data.get("option", ""), event.data.get("title", "")
    pattern = _("{who} chose option {number}: {title}")
    return _theirs(event, telling, pattern, number=number, title=title)


@says(EventKind.SOLUTION_REJECTED)
def solution_rejected(event: CaseEvent, telling: Telling) -> Told:
    return _theirs(event, telling, _("{who} rejected the solution"))


@says(EventKind.CARRIED_OUT)
def carried_out(event: CaseEvent, telling: Telling) -> Told:
    return _ours(event, telling, _("{who} recorded that it is carried out"), "circle-check")


@says(EventKind.ATTEMPT_RECORDED)
def attempt_recorded(event: CaseEvent, telling: Telling) -> Told:
    result = event.data.get("result")
    label = AttemptResult(result).label if result in AttemptResult.values else ""
    pattern = _("{who} tried to reach {whom} {how}: {result}")
    return _ours(event, telling, pattern, result=label)


@says(EventKind.VERDICT_GIVEN)
def verdict_given(event: CaseEvent, telling: Telling) -> Told:
    pattern = _("{who} is content: {score} of 5")
    return _theirs(event, telling, pattern, "thumb-up", score=event.data.get("score") or "–")


@says(EventKind.CLOSED_SATISFIED)
def closed_satisfied(event: CaseEvent, telling: Telling) -> Told:
    data = event.data
    category, lesson = data.get("cause_category"), data.get("lesson") or ""
    known = category in CauseCategory.values
    cause = str(CauseCategory(category).label) if known else ""
    pattern = _("{who} is content: {score} of 5")
    told = _theirs(event, telling, pattern, "circle-check", score=data.get("score") or "–")
    detail = lines(
        _("Cause: {cause}").format(cause=cause) if cause else "",
        _("Lesson: {lesson}").format(lesson=lesson) if lesson else "",
    )
    return Told(told.kind, told.icon, told.sentence, told.quote, detail)


@says(EventKind.CLOSED_UNREACHABLE)
def closed_unreachable(event: CaseEvent, telling: Telling) -> Told:
    return _ours(event, telling, _("{who} closed the case: {whom} was not reachable"), "circle-x")


@says(EventKind.NOT_SATISFIED)
def not_satisfied(event: CaseEvent, telling: Telling) -> Told:
    score = event.data.get("score")
    if score:
        return _theirs(event, telling, _("{who} is not satisfied: {score} of 5"), score=score)
    return _theirs(event, telling, _("{who} is not satisfied"))


@says(EventKind.NEW_OBJECTION_LOGGED)
def new_objection_logged(event: CaseEvent, telling: Telling) -> Told:
    link = other_case(event, telling)
    told = _theirs(event, telling, _("{who} raised something else: {case}"), "plus", case=link)
    return replace(told, quote="") if event.pk in telling.hidden else told


@says(EventKind.REOPENED)
def reopened(event: CaseEvent, telling: Telling) -> Told:
    if event.actor_kind == ActorKind.CUSTOMER:
        return _theirs(event, telling, _("{who} reopened the case"), "repeat")
    return _ours(event, telling, _("{who} reopened the case"), "repeat")


@says(EventKind.CLOSED_THANKED)
def closed_thanked(event: CaseEvent, telling: Telling) -> Told:
    return _ours(event, telling, _("{who} closed the case with thanks"), "circle-check")


@says(EventKind.WITHDRAWN)
def withdrawn(event: CaseEvent, telling: Telling) -> Told:
    return _ours(event, telling, _("{who} withdrew the case"), "circle-x")


@says(EventKind.PROGRESS_UPDATED)
def progress_updated(event: CaseEvent, telling: Telling) -> Told:
    number = telling.count.get(event.pk, 1)
    pattern = _("{who} gave {whom} progress update {number} {how}")
    return _ours(event, telling, pattern, number=number)


@says(EventKind.REPLIED)
def replied(event: CaseEvent, telling: Telling) -> Told:
    answered = len(event.data.get("answers") or [])
    count = ngettext("{count} question answered", "{count} questions answered", answered)
    note = count.format(count=answered) if answered else ""
    detail = lines(words_of(event), note)
    return _ours(event, telling, _("{who} replied to {whom} {how}"), detail=detail)


@says(EventKind.COMMITTED)
def committed(event: CaseEvent, telling: Telling) -> Told:
    due = telling.moment(event.data.get("due_at"))
    pattern = _("{who} promised {whom} by {moment}: {what}")
    return _ours(event, telling, pattern, "hourglass", detail="", what=words_of(event), moment=due)


@says(EventKind.COMMITMENT_KEPT)
def commitment_kept(event: CaseEvent, telling: Telling) -> Told:
    what = event.data.get("what", "")
    return _ours(event, telling, _("{who} kept the promise: {what}"), "circle-check", what=what)


@says(EventKind.COMMITMENT_REAGREED)
def commitment_reagreed(event: CaseEvent, telling: Telling) -> Told:
    data = event.data
    pattern = _("{who} agreed a new time with {whom}: {what}, {due} instead of {was}")
    due, was = telling.moment(data.get("due_at")), telling.moment(data.get("was"))
    return _ours(event, telling, pattern, what=data.get("what", ""), due=due, was=was)
