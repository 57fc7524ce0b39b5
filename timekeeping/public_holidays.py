"""Public holidays of a year, as maintained libraries know them. No database is read here."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from importlib.metadata import version
from typing import NamedTuple

import chinese_calendar
import holidays
from chinese_calendar.constants import Holiday as ChineseHoliday

CHINA = "CN"
NATIONAL_DAY = (10, 1)
ENGLISH = ("en_US", "en_GB", "en")


class Working(Enum):
    """How much of a normal day is worked on a special one."""

    NOTHING = "nothing"
    UNTIL_NOON = "until noon"
    LIKE_A_WEEKDAY = "like a weekday"


class Special(NamedTuple):
    """A day that public law takes out of the week: a holiday, or a day worked in its stead."""

    on: date
    name: str
    working: Working


class Almanac(NamedTuple):
    """The special days of one year, and the library with its version that says so."""

    source: str
    days: tuple[Special, ...]


class YearUnknown(Exception):
    """Raised where the library does not know the holidays of a year (yet)."""

    def __init__(self, source: str, year: int) -> None:
        super().__init__(f"{source} does not have {year}")
        self.source = source
        self.year = year


class PlaceUnknown(Exception):
    """Raised for a country, or a part of it, that the library does not have."""


def look_up(country: str, subdivision: str, year: int) -> Almanac:
    """Give the special days of a year in a country, or in a part of it (ISO 3166).

    China's come with its make-up working days (调休), which the State Council announces in
    the autumn before. Raises YearUnknown before that, and PlaceUnknown.
    """
    if country == CHINA:
        return _china(year)
    return _elsewhere(country, subdivision, year)


def check_place(country: str, subdivision: str) -> None:
    """Raise PlaceUnknown for a country, or a part of it, whose holidays nobody here knows."""
    if country != CHINA:
        _place(country, subdivision)
    elif subdivision:
        raise PlaceUnknown(f"{country}-{subdivision}")


def _china(year: int) -> Almanac:
    source = f"chinesecalendar {version('chinesecalendar')}"
    try:
        has_autumn, _name = chinese_calendar.get_holiday_detail(date(year, *NATIONAL_DAY))
    except NotImplementedError:
        raise YearUnknown(source, year) from None
    # The notice of a year may already name the first days of the next one.
    if not has_autumn or _name is None:
        raise YearUnknown(source, year)
    return Almanac(source, tuple(filter(None, map(_chinese_day, _days_of(year)))))


def _chinese_day(day: date) -> Special | None:
    is_off, english = chinese_calendar.get_holiday_detail(day)
    if english is None:
        return None
    chinese = ChineseHoliday(english).chinese
    if is_off:
        return Special(day, f"{chinese} · {english}", Working.NOTHING)
    name = f"{chinese}调休上班 · {english}, make-up working day"
    return Special(day, name, Working.LIKE_A_WEEKDAY)


def _elsewhere(country: str, subdivision: str, year: int) -> Almanac:
    source = f"holidays {version('holidays')}"
    place = _place(country, subdivision, year)
    if not place.start_year <= year <= place.end_year:
        raise YearUnknown(source, year)
    whole = _named(country, subdivision, year, holidays.PUBLIC)
    half = {}
    if holidays.HALF_DAY in place.supported_categories:
        half = _named(country, subdivision, year, holidays.HALF_DAY)
    found = {day: Special(day, name, Working.UNTIL_NOON) for day, name in half.items()}
    for day in sorted(getattr(place, "weekend_workdays", ())):
        if day.year == year:
            found[day] = Special(day, "", Working.LIKE_A_WEEKDAY)
    found.update({day: Special(day, name, Working.NOTHING) for day, name in whole.items()})
    if not whole:
        raise YearUnknown(source, year)
    return Almanac(source, tuple(found[day] for day in sorted(found)))


def _place(country: str, subdivision: str, year: int | None = None) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    except NotImplementedError:
        place = f"{country}-{subdivision}" if subdivision else country
        raise PlaceUnknown(place) from None


def _named(country: str, subdivision: str, year: int, category: str) -> dict[date, str]:
    """Name the days of one category in the country's language, and in English beside it."""

    def in_language(language: str | None) -> dict[date, str]:
        found = holidays.country_holidays(
            country, subdiv=subdivision or None, years=year, language=language,
            categories=(category,),
        )  # fmt: skip
        return {day: name for day, name in found.items() if day.year == year}

    place = _place(country, subdivision)
    english = next((name for name in ENGLISH if name in place.supported_languages), None)
    local = in_language(place.default_language)
    beside = in_language(english) if english and english != place.default_language else {}
    return {
        day: f"{name} · {beside[day]}" if beside.get(day, name) != name else name
        for day, name in local.items()
    }


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
