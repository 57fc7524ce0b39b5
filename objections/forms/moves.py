"""Merging, its undoing, another kind or urgency: what takes effect when it is recorded."""

from __future__ import annotations

from objections import permissions
from objections.forms.steps import step_form
from objections.models import Case
from objections.steps import Merge, Reclassify, Unmerge

MOST_OFFERED = 8


class MergeForm(step_form(Merge)):  # type: ignore[misc]
    """Names the case that stays. The customer's other open cases stand beside it to choose."""

    at = None
    candidates: list[Case]

    def fill(self) -> None:
        super().fill()
        others = permissions.visible_to(self.user).filter(closed_at=None).exclude(pk=self.case.pk)
        same = others.filter(customer=self.case.customer, clock_mode=self.case.clock_mode)
        found = same.order_by("-received_at") if self.case.customer_id else same.none()
        self.candidates = list(found[:MOST_OFFERED])
        self.fields["into"].widget.attrs |= {"list": "candidates", "autocomplete": "off"}


class UnmergeForm(step_form(Unmerge)):  # type: ignore[misc]
    at = None


class ReclassifyForm(step_form(Reclassify)):  # type: ignore[misc]
    """Shows what the case is now, to be changed."""

    at = None

    def fill(self) -> None:
        super().fill()
        for name in ("kind", "urgency"):
            self.fields[name].initial = getattr(self.case, name)
