from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from objections.models import ContactRecord


class ReplyPrint(models.Model):
    """The fingerprint of what was written to a customer; the text itself is not kept twice.

    ``signature`` is a MinHash of the text's short pieces: two texts share about as many of
    its numbers as they share pieces. ``bands`` are hashes of slices of it: texts that are
    much alike share at least one, and the index finds those.
    """

    contact_record = models.OneToOneField(
        ContactRecord, models.CASCADE, primary_key=True, related_name="print"
    )
    said_at = models.DateTimeField()
    signature = ArrayField(models.IntegerField())
    bands = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [
            GinIndex(name="reply_bands", fields=["bands"]),
            models.Index(name="reply_by_time", fields=["-said_at"]),
        ]

    def __str__(self) -> str:
        return str(self.contact_record_id)
