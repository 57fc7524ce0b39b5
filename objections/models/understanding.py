"""What the customer asked, and the issue in our words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .cases import Case
from .contacts import ContactRecord


class Question(models.Model):
    """A question that the customer asked, numbered from 1 within its case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_in = models.ForeignKey(
        ContactRecord, models.PROTECT, null=True, blank=True, related_name="answered_questions"
    )
    deferred_reason = models.TextField(blank=True)
    deferred_to = models.ForeignKey(
        "Commitment", models.PROTECT, null=True, blank=True, related_name="questions"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="question_numbered", fields=["case", "number"]),
            models.CheckConstraint(
                name="question_answered_iff_answer",
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class Restatement(models.Model):
    """The issue in our words, and what the customer said to it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="restatements")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    position = models.TextField(blank=True)
    interest = models.TextField()
    restated_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    correction = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="restatement_numbered", fields=["case", "number"]),
            models.CheckConstraint(
                name="restatement_agreed_or_corrected",
                condition=Q(agreed_at__isnull=True) | Q(corrected_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]
