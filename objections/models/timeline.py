from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from objections.vocabulary import ActorKind, EventKind

from .cases import Case


class CaseEvent(models.Model):
    """One thing that happened to a case. Written once; the database refuses changes.

    ``occurred_at`` is the true moment, ``recorded_at`` when we noticed.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=32, choices=EventKind)
    occurred_at = models.DateTimeField(_("occurred at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    actor_kind = models.CharField(
        _("who acted"), max_length=8, choices=ActorKind, default=ActorKind.SYSTEM
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("client")
    )
    data = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["occurred_at", "pk"]
        indexes = [models.Index(name="event_by_case", fields=["case", "occurred_at", "id"])]
        constraints = [
            models.CheckConstraint(
                name="event_kind_is_known", condition=models.Q(kind__in=EventKind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.kind
