"""The project: settings, URLs, the Celery app, the API's root, health, embedded servers.

It holds no domain. It names the Celery app, so that ``shared_task`` finds it in every process.
"""

from casetrack.celery import app as celery_app

__all__ = ["celery_app"]
