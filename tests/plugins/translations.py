"""Compiles the translations before the first test reads them, as `make run` does."""

from __future__ import annotations

import pytest

from casetrack.translations import compile_all


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        compile_all()
