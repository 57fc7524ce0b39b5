"""The 8D report as a sheet of Excel. Every cell is text; none is ever a formula."""

from __future__ import annotations

import unicodedata
from datetime import UTC
from io import BytesIO
from math import ceil

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from reports.assembling import PartShown, ReportShown
from reports.documents.plain import looks_like_a_formula, plain
from reports.documents.word import CHINESE, DEFAULT_CHINESE

WIDTHS = {"A": 20, "B": 34, "C": 20, "D": 34}
WHOLE, LABEL, FACT = sum(WIDTHS.values()), WIDTHS["A"], WIDTHS["B"]
LINE, HIGHEST = 15.0, 400.0
"""Points: a line of text, and the highest row that Excel allows, a little less."""
LONGEST_CELL = 32_000
LONGEST_ROW = 1_200
"""Signs: as many of Chinese as fit into the highest row. What goes beyond would not be seen."""
THIN = Side(style="thin", color="FF808080")
FRAME = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
SHADE = PatternFill("solid", fgColor="FFE3E7EA")


def workbook(shown: ReportShown, author: User) -> bytes:
    """Return the report as the content of an .xlsx file: A4 upright, as wide as the page."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "8D"
    book.properties.title = plain(f"{shown.title} {shown.case.reference}")
    book.properties.creator = plain(str(author))[:255]
    made = shown.now.astimezone(UTC).replace(tzinfo=None)
    book.properties.created = book.properties.modified = made
    writer = _Writer(page, CHINESE.get(shown.tongue, DEFAULT_CHINESE))
    writer.title(f"{shown.title} · {shown.case.reference}")
    writer.facts(shown.facts)
    for part in shown.parts:
        writer.part(part)
    _paper(page, shown.footer)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _paper(page: Worksheet, footer: str) -> None:
    for column, width in WIDTHS.items():
        page.column_dimensions[column].width = width
    page.page_setup.orientation, page.page_setup.paperSize = "portrait", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_options.horizontalCentered = True
    foot = page.oddFooter
    assert foot is not None
    foot.left.text, foot.right.text = plain(footer).replace("&", "&&"), "&P / &N"
    page.sheet_view.showGridLines = False


class _Writer:
    """Writes row under row."""

    def __init__(self, page: Worksheet, font: str) -> None:
        self.page, self.font, self.row = page, font, 1

    def title(self, text: str) -> None:
        self._whole(text, size=16, bold=True, height=28)

    def facts(self, facts: list[tuple[str, str]]) -> None:
        """Write labels and values, two pairs a row."""
        for start in range(0, len(facts), 2):
            cells = [text for pair in facts[start : start + 2] for text in pair]
            for column in range(1, 5):
                text = cells[column - 1] if column <= len(cells) else ""
                self._write(column, text, bold=column % 2 == 1, frame=True)
            alone = len(cells) == 2
            if alone:
                self._merge(2)
            widths = (LABEL, WHOLE - LABEL) if alone else (LABEL, FACT, LABEL, FACT)
            self._height(max(map(_lines, cells, widths)))

    def part(self, part: PartShown) -> None:
        """Write the heading, and each line of the text in a row of its own, a long one in more."""
        self._whole(part.heading, bold=True, shade=True, height=20)
        for line in part.lines:
            for piece in _rows(line):
                self._whole(piece)

    def _whole(
        self,
        text: str,
        *,
        size: float = 10,
        bold: bool = False,
        shade: bool = False,
        height: float = 0,
    ) -> None:
        cell = self._write(1, text, size=size, bold=bold, frame=True)
        self._merge(1)
        if shade:
            cell.fill = SHADE
        self._height(_lines(text, WHOLE), height)

    def _write(
        self, column: int, text: str, *, size: float = 10, bold: bool = False, frame: bool = False
    ) -> Cell:
        text = plain(text)[:LONGEST_CELL]
        cell = self.page.cell(row=self.row, column=column)
        assert isinstance(cell, Cell)
        cell.value = text
        cell.data_type = "s"  # else "=…" were a formula, and "#N/A" an error
        cell.number_format = "@"
        cell.font = Font(name=self.font, size=size, bold=bold)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if looks_like_a_formula(text):
            cell.quotePrefix = True  # so that it stays a text when somebody edits the cell
        if frame:
            cell.border = FRAME
        return cell

    def _merge(self, first: int) -> None:
        self.page.merge_cells(
            start_row=self.row, end_row=self.row, start_column=first, end_column=len(WIDTHS)
        )

    def _height(self, lines: int, least: float = 0) -> None:
        """Set the row's height: Excel finds none for cells that are merged."""
        self.page.row_dimensions[self.row].height = min(max(lines * LINE + 3, least), HIGHEST)
        self.row += 1


def _rows(text: str) -> list[str]:
    """Cut a line that is higher than a row may be, after a word where there is one."""
    found: list[str] = []
    while len(text) > LONGEST_ROW:
        cut = text.rfind(" ", LONGEST_ROW // 2, LONGEST_ROW) + 1 or LONGEST_ROW
        found.append(text[:cut])
        text = text[cut:]
    return [*found, text]


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes: a Chinese letter is as wide as two others."""
    return sum(max(1, ceil(_width(line) / (width - 2))) for line in text.split("\n"))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
