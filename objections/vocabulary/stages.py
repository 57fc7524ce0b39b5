"""The stages of a case, and what can be done to it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(TextChoices):
    """What the customer needs next."""

    LISTEN = "listen", pgettext_lazy("stage", "Listen")
    CONFIRM = "confirm", pgettext_lazy("stage", "Confirm")
    RESPOND = "respond", pgettext_lazy("stage", "Respond")
    FOLLOW_UP = "follow_up", pgettext_lazy("stage", "Follow up")
    CLOSED = "closed", pgettext_lazy("stage", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("stage", "Withdrawn")
    MERGED = "merged", pgettext_lazy("stage", "Merged")


OPEN_STAGES = (Stage.LISTEN, Stage.CONFIRM, Stage.RESPOND, Stage.FOLLOW_UP)


class Action(TextChoices):
    """What can be done to a case. The values are used in code, API and events alike."""

    OPEN = "open", _("Open the case")
    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    RESTATE = "restate", _("Restate")
    CORRECT = "correct", _("Record the customer's correction")
    CONFIRM = "confirm", _("Record the customer's confirmation")
    COMMUNICATE_SOLUTION = "communicate_solution", _("Tell cause and solution")
    CHOOSE = "choose", _("Record the customer's choice")
    REJECT_SOLUTION = "reject_solution", _("Record that the customer rejects it")
    REFUSE_DEMAND = "refuse_demand", _("Refuse a demand, and say what we can do")
    CARRY_OUT = "carry_out", _("Record that it is carried out")
    RECORD_ATTEMPT = "record_attempt", _("Record an attempt to reach them")
    GIVE_VERDICT = "give_verdict", _("Record the customer's verdict")
    CLOSE_SATISFIED = "close_satisfied", _("Close: the customer is content")
    CLOSE_UNREACHABLE = "close_unreachable", _("Close: not reachable")
    NOT_SATISFIED = "not_satisfied", _("The customer is not satisfied")
    NEW_OBJECTION = "new_objection", _("Log a new objection")
    REOPEN = "reopen", _("Reopen")
    CLOSE_THANKED = "close_thanked", _("Close with thanks")
    WITHDRAW = "withdraw", _("Withdraw")
    PAUSE = "pause", _("Pause a clock")
    RESUME = "resume", _("Resume a clock")
    UPDATE_PROGRESS = "update_progress", _("Tell how things stand")
    RECEIVE_MESSAGE = "receive_message", _("Record the customer's message")
    PROTEST = "protest", _("Record that they are not satisfied with how it goes")
    INVITE = "invite", _("Send the customer a link")
    REPLY = "reply", _("Reply")
    COMMIT = "commit", _("Promise something")
    KEEP_COMMITMENT = "keep_commitment", _("Record a promise kept")
    REAGREE_COMMITMENT = "reagree_commitment", _("Re-agree a promise")
    HAND_OVER = "hand_over", _("Ask another department")
    ANSWER_HAND_OVER = "answer_hand_over", _("Record the department's answer")
    MERGE = "merge", _("Merge into another case")
    UNMERGE = "unmerge", _("Undo the merge")
    RECLASSIFY = "reclassify", _("Change kind or urgency")
    LINK_RECURRENCE = "link_recurrence", _("Link as a recurrence")
    UNLINK_RECURRENCE = "unlink_recurrence", _("Undo the link as a recurrence")
    ASSIGN = "assign", _("Assign")
    NOTE = "note", _("Add a note")
    ATTACH = "attach", _("Attach evidence")
