"""What the fields of the steps are called, and the hints beside them."""

from __future__ import annotations

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from objections.vocabulary import Action

Words = str | Lazy

LABELS: dict[str, Words] = {
    "at": _("When it took place"),
    "channel": _("Channel"),
    "with_whom": _("With whom"),
    "emotion": _("How do they feel?"),
    "to": _("E-mail address"),
    "summary": _("What you said back"),
    "next_step": _("What happens next"),
    "next_by": _("By when"),
    "restatement": _("The issue in our words"),
    "position": _("What they ask for"),
    "interest": _("What they really want"),
    "origin": _("Where it comes from"),
    "questions": _("Questions they asked"),
    "correction": _("What we had wrong"),
    "reply": _("What they replied"),
    "skip_reason": _("Why nobody asked them"),
    "message": _("What you told them"),
    "cause": _("Cause"),
    "cause_unknown_reason": _("Why the cause is not known yet"),
    "cause_category": _("Category of the cause"),
    "chosen": _("Option chosen in this contact"),
    "option": _("Which option"),
    "reason": _("Reason"),
    "proof": _("What shows it"),
    "result": _("Result"),
    "words": _("Their words"),
    "score": _("Score from 1 to 5"),
    "lesson": _("Lesson"),
    "nothing_new": _("Nothing new to learn"),
    "still_open": _("What is still open"),
    "statement": _("What happened, in their own words"),
    "kind": _("Kind"),
    "urgency": _("Urgency"),
    "evidence": _("What shows that we have to wait"),
    "promise": _("Clock"),
    "resume_at": _("Resume at the latest"),
    "what": _("What exactly will be done"),
    "due_at": _("By when"),
    "commitment": _("Promise"),
    "question": _("Question"),
    "department": _("Department"),
    "to_user": _("Person"),
    "hand_over": _("Question that was asked"),
    "answer": _("Answer"),
    "handler": _("Handler"),
    "team": _("Team"),
    "text": _("Note"),
    "file": _("Files"),
    "caption": _("What it shows"),
    "into": _("The case that stays"),
    "demand": _("What they demand"),
    "rule": _("The rule it rests on"),
    "alternative": _("What we can do instead"),
    "of": _("The case in which it was seen first"),
    "remark": _("What is the same"),
    "medium": _("How the link reaches them"),
    "phone": _("Phone number"),
}

LABELS_OF: dict[tuple[Action, str], Words] = {
    (Action.CONFIRM, "channel"): _("How they replied"),
    (Action.CHOOSE, "reply"): _("Their words"),
    (Action.CHOOSE, "channel"): _("How they told us"),
    (Action.REJECT_SOLUTION, "reason"): _("Why they reject it"),
    (Action.REJECT_SOLUTION, "channel"): _("How they told us"),
    (Action.CARRY_OUT, "proof"): _("What shows that the customer saw the result"),
    (Action.RECEIVE_MESSAGE, "message"): _("What they wrote or said"),
    (Action.RECEIVE_MESSAGE, "channel"): _("How it came"),
    (Action.RECEIVE_MESSAGE, "with_whom"): _("From whom"),
    (Action.RECEIVE_MESSAGE, "questions"): _("Further questions they asked"),
    (Action.RESTATE, "questions"): _("Further questions they asked"),
    (Action.UPDATE_PROGRESS, "message"): _("How things stand"),
    (Action.REPLY, "message"): _("Your reply"),
    (Action.COMMUNICATE_SOLUTION, "message"): _("Text that tells the solution"),
    (Action.REAGREE_COMMITMENT, "due_at"): _("New time"),
    (Action.REAGREE_COMMITMENT, "message"): _("What you told the customer"),
    (Action.KEEP_COMMITMENT, "proof"): _("What shows that it is done"),
    (Action.RECORD_ATTEMPT, "words"): _("Remark"),
    (Action.NEW_OBJECTION, "statement"): _("What happened, in their own words"),
    (Action.ACKNOWLEDGE, "at"): _("When you spoke to them"),
    (Action.GIVE_VERDICT, "channel"): _("How they told us"),
    (Action.CLOSE_SATISFIED, "channel"): _("How they told us"),
    (Action.NOT_SATISFIED, "channel"): _("How they told us"),
    (Action.MERGE, "reason"): _("Why they are one matter"),
    (Action.UNMERGE, "reason"): _("Why they are two matters"),
    (Action.RECLASSIFY, "reason"): _("What shows it"),
    (Action.REFUSE_DEMAND, "reason"): _("Why we cannot do it"),
    (Action.UNLINK_RECURRENCE, "reason"): _("Why it is another trouble"),
    (Action.PROTEST, "message"): _("What they said"),
    (Action.PROTEST, "channel"): _("How they told us"),
    (Action.INVITE, "words"): _("Your words above the link"),
}

HELP: dict[str, Words] = {
    "at": _("Leave it empty if it was just now."),
    "to": _("Only for an e-mail. It is really sent when you record this."),
    "questions": _("Each one has to be answered before the solution can be sent."),
    "skip_reason": _("Only a supervisor may skip the confirmation."),
    "statement": _("Write it as they say it. No tidying up."),
    "due_at": _("A day and a time. “As soon as possible” is no promise."),
    "resume_at": _("Empty: as long as the policy allows."),
    "text": _("For us alone. A note never keeps a promise."),
    "into": _("Its reference, such as CT-2026-000123."),
    "of": _("Its reference, such as CT-2026-000123."),
    "phone": _("Only for a text message. Left empty, it is the contact's."),
    "nothing_new": "",
}

