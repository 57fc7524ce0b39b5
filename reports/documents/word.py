"""A report as a Word document: A4, black on white, with fonts named for Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from io import BytesIO
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from accounts.models import User
from objections.models import Evidence
from reports.assembling import ReportShown
from reports.documents.pictures import MOST, Picture, sort_out
from reports.documents.plain import plain
from reports.vocabulary import Part, ReportKind, Tongue
from reports.writing.pen import Pen

LATIN = "Calibri"
CHINESE = {Tongue.TRADITIONAL: "Microsoft JhengHei"}
DEFAULT_CHINESE = "Microsoft YaHei"
SIZES = {
    ReportKind.UP: {"Normal": 9.0, "Title": 15.0, "Heading 2": 10.5, "Footer": 7.5},
    ReportKind.EIGHT_D: {"Normal": 10.0, "Title": 16.0, "Heading 2": 11.5, "Footer": 8.0},
}
"""Points. A report up is set closer, so that it fits on its page."""
LEADING = 1.32
"""The height of a line for a size of 1: Chinese fonts ask for more than is needed."""
SPACES = {ReportKind.UP: (5.2, 3.4, 3), ReportKind.EIGHT_D: (8.0, 8.0, MOST)}
"""The greatest width and height of a picture, in centimetres, and how many are shown."""
DOTS_PER_CM = 96 / 2.54
COLUMNS = (Cm(3.6), Cm(4.9), Cm(3.6), Cm(4.9))
PICTURES_AFTER = {ReportKind.UP: Part.EVIDENCE, ReportKind.EIGHT_D: Part.D2}


def document(shown: ReportShown, author: User) -> bytes:
    """Return the report as the content of a .docx file."""
    word = Document()
    _paper(word)
    _styles(word, shown)
    _about(word, shown, author)
    word.add_paragraph(plain(f"{shown.title} · {shown.case.reference}"), style="Title")
    _facts(word, shown.facts)
    for part in shown.parts:
        word.add_paragraph(plain(part.heading), style="Heading 2")
        for line in part.lines:
            word.add_paragraph(plain(line))
        if part.part is PICTURES_AFTER[shown.kind]:
            _pictures(word, shown)
    _footer(word, shown.footer)
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def _paper(word: WordDocument) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.3)


def _styles(word: WordDocument, shown: ReportShown) -> None:
    """Name the fonts of each style for Latin and for Chinese letters, and the languages."""
    tongue = shown.tongue
    for name, size in SIZES[shown.kind].items():
        style: Any = word.styles[name]
        style.font.name, style.font.size = LATIN, Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.bold = name in ("Title", "Heading 2")
        shape = style.element.get_or_add_rPr()
        fonts = shape.get_or_add_rFonts()
        for key in list(fonts.keys()):
            if key.endswith("Theme"):
                del fonts.attrib[key]
        for script in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{script}"), LATIN)
        fonts.set(qn("w:eastAsia"), CHINESE.get(tongue, DEFAULT_CHINESE))
        shape.append(_language(tongue))
        style.paragraph_format.space_after = Pt(1)
        style.paragraph_format.line_spacing = Pt(round(size * LEADING, 1))
    title: Any = word.styles["Title"]
    for line in title.element.pPr.findall(qn("w:pBdr")):
        title.element.pPr.remove(line)
    heading: Any = word.styles["Heading 2"]
    heading.paragraph_format.space_before = Pt(6)
    heading.paragraph_format.keep_with_next = True


def _language(tongue: Tongue) -> Any:
    tag = OxmlElement("w:lang")
    tag.set(qn("w:val"), "en-US")
    tag.set(qn("w:eastAsia"), tongue.locale)
    return tag


def _about(word: WordDocument, shown: ReportShown, author: User) -> None:
    about = word.core_properties
    about.title = plain(f"{shown.title} {shown.case.reference}")
    about.author = about.last_modified_by = plain(str(author))[:255]
    about.created = about.modified = shown.now.astimezone(UTC).replace(tzinfo=None)
    about.comments, about.language = "", shown.tongue.tag


def _facts(word: WordDocument, facts: Sequence[tuple[str, str]]) -> None:
    """Lay the facts out in a table, two side by side; a last one alone takes the whole row."""
    table = word.add_table(rows=(len(facts) + 1) // 2, cols=4, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, COLUMNS, strict=True):
        column.width = width
    for number, (label, value) in enumerate(facts):
        row, side = divmod(number, 2)
        cells = table.rows[row].cells
        _cell(cells[2 * side], label, bold=True)
        alone = number == len(facts) - 1 and side == 0
        _cell(cells[1].merge(cells[3]) if alone else cells[2 * side + 1], value)


def _cell(cell: _Cell, text: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(plain(text))
    run.bold, run.font.size = bold, Pt(9)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)


def _pictures(word: WordDocument, shown: ReportShown) -> None:
    """Show the pictures side by side as they fit, then their names; name the other files."""
    width, height, most = SPACES[shown.kind]
    pictures, named = sort_out(shown.files, most=most)
    pen = Pen(shown.tongue, longest=2000)
    if pictures:
        paragraph = word.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.line_spacing = 1.0
        for picture in pictures:
            _picture(paragraph, picture, width, height)
    if pictures and shown.kind is ReportKind.EIGHT_D:  # the report up lists each with its caption
        _names(word, pen, _("Shown here"), [picture.row for picture in pictures])
    _names(word, pen, _("Files that are not shown here"), named)


def _picture(paragraph: Paragraph, picture: Picture, width: float, height: float) -> None:
    """Add a picture, no larger than its place and no larger than it is."""
    wide = min(width, height / picture.shape, picture.width / DOTS_PER_CM)
    paragraph.add_run().add_picture(picture.stream, width=Cm(wide))
    paragraph.add_run(" ")


def _names(word: WordDocument, pen: Pen, label: str | Lazy, rows: Sequence[Evidence]) -> None:
    if rows:
        word.add_paragraph(plain(pen.pair(label, ", ".join(_caption(row) for row in rows))))


def _caption(row: Evidence) -> str:
    return f"{row.name} ({row.caption})" if row.caption else row.name


def _footer(word: WordDocument, text: str) -> None:
    paragraph = word.sections[0].footer.paragraphs[0]
    paragraph.add_run(plain(f"{text} · "))
    _field(paragraph, "PAGE")
    paragraph.add_run(" / ")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Paragraph, code: str) -> None:
    """Add a field that Word fills in, such as the number of the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, shown = OxmlElement("w:r"), OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)
