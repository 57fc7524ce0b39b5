"""The Celery app: a metronome and a muscle, never a memory.

What must happen is always a row in PostgreSQL. A lost, doubled or late message costs nothing
but a moment, so nothing here is kept: no result backend, no schedule file.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casetrack.settings.development")

app = Celery("casetrack")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
