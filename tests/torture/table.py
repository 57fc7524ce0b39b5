"""The lines that a trial prints."""

from __future__ import annotations

from collections.abc import Sequence

from tests.torture.ground import Row

WIDTHS = (38, 8, 8, 5, 6, 5, 9)
HEADS = ("fault", "trials", "rungs", "lost", "double", "early", "worst")


def head() -> str:
    """Return the first two lines of the table."""
    return f"{_line(HEADS)}  required\n{'─' * 110}"


def lines(rows: Sequence[Row]) -> str:
    """Return one line a row, and below it what else was seen."""
    return "\n".join(_whole(row) for row in rows)


def _whole(row: Row) -> str:
    found = row.findings
    counts = (found.rungs, found.lost, found.double, found.early)
    cells = (row.fault, row.trials, *(f"{count:,}" for count in counts), _seconds(row))
    verdict = "met" if row.met else "NOT MET"
    said = "".join(f"\n    {remark}" for remark in row.remarks)
    return f"{_line(cells)}  {row.required:<36} {verdict}{said}"


def _seconds(row: Row) -> str:
    return f"{row.findings.worst.total_seconds():.2f} s"


def _line(cells: Sequence[str]) -> str:
    first, *others = cells
    return f"{first:<{WIDTHS[0]}}" + "".join(
        f" {cell:>{width}}" for cell, width in zip(others, WIDTHS[1:], strict=True)
    )
