"""Sentences about what happened among ourselves."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.db.models import TextChoices
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from objections.models import CaseEvent
from objections.sentences.telling import (
    INTERNAL,
    US,
    Telling,
    Told,
    lines,
    says,
    sentence,
    who,
    words_of,
)
from objections.vocabulary import (
    CauseCategory,
    CustomerStyle,
    EventKind,
    RemedyKind,
    Sensitivity,
)


def _inside(
    event: CaseEvent,
    telling: Telling,
    pattern: str | Lazy,
    icon: str,
    *,
    kind: str = INTERNAL,
    detail: str | None = None,
    **parts: object,
) -> Told:
    text = sentence(pattern, who=who(event, telling), **parts)
    return Told(kind, icon, text, detail=words_of(event) if detail is None else detail)


@says(EventKind.HANDED_OVER)
def handed_over(event: CaseEvent, telling: Telling) -> Told:
    data = event.data
    asked = data.get("department") or telling.person(data.get("to"))
    pattern = _("{who} asked {department}, answer due {moment}")
    due = telling.moment(data.get("due_at"))
    return _inside(event, telling, pattern, "arrow-right", department=asked, moment=due)


@says(EventKind.HAND_OVER_ANSWERED)
def hand_over_answered(event: CaseEvent, telling: Telling) -> Told:
    question = event.data.get("question", "")
    pattern = _("{who} recorded the answer to “{question}”")
    return _inside(event, telling, pattern, "message", question=question)


@says(EventKind.ASSIGNED)
def assigned(event: CaseEvent, telling: Telling) -> Told:
    data = event.data
    handler = telling.person(data.get("handler"))
    if handler:
        pattern = _("{who} assigned the case to {handler}")
        return _inside(event, telling, pattern, "user-check", handler=handler)
    team = telling.teams.get(data.get("team") or "", "")
    return _inside(event, telling, _("{who} put the case into the queue of {team}"), "folder",
                   team=team)  # fmt: skip


@says(EventKind.NOTED)
def noted(event: CaseEvent, telling: Telling) -> Told:
    return _inside(event, telling, _("{who} noted"), "note")


@says(EventKind.ATTACHED)
def attached(event: CaseEvent, telling: Telling) -> Told:
    name = event.data.get("caption") or event.data.get("name") or ""
    pattern = _("{who} added evidence")
    return _inside(event, telling, pattern, "camera", kind=US, detail=str(name))


CHANGES: dict[str, str | Lazy] = {
    "sensitivity": gettext_lazy("Sensitivity: {before} → {after}"),
    "product": gettext_lazy("Product: {before} → {after}"),
    "serial": gettext_lazy("Serial number: {before} → {after}"),
    "batch": gettext_lazy("Batch: {before} → {after}"),
    "purchased_on": gettext_lazy("Bought on: {before} → {after}"),
    "style": gettext_lazy("Customer style: {before} → {after}"),
    "lesson": gettext_lazy("Lesson: {before} → {after}"),
    "cause_category": gettext_lazy("Category of the cause: {before} → {after}"),
}


WORDS: dict[str, type[TextChoices]] = {
    "sensitivity": Sensitivity,
    "style": CustomerStyle,
    "cause_category": CauseCategory,
}


@says(EventKind.CHANGED)
def changed(event: CaseEvent, telling: Telling) -> Told:
    made = (event.data.get("changes") or {}).items()
    detail = lines(*(_change(name, *was_and_is) for name, was_and_is in made if name in CHANGES))
    pattern = _("{who} changed the facts of the case")
    return _inside(event, telling, pattern, "note", detail=detail)


def _change(name: str, before: str, after: str) -> str:
    if name in WORDS:
        before, after = (str(WORDS[name](word).label) if word else "" for word in (before, after))
    return str(CHANGES[name]).format(before=before or "–", after=after or "–")


@says(EventKind.IMPORTED)
def imported(event: CaseEvent, telling: Telling) -> Told:
    pattern = _("Brought in from “{source}” as number {number}")
    if event.data.get("again"):
        pattern = _("Brought up to date from “{source}”, number {number}")
    data = event.data
    return _inside(event, telling, pattern, "file-import", source=data.get("source", ""),
                   number=data.get("external_id", ""))  # fmt: skip


REMEDY: dict[str, str | Lazy] = {
    EventKind.REMEDY_PROPOSED: gettext_lazy("{who} proposed a remedy: {remedy}, {cost}"),
    EventKind.REMEDY_APPROVED: gettext_lazy("{who} approved the remedy: {remedy}, {cost}"),
    EventKind.REMEDY_REFUSED: gettext_lazy("{who} refused the remedy: {remedy}, {cost}"),
}


@says(EventKind.REMEDY_PROPOSED, EventKind.REMEDY_APPROVED, EventKind.REMEDY_REFUSED)
def remedy(event: CaseEvent, telling: Telling) -> Told:
    data = event.data
    kind = data.get("remedy")
    label = RemedyKind(kind).label if kind in RemedyKind.values else ""
    pattern = REMEDY[event.kind]
    if event.kind == EventKind.REMEDY_PROPOSED and data.get("needs_approval"):
        pattern = _("{who} asked for approval of a remedy: {remedy}, {cost}")
    if 0 < data.get("approvals", 0) < data.get("approvals_needed", 1):
        pattern = _("{who} approved the remedy as the first of two: {remedy}, {cost}")
    return _inside(
        event, telling, pattern, "rubber-stamp", kind=US, remedy=label, cost=money(data.get("cost"))
    )


def money(amount: object) -> str:
    """Return an amount with its thousands apart, alike in every language: 18,400.00."""
    try:
        return f"{Decimal(str(amount)):,.2f}"
    except InvalidOperation:
        return ""


@says(EventKind.LATE_RECORD_CONFIRMED)
def late_record_confirmed(event: CaseEvent, telling: Telling) -> Told:
    moment = telling.moment(event.data.get("took_place_at"))
    pattern = _("{who} confirmed that the contact took place {moment}")
    return _inside(event, telling, pattern, "check", moment=moment)


@says(EventKind.MAIL_SENT)
def mail_sent(event: CaseEvent, telling: Telling) -> Told:
    if event.data.get("by_text"):
        return Told(INTERNAL, "message", _("The text message to the customer was sent"))
    return Told(INTERNAL, "mail", _("The e-mail to the customer was sent"))


@says(EventKind.MAIL_FAILED)
def mail_failed(event: CaseEvent, telling: Telling) -> Told:
    text = _("The e-mail to the customer could not be delivered")
    if event.data.get("by_text"):
        text = _("The text message to the customer could not be delivered")
    return Told(INTERNAL, "alert-triangle", text, detail=str(event.data.get("failure") or ""))


@says(EventKind.MADE_PERSISTENT)
def made_persistent(event: CaseEvent, telling: Telling) -> Told:
    text = _("Not satisfied for the second time: the objection is persistent")
    return Told(INTERNAL, "repeat", text)
