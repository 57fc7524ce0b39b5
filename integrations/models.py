from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Robot
from objections.vocabulary import NoticeChannel


class StoredMail(models.Model):
    """An e-mail that the mailbox of a demo or a test system has caught.

    A mail that arrives twice under one Message-ID is one row with two ``copies``, as
    a person's mail program would show it. ``references`` names the cases it speaks of.
    """

    message_id = models.CharField(max_length=200, unique=True)
    sender = models.CharField(max_length=254)
    to = ArrayField(models.CharField(max_length=254))
    subject = models.CharField(max_length=250)
    body = models.TextField()
    references = ArrayField(models.CharField(max_length=16), default=list)
    copies = models.PositiveIntegerField(default=1)
    stored_at = models.DateTimeField()
    bounced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("stored e-mail")
        verbose_name_plural = _("stored e-mails")
        ordering = ["-stored_at", "-pk"]
        indexes = [models.Index(name="stored_mail_newest", fields=["-stored_at", "-id"])]

    def __str__(self) -> str:
        return f"{', '.join(self.to)}: {self.subject}"


SMS = "sms"
"""The way out of text messages to customers. None of our own people hear that way."""


class DeliveryAttempt(models.Model):
    """One try to hand a message to the world: to whom, when, and what came of it.

    ``message`` is the id under which it goes out; a message that is sent again because
    its process died goes out under the same one. ``notices`` are what it told.
    """

    channel = models.CharField(
        _("channel"), max_length=8, choices=[*NoticeChannel.choices, (SMS, _("Text message"))]
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name=_("person"),
    )  # fmt: skip
    robot = models.ForeignKey(
        Robot, models.CASCADE, null=True, blank=True, related_name="attempts",
        verbose_name=_("chat robot"),
    )  # fmt: skip
    message = models.CharField(_("message"), max_length=120)
    notices = ArrayField(models.BigIntegerField(), default=list)
    number = models.PositiveSmallIntegerField(_("attempt"), default=1)
    attempted_at = models.DateTimeField(_("attempted at"))
    outcome = models.CharField(_("outcome"), max_length=8, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    took = models.DurationField(_("took"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt at a delivery")
        verbose_name_plural = _("attempts at deliveries")
        ordering = ["-attempted_at", "-pk"]
        indexes = [
            models.Index(name="attempt_by_robot", fields=["robot", "-attempted_at"]),
            models.Index(name="attempt_newest", fields=["-attempted_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.number}: {self.outcome}"
