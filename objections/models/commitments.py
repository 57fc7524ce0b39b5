"""What was promised to the customer, and what another department owes us."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .cases import Case


class Commitment(models.Model):
    """Something that somebody promised the customer, by a time. Numbered within its case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="commitments")
    number = models.PositiveSmallIntegerField()
    what = models.TextField()
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)
    proof = models.TextField(blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    times_reagreed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="commitment_numbered", fields=["case", "number"]),
            models.CheckConstraint(
                name="commitment_due_after_made", condition=Q(due_at__gt=F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.what[:80]

    @property
    def is_open(self) -> bool:
        return self.kept_at is None and self.voided_at is None


class HandOver(models.Model):
    """A question passed to another department or an expert. Numbered within its case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="hand_overs")
    number = models.PositiveSmallIntegerField()
    question = models.TextField()
    department = models.CharField(max_length=120, blank=True)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="hand_over_numbered", fields=["case", "number"]),
            models.CheckConstraint(
                name="hand_over_goes_to_somebody",
                condition=~Q(department="") | Q(to_user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.question[:80]

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.voided_at is None
