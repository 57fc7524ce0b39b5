"""The table of stages and actions is the law: what it lists works, all else is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile

from objections import lifecycle, steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.errors import StaleVersion, StepRefused
from objections.lifecycle import STEPS
from objections.models import Allowance, Case
from objections.openings import Opening
from objections.services.cases import open_case
from objections.services.stepping import take_step, take_steps
from objections.steps import STEP_CLASSES, Step
from objections.vocabulary import (
    OPEN_STAGES,
    Action,
    Channel,
    Kind,
    LinkMedium,
    PauseReason,
    Promise,
    Stage,
    Urgency,
)
from tests.conftest import T0, People
from tests.objections.record import actions, refused
from tests.stories import (
    ACKNOWLEDGE,
    ATTEMPT,
    CARRY_OUT,
    CLOSE,
    CONFIRM,
    DAY,
    HOUR,
    MIN,
    NOT_SATISFIED,
    RESTATE,
    TELL,
    TO_STAGE,
    open_at,
    walk_to,
)

pytestmark = pytest.mark.django_db

REPLY = steps.Reply(channel=Channel.PHONE, message="We are on our way.")
WROTE = steps.ReceiveMessage(channel=Channel.CHAT, message="When do you come?")
COMMIT = steps.Commit(what="A new seal at your gate", due_at=T0 + 9 * DAY)
ASK = steps.HandOver(question="Which alloy?", department="Materials")
PAUSE = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Mail of Zhou Min, 10:02")
CORRECT = steps.Correct(channel=Channel.PHONE, correction="Not the seal, the shaft.")
UPDATE = steps.UpdateProgress(channel=Channel.PHONE, message="The part is on its way.")

STEP: dict[Action, Step] = {
    Action.ACKNOWLEDGE: ACKNOWLEDGE,
    Action.RESTATE: RESTATE,
    Action.CORRECT: CORRECT,
    Action.CONFIRM: CONFIRM,
    Action.COMMUNICATE_SOLUTION: TELL,
    Action.CHOOSE: steps.Choose(channel=Channel.PHONE, option=2, reply="The refund."),
    Action.REJECT_SOLUTION: steps.RejectSolution(channel=Channel.PHONE, reason="Too late."),
    Action.REFUSE_DEMAND: steps.RefuseDemand(
        channel=Channel.PHONE, demand="A new pump for free", reason="The seal is a wearing part",
        rule="Terms of warranty, 4.2", alternative="A seal at half the price",
        message="Not the whole pump: the seal wears. You get it at half the price.",
    ),
    Action.CARRY_OUT: CARRY_OUT,
    Action.RECORD_ATTEMPT: ATTEMPT,
    Action.GIVE_VERDICT: steps.GiveVerdict(score=4, words="It runs."),
    Action.CLOSE_SATISFIED: CLOSE,
    Action.CLOSE_UNREACHABLE: steps.CloseUnreachable(),
    Action.NOT_SATISFIED: NOT_SATISFIED,
    Action.NEW_OBJECTION: steps.NewObjection(statement="The bill is wrong", channel=Channel.PHONE),
    Action.REOPEN: steps.Reopen(reason="It leaks again."),
    Action.CLOSE_THANKED: steps.CloseThanked(),
    Action.WITHDRAW: steps.Withdraw(reason="Entered twice"),
    Action.MERGE: steps.Merge(into="CT-2026-000000", reason="Entered twice"),
    Action.UNMERGE: steps.Unmerge(reason="Two matters"),
    Action.RECLASSIFY: steps.Reclassify(urgency=Urgency.CRISIS, reason="Line 2 stands"),
    Action.LINK_RECURRENCE: steps.LinkRecurrence(of="CT-2026-000000"),
    Action.UNLINK_RECURRENCE: steps.UnlinkRecurrence(reason="Another seal"),
    Action.PAUSE: PAUSE,
    Action.RESUME: steps.Resume(),
    Action.UPDATE_PROGRESS: UPDATE,
    Action.RECEIVE_MESSAGE: WROTE,
    Action.PROTEST: steps.Protest(channel=Channel.PHONE, message="I want your boss."),
    Action.INVITE: steps.Invite(medium=LinkMedium.BY_HAND),
    Action.REPLY: REPLY,
    Action.COMMIT: COMMIT,
    Action.KEEP_COMMITMENT: steps.KeepCommitment(commitment=1, proof="Receipt 4711"),
    Action.REAGREE_COMMITMENT: steps.ReagreeCommitment(
        channel=Channel.PHONE, commitment=1, due_at=T0 + 10 * DAY, message="A day later, sorry.",
    ),
    Action.HAND_OVER: ASK,
    Action.ANSWER_HAND_OVER: steps.AnswerHandOver(hand_over=1, answer="1.4571"),
    Action.ASSIGN: steps.Assign(),
    Action.NOTE: steps.WriteNote(text="Calm down first."),
    Action.ATTACH: steps.Attach(file=ContentFile(b"Seal, 14:02", name="log.txt")),
}  # fmt: skip

FIRST: dict[Action, Sequence[Step]] = {
    Action.CORRECT: (RESTATE,),
    Action.CONFIRM: (RESTATE,),
    Action.CHOOSE: (TELL,),
    Action.REJECT_SOLUTION: (TELL,),
    Action.CARRY_OUT: (TELL,),
    Action.CLOSE_UNREACHABLE: (ATTEMPT, ATTEMPT),
    Action.KEEP_COMMITMENT: (COMMIT,),
    Action.REAGREE_COMMITMENT: (COMMIT,),
    Action.ANSWER_HAND_OVER: (ASK,),
    Action.RESUME: (PAUSE,),
}
"""What has to be on record before an action's demands are met."""

