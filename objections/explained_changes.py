"""The parts of an explanation that tell of calendars, changes and merges, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time

from django.utils.dateformat import format as written
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from objections.deadlines.explaining import Explanation
from objections.deadlines.reasons import Change, Counting, DaysOff
from objections.vocabulary import RecomputeCause, Unit
from timekeeping.wording import duration, moment

Mark = Callable[[str], str]

CAUSED: dict[RecomputeCause, str | Lazy] = {
    RecomputeCause.RECLASSIFIED: gettext_lazy("{who} changed kind or urgency {at}"),
    RecomputeCause.TIER: gettext_lazy("The customer's tier changed {at}"),
    RecomputeCause.POLICY: gettext_lazy(
        "Since {at} it follows policy “{policy}”, version {version}"
    ),
    RecomputeCause.CALENDAR: gettext_lazy("Since {at} it follows a newer edition of its calendar"),
    RecomputeCause.MERGE: gettext_lazy("{who} merged another case into this one {at}"),
    RecomputeCause.UNMERGE: gettext_lazy("{who} undid a merge {at}"),
}
UNNAMED: dict[RecomputeCause, str | Lazy] = {
    RecomputeCause.RECLASSIFIED: gettext_lazy("Kind or urgency changed {at}"),
    RecomputeCause.MERGE: gettext_lazy("Another case was merged into this one {at}"),
    RecomputeCause.UNMERGE: gettext_lazy("A merge was undone {at}"),
}


def counted(told: Explanation, mark: Mark) -> list[str]:
    """Say by which calendar a clock counts, and what that leaves out; nothing for elapsed time."""
    by = told.counting
    if by is None:
        return []
    days = told.deadline.unit == Unit.DAYS
    pattern = (
        _("It runs to the end of the working day, by the calendar “{name}”, version {version}.")
        if days
        else _("Only working time counts, by the calendar “{name}”, version {version}.")
    )
    words = [pattern.format(name=mark(by.name), version=by.version)]
    left_out = pgettext("between parts", ", ").join(_left_out(by))
    if left_out:
        words.append(_("Not counted: {parts}.").format(parts=mark(left_out)))
    if by.made_up:
        made_up = pgettext("between parts", ", ").join(_day(day) for day in by.made_up)
        words.append(_("Worked to make up for a day off: {days}.").format(days=mark(made_up)))
    return words


def _left_out(by: Counting) -> Iterator[str]:
    if by.nights:
        yield _("nights")
    if by.weekends:
        yield _("the weekend")
    for off in by.days_off:
        yield _("{name} {days}").format(name=off.name, days=_days(off)) if off.name else _days(off)


def _days(off: DaysOff) -> str:
    if off.first == off.last:
        return _day(off.first)
    return _("{first} to {last}").format(first=_day(off.first), last=_day(off.last))


def _day(day: date) -> str:
    return written(datetime.combine(day, time()), pgettext("date format: day", "j F"))


def provisional(told: Explanation) -> list[str]:
    """Say that a year is not known yet, which may move the due moment."""
    if told.counting is None or told.counting.awaited is None:
        return []
    year = told.counting.awaited
    return [_("The calendar of {year} is not published yet: this may change.").format(year=year)]


def changed(told: Explanation, mark: Mark) -> list[str]:
    """Say each time that it was computed anew: why, by whom, when, and when it was due before."""
    words = [sentence for one in told.changes for sentence in change(one, told.now, mark)]
    if told.revived_at is not None:
        at = mark(moment(told.revived_at, told.now))
        words.append(_("It had ended with a merge, which was undone {at}.").format(at=at))
    return words


def change(one: Change, now: datetime, mark: Mark) -> Iterator[str]:
    """Yield what is said of one change."""
    pattern = CAUSED[one.cause] if one.by or one.cause not in UNNAMED else UNNAMED[one.cause]
    cause = str(pattern).format(
        who=mark(one.by), at=mark(moment(one.at, now)),
        policy=mark(str(one.event.data.get("policy", ""))),
        version=one.event.data.get("policy_version", ""),
    )  # fmt: skip
    if one.was is None or one.due_at is None:
        yield _("{cause}, while it stood still.").format(cause=cause)
    elif one.was == one.due_at:
        yield _("{cause}; the due moment stayed as it was.").format(cause=cause)
    else:
        was = mark(moment(one.was, now))
        yield _("{cause}; until then it was due {was}.").format(cause=cause, was=was)
    if one.by_change:
        yield _("Only by this change did it become overdue.")


def ended_with_case(told: Explanation, at: str, mark: Mark) -> str:
    """Say that a clock ended because its case became a part of another one."""
    reference = mark(told.merged_into or _("another case"))
    if told.late_by is None:
        words = _("It ended {at}, when the case was merged into {reference}, and is not counted.")
        return words.format(at=at, reference=reference)
    late = mark(duration(told.late_by))
    words = _(
        "It ended {at}, when the case was merged into {reference}, without an answer and"
        " {length} late."
    )
    return words.format(at=at, reference=reference, length=late)
