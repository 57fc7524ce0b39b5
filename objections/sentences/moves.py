"""Sentences about merges, their undoing, and another kind or urgency."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from objections.models import CaseEvent
from objections.sentences.telling import (
    INTERNAL,
    Telling,
    Told,
    lines,
    other_case,
    says,
    sentence,
    who,
    words_of,
)
from objections.vocabulary import EventKind, Kind, Urgency

MOVED: dict[str, tuple[str | Lazy, str]] = {
    EventKind.MERGED: (gettext_lazy("{who} merged the case into {case}"), "arrow-right"),
    EventKind.ABSORBED: (gettext_lazy("{who} merged {case} into this case"), "arrow-right"),
    EventKind.UNMERGED: (gettext_lazy("{who} undid the merge into {case}"), "repeat"),
    EventKind.RELEASED: (gettext_lazy("{who} undid the merge of {case}"), "repeat"),
    EventKind.RECURRENCE_LINKED: (
        gettext_lazy("{who} linked this case as a recurrence of {case}"), "repeat",
    ),
    EventKind.RECURRENCE_UNLINKED: (
        gettext_lazy("{who} undid the link as a recurrence of {case}"), "repeat",
    ),
}  # fmt: skip


@says(*(EventKind(kind) for kind in MOVED))
def moved(event: CaseEvent, telling: Telling) -> Told:
    pattern, icon = MOVED[event.kind]
    text = sentence(pattern, who=who(event, telling), case=other_case(event, telling))
    detail = "" if event.pk in telling.hidden else words_of(event)
    return Told(INTERNAL, icon, text, detail=detail)


@says(EventKind.RECLASSIFIED)
def reclassified(event: CaseEvent, telling: Telling) -> Told:
    data = event.data
    text = sentence(_("{who} changed kind or urgency"), who=who(event, telling))
    detail = lines(
        _change(_("Kind: {before} → {after}"), Kind, data.get("case_kind_was"),
                data.get("case_kind")),
        _change(_("Urgency: {before} → {after}"), Urgency, data.get("urgency_was"),
                data.get("urgency")),
        words_of(event),
    )  # fmt: skip
    return Told(INTERNAL, "note", text, detail=detail)


def _change(pattern: str, words: type[TextChoices], before: object, after: object) -> str:
    """Say what was before and is now; nothing where it stayed."""
    if before == after or before not in words.values or after not in words.values:
        return ""
    return pattern.format(before=words(before).label, after=words(after).label)
