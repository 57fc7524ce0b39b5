"""How we came to the cause, and the worksheets beside it. Among ourselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from objections.vocabulary import SheetKind

from .cases import Case
from .records import Evidence


class Why(models.Model):
    """One answer to "why?", under the one that it explains; the tree's root has no parent.

    ``evidence`` says what shows it, ``files`` prove it. ``is_root_cause`` marks where the
    asking ended. ``version`` rises with each correction; what it said before stands in the
    timeline. One that was taken back stays, with its time, and is shown no more.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="whys")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    text = models.TextField()
    evidence = models.TextField(blank=True)
    files = models.ManyToManyField(Evidence, blank=True, related_name="+")
    is_root_cause = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="why_explains_another",
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Worksheet(models.Model):
    """A sheet that helps to think: of each kind one a case. ``entries`` are texts by element.

    ``version`` rises with each writing, so that two who write at once notice.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="worksheets")
    kind = models.CharField(max_length=12, choices=SheetKind)
    entries = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sheet_once_per_kind", fields=["case", "kind"]),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"
