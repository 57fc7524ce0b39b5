"""Editions: calendars as they were published, which is what clocks run by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from timekeeping.calendars import BadCalendar, WorkingHours, check
from timekeeping.models import Calendar, Edition, WeeklyWindow

KEPT_READ = 256
_READ: dict[tuple[int, datetime], WorkingHours] = {}


def edition_for(calendar: Calendar | None) -> Edition:
    """Give the newest edition of a calendar; of the default one for None.

    A calendar that was never published is not in force: the default one stands in for it.
    """
    found = calendar and newest(calendar)
    return found or Edition.objects.filter(calendar__is_default=True).latest("version")


def newest(calendar: Calendar) -> Edition | None:
    """Give the edition of a calendar that is in force; None if it was never published."""
    return calendar.editions.order_by("-version").first()


def hours(edition: Edition) -> WorkingHours:
    """Give the working hours of an edition, read once a process: editions never change."""
    key = (edition.pk, edition.recorded_at)
    known = _READ.get(key)
    if known is None:
        if len(_READ) >= KEPT_READ:
            _READ.clear()
        known = _READ[key] = WorkingHours.from_content(edition.content)
    return known


def publish(calendar: Calendar, *, now: datetime) -> Edition:
    """Put what was edited into force as the calendar's next edition, and give that.

    Nothing changed since gives the edition that is in force. Raises BadCalendar, and
    writes nothing, for what `draft` or `check` refuse. Two at once wait for each other.
    """
    with transaction.atomic():
        locked = Calendar.objects.select_for_update().get(pk=calendar.pk)
        written = draft(locked)
        check(written, now=now)
        last, content = newest(locked), written.to_content()
        if last is not None and last.content == content:
            return last
        version = last.version + 1 if last else 1
        return Edition.objects.create(
            calendar=locked, version=version, recorded_at=now, content=content
        )


def draft(calendar: Calendar) -> WorkingHours:
    """Read what was edited as it would be put into force. Raises BadCalendar.

    Of a day that is both, the one-off counts and not the holiday. The content waits for
    its years where the calendar's holidays come from a country.
    """
    weekly: list[list[list[str]]] = [[] for _weekday in range(7)]
    for window in calendar.windows.all():
        weekly[window.weekday].append(_written(window))
    days: dict[str, Any] = {}
    names: dict[str, str] = {}
    for day in calendar.days.order_by("is_one_off", "on"):
        days[f"{day.on}"] = day.windows
        names[f"{day.on}"] = day.name
    return WorkingHours.from_content(
        {
            "zone": calendar.time_zone,
            "weekly": weekly,
            "days": days,
            "names": {day: name for day, name in names.items() if name},
            "years": sorted(calendar.years.values_list("year", flat=True)),
            "awaits_years": bool(calendar.country),
        }
    )


@dataclass(frozen=True)
class Standing:
    """How what was edited stands to what is in force."""

    version: int | None
    is_changed: bool
    trouble: str

    @property
    def waits(self) -> bool:
        """Tell whether something is there to be published."""
        return self.is_changed and not self.trouble

    @property
    def told(self) -> str:
        """Say it, in the reader's language."""
        if self.trouble:
            return _("Cannot be published: %(reason)s") % {"reason": self.trouble}
        if self.version is None:
            return _("Never published")
        words = (
            _("Changed since version %(version)s")
            if self.is_changed
            else _("Version %(version)s is in force")
        )
        return words % {"version": self.version}


def standing(calendar: Calendar) -> Standing:
    """Compare what was edited with the edition in force."""
    last = newest(calendar)
    version = last.version if last else None
    try:
        edited = draft(calendar).to_content()
    except BadCalendar as trouble:
        return Standing(version, True, f"{trouble.field}: {trouble.reason}")
    return Standing(version, last is None or last.content != edited, "")


def make_default(calendar: Calendar) -> bool:
    """Let teams that have no calendar run by this one. False, and nothing is changed, for one
    that was never published. Deadlines that run keep theirs."""
    with transaction.atomic():
        if newest(calendar) is None:
            return False
        Calendar.objects.select_for_update().filter(is_default=True).update(is_default=False)
        Calendar.objects.filter(pk=calendar.pk).update(is_default=True)
    return True


def _written(window: WeeklyWindow) -> list[str]:
    bounds = (window.opens, window.closes)
    if any(bound != time(bound.hour, bound.minute) for bound in bounds):
        raise BadCalendar(
            f"weekly.{window.weekday}", _("Working hours begin and end at a full minute.")
        )
    return [f"{bound:%H:%M}" for bound in bounds]
