"""How cases usually go: drawn by chance, each a sequence of moments and steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from demo.cast import SUPERVISOR
from demo.lives import DAY, HOUR, MINUTE, Life, Moments
from demo.working_out import work_it_out
from objections import steps
from objections.actors import Actor
from objections.services import records, remedies
from objections.vocabulary import (
    AttemptResult,
    Channel,
    Emotion,
    Kind,
    PauseReason,
    Purpose,
    RemedyKind,
    Stage,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Turns:
    """What goes out of the ordinary in one case's life."""

    acknowledged: str = "in time"
    at_once: bool = False
    in_one_call: bool = False
    overnight: bool = False
    corrected: bool = False
    asked_within: bool = False
    paused: bool = False
    wrote: bool = False
    promised: str = ""
    remedy: str = ""
    rejected: bool = False
    unhappy: int = 0
    forgetful: bool = False
    by_mail: bool = False
    end: str = "content"
    something_else: bool = False


def draw(random: Random, *, troubled: bool) -> Turns:
    """Draw the turns of a life. One that is not troubled breaks no promise."""

    def by(chance: float) -> bool:
        return random.random() < chance

    bad = 1.0 if troubled else 0.0
    return Turns(
        acknowledged=random.choices(
            ("in time", "late", "very late", "recorded late"), (86, 8 * bad, 3 * bad, 3 * bad)
        )[0],
        at_once=by(0.2), in_one_call=by(0.5),
        overnight=by(0.25), corrected=by(0.12), asked_within=by(0.12), paused=by(0.07),
        wrote=by(0.12),
        promised=random.choices(("", "kept", "reagreed", "broken"), (80, 12, 4, 4 * bad))[0],
        remedy=random.choices(("", "small", "large", "refused"), (86, 8, 4, 2))[0],
        rejected=by(0.07), unhappy=random.choices((0, 1, 2), (89, 8, 3 * bad))[0],
        forgetful=by(0.05 * bad), by_mail=by(0.2),
        end=random.choices(
            ("content", "unreachable", "withdrawn", "reopened"), (88, 5, 4, 3)
        )[0],
        something_else=by(0.03),
    )  # fmt: skip


def course(life: Life, turns: Turns) -> Moments:
    """Tell a life from the customer's first word to the end."""
    yield from life.until(life.at)
    kind = life.story.kind
    small = life.story.urgency is Urgency.NORMAL and turns.at_once
    if kind is not Kind.THANKS and (kind is Kind.INQUIRY or small):
        solve_at_once(life)
        return
    yield from begin(life, turns)
    if kind is Kind.THANKS:
        yield from life.wait(2 * MINUTE, 40 * MINUTE)
        life.do(steps.CloseThanked())
        return
    if turns.end == "withdrawn":
        yield from life.wait(HOUR, 5 * HOUR)
        life.do(steps.Withdraw(reason=life.say("withdrawn")))
        return
    yield from agree(life, turns)
    yield from meanwhile(life, turns)
    yield from answer(life, turns)
    yield from finish(life, turns)


def solve_at_once(life: Life) -> None:
    """Settle a small matter in the one call in which it was raised: all steps at once."""
    life.mood = min(life.mood, 2)
    life.open(
        first=(
            life.acknowledge(), life.restate(), life.confirm(), life.tell(), life.carry_out(),
            life.close(),
        ),
    )  # fmt: skip


def begin(life: Life, turns: Turns) -> Moments:
    """The customer speaks, and somebody of ours answers."""
    thanks = life.story.kind is Kind.THANKS
    if thanks:
        life.mood = 1
    by_program = life.random.random() < 0.3
    if by_program:
        number = f"W-{life.random.randrange(10**7, 10**8)}"
        life.open(by=Actor.program(life.cast.client), channel=Channel.WEB, assigned=False,
                  external_id=number)  # fmt: skip
    else:
        life.open(channel=life.random.choice((Channel.PHONE, Channel.PHONE, Channel.CHAT)))
    if turns.acknowledged == "recorded late":
        yield from record_late(life)
        return
    waits = {"in time": (3, 13), "late": (17, 44), "very late": (70, 130)}
    low, high = waits[turns.acknowledged]
    if thanks:
        low, high = 10, 90
    yield from life.wait(low * MINUTE, high * MINUTE)
    if turns.in_one_call and not thanks and not turns.corrected:
        life.do(life.acknowledge(), life.restate(), life.confirm())
    else:
        life.do(life.acknowledge())


