"""Shifts what this Python takes the time to be, where libfaketime is not installed.

Read by Python itself at the start of a process whose PYTHONPATH names this folder.
"""

from __future__ import annotations

import datetime as dates
import os
import time
from datetime import datetime, tzinfo
from typing import Any

SHIFT = float(os.environ["TORTURE_SHIFT"])
real_time, real_time_ns = time.time, time.time_ns


class Kind(type):
    """Lets what the database driver makes pass as a datetime, which it is."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, datetime)


class Shifted(datetime, metaclass=Kind):
    """Makes real datetimes; only the present is another."""

    def __new__(cls, *arguments: Any, **named: Any) -> Any:
        return datetime(*arguments, **named)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return datetime.fromtimestamp(time.time(), dates.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        return cls.now()


time.time = lambda: real_time() + SHIFT
time.time_ns = lambda: real_time_ns() + int(SHIFT * 1e9)
dates.datetime = Shifted  # type: ignore[misc]
