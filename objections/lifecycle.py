"""The state machine of a case: which action leads from which stage to which.

The table is the product's law. The buttons, the API's list of allowed actions and the
page in docs/ are made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from objections.errors import StepRefused
from objections.models import Case
from objections.vocabulary import OPEN_STAGES, Action, ClockMode, Promise, Stage

P = Promise


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. ``enters`` is None where the stage stays as it is.

    ``returns`` leads back to the stage before the merge.
    """

    leaves: frozenset[Stage]
    enters: Stage | None = None
    keeps: tuple[Promise, ...] = ()
    starts: tuple[Promise, ...] = ()
    new_cycle: bool = False
    returns: bool = False


def _in(*stages: Stage) -> frozenset[Stage]:
    return frozenset(stages)


OPEN = frozenset(OPEN_STAGES)
ANY = frozenset(Stage)

# ruff: noqa: E501 - a row of the table is a line
# fmt: off
STEPS: dict[Action, Transition] = {
    Action.OPEN:                 Transition(frozenset(), Stage.LISTEN, starts=(P.ACKNOWLEDGEMENT, P.RESPONSE)),
    Action.ACKNOWLEDGE:          Transition(_in(Stage.LISTEN), Stage.CONFIRM, keeps=(P.ACKNOWLEDGEMENT,), starts=(P.PROGRESS_UPDATE,)),
    Action.RESTATE:              Transition(_in(Stage.CONFIRM)),
    Action.CORRECT:              Transition(_in(Stage.CONFIRM)),
    Action.CONFIRM:              Transition(_in(Stage.CONFIRM), Stage.RESPOND),
    Action.COMMUNICATE_SOLUTION: Transition(_in(Stage.RESPOND), keeps=(P.RESPONSE, P.PROGRESS_UPDATE), starts=(P.COMMITMENT, P.PROGRESS_UPDATE)),
    Action.CHOOSE:               Transition(_in(Stage.RESPOND)),
    Action.REJECT_SOLUTION:      Transition(_in(Stage.RESPOND), starts=(P.RESPONSE, P.PROGRESS_UPDATE), new_cycle=True),
    Action.REFUSE_DEMAND:        Transition(_in(Stage.CONFIRM, Stage.RESPOND), keeps=(P.PROGRESS_UPDATE,), starts=(P.PROGRESS_UPDATE,)),
    Action.CARRY_OUT:            Transition(_in(Stage.RESPOND), Stage.FOLLOW_UP, starts=(P.FOLLOW_UP,)),
    Action.RECORD_ATTEMPT:       Transition(_in(Stage.FOLLOW_UP)),
    Action.GIVE_VERDICT:         Transition(_in(Stage.FOLLOW_UP), keeps=(P.FOLLOW_UP,)),
    Action.CLOSE_SATISFIED:      Transition(_in(Stage.FOLLOW_UP), Stage.CLOSED, keeps=(P.FOLLOW_UP,)),
    Action.CLOSE_UNREACHABLE:    Transition(_in(Stage.FOLLOW_UP), Stage.CLOSED, keeps=(P.FOLLOW_UP,)),
    Action.NOT_SATISFIED:        Transition(_in(Stage.FOLLOW_UP), Stage.RESPOND, keeps=(P.FOLLOW_UP,), starts=(P.RESPONSE, P.PROGRESS_UPDATE), new_cycle=True),
    Action.NEW_OBJECTION:        Transition(_in(Stage.FOLLOW_UP)),
    Action.REOPEN:               Transition(_in(Stage.CLOSED), Stage.RESPOND, starts=(P.RESPONSE, P.PROGRESS_UPDATE), new_cycle=True),
    Action.CLOSE_THANKED:        Transition(_in(Stage.CONFIRM), Stage.CLOSED),
    Action.WITHDRAW:             Transition(OPEN, Stage.WITHDRAWN),
    Action.MERGE:                Transition(OPEN, Stage.MERGED),
    Action.UNMERGE:              Transition(_in(Stage.MERGED), returns=True),
    Action.RECLASSIFY:           Transition(OPEN),
    Action.LINK_RECURRENCE:      Transition(ANY),
    Action.UNLINK_RECURRENCE:    Transition(ANY),
    Action.PAUSE:                Transition(OPEN),
    Action.RESUME:               Transition(OPEN),
    Action.UPDATE_PROGRESS:      Transition(OPEN, keeps=(P.PROGRESS_UPDATE,), starts=(P.PROGRESS_UPDATE,)),
    Action.RECEIVE_MESSAGE:      Transition(OPEN, starts=(P.CUSTOMER_MESSAGE,)),
    Action.PROTEST:              Transition(OPEN, starts=(P.CUSTOMER_MESSAGE,)),
    Action.REPLY:                Transition(OPEN, keeps=(P.CUSTOMER_MESSAGE, P.PROGRESS_UPDATE), starts=(P.PROGRESS_UPDATE,)),
    Action.COMMIT:               Transition(OPEN, starts=(P.COMMITMENT,)),
    Action.KEEP_COMMITMENT:      Transition(OPEN, keeps=(P.COMMITMENT,)),
    Action.REAGREE_COMMITMENT:   Transition(OPEN, starts=(P.COMMITMENT,)),
    Action.HAND_OVER:            Transition(OPEN, starts=(P.HAND_OVER,)),
    Action.ANSWER_HAND_OVER:     Transition(OPEN, keeps=(P.HAND_OVER,)),
    Action.ASSIGN:               Transition(ANY),
    Action.NOTE:                 Transition(ANY),
    Action.ATTACH:               Transition(ANY),
    Action.INVITE:               Transition(OPEN),
}
# fmt: on


def allowed(stage: Stage) -> list[Action]:
    """Return what a case in this stage allows, in the order of the table."""
    return [action for action, step in STEPS.items() if stage in step.leaves]


def check(case: Case, action: Action) -> Transition:
    """Return the action's row, or raise StepRefused with the list of what is allowed."""
    step = STEPS[action]
    stage = Stage(case.stage)
    if stage not in step.leaves:
        raise StepRefused(case, action, allowed(stage))
    return step


def advance(case: Case, action: Action, *, at: datetime) -> Transition:
    """Move a locked case along the table, or raise StepRefused and leave it as it was.

    Only this and ``place`` write ``Case.stage``. A merge notes the stage that its undoing
    leads back to. The caller holds the case's lock and saves it,
    in the transaction that also writes the clocks and the timeline.
    """
    step = check(case, action)
    if step.new_cycle:
        case.cycle += 1
    enters = Stage(case.merged_from) if step.returns else step.enters
    if enters is not None and enters != case.stage:
        if enters is Stage.MERGED:
            case.merged_from = case.stage
        case.stage = enters
        case.stage_entered_at = at
        case.closed_at = None if enters in OPEN else at
    return step


def place(case: Case, stage: Stage, *, at: datetime) -> None:
    """Put a locked case that was brought in where another system says that it stands.

    Which steps led there is not known, so the table is not asked. Refuses (ValueError)
    a live case, which moves by its steps alone, and a merge, which needs a survivor.
    """
    if case.clock_mode == ClockMode.LIVE:
        raise ValueError("only a historical case, or an observed one, is placed")
    if stage is Stage.MERGED:
        raise ValueError("a merged case needs the one that it became part of")
    case.stage = stage
    case.stage_entered_at = at
    case.closed_at = None if stage in OPEN else at
