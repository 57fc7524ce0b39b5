"""What may be done in any open stage: progress, messages, promises, hand-overs, notes."""

from __future__ import annotations

from datetime import timedelta

from accounts.presence import Presence
from objections import audience, escalation, evidence, notices, steps
from objections.deadlines import keeping
from objections.models import CaseEvent, ContactRecord, Evidence, HandOver, Note
from objections.services.confirming import add_questions
from objections.services.responding import answer_questions, make_commitment
from objections.services.work import CLOCK_TOLERANCE, Work, ahead, iso
from objections.vocabulary import (
    Direction,
    EscalationReason,
    EventKind,
    Kind,
    NoticeKind,
    Promise,
    Purpose,
)


def update_progress(work: Work, step: steps.UpdateProgress) -> CaseEvent:
    """Record that a person told the customer how things stand, however little has moved."""
    contact = work.tell(Purpose.PROGRESS, step, step.message)
    event = work.record(
        EventKind.PROGRESS_UPDATED, channel=step.channel, with_whom=contact.with_whom,
        words=step.message, emotion=step.emotion, contact=contact.pk,
    )  # fmt: skip
    _next_progress(work, contact)
    return event


def _next_progress(work: Work, contact: ContactRecord) -> None:
    """Keep the running progress update and start the next, until the solution is carried out."""
    work.keep(Promise.PROGRESS_UPDATE, proof=contact)
    if work.case.stage in keeping.PROGRESS_OWED_IN:
        work.start(Promise.PROGRESS_UPDATE)


def receive_message(work: Work, step: steps.ReceiveMessage) -> CaseEvent:
    """Record what the customer wrote or said on an open case; a person owes a reply."""
    message = work.contact(
        Purpose.MESSAGE, Direction.INBOUND, channel=step.channel, words=step.message,
        with_whom=step.with_whom, emotion=step.emotion,
    )  # fmt: skip
    questions = add_questions(work, step.questions)
    event = work.record(
        EventKind.MESSAGE_RECEIVED, channel=step.channel, with_whom=message.with_whom,
        words=step.message, emotion=step.emotion,
        questions=[question.text for question in questions],
    )  # fmt: skip
    owe_a_reply(work, message)
    return event


def owe_a_reply(work: Work, message: ContactRecord) -> None:
    """Start the clock of a message; thanks need no answer."""
    if work.case.kind != Kind.THANKS:
        keeping.start(
            work.case, [Promise.CUSTOMER_MESSAGE], at=work.at, now=work.now, subject=message.pk
        )


def protest(work: Work, step: steps.Protest) -> CaseEvent:
    """Record that the customer is not satisfied with how it goes: their supervisor is called.

    A person owes a reply as to any message. One escalation stands at a time, however often
    they say it.
    """
    message = work.contact(
        Purpose.MESSAGE, Direction.INBOUND, channel=step.channel, words=step.message,
        with_whom=step.with_whom, emotion=step.emotion,
    )  # fmt: skip
    event = work.record(
        EventKind.PROTESTED, channel=step.channel, with_whom=message.with_whom,
        words=step.message, emotion=step.emotion,
    )  # fmt: skip
    owe_a_reply(work, message)
    if not work.case.is_historical:
        escalation.raise_without_clock(
            work.case, EscalationReason.NOT_SATISFIED, at=work.at, now=work.now
        )
    return event


def reply(work: Work, step: steps.Reply) -> CaseEvent:
    """Record a person's reply to all that the customer has written and nobody answered."""
    contact = work.tell(Purpose.REPLY, step, step.message)
    answer_questions(work, step.answers, contact)
    event = work.record(
        EventKind.REPLIED, channel=step.channel, with_whom=contact.with_whom,
        words=step.message, emotion=step.emotion, contact=contact.pk,
        answers=[answer.question for answer in step.answers],
    )  # fmt: skip
    _answer_messages(work, contact)
    _next_progress(work, contact)
    return event


def _answer_messages(work: Work, contact: ContactRecord) -> None:
    """Keep the clocks of what had been written by then; a later message waits for its own."""
    waiting = work.case.contact_records.filter(
        purpose=Purpose.MESSAGE, answered_at=None, occurred_at__lte=work.at + CLOCK_TOLERANCE
    )
    for message in waiting:
        message.answered_at, message.answered_in = work.at, contact
        message.save(update_fields=["answered_at", "answered_in"])
        work.keep(Promise.CUSTOMER_MESSAGE, proof=contact, subject=message.pk)


def commit(work: Work, step: steps.Commit) -> CaseEvent:
    """Promise the customer something by a time; a clock of its own starts."""
    event = work.record(EventKind.COMMITTED, words=step.what, due_at=iso(step.due_at))
    make_commitment(work, step.what, step.due_at)
    return event


