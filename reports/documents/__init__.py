"""Reports as files of Word and Excel."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import User
from objections.evidence import TYPES as KNOWN
from reports.assembling import ReportShown
from reports.documents import sheet, word
from reports.vocabulary import ReportKind

DOCX, XLSX = "docx", "xlsx"
TYPES = {ending: KNOWN[ending] for ending in (DOCX, XLSX)}
PROGRAMS = {DOCX: "Word", XLSX: "Excel"}

MAKERS: dict[tuple[ReportKind, str], Callable[[ReportShown, User], bytes]] = {
    (ReportKind.UP, DOCX): word.document,
    (ReportKind.EIGHT_D, DOCX): word.document,
    (ReportKind.EIGHT_D, XLSX): sheet.workbook,
}

NAMES = {ReportKind.UP: "report", ReportKind.EIGHT_D: "8D"}


def name_of(shown: ReportShown, ending: str) -> str:
    """Return the name of the file: "CT-2026-000123-8D-zh-en.xlsx"."""
    return f"{shown.case.reference}-{NAMES[shown.kind]}-{shown.tongue.ending}.{ending}"
