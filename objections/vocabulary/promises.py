"""The words of promises, clocks and escalation."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Promise(TextChoices):
    """What a deadline promises the customer."""

    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
    RESPONSE = "response", _("Response")
    FOLLOW_UP = "follow_up", _("Follow-up")
    PROGRESS_UPDATE = "progress_update", _("Progress update")
    COMMITMENT = "commitment", _("Commitment")
    HAND_OVER = "hand_over", _("Hand-over")
    CUSTOMER_MESSAGE = "customer_message", _("Customer's message")


class Unit(TextChoices):
    """How an allowance is counted."""

    ELAPSED = "elapsed", _("elapsed time")
    WORKING = "working", _("working time")
    DAYS = "days", _("working days, to the end of the day")


class PauseReason(TextChoices):
    """The reasons for which a clock may stand still."""

    CUSTOMER = "waiting_for_customer", _("Waiting for the customer")
    SHUTDOWN = "customer_shutdown", _("Customer's shutdown")


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
