"""Bringing rows in: a batch a transaction, so that a run which died goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Protocol

from django.db import transaction

from customers import services as customers
from customers.models import Customer, Product
from customers.services import CustomerFacts
from integrations.importing.errors import RowRefused
from integrations.importing.reading import Record
from integrations.importing.rows import Reader, Row
from objections.actors import SYSTEM
from objections.errors import AlreadyExists, Refused
from objections.models import Case, CaseEvent
from objections.openings import Opening
from objections.services import history
from objections.vocabulary import ClockMode, EventKind, Stage

BATCH = 50


class Listener(Protocol):
    """Hears how the import goes, line by line."""

    def refused(self, line: int, reason: str) -> None: ...

    def noted(self, line: int, remark: str) -> None: ...

    def advanced(self, records: int) -> None: ...


@dataclass(slots=True)
class Tally:
    """What came of the rows. A dry run counts what it would have done."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    def __str__(self) -> str:
        return (
            f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged,"
            f" {self.refused} refused"
        )


@dataclass(slots=True)
class Import:
    """One run over one file. Each batch commits, or rolls back, as a whole.

    A row is known by (source, external id): brought again unchanged it stays, changed it
    brings the case up to date, unless somebody has worked on the case since. Two runs at
    once make each case once. ``mode`` is for new cases; one that is known keeps its own.
    A live row begins in the first stage, for a live case moves by its steps alone.
    """

    source: str
    reader: Reader
    clock_now: Callable[[], datetime]
    listener: Listener
    dry_run: bool = False
    mode: ClockMode = ClockMode.HISTORICAL
    tally: Tally = field(default_factory=Tally)
    _seen: dict[str, int] = field(default_factory=dict)
    _products: dict[tuple[str, str], Product] = field(default_factory=dict)
    _customers: dict[str, Customer] = field(default_factory=dict)

    def run(self, records: Iterable[Record]) -> Tally:
        for batch in _batches(records):
            rows = list(self._read(batch))
            with transaction.atomic():
                self._bring(rows)
            self.listener.advanced(sum(record.length for record in batch))
        return self.tally

    def _read(self, records: Sequence[Record]) -> Iterator[Row]:
        for record in records:
            try:
                row = self.reader.read(record)
                first = self._seen.setdefault(row.external_id, row.line)
                if first != row.line:
                    raise RowRefused(
                        f"external_id: “{row.external_id}” stands in line {first} already"
                    )
            except RowRefused as error:
                self._refuse(record.line, str(error))
            else:
                yield row

    def _refuse(self, line: int, reason: str) -> None:
        self.tally.refused += 1
        self.listener.refused(line, reason)

    def _bring(self, rows: Sequence[Row]) -> None:
        known = self._known(rows)
        left = _left_as(known.values())
        now = self.clock_now()
        for row in rows:
            case = known.get(row.external_id)
            try:
                if case is None:
                    self._create(row, now)
                else:
                    self._meet(case, left.get(case.pk), row, now)
            except RowRefused as refusal:
                self._refuse(row.line, str(refusal))
            except Refused as error:
                self._refuse(row.line, error.sentence)

    def _known(self, rows: Sequence[Row]) -> dict[str, Case]:
        numbers = [row.external_id for row in rows]
        found = Case.objects.filter(source=self.source, external_id__in=numbers)
        return {case.external_id: case for case in found}

    def _create(self, row: Row, now: datetime) -> None:
        _demand(row, self.mode)
        if not self.dry_run:
            opening = self._opening(row)
            try:
                history.open_imported(
                    opening, row.stage, fingerprint=row.fingerprint, by=SYSTEM, now=now
                )
            except AlreadyExists:
                self.tally.unchanged += 1
                self.listener.noted(row.line, "was brought in by another run just now")
                return
        self.tally.created += 1

    def _meet(self, case: Case, left: tuple[str, int] | None, row: Row, now: datetime) -> None:
        """Compare a row with the case that it made, and bring the case up to date."""
        if left is None:
            self._leave_alone(row, f"{case.reference} was not made by an import; left as it is")
        elif left[0] == row.fingerprint:
            self.tally.unchanged += 1
            if case.clock_mode != self.mode:
                self.listener.noted(row.line, f"{case.reference} stays {case.clock_mode}")
        elif case.version > left[1] or not self._amend(case, row, now):
            self._leave_alone(row, f"{case.reference} has been worked on since; left as it is")
        else:
            self.tally.updated += 1

    def _amend(self, case: Case, row: Row, now: datetime) -> bool:
        _demand(row, case.clock_mode_enum)
        return self.dry_run or history.amend_imported(
            case, self._opening(row), row.stage, fingerprint=row.fingerprint, by=SYSTEM, now=now
        )

    def _leave_alone(self, row: Row, remark: str) -> None:
        self.tally.unchanged += 1
        self.listener.noted(row.line, remark)

    def _opening(self, row: Row) -> Opening:
        return Opening(
            statement=row.statement, customer=self._customer(row), channel=row.channel,
            kind=row.kind, urgency=row.urgency, received_at=row.received_at,
            product=self._product(row), serial=row.serial, symptom_codes=row.symptom_codes,
            source=self.source, external_id=row.external_id, clock_mode=self.mode,
        )  # fmt: skip

    def _product(self, row: Row) -> Product | None:
        if not row.brand and not row.model:
            return None
        key = (row.brand, row.model)
        if key not in self._products:
            self._products[key] = customers.product_of(*key)
        return self._products[key]

    def _customer(self, row: Row) -> Customer | None:
        """Find a customer by name, or write down one whose number at the source is its name."""
        name = row.customer
        if name and name not in self._customers:
            found = Customer.objects.filter(name=name).order_by("pk").first()
            self._customers[name] = found or customers.find_or_create(
                self.source, name[:120], CustomerFacts(name=name)
            )
        return self._customers.get(name)


def _demand(row: Row, mode: ClockMode) -> None:
    """Refuse a row that lacks what a case whose clocks run must have."""
    if mode is ClockMode.HISTORICAL:
        return
    for name, value in (("customer", row.customer), ("channel", row.channel)):
        if not value:
            raise RowRefused(f"{name}: is missing; only a historical case may lack it")
    if mode is ClockMode.LIVE and row.stage is not Stage.LISTEN:
        raise RowRefused(
            f"status: a live case begins in “listen”, not in “{row.stage}”;"
            " bring it in as observed or historical"
        )


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    waiting = iter(records)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _left_as(cases: Iterable[Case]) -> dict[int, tuple[str, int]]:
    """Return the fingerprint and the version that the last import left of each case."""
    events = CaseEvent.objects.filter(
        case__in=[case.pk for case in cases], kind=EventKind.IMPORTED
    ).order_by("pk")
    return {
        event.case_id: (str(event.data["fingerprint"]), int(event.data["version"]))
        for event in events
    }
