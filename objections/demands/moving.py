"""What merging, its undoing and another kind or urgency demand."""

from __future__ import annotations

from collections.abc import Iterable

from objections import permissions, steps
from objections.demands.record import STANDING
from objections.demands.setting import Setting
from objections.errors import Demand
from objections.models import Case
from objections.vocabulary import Action


def merge(setting: Setting, step: steps.Merge) -> Iterable[Demand]:
    """The case that stays is open, of the same customer, and ours to work on."""
    reference = step.into.strip().upper()
    named = {"reference": reference}
    survivor = permissions.seen_by(setting.by).filter(reference=reference).first()
    if survivor is None:
        yield Demand("survivor_known", "into", named)
        return
    if survivor.pk == setting.case.pk:
        yield Demand("survivor_other", "into")
        return
    yield from _fitting(setting, survivor)
    yield from STANDING[Action.MERGE](setting.case)


def _fitting(setting: Setting, survivor: Case) -> Iterable[Demand]:
    named = {"reference": survivor.reference}
    if not survivor.is_open:
        yield Demand("survivor_open", "into", named)
    if not permissions.allows(setting.by, Action.MERGE, survivor):
        yield Demand("survivor_team", "into", named)
    if survivor.clock_mode != setting.case.clock_mode:
        mode = survivor.get_clock_mode_display()
        yield Demand("survivor_clocks", "into", {**named, "mode": str(mode)})
    of_another = survivor.customer_id != setting.case.customer_id
    if of_another and not setting.supervises(permissions.MERGE_ACROSS):
        yield Demand("survivor_customer", "into", named)


def unmerge(setting: Setting, step: steps.Unmerge) -> Iterable[Demand]:
    survivor = setting.case.merged_into
    if survivor is not None and not survivor.is_open:
        yield Demand("survivor_ended", params={"reference": survivor.reference})


def reclassify(setting: Setting, step: steps.Reclassify) -> Iterable[Demand]:
    case = setting.case
    same_kind = step.kind in (None, case.kind)
    if same_kind and step.urgency in (None, case.urgency):
        yield Demand("something", "kind")
