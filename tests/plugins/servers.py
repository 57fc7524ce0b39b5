"""Starts PostgreSQL and Valkey once for a whole test run, and stops them with it.

DATABASE_URL and REDIS_URL are used where they are set. With xdist the controlling process
starts the servers, and its workers inherit the addresses.
"""

from __future__ import annotations

import contextlib
import os

import pytest
from django.conf import settings

from casetrack.embedded.servers import temporary_servers
from casetrack.settings.base import database

RUNNING = pytest.StashKey[contextlib.ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Start what is needed before the first connection, and tell settings and children of it."""
    is_worker = hasattr(config, "workerinput")
    looks_only = config.option.collectonly or config.option.help
    if is_worker or looks_only:
        return
    stack = contextlib.ExitStack()
    addresses = stack.enter_context(temporary_servers())
    config.stash[RUNNING] = stack
    os.environ.update(addresses.as_environment())
    # The connection handler holds this very dictionary, so it is filled, not replaced.
    settings.DATABASES["default"].update(database(addresses.database_url))
    settings.REDIS_URL = addresses.redis_url
    settings.CELERY_BROKER_URL = addresses.redis_url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    stack = config.stash.get(RUNNING, None)
    if stack is not None:
        stack.close()
