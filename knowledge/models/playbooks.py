from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from objections.vocabulary import CustomerStyle


class PlaybookCard(models.Model):
    """How to meet a customer of one style: a hint for a case, never a label on a person.

    ``recognise``, ``do`` and ``avoid`` hold one point a line.
    """

    style = models.CharField(_("customer style"), max_length=16, choices=CustomerStyle)
    language = models.CharField(_("language"), max_length=8, choices=Language)
    recognise = models.TextField(_("how to recognise it"))
    do = models.TextField(_("what to do"))
    avoid = models.TextField(_("what to avoid"))
    phrase = models.TextField(_("a sample phrase"))

    class Meta:
        verbose_name = _("playbook card")
        verbose_name_plural = _("playbook cards")
        ordering = ["language", "style"]
        constraints = [
            models.UniqueConstraint(name="card_once_per_language", fields=["style", "language"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_style_display()} ({self.language})"
