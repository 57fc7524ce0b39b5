"""China's days off and make-up days as the State Council's yearly notices name them.

Typed from the notices of 2023-10-25, 2024-11-12 and 2025-11-04, so that the library is
checked against the source and the golden cases do not rest on the library.
"""

from __future__ import annotations

from datetime import date, timedelta

OFF = {
    2024: [
        ("2024-01-01", 1, "New Year's Day"), ("2024-02-10", 8, "Spring Festival"),
        ("2024-04-04", 3, "Tomb-sweeping Day"), ("2024-05-01", 5, "Labour Day"),
        ("2024-06-10", 1, "Dragon Boat Festival"), ("2024-09-15", 3, "Mid-autumn Festival"),
        ("2024-10-01", 7, "National Day"),
    ],
    2025: [
        ("2025-01-01", 1, "New Year's Day"), ("2025-01-28", 8, "Spring Festival"),
        ("2025-04-04", 3, "Tomb-sweeping Day"), ("2025-05-01", 5, "Labour Day"),
        ("2025-05-31", 3, "Dragon Boat Festival"), ("2025-10-01", 8, "National Day"),
    ],
    2026: [
        ("2026-01-01", 3, "New Year's Day"), ("2026-02-15", 9, "Spring Festival"),
        ("2026-04-04", 3, "Tomb-sweeping Day"), ("2026-05-01", 5, "Labour Day"),
        ("2026-06-19", 3, "Dragon Boat Festival"), ("2026-09-25", 3, "Mid-autumn Festival"),
        ("2026-10-01", 7, "National Day"),
    ],
}  # fmt: skip

MAKE_UP = {
    2024: ["2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14",
           "2024-09-29", "2024-10-12"],
    2025: ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
    2026: ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
}  # fmt: skip


def days_off(year: int) -> dict[date, str]:
    return {
        date.fromisoformat(first) + timedelta(days=number): name
        for first, length, name in OFF[year]
        for number in range(length)
    }


def make_up_days(year: int) -> list[date]:
    return [date.fromisoformat(day) for day in MAKE_UP[year]]
