"""Who writes into a report, and how two who do it at once lose nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from objections import permissions
from objections.errors import FieldInvalid, NotPermitted, Refused
from objections.models import Case
from objections.vocabulary import Action
from reports.assembling import fingerprint
from reports.models import Report, ReportPart
from reports.vocabulary import Part, ReportKind, Tongue

EDIT = "edit_report"


class EditedMeanwhile(Refused):
    """Somebody else has written the same part since it was read. ``newest`` is their text."""

    def __init__(self, newest: ReportPart) -> None:
        super().__init__(f"{newest.report_id} {newest}")
        self.newest = newest

    @property
    def sentence(self) -> str:
        return _("Somebody else wrote this part in the meantime. Nothing was saved.")


def may_edit(user: User, case: Case) -> bool:
    """Tell whether this person may write into a case's reports.

    Those who may act on the case, and analysts on each that exists for them.
    """
    if permissions.may(user, Action.NOTE, case):
        return True
    if user.role != Role.ANALYST:
        return False
    return permissions.visible_to(user).filter(pk=case.pk).exists()


@transaction.atomic
def write_part(
    case: Case,
    kind: ReportKind,
    tongue: Tongue,
    part: Part,
    *,
    text: str,
    seen: int,
    made_from: str,
    by: User,
    now: datetime,
) -> None:
    """Keep somebody's text for a part.

    ``seen`` is the number of the text that they had before them, 0 for the product's own;
    ``made_from`` is the fingerprint of the product's own text then. Raises NotPermitted,
    FieldInvalid on ``text`` where it is empty, EditedMeanwhile where another text came
    first. A text that says what the product says is not kept: the product's own counts.
    The same text once more changes nothing.
    """
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not text:
        raise FieldInvalid("text", "empty")
    report, newest = _open(case, kind, tongue, part, by)
    if newest is not None and newest.text == text:
        return
    _unless_meanwhile(newest, seen)
    if fingerprint(text) == made_from:
        _give_back(report, part, newest, by, now)
    else:
        _add(report, part, newest, by, now, text=text, made_from=made_from)


@transaction.atomic
def take_back(
    case: Case, kind: ReportKind, tongue: Tongue, part: Part, *, seen: int, by: User, now: datetime
) -> None:
    """Let the product's own text count again; what people wrote stays among the earlier texts.

    Raises NotPermitted, and EditedMeanwhile where somebody wrote it since. Twice changes
    nothing.
    """
    report, newest = _open(case, kind, tongue, part, by)
    if newest is None or newest.is_product:
        return
    _unless_meanwhile(newest, seen)
    _give_back(report, part, newest, by, now)


def _open(
    case: Case, kind: ReportKind, tongue: Tongue, part: Part, by: User
) -> tuple[Report, ReportPart | None]:
    """Return the report, locked until the transaction ends, and the part's newest text."""
    if not may_edit(by, case):
        raise NotPermitted(EDIT)
    if part not in kind.parts:
        raise FieldInvalid("part", "unknown")
    report, _made = Report.objects.get_or_create(case=case, kind=kind, language=tongue)
    report = Report.objects.select_for_update(no_key=True).get(pk=report.pk)
    rows = report.parts.filter(name=part).select_related("edited_by")
    return report, rows.order_by("number").last()


def _unless_meanwhile(newest: ReportPart | None, seen: int) -> None:
    if newest is not None and newest.number != seen:
        raise EditedMeanwhile(newest)


def _give_back(
    report: Report, part: Part, newest: ReportPart | None, by: User, now: datetime
) -> None:
    if newest is not None and not newest.is_product:
        _add(report, part, newest, by, now, is_product=True)


def _add(
    report: Report,
    part: Part,
    newest: ReportPart | None,
    by: User,
    now: datetime,
    *,
    text: str = "",
    made_from: str = "",
    is_product: bool = False,
) -> None:
    ReportPart.objects.create(
        report=report, name=part, number=newest.number + 1 if newest else 1, text=text,
        made_from=made_from, is_product=is_product, edited_by=by, edited_at=now,
    )  # fmt: skip
    report.version += 1
    report.save(update_fields=["version"])
