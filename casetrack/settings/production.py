"""Production. It starts with explicit addresses and secrets only, and never with a sandbox clock.

Everything that is missing is named in one message, so that a start is refused once, not four times.
"""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from casetrack.settings.base import *
from casetrack.settings.base import database, env

DEMANDED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS")


def refuse(message: str) -> None:
    """Stop the start with words that say what to do."""
    raise ImproperlyConfigured(f"Casetrack does not start: {message}")


missing = [name for name in DEMANDED if not env.str(name, default="").strip()]
if missing:
    refuse(f"set {', '.join(missing)} (each may also be given as a file, by NAME_FILE).")
if env.bool("CASETRACK_SANDBOX", default=False):
    refuse("CASETRACK_SANDBOX is on. A sandbox clock must never move real promises; unset it.")

SECRET_KEY = env.str("SECRET_KEY").strip()
if len(SECRET_KEY) < 40:
    refuse("SECRET_KEY is shorter than 40 characters. Make a long random one.")

ALLOWED_HOSTS = [host.strip() for host in env.list("ALLOWED_HOSTS") if host.strip()]
if "*" in ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS lets every name in ('*'). Name the hosts.")

DATABASES = {"default": database(env.str("DATABASE_URL").strip())}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    refuse("DATABASE_URL is not a PostgreSQL address (postgres://user:password@host:5432/name).")

REDIS_URL = env.str("REDIS_URL").strip()
CELERY_BROKER_URL = REDIS_URL

CASETRACK_EVIDENCE_ROOT = Path(
    env.str("CASETRACK_EVIDENCE_ROOT", default="/var/lib/casetrack/evidence")
)

CASETRACK_BASE_URL = (
    env.str("CASETRACK_BASE_URL", default="") or f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
).rstrip("/")

# Mail: smtp+tls://user:password@host:587. Without it the host's own relay on port 25 is asked.
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))

# A proxy in front ends TLS and says so.
CASETRACK_PROXIES = env.int("CASETRACK_PROXIES", default=1)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("CASETRACK_TLS_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz", r"^readyz", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("CASETRACK_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("CASETRACK_HSTS_SUBDOMAINS", default=False)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
