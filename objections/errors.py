"""What the domain refuses. Each becomes an HTTP answer or a message in exactly two places."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from objections.vocabulary import Action

if TYPE_CHECKING:
    from accounts.models import User
    from objections.models import Case

DEMANDS: dict[str, str | Lazy] = {
    "answer_question": _("Answer question %(number)s, or say why not yet and by when: “%(text)s”"),
    "restatement": _("Restate the issue first, so that the customer has something to agree to"),
    "new_restatement": _("The customer corrected us: restate the issue once more"),
    "reply": _("Write down what the customer replied"),
    "skip_needs_supervisor": _("Only a supervisor may skip the confirmation"),
    "cause": _("Say the cause, or why it is not known yet"),
    "options": _("Offer at least one option"),
    "remedy_approval": _("Have the remedy approved first: %(text)s"),
    "solution": _("Tell the customer a solution first in this round"),
    "choice": _("Record which option the customer chose"),
    "score": _("Ask the customer for a score from 1 to 5"),
    "cause_category": _("Choose the category of the cause"),
    "lesson": _("Write the lesson, or tick “nothing new”"),
    "open_commitment": _("Keep or re-agree the promise that is still open: “%(text)s”"),
    "attempts": _("Record at least 3 attempts on at least 2 different days (so far: %(count)s)"),
    "attempt_days": _("The attempts must be on at least 2 different days"),
    "contacted_by": _("Name the person of ours who had the contact"),
    "address": _("Give the e-mail address that the message goes to"),
    "vague": _("“%(text)s” is no promise yet: say what exactly will be done"),
    "pause_listed": _("This promise or this reason may not be paused"),
    "pause_maximum": _("A pause may last %(maximum)s at most"),
    "pause_needs_supervisor": _("A further pause in this round needs a supervisor"),
    "pause_running": _("There is no clock of this promise that could be paused"),
    "pause_breached": _("A broken promise cannot be paused"),
    "resume_paused": _("There is no paused clock of this promise"),
    "commitment_open": _("Promise %(number)s is not open"),
    "commitment_due": _("Promise %(number)s has already fallen due: it cannot be re-agreed"),
    "hand_over_open": _("Question %(number)s to the department is not open"),
    "department": _("Say which department or person is asked"),
    "thanks_only": _("Only thanks and suggestions are closed this way"),
    "option_exists": _("There is no option %(number)s in the solution that was told last"),
    "question_exists": _("There is no question %(number)s"),
    "handler_in_team": _("%(text)s is not a member of the team"),
    "something": _("Say what is to be changed"),
    "survivor_known": _("There is no case %(reference)s that you can see"),
    "survivor_other": _("A case cannot be merged into itself"),
    "survivor_open": _("%(reference)s has ended: the case that stays must be open"),
    "survivor_ended": _("%(reference)s has ended since: its merge cannot be undone any more"),
    "survivor_customer": _(
        "%(reference)s is another customer's: only a supervisor may merge the two"
    ),
    "survivor_team": _(
        "%(reference)s is another team's: somebody who may work on both has to merge"
    ),
    "survivor_clocks": _("The clocks of %(reference)s are of another kind: %(mode)s"),
    "survivor_sensitivity": _(
        "%(reference)s is not as confidential as this case: a supervisor has to change that first"
    ),
    "survivor_thanks": _("%(reference)s only says thanks: nobody would owe what is owed here"),
    "merge_acknowledge": _(
        "Acknowledge this case first: nobody has spoken with the customer since they reported it"
    ),
    "merge_response": _(
        "This case needs an answer of its own: %(reference)s has been answered already"
    ),
    "unmerge_team": _(
        "The other case is another team's: somebody who may work on both has to undo the merge"
    ),
    "merge_commitment": _("Keep the promise first that is still open: “%(text)s”"),
    "first_known": _("There is no case %(reference)s that you can see"),
    "first_other": _("A case is no recurrence of itself, nor of its own recurrence"),
    "first_linked": _("It is linked with %(reference)s already"),
    "recurrence_linked": _("This case is not linked as a recurrence"),
    "invite_live": _("The clocks of this case are kept for the record alone: no link is sent"),
    "number": _("Give the number that the text message goes to"),
    "gateway": _(
        "No gateway for text messages is set up: send an e-mail, or pass the link on yourself"
    ),
    "merge_message": _("Reply first to what the customer wrote: “%(text)s”"),
}


@dataclass(frozen=True, slots=True)
class Demand:
    """Something that a step needs and does not have yet. ``code`` is one of DEMANDS."""

    code: str
    field: str = ""
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in DEMANDS:
            raise KeyError(self.code)

    @property
    def sentence(self) -> str:
        """The demand in the present language."""
        return str(DEMANDS[self.code]) % dict(self.params)


class Refused(Exception):
    """The base of all that the domain refuses. Whoever sees it has changed nothing."""

    @property
    def sentence(self) -> str:
        """Say in the present language what is refused, and why."""
        raise NotImplementedError


class StepRefused(Refused):
    """The stage does not allow this step; ``allowed`` says which it does."""

    def __init__(self, case: Case, action: Action, allowed: Sequence[Action]) -> None:
        super().__init__(f"{case}: no {action} in {case.stage}")
        self.case, self.action, self.allowed = case, action, tuple(allowed)

    @property
    def sentence(self) -> str:
        return str(
            _("“%(action)s” is not possible while the case is in “%(stage)s”.")
            % {"action": self.action.label, "stage": self.case.get_stage_display()}
        )


class CaseEnded(StepRefused):
    """What is worked out while a case is open is not written on one that has ended."""

    def __init__(self, case: Case, allowed: Sequence[Action]) -> None:
        super().__init__(case, Action.NOTE, allowed)

    @property
    def sentence(self) -> str:
        return str(_("The case has ended: this can be read, and not written any more."))


class DemandUnmet(Refused):
    """The stage allows the step, but something that it demands is missing."""

    def __init__(self, case: Case | None, action: Action, missing: Sequence[Demand]) -> None:
        super().__init__(f"{case}: {action} lacks {[d.code for d in missing]}")
        self.case, self.action, self.missing = case, action, tuple(missing)

    @property
    def sentence(self) -> str:
        return str(_("“%(action)s” still needs something.") % {"action": self.action.label})


class NotPermitted(Refused):
    """This person may not do that to this case."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action

    @property
    def sentence(self) -> str:
        return str(_("You may not do this on this case."))


