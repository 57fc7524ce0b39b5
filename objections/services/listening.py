"""Listen: the first human contact."""

from __future__ import annotations

from objections import steps
from objections.models import CaseEvent
from objections.services.work import Work, ahead, iso
from objections.vocabulary import EventKind, Promise, Purpose


def acknowledge(work: Work, step: steps.Acknowledge) -> CaseEvent:
    """Record that a person of ours spoke with the customer; keeps the acknowledgement.

    Whoever acknowledges a case that nobody has becomes its handler. A next step by a time
    that had passed when they spoke is refused.
    """
    if step.next_by is not None:
        ahead("next_by", step.next_by, work.at)
    contact = work.tell(Purpose.ACKNOWLEDGEMENT, step, step.summary)
    if work.case.handler is None and work.by.user is not None:
        work.case.handler = work.by.user
    event = work.record(
        EventKind.ACKNOWLEDGED, channel=step.channel, with_whom=contact.with_whom,
        words=step.summary, next_step=step.next_step, next_by=iso(step.next_by),
        emotion=step.emotion, contact=contact.pk,
    )  # fmt: skip
    work.keep(Promise.ACKNOWLEDGEMENT, proof=contact)
    work.start(Promise.PROGRESS_UPDATE)
    return event
