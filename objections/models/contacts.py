"""What was said between the customer and us, and the mail that has to leave."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from objections.vocabulary import AttemptResult, Channel, Direction, Emotion, Purpose

from .cases import Case


class ContactRecord(models.Model):
    """One contact with the customer: who said what to whom, when and how.

    ``occurred_at`` is when it took place, ``counts_at`` the moment that a clock may
    use as proof: the same, unless it was recorded more than ten minutes later and no
    supervisor has confirmed it. ``withdrawn_at`` is set when it turns out that it
    never reached anybody, as with an e-mail that bounced.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="contact_records")
    purpose = models.CharField(max_length=16, choices=Purpose)
    direction = models.CharField(max_length=8, choices=Direction)
    channel = models.CharField(max_length=8, choices=Channel)
    with_whom = models.CharField(max_length=120, blank=True)
    words = models.TextField(blank=True)
    emotion = models.PositiveSmallIntegerField(choices=Emotion, null=True, blank=True)
    result = models.CharField(max_length=16, choices=AttemptResult, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    counts_at = models.DateTimeField()
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_client = models.ForeignKey(Client, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_in = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="answered_messages"
    )
    late_confirmed_at = models.DateTimeField(null=True, blank=True)
    late_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["occurred_at", "pk"]
        indexes = [models.Index(name="contact_by_case", fields=["case", "occurred_at"])]
        constraints = [
            models.CheckConstraint(
                name="contact_counts_between",
                condition=Q(counts_at__gte=F("occurred_at")) & Q(counts_at__lte=F("recorded_at"))
                | Q(counts_at=F("occurred_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.occurred_at:%Y-%m-%d %H:%M}"


class CustomerMail(models.Model):
    """An e-mail to the customer that has to leave the building.

    Its commit is the time of proof. ``sent_at`` and ``failed_at`` are written by the
    relay; a failure withdraws the proof.
    """

    contact_record = models.OneToOneField(
        ContactRecord,
        models.PROTECT,
        related_name="mail",
        primary_key=True,
        verbose_name=_("contact on record"),
    )
    to = models.EmailField(_("recipient"), max_length=254)
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"))
    message_id = models.CharField(_("message number"), max_length=120, unique=True)
    created_at = models.DateTimeField(_("created at"))
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    failure = models.CharField(_("last failure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("e-mail to a customer")
        verbose_name_plural = _("e-mails to customers")
        indexes = [
            models.Index(
                name="mail_to_send",
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
            ),
            models.Index(
                name="mail_failed",
                fields=["-failed_at"],
                condition=Q(failed_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_settled_is_silent",
                condition=Q(next_attempt_at__isnull=True)
                | Q(sent_at__isnull=True, failed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
