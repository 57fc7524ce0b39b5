"""The files, opened again with the libraries that read them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from objections import evidence, steps
from objections.actors import Actor
from objections.models import Case
from objections.services.stepping import take_step
from objections.vocabulary import Stage
from reports import documents
from reports.assembling import assemble
from reports.documents import pictures
from reports.documents.plain import plain
from reports.vocabulary import Part, ReportKind, Tongue
from tests.conftest import People
from tests.reports.conftest import WORDS, SignIn, png, url

pytestmark = pytest.mark.django_db

CaseAt = Callable[..., Case]
EVIL = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","y")']


@pytest.fixture
def word(sign_in: SignIn, people: People) -> Callable[..., WordDocument]:
    """Return a function that fetches a report as Word, and opens it."""

    def fetched(case: Case, kind: str = "up", lang: str = "en") -> WordDocument:
        answer = sign_in(people.engineer).get(
            url(case, kind, "case-report-file", "docx"), {"lang": lang}
        )
        assert answer.status_code == 200
        return Document(BytesIO(answer.content))

    return fetched


@pytest.fixture
def sheet(sign_in: SignIn, people: People) -> Callable[..., Worksheet]:
    """Return a function that fetches the 8D report as Excel, and opens its sheet."""

    def fetched(case: Case, lang: str = "en") -> Worksheet:
        answer = sign_in(people.engineer).get(
            url(case, "8d", "case-report-file", "xlsx"), {"lang": lang}
        )
        assert answer.status_code == 200
        return load_workbook(BytesIO(answer.content)).worksheets[0]

    return fetched


def lines(word: WordDocument) -> list[str]:
    return [one.text for one in word.paragraphs]


def cells(sheet: Worksheet) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]


def headings(word: WordDocument) -> list[str]:
    found = [(one.style, one.text) for one in word.paragraphs]
    return [text for style, text in found if style is not None and style.name == "Heading 2"]


def test_the_report_up_in_word_says_what_the_page_says(rich: Case, word: Any) -> None:
    opened = word(rich)
    assert headings(opened) == [
        "Background", "Effect", "Solution", "Benefit", "Evidence", "Plan of action",
    ]  # fmt: skip
    whole = "\n".join(lines(opened))
    assert WORDS in whole
    assert "Cause: 机封材料硬度不够" in whole
    facts = [cell.text for row in opened.tables[0].rows for cell in row.cells]
    assert rich.reference in facts
    assert "Zhou Min" in facts


@pytest.mark.parametrize("lang", Tongue.values)
def test_the_eight_d_has_its_nine_headings_in_word_and_in_excel(
    rich: Case, word: Any, sheet: Any, lang: str
) -> None:
    found = headings(word(rich, "8d", lang))
    assert [one[:2] for one in found] == [f"D{number}" for number in range(9)]
    written = cells(sheet(rich, lang))
    assert [one for one in written if one in found] == found
    assert any("来料硬度不够" in one for one in written)
    assert rich.reference in written


def test_chinese_letters_have_a_font_of_their_own_in_word(rich: Case, word: Any) -> None:
    for lang, font in (("both", "Microsoft YaHei"), ("zh-hant", "Microsoft JhengHei")):
        opened = word(rich, "8d", lang)
        for name in ("Normal", "Title", "Heading 2", "Footer"):
            fonts = opened.styles[name].element.rPr.rFonts
            assert fonts.get(qn("w:eastAsia")) == font
            assert not [key for key in fonts.attrib if key.endswith("Theme")]


def test_the_paper_is_a4_and_the_foot_counts_the_pages(rich: Case, word: Any, sheet: Any) -> None:
    section = word(rich).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert rich.reference in section.footer.paragraphs[0].text
    assert 'instr="PAGE"' in section.footer.paragraphs[0]._p.xml
    page = sheet(rich)
    assert page.page_setup.paperSize == "9" or page.page_setup.paperSize == 9
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert "&P" in page.oddFooter.right.text


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_is_ever_a_formula(
    case_at: CaseAt, people: People, sign_in: SignIn, sheet: Any, text: str
) -> None:
    case = case_at(Stage.LISTEN, title=text, statement=text)
    browser = sign_in(people.engineer)
    shown = assemble(
        case, ReportKind.EIGHT_D, Tongue.ENGLISH, user=people.engineer, now=case.received_at
    )
    part = shown.part(Part.D4)
    assert part is not None
    given = {"seen": "0", "made_from": part.made_from, "text": f"{text}\nfine"}
    browser.post(url(case, "8d", "case-report-part", "d4") + "?lang=en", given)
    opened = sheet(case)
    found = [cell for row in opened.iter_rows() for cell in row if cell.value == text]
    assert len(found) == 2  # the title among the facts, and the line of D4
    assert all(cell.quotePrefix for cell in found)
    assert {cell.data_type for row in opened.iter_rows() for cell in row if cell.value} == {"s"}


def test_control_characters_leave_no_document_broken(
    case_at: CaseAt, word: Any, sheet: Any
) -> None:
    case = case_at(Stage.LISTEN, statement="a\x0bb\x1fc\ufffed\u202ee")
    assert plain("a\x0bb\x1fc\ufffed\u202ee\n\tf") == "abcde\n f"
    assert any("a b cde" in line for line in lines(word(case, "8d")))
    assert any("a b cde" in one for one in cells(sheet(case)))


def test_a_row_is_high_enough_for_its_words_and_no_higher_than_excel_allows(
    case_at: CaseAt, sheet: Any
) -> None:
    page = sheet(case_at(Stage.LISTEN, statement="漏" * 4000))
    heights = [one.height for one in page.row_dimensions.values()]
    assert max(heights) > 100
    assert max(heights) <= 409


def test_a_long_line_is_spread_over_rows_so_that_all_of_it_is_seen(
    rich: Case, people: People, sign_in: SignIn, sheet: Any
) -> None:
    text = "漏" * 3000 + " seal" * 800
    shown = {"seen": "0", "made_from": "0" * 64, "text": text}
    sign_in(people.engineer).post(f"{url(rich, '8d', 'case-report-part', 'd4')}?lang=en", shown)
    page = sheet(rich)
    rows = [row[0] for row in page.iter_rows() if set(str(row[0].value)) & set("漏") or
            str(row[0].value).startswith("seal seal")]  # fmt: skip
    rows = [cell for cell in rows if len(str(cell.value)) > 500]
    assert "".join(str(cell.value) for cell in rows).startswith("漏" * 3000 + " seal")
    for cell in rows:
        assert page.row_dimensions[cell.row].height < 400


def test_pictures_are_embedded_and_other_files_named(rich: Case, word: Any) -> None:
    for kind in ReportKind.values:
        opened = word(rich, kind)
        assert len(opened.inline_shapes) == 1
        assert opened.inline_shapes[0].width.cm <= 8.01
        assert any("seal.png" in line and "漏点" in line for line in lines(opened))
        assert any("not shown here: log.txt" in line for line in lines(opened))


def test_a_tall_picture_is_no_higher_than_its_place(
    case_at: CaseAt, people: People, now: datetime, word: Any
) -> None:
    case = case_at(Stage.LISTEN)
    attach = steps.Attach(file=SimpleUploadedFile("tall.png", png(10, 200)))
    take_step(case, attach, by=Actor.person(people.engineer), now=now)
    assert word(case).inline_shapes[0].height.cm <= 3.41


def test_an_embedded_photograph_does_not_say_where_it_was_taken(
    case_at: CaseAt, people: People, now: datetime, word: Any
) -> None:
    case = case_at(Stage.LISTEN)
    whole = png()
    place = b"eXIfGPS 39.9042 N"
    chunk = struct.pack(">I", len(place) - 4) + place + struct.pack(">I", zlib.crc32(place))
    attach = steps.Attach(file=SimpleUploadedFile("a.png", whole[:33] + chunk + whole[33:]))
    take_step(case, attach, by=Actor.person(people.engineer), now=now)
    parts = word(case).part.package.iter_parts()
    assert [one.blob for one in parts if one.content_type == "image/png"] == [whole]


def test_a_picture_that_cannot_be_read_is_named_and_stops_nothing(
    case_at: CaseAt, people: People, now: datetime, word: Any
) -> None:
    case, by = case_at(Stage.LISTEN), Actor.person(people.engineer)
    for name, content in {"gone.png": png(), "cut.png": png()[:20], "whole.png": png()}.items():
        take_step(case, steps.Attach(file=SimpleUploadedFile(name, content)), by=by, now=now)
    evidence.path_of(case.evidence.get(name="gone.png").stored_as).unlink()
    opened = word(case)
    assert len(opened.inline_shapes) == 1
    assert any("not shown here: gone.png, cut.png" in line for line in lines(opened))


def test_only_so_many_and_so_large_pictures_are_embedded(
    case_at: CaseAt, people: People, now: datetime, word: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, by = case_at(Stage.LISTEN), Actor.person(people.engineer)
    for number in range(pictures.MOST + 2):
        file = SimpleUploadedFile(f"{number}.png", png())
        take_step(case, steps.Attach(file=file), by=by, now=now)
    assert len(word(case, "8d").inline_shapes) == pictures.MOST
    assert len(word(case, "up").inline_shapes) == 3
    monkeypatch.setattr(pictures, "LARGEST", 10)
    assert len(word(case).inline_shapes) == 0


def test_a_file_has_its_type_its_name_and_the_reference(
    rich: Case, people: People, sign_in: SignIn
) -> None:
    browser = sign_in(people.engineer)
    for kind, ending, name in (
        ("up", "docx", f"{rich.reference}-report-zh-en.docx"),
        ("8d", "docx", f"{rich.reference}-8D-zh-en.docx"),
        ("8d", "xlsx", f"{rich.reference}-8D-zh-en.xlsx"),
    ):
        answer = browser.get(url(rich, kind, "case-report-file", ending), {"lang": "both"})
        assert answer["Content-Type"] == documents.TYPES[ending]
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("kind", "ending"), [("up", "xlsx"), ("8d", "pdf"), ("up", "exe")])
def test_there_is_no_file_of_another_kind(
    case_at: CaseAt, people: People, sign_in: SignIn, kind: str, ending: str
) -> None:
    address = url(case_at(Stage.LISTEN), kind, "case-report-file", ending)
    assert sign_in(people.engineer).get(address).status_code == 404


def test_the_document_says_who_made_it_and_nothing_of_the_template(rich: Case, word: Any) -> None:
    about = word(rich).core_properties
    assert about.author == "Engineer"
    assert rich.reference in about.title
    assert "python" not in f"{about.comments}{about.last_modified_by}".lower()
