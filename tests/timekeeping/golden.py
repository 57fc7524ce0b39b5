"""Writes docs/clock-cases.json: stated starts, allowances and the moments they fall due.

The expected moments come from the minute oracle and from real time, never from the code
that the product runs. Run `python -m tests.timekeeping.golden` to write the file anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.timekeeping.notices import days_off, make_up_days
from tests.timekeeping.oracle import Oracle, Pauses, elapsed

FILE = Path(__file__).parents[2] / "docs" / "clock-cases.json"
Content = dict[str, Any]
Case = dict[str, Any]
Windows = list[list[str]]

SPLIT: Windows = [["09:00", "12:00"], ["13:00", "18:00"]]
NIGHT: Windows = [["22:00", "06:00"]]
ALWAYS: Windows = [["00:00", "00:00"]]
MORNING: Windows = [["08:00", "12:00"]]


def content(
    zone: str, weekly: list[Windows], days: dict[str, tuple[str, Windows]] | None = None,
    years: list[int] | None = None,
) -> Content:  # fmt: skip
    """A calendar as an edition holds it; it waits for its years where it names some."""
    days = days or {}
    return {
        "zone": zone,
        "weekly": weekly,
        "days": {day: windows for day, (_name, windows) in sorted(days.items())},
        "names": {day: name for day, (name, _windows) in sorted(days.items())},
        "years": years or [],
        "awaits_years": years is not None,
    }


def chinese_days() -> dict[str, tuple[str, Windows]]:
    found: dict[str, tuple[str, Windows]] = {}
    for year in (2024, 2025, 2026):
        found |= {f"{day}": (name, []) for day, name in days_off(year).items()}
        found |= {f"{day}": ("make-up working day", SPLIT) for day in make_up_days(year)}
    return found


GERMAN_DAYS: dict[str, tuple[str, Windows]] = {
    "2026-01-01": ("Neujahr", []), "2026-01-06": ("Heilige Drei Könige", []),
    "2026-04-03": ("Karfreitag", []), "2026-04-06": ("Ostermontag", []),
    "2026-05-01": ("Erster Mai", []), "2026-05-14": ("Christi Himmelfahrt", []),
    "2026-05-25": ("Pfingstmontag", []), "2026-10-03": ("Tag der Deutschen Einheit", []),
    "2026-12-24": ("Heiligabend, half day", MORNING),
    "2026-12-25": ("Erster Weihnachtstag", []), "2026-12-26": ("Zweiter Weihnachtstag", []),
    "2026-12-31": ("Silvester, half day", MORNING),
}  # fmt: skip
ONE_OFFS: dict[str, tuple[str, Windows]] = {
    "2026-07-16": ("typhoon", []), "2026-07-17": ("typhoon", [["13:00", "18:00"]]),
    "2026-07-18": ("stocktaking", [["09:00", "15:00"]]),
}  # fmt: skip

CALENDARS: dict[str, Content] = {
    "china": content("Asia/Shanghai", [SPLIT] * 5 + [[], []], chinese_days(), [2024, 2025, 2026]),
    "shanghai-plain": content("Asia/Shanghai", [[["09:00", "18:00"]]] * 5 + [[], []]),
    "shanghai-one-offs": content(
        "Asia/Shanghai", [[["09:00", "18:00"]]] * 5 + [[], []], ONE_OFFS
    ),
    "germany": content(
        "Europe/Berlin", [[["08:00", "16:30"]]] * 4 + [[["08:00", "15:00"]], [], []],
        GERMAN_DAYS, [2026],
    ),
    "berlin-nights": content("Europe/Berlin", [NIGHT] * 7),
    "new-york": content("America/New_York", [[["09:00", "17:00"]]] * 5 + [[], []]),
    "new-york-all-nights": content("America/New_York", [NIGHT] * 7),
    "new-york-nights": content("America/New_York", [NIGHT] * 5 + [[], NIGHT]),
    "lord-howe-always": content("Australia/Lord_Howe", [ALWAYS] * 7),
    "lord-howe-small-hours": content(
        "Australia/Lord_Howe", [[["00:30", "01:45"], ["02:15", "04:00"]]] * 7
    ),
    "shanghai-always": content("Asia/Shanghai", [ALWAYS] * 7),
    "shanghai-weekend": content("Asia/Shanghai", [[]] * 5 + [[["10:00", "16:00"]]] * 2),
}  # fmt: skip


def utc(calendar: str, wall: str, fold: int = 0) -> datetime:
    """The instant at which the site's wall shows a time; `fold` 1 means the second time."""
    zone = ZoneInfo(CALENDARS[calendar]["zone"])
    return datetime.fromisoformat(wall).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@cache
