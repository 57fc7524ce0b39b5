from __future__ import annotations

from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from objections.vocabulary import DeadlineState, PauseReason, Promise
from timekeeping.models import Edition

from .cases import Case


class LadderRung(TypedDict):
    """A rung as it is copied into a deadline. ``offset`` is seconds from the due moment.

    ``own`` is the same in the unit of the allowance, where that is working time: what is
    laid out anew when the due moment moves. ``person`` hears of it beside its level.
    ``before`` is true of one that rang before the clock was computed anew: it says nothing
    of how near the due moment is now.
    """

    offset: float
    kind: str
    level: int
    own: NotRequired[float]
    person: NotRequired[int]
    before: NotRequired[bool]


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    def running(self) -> DeadlineQuerySet:
        """Those that still wait for proof, paused ones too, and broken ones without it."""
        return self.filter(kept_at=None, answered_late_at=None, ended_at=None)

    def overdue(self, now: datetime) -> DeadlineQuerySet:
        """Open ones whose due moment has passed, whether or not the sweep has been there."""
        return self.running().filter(due_at__lt=now, is_historical=False)


class Deadline(models.Model):
    """A promise to do something for a case by a moment in time.

    ``alarm_at`` is the next moment the sweep must look at this row, and is null when
    nothing waits. While paused ``due_at`` is empty and ``remaining`` is stored. A
    breach is for good: proof that comes later sets ``answered_late_at``, not
    ``kept_at``; one that ends unanswered stays breached, too. ``moved`` is the part of
    ``allowance`` that was added because it would have fallen due at night, and ``shift``
    how far the levels above moved. ``allowance`` and ``remaining`` are counted in
    ``unit``: elapsed time, the working time of ``calendar``, or its working days as whole
    days. ``has_own_due`` says that no policy moves it. ``is_provisional`` while it runs
    into a year that the calendar does not know yet. ``subject`` is the number of the
    commitment, hand-over or message that the promise is about, else null.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="deadlines", verbose_name=_("case"))
    promise = models.CharField(_("promise"), max_length=16, choices=Promise)
    cycle = models.PositiveSmallIntegerField(_("round"), default=1)
    subject = models.PositiveBigIntegerField(_("number of its subject"), null=True, blank=True)
    has_own_due = models.BooleanField(_("due time agreed for it alone"), default=False)
    is_historical = models.BooleanField(_("kept for the record alone"), default=False)

    policy_name = models.CharField(_("policy"), max_length=80)
    policy_version = models.PositiveIntegerField(_("version of the policy"))
    unit = models.CharField(_("unit"), max_length=8)
    calendar = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("working calendar"),
    )  # fmt: skip
    is_provisional = models.BooleanField(_("provisional"), default=False)
    allowance = models.DurationField(_("allowance"))
    moved = models.DurationField(_("moved out of the night by"), default=timedelta(0))
    ladder = models.JSONField(_("ladder"), default=list)
    pause_maximum = models.DurationField(_("longest pause"), null=True, blank=True)
    pauses_per_cycle = models.PositiveSmallIntegerField(_("pauses a round"), default=0)
    pause_reasons = ArrayField(
        models.CharField(max_length=24, choices=PauseReason), default=list, blank=True,
        verbose_name=_("reasons for a pause"),
    )  # fmt: skip
    remind_every = models.DurationField(_("reminder every"), null=True, blank=True)
    remind_at_most = models.PositiveSmallIntegerField(_("reminders at most"), default=0)

    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    remaining = models.DurationField(_("remaining"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    resume_at = models.DateTimeField(_("resumes at"), null=True, blank=True)
    kept_at = models.DateTimeField(_("kept at"), null=True, blank=True)
    breached_at = models.DateTimeField(_("breached at"), null=True, blank=True)
    answered_late_at = models.DateTimeField(_("answered late at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_as = models.CharField(_("ended as"), max_length=8, blank=True)
    proof = models.ForeignKey(
        "ContactRecord",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proves",
        verbose_name=_("proof"),
    )

    alarm_at = models.DateTimeField(_("next alarm at"), null=True, blank=True)
    rung = models.PositiveSmallIntegerField(_("rungs that rang"), default=0)
    shift = models.DurationField(_("levels moved by"), default=timedelta(0))
    failures = models.PositiveSmallIntegerField(_("failures"), default=0)
    quarantined_at = models.DateTimeField(_("set aside at"), null=True, blank=True)
    failure = models.CharField(_("last failure"), max_length=300, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="deadline_one_running_per_promise",
                fields=["case", "promise", "subject"],
                condition=Q(kept_at=None, answered_late_at=None, ended_at=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="deadline_due_after_start",
                condition=Q(due_at__isnull=True) | Q(due_at__gt=F("started_at")),
            ),
            models.CheckConstraint(
                name="deadline_paused_or_due",
                condition=Q(paused_at__isnull=False, due_at__isnull=True, remaining__isnull=False)
                | Q(paused_at__isnull=True, due_at__isnull=False, remaining__isnull=True),
            ),
            models.CheckConstraint(
                name="deadline_settled_once",
                condition=Q(kept_at__isnull=True, answered_late_at__isnull=True)
                | Q(kept_at__isnull=True, ended_at__isnull=True)
                | Q(answered_late_at__isnull=True, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="deadline_kept_is_not_breached",
                condition=Q(kept_at__isnull=True) | Q(breached_at__isnull=True),
            ),
            models.CheckConstraint(
                name="deadline_late_is_breached",
                condition=Q(answered_late_at__isnull=True) | Q(breached_at__isnull=False),
            ),
            models.CheckConstraint(
                name="deadline_settled_after_start",
                condition=(Q(kept_at__isnull=True) | Q(kept_at__gte=F("started_at")))
                & (Q(answered_late_at__isnull=True) | Q(answered_late_at__gt=F("started_at")))
                & (Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))),
            ),
            models.CheckConstraint(
                name="deadline_ended_as_iff_ended",
                condition=Q(ended_at__isnull=True, ended_as="")
                | Q(ended_at__isnull=False, ended_as__in=["void", "merged"]),
            ),
            models.CheckConstraint(
                name="deadline_settled_is_silent",
                condition=Q(alarm_at__isnull=True)
                | Q(kept_at=None, answered_late_at=None, ended_at=None, is_historical=False),
            ),
            models.CheckConstraint(
                name="deadline_historical_never_breached",
                condition=Q(is_historical=False) | Q(breached_at__isnull=True, rung=0),
            ),
        ]
        indexes = [
            models.Index(
                name="deadline_alarm",
                fields=["alarm_at", "id"],
                condition=Q(alarm_at__isnull=False),
            ),
            models.Index(
                name="deadline_set_aside",
                fields=["quarantined_at"],
                condition=Q(quarantined_at__isnull=False),
            ),
            models.Index(
                name="deadline_provisional",
                fields=["calendar"],
                condition=Q(is_provisional=True),
            ),
            models.Index(name="deadline_by_case", fields=["case", "promise", "cycle"]),
            models.Index(
                name="deadline_running_by_due",
                fields=["due_at", "case"],
                condition=Q(
                    kept_at__isnull=True,
                    answered_late_at__isnull=True,
                    ended_at__isnull=True,
                    is_historical=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promise} {self.cycle}"

    @property
    def state(self) -> DeadlineState:
        if self.kept_at is not None:
            return DeadlineState.KEPT
        if self.breached_at is not None:
            return DeadlineState.BREACHED
        if self.ended_at is not None:
            return DeadlineState(self.ended_as)
        return DeadlineState.PAUSED if self.paused_at is not None else DeadlineState.RUNNING

    @property
    def is_running(self) -> bool:
        """True while it waits for proof, also after its breach."""
        return self.kept_at is None and self.answered_late_at is None and self.ended_at is None

    @property
    def next_rung(self) -> LadderRung | None:
        ladder: list[LadderRung] = self.ladder
        return ladder[self.rung] if self.rung < len(ladder) else None

    def moment_of(self, rung: int) -> datetime | None:
        """Return when a rung rings, in UTC; None past the end, or while paused."""
        if self.due_at is None or rung >= len(self.ladder):
            return None
        offset = timedelta(seconds=self.ladder[rung]["offset"])
        after = self.shift if self.ladder[rung]["kind"] == "level" else timedelta(0)
        return self.due_at + offset + after

    def rings(self, now: datetime) -> bool:
        """True once ``now`` is past the alarm; the alarm's own moment is still in time."""
        return self.alarm_at is not None and self.alarm_at < now


class Pause(models.Model):
    """A time for which one clock stood still: why, on what evidence, until when at most."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=24, choices=PauseReason)
    evidence = models.TextField()
    paused_at = models.DateTimeField()
    resume_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True, blank=True)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["paused_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="pause_one_open", fields=["deadline"], condition=Q(resumed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="pause_ends_after_it_began", condition=Q(resume_at__gt=F("paused_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.paused_at:%Y-%m-%d %H:%M}"