def record_late(life: Life) -> Moments:
    """The call was in time, but it is written down after the breach; a supervisor confirms."""
    yield from life.wait(32 * MINUTE, 50 * MINUTE)
    life.do(life.acknowledge(late=life.at - life.case.received_at - 7 * MINUTE))
    life.do(steps.WriteNote(text=life.say("late")))
    yield from life.wait(20 * MINUTE, 60 * MINUTE)
    record = life.case.contact_records.get(purpose=Purpose.ACKNOWLEDGEMENT)
    supervisor = Actor.person(life.cast.people[SUPERVISOR])
    records.confirm_late_record(record, by=supervisor, now=life.at)


def agree(life: Life, turns: Turns) -> Moments:
    """Say back what was heard, until the customer says that it is so."""
    if life.case.stage == Stage.RESPOND:
        return
    yield from life.wait(8 * MINUTE, 40 * MINUTE)
    life.do(life.restate())
    if turns.corrected:
        yield from life.wait(5 * MINUTE, 30 * MINUTE)
        correction = life.say("corrected")
        life.do(
            steps.Correct(channel=Channel.PHONE, correction=correction, emotion=life.feeling()),
            life.restate(correction=correction),
        )
    yield from life.wait(2 * MINUTE, 30 * MINUTE)
    life.do(life.confirm())


def meanwhile(life: Life, turns: Turns) -> Moments:
    """Ask within the house, wait for the customer, be asked how far it is."""
    if turns.asked_within:
        life.do(steps.HandOver(question=life.say("question"), department=life.say("department")))
        yield from life.wait(HOUR, 3.5 * HOUR)
        life.do(steps.AnswerHandOver(hand_over=1, answer=life.say("answered")))
    if turns.wrote:
        yield from life.wait(10 * MINUTE, HOUR)
        asked = life.say("message_question")
        life.do(steps.ReceiveMessage(channel=Channel.CHAT, message=life.say("message"),
                                     questions=(asked,), emotion=life.feeling()))  # fmt: skip
        yield from life.wait(15 * MINUTE, 2 * HOUR)
        life.do(steps.Reply(channel=Channel.CHAT, message=life.say("reply")))
    if turns.paused:
        life.do(steps.Pause(reason=PauseReason.CUSTOMER, evidence=life.say("pause_why")))
        yield from life.attend(life.at + life.between(HOUR, 6 * HOUR))
        life.do(steps.Resume())
    if life.random.random() < 0.2:
        life.do(steps.WriteNote(text=life.say("note")))


def answer(life: Life, turns: Turns) -> Moments:
    """Tell cause and ways out; the customer chooses, or wants another."""
    life.patient = not turns.forgetful
    wait = life.between(10 * HOUR, 14 * HOUR) if turns.overnight else life.between(HOUR, 4 * HOUR)
    yield from life.attend(life.at + wait)
    yield from work_it_out(life)
    if turns.remedy:
        yield from make_good(life, turns.remedy)
    chosen_later = life.random.random() < 0.4
    promised: tuple[steps.Promised, ...] = ()
    if turns.promised:
        due_at = life.at + life.between(4 * HOUR, 7 * HOUR)
        promised = (steps.Promised(what=life.say("commitment"), due_at=due_at),)
    life.do(life.tell(chosen=None if chosen_later else 1, promised=promised, mail=turns.by_mail))
    if turns.rejected:
        yield from life.attend(life.at + life.between(HOUR, 3 * HOUR))
        life.do(steps.RejectSolution(channel=Channel.PHONE, reason=life.say("rejected"),
                                     emotion=Emotion.ANGRY))  # fmt: skip
        yield from life.attend(life.at + life.between(2 * HOUR, 6 * HOUR))
        life.do(life.tell(chosen=None))
        chosen_later = True
    if chosen_later:
        yield from life.attend(life.at + life.between(10 * MINUTE, 2 * HOUR))
        life.do(steps.Choose(channel=Channel.PHONE, option=1, reply=life.say("choice"),
                             emotion=life.calmer()))  # fmt: skip
    if turns.promised:
        yield from keep_word(life, turns.promised)


def make_good(life: Life, how: str) -> Moments:
    """Propose what we give; above the engineer's limit somebody above decides."""
    cost = life.random.randrange(2, 9) * (100 if how == "small" else 1800)
    remedy = remedies.propose(
        life.case, kind=RemedyKind.FREE_SERVICE, description=life.say("remedy"),
        cost=Decimal(cost), by=life.me, now=life.at,
    )  # fmt: skip
    if how == "small":
        return
    yield from life.attend(life.at + life.between(15 * MINUTE, 70 * MINUTE))
    person = life.cast.people[SUPERVISOR]
    decide = remedies.refuse if how == "refused" else remedies.approve
    decide(remedy, by=Actor.person(person), now=life.at)