def oracle(calendar: str, month: date) -> Oracle:
    first = datetime(month.year, month.month, 1, tzinfo=UTC) - timedelta(days=3)
    return Oracle(CALENDARS[calendar], first, 50)


def painted(calendar: str, start: datetime) -> Oracle:
    return oracle(calendar, date(start.year, start.month, 1))


def written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def duration(length: timedelta) -> str:
    """ISO 8601 in hours, minutes and seconds alone: a day would not say of how many hours."""
    hours, rest = divmod(length, timedelta(hours=1))
    minutes, rest = divmod(rest, timedelta(minutes=1))
    seconds = f"{rest / timedelta(seconds=1):.6f}".rstrip("0").rstrip(".")
    parts = [(f"{hours}", "H"), (f"{minutes}", "M"), (seconds, "S")]
    return "PT" + ("".join(n + unit for n, unit in parts if n not in ("0", "")) or "0S")


def told(calendar: str, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(CALENDARS[calendar]["zone"]))
    clock = f"{local:%H:%M:%S.%f}".removesuffix(".000000").removesuffix(":00")
    return f"{local:%a %Y-%m-%d} {clock} ({local:%Z})"


def case(
    name: str, calendar: str, unit: str, start: datetime, allowance: timedelta | int, rule: str,
    pauses: Pauses = (),
) -> Case:  # fmt: skip
    """One case, with its expected moment found the slow way."""
    provisional = False
    if unit == "elapsed":
        assert isinstance(allowance, timedelta)
        due = elapsed(start, allowance, pauses)
    elif unit == "working":
        assert isinstance(allowance, timedelta)
        due, provisional = painted(calendar, start).add(start, allowance, pauses)
    else:
        assert isinstance(allowance, int)
        due, provisional = painted(calendar, start).end_of_working_day(start, allowance)
    found: Case = {
        "id": name, "calendar": calendar, "unit": unit, "start": written(start),
        "allowance": duration(allowance) if isinstance(allowance, timedelta) else allowance,
    }  # fmt: skip
    if pauses:
        found["pauses"] = [[written(begins), written(ends)] for begins, ends in pauses]
    found |= {"due": written(due), "provisional": provisional}
    found["why"] = f"{rule} {_story(calendar, unit, start, due, provisional)}"
    return found


def _story(calendar: str, unit: str, start: datetime, due: datetime, provisional: bool) -> str:
    words = f"Starts {told(calendar, start)}"
    if unit == "working":
        words += " while open" if painted(calendar, start).is_open(start) else " while closed"
    if unit != "elapsed":
        zone = ZoneInfo(CALENDARS[calendar]["zone"])
        first, last = start.astimezone(zone).date(), due.astimezone(zone).date()
        on_the_way = [
            f"{name} on {day}"
            for day, name in CALENDARS[calendar]["names"].items()
            if f"{first}" <= day <= f"{last}"
        ]
        if on_the_way:
            listed = on_the_way if len(on_the_way) < 4 else [on_the_way[0], "…", on_the_way[-1]]
            words += f", passes {', '.join(listed)}"
    words += f", due {told(calendar, due)}."
    return words + (" A year on the way is not published." if provisional else "")


def many(
    category: str, calendar: str, unit: str, rule: str, starts: list[str],
    allowances: list[timedelta] | list[int],
) -> Iterator[Case]:  # fmt: skip
    """Every start with every allowance."""
    number = 0
    for start in starts:
        wall, again, _rest = start.partition(" again")
        for allowance in allowances:
            number += 1
            yield case(f"{category}-{number:02}", calendar, unit,
                       utc(calendar, wall, fold=bool(again)), allowance, rule)  # fmt: skip


def hm(hours: float) -> timedelta:
    return timedelta(hours=hours)


