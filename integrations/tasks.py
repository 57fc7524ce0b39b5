from __future__ import annotations

from celery import shared_task

from integrations.delivery import deliver
from integrations.ping import Pinger
from timekeeping import clock


@shared_task(name="integrations.deliver")
def deliver_mail() -> None:
    """Hand out what waits. Told every two seconds; late or doubled is harmless."""
    deliver(clock.now)


_pinger = Pinger()


@shared_task(name="integrations.ping", soft_time_limit=15)
def ping_monitor() -> None:
    """Tell the outside monitor that all is well, if it is and nobody has for a minute."""
    _pinger.ping()