def keep_word(life: Life, how: str) -> Moments:
    """Keep what was promised; in time, at a new time that was agreed, or too late.

    A night or a second round may have passed over its time: then no new one can be agreed.
    """
    promise = life.case.commitments.get(number=1)
    if how == "reagreed":
        yield from life.attend(promise.due_at - life.between(30 * MINUTE, 80 * MINUTE))
    if how == "reagreed" and life.at < promise.due_at:
        later = life.at + life.between(3 * HOUR, 6 * HOUR)
        life.do(steps.ReagreeCommitment(channel=Channel.PHONE, commitment=1, due_at=later,
                                        message=life.say("reagreed")))  # fmt: skip
        yield from life.attend(later - life.between(10 * MINUTE, 90 * MINUTE))
    elif how == "broken":
        yield from life.attend(promise.due_at + life.between(30 * MINUTE, 2 * HOUR))
    elif how == "kept":
        yield from life.attend(promise.due_at - life.between(10 * MINUTE, 2 * HOUR))
    life.do(steps.KeepCommitment(commitment=1, proof=life.say("kept")))


def finish(life: Life, turns: Turns) -> Moments:
    """Carry it out, ask again after some days, and close on the customer's word."""
    yield from carry_through(life)
    if turns.something_else:
        yield from life.wait(2 * HOUR, 20 * HOUR)
        life.do(steps.NewObjection(statement=life.say("else"), channel=Channel.PHONE))
        child = life.case.children.get()
        take = steps.Withdraw(reason=life.say("withdrawn"))
        yield from life.wait(2 * MINUTE, 9 * MINUTE)
        parent, life._case = life.case, child
        life.do(life.acknowledge(), take)
        life._case = parent
    for round_ in range(turns.unhappy):
        yield from until_follow_up(life)
        life.do(steps.NotSatisfied(still_open=life.say("still_open"), score=2 - round_,
                                   channel=Channel.PHONE, emotion=Emotion.UPSET))  # fmt: skip
        if life.case.persistent_at is not None:
            yield from persistent(life)
        yield from again(life)
    if turns.end == "unreachable":
        yield from give_up(life)
        return
    yield from until_follow_up(life)
    life.do(life.close())
    if turns.end == "reopened":
        yield from life.until(life.daytime(life.at + life.between(2 * DAY, 6 * DAY)))
        life.do(steps.Reopen(reason=life.say("again")))
        yield from again(life)
        yield from until_follow_up(life)
        life.do(life.close(4))


def carry_through(life: Life) -> Moments:
    yield from life.attend(life.daytime(life.at + life.between(HOUR, 6 * HOUR)))
    life.do(life.carry_out())


def until_follow_up(life: Life) -> Moments:
    """Wait for two to three days, and never longer than the promise allows."""
    wished = life.daytime(life.at + life.between(40 * HOUR, 58 * HOUR))
    yield from life.until(min(wished, life.at + 71 * HOUR))


def again(life: Life) -> Moments:
    yield from life.attend(life.at + life.between(3 * HOUR, 7 * HOUR))
    life.do(life.tell(chosen=1))
    yield from carry_through(life)


def persistent(life: Life) -> Moments:
    """Somebody above takes what has failed twice, and they study it together."""
    yield from life.attend(life.at + life.between(20 * MINUTE, HOUR))
    waiting = life.case.escalations.filter(closed_at=None, taken_at=None).first()
    if waiting is not None:
        life.take(waiting.pk)
    life.do(steps.WriteNote(text=life.say("note")))


def give_up(life: Life) -> Moments:
    """Try three times on three days; then it may be closed as not reachable."""
    for wait in (20 * HOUR, 22 * HOUR, 18 * HOUR):
        yield from life.until(life.daytime(life.at + wait))
        life.do(
            steps.RecordAttempt(
                channel=Channel.PHONE,
                words=life.say("no_answer"),
                with_whom=life.contact.name,
                result=life.random.choice((AttemptResult.NO_ANSWER, AttemptResult.LEFT_MESSAGE)),
            )
        )
    yield from life.wait(timedelta(minutes=5), timedelta(minutes=30))
    life.do(steps.CloseUnreachable())
