"""The demo and a developer's machine. Started by `make run`, which names the two servers."""

from __future__ import annotations

import warnings
from pathlib import Path

from celery.exceptions import SecurityWarning

from casetrack.embedded.folders import data_folder, running_addresses
from casetrack.settings.base import *
from casetrack.settings.base import database, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = "development-only-a-known-key-protects-nothing-but-a-demo-on-loopback"  # noqa: S105
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# A command beside a running `make run` finds the servers that it has started.
started = running_addresses()
DATABASE_URL = env.str(
    "DATABASE_URL", default=started.get("DATABASE_URL", "postgres://localhost/casetrack")
)
DATABASES = {"default": database(DATABASE_URL)}
REDIS_URL = env.str("REDIS_URL", default=started.get("REDIS_URL", "redis://localhost:6379/0"))
CELERY_BROKER_URL = REDIS_URL
# The demo may run as root: its worker takes JSON alone, from a broker that asks for a password.
warnings.filterwarnings("ignore", category=SecurityWarning)

CASETRACK_SANDBOX = env.bool("CASETRACK_SANDBOX", default=True)
CASETRACK_DEMO_PASSWORD = env.str("CASETRACK_DEMO_PASSWORD", default="casetrack-demo")
CASETRACK_EVIDENCE_ROOT = Path(
    env.str("CASETRACK_EVIDENCE_ROOT", default=str(data_folder() / "evidence"))
)
CASETRACK_HOUSE_NAME = env.str("CASETRACK_HOUSE_NAME", default="Norhai After-Sales")
CASETRACK_HOUSE_PHONE = env.str("CASETRACK_HOUSE_PHONE", default="0800 555 0142")
EMAIL_BACKEND = "integrations.mailbox.MailboxBackend"
CASETRACK_CHAT_BACKEND = "integrations.mailbox.catch_chat"
CASETRACK_SMS_GATEWAY = "mailbox://{to}"
CASETRACK_SMS_BACKEND = "integrations.mailbox.catch_text"