PAUSE_LATER = steps.Pause(
    reason=PauseReason.CUSTOMER, evidence="Shut until Monday", promise=Promise.FOLLOW_UP
)


def at_stage(stage: Stage, by: Actor, customer: Any, **more: Any) -> Case:
    """A case in a stage; a merged one became a part of another just after it was opened."""
    if stage is not Stage.MERGED:
        return walk_to(stage, T0, by=by, customer=customer, **more)
    case, other = (open_at(T0, by=by, customer=customer, **more) for _one in range(2))
    take_step(case, steps.Merge(into=other.reference, reason="Twice"), by=by, now=T0)
    return case


ANY_OPEN = "listen confirm respond follow_up"
LAW = {
    "open": ("", "listen"),
    "acknowledge": ("listen", "confirm"),
    "restate": ("confirm", ""),
    "correct": ("confirm", ""),
    "confirm": ("confirm", "respond"),
    "communicate_solution": ("respond", ""),
    "choose": ("respond", ""),
    "reject_solution": ("respond", ""),
    "refuse_demand": ("confirm respond", ""),
    "carry_out": ("respond", "follow_up"),
    "record_attempt": ("follow_up", ""),
    "give_verdict": ("follow_up", ""),
    "close_satisfied": ("follow_up", "closed"),
    "close_unreachable": ("follow_up", "closed"),
    "not_satisfied": ("follow_up", "respond"),
    "new_objection": ("follow_up", ""),
    "reopen": ("closed", "respond"),
    "close_thanked": ("confirm", "closed"),
    "withdraw": (ANY_OPEN, "withdrawn"),
    "merge": (ANY_OPEN, "merged"),
    "unmerge": ("merged", ""),
    **dict.fromkeys(
        (
            "reclassify", "pause", "resume", "update_progress", "receive_message", "reply",
            "protest", "invite",
            "commit", "keep_commitment", "reagree_commitment", "hand_over", "answer_hand_over",
        ),
        (ANY_OPEN, ""),
    ),
    **dict.fromkeys(
        ("assign", "note", "attach", "link_recurrence", "unlink_recurrence"),
        (" ".join(Stage.values), ""),
    ),
}  # fmt: skip
"""The stages as the domain names them: from where an action leads, and where to."""


