"""What the timeline can say, who acts, and why somebody is told."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ActorKind(TextChoices):
    USER = "user", _("One of us")
    CLIENT = "client", _("A connected system")
    CUSTOMER = "customer", _("The customer")
    SYSTEM = "system", _("The system")


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
    VERDICT_GIVEN = "verdict_given", _("said that it is solved")
    CLOSED_SATISFIED = "closed_satisfied", _("closed: the customer is content")
    CLOSED_UNREACHABLE = "closed_unreachable", _("closed: not reachable")
    NOT_SATISFIED = "not_satisfied", _("is not satisfied")
    NEW_OBJECTION_LOGGED = "new_objection_logged", _("logged a new objection")
    DEMAND_REFUSED = "demand_refused", _("refused a demand")
    REOPENED = "reopened", _("reopened the case")
    CLOSED_THANKED = "closed_thanked", _("closed with thanks")
    WITHDRAWN = "withdrawn", _("withdrew the case")
    PROGRESS_UPDATED = "progress_updated", _("told how things stand")
    MESSAGE_RECEIVED = "message_received", _("wrote or called")
    PROTESTED = "protested", _("is not satisfied with how it goes")
    INVITED = "invited", _("sent the customer a link")
    LINK_REVOKED = "link_revoked", _("revoked the customer's link")
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
    RECURRENCE_LINKED = "recurrence_linked", _("linked the case as a recurrence")
    RECURRENCE_UNLINKED = "recurrence_unlinked", _("undid the link as a recurrence")
    WHY_WRITTEN = "why_written", _("wrote down a why")
    WHY_REMOVED = "why_removed", _("took a why back")
    SHEET_WRITTEN = "sheet_written", _("wrote on a worksheet")
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
    RECURRING = "recurring", _("The same trouble at several customers")


class NoticeChannel(TextChoices):
    IN_APP = "in_app", _("In the product")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Chat robot")
