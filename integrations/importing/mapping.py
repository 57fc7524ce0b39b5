"""Which column of a foreign export means what, said on the command line or in a file. Pure."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.importing.errors import ImportStopped
from objections.vocabulary import ClockMode, Stage

FIELDS = (
    "external_id", "statement", "received_at", "brand", "product", "model", "serial",
    "symptom_codes", "status", "customer", "channel", "kind", "urgency",
)  # fmt: skip
DEMANDED = ("external_id", "statement", "received_at")
ANY_STATUS = "*"
STAGES = tuple(stage for stage in Stage if stage is not Stage.MERGED)
SECTIONS = {"map", "set", "stage", "zone", "encoding", "mode"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known about a source's exports before one of them is read.

    ``columns`` gives the column of a field, ``constants`` what a field is in every row,
    ``stages`` the stage that a status stands for, ``mode`` what its cases' clocks do.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    zone: str = ""
    encoding: str = ""
    mode: ClockMode | None = None

    def overlaid(self, other: Plan) -> Plan:
        """Return this mapping with what the other one says put over it."""
        named = {**other.columns, **other.constants}
        return Plan(
            {**_without(self.columns, named), **other.columns},
            {**_without(self.constants, named), **other.constants},
            {**self.stages, **other.stages},
            other.zone or self.zone,
            other.encoding or self.encoding,
            other.mode or self.mode,
        )


def _without(given: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    left_out = set(names)
    return {name: value for name, value in given.items() if name not in left_out}


@dataclass(frozen=True, slots=True)
class Columns:
    """A mapping laid over the columns of one file: where each field's cell stands."""

    places: Mapping[str, int]
    constants: Mapping[str, str]
    unused: tuple[str, ...]

    def cell(self, name: str, cells: Sequence[str]) -> str | None:
        """Return what a record says of a field; None for a field that nobody mapped."""
        if name in self.places:
            return cells[self.places[name]].strip()
        return self.constants.get(name)


def build(
    columns: Iterable[tuple[str, str]],
    constants: Iterable[tuple[str, str]],
    stages: Iterable[tuple[str, str]],
    *,
    zone: str = "",
    encoding: str = "",
    mode: str = "",
) -> Plan:
    """Return a mapping of what was said, or raise ImportStopped and name what is wrong."""
    mapped, fixed = dict(columns), dict(constants)
    for name in (*mapped, *fixed):
        if name not in FIELDS:
            raise ImportStopped(f"There is no field “{name}”. Fields are: {', '.join(FIELDS)}.")
    both = sorted(mapped.keys() & fixed.keys())
    if both:
        raise ImportStopped(f"{both[0]}: give a column or a constant, not both.")
    if "external_id" in fixed:
        raise ImportStopped("external_id: every row needs a number of its own, so give a column.")
    known = {status.strip(): _stage(status, stage) for status, stage in stages}
    return Plan(mapped, fixed, known, zone, encoding, _mode(mode) if mode else None)


def _mode(word: str) -> ClockMode:
    if word not in ClockMode.values:
        modes = ", ".join(ClockMode.values)
        raise ImportStopped(f"mode: there is no mode “{word}”. Modes are: {modes}.")
    return ClockMode(word)


def _stage(status: str, stage: str) -> Stage:
    if stage not in STAGES:
        raise ImportStopped(
            f"--stage {status}={stage}: there is no such stage. Stages are: {', '.join(STAGES)}."
        )
    return Stage(stage)


def load(path: Path) -> Plan:
    """Read a mapping from a TOML or JSON file, or raise ImportStopped and say why not."""
    try:
        text = path.read_text(encoding="utf-8")
        given = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise ImportStopped(f"--mapping {path}: {error}") from error
    if not isinstance(given, dict) or not given.keys() <= SECTIONS:
        raise ImportStopped(f"--mapping {path}: may hold {', '.join(sorted(SECTIONS))}, no more.")
    try:
        return build(
            _pairs(given, "map"), _pairs(given, "set"), _pairs(given, "stage"),
            zone=_word(given, "zone"), encoding=_word(given, "encoding"),
            mode=_word(given, "mode"),
        )  # fmt: skip
    except ImportStopped as error:
        raise ImportStopped(f"--mapping {path}: {error}") from error


def _pairs(given: Mapping[str, object], name: str) -> list[tuple[str, str]]:
    section = given.get(name, {})
    if not isinstance(section, dict) or not all(isinstance(v, str) for v in section.values()):
        raise ImportStopped(f"“{name}” must be a list of names with one text each.")
    return list(section.items())


def _word(given: Mapping[str, object], name: str) -> str:
    word = given.get(name, "")
    if not isinstance(word, str):
        raise ImportStopped(f"“{name}” must be a text.")
    return word


def pair(text: str) -> tuple[str, str]:
    """Split NAME=VALUE. The name may not be empty, and may itself hold no equals sign."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise ImportStopped(f"“{text}” is not of the form NAME=VALUE.")
    return name.strip(), value.strip()


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of this name, or raise ImportStopped."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImportStopped(f"--zone {name}: there is no such time zone.") from error


def lay_over(mapping: Plan, header: Sequence[str]) -> Columns:
    """Find each field's column. A column that bears a field's own name needs no mapping.

    Raises ImportStopped for a column that is not there and a demanded field without one.
    """
    known = "Columns are: " + ", ".join(name for name in header if name) + "."
    places: dict[str, int] = {}
    for name, column in mapping.columns.items():
        if column not in header:
            raise ImportStopped(f"{name}: there is no column “{column}”. {known}")
        places[name] = header.index(column)
    for name in FIELDS:
        if name in header and name not in places and name not in mapping.constants:
            places[name] = header.index(name)
    for name in DEMANDED:
        if name not in places and name not in mapping.constants:
            raise ImportStopped(
                f"{name}: no column of that name. Name one, as in: --map {name}=COLUMN. {known}"
            )
    used = set(places.values())
    unused = tuple(name for n, name in enumerate(header) if n not in used and name)
    return Columns(places, mapping.constants, unused)
