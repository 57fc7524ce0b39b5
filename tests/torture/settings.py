"""What the tortured processes run with: the real clock, real SMTP to our sink, quiet."""

from __future__ import annotations

import os

from casetrack.settings.base import LOGGING
from casetrack.settings.test import *  # noqa: F403 - settings

CASETRACK_SANDBOX = False
CASETRACK_API_PER_MINUTE = 0
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ.get("TORTURE_SMTP_PORT", "25"))
LOGGING = {
    **LOGGING,
    "loggers": {"django": {"level": "ERROR"}, "celery": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
