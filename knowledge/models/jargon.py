from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Language


class JargonTerm(models.Model):
    """A word of the house that a customer need not know, and a plain one to say instead."""

    term = models.CharField(_("term"), max_length=80)
    plain = models.CharField(_("plain wording"), max_length=200)
    language = models.CharField(_("language"), max_length=8, choices=Language)

    class Meta:
        verbose_name = _("term of ours")
        verbose_name_plural = _("terms of ours")
        ordering = ["language", "term"]
        constraints = [
            models.UniqueConstraint(name="jargon_once_per_language", fields=["language", "term"]),
        ]

    def __str__(self) -> str:
        return f"{self.term} → {self.plain}"
