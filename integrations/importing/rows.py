"""From a record to a typed row, or to the reason why it is none. Pure but for translations."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation

from integrations.importing.dates import read_moment
from integrations.importing.errors import RowRefused
from integrations.importing.mapping import ANY_STATUS, STAGES, Columns
from integrations.importing.reading import Record
from objections.vocabulary import Channel, Kind, Stage, Urgency

C = TypeVar("C", bound=TextChoices)
LONGEST = {"external_id": 120, "brand": 120, "model": 200, "serial": 80, "customer": 200}
LONGEST_CODE = 24
BETWEEN_CODES = re.compile(r"[,;|，；、\s]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One case as its source tells it. ``line`` is where it stands in the file."""

    line: int
    external_id: str
    statement: str
    received_at: datetime
    stage: Stage
    kind: Kind
    urgency: Urgency
    channel: Channel | None = None
    customer: str = ""
    brand: str = ""
    model: str = ""
    serial: str = ""
    symptom_codes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return what is the same exactly when the source says the same again."""
        facts = {name: value for name, value in asdict(self).items() if name != "line"}
        facts["received_at"] = self.received_at.isoformat()
        return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads records of one file. ``now`` is the moment after which nobody has spoken yet."""

    columns: Columns
    stages: Mapping[str, Stage]
    zone: ZoneInfo
    encoding: str
    now: datetime

    def read(self, record: Record) -> Row:
        """Return the record as a row, or raise RowRefused with the reason."""
        if record.trouble:
            raise RowRefused(record.trouble)
        self._refuse_unreadable(record)
        given = {name: self.columns.cell(name, record.cells) for name in _READ}
        model = " ".join(part for part in (given["product"], given["model"]) if part)
        return Row(
            line=record.line,
            external_id=_demanded("external_id", given["external_id"]),
            statement=_demanded("statement", given["statement"]),
            received_at=self._received_at(_demanded("received_at", given["received_at"])),
            stage=self._stage(given["status"]),
            kind=_choice("kind", given["kind"], Kind) or Kind.COMPLAINT,
            urgency=_choice("urgency", given["urgency"], Urgency) or Urgency.NORMAL,
            channel=_choice("channel", _if_mapped("channel", given["channel"]), Channel),
            customer=_short("customer", _if_mapped("customer", given["customer"]) or ""),
            brand=_short("brand", given["brand"] or ""),
            model=_short("model", model),
            serial=_short("serial", given["serial"] or ""),
            symptom_codes=_codes(given["symptom_codes"] or ""),
        )

    def _refuse_unreadable(self, record: Record) -> None:
        for cell in record.cells:
            if "\0" in cell:
                raise RowRefused("a cell holds a NUL character")
            if any("\ud800" <= character <= "\udfff" for character in cell):
                raise RowRefused(f"a cell holds bytes that are not {self.encoding}")

    def _received_at(self, text: str) -> datetime:
        moment = read_moment(text, self.zone)
        if moment > self.now:
            raise RowRefused(f"received_at: “{text}” lies in the future")
        return moment.astimezone(UTC)

    def _stage(self, status: str | None) -> Stage:
        if status is None:
            return Stage.LISTEN
        found = self.stages.get(status) or _stage_named(status) or self.stages.get(ANY_STATUS)
        if found is None and not status:
            raise RowRefused("status: is empty")
        if found is None:
            raise RowRefused(
                f"status: which stage “{status[:40]}” stands for is not said; say it,"
                f" as in: --stage '{status[:40]}=listen'"
            )
        return found


_READ = (
    "external_id", "statement", "received_at", "brand", "product", "model", "serial",
    "symptom_codes", "status", "customer", "channel", "kind", "urgency",
)  # fmt: skip


def _demanded(name: str, text: str | None) -> str:
    if not text:
        raise RowRefused(f"{name}: is empty")
    return _short(name, text)


def _if_mapped(name: str, text: str | None) -> str | None:
    """Refuse an empty cell of a column that was mapped; no column at all is no lack."""
    if text == "":
        raise RowRefused(f"{name}: is empty")
    return text


def _short(name: str, text: str) -> str:
    longest = LONGEST.get(name)
    if longest is not None and len(text) > longest:
        raise RowRefused(f"{name}: is longer than {longest} characters")
    return text


def _codes(text: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(code for code in BETWEEN_CODES.split(text) if code))
    for code in codes:
        if len(code) > LONGEST_CODE:
            raise RowRefused(f"symptom_codes: “{code[:40]}” is longer than {LONGEST_CODE}")
    return codes


def _choice(name: str, text: str | None, choices: type[C]) -> C | None:
    """Find what a cell names by identifier or by label, in any of the product's languages."""
    if not text:
        return None
    found = _names(choices).get(text.casefold())
    if found is None:
        raise RowRefused(f"{name}: “{text[:40]}” is none of {', '.join(choices.values)}")
    return choices(found)


def _stage_named(status: str) -> Stage | None:
    found = _names(Stage).get(status.casefold())
    return Stage(found) if found is not None and found in STAGES else None


@cache
def _names(choices: type[TextChoices]) -> dict[str, str]:
    names = {value: value for value in choices.values}
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            names |= {str(label).casefold(): value for value, label in choices.choices}
    return names
