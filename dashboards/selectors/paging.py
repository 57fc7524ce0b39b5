"""A part of a long list, without counting the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

_T = TypeVar("_T")
_M = TypeVar("_M", bound=Model)


@dataclass(frozen=True, slots=True)
class Part(Generic[_T]):
    """One page of a list: what is on it, which it is, and whether there is one after it."""

    items: Sequence[_T]
    number: int
    has_next: bool

    def __iter__(self) -> Iterator[_T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1


def part_of(rows: QuerySet[_M], number: int, size: int) -> Part[_M]:
    """Return a page of ordered rows in one query."""
    start = (number - 1) * size
    found = list(rows[start : start + size + 1])
    return Part(found[:size], number, len(found) > size)