def keep_commitment(work: Work, step: steps.KeepCommitment) -> CaseEvent:
    """Record that a promise was kept, and what shows it."""
    commitment = work.case.commitments.get(number=step.commitment)
    commitment.kept_at, commitment.proof = work.at, step.proof
    commitment.save(update_fields=["kept_at", "proof"])
    event = work.record(
        EventKind.COMMITMENT_KEPT, number=commitment.number, what=commitment.what,
        words=step.proof,
    )  # fmt: skip
    work.keep(Promise.COMMITMENT, subject=commitment.number)
    return event


def reagree_commitment(work: Work, step: steps.ReagreeCommitment) -> CaseEvent:
    """Move a promise that has not fallen due, because the customer was told in time.

    That is no breach, but it is counted.
    """
    ahead("due_at", step.due_at, work.now)
    commitment = work.case.commitments.get(number=step.commitment)
    contact = work.tell(Purpose.REAGREEMENT, step, step.message)
    was = commitment.due_at
    commitment.due_at = step.due_at
    commitment.times_reagreed += 1
    commitment.save(update_fields=["due_at", "times_reagreed"])
    event = work.record(
        EventKind.COMMITMENT_REAGREED, number=commitment.number, what=commitment.what,
        was=iso(was), due_at=iso(step.due_at), words=step.message, channel=step.channel,
        with_whom=contact.with_whom, emotion=step.emotion, contact=contact.pk,
    )  # fmt: skip
    keeping.supersede(
        work.case, Promise.COMMITMENT, commitment.number, due_at=step.due_at,
        at=work.counts_at, now=work.now, by=work.by,
    )  # fmt: skip
    return event


def hand_over(work: Work, step: steps.HandOver) -> CaseEvent:
    """Ask another department or a person of ours; their answer is awaited on a clock."""
    if step.due_at is not None:
        ahead("due_at", step.due_at, work.now)
    number = work.case.hand_overs.count() + 1
    [deadline] = keeping.start(
        work.case, [Promise.HAND_OVER], at=work.at, now=work.now, subject=number,
        due_at=step.due_at,
    )  # fmt: skip
    HandOver.objects.create(
        case=work.case, number=number, question=step.question, department=step.department,
        to_user=step.to_user, asked_at=work.at,
        due_at=deadline.due_at or work.at + timedelta(hours=4),
    )  # fmt: skip
    if step.to_user is not None:
        notices.tell([step.to_user], NoticeKind.HANDED_OVER, work.case, at=work.at, now=work.now)
    return work.record(
        EventKind.HANDED_OVER, number=number, words=step.question, department=step.department,
        to=step.to_user.pk if step.to_user else None, due_at=iso(deadline.due_at),
    )  # fmt: skip


def answer_hand_over(work: Work, step: steps.AnswerHandOver) -> CaseEvent:
    """Record what the department answered; keeps the hand-over."""
    row = work.case.hand_overs.get(number=step.hand_over)
    row.answer, row.answered_at = step.answer, work.at
    row.save(update_fields=["answer", "answered_at"])
    event = work.record(
        EventKind.HAND_OVER_ANSWERED, number=row.number, words=step.answer,
        question=row.question,
    )  # fmt: skip
    work.keep(Promise.HAND_OVER, subject=row.number)
    return event


def assign(work: Work, step: steps.Assign) -> CaseEvent:
    """Give the case to a person, or into a team's queue, where it is announced.

    Keeps no promise.
    """
    before = work.case.handler
    if step.team is not None and step.team != work.case.team:
        work.case.team = step.team
        work.case.handler = None
    if step.handler is not None:
        work.case.handler = step.handler
    elif step.team is not None:
        work.case.handler = None
    new = work.case.handler
    told = new is not None and new != before and new != work.by.user
    if new is not None and told and not work.case.is_observed:
        notices.tell([new], NoticeKind.ASSIGNED, work.case, at=work.at, now=work.now)
    elif new is None and work.case.is_open and not work.case.is_silent:
        people = audience.people(audience.announced(work.case, Presence(work.now)))
        notices.tell(people, NoticeKind.ANNOUNCED, work.case, at=work.at, now=work.now)
    return work.record(
        EventKind.ASSIGNED, handler=new.pk if new else None,
        team=work.case.team.slug if work.case.team else None,
        before=before.pk if before else None,
    )  # fmt: skip


def write_note(work: Work, step: steps.WriteNote) -> CaseEvent:
    """Add a remark among ourselves. Never shown to the customer, keeps no promise."""
    Note.objects.create(
        case=work.case, text=step.text, written_at=work.at, by_user=work.by.user,
        by_client=work.by.client,
    )  # fmt: skip
    return work.record(EventKind.NOTED, words=step.text)


def attach(work: Work, step: steps.Attach) -> CaseEvent:
    """Keep a file that shows something. Size and type are checked where it is stored."""
    stored = evidence.store(step.file)
    row = Evidence.objects.create(
        case=work.case, name=stored.name, stored_as=stored.stored_as,
        content_type=stored.content_type, size=stored.size, sha256=stored.sha256,
        caption=step.caption, attached_at=work.at, by_user=work.by.user,
        by_client=work.by.client,
    )  # fmt: skip
    return work.record(EventKind.ATTACHED, evidence=row.pk, name=row.name, caption=row.caption)
