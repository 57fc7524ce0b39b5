"""What stops an import as a whole, and what refuses one row."""

from __future__ import annotations


class ImportStopped(Exception):
    """The file or the options cannot be used at all. Nothing has been changed."""


class RowRefused(Exception):
    """One row cannot become a case, for the reason that is its message."""
