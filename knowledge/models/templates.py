from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from objections.vocabulary import Kind, Stage


class ReplyTemplate(models.Model):
    """The beginning of a reply, meant to be adapted.

    ``stage`` and ``kind`` left empty fit any. Variables stand in braces, such as
    ``{contact}``; which there are is said in ``knowledge.templates``. A retired one is
    offered no more, and still compared with.
    """

    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, choices=Language)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, blank=True)
    body = models.TextField(_("text"))
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ["language", "stage", "name"]
        constraints = [
            models.UniqueConstraint(name="template_named_once", fields=["language", "name"]),
        ]

    def __str__(self) -> str:
        return self.name
