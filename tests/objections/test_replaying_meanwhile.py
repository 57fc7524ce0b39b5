"""A comparison of rows and timeline stands beside a busy house."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from objections.deadlines.replaying import comparing
from objections.deadlines.sweeping import sweep
from tests.conftest import T0
from tests.objections.test_replaying import found, told
from tests.stories import DAY

pytestmark = pytest.mark.django_db(transaction=True)


def test_item_21_what_is_written_meanwhile_is_no_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told()
    read = comparing._stored
    rungs: list[int] = []

    def meanwhile(keys: Any) -> Any:
        """Let somebody ring between the reading of the events and that of the rows."""

        def write() -> None:
            try:
                rungs.append(sweep(now=T0 + 30 * DAY))
            finally:
                connection.close()

        other = threading.Thread(target=write)
        other.start()
        other.join()
        return read(keys)

    monkeypatch.setattr(comparing, "_stored", meanwhile)
    assert found() == []
    assert rungs[0] > 0
    monkeypatch.undo()
    assert found() == []
