"""The tests. They start their own servers, unless DATABASE_URL and REDIS_URL name others."""

from __future__ import annotations

import tempfile
from pathlib import Path

from casetrack.settings.base import *
from casetrack.settings.base import INSTALLED_APPS, MIDDLEWARE, STORAGES, database, env

SECRET_KEY = "tests-only"  # noqa: S105
ALLOWED_HOSTS = ["*"]

DATABASES = {"default": database(env.str("DATABASE_URL", default="postgres://localhost/casetrack"))}
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CELERY_BROKER_URL = REDIS_URL

CASETRACK_SANDBOX = True
CASETRACK_API_PER_MINUTE = 0
CASETRACK_PAGE_PER_MINUTE = 0
CASETRACK_EVIDENCE_ROOT = Path(tempfile.gettempdir()) / "casetrack-test-evidence"
EMAIL_BACKEND = "integrations.mailbox.MailboxBackend"
CASETRACK_CHAT_BACKEND = "integrations.mailbox.catch_chat"
CASETRACK_SMS_GATEWAY = "mailbox://{to}"
CASETRACK_SMS_BACKEND = "integrations.mailbox.catch_text"

# Nothing is collected before a test, and a password need not be strong to be known.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# WhiteNoise would list every collected file again for each test's client.
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]
# The live server of browser tests serves static files only for Django's own app.
INSTALLED_APPS = [
    "django.contrib.staticfiles" if app == "casetrack.static.ServedFiles" else app
    for app in INSTALLED_APPS
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
