"""What merging, its undoing and another kind or urgency demand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from objections import permissions, steps
from objections.demands.record import STANDING
from objections.demands.setting import Setting
from objections.errors import Demand
from objections.models import Case
from objections.recurrences import first_of
from objections.vocabulary import REACHED_NOBODY, Action, ActorKind, Direction, Kind, Promise


def merge(setting: Setting, step: steps.Merge) -> Iterable[Demand]:
    """The case that stays is open, of the same customer, ours to work on, as confidential,
    and owes from now on what this one owed.
    """
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
    if survivor.is_open:
        yield from _owing(setting.case, survivor)
    else:
        yield Demand("survivor_open", "into", named)
    if not _works_on_both(setting, survivor):
        yield Demand("survivor_team", "into", named)
    if survivor.sensitivity != setting.case.sensitivity:
        yield Demand("survivor_sensitivity", "into", named)
    if survivor.clock_mode != setting.case.clock_mode:
        mode = survivor.get_clock_mode_display()
        yield Demand("survivor_clocks", "into", {**named, "mode": str(mode)})
    of_another = survivor.customer_id != setting.case.customer_id
    if of_another and not setting.supervises(permissions.MERGE_ACROSS):
        yield Demand("survivor_customer", "into", named)


def _works_on_both(setting: Setting, survivor: Case) -> bool:
    """A program has no team of its own, so it merges within one team alone."""
    if setting.by.kind is ActorKind.CLIENT and survivor.team_id != setting.case.team_id:
        return False
    return permissions.allows(setting.by, Action.MERGE, survivor)


def _owing(case: Case, survivor: Case) -> Iterable[Demand]:
    """No promise to the customer ends with a merge unless the other case makes it as well."""
    named = {"reference": survivor.reference}
    if survivor.kind == Kind.THANKS and case.kind != Kind.THANKS:
        yield Demand("survivor_thanks", "into", named)
        return
    if case.is_historical:
        return
    lost = _running(case) - _running(survivor)
    if Promise.ACKNOWLEDGEMENT in lost and not _spoke_since(survivor, case.received_at):
        yield Demand("merge_acknowledge", "into")
    if Promise.RESPONSE in lost:
        yield Demand("merge_response", "into", named)


def _running(case: Case) -> set[str]:
    """Return the promises of the case itself that still wait for proof."""
    rows = case.deadlines.running().filter(subject=None)
    return set(rows.values_list("promise", flat=True))


def _spoke_since(case: Case, since: datetime) -> bool:
    """True where a person of ours has spoken with the customer since then, and got through."""
    told = case.contact_records.filter(
        direction=Direction.OUTBOUND, withdrawn_at=None, occurred_at__gte=since
    )
    return told.exclude(purpose__in=REACHED_NOBODY).exists()


def unmerge(setting: Setting, step: steps.Unmerge) -> Iterable[Demand]:
    """Both cases change by it, so whoever undoes it may work on both."""
    survivor = setting.case.merged_into
    if survivor is None:
        return
    if not permissions.allows(setting.by, Action.MERGE, survivor):
        yield Demand("unmerge_team")
    elif not survivor.is_open:
        yield Demand("survivor_ended", params={"reference": survivor.reference})


def reclassify(setting: Setting, step: steps.Reclassify) -> Iterable[Demand]:
    case = setting.case
    same_kind = step.kind in (None, case.kind)
    if same_kind and step.urgency in (None, case.urgency):
        yield Demand("something", "kind")


def link_recurrence(setting: Setting, step: steps.LinkRecurrence) -> Iterable[Demand]:
    """The case named exists for whoever links, is another one, and not of the same group."""
    reference = step.of.strip().upper()
    named = {"reference": reference}
    other = permissions.seen_by(setting.by).filter(reference=reference).first()
    if other is None:
        yield Demand("first_known", "of", named)
        return
    first = first_of(other)
    if setting.case.pk in (other.pk, first.pk):
        yield Demand("first_other", "of", named)
    elif first_of(setting.case).pk == first.pk:
        yield Demand("first_linked", "of", named)


def unlink_recurrence(setting: Setting, step: steps.UnlinkRecurrence) -> Iterable[Demand]:
    if setting.case.recurrence_of_id is None:
        yield Demand("recurrence_linked")
