"""Follow up: ask again, and close only on the customer's word or on honest attempts."""

from __future__ import annotations

from objections import demands, escalation, steps
from objections.models import CaseEvent, ContactRecord, Verdict
from objections.openings import Opening
from objections.services.anytime import owe_a_reply
from objections.services.responding import begin_round
from objections.services.work import Work
from objections.vocabulary import (
    ActorKind,
    Channel,
    Direction,
    EscalationReason,
    EventKind,
    Promise,
    Purpose,
)

PERSISTENT_AFTER = 2  # source: the second "not satisfied" makes an objection persistent


def record_attempt(work: Work, step: steps.RecordAttempt) -> CaseEvent:
    """Record that we tried to reach the customer, and how it went."""
    work.contact(
        Purpose.ATTEMPT, Direction.OUTBOUND, channel=step.channel, words=step.words,
        with_whom=step.with_whom, result=step.result,
    )  # fmt: skip
    return work.record(
        EventKind.ATTEMPT_RECORDED, channel=step.channel, with_whom=step.with_whom,
        result=step.result, words=step.words,
    )  # fmt: skip


def _verdict(
    work: Work,
    step: steps.GiveVerdict | steps.CloseSatisfied | steps.NotSatisfied,
    words: str,
    *,
    cycle: int,
    satisfied: bool,
) -> ContactRecord | None:
    """Keep what the customer said. Content twice in one round is one verdict: the later word."""
    standing = demands.standing_verdict(work.case) if satisfied else None
    if standing is not None:
        standing.score = step.score or standing.score
        standing.words, standing.given_at = words or standing.words, work.at
        standing.save()
    else:
        Verdict.objects.create(
            case=work.case, cycle=cycle, satisfied=satisfied, score=step.score, words=words,
            given_at=work.at,
        )  # fmt: skip
    return work.hear(
        Purpose.VERDICT, words, channel=step.channel, with_whom=step.with_whom,
        emotion=step.emotion,
    )  # fmt: skip


def give_verdict(work: Work, step: steps.GiveVerdict) -> CaseEvent:
    """Record that the customer is content; keeps the follow-up, and the case stays open.

    It is for a case on which something is still promised: an open promise holds a closure
    back, and must not hold back the customer's word.
    """
    contact = _verdict(work, step, step.words, cycle=work.case.cycle, satisfied=True)
    event = work.record(
        EventKind.VERDICT_GIVEN, channel=step.channel, with_whom=step.with_whom,
        score=step.score, words=step.words, emotion=step.emotion, cycle=work.case.cycle,
    )  # fmt: skip
    work.keep(Promise.FOLLOW_UP, proof=contact)
    return event


def close_satisfied(work: Work, step: steps.CloseSatisfied) -> CaseEvent:
    """Close on the customer's verdict, which keeps the follow-up. Other clocks end void.

    Closed by the customer's own click, cause and lesson are as they were: ours to fill in.
    """
    contact = _verdict(work, step, step.words, cycle=work.case.cycle, satisfied=True)
    if step.cause_category is not None:
        work.case.cause_category = step.cause_category
    if work.by.kind is not ActorKind.CUSTOMER:
        work.case.lesson = step.lesson
    standing = demands.standing_verdict(work.case)
    event = work.record(
        EventKind.CLOSED_SATISFIED, words=step.words, channel=step.channel,
        score=standing.score if standing else step.score,
        cause_category=step.cause_category, lesson=step.lesson, nothing_new=step.nothing_new,
        emotion=step.emotion,
    )  # fmt: skip
    work.keep(Promise.FOLLOW_UP, proof=contact)
    close_down(work)
    return event


def close_unreachable(work: Work, step: steps.CloseUnreachable) -> CaseEvent:
    """Close after the attempts that the rule asks for, which keep the follow-up."""
    event = work.record(EventKind.CLOSED_UNREACHABLE)
    work.keep(Promise.FOLLOW_UP)
    close_down(work)
    return event


