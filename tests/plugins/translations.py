"""Compiles the translations before the first test reads them, as `make run` does.

And no page leaves the language of its reader to the next test.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from casetrack.translations import compile_all


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        compile_all()


@pytest.fixture(autouse=True)
def in_the_language_of_the_house() -> Iterator[None]:
    translation.deactivate()
    yield
    translation.deactivate()