HELP_OF: dict[tuple[Action, str], Words] = {
    (Action.ACKNOWLEDGE, "summary"): _("You thanked them, and said what you heard."),
    (Action.UPDATE_PROGRESS, "message"): _("Tell them even if little has moved."),
    (Action.CHOOSE, "reply"): _("As they said it."),
    (Action.REAGREE_COMMITMENT, "due_at"): _(
        "Told before it falls due, this is no breach. It is counted."
    ),
    (Action.HAND_OVER, "due_at"): _("Empty: as the policy says."),
    (Action.REFUSE_DEMAND, "rule"): _("The contract, the terms or the norm, and where it says so."),
    (Action.REFUSE_DEMAND, "message"): _(
        "Empty: the four points above are told, in the customer's language."
    ),
    (Action.RESTATE, "restatement"): _("The customer has to agree to this."),
    (Action.RESTATE, "interest"): _("The need behind the demand."),
    (Action.RECLASSIFY, "urgency"): _(
        "Running clocks are computed anew from their own start. What was kept or broken stays so."
    ),
}

SUBMIT: dict[Action, Words] = {
    Action.ACKNOWLEDGE: _("Record the call"),
    Action.RESTATE: _("Keep this restatement"),
    Action.CORRECT: _("Record the correction"),
    Action.CONFIRM: _("Record their answer"),
    Action.COMMUNICATE_SOLUTION: _("Send the solution"),
    Action.CHOOSE: _("Record the choice"),
    Action.REJECT_SOLUTION: _("Record that they reject it"),
    Action.CARRY_OUT: _("Record that it is carried out"),
    Action.RECORD_ATTEMPT: _("Record the attempt"),
    Action.GIVE_VERDICT: _("Record their verdict"),
    Action.CLOSE_SATISFIED: _("Close the case"),
    Action.CLOSE_UNREACHABLE: _("Close the case"),
    Action.NOT_SATISFIED: _("Start another round"),
    Action.NEW_OBJECTION: _("Open the new case"),
    Action.REOPEN: _("Reopen the case"),
    Action.CLOSE_THANKED: _("Close with thanks"),
    Action.WITHDRAW: _("Withdraw the case"),
    Action.MERGE: _("Merge the cases"),
    Action.UNMERGE: _("Undo the merge"),
    Action.RECLASSIFY: _("Change the case"),
    Action.REFUSE_DEMAND: _("Record what you told them"),
    Action.LINK_RECURRENCE: _("Link the cases"),
    Action.UNLINK_RECURRENCE: _("Undo the link"),
    Action.PROTEST: _("Record it and call the supervisor"),
    Action.INVITE: _("Make the link"),
    Action.PAUSE: _("Pause the clock"),
    Action.RESUME: _("Resume the clock"),
    Action.UPDATE_PROGRESS: _("Record what you told them"),
    Action.RECEIVE_MESSAGE: _("Record the message"),
    Action.REPLY: _("Send the reply"),
    Action.COMMIT: _("Record the promise"),
    Action.KEEP_COMMITMENT: _("Record it as kept"),
    Action.REAGREE_COMMITMENT: _("Record the new time"),
    Action.HAND_OVER: _("Ask them"),
    Action.ANSWER_HAND_OVER: _("Record the answer"),
    Action.ASSIGN: pgettext_lazy("button", "Assign"),
    Action.NOTE: _("Keep the note"),
    Action.ATTACH: _("Add the evidence"),
}

TABS: dict[Action, Words] = {
    Action.ACKNOWLEDGE: pgettext_lazy("tab", "Call back"),
    Action.RESTATE: pgettext_lazy("tab", "Say back"),
    Action.CORRECT: pgettext_lazy("tab", "They correct us"),
    Action.CONFIRM: pgettext_lazy("tab", "They agree"),
    Action.COMMUNICATE_SOLUTION: pgettext_lazy("tab", "Reply to the customer"),
    Action.CHOOSE: pgettext_lazy("tab", "Choice"),
    Action.REJECT_SOLUTION: pgettext_lazy("tab", "Rejected"),
    Action.CARRY_OUT: pgettext_lazy("tab", "Carried out"),
    Action.UPDATE_PROGRESS: pgettext_lazy("tab", "Progress"),
    Action.REPLY: pgettext_lazy("tab", "Answer the message"),
    Action.RECORD_ATTEMPT: pgettext_lazy("tab", "Not reached"),
    Action.CLOSE_SATISFIED: pgettext_lazy("tab", "Content"),
    Action.NOT_SATISFIED: pgettext_lazy("tab", "Not satisfied"),
    Action.CLOSE_UNREACHABLE: pgettext_lazy("tab", "Close unreached"),
    Action.CLOSE_THANKED: pgettext_lazy("tab", "Close with thanks"),
    Action.REOPEN: pgettext_lazy("tab", "Reopen"),
    Action.UNMERGE: pgettext_lazy("tab", "Undo the merge"),
    Action.KEEP_COMMITMENT: pgettext_lazy("tab", "Promise"),
    Action.NOTE: pgettext_lazy("tab", "Internal notes"),
    Action.ATTACH: pgettext_lazy("tab", "Evidence"),
}


def label(action: Action, name: str) -> Words:
    return LABELS_OF.get((action, name)) or LABELS[name]


def help_text(action: Action, name: str) -> Words:
    if (action, name) in HELP_OF:
        return HELP_OF[action, name]
    return HELP.get(name, "")
