from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from integrations.importing.dates import read_moment
from integrations.importing.errors import RowRefused

SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDNIGHT = "2020-06-08T00:00:00+08:00"


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2020/6/8", MIDNIGHT),
        ("2020-06-08", MIDNIGHT),
        ("2020.6.8", MIDNIGHT),
        ("20200608", MIDNIGHT),
        ("2020年6月8日", MIDNIGHT),
        ("2020/6/8 9:05", "2020-06-08T09:05:00+08:00"),
        ("2020-06-08 09:05:07", "2020-06-08T09:05:07+08:00"),
        ("2020-06-08T09:05:07.123Z", "2020-06-08T09:05:07+00:00"),
        ("2020-06-08T09:05-0330", "2020-06-08T09:05:00-03:30"),
        ("2020-06-08 09:05 +02:00", "2020-06-08T09:05:00+02:00"),
    ],
)
def test_a_date_is_read_where_its_year_stands_first(cell: str, moment: str) -> None:
    assert read_moment(cell, SHANGHAI).isoformat() == moment


def test_a_date_alone_is_midnight_of_the_named_zone() -> None:
    assert read_moment("2020/6/8", ZoneInfo("Europe/Berlin")).isoformat() == (
        "2020-06-08T00:00:00+02:00"
    )


@pytest.mark.parametrize(
    "cell",
    ["08/06/2020", "6/8/20", "yesterday", "2020/13/1", "2020/2/30", "2020-06-08 25:00", "202068",
     "0001-01-01", "1899-12-31", "44000", "2020-06-08T09:05+99:00"],
)  # fmt: skip
def test_a_date_that_is_none_or_means_two_days_is_refused(cell: str) -> None:
    with pytest.raises(RowRefused, match="received_at"):
        read_moment(cell, SHANGHAI)
