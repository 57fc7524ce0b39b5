from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Client


class IdempotentRequest(models.Model):
    """A program's request under its own key, and the answer it was given.

    Written in the transaction of the effect, so that the two exist together or not
    at all.
    """

    client = models.ForeignKey(Client, models.CASCADE, null=True, blank=True, related_name="+")
    user_id = models.PositiveBigIntegerField(null=True, blank=True)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="idempotency_key_per_client",
                fields=["client", "user_id", "key"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="idempotency_client_or_user",
                condition=Q(client__isnull=True, user_id__isnull=False)
                | Q(client__isnull=False, user_id__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.key