def elapsed_cases() -> Iterator[Case]:
    put_forward = "A day of elapsed time is 86,400 seconds, also when the clock is put forward."
    put_back = "A day of elapsed time is 86,400 seconds, also when the clock is put back."
    lengths = [timedelta(minutes=15), hm(24), hm(72)]
    for calendar, forward, back in (
        ("new-york", ["2026-03-07 12:00", "2026-03-08 01:50"], ["2026-10-31 12:00",
                                                               "2026-11-01 01:50"]),
        ("germany", ["2026-03-28 12:00", "2026-03-29 01:50"], ["2026-10-24 12:00",
                                                              "2026-10-25 02:50"]),
        ("lord-howe-always", ["2026-10-03 12:00", "2026-10-04 01:50"], ["2026-04-04 12:00",
                                                                       "2026-04-05 01:50"]),
    ):  # fmt: skip
        yield from many(f"elapsed-forward-{calendar}", calendar, "elapsed", put_forward, forward,
                        lengths)  # fmt: skip
        yield from many(f"elapsed-back-{calendar}", calendar, "elapsed", put_back, back, lengths)
    closed = "Elapsed time runs through nights, weekends and holidays."
    yield from many("elapsed-closed", "china", "elapsed", closed,
                    ["2026-02-13 17:59:59.999999", "2026-10-01 00:00"],
                    [timedelta(minutes=15), hm(24), hm(72)])  # fmt: skip
    year_end = "Elapsed time knows no year: nothing waits for a calendar."
    yield from many("elapsed-year-end", "china", "elapsed", year_end, ["2026-12-31 23:50"],
                    [timedelta(minutes=15), hm(24)])  # fmt: skip
    leap = "29 February is a day like any other."
    yield from many("elapsed-leap-day", "china", "elapsed", leap,
                    ["2024-02-28 09:00", "2024-02-29 09:00", "2025-02-28 09:00"],
                    [hm(24), hm(72)])  # fmt: skip


def china_cases() -> Iterator[Case]:
    lengths = [timedelta(minutes=15), hm(4), hm(8), hm(24)]
    for category, rule, starts in (
        ("working-weekend", "Nobody works on a plain weekend.",
         ["2026-03-06 17:00", "2026-03-07 10:00", "2026-03-08 23:59"]),
        ("working-lunch", "The lunch hour is not counted.",
         ["2026-03-10 11:30", "2026-03-10 12:00", "2026-03-10 12:30"]),
        ("working-holiday", "A public holiday is not counted.",
         ["2026-09-30 17:30", "2026-10-01 10:00", "2026-04-03 16:00", "2026-06-18 17:59",
          "2025-01-27 17:00", "2024-09-30 17:00"]),
        ("working-make-up", "A make-up Saturday or Sunday is worked like a weekday (调休).",
         ["2026-02-13 17:00", "2026-02-14 09:00", "2026-02-27 17:00", "2026-05-08 17:00",
          "2026-09-19 10:00", "2025-01-25 12:00", "2024-02-03 10:00"]),
    ):  # fmt: skip
        yield from many(category, "china", "working", rule, starts, lengths)


def edge_cases() -> Iterator[Case]:
    tick = timedelta(microseconds=1)
    opening = "At an opening the clock runs at once, a microsecond before it waits."
    yield from many(
        "edge-opening", "shanghai-plain", "working", opening,
        ["2026-03-09 08:59:59.999999", "2026-03-09 09:00", "2026-03-09 09:00:00.000001"],
        [timedelta(0), tick, hm(1), hm(9)],
    )  # fmt: skip
    closing = "Exactly at a closing counts from the next opening; to end at a closing is allowed."
    yield from many(
        "edge-closing", "shanghai-plain", "working", closing,
        ["2026-03-06 17:59:59.999999", "2026-03-06 18:00", "2026-03-06 18:00:00.000001"],
        [timedelta(0), tick, hm(1), hm(9)],
    )  # fmt: skip
    exact = "Microseconds are kept from end to end."
    yield from many("edge-microseconds", "china", "working", exact,
                    ["2026-03-10 11:59:59.123457", "2026-03-10 17:59:59.999999"],
                    [timedelta(seconds=1, microseconds=654321), hm(8) + tick])  # fmt: skip
    weekend = "A site may work on weekends alone."
    yield from many("edge-weekend-site", "shanghai-weekend", "working", weekend,
                    ["2026-03-08 15:00", "2026-03-09 10:00"], [hm(1), hm(6), hm(13)])  # fmt: skip
    one_off = "A one-off day beats the weekly hours: closed, shortened, or worked on a Saturday."
    yield from many("edge-one-off", "shanghai-one-offs", "working", one_off,
                    ["2026-07-15 17:00", "2026-07-16 10:00", "2026-07-17 12:00"],
                    [hm(2), hm(6), hm(12)])  # fmt: skip


