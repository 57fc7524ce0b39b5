"""The words of the domain. Everything else takes its nouns and verbs from here."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
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
    CARRY_OUT = "carry_out", _("Record that it is carried out")
    RECORD_ATTEMPT = "record_attempt", _("Record an attempt to reach them")
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
    REPLY = "reply", _("Reply")
    COMMIT = "commit", _("Promise something")
    KEEP_COMMITMENT = "keep_commitment", _("Record a promise kept")
    REAGREE_COMMITMENT = "reagree_commitment", _("Re-agree a promise")
    HAND_OVER = "hand_over", _("Ask another department")
    ANSWER_HAND_OVER = "answer_hand_over", _("Record the department's answer")
    MERGE = "merge", _("Merge into another case")
    UNMERGE = "unmerge", _("Undo the merge")
    RECLASSIFY = "reclassify", _("Change kind or urgency")
    ASSIGN = "assign", _("Assign")
    NOTE = "note", _("Add a note")
    ATTACH = "attach", _("Attach evidence")


class Promise(TextChoices):
    """What a deadline promises the customer."""

    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
    RESPONSE = "response", _("Response")
    FOLLOW_UP = "follow_up", _("Follow-up")
    PROGRESS_UPDATE = "progress_update", _("Progress update")
    COMMITMENT = "commitment", _("Commitment")
    HAND_OVER = "hand_over", _("Hand-over")
    CUSTOMER_MESSAGE = "customer_message", _("Customer's message")


class Kind(TextChoices):
    COMPLAINT = "complaint", _("Complaint")
    OBJECTION = "objection", _("Objection")
    INQUIRY = "inquiry", _("Inquiry")
    THANKS = "thanks", _("Thanks or suggestion")


class Urgency(TextChoices):
    CRISIS = "crisis", _("Crisis")
    URGENT = "urgent", _("Urgent")
    NORMAL = "normal", _("Normal")


class Sensitivity(TextChoices):
    NORMAL = "normal", pgettext_lazy("sensitivity", "Normal")
    RESTRICTED = "restricted", _("Restricted")


class Channel(TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    WEB = "web", _("Web form")
    CHAT = "chat", _("Online chat")
    SOCIAL = "social", _("Social media")
    ON_SITE = "on_site", _("On site")


class Direction(TextChoices):
    INBOUND = "inbound", _("From the customer")
    OUTBOUND = "outbound", _("To the customer")


class Emotion(IntegerChoices):
    CALM = 1, _("calm")
    ANNOYED = 2, _("annoyed")
    UPSET = 3, _("upset")
    ANGRY = 4, _("angry")
    FURIOUS = 5, _("furious")


class CustomerStyle(TextChoices):
    """A hint for one case, never a label on a person."""

    VERY_ANGRY = "very_angry", _("Very angry")
    WELL_PREPARED = "well_prepared", _("Well prepared")
    TALKATIVE = "talkative", _("Talkative")
    TACITURN = "taciturn", _("Taciturn")
    RATIONAL = "rational", _("Rational")
    EMOTIONAL = "emotional", _("Emotional")
    DOMINANT = "dominant", _("Dominant")
    CAUTIOUS = "cautious", _("Cautious")


class Origin(TextChoices):
    """Where an objection comes from."""

    VALUE = "value", _("Value not seen")
    NEED = "need", _("Need not matched")
    TIMING = "timing", _("Wrong time")
    RISK = "risk", _("Fear of risk")
    RELATIONSHIP = "relationship", _("Relationship")
    MISUNDERSTANDING = "misunderstanding", _("Misunderstanding")
    QUALITY = "quality", _("Product quality")
    SERVICE = "service", _("Service")


class CauseCategory(TextChoices):
    DESIGN = "design", _("Design")
    MATERIAL = "material", _("Material or part")
    PRODUCTION = "production", _("Production")
    TRANSPORT = "transport", _("Transport or storage")
    INSTALLATION = "installation", _("Installation")
    USE = "use", _("Use or operation")
    MAINTENANCE = "maintenance", _("Maintenance")
    SERVICE = "service", pgettext_lazy("cause", "Our service")
    INFORMATION = "information", _("Wrong or missing information")
    UNKNOWN = "unknown", _("Not known yet")


class RemedyKind(TextChoices):
    APOLOGY = "apology", _("Apology")
    REPAIR = "repair", _("Repair")
    REPLACEMENT = "replacement", _("Replacement")
    REFUND = "refund", _("Refund")
    DISCOUNT = "discount", _("Discount")
    UPGRADE = "upgrade", _("Upgrade")
    FREE_SERVICE = "free_service", _("Free service")
    OTHER = "other", pgettext_lazy("remedy", "Other")


class AttemptResult(TextChoices):
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    LEFT_MESSAGE = "left_message", _("Left a message")
    CALL_LATER = "call_later", _("Asked us to call later")


class PauseReason(TextChoices):
    """The reasons for which a clock may stand still."""

    CUSTOMER = "waiting_for_customer", _("Waiting for the customer")
    SHUTDOWN = "customer_shutdown", _("Customer's shutdown")


class Unit(TextChoices):
    """How an allowance is counted."""

    ELAPSED = "elapsed", _("elapsed time")
    WORKING = "working", _("working time")
    DAYS = "days", _("working days, to the end of the day")


class RecomputeCause(TextChoices):
    """Why a running clock was computed anew."""

    RECLASSIFIED = "reclassified", _("kind or urgency changed")
    TIER = "tier", _("the customer's tier changed")
    POLICY = "policy", _("another policy was published")
    CALENDAR = "calendar", _("another edition of the calendar was published")
    MERGE = "merge", _("another case was merged into this one")
    UNMERGE = "unmerge", _("a merge was undone")


class DeadlineState(TextChoices):
    """Derived from a deadline's timestamps; never stored."""

    RUNNING = "running", pgettext_lazy("clock", "Running")
    PAUSED = "paused", pgettext_lazy("clock", "Paused")
    KEPT = "kept", pgettext_lazy("clock", "Kept")
    BREACHED = "breached", pgettext_lazy("clock", "Breached")
    VOID = "void", pgettext_lazy("clock", "Void")
    MERGED = "merged", pgettext_lazy("clock", "Merged")


