"""Which static files are served: of the packages' many, the few that a page loads."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig


class ServedFiles(StaticFilesConfig):
    """Leaves aside what no page asks for; to hash and compress it took most of a first start."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "django_htmx",  # htmx comes from its own package
        "redoc",  # the API is shown by Swagger UI
        "rest_framework",  # the API answers in JSON alone
        "swagger-ui-es-*",
        "swagger-ui.js",
    ]


def collect_changed() -> bool:
    """Collect, hash and compress the static files if any has changed since; tell whether so."""
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".collected"
    found = fingerprint()
    if stamp.exists() and stamp.read_text() == found:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(found)
    return True


def fingerprint() -> str:
    """Sum up path, size and time of every file that would be collected."""
    from django.contrib.staticfiles.finders import get_finders

    total = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(ServedFiles.ignore_patterns):
            status = Path(storage.path(path)).stat()
            total.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return total.hexdigest()
