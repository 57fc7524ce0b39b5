"""What is the same in every environment. Environment variables are read here and nowhere else.

A secret may be given as NAME or, as a file that holds it, as NAME_FILE.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

# Lets Django's own classes name their types when the program runs: ModelForm[User].
django_stubs_ext.monkeypatch()

env = environ.FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent.parent

DEBUG = False
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "timekeeping",
    "accounts",
    "customers",
    "objections",
    "followups",
    "knowledge",
    "integrations",
    "portal",
    "reports",
    "practice",
    "dashboards",
    "demo",
    "casetrack",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "django.contrib.postgres",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "casetrack.static.ServedFiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "casetrack.urls"
WSGI_APPLICATION = "casetrack.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "casetrack.context.shell",
            ],
        },
    },
]


def database(url: str) -> dict[str, Any]:
    """Turn a PostgreSQL address into a connection that is kept, and checked before it is used."""
    given = env.db_url_config(url)
    return {
        **given,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "application_name": "casetrack",
            **given.get("OPTIONS", {}),
        },
    }


# People

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Languages and time. Instants are UTC in the database; people see them in their own zone.

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("CASETRACK_TIME_ZONE", default="Asia/Shanghai")

# Files. Evidence lies outside everything that a web server serves, and leaves through a view.

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [
    directory
    for directory in (BASE_DIR / "static", BASE_DIR / "build" / "assets")
    if directory.is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "png", "gif", "woff", "woff2", "gz", "br", "map"]
EVIDENCE_MAX_BYTES = env.int("CASETRACK_EVIDENCE_MAX_BYTES", default=20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# What a page may load: only what this site serves. Data images are the icons inside Tabler's CSS.

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

# Programs

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.parsers.JsonParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "casetrack.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["casetrack.api.scopes.ScopesAllow"],
    "DEFAULT_THROTTLE_CLASSES": ["casetrack.api.limits.PerCaller"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "casetrack.api.errors.problem",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Requests a minute that each client, and each person, may send to the API; 0 is any number.
CASETRACK_API_PER_MINUTE = env.int("CASETRACK_API_PER_MINUTE", default=6000)
WORDS_OF_THE_API = (
    "Action", "ActorKind", "AttemptResult", "CauseCategory", "Channel", "CustomerStyle",
    "DeadlineState", "Direction", "Emotion", "EscalationReason", "EventKind", "Kind", "Origin",
    "PauseReason", "Promise", "Purpose", "RemedyKind", "Sensitivity", "Stage", "Urgency",
)  # fmt: skip
SPECTACULAR_SETTINGS = {
    "TITLE": "Casetrack",
    "DESCRIPTION": "Customer objections, kept in time. Instants are ISO 8601 with a zone and are"
    " shown in UTC, lengths of time are ISO 8601 durations. Sentences are in the language that"
    " `Accept-Language` asks for.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Tier": "customers.models.Tier.choices",
        "Language": "accounts.models.Language.choices",
        **{word: f"objections.vocabulary.{word}.choices" for word in WORDS_OF_THE_API},
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "casetrack.api.schema.complete",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
}

# Celery: the metronome. What must happen is a row in PostgreSQL, so a lost message costs a moment
# and a doubled one nothing. Ticks carry no `expires`: it is compared with the worker's own clock.

CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "socket_connect_timeout": 5,
    "socket_timeout": 10,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_TASK_DEFAULT_QUEUE = "mail"
CELERY_TASK_ROUTES = {"objections.tick": {"queue": "clock"}, "integrations.*": {"queue": "mail"}}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "objections.tick", "schedule": 1.0},
    "deliver": {"task": "integrations.deliver", "schedule": 2.0},
    "ping": {"task": "integrations.ping", "schedule": 15.0},
    "recompute": {"task": "objections.recompute", "schedule": 2.0},
    "reply-prints": {"task": "knowledge.reply_prints", "schedule": 30.0},
    "digests": {"task": "followups.digests", "schedule": 300.0},
}

# The sandbox clock: only where nobody's real promises run.

CASETRACK_SANDBOX = False
CASETRACK_DEMO_PASSWORD = ""  # of the demo's people, so that they are one tap away

# Where this site is found from outside, for the links in mails. Without a slash at the end.
CASETRACK_BASE_URL = env.str("CASETRACK_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
CASETRACK_MAIL_DOMAIN = env.str("CASETRACK_MAIL_DOMAIN", default="casetrack.example")

# Who watches from outside: a monitor that hears of us each minute while the timers are on time, and
# a Prometheus that has this token. Without a token only this host itself may read the metrics.
CASETRACK_PING_URL = env.str("CASETRACK_PING_URL", default="").strip()
if CASETRACK_PING_URL and not CASETRACK_PING_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured(
        "Casetrack does not start: CASETRACK_PING_URL is not an http:// or https:// address."
    )
CASETRACK_METRICS_TOKEN = env.str("CASETRACK_METRICS_TOKEN", default="").strip()

DEFAULT_FROM_EMAIL = env.str("CASETRACK_FROM_EMAIL", default="casetrack@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10

# Where chat robots speak: to the world. A demo and the tests keep it in the mailbox.
CASETRACK_CHAT_BACKEND = "integrations.chat.posting.post"

# Text messages to customers: an Apprise address with {to} where the number goes. None: no gateway.
CASETRACK_SMS_GATEWAY = env.str("CASETRACK_SMS_GATEWAY", default="").strip()
if CASETRACK_SMS_GATEWAY and "{to}" not in CASETRACK_SMS_GATEWAY:
    raise ImproperlyConfigured(
        "Casetrack does not start: CASETRACK_SMS_GATEWAY does not say {to} where the number goes."
    )
CASETRACK_SMS_BACKEND = "integrations.customer_texts.post"

# What the customer's page says of the house: its name, and how to reach a person.
CASETRACK_HOUSE_NAME = env.str("CASETRACK_HOUSE_NAME", default="").strip()
CASETRACK_HOUSE_PHONE = env.str("CASETRACK_HOUSE_PHONE", default="").strip()
CASETRACK_HOUSE_EMAIL = env.str("CASETRACK_HOUSE_EMAIL", default="").strip()

# How often a minute one link may be used, and its forms sent; from one address five times that.
# Proxies in front of us name the address of whoever asks; so many of them are believed.
CASETRACK_PAGE_PER_MINUTE = env.int("CASETRACK_PAGE_PER_MINUTE", default=60)
CASETRACK_PROXIES = env.int("CASETRACK_PROXIES", default=0)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "class": "casetrack.logs.Plain",
            "format": "{asctime} {levelname:<7} {name}: {message}",
            "style": "{",
        },
    },
    "filters": {"broker": {"()": "casetrack.logs.BrokerAway"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # These two name the addresses of chat robots, which are secrets: the one speaks to nobody
        # but to whoever reads a server's answer from it, the other only of what is wrong.
        "apprise": {"handlers": ["nowhere"], "level": "DEBUG", "propagate": False},
        "urllib3": {"level": "ERROR"},
        "celery.beat": {"filters": ["broker"]},
        "celery": {"level": env.str("CELERY_LOG_LEVEL", default="WARNING"), "propagate": True},
    },
}
