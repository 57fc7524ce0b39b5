"""The access log of the web server."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from casetrack.logs import without_keys


class Access(Logger):  # type: ignore[misc]
    """Writes who asked for what, but not the part of an address that opens a customer's page."""

    def atoms(self, *args: Any) -> dict[str, Any]:
        said: dict[str, Any] = super().atoms(*args)
        return {
            name: without_keys(value) if isinstance(value, str) else value
            for name, value in said.items()
        }
