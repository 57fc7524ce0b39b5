"""What was sent through the customer's page, so that nothing happens twice."""

from __future__ import annotations

from django.db import models

from objections.models import CustomerLink
from objections.vocabulary import Action


class Answer(models.Model):
    """One form that was sent through a link. Its ``key`` was made with the form it came in."""

    link = models.ForeignKey(CustomerLink, models.PROTECT, related_name="answers")
    key = models.UUIDField()
    action = models.CharField(max_length=24, choices=Action)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="answer_once_per_form", fields=["link", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.link_id}: {self.action}"
