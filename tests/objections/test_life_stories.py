"""Random lives of a case: its story does not depend on when, or how often, the sweep ran."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from objections import lifecycle, steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.errors import Refused
from objections.models import Case, Deadline, EscalationEntry
from objections.services.escalations import take
from objections.services.records import confirm_late_record, withdraw_proof
from objections.services.stepping import take_steps
from objections.steps import Step
from objections.vocabulary import (
    Action,
    CauseCategory,
    Channel,
    Kind,
    LinkMedium,
    PauseReason,
    Promise,
    Stage,
    Urgency,
)
from tests.conftest import T0, People
from tests.stories import ACKNOWLEDGE, ATTEMPT, CARRY_OUT, CONFIRM, DAY, HOUR, MIN, RESTATE, open_at

pytestmark = pytest.mark.django_db

PHONE, EMAIL = Channel.PHONE, Channel.EMAIL
ADDRESS = "zhoumin@hengyuan.example"
GAPS = (
    timedelta(0), timedelta(microseconds=1), MIN, 9 * MIN, 15 * MIN, 16 * MIN, 31 * MIN, HOUR,
    8 * HOUR, DAY, DAY + MIN, 3 * DAY, 4 * DAY,
)  # fmt: skip
OPTIONS = (steps.OptionOffered(title="Replace"), steps.OptionOffered(title="Refund"))

# What makes the story go on. Written twice where a random walk should meet it more often.
FORWARD: dict[Stage, tuple[Action, ...]] = {
    Stage.LISTEN: (Action.ACKNOWLEDGE,),
    Stage.CONFIRM: (Action.RESTATE, Action.CONFIRM),
    Stage.RESPOND: (Action.COMMUNICATE_SOLUTION, Action.CARRY_OUT),
    Stage.FOLLOW_UP: (Action.NOT_SATISFIED, Action.CLOSE_SATISFIED),
    Stage.CLOSED: (Action.REOPEN, Action.REOPEN),
}
BESIDES = ("take", "bounce", "confirm late", "take")


@dataclass(frozen=True)
class Turn:
    """One thing that happens: how much later, which of what is possible, how late written down."""

    gap: timedelta
    pick: int
    late: timedelta
    by_mail: bool


TURNS = st.builds(
    Turn,
    gap=st.sampled_from(GAPS),
    pick=st.integers(0, 200),
    late=st.sampled_from([timedelta(0)] * 4 + [MIN, 10 * MIN, 11 * MIN, HOUR]),
    by_mail=st.booleans(),
)
LIVES = st.lists(TURNS, min_size=3, max_size=14)
SWEEPS = st.lists(st.integers(0, 12 * 24 * 60), max_size=12)


def step_of(action: Action, turn: Turn, now: datetime) -> Step | None:
    """Return a plausible step for an action, or None for one that tells no story."""
    at = now - turn.late if turn.late else None
    mail = turn.by_mail and at is None
    told: dict[str, Any] = {"channel": EMAIL if mail else PHONE, "to": ADDRESS, "at": at}
    due = now + GAPS[2 + turn.pick % (len(GAPS) - 2)]
    made: dict[Action, Callable[[], Step]] = {
        Action.ACKNOWLEDGE: lambda: steps.Acknowledge(summary="Thank you", **told),
        Action.RESTATE: lambda: RESTATE,
        Action.CORRECT: lambda: steps.Correct(channel=PHONE, correction="No"),
        Action.CONFIRM: lambda: CONFIRM,
        Action.COMMUNICATE_SOLUTION: lambda: steps.CommunicateSolution(
            message="So", cause="Alloy", options=OPTIONS, chosen=1, **told
        ),
        Action.CHOOSE: lambda: steps.Choose(channel=PHONE, option=2),
        Action.REJECT_SOLUTION: lambda: steps.RejectSolution(channel=PHONE, reason="No"),
        Action.CARRY_OUT: lambda: CARRY_OUT,
        Action.RECORD_ATTEMPT: lambda: ATTEMPT,
        Action.CLOSE_SATISFIED: lambda: steps.CloseSatisfied(
            score=4, cause_category=CauseCategory.USE, nothing_new=True, at=at
        ),
        Action.NOT_SATISFIED: lambda: steps.NotSatisfied(still_open="It drips", at=at),
        Action.REOPEN: lambda: steps.Reopen(reason="Again"),
        Action.WITHDRAW: lambda: steps.Withdraw(reason="A mistake"),
        Action.RECLASSIFY: lambda: steps.Reclassify(
            kind=list(Kind)[turn.pick % 4], urgency=list(Urgency)[turn.pick % 3], reason="x"
        ),
        Action.PAUSE: lambda: steps.Pause(reason=PauseReason.CUSTOMER, evidence="x"),
        Action.RESUME: lambda: steps.Resume(),
        Action.UPDATE_PROGRESS: lambda: steps.UpdateProgress(message="On its way", **told),
        Action.RECEIVE_MESSAGE: lambda: steps.ReceiveMessage(channel=PHONE, message="?", at=at),
        Action.REPLY: lambda: steps.Reply(message="At three", **told),
        Action.COMMIT: lambda: steps.Commit(what="A seal", due_at=due),
        Action.KEEP_COMMITMENT: lambda: steps.KeepCommitment(commitment=1, proof="x", at=at),
        Action.REAGREE_COMMITMENT: lambda: steps.ReagreeCommitment(
            commitment=1, due_at=due, message="Later", **told
        ),
        Action.HAND_OVER: lambda: steps.HandOver(question="Why?", department="Lab", due_at=due),
        Action.ANSWER_HAND_OVER: lambda: steps.AnswerHandOver(hand_over=1, answer="So", at=at),
        Action.NOTE: lambda: steps.WriteNote(text="x"),
        Action.PROTEST: lambda: steps.Protest(channel=PHONE, message="This takes long", at=at),
        Action.GIVE_VERDICT: lambda: steps.GiveVerdict(
            score=4, channel=PHONE if turn.by_mail else None, at=at
        ),
        Action.REFUSE_DEMAND: lambda: steps.RefuseDemand(
            demand="A new pump",
            reason="It wears",
            rule="Warranty, 4.2",
            alternative="A seal",
            **told,
        ),
        Action.INVITE: lambda: steps.Invite(medium=LinkMedium.EMAIL, to=ADDRESS),
    }
    return made[action]() if action in made else None


class Life:
    """One case that lives through turns, swept at some moments or at none."""

    def __init__(self, people: People, customer: Any, kind: Kind, urgency: Urgency) -> None:
        self.people, self.by = people, Actor.person(people.engineer)
        self.case = open_at(T0, by=self.by, customer=customer, kind=kind, urgency=urgency)
        self.answers: list[str] = []

    def turn(self, turn: Turn, now: datetime) -> None:
        stage = Stage(self.case.stage)
        possible = [*FORWARD.get(stage, ()), *lifecycle.allowed(stage), *BESIDES]
        chosen = possible[turn.pick % len(possible)]
        try:
            if isinstance(chosen, Action):
                step = step_of(chosen, turn, now)
                if step is not None:
                    take_steps(self.case, [step], by=self.by, now=now)
            else:
                getattr(self, f"_{chosen.replace(' ', '_')}")(now)
        except Refused as refusal:
            self.case.refresh_from_db()
            self.answers.append(f"{chosen} {type(refusal).__name__}")
        else:
            self.answers.append(str(chosen))

    def _take(self, now: datetime) -> None:
        """Somebody looks at the board, on which everything that is due by now has rung."""
        take_steps(self.case, [steps.WriteNote(text="x")], by=self.by, now=now)
        row = self.case.escalations.filter(closed_at=None, taken_at=None).order_by("pk").first()
        if row is not None:
            boss = Actor.person(self.people.supervisor)
            take(row, by=boss, next_step="I call", until=now + 40 * MIN, now=now)

    def _bounce(self, now: datetime) -> None:
        sent = self.case.contact_records.filter(withdrawn_at=None, mail__isnull=False)
        if (record := sent.order_by("pk").last()) is not None:
            withdraw_proof(record, failure="550", now=now)
            self.case.refresh_from_db()

    def _confirm_late(self, now: datetime) -> None:
        late = [row for row in self.case.contact_records.order_by("pk") if row.occurred_at
                != row.counts_at]  # fmt: skip
        if late:
            confirm_late_record(late[-1], by=Actor.person(self.people.manager), now=now)
            self.case.refresh_from_db()

    def told(self) -> dict[str, list[Any]]:
        """Return the whole story, without the numbers of rows and the moments of noticing."""
        case = self.case
        subjects = sorted(
            {row.subject or 0 for row in case.deadlines.filter(promise=Promise.CUSTOMER_MESSAGE)}
        )
        place = {subject: number for number, subject in enumerate(subjects)}

        def about(promise: str, subject: int | None) -> int | None:
            return place[subject or 0] if promise == Promise.CUSTOMER_MESSAGE else subject

        return {
            "answers": self.answers,
            "events": sorted(
                (
                    event.occurred_at, event.kind, str(event.data.get("promise")),
                    str(event.data.get("cycle")), str(event.data.get("level")),
                    str(event.data.get("rung")),
                )
                for event in case.events.all()
            ),
            "deadlines": [
                (
                    row.promise, row.cycle, about(row.promise, row.subject), row.started_at,
                    row.due_at, row.remaining, row.kept_at, row.breached_at, row.answered_late_at,
                    row.ended_at, row.ended_as, row.alarm_at, row.rung, row.shift,
                )
                for row in case.deadlines.order_by("pk")
            ],
            "escalations": sorted(
                (
                    str(row.deadline and (row.deadline.promise, row.deadline.cycle)), row.reason,
                    row.opened_at, row.level, str(row.taken_at), str(row.closed_at),
                )
                for row in case.escalations.select_related("deadline")
            ),
            "entries": sorted(
                EscalationEntry.objects.filter(escalation__case=case).values_list(
                    "occurred_at", "level"
                )
            ),
        }  # fmt: skip


def lived(
    life: Life, turns: Sequence[Turn], sweeps: Sequence[datetime]
) -> tuple[dict[str, list[Any]], Case]:
    """Let a case live through its turns and, in between, through these sweeps."""
    moments: list[tuple[datetime, int, Turn | None]] = [(at, 1, None) for at in sweeps]
    now = T0
    for turn in turns:
        now += turn.gap
        moments.append((now, 0, turn))
    for at, _order, taken in sorted(moments, key=lambda moment: moment[:2]):
        if taken is None:
            sweep(now=at)
        else:
            life.turn(taken, at)
    sweep(now=T0 + 400 * DAY)
    return life.told(), life.case


def check_rows(case: Case) -> None:
    """What holds for every clock of every story."""
    for row in Deadline.objects.filter(case=case):
        assert row.alarm_at is None  # after 400 days nothing waits any more
        assert sum(at is not None for at in (row.kept_at, row.answered_late_at, row.ended_at)) <= 1
        assert row.kept_at is None or row.due_at is None or row.kept_at <= row.due_at
        assert row.breached_at is None or row.breached_at == row.due_at


@settings(
    max_examples=30, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    turns=LIVES, minutes=SWEEPS, kind=st.sampled_from([Kind.COMPLAINT, Kind.INQUIRY, Kind.THANKS]),
    urgency=st.sampled_from(Urgency),
)  # fmt: skip
@example(turns=[], minutes=list(range(0, 4000, 250)), kind=Kind.COMPLAINT, urgency=Urgency.NORMAL)
def test_the_story_does_not_depend_on_when_the_sweep_ran(
    turns: list[Turn], minutes: list[int], kind: Kind, urgency: Urgency, people: People,
    customer: Any,
) -> None:  # fmt: skip
    quiet, first = lived(Life(people, customer, kind, urgency), turns, [])
    sweeps = [T0 + minute * MIN for minute in minutes]
    swept, second = lived(Life(people, customer, kind, urgency), turns, sweeps)
    assert quiet == swept
    check_rows(first)
    check_rows(second)


def test_the_walks_of_these_stories_reach_every_stage(people: People, customer: Any) -> None:
    """The stories above would prove little if they never came to anything."""
    life = Life(people, customer, Kind.COMPLAINT, Urgency.NORMAL)
    wanted = [
        ACKNOWLEDGE.action, Action.RESTATE, Action.CONFIRM, Action.COMMUNICATE_SOLUTION,
        Action.CARRY_OUT, Action.CLOSE_SATISFIED, Action.REOPEN,
    ]  # fmt: skip
    now, seen = T0, set()
    for action in wanted:
        stage = Stage(life.case.stage)
        pick = [*FORWARD[stage], *lifecycle.allowed(stage)].index(action)
        now += MIN
        life.turn(Turn(gap=MIN, pick=pick, late=timedelta(0), by_mail=False), now)
        seen.add(Stage(life.case.stage))
    assert life.answers == [action.value for action in wanted]
    assert seen == {Stage.CONFIRM, Stage.RESPOND, Stage.FOLLOW_UP, Stage.CLOSED}
