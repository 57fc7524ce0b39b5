"""What a person or a program hands in with each step, as frozen, typed values.

Forms and the API are made from these classes. ``at`` is when it happened, in any time
zone; left out, it is now. How a value is checked against the case is said in ``demands``.
"""

from __future__ import annotations

from objections.steps.alongside import (
    AnswerHandOver,
    Attach,
    Commit,
    HandOver,
    Invite,
    KeepCommitment,
    Pause,
    Protest,
    ReagreeCommitment,
    ReceiveMessage,
    Reply,
    Resume,
    UpdateProgress,
    WriteNote,
)
from objections.steps.base import Contacted, OptionOffered, Promised, QuestionAnswered, Step, Told
from objections.steps.moves import (
    Assign,
    LinkRecurrence,
    Merge,
    Reclassify,
    UnlinkRecurrence,
    Unmerge,
    Withdraw,
)
from objections.steps.stages import (
    Acknowledge,
    CarryOut,
    Choose,
    CloseSatisfied,
    CloseThanked,
    CloseUnreachable,
    CommunicateSolution,
    Confirm,
    Correct,
    GiveVerdict,
    NewObjection,
    NotSatisfied,
    RecordAttempt,
    RefuseDemand,
    RejectSolution,
    Reopen,
    Restate,
)
from objections.vocabulary import Action

STEP_CLASSES: dict[Action, type[Step]] = {
    cls.action: cls
    for cls in (
        Acknowledge, Restate, Correct, Confirm, CommunicateSolution, Choose, RejectSolution,
        RefuseDemand, CarryOut, RecordAttempt, GiveVerdict, CloseSatisfied, CloseUnreachable,
        NotSatisfied, NewObjection, Reopen, CloseThanked, Withdraw, Merge, Unmerge,
        Reclassify, LinkRecurrence, UnlinkRecurrence, Pause, Resume, UpdateProgress,
        ReceiveMessage, Protest, Reply, Commit, KeepCommitment, ReagreeCommitment, HandOver,
        AnswerHandOver, Assign, WriteNote, Attach, Invite,
    )
}  # fmt: skip

__all__ = [
    "STEP_CLASSES",
    "Acknowledge",
    "AnswerHandOver",
    "Assign",
    "Attach",
    "CarryOut",
    "Choose",
    "CloseSatisfied",
    "CloseThanked",
    "CloseUnreachable",
    "Commit",
    "CommunicateSolution",
    "Confirm",
    "Contacted",
    "Correct",
    "GiveVerdict",
    "HandOver",
    "Invite",
    "KeepCommitment",
    "LinkRecurrence",
    "Merge",
    "NewObjection",
    "NotSatisfied",
    "OptionOffered",
    "Pause",
    "Promised",
    "Protest",
    "QuestionAnswered",
    "ReagreeCommitment",
    "ReceiveMessage",
    "Reclassify",
    "RecordAttempt",
    "RefuseDemand",
    "RejectSolution",
    "Reopen",
    "Reply",
    "Restate",
    "Resume",
    "Step",
    "Told",
    "UnlinkRecurrence",
    "Unmerge",
    "UpdateProgress",
    "Withdraw",
    "WriteNote",
]