def half_day_cases() -> Iterator[Case]:
    rule = "A half-day holiday is worked until noon, a holiday not at all."
    yield from many(
        "working-half-day", "germany", "working", rule,
        ["2026-12-23 16:00", "2026-12-24 11:00", "2026-12-24 12:00", "2026-12-30 16:00"],
        [timedelta(minutes=30), hm(2), hm(4)],
    )  # fmt: skip
    easter = "Friday is shorter than the other days, and Easter takes two more."
    yield from many("working-easter", "germany", "working", easter,
                    ["2026-04-02 16:00", "2026-03-27 14:00"], [hm(1), hm(8.5), hm(20)])  # fmt: skip


def night_cases() -> Iterator[Case]:
    rule = "A night shift belongs to the day on which it opens and runs on over midnight."
    yield from many(
        "night-shift", "new-york-nights", "working", rule,
        ["2026-06-04 23:30", "2026-06-05 05:59", "2026-06-05 06:00", "2026-06-06 03:00",
         "2026-06-06 12:00"],
        [timedelta(minutes=30), hm(3), hm(10)],
    )  # fmt: skip
    for calendar, zone_name, forward, back in (
        ("new-york-all-nights", "new-york", "2026-03-07 22:30", "2026-10-31 22:30"),
        ("berlin-nights", "berlin", "2026-03-28 22:30", "2026-10-24 22:30"),
    ):
        shorter = "The night in which the clock is put forward is an hour shorter."
        longer = "The night in which the clock is put back is an hour longer."
        yield from many(f"night-forward-{zone_name}", calendar, "working", shorter, [forward],
                        [hm(3), hm(6.5), hm(7), hm(8)])  # fmt: skip
        yield from many(f"night-back-{zone_name}", calendar, "working", longer, [back],
                        [hm(3), hm(7.5), hm(8.5), hm(9)])  # fmt: skip


def dst_cases() -> Iterator[Case]:
    day = "By day the hours are as long as ever, though the offset changes in between."
    yield from many("dst-day-new-york", "new-york", "working", day,
                    ["2026-03-06 16:00", "2026-10-30 16:00"], [hm(1), hm(2), hm(10)])  # fmt: skip
    yield from many("dst-day-germany", "germany", "working", day,
                    ["2026-03-27 14:00", "2026-10-23 14:00"], [hm(1), hm(2), hm(10)])  # fmt: skip
    half = "On Lord Howe Island the clock moves by half an hour; round the clock is real time."
    yield from many("dst-lord-howe", "lord-howe-always", "working", half,
                    ["2026-04-04 22:00", "2026-10-03 22:00"], [hm(4), hm(24), hm(48)])  # fmt: skip
    small = "An opening that the wall skips is the moment of the skip; one shown twice, the first."
    yield from many(
        "dst-small-hours", "lord-howe-small-hours", "working", small,
        ["2026-04-05 00:30", "2026-04-05 01:40", "2026-04-05 01:40 again", "2026-10-04 00:30",
         "2026-10-04 01:50"],
        [timedelta(minutes=20), timedelta(minutes=90), hm(3)],
    )  # fmt: skip


