"""One step in hand: the locked case, who acts, when it happened, and when we hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings

from objections import timeline
from objections.actors import Actor
from objections.deadlines import keeping
from objections.errors import FieldInvalid
from objections.models import Case, CaseEvent, ContactRecord, CustomerMail
from objections.steps import Step, Told
from objections.timeline import iso
from objections.vocabulary import (
    Action,
    AttemptResult,
    Channel,
    Direction,
    Emotion,
    EventKind,
    Kind,
    Promise,
    Purpose,
    Stage,
)

CLOCK_TOLERANCE = timedelta(minutes=2)  # how far a sender's clock may be ahead of ours
AT_ONCE = {Action.MERGE, Action.UNMERGE, Action.RECLASSIFY}
"""What moves clocks takes effect when it is recorded: nobody dates it back."""
OWED_FOR_THANKS = {Promise.ACKNOWLEDGEMENT, Promise.COMMITMENT, Promise.HAND_OVER}


@dataclass
class Work:
    """What a step's service works with. The caller holds the case's lock.

    ``entered_at`` is when the stage began that the case was in before the step.
    """

    case: Case
    by: Actor
    at: datetime
    now: datetime
    entered_at: datetime | None = None

    @property
    def counts_at(self) -> datetime:
        return keeping.counts_at(at=self.at, now=self.now)

    def record(self, kind: EventKind, **data: object) -> CaseEvent:
        return timeline.record(self.case, kind, at=self.at, now=self.now, by=self.by, **data)

    def keep(
        self,
        *promises: Promise,
        proof: ContactRecord | None = None,
        subject: int | None = None,
    ) -> None:
        keeping.keep(
            self.case, promises, at=self.counts_at, now=self.now, by=self.by, proof=proof,
            subject=subject,
        )  # fmt: skip

    def start(self, *promises: Promise) -> None:
        """Start these promises. Thanks deserve an answer, and no other clock of the case's own."""
        if self.case.kind == Kind.THANKS:
            promises = tuple(promise for promise in promises if promise in OWED_FOR_THANKS)
        keeping.start(self.case, promises, at=self.counts_at, now=self.now)

    def end(self, *promises: Promise, subject: int | None = None) -> None:
        """End these promises as void; all that run where none is named."""
        keeping.end(
            self.case, promises or None, at=self.at, now=self.now, by=self.by, subject=subject
        )

    def contact(
        self,
        purpose: Purpose,
        direction: Direction,
        *,
        channel: Channel,
        words: str,
        with_whom: str = "",
        emotion: Emotion | None = None,
        result: AttemptResult | None = None,
    ) -> ContactRecord:
        """Write down a contact with the customer."""
        return ContactRecord.objects.create(
            case=self.case, purpose=purpose, direction=direction, channel=channel,
            with_whom=with_whom or self._usual_partner(), words=words, emotion=emotion,
            result=result or "", occurred_at=self.at, recorded_at=self.now,
            counts_at=self.counts_at, by_user=self.by.user, by_client=self.by.client,
        )  # fmt: skip

    def tell(self, purpose: Purpose, step: Told, words: str) -> ContactRecord:
        """Write down what we told the customer; by e-mail it leaves with this commit.

        A person's word also keeps an acknowledgement whose first proof was withdrawn.
        """
        record = self.contact(
            purpose, Direction.OUTBOUND, channel=step.channel, words=words,
            with_whom=step.with_whom, emotion=step.emotion,
        )  # fmt: skip
        if step.channel is Channel.EMAIL and not self.case.is_historical:
            self._post(record, step)
        if self.case.stage != Stage.LISTEN and purpose is not Purpose.ACKNOWLEDGEMENT:
            self.keep(Promise.ACKNOWLEDGEMENT, proof=record)
        return record

    def hear(
        self,
        purpose: Purpose,
        words: str,
        *,
        channel: Channel | None,
        with_whom: str = "",
        emotion: Emotion | None = None,
    ) -> ContactRecord | None:
        """Write down what the customer told us; nothing where no channel was named."""
        if channel is None:
            return None
        return self.contact(
            purpose, Direction.INBOUND, channel=channel, words=words, with_whom=with_whom,
            emotion=emotion,
        )  # fmt: skip

    def _usual_partner(self) -> str:
        return self.case.contact.name if self.case.contact else ""

    def _post(self, record: ContactRecord, step: Told) -> None:
        address = step.to or (self.case.contact.email if self.case.contact else "")
        CustomerMail.objects.create(
            contact_record=record, to=address,
            subject=f"[{self.case.reference}] {self.case.title}"[:250], body=record.words,
            message_id=make_msgid(domain=settings.CASETRACK_MAIL_DOMAIN), created_at=self.now,
            next_attempt_at=self.now,
        )  # fmt: skip


def moment(step: Step, case: Case, now: datetime) -> datetime:
    """Return when a step happened, or refuse a moment that cannot be right.

    Later than now by more than two minutes, or before the customer first spoke, is
    refused; a little later than now is now. An e-mail leaves when it is recorded,
    unless it is one of the past that a historical case keeps. So do the steps of AT_ONCE
    take effect, for every case.
    """
    at = step.at
    if at is None:
        return now
    if at > now + CLOCK_TOLERANCE:
        raise FieldInvalid("at", "future")
    if isinstance(step, Told) and step.channel is Channel.EMAIL and not case.is_historical:
        if now - at > CLOCK_TOLERANCE:
            raise FieldInvalid("at", "email_now")
        return now
    if step.action in AT_ONCE:
        if now - at > CLOCK_TOLERANCE:
            raise FieldInvalid("at", "at_once")
        return now
    if at < case.received_at:
        raise FieldInvalid("at", "before_case")
    return min(at, now)


def ahead(name: str, due_at: datetime, now: datetime) -> datetime:
    """Return a moment that must still come, or refuse it, naming the field."""
    if due_at <= now:
        raise FieldInvalid(name, "past")
    return due_at


__all__ = ["CLOCK_TOLERANCE", "Work", "ahead", "iso", "moment"]
