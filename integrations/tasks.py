from __future__ import annotations

from celery import shared_task

from integrations.delivery import deliver
from timekeeping import clock


@shared_task(name="integrations.deliver")
def deliver_mail() -> None:
    """Hand out the mails that wait. Told every two seconds; late or doubled is harmless."""
    deliver(clock.now)
