from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


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
