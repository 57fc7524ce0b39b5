"""How far it has come, as four steps in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from objections.models import Case
from objections.vocabulary import EventKind, Stage
from portal.courses import Moment

LABELS: dict[Stage, str | Lazy] = {
    Stage.LISTEN: pgettext_lazy("step of the customer's page", "Heard"),
    Stage.CONFIRM: pgettext_lazy("step of the customer's page", "Agreed"),
    Stage.RESPOND: pgettext_lazy("step of the customer's page", "Solving"),
    Stage.FOLLOW_UP: pgettext_lazy("step of the customer's page", "Checking"),
}
DONE_BY = {
    Stage.LISTEN: EventKind.ACKNOWLEDGED,
    Stage.CONFIRM: EventKind.CONFIRMED,
    Stage.RESPOND: EventKind.CARRIED_OUT,
    Stage.FOLLOW_UP: EventKind.CLOSED_SATISFIED,
}


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    state: str
    detail: str


def steps_of(case: Case, course: Sequence[Moment], *, asks: bool) -> list[Step]:
    """Return the steps; the one in which the customer is asked for something says so."""
    if case.stage == Stage.WITHDRAWN:
        return []
    order = list(LABELS)
    at = order.index(Stage(case.stage)) if case.stage in LABELS else len(order)
    return [_step(stage, place, at, course, asks=asks) for place, stage in enumerate(order)]


def _step(stage: Stage, place: int, at: int, course: Sequence[Moment], *, asks: bool) -> Step:
    label = str(LABELS[stage])
    if place > at:
        return Step(label, "todo", "")
    if place == at:
        return Step(label, "current", _("your turn") if asks else _("our turn"))
    done = next((one.when for one in course if one.kind == DONE_BY[stage]), "")
    return Step(label, "done", done)