class AboveLimit(NotPermitted):
    """Nobody whose own limit reaches the cost has approved it, and this person's does not."""

    @property
    def sentence(self) -> str:
        return str(
            _("This is above your own limit: somebody whose limit reaches it has to approve it.")
        )


class StaleVersion(Refused):
    """Somebody else changed the case since it was read."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"{case} is at version {case.version}")
        self.case = case

    @property
    def sentence(self) -> str:
        return str(_("Somebody changed this case in the meantime. Nothing was saved."))


class FieldInvalid(Refused):
    """A value can not be right. ``field`` names it, ``code`` is one of INVALID."""

    INVALID: dict[str, str | Lazy] = {
        "future": _("This time lies in the future."),
        "before_case": _("This is before the customer first spoke."),
        "past": _("This time has already passed."),
        "email_now": _("An e-mail leaves when it is recorded: leave out the time."),
        "at_once": _("This takes effect when it is recorded: leave out the time."),
        "empty": _("This must not be empty."),
        "unknown": _("There is no such entry."),
        "too_large": _("The file is too large."),
        "file_type": _("Files of this type are not accepted."),
        "negative": _("This must not be negative."),
        "too_long": _("This is too long."),
        "too_deep": _("Seven levels are the most: what is under this one belongs beside it."),
        "too_many": _("Sixty whys are the most: take back what turned out to be none."),
        "contact_of_customer": _("This contact belongs to another customer."),
    }

    def __init__(self, name: str, code: str) -> None:
        super().__init__(f"{name}: {code}")
        self.field, self.code = name, code
        self.INVALID[code]

    @property
    def sentence(self) -> str:
        return str(self.INVALID[self.code])


class AlreadyExists(Refused):
    """The source's number is known already, as ``reference``."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference

    @property
    def sentence(self) -> str:
        return str(_("This was opened before, as %(reference)s.") % {"reference": self.reference})


class AlreadyTaken(Refused):
    """Somebody was faster: the escalation is taken, or has closed."""

    def __init__(self, taker: User | None) -> None:
        super().__init__(str(taker))
        self.taker = taker

    @property
    def sentence(self) -> str:
        if self.taker is None:
            return str(_("This escalation has already closed."))
        return str(_("%(name)s has already taken this.") % {"name": self.taker})
