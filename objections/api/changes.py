"""What programs change of a case as a whole, and the steps behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.api.strict import PersonField, StrictSerializer, TeamField, Words, wrong
from objections.api.fields import WordField
from objections.api.openings import ProductNamed, product_facts
from objections.models import Case
from objections.steps import Assign, Reclassify, Step
from objections.vocabulary import CustomerStyle, Kind, Sensitivity, Urgency


class CaseChanged(StrictSerializer):
    """What is left out stays as it is.

    A `handler` of null, or a new `team` without a handler, puts the case into the team's
    queue. Another `kind` or `urgency` is the step `reclassify` and needs a `reason`. The
    `sensitivity` is for supervisors. A `product` of null is none, and so is a `style` of
    null: the customer's style is a hint for this case alone.
    """

    handler = PersonField(required=False, allow_null=True)
    team = TeamField(required=False)
    kind = WordField(Kind, required=False)
    urgency = WordField(Urgency, required=False)
    reason = Words(required=False)
    sensitivity = WordField(Sensitivity, required=False)
    product = ProductNamed(required=False, allow_null=True)
    style = WordField(CustomerStyle, required=False, allow_null=True)  # type: ignore[assignment]


def steps_of(case: Case, given: dict[str, Any]) -> list[Step]:
    """Return the steps that bring a case to what is given; none for what it is already."""
    return [*_assignment(case, given), *_reclassification(case, given)]


def _assignment(case: Case, given: dict[str, Any]) -> Iterator[Step]:
    team = given.get("team", case.team)
    moves = team != case.team
    handler = given.get("handler", None if moves else case.handler)
    if moves or handler != case.handler:
        yield Assign(handler=handler, team=team if moves or handler is None else None)


def _reclassification(case: Case, given: dict[str, Any]) -> Iterator[Step]:
    kind, urgency = given.get("kind", case.kind), given.get("urgency", case.urgency)
    if (kind, urgency) == (case.kind, case.urgency):
        return
    if not given.get("reason"):
        raise wrong("reason", _("Say why kind or urgency change."), "required")
    yield Reclassify(kind=Kind(kind), urgency=Urgency(urgency), reason=given["reason"])


def facts_of(given: dict[str, Any]) -> dict[str, Any]:
    """Return what is written down of the case: its sensitivity, style and product."""
    facts: dict[str, Any] = {
        name: given[name] or "" for name in ("sensitivity", "style") if name in given
    }
    if "product" not in given:
        return facts
    return facts | (product_facts(given["product"]) if given["product"] else {"product": None})