def year_cases() -> Iterator[Case]:
    rule = "A way that touches a year without published holidays gives a provisional moment."
    yield from many("year-unpublished", "china", "working", rule,
                    ["2026-12-31 16:00", "2026-12-31 18:00", "2027-01-04 10:00"],
                    [timedelta(minutes=15), hm(2), hm(8)])  # fmt: skip
    yield from many("year-unpublished-days", "china", "days", rule,
                    ["2026-12-29 10:00", "2026-12-31 10:00"], [1, 2, 3])  # fmt: skip
    end = "At the turn of a year whose holidays are known nothing is provisional."
    yield from many("year-end", "china", "working", end,
                    ["2025-12-31 17:00", "2024-12-31 17:00"], [hm(1), hm(2), hm(9)])  # fmt: skip
    alone = "A calendar without a country waits for no year."
    yield from many("year-none-awaited", "shanghai-plain", "working", alone,
                    ["2026-12-31 17:00"], [hm(1), hm(2), hm(10)])  # fmt: skip
    leap = "29 February 2024 is a Thursday and is worked."
    yield from many("year-leap-day", "china", "working", leap,
                    ["2024-02-28 17:00", "2024-02-29 17:00"], [hm(1), hm(2), hm(10)])  # fmt: skip


def day_cases() -> Iterator[Case]:
    rule = "The day of the start does not count; the last closing of the n-th working day is due."
    numbers = [1, 2, 5]
    for category, calendar, starts in (
        ("days-weekend", "china", ["2026-03-05 08:00", "2026-03-06 18:30", "2026-03-07 10:00"]),
        ("days-make-up", "china", ["2026-02-13 10:00", "2026-02-14 10:00", "2026-09-18 10:00"]),
        ("days-holiday", "china", ["2026-09-30 23:59:59.999999", "2026-04-03 10:00"]),
        ("days-half-day", "germany", ["2026-12-22 10:00", "2026-12-23 10:00"]),
        ("days-night", "new-york-nights", ["2026-06-04 12:00", "2026-06-05 03:00",
                                           "2026-03-06 12:00", "2026-10-30 12:00"]),
        ("days-always", "shanghai-always", ["2026-03-10 23:59", "2026-03-11 00:00"]),
        ("days-leap-day", "china", ["2024-02-28 10:00"]),
    ):  # fmt: skip
        yield from many(category, calendar, "days", rule, starts, numbers)


def pause_cases() -> Iterator[Case]:
    rule = "A pause takes away none of the time that was left: it is all left when it ends."
    spans = [
        ("2026-03-10 10:00", "2026-03-10 11:00"), ("2026-03-10 11:30", "2026-03-10 13:30"),
        ("2026-03-10 17:00", "2026-03-11 10:00"), ("2026-03-10 19:00", "2026-03-10 20:00"),
        ("2026-03-10 16:00:00.000001", "2026-03-14 12:00"),
    ]  # fmt: skip
    sets = [[span] for span in spans] + [spans[:2], [spans[0], spans[4]], spans[:3]]
    start = utc("china", "2026-03-10 09:30")
    for number, chosen in enumerate(sets, start=1):
        pauses = [(utc("china", begins), utc("china", ends)) for begins, ends in chosen]
        for unit in ("working", "elapsed"):
            yield case(f"pause-{unit}-{number:02}", "china", unit, start, hm(12), rule, pauses)
    night = [(utc("berlin-nights", "2026-10-25 01:30"), utc("berlin-nights", "2026-10-25 02:30",
                                                            fold=1))]  # fmt: skip
    start = utc("berlin-nights", "2026-10-24 23:00")
    for unit in ("working", "elapsed"):
        again = f"{rule} This one lasts two hours, as the clock is put back in it."
        yield case(f"pause-{unit}-back", "berlin-nights", unit, start, hm(6), again, night)


CHAPTERS: tuple[Callable[[], Iterator[Case]], ...] = (
    elapsed_cases, china_cases, edge_cases, half_day_cases, night_cases, dst_cases, year_cases,
    day_cases, pause_cases,
)  # fmt: skip


def golden() -> dict[str, Any]:
    return {"calendars": CALENDARS, "cases": [case for chapter in CHAPTERS for case in chapter()]}


def as_text(cases: dict[str, Any]) -> str:
    """One line a calendar and one a case, so that a change shows what it changes."""

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    calendars = [f"    {line(name)}: {line(each)}" for name, each in cases["calendars"].items()]
    rows = [f"    {line(each)}" for each in cases["cases"]]
    return (
        '{\n  "calendars": {\n' + ",\n".join(calendars) + '\n  },\n  "cases": [\n'
        + ",\n".join(rows) + "\n  ]\n}\n"
    )  # fmt: skip


if __name__ == "__main__":
    FILE.write_text(as_text(golden()), encoding="utf-8")