def test_the_table_says_what_the_domain_says() -> None:
    table = {
        action.value: (set(row.leaves), row.enters.value if row.enters else "")
        for action, row in STEPS.items()
    }
    assert table == {action: (set(leaves.split()), to) for action, (leaves, to) in LAW.items()}
    rounds = {action.value for action, row in STEPS.items() if row.new_cycle}
    assert rounds == {"reject_solution", "not_satisfied", "reopen"}
    assert {action.value for action, row in STEPS.items() if row.returns} == {"unmerge"}


def test_every_action_of_the_vocabulary_has_a_row_and_a_step() -> None:
    assert set(STEPS) == set(Action)
    assert set(STEP_CLASSES) == set(Action) - {Action.OPEN} == set(STEP)


@pytest.mark.parametrize("stage", Stage)
def test_an_action_that_the_stage_does_not_list_is_refused_and_changes_nothing(
    stage: Stage, people: People, by: Actor, customer: Any
) -> None:
    case = at_stage(stage, by, customer)
    given = {**STEP, Action.ASSIGN: steps.Assign(handler=people.colleague)}
    unlisted = [action for action in given if stage not in STEPS[action].leaves]
    assert len(unlisted) + len(lifecycle.allowed(stage)) == len(STEP)
    for action in unlisted:
        actor = Actor.person(people.supervisor) if action is Action.UNMERGE else by
        with refused(StepRefused) as found:
            take_steps(case, [given[action]], by=actor, now=T0 + HOUR)
        assert found.value.action == action
        assert list(found.value.allowed) == lifecycle.allowed(stage)
        assert case.stage == stage


LISTED = [
    pytest.param(stage, action, id=f"{stage.value}-{action.value}")
    for action, row in STEPS.items()
    for stage in Stage
    if stage in row.leaves and stage is not Stage.MERGED
]


@pytest.mark.parametrize(("stage", "action"), LISTED)
def test_an_action_that_the_stage_lists_works_once_its_demands_are_met(
    stage: Stage, action: Action, people: People, by: Actor, customer: Any
) -> None:
    Allowance.objects.filter(promise=Promise.FOLLOW_UP).update(
        pause_maximum=8 * HOUR, pauses_per_cycle=2, pause_reasons=[PauseReason.CUSTOMER]
    )
    kind = Kind.THANKS if action is Action.CLOSE_THANKED else Kind.COMPLAINT
    case = at_stage(stage, by, customer, kind=kind)
    before, step = needed(stage, action, people)
    if action is Action.MERGE:
        other = open_at(T0, by=by, customer=customer)
        step = steps.Merge(into=other.reference, reason="Entered twice")
    if action in (Action.LINK_RECURRENCE, Action.UNLINK_RECURRENCE):
        link = steps.LinkRecurrence(of=open_at(T0, by=by, customer=customer).reference)
        before, step = ((), link) if action is Action.LINK_RECURRENCE else ((link,), step)
    now = case.stage_entered_at + MIN
    take_steps(case, before, by=by, now=now)
    if action is Action.CLOSE_UNREACHABLE:
        now += DAY
        take_steps(case, [ATTEMPT], by=by, now=now)
    version = case.version
    [event] = take_steps(case, [step], by=by, now=now + MIN)
    row = STEPS[action]
    assert case.stage == (row.enters or stage)
    assert case.version == version + 1
    assert (case.closed_at is None) == (case.stage in OPEN_STAGES)
    assert (event.occurred_at, event.recorded_at, event.user) == (now + MIN, now + MIN, by.user)
    if row.enters is not None:
        assert case.stage_entered_at == now + MIN


def needed(stage: Stage, action: Action, people: People) -> tuple[Sequence[Step], Step]:
    """Return what has to be on record before, and the step itself."""
    if action is Action.ASSIGN:
        return (), steps.Assign(handler=people.colleague)
    if stage is Stage.FOLLOW_UP and action is Action.PAUSE:
        return (), PAUSE_LATER
    if stage is Stage.FOLLOW_UP and action is Action.RESUME:
        return (PAUSE_LATER,), steps.Resume(promise=Promise.FOLLOW_UP)
    return FIRST.get(action, ()), STEP[action]


