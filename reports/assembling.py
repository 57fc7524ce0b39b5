"""A report as somebody reads it: people's texts where they wrote some, else the product's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from objections.models import Case, Evidence
from objections.vocabulary import Stage
from reports.gathering import Record, record_of, related
from reports.models import ReportPart
from reports.vocabulary import Part, ReportKind, Tongue
from reports.writing import write
from reports.writing.pen import Pen

LONGEST = {ReportKind.UP: 260, ReportKind.EIGHT_D: 1200}
"""Characters that one text of the case takes at most: a report up fits on one page."""
MOST_EARLIER = 5


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part: what it says, and what the product says today.

    ``number`` is that of the newest text of people's, 0 where there is none. ``earlier``
    are older ones, the newest first. ``made_from`` is the fingerprint of ``own``.
    """

    part: Part
    heading: str
    own: str
    number: int
    edited: ReportPart | None
    earlier: list[ReportPart]

    @property
    def text(self) -> str:
        return self.edited.text if self.edited else self.own

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def made_from(self) -> str:
        return fingerprint(self.own)

    @property
    def is_outdated(self) -> bool:
        """True where the case says something else than when the text was written."""
        return self.edited is not None and self.edited.made_from != self.made_from


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A whole report at ``now``. ``facts`` are labels and values that nobody edits."""

    case: Case
    kind: ReportKind
    tongue: Tongue
    now: datetime
    title: str
    facts: list[tuple[str, str]]
    parts: list[PartShown]
    files: list[Evidence]
    footer: str

    def part(self, name: str) -> PartShown | None:
        return next((one for one in self.parts if one.part == name), None)


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def assemble(
    case: Case, kind: ReportKind, tongue: Tongue, *, user: User, now: datetime
) -> ReportShown:
    """Return a report as this reader sees it; they may see the case."""
    record = record_of(case, now=now)
    pen = Pen(tongue, longest=LONGEST[kind])
    written = _written(case, kind, tongue)
    return ReportShown(
        case=case,
        kind=kind,
        tongue=tongue,
        now=now,
        title=pen.heading(kind.label),
        facts=[*_facts(case, pen), *_related(case, user, pen)],
        parts=[_part(part, record, pen, written.get(part, [])) for part in kind.parts],
        files=record.evidence,
        footer=_footer(case, pen, now),
    )


def _written(case: Case, kind: ReportKind, tongue: Tongue) -> dict[Part, list[ReportPart]]:
    rows = ReportPart.objects.filter(
        report__case=case, report__kind=kind, report__language=tongue
    ).select_related("edited_by")
    found: dict[Part, list[ReportPart]] = {}
    for row in rows:
        found.setdefault(Part(row.name), []).append(row)
    return found


def _part(part: Part, record: Record, pen: Pen, rows: list[ReportPart]) -> PartShown:
    newest = rows[-1] if rows else None
    edited = newest if newest and not newest.is_product else None
    older = [row for row in reversed(rows) if not row.is_product and row is not edited]
    return PartShown(
        part=part,
        heading=pen.part(part),
        own=write(part, record, pen),
        number=newest.number if newest else 0,
        edited=edited,
        earlier=older[:MOST_EARLIER],
    )


def _facts(case: Case, pen: Pen) -> list[tuple[str, str]]:
    serial = " · ".join(filter(None, (case.serial, case.batch)))
    given = (
        (_("Case"), case.reference),
        (_("Customer"), str(case.customer) if case.customer else ""),
        (_("Contact"), str(case.contact) if case.contact else ""),
        (_("Product"), str(case.product) if case.product else ""),
        (_("Serial or batch"), serial),
        (_("Received"), pen.when(case.received_at)),
        (_("Stage"), pen.say(Stage(case.stage).label)),
        (_("Handler"), str(case.handler) if case.handler else ""),
        (_("In one line"), case.title),
    )
    return [(pen.heading(label), value) for label, value in given if value]


def _related(case: Case, user: User, pen: Pen) -> list[tuple[str, str]]:
    tied = related(case, user)
    if not tied:
        return []
    return [(pen.heading(_("Related cases")), ", ".join(one.reference for one in tied))]


def _footer(case: Case, pen: Pen, now: datetime) -> str:
    zone = timezone.get_default_timezone_name()
    stand = pen.say(_("as of {moment}, times in {zone}"), moment=pen.when(now), zone=zone)
    return f"{case.reference} · {stand}"
