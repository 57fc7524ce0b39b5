"""The customer's own page: the link that opens it, and the text message that brings it."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from objections.vocabulary import LinkMedium

from .cases import Case
from .contacts import ContactRecord


class CustomerLink(models.Model):
    """A link that lets whoever holds it see the public part of one case, and answer.

    The address carries ``key``, signed; the row alone opens nothing. It ends at
    ``expires_at``, or when somebody revokes it.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="links")
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    medium = models.CharField(max_length=8, choices=LinkMedium)
    sent_in = models.OneToOneField(
        ContactRecord, models.PROTECT, null=True, blank=True, related_name="link"
    )
    language = models.CharField(max_length=8, choices=Language)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    times_opened = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="link_expires_after_made", condition=Q(expires_at__gt=F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.medium}"


class CustomerText(models.Model):
    """A text message to the customer that has to leave the building, as CustomerMail does."""

    contact_record = models.OneToOneField(
        ContactRecord,
        models.PROTECT,
        related_name="text_message",
        primary_key=True,
        verbose_name=_("contact on record"),
    )
    to = models.CharField(_("number"), max_length=40)
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(_("created at"))
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    failure = models.CharField(_("last failure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("text message to a customer")
        verbose_name_plural = _("text messages to customers")
        indexes = [
            models.Index(
                name="text_to_send",
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
            ),
            models.Index(
                name="text_failed", fields=["-failed_at"], condition=Q(failed_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="text_settled_is_silent",
                condition=Q(next_attempt_at__isnull=True)
                | Q(sent_at__isnull=True, failed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.to
