"""The bare view runs with the same middleware, framework and database as the product."""

from __future__ import annotations

from tests.bench.settings import *  # noqa: F403 - settings

ROOT_URLCONF = "tests.bench.bare.urls"
