"""The page docs/lifecycle.md, made from the table that the product runs on."""

from __future__ import annotations

from django.utils.translation import override

from objections.errors import DEMANDS
from objections.lifecycle import ANY, OPEN, STEPS, Transition
from objections.vocabulary import Action, Stage

# Which demands each action can answer with, by their code. A test holds it against what
# the demands module really asks for.
ASKS: dict[Action, tuple[str, ...]] = {
    Action.ACKNOWLEDGE: ("contacted_by", "address"),
    Action.CORRECT: ("restatement", "new_restatement"),
    Action.CONFIRM: ("restatement", "new_restatement", "reply", "skip_needs_supervisor"),
    Action.COMMUNICATE_SOLUTION: (
        "cause", "options", "option_exists", "answer_question", "question_exists",
        "remedy_approval", "vague", "contacted_by", "address",
    ),
    Action.CHOOSE: ("solution", "option_exists"),
    Action.REJECT_SOLUTION: ("solution",),
    Action.REFUSE_DEMAND: ("contacted_by", "address"),
    Action.CARRY_OUT: ("solution", "choice"),
    Action.RECORD_ATTEMPT: ("contacted_by",),
    Action.GIVE_VERDICT: ("score",),
    Action.CLOSE_SATISFIED: ("score", "cause_category", "lesson", "open_commitment"),
    Action.CLOSE_UNREACHABLE: ("attempts", "attempt_days"),
    Action.CLOSE_THANKED: ("thanks_only",),
    Action.MERGE: (
        "survivor_known", "survivor_other", "survivor_open", "survivor_team", "survivor_clocks",
        "survivor_customer", "survivor_sensitivity", "survivor_thanks", "merge_acknowledge",
        "merge_response", "merge_commitment", "merge_message",
    ),
    Action.UNMERGE: ("unmerge_team", "survivor_ended"),
    Action.RECLASSIFY: ("something",),
    Action.LINK_RECURRENCE: ("first_known", "first_other", "first_linked"),
    Action.UNLINK_RECURRENCE: ("recurrence_linked",),
    Action.PAUSE: (
        "pause_running", "pause_breached", "pause_listed", "pause_maximum",
        "pause_needs_supervisor",
    ),
    Action.RESUME: ("resume_paused",),
    Action.UPDATE_PROGRESS: ("contacted_by", "address"),
    Action.REPLY: ("contacted_by", "address", "question_exists", "answer_question"),
    Action.NOT_SATISFIED: ("score",),
    Action.COMMIT: ("vague",),
    Action.KEEP_COMMITMENT: ("commitment_open",),
    Action.REAGREE_COMMITMENT: ("commitment_open", "commitment_due", "contacted_by", "address"),
    Action.HAND_OVER: ("department",),
    Action.ANSWER_HAND_OVER: ("hand_over_open",),
    Action.ASSIGN: ("something", "handler_in_team"),
    Action.INVITE: ("invite_live", "address", "number", "gateway"),
}  # fmt: skip

HEAD = """# The stages of a case

Made from the table in `objections/lifecycle.py` by `manage.py lifecycle_page`; do not edit.

`listen → confirm → respond → follow_up → closed`, and *withdrawn* and *merged* as other
ends. The stage says what the customer needs next. A step that the stage does not allow is
refused with the list of what it allows; one whose demands are not met is refused with the
list of what is missing; either way nothing changes.

| action | from | to | keeps | starts | may be refused because |
|---|---|---|---|---|---|
"""


def render() -> str:
    """Return the whole page in English."""
    with override("en"):
        rows = [_row(action, step) for action, step in STEPS.items()]
        codes = sorted({code for codes in ASKS.values() for code in codes})
        legend = [f"| `{code}` | {_plain(str(DEMANDS[code]))} |" for code in codes]
    table = HEAD + "\n".join(rows)
    head = ["", "## What a demand says", "", "| code | sentence |", "|---|---|"]
    return "\n".join([table, *head, *legend, ""])


def _row(action: Action, step: Transition) -> str:
    cells = [
        f"`{action.value}`",
        _stages(step.leaves),
        _enters(step),
        ", ".join(f"`{promise.value}`" for promise in step.keeps),
        ", ".join(f"`{promise.value}`" for promise in step.starts)
        + (" (next round)" if step.new_cycle else ""),
        ", ".join(f"`{code}`" for code in ASKS.get(action, ())),
    ]
    return "| " + " | ".join(cells) + " |"


def _enters(step: Transition) -> str:
    if step.returns:
        return "where it was before"
    return f"`{step.enters.value}`" if step.enters else "stays"


def _stages(leaves: frozenset[Stage]) -> str:
    if leaves == ANY:
        return "any"
    if leaves == OPEN:
        return "any open"
    return ", ".join(f"`{stage.value}`" for stage in Stage if stage in leaves) or "–"


def _plain(sentence: str) -> str:
    return sentence.replace("%(", "‹").replace(")s", "›").replace("|", "\\|")