@pytest.mark.parametrize("action", [Action.NOTE, Action.ASSIGN, Action.ATTACH])
def test_a_merged_case_still_takes_what_any_stage_allows(
    action: Action, people: People, by: Actor, customer: Any
) -> None:
    case = at_stage(Stage.MERGED, by, customer)
    given = {**STEP, Action.ASSIGN: steps.Assign(handler=people.colleague)}
    take_steps(case, [given[action]], by=by, now=T0 + HOUR)
    assert case.stage == Stage.MERGED


def test_several_steps_are_all_taken_or_none(by: Actor, customer: Any, t0: datetime) -> None:
    case = open_at(t0, by=by, customer=customer)
    with refused(StepRefused) as found:
        take_steps(case, [ACKNOWLEDGE, RESTATE, CARRY_OUT], by=by, now=t0 + MIN)
    assert found.value.action is Action.CARRY_OUT
    assert (case.stage, case.version) == (Stage.LISTEN, 1)
    told = take_steps(case, [ACKNOWLEDGE, RESTATE, CONFIRM], by=by, now=t0 + MIN)
    assert [event.kind for event in told] == ["acknowledged", "restated", "confirmed"]
    assert (case.stage, case.version) == (Stage.RESPOND, 4)


def test_a_small_matter_is_opened_and_solved_in_one_contact(
    by: Actor, customer: Any, t0: datetime
) -> None:
    opening = Opening(statement="How do I bleed it?", customer=customer, channel=Channel.PHONE,
                      kind=Kind.INQUIRY, questions=("How do I bleed it?",))  # fmt: skip
    answer = steps.QuestionAnswered(question=1, answer="Open the upper screw.")
    told = steps.CommunicateSolution(
        channel=Channel.PHONE, message="Open the upper screw.", cause="Not in the manual",
        options=(steps.OptionOffered(title="Do it now"),), chosen=1, answers=(answer,),
    )  # fmt: skip
    taken = [ACKNOWLEDGE, RESTATE, CONFIRM, told, CARRY_OUT, CLOSE]
    case = open_case(opening, by=by, now=t0, steps=taken)
    assert (case.stage, case.closed_at, case.version) == (Stage.CLOSED, t0, 7)
    assert actions(taken) == [
        "acknowledge", "restate", "confirm", "communicate_solution", "carry_out",
        "close_satisfied",
    ]  # fmt: skip
    assert not case.deadlines.running().exists()


def test_an_opening_whose_further_steps_are_refused_opens_nothing(
    by: Actor, customer: Any, t0: datetime
) -> None:
    opening = Opening(statement="It leaks", customer=customer, channel=Channel.PHONE)
    with refused(StepRefused):
        open_case(opening, by=by, now=t0, steps=[ACKNOWLEDGE, CARRY_OUT])
    assert not Case.objects.exists()


def test_who_has_read_an_older_version_is_refused_and_told_so(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [steps.WriteNote(text="x")], by=by, now=t0 + MIN, expected_version=1)
    assert case.version == 2
    with refused(StaleVersion) as found:
        take_steps(case, [ACKNOWLEDGE], by=by, now=t0 + 2 * MIN, expected_version=1)
    assert found.value.case.version == 2
    take_step(case, ACKNOWLEDGE, by=by, now=t0 + 2 * MIN, expected_version=2)
    assert (case.stage, case.version) == (Stage.CONFIRM, 3)


def test_a_clock_that_rings_makes_no_version_stale(by: Actor, customer: Any, t0: datetime) -> None:
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 31 * MIN)
    take_steps(case, [ACKNOWLEDGE], by=by, now=t0 + 32 * MIN, expected_version=1)
    assert case.stage == Stage.CONFIRM


def test_the_ready_made_walks_name_every_stage_that_steps_lead_to() -> None:
    assert set(TO_STAGE) == set(Stage) - {Stage.MERGED}
