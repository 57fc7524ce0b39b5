"""Which form belongs to which action."""

from __future__ import annotations

from objections.forms.answers import ReplyForm, SolutionForm
from objections.forms.inviting import CarryOutForm, InviteForm
from objections.forms.moves import MergeForm, ReclassifyForm, UnmergeForm
from objections.forms.steps import StepForm, step_form
from objections.forms.talks import (
    AcknowledgeForm,
    AnswerHandOverForm,
    AttachForm,
    ChooseForm,
    KeepCommitmentForm,
    PauseForm,
    ReagreeCommitmentForm,
    RestateForm,
    ResumeForm,
)
from objections.steps import STEP_CLASSES
from objections.vocabulary import Action

BY_HAND: dict[Action, type[StepForm]] = {
    Action.ACKNOWLEDGE: AcknowledgeForm,
    Action.RESTATE: RestateForm,
    Action.CHOOSE: ChooseForm,
    Action.KEEP_COMMITMENT: KeepCommitmentForm,
    Action.REAGREE_COMMITMENT: ReagreeCommitmentForm,
    Action.ANSWER_HAND_OVER: AnswerHandOverForm,
    Action.PAUSE: PauseForm,
    Action.RESUME: ResumeForm,
    Action.ATTACH: AttachForm,
    Action.MERGE: MergeForm,
    Action.UNMERGE: UnmergeForm,
    Action.RECLASSIFY: ReclassifyForm,
    Action.CARRY_OUT: CarryOutForm,
    Action.INVITE: InviteForm,
    Action.REPLY: ReplyForm,
    Action.COMMUNICATE_SOLUTION: SolutionForm,
}


def form_class(action: Action) -> type[StepForm]:
    """Return the form of an action: written by hand where it asks more than the step."""
    return BY_HAND.get(action) or step_form(STEP_CLASSES[action])
