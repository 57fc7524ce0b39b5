"""Rebuilding the rows of the clocks from the timeline alone, and comparing them with it."""

from objections.deadlines.replaying.comparing import (
    Difference,
    Verified,
    rebuild,
    verify,
    written,
)
from objections.deadlines.replaying.folding import Fold

__all__ = ["Difference", "Fold", "Verified", "rebuild", "verify", "written"]
