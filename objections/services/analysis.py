"""Five whys: a tree of answers to "why?", each with what shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from objections import permissions, timeline
from objections.actors import Actor
from objections.errors import FieldInvalid, NotPermitted, StaleVersion
from objections.models import Case, Evidence, Why
from objections.services import inside
from objections.vocabulary import Action, CauseCategory, EventKind

DEEPEST = 7
"""So many levels at most. Toyota's practice asks five times; two more leave room."""
MOST = 60


@transaction.atomic
def write(
    case: Case,
    *,
    text: str,
    evidence: str = "",
    files: Sequence[Evidence] = (),
    under: int | None = None,
    is_root_cause: bool = False,
    category: CauseCategory | None = None,
    by: Actor,
    now: datetime,
) -> Why:
    """Write down a why, under the why of that number, or under the case itself.

    Numbers count a case's whys from 1, those that were taken back too. ``category`` is the
    case's from then on where this is a root cause. Refuses with FieldInvalid an empty
    text, a file of another case, an unknown or taken-back ``under``, the eighth level and
    the sixty-first why; and what ``inside.begin`` refuses. Two at once take turns.
    """
    locked, user = inside.begin(case, Action.NOTE, by=by, now=now)
    rows = numbered(locked)
    parent = _standing(rows, under, "under") if under is not None else None
    if parent is not None and level(parent, rows.values()) >= DEEPEST:
        raise FieldInvalid("under", "too_deep")
    if sum(1 for row in rows.values() if row.removed_at is None) >= MOST:
        raise FieldInvalid("text", "too_many")
    why = Why(case=locked, parent=parent, written_at=now, written_by=user)
    _fill(why, locked, text=text, evidence=evidence, files=files, is_root_cause=is_root_cause)
    _categorise(locked, why, category)
    _record(locked, why, len(rows) + 1, under, files, by=by, now=now)
    return why


@transaction.atomic
def correct(
    case: Case,
    number: int,
    *,
    version: int,
    text: str,
    evidence: str = "",
    files: Sequence[Evidence] = (),
    is_root_cause: bool = False,
    category: CauseCategory | None = None,
    by: Actor,
    now: datetime,
) -> Why:
    """Say a why better; what it said before stays in the timeline.

    For its writer, the handler, and who stands above (NotPermitted). ``version`` is the
    why's as it was read: refuses with StaleVersion where somebody corrected it since.
    Saying the same again records nothing.
    """
    locked, user = inside.begin(case, Action.NOTE, by=by, now=now)
    rows = numbered(locked)
    why = _standing(rows, number, "number")
    if not may_correct(user, why, locked):
        raise NotPermitted(Action.NOTE)
    if why.version != version:
        raise StaleVersion(locked)
    before = (why.text, why.evidence, why.is_root_cause, {file.pk for file in why.files.all()})
    after = (text.strip(), evidence.strip(), is_root_cause, {file.pk for file in files})
    if before == after and category in (None, locked.cause_category):
        return why
    why.version += 1
    _fill(why, locked, text=text, evidence=evidence, files=files, is_root_cause=is_root_cause)
    _categorise(locked, why, category)
    under = next((key for key, row in rows.items() if row.pk == why.parent_id), None)
    _record(locked, why, number, under, files, by=by, now=now)
    return why


@transaction.atomic
def take_back(case: Case, number: int, *, size: int, by: Actor, now: datetime) -> list[Why]:
    """Take a why back with all that stands under it. The rows stay, with the time.

    For whom may correct it. ``size`` is how many whys the branch had when it was read:
    refuses with StaleVersion where it has another number now.
    """
    locked, user = inside.begin(case, Action.NOTE, by=by, now=now)
    rows = numbered(locked)
    why = _standing(rows, number, "number")
    if not may_correct(user, why, locked):
        raise NotPermitted(Action.NOTE)
    branch = [row for row in rows.values() if row.removed_at is None and _is_under(row, why, rows)]
    if len(branch) != size:
        raise StaleVersion(locked)
    locked.whys.filter(pk__in=[row.pk for row in branch]).update(removed_at=now)
    timeline.record(
        locked, EventKind.WHY_REMOVED, at=now, now=now, by=by, number=number, words=why.text,
        evidence=why.evidence, branch=sorted(key for key, row in rows.items() if row in branch),
    )  # fmt: skip
    inside.changed(locked, now=now)
    return branch


def numbered(case: Case) -> dict[int, Why]:
    """Return all whys of a case by their number, those that were taken back too."""
    return dict(enumerate(case.whys.order_by("pk"), start=1))


def may_correct(user: User, why: Why, case: Case) -> bool:
    """Tell whether this person, who may work on the case, may correct or take back a why."""
    own = user.pk in (why.written_by_id, case.handler_id)
    return own or case.handler_id is None or permissions.stands_above(user, case)


def level(why: Why, rows: Iterable[Why]) -> int:
    """Return how deep a why stands: 1 for one that is under the case itself."""
    parents = {row.pk: row.parent_id for row in rows}
    depth, key = 1, why.parent_id
    while key is not None:
        depth, key = depth + 1, parents[key]
    return depth


def _standing(rows: dict[int, Why], number: int, name: str) -> Why:
    found = rows.get(number)
    if found is None or found.removed_at is not None:
        raise FieldInvalid(name, "unknown")
    return found


def _is_under(row: Why, top: Why, rows: dict[int, Why]) -> bool:
    by_key = {one.pk: one for one in rows.values()}
    at: Why | None = row
    while at is not None and at.pk != top.pk:
        at = by_key[at.parent_id] if at.parent_id is not None else None
    return at is not None


def _fill(
    why: Why, case: Case, *, text: str, evidence: str, files: Collection[Evidence],
    is_root_cause: bool,
) -> None:  # fmt: skip
    if not text.strip():
        raise FieldInvalid("text", "empty")
    if any(file.case_id != case.pk for file in files):
        raise FieldInvalid("files", "unknown")
    why.text, why.evidence, why.is_root_cause = text.strip(), evidence.strip(), is_root_cause
    why.save()
    why.files.set(files)


def _categorise(case: Case, why: Why, category: CauseCategory | None) -> None:
    if why.is_root_cause and category is not None and category != case.cause_category:
        case.cause_category = category
        case.save(update_fields=["cause_category"])


def _record(
    case: Case, why: Why, number: int, under: int | None, files: Iterable[Evidence], *,
    by: Actor, now: datetime,
) -> None:  # fmt: skip
    timeline.record(
        case, EventKind.WHY_WRITTEN, at=now, now=now, by=by, number=number, under=under,
        words=why.text, evidence=why.evidence, files=[file.caption or file.name for file in files],
        root_cause=why.is_root_cause, corrected=why.version > 1,
        cause_category=case.cause_category if why.is_root_cause else "",
    )  # fmt: skip
    inside.changed(case, now=now)