def close_down(work: Work) -> None:
    """End all that still runs on a case that has ended, and close its escalations."""
    work.end()
    work.case.commitments.filter(kept_at=None, voided_at=None).update(voided_at=work.at)
    work.case.hand_overs.filter(answered_at=None, voided_at=None).update(voided_at=work.at)
    still_open = work.case.escalations.filter(closed_at=None).select_related("deadline", "case")
    escalation.close(still_open, at=work.at, now=work.now, by=work.by)


def not_satisfied(work: Work, step: steps.NotSatisfied) -> CaseEvent:
    """Record that it is not solved: the follow-up is kept, another response is owed.

    The second time makes the objection persistent and brings it to the supervisor. Said by
    the customer on their own page, nobody of us has heard it: the supervisor is called.
    """
    before = work.case.verdicts.filter(satisfied=False).count()
    judged = work.case.cycle - 1  # the step has begun the next round
    contact = _verdict(work, step, step.still_open, cycle=judged, satisfied=False)
    event = work.record(
        EventKind.NOT_SATISFIED, words=step.still_open, score=step.score, cycle=work.case.cycle,
        emotion=step.emotion,
    )  # fmt: skip
    work.keep(Promise.FOLLOW_UP, proof=contact)
    begin_round(work)
    if before + 1 >= PERSISTENT_AFTER:
        _make_persistent(work)
    elif work.by.kind is ActorKind.CUSTOMER:
        _call_above(work, EscalationReason.NOT_SATISFIED)
    return event


def _make_persistent(work: Work) -> None:
    if work.case.persistent_at is None:
        work.case.persistent_at = work.at
        work.record(EventKind.MADE_PERSISTENT)
    _call_above(work, EscalationReason.PERSISTENT)


def _call_above(work: Work, reason: EscalationReason) -> None:
    if not work.case.is_historical:
        escalation.raise_without_clock(work.case, reason, at=work.at, now=work.now)


def new_objection(work: Work, step: steps.NewObjection) -> CaseEvent:
    """Open a case of its own for what else the customer raised, linked to this one."""
    from objections.services.cases import open_linked  # opening takes steps, so it stands above

    case = work.case
    opening = Opening(
        statement=step.statement, customer=case.customer, contact=case.contact,
        channel=step.channel, kind=step.kind, urgency=step.urgency, questions=step.questions,
        emotion=step.emotion, product=case.product, serial=case.serial, batch=case.batch,
        purchased_on=case.purchased_on, team=case.team, handler=case.handler,
        received_at=work.at, sensitivity=case.sensitivity_enum, clock_mode=case.clock_mode_enum,
        named_people=tuple(case.named_people.all()),
    )  # fmt: skip
    child = open_linked(opening, parent=case, by=work.by, now=work.now)
    return work.record(EventKind.NEW_OBJECTION_LOGGED, reference=child.reference,
                       words=step.statement)  # fmt: skip


def reopen(work: Work, step: steps.Reopen) -> CaseEvent:
    """Take a closed case up again. Its age goes on counting from the first day.

    Done by the customer on their own page it is a message as well, which a person answers,
    and their supervisor is called.
    """
    event = work.record(EventKind.REOPENED, words=step.reason, cycle=work.case.cycle)
    begin_round(work)
    if work.by.kind is ActorKind.CUSTOMER:
        message = work.contact(
            Purpose.MESSAGE, Direction.INBOUND, channel=Channel.WEB, words=step.reason
        )
        owe_a_reply(work, message)
        _call_above(work, EscalationReason.NOT_SATISFIED)
    return event


def close_thanked(work: Work, step: steps.CloseThanked) -> CaseEvent:
    """Close a case that only said thanks, or suggested something."""
    event = work.record(EventKind.CLOSED_THANKED)
    close_down(work)
    return event


def withdraw(work: Work, step: steps.Withdraw) -> CaseEvent:
    """End a case that turned out to be none. Its clocks end as void and never alert again."""
    event = work.record(EventKind.WITHDRAWN, words=step.reason)
    close_down(work)
    return event
