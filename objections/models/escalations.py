from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Robot
from objections.vocabulary import EscalationReason, NoticeChannel, NoticeKind

from .cases import Case
from .deadlines import Deadline


class Escalation(models.Model):
    """Something that somebody above has to take, until it is taken or settled.

    ``taken_at`` stands while the taker has it. When ``lapses_at`` passes and the
    promise is still open it is cleared again, one level higher. ``alarm_at`` is the
    next moment the sweep must look at this row: the lapse of one that is taken, the next
    reminder of one that is not. ``reminders`` counts those since it last climbed.
    """

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="escalations", verbose_name=_("case")
    )
    deadline = models.ForeignKey(
        Deadline,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="escalations",
        verbose_name=_("deadline"),
    )
    reason = models.CharField(_("reason"), max_length=16, choices=EscalationReason)
    level = models.PositiveSmallIntegerField(_("level"))
    opened_at = models.DateTimeField(_("opened at"))
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken by"),
    )
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    lapses_at = models.DateTimeField(_("lapses at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    alarm_at = models.DateTimeField(_("next alarm at"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures"), default=0)
    quarantined_at = models.DateTimeField(_("set aside at"), null=True, blank=True)
    failure = models.CharField(_("last failure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["-level", "opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="escalation_one_open_per_deadline",
                fields=["deadline"],
                condition=Q(closed_at__isnull=True, deadline__isnull=False),
            ),
            models.UniqueConstraint(
                name="escalation_one_open_per_reason",
                fields=["case", "reason"],
                condition=Q(closed_at__isnull=True, deadline__isnull=True),
            ),
            models.CheckConstraint(
                name="escalation_taken_whole",
                condition=Q(taken_at=None, taken_by=None, lapses_at=None, next_step="")
                | Q(taken_at__isnull=False, taken_by__isnull=False, lapses_at__isnull=False),
            ),
            models.CheckConstraint(
                name="escalation_clock_iff_deadline",
                condition=Q(reason=EscalationReason.DEADLINE, deadline__isnull=False)
                | (~Q(reason=EscalationReason.DEADLINE) & Q(deadline__isnull=True)),
            ),
            models.CheckConstraint(
                name="escalation_closed_is_silent",
                condition=Q(alarm_at__isnull=True) | Q(closed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="escalation_open", fields=["-level", "opened_at"],
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                name="escalation_alarm", fields=["alarm_at", "id"],
                condition=Q(alarm_at__isnull=False),
            ),
            models.Index(
                name="escalation_set_aside", fields=["quarantined_at"],
                condition=Q(quarantined_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} level {self.level}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class EscalationEntry(models.Model):
    """One level that an escalation reached: when, by which rung, and who was told.

    ``rung`` is null for a level that no ladder rang (a lapse, a reason without a clock).
    ``told`` are people, and ``in_place_of`` beside each the absent one for whom they stood
    in, 0 for themselves; it is empty where nobody stood in.
    """

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="entries")
    deadline = models.ForeignKey(Deadline, models.PROTECT, null=True, blank=True, related_name="+")
    rung = models.PositiveSmallIntegerField(null=True, blank=True)
    level = models.PositiveSmallIntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    told = ArrayField(models.PositiveBigIntegerField(), default=list)
    in_place_of = ArrayField(models.PositiveBigIntegerField(), default=list)

    class Meta:
        ordering = ["occurred_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="escalation_entry_once_per_rung",
                fields=["deadline", "rung"],
                condition=Q(rung__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"level {self.level}"


class Notice(models.Model):
    """Something that one person, or one chat robot, is to be told: the outbox to people.

    ``occurred_at`` is when it happened, ``created_at`` when we noticed, ``send_at``
    when it may leave (null once it has left, failed, or needs no sending).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="notices",
        verbose_name=_("person"),
    )  # fmt: skip
    robot = models.ForeignKey(
        Robot, models.CASCADE, null=True, blank=True, related_name="notices",
        verbose_name=_("chat robot"),
    )  # fmt: skip
    channel = models.CharField(_("channel"), max_length=8, choices=NoticeChannel)
    kind = models.CharField(_("kind"), max_length=16, choices=NoticeKind)
    case = models.ForeignKey(Case, models.PROTECT, related_name="notices", verbose_name=_("case"))
    deadline = models.ForeignKey(
        Deadline,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("deadline"),
    )
    escalation = models.ForeignKey(
        Escalation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("escalation"),
    )
    level = models.PositiveSmallIntegerField(_("level"), default=0)
    occurred_at = models.DateTimeField(_("occurred at"))
    created_at = models.DateTimeField(_("noticed at"))
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    send_at = models.DateTimeField(_("to be sent at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    failure = models.CharField(_("last failure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="notice_has_one_listener",
                condition=Q(user__isnull=False, robot__isnull=True)
                | Q(user__isnull=True, robot__isnull=False, channel=NoticeChannel.CHAT),
            ),
        ]
        indexes = [
            models.Index(
                name="notice_to_send", fields=["send_at", "user"],
                condition=Q(send_at__isnull=False),
            ),
            models.Index(
                name="notice_failed", fields=["-failed_at"], condition=Q(failed_at__isnull=False)
            ),
            models.Index(
                name="notice_unseen", fields=["user", "-created_at"],
                condition=Q(channel="in_app", seen_at__isnull=True),
            ),
            models.Index(name="notice_by_case", fields=["case", "user"]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"
