"""Verdicts, notes and files."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Client

from .cases import Case


class Verdict(models.Model):
    """What the customer said when we asked again."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="verdicts")
    cycle = models.PositiveSmallIntegerField()
    satisfied = models.BooleanField()
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="verdict_score_1_to_5",
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=5),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.score}"


class Note(models.Model):
    """A remark among ourselves. Never shown to the customer, never keeps a promise."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    text = models.TextField()
    written_at = models.DateTimeField()
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_client = models.ForeignKey(Client, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class Evidence(models.Model):
    """A file that shows something. Stored outside the web root under a name of ours."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=120, unique=True)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    caption = models.CharField(max_length=200, blank=True)
    attached_at = models.DateTimeField()
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_client = models.ForeignKey(Client, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["attached_at", "pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")