class ClockMode(TextChoices):
    """Whether a case's clocks ring, or are kept for the record alone."""

    LIVE = "live", _("Live")
    HISTORICAL = "historical", _("Historical")
    OBSERVE = "observe", _("Observed: nobody is alerted")


class EscalationReason(TextChoices):
    DEADLINE = "deadline", _("Promise broken")
    PERSISTENT = "persistent", _("Persistent objection")
    NOT_SATISFIED = "not_satisfied", _("Not satisfied")


class ActorKind(TextChoices):
    USER = "user", _("One of us")
    CLIENT = "client", _("A connected system")
    CUSTOMER = "customer", _("The customer")
    SYSTEM = "system", _("The system")


class Purpose(TextChoices):
    """What a recorded contact was for."""

    OPENING = "opening", _("What the customer said")
    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
    CORRECTION = "correction", _("Correction")
    CONFIRMATION = "confirmation", _("Confirmation")
    SOLUTION = "solution", _("Cause and solution")
    CHOICE = "choice", _("Choice")
    REJECTION = "rejection", _("Rejection")
    PROGRESS = "progress", _("Progress update")
    MESSAGE = "message", _("Customer's message")
    REPLY = "reply", _("Reply")
    ATTEMPT = "attempt", _("Attempt")
    VERDICT = "verdict", _("Verdict")
    REAGREEMENT = "reagreement", _("Re-agreement")
    THANKS = "thanks", _("Thanks")


