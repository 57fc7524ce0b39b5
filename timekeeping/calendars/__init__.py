"""Working time: the hours of a site, and arithmetic with them. No database is read here."""

from timekeeping.calendars.arithmetic import (
    NoFuture,
    Reached,
    add,
    between,
    days_skipped,
    end_of_working_day,
    is_open,
    next_opening,
    subtract,
)
from timekeeping.calendars.checking import check
from timekeeping.calendars.hours import BadCalendar, Window, WorkingHours

__all__ = [
    "BadCalendar",
    "NoFuture",
    "Reached",
    "Window",
    "WorkingHours",
    "add",
    "between",
    "check",
    "days_skipped",
    "end_of_working_day",
    "is_open",
    "next_opening",
    "subtract",
]
