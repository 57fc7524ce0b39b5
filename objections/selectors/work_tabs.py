"""Which steps the page of a case offers: the stage's own as tabs, the others in a list."""

from __future__ import annotations

from dataclasses import dataclass

from objections import lifecycle
from objections.models import Deadline
from objections.selectors.case_page import CasePage
from objections.vocabulary import Action, Kind, Stage

WHYS, REMEDIES, SHEETS = "whys", "remedies", "sheets"
"""Work that is no step: looking for the cause, proposing and deciding on a remedy, and the
optional worksheets."""

TABS: dict[str, tuple[Action, ...]] = {
    Stage.LISTEN: (Action.ACKNOWLEDGE,),
    Stage.CONFIRM: (Action.RESTATE, Action.CONFIRM, Action.CORRECT),
    Stage.RESPOND: (
        Action.COMMUNICATE_SOLUTION, Action.CHOOSE, Action.CARRY_OUT, Action.REJECT_SOLUTION,
    ),
    Stage.FOLLOW_UP: (Action.CLOSE_SATISFIED, Action.NOT_SATISFIED, Action.RECORD_ATTEMPT),
    Stage.CLOSED: (Action.REOPEN,),
    Stage.MERGED: (Action.UNMERGE,),
}  # fmt: skip
ALWAYS = (Action.NOTE, Action.ATTACH)
ORDER_OF_OTHERS = (
    Action.RECEIVE_MESSAGE, Action.PROTEST, Action.INVITE, Action.REFUSE_DEMAND, Action.COMMIT,
    Action.KEEP_COMMITMENT, Action.REAGREE_COMMITMENT, Action.HAND_OVER,
    Action.ANSWER_HAND_OVER, Action.PAUSE, Action.RESUME, Action.ASSIGN, Action.RECLASSIFY,
    Action.LINK_RECURRENCE, Action.UNLINK_RECURRENCE, Action.NEW_OBJECTION,
    Action.CLOSE_UNREACHABLE, Action.CLOSE_THANKED, Action.MERGE, Action.WITHDRAW,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """The steps of a case that make sense now, in the order they are shown."""

    tabs: list[Action]
    others: list[Action]
    beside: list[str]
    """Of WHYS, REMEDIES and SHEETS those that make sense now."""

    @property
    def everything(self) -> list[Action]:
        return [*self.tabs, *self.others]


def offer(page: CasePage) -> Offer:
    """Return what this person is offered on this case; nothing where they may do nothing."""
    if not page.rights.act:
        asked = page.rights.answer and page.case.is_open
        return Offer([Action.ANSWER_HAND_OVER] if asked else [], [], [])
    possible = [
        action for action in lifecycle.allowed(Stage(page.case.stage)) if _fits(action, page)
    ]
    own = [action for action in _own(page) if action in possible]
    others = [action for action in (*ORDER_OF_OTHERS, *possible) if action in possible]
    rest = [action for action in dict.fromkeys(others) if action not in own]
    return Offer(own, rest, _beside(page))


def _beside(page: CasePage) -> list[str]:
    """The work on the answer, from the stage on in which it begins, or where some is done."""
    if not page.case.is_open:
        return []
    begun = page.case.stage == Stage.RESPOND
    done = page.answering
    shown = {
        WHYS: begun or done.whys,
        REMEDIES: begun or done.remedies,
        SHEETS: begun or page.case.stage == Stage.FOLLOW_UP or done.sheets,
    }
    return [name for name, is_shown in shown.items() if is_shown]


def _own(page: CasePage) -> list[Action]:
    stage = page.case.stage
    own = list(TABS.get(stage, ()))
    if page.case.kind == Kind.THANKS and stage == Stage.CONFIRM:
        own = [Action.CLOSE_THANKED]
    if page.next is not None and page.next.action not in own:
        own.insert(0, page.next.action)
    if page.unanswered_messages and page.case.is_open and Action.REPLY not in own:
        own.append(Action.REPLY)
    if stage in (Stage.CONFIRM, Stage.RESPOND) and Action.UPDATE_PROGRESS not in own:
        own.append(Action.UPDATE_PROGRESS)
    return [*own, *ALWAYS]


def _fits(action: Action, page: CasePage) -> bool:
    """Tell whether there is anything for this step to act on."""
    record = page.record
    running = [panel.deadline for panel in page.clocks.running]
    needs: dict[Action, object] = {
        Action.CORRECT: record.restatement,
        Action.CONFIRM: record.restatement or page.rights.supervise,
        Action.CHOOSE: record.solution,
        Action.REJECT_SOLUTION: record.solution,
        Action.CARRY_OUT: record.solution and record.solution.chosen_at,
        Action.KEEP_COMMITMENT: record.open_commitments,
        Action.REAGREE_COMMITMENT: record.open_commitments,
        Action.ANSWER_HAND_OVER: [one for one in page.hand_overs if one.is_open],
        Action.PAUSE: [one for one in running if _can_pause(one)],
        Action.RESUME: [one for one in running if one.paused_at is not None],
        Action.UNLINK_RECURRENCE: page.case.recurrence_of_id,
        Action.INVITE: not page.case.is_silent,
        Action.GIVE_VERDICT: record.open_commitments,
        Action.CLOSE_UNREACHABLE: record.attempts,
        Action.CLOSE_THANKED: page.case.kind == Kind.THANKS,
        Action.UNMERGE: page.rights.supervise,
    }
    return bool(needs.get(action, True))


def _can_pause(deadline: Deadline) -> bool:
    allowed = deadline.pauses_per_cycle > 0 and deadline.pause_maximum is not None
    return allowed and deadline.paused_at is None and deadline.breached_at is None
