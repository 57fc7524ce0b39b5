"""What every test may count on: the servers, and the people."""

from __future__ import annotations

pytest_plugins = ["tests.plugins.servers", "tests.plugins.browser"]