class EventKind(TextChoices):
    """What the timeline can say happened. Past tense; never renamed."""

    OPENED = "opened", _("opened the case")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    RESTATED = "restated", _("restated the issue")
    CORRECTED = "corrected", _("corrected us")
    CONFIRMED = "confirmed", _("confirmed our understanding")
    CONFIRMATION_SKIPPED = "confirmation_skipped", _("skipped the confirmation")
    SOLUTION_COMMUNICATED = "solution_communicated", _("told cause and solution")
    OPTION_CHOSEN = "option_chosen", _("chose an option")
    SOLUTION_REJECTED = "solution_rejected", _("rejected the solution")
    CARRIED_OUT = "carried_out", _("carried out the solution")
    ATTEMPT_RECORDED = "attempt_recorded", _("tried to reach the customer")
    CLOSED_SATISFIED = "closed_satisfied", _("closed: the customer is content")
    CLOSED_UNREACHABLE = "closed_unreachable", _("closed: not reachable")
    NOT_SATISFIED = "not_satisfied", _("is not satisfied")
    NEW_OBJECTION_LOGGED = "new_objection_logged", _("logged a new objection")
    REOPENED = "reopened", _("reopened the case")
    CLOSED_THANKED = "closed_thanked", _("closed with thanks")
    WITHDRAWN = "withdrawn", _("withdrew the case")
    PROGRESS_UPDATED = "progress_updated", _("told how things stand")
    MESSAGE_RECEIVED = "message_received", _("wrote or called")
    REPLIED = "replied", _("replied")
    COMMITTED = "committed", _("promised")
    COMMITMENT_KEPT = "commitment_kept", _("kept a promise")
    COMMITMENT_REAGREED = "commitment_reagreed", _("re-agreed a promise")
    HANDED_OVER = "handed_over", _("asked another department")
    HAND_OVER_ANSWERED = "hand_over_answered", _("answered")
    ASSIGNED = "assigned", _("assigned the case")
    NOTED = "noted", _("added a note")
    ATTACHED = "attached", _("attached evidence")
    CHANGED = "changed", _("changed the case")
    RECLASSIFIED = "reclassified", _("changed kind or urgency")
    MERGED = "merged", _("merged the case into another")
    UNMERGED = "unmerged", _("undid the merge")
    ABSORBED = "absorbed", _("took in another case")
    RELEASED = "released", _("let another case go again")
    REMEDY_PROPOSED = "remedy_proposed", _("proposed a remedy")
    REMEDY_APPROVED = "remedy_approved", _("approved a remedy")
    REMEDY_REFUSED = "remedy_refused", _("refused a remedy")
    MADE_PERSISTENT = "made_persistent", _("the objection has become persistent")
    DEADLINE_STARTED = "deadline_started", _("a clock started")
    DEADLINE_WARNED = "deadline_warned", _("a warning")
    DEADLINE_BREACHED = "deadline_breached", _("a promise was broken")
    DEADLINE_KEPT = "deadline_kept", _("a promise was kept")
    DEADLINE_ANSWERED_LATE = "deadline_answered_late", _("answered late")
    DEADLINE_VOIDED = "deadline_voided", _("a clock ended")
    DEADLINE_MERGED = "deadline_merged", _("a clock ended with its merged case")
    DEADLINE_REVIVED = "deadline_revived", _("a clock runs again")
    DEADLINE_RECOMPUTED = "deadline_recomputed", _("a clock was computed anew")
    DEADLINE_PAUSED = "deadline_paused", _("a clock was paused")
    DEADLINE_RESUMED = "deadline_resumed", _("a clock resumed")
    BREACH_WITHDRAWN = "breach_withdrawn", _("a breach was withdrawn")
    PROOF_WITHDRAWN = "proof_withdrawn", _("a proof was withdrawn")
    LATE_RECORD_CONFIRMED = "late_record_confirmed", _("confirmed a late record")
    ESCALATION_RAISED = "escalation_raised", _("escalated")
    ESCALATION_CLIMBED = "escalation_climbed", _("escalated one level higher")
    ESCALATION_TAKEN = "escalation_taken", _("took the escalation")
    ESCALATION_LAPSED = "escalation_lapsed", _("the taker's time passed")
    ESCALATION_REMINDED = "escalation_reminded", _("reminded: still nobody has taken it")
    ESCALATION_CLOSED = "escalation_closed", _("the escalation closed")
    MAIL_SENT = "mail_sent", _("the e-mail was sent")
    MAIL_FAILED = "mail_failed", _("the e-mail could not be delivered")
    IMPORTED = "imported", _("brought in from another system")


class NoticeKind(TextChoices):
    """Why somebody is told something."""

    WARNED = "warned", _("Due soon")
    ESCALATED = "escalated", _("Escalated to you")
    REMINDED = "reminded", _("Reminder: still nobody has taken it")
    LAPSED = "lapsed", _("Escalated again: the taker's time has passed")
    ANNOUNCED = "announced", _("New case, nobody has it yet")
    ASSIGNED = "assigned", _("Assigned to you")
    MAIL_FAILED = "mail_failed", _("An e-mail to the customer failed")
    HANDED_OVER = "handed_over", _("A question for you")
    APPROVAL_ASKED = "approval_asked", _("A remedy needs your approval")


class NoticeChannel(TextChoices):
    IN_APP = "in_app", _("In the product")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Chat robot")
