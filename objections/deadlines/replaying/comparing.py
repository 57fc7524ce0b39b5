"""Whether the rows of the clocks are what the timeline says: each column of each row."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from objections.deadlines.replaying.folding import Fold, Happened
from objections.deadlines.replaying.rows import ClockRow, EntryRow, EscalationRow, PauseRow
from objections.models import Case, CaseEvent, Deadline, Escalation, EscalationEntry, Pause
from timekeeping import editions
from timekeeping.calendars import WorkingHours
from timekeeping.models import Edition

BATCH = 200
"""How many cases are read at once, from one snapshot: what bounds the memory."""
MISSING = "missing"
PRESENT = "present"
ROW = "row"
Key = tuple[object, ...]
Row = ClockRow | PauseRow | EscalationRow | EntryRow
Rows = dict[tuple[str, Key], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A column whose value is not what the timeline says.

    ``column`` is "row" where a row is missing, or is there though nothing says so.
    """

    case: str
    table: str
    key: str
    column: str
    row: object
    timeline: object


@dataclass(slots=True)
class Verified:
    """What came of comparing one case. ``unreplayable`` counts what began before the
    terms were written into the timeline: nothing can be said of it."""

    case: str
    deadlines: int = 0
    unreplayable: int = 0
    differences: list[Difference] = field(default_factory=list)


class Editions:
    """The working hours of editions by their key, each read once."""

    def __init__(self) -> None:
        self._known: dict[int, WorkingHours] = {}

    def __call__(self, key: int) -> WorkingHours:
        if key not in self._known:
            self._known[key] = editions.hours(Edition.objects.get(pk=key))
        return self._known[key]


def rebuild(case: Case) -> Fold:
    """Return the rows that the timeline of a case alone says should exist.

    Reads events and editions of calendars, and no row that is derived from them.
    """
    fold = Fold(case.pk, Editions())
    for event in _events([case.pk])[case.pk]:
        fold.take(event)
    return fold


def verify(cases: models.QuerySet[Case]) -> Iterator[Verified]:
    """Compare the rows of these cases with their timelines, one case after the other.

    Each batch is read from a snapshot of its own, so that nobody's writing in between
    looks like a difference and nobody waits. Writes nothing.
    """
    hours, last = Editions(), 0
    while True:
        with _snapshot():
            found = cases.order_by("pk").filter(pk__gt=last).values_list("pk", "reference")
            batch = list(found[:BATCH])
            if not batch:
                return
            told = list(_verify_batch(dict(batch), hours))
        yield from told
        last = batch[-1][0]


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as it was at one moment; in a transaction of the caller's, as it sees it."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _verify_batch(references: dict[int, str], hours: Editions) -> Iterator[Verified]:
    keys = list(references)
    events, stored = _events(keys), _stored(keys)
    for pk, reference in references.items():
        fold = Fold(pk, hours)
        for event in events[pk]:
            fold.take(event)
        yield _compare(fold, reference, stored[pk])


def _events(keys: Sequence[int]) -> defaultdict[int, list[Happened]]:
    """Return the events of these cases in the order in which they were recorded."""
    found: defaultdict[int, list[Happened]] = defaultdict(list)
    rows = CaseEvent.objects.filter(case__in=keys).order_by("pk")
    for case_id, *event in rows.values_list("case_id", *Happened._fields):
        found[case_id].append(Happened(*event))
    return found


def _stored(keys: Sequence[int]) -> defaultdict[int, Rows]:
    """Return the derived rows of these cases, by case, table and key.

    Pauses, escalations and entries have no number in the timeline: they are known by what
    they belong to, and by their place among its rows.
    """
    found: defaultdict[int, Rows] = defaultdict(dict)
    for row in _read(Deadline, ClockRow, {"case__in": keys}, "quarantined_at"):
        found[row["case_id"]]["deadline", (row["id"],)] = row
    count: Counter[Key] = Counter()
    for row in _read(Pause, PauseRow, {"deadline__case__in": keys}, "deadline__case_id"):
        key = _place(count, row["deadline_id"])
        found[row["deadline__case_id"]]["pause", key] = row
    escalations: dict[int, tuple[int, Key]] = {}
    for row in _read(Escalation, EscalationRow, {"case__in": keys}, "id", "quarantined_at"):
        key = _place(count, row["case_id"], row["deadline_id"] or row["reason"])[1:]
        escalations[row["id"]] = (row["case_id"], key)
        found[row["case_id"]]["escalation", key] = row
    for row in _read(EscalationEntry, EntryRow, {"escalation__case__in": keys}, "escalation_id"):
        case_id, above = escalations[row["escalation_id"]]
        key = _place(count, case_id, *above)[1:]
        found[case_id]["escalation_entry", key] = row
    return found


def _read(
    model: type[models.Model], shape: type[Row], chosen: dict[str, object], *beside: str
) -> Iterable[dict[str, Any]]:
    columns = [column.name for column in fields(shape)]
    rows = model._default_manager.filter(**chosen).order_by("pk")
    return rows.values(*columns, *beside)


def _place(count: Counter[Key], *key: object) -> Key:
    """Return a key with the row's place among those of the same key, from one on."""
    count[key] += 1
    return (*key, count[key])


def _told(fold: Fold) -> Iterator[tuple[str, Key, Row]]:
    """Yield the rows that a replay has made, with the keys that the stored ones have."""
    for clock in fold.clocks.values():
        yield "deadline", (clock.id,), clock
    for deadline_id, pauses in fold.pauses.items():
        for number, pause in enumerate(pauses, 1):
            yield "pause", (deadline_id, number), pause
    for about, rows in fold.escalations.items():
        for number, escalation in enumerate(rows, 1):
            yield "escalation", (about, number), escalation
            for place, entry in enumerate(escalation.entries, 1):
                yield "escalation_entry", (about, number, place), entry


def _compare(fold: Fold, case: str, stored: Rows) -> Verified:
    silent = fold.unreplayable | fold.untold
    left = {place: row for place, row in stored.items() if place[1][0] not in silent}
    deadlines = sum(table == "deadline" for table, _key in stored)
    found = Verified(case, deadlines, len(fold.unreplayable))
    for table, key, told in _told(fold):
        if key[0] in silent:
            continue
        row = left.pop((table, key), None)
        name = "/".join(str(part) for part in key)
        if row is None:
            found.differences.append(Difference(case, table, name, ROW, MISSING, PRESENT))
            continue
        found.differences += [
            Difference(case, table, name, column, row[column], value)
            for column, value in vars(told).items()
            if column in row and row[column] != value and not _set_aside(row, column)
        ]
    for table, key in left:
        name = "/".join(str(part) for part in key)
        found.differences.append(Difference(case, table, name, ROW, PRESENT, MISSING))
    return found


def _set_aside(row: dict[str, Any], column: str) -> bool:
    """True for the alarm of a row that cannot be rung: it says when that is tried again."""
    return column == "alarm_at" and row["quarantined_at"] is not None


def written(value: object) -> object:
    """Return a value as every language and program reads it: ISO 8601, seconds, plain words."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value
