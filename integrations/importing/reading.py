"""From text to records: a header, and each record with the line that it starts on. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from integrations.importing.errors import ImportStopped

DELIMITERS = (",", ";", "\t", "|")
CONTROL = {chr(code) for code in range(32)} - {"\t", "\n", "\r", "\f"}


@dataclass(frozen=True, slots=True)
class Record:
    """One record. ``line`` is where it starts, counted from 1 as an editor does.

    ``length`` is how many lines it takes. ``trouble`` says why it cannot be used; then
    there are no cells.
    """

    line: int
    cells: list[str]
    trouble: str = ""
    length: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns, and its text to be read record by record."""

    columns: list[str]
    delimiter: str
    lines: list[str]
    first: int

    def records(self) -> Iterator[Record]:
        """Yield what stands below the header. Empty rows are left out."""
        for record in _records(self.lines, self.first, self.delimiter):
            if record.trouble or any(cell.strip() for cell in record.cells):
                yield self._whole(record)

    def _whole(self, record: Record) -> Record:
        if record.trouble:
            return record
        extra = [cell for cell in record.cells[len(self.columns) :] if cell.strip()]
        if extra or len(record.cells) < len(self.columns):
            trouble = f"{len(record.cells)} cells where the header has {len(self.columns)}"
            return Record(record.line, [], trouble)
        return record


def read_table(text: str) -> Table:
    """Find the delimiter and the header. Raises ImportStopped where there is no table."""
    lines = list(io.StringIO(text, newline=""))
    header = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if any(character in CONTROL for character in lines[header]):
        raise ImportStopped("This is not a CSV file.")
    best: Table | None = None
    for delimiter in DELIMITERS:
        table = _table(lines, header, delimiter)
        if table is not None and (best is None or len(table.columns) > len(best.columns)):
            best = table
    if best is None:
        raise ImportStopped(
            "This is not a CSV file: its first line does not name several columns,"
            " set apart by commas, semicolons, tabs or bars."
        )
    named = [name for name in best.columns if name]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise ImportStopped(f"Two columns have the same name: {', '.join(twice)}.")
    return best


def _table(lines: list[str], header: int, delimiter: str) -> Table | None:
    first = next(_records(lines, header, delimiter), None)
    if first is None or first.trouble or len(first.cells) < 2:
        return None
    return Table([name.strip() for name in first.cells], delimiter, lines, header + first.length)


def _records(lines: list[str], start: int, delimiter: str) -> Iterator[Record]:
    """Yield records from a line on; after a broken one, go on with the very next line.

    So a quotation mark that is never closed spoils its own line and not the rest of the
    file.
    """
    while start < len(lines):
        reader = csv.reader(_from(lines, start), delimiter=delimiter, strict=True)
        line = start
        try:
            for cells in reader:
                end = start + reader.line_num
                yield Record(line + 1, cells, length=end - line)
                line = end
            return
        except csv.Error as error:
            yield Record(line + 1, [], f"not readable as CSV: {error}")
            start = line + 1


def _from(lines: list[str], start: int) -> Iterator[str]:
    for number in range(start, len(lines)):
        yield lines[number]
