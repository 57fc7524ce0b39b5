"""What the embedded servers say when they cannot do their work."""

from __future__ import annotations


class EmbeddedServerError(Exception):
    """A server could not be started; the message says why and what to do."""
