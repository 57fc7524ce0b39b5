"""What people wrote over the product's own text of a report."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from objections.models import Case

from .vocabulary import Part, ReportKind, Tongue


class Report(models.Model):
    """A report on a case, in one language, that somebody has written into.

    There is none until then: the product writes it afresh each time. ``version`` rises
    with each text, and its row is the lock that every writing of a text holds.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=4, choices=ReportKind)
    language = models.CharField(max_length=8, choices=Tongue)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="report_once_per_language", fields=["case", "kind", "language"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.language}"


class ReportPart(models.Model):
    """A text that somebody gave a part. Written once; the one of the highest number counts.

    ``made_from`` is the fingerprint of the product's own text that the writer had before
    them. ``is_product`` with an empty text says that the product's own counts again.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="parts")
    name = models.CharField(max_length=12, choices=Part)
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    is_product = models.BooleanField(default=False)
    made_from = models.CharField(max_length=64, blank=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "number"]
        constraints = [
            models.UniqueConstraint(
                name="report_part_numbered", fields=["report", "name", "number"]
            ),
            models.CheckConstraint(
                name="report_part_text_iff_edited",
                condition=Q(is_product=True, text="") | (Q(is_product=False) & ~Q(text="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
