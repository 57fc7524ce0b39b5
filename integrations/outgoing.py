"""One attempt to hand a message to a server, and what came of it."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""How long a message belongs to whoever claimed it. Longer than any attempt lasts."""

WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 120, 600, 1800, 3600, 7200))
"""How long the next attempt waits after the first, the second, and so on: four hours in all."""


class Outcome(StrEnum):
    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """``failure``, or ``answer`` where it took the message, is the server's own, in its words."""

    outcome: Outcome
    failure: str = ""
    answer: str = ""


def attempt(message: EmailMessage, *, attempts: int) -> Attempt:
    """Send a mail once. ``attempts`` counts this one.

    A recipient whom the server refuses for good, or a mail that it does not accept, is
    refused at once. Whatever else goes wrong is tried again, until the waits are used up.
    """
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        return failed(_said(code, answer), attempts, for_good=code >= 500)
    except smtplib.SMTPDataError as error:
        said = _said(error.smtp_code, error.smtp_error)
        return failed(said, attempts, for_good=error.smtp_code >= 500)
    except ValueError as error:  # an address or a header that can never be written
        return failed(str(error), attempts, for_good=True)
    except (OSError, smtplib.SMTPException) as error:
        return failed(f"{type(error).__name__}: {error}", attempts, for_good=False)
    return Attempt(Outcome.SENT)


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    return WAITS[min(attempts, len(WAITS)) - 1]


def failed(failure: str, attempts: int, *, for_good: bool) -> Attempt:
    """Return what becomes of a message that was not taken: later, until the waits are used up."""
    over = for_good or attempts > len(WAITS)
    logger.warning("attempt %s failed%s: %s", attempts, " for good" if over else "", failure)
    return Attempt(Outcome.REFUSED if over else Outcome.LATER, failure[:300])


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"
