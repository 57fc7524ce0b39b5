"""What the measured processes run with: as in tests, but by the real clock, and quiet."""

from __future__ import annotations

from casetrack.settings.base import LOGGING
from casetrack.settings.test import *  # noqa: F403 - settings

CASETRACK_SANDBOX = False
CASETRACK_API_PER_MINUTE = 0
LOGGING = {
    **LOGGING,
    "loggers": {"django": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": "ERROR"},
}
